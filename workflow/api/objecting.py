"""What was said against a notice, for those who examine it: it stands in the history, beside the case."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from workflow.cases.history import unseal
from workflow.cases.tables import disclosure, event
from workflow.engine.changes import ObjectionTaken
from workflow.engine.subject import Case
from workflow.store.metadata import instant_text


def with_objections(connection: Connection, case: Case, shown: dict[str, Any]) -> dict[str, Any]:
    """A case as JSON, its examiners' tasks with what was said; nobody else is shown it."""
    examined = [task for task in shown["tasks"] if task["kind"] == "objection" and task["may"]]
    if examined:
        said = said_against(connection, case)
        for task in examined:
            task["objection"] = said.get(task["objection_number"])
    return shown


def said_against(connection: Connection, case: Case) -> dict[int, dict[str, Any]]:
    """By number, what stands against the notice that runs."""
    notice = case.entry.notice if case.entry else None
    running = {one.number: one for one in notice.objections} if notice else {}
    taken = _taken(connection, UUID(case.id)) if running else []
    return {
        one.objection.number: {
            "number": one.objection.number,
            "at": instant_text(one.objection.at),
            "state": running[one.objection.number].state,
            "text": one.text,
            "name": one.name,
            "evidence": list(one.evidence),
            "answers": running[one.objection.number].answers,
        }
        for one in taken
        if one.objection.number in running
    }


def _taken(connection: Connection, case_id: UUID) -> list[ObjectionTaken]:
    rows = (
        select(event.c.body, disclosure.c["values"])
        .select_from(
            event.outerjoin(disclosure, (disclosure.c.case_id == event.c.case_id) & (disclosure.c.seq == event.c.seq))
        )
        .where(event.c.case_id == case_id, event.c.body.contains('"objection_taken"'))
        .order_by(event.c.seq)
    )
    return [
        change
        for row in connection.execute(rows)
        for change in unseal(row[0].encode(), row[1])[1]
        if isinstance(change, ObjectionTaken)
    ]
