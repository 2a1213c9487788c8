"""Stand-ins (代理): who acts for whom, from when until when."""

from datetime import datetime

from sqlalchemy import insert, update

from workflow.definition.form import as_moment
from workflow.engine.directory import Principal
from workflow.errors import Problem
from workflow.people import tables
from workflow.people.changing import Change, changing
from workflow.people.registers import DELEGATION, Row, clean, existing, refuse, unknown_or_ended
from workflow.store import Database
from workflow.text import sentence


def delegate(
    database: Database,
    *,
    from_person: Principal,
    to_person: Principal,
    begins: datetime,
    ends: datetime,
    definition: str | None = None,
    at: datetime | None = None,
) -> int:
    """Lets one person act for another, in one definition or in all. Raises InvalidData by field: `/from`, `/to` …"""
    given = {"from": from_person, "to": to_person, "begins": begins, "ends": ends, "definition": definition}
    with changing(database, at) as change:
        row, problems = clean(DELEGATION, given)
        refuse([*problems, *_wrong(change, row)])
        statement = insert(tables.delegation).returning(tables.delegation.c.id)
        stored = {"from_person": row["from"], "to_person": row["to"], "definition": row["definition"]}
        moments = {name: as_moment(row[name]) for name in ("begins", "ends")}
        change.touch_persons([row["from"]])
        delegation: int = change.connection.execute(statement.values({**stored, **moments})).scalar_one()
        return delegation


def end_delegation(database: Database, delegation: int, *, at: datetime | None = None) -> None:
    """Calls it off before its end; once is enough. Raises NotFound."""
    with changing(database, at) as change:
        found = existing(change.connection, tables.delegation, delegation)
        if found["ended_at"] is None and found["ends"] > change.at:
            statement = update(tables.delegation).where(tables.delegation.c.id == delegation)
            change.connection.execute(statement.values(ended_at=change.at))
            change.touch_persons([found["from_person"]])


def _wrong(change: Change, row: Row) -> list[Problem]:
    named = [("/from", row["from"]), ("/to", row["to"])]
    problems = unknown_or_ended(change.connection, tables.person, named, change.at)
    if row["from"] is not None and row["from"] == row["to"]:
        problems.append(Problem("/to", "data", sentence("Nobody stands in for himself.")))
    if row["begins"] is not None and row["ends"] is not None and as_moment(row["ends"]) <= as_moment(row["begins"]):
        problems.append(Problem("/ends", "data", sentence("This ends before it begins.")))
    elif row["ends"] is not None and as_moment(row["ends"]) <= change.at:
        problems.append(Problem("/ends", "data", sentence("This would be over already.")))
    return problems
