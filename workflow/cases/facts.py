"""What a step wants beside the case's own row: facts for fields with `from`, the case before, figures of the round."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, and_, select

from workflow.calendar import add_months, day_of, end_of
from workflow.cases.office import Office
from workflow.cases.reading import subject_of
from workflow.cases.tables import cases, round_case, visible
from workflow.definition.form import Kept
from workflow.definition.model import Definition, Field, Source
from workflow.definition.term.values import Span
from workflow.engine.directory import Principal
from workflow.engine.subject import Case, CaseFacts

_FACTS = msgspec.json.Decoder(CaseFacts)
_MOST = 2000


def round_facts(connection: Connection, round_id: str) -> tuple[CaseFacts, ...]:
    """What a round knows of each of its cases."""
    rows = select(round_case.c.facts).where(round_case.c.round_id == UUID(round_id)).order_by(round_case.c.case_id)
    return tuple(_FACTS.decode(facts) for facts in connection.scalars(rows))


def facts_for(
    connection: Connection, office: Office, definition: Definition, case: Case, now: datetime
) -> dict[str, Kept]:
    """What every field with `from` finds now."""
    found: dict[str, Kept] = {}
    for field in definition.fields.values():
        if field.source is not None:
            found[field.name] = _find(connection, office, definition, field, case, now)
    return found


def case_before(connection: Connection, definition: Definition, case: Case) -> Case | None:
    """The case of this definition before it, of the same unit, and the same person concerned or starter."""
    rows = (
        select(cases)
        .where(
            cases.c.definition == definition.key,
            cases.c.unit == case.unit,
            cases.c.kind == "case",
            cases.c.opened_at < case.started_at,
            cases.c.id != UUID(case.id),
        )
        .order_by(cases.c.opened_at.desc(), cases.c.id)
        .limit(50)
    )
    for row in connection.execute(rows).mappings():
        other = subject_of(row)
        if isinstance(other, Case) and (other.concerned, other.starter) == (case.concerned, case.starter):
            return other
    return None


def _find(
    connection: Connection, office: Office, definition: Definition, field: Field, case: Case, now: datetime
) -> Kept:
    source = field.source
    assert source is not None
    match source.kind:
        case "register":
            return _register(connection, office, source, case)
        case "previous":
            before = case_before(connection, definition, case)
            return before.data.get(source.name) if before else None
        case "cases":
            return _of_cases(connection, source, case, field, now)
        case other:
            known = office.sources.get(other)
            return known(office, connection, source, case) if known else None


def _register(connection: Connection, office: Office, source: Source, case: Case) -> Kept:
    """A column of the unit's or the person's entry."""
    whose, _, column = source.name.partition(".")
    directory = office.directory(connection)
    who: Any
    if whose == "unit":
        who = directory.organisations.get(case.unit)
    else:
        holder = case.concerned if whose in ("concerned", "person") else case.starter
        who = directory.persons.get(holder) if isinstance(holder, int) else None
    if who is None:
        return None
    if column in who.columns:
        return who.columns[column]
    value = getattr(who, column, None)
    return value.isoformat() if isinstance(value, date) else value


def _of_cases(connection: Connection, source: Source, case: Case, field: Field, now: datetime) -> Kept:
    """Counted, summed, or the latest, of cases of a definition."""
    found = [other for other in _others(connection, source, case) if _counts(source, case, other, now)]
    if source.take == "count":
        return len(found) if field.type != "number" else str(len(found))
    values = [other.data[source.value] for other in found if source.value and other.data.get(source.value) is not None]
    if source.take == "latest":
        return values[0] if values else None
    if field.type in ("integer", "money"):
        return sum(int(value) for value in values)
    return format(sum((Decimal(str(value)) for value in values), Decimal(0)).normalize(), "f")


def _others(connection: Connection, source: Source, case: Case) -> list[Case]:
    """Cases of the unit, or of the person concerned or starter, the newest first."""
    rows = select(cases).where(cases.c.definition == source.name, cases.c.kind == "case", cases.c.id != UUID(case.id))
    if source.of == "unit":
        rows = rows.where(cases.c.unit == case.unit)
    else:
        holder = case.concerned if source.of == "concerned" else case.starter
        if not isinstance(holder, int):
            return []
        rows = rows.join(visible, and_(visible.c.case_id == cases.c.id, visible.c.principal == holder))
    rows = rows.order_by(cases.c.opened_at.desc(), cases.c.id).limit(_MOST)
    found = [subject_of(row) for row in connection.execute(rows).mappings()]
    others = [other for other in found if isinstance(other, Case)]
    if source.of == "unit":
        return others
    return [other for other in others if _holder(source, other) == _holder(source, case)]


def _holder(source: Source, case: Case) -> Principal | str | None:
    return case.concerned if source.of == "concerned" else case.starter


def _counts(source: Source, case: Case, other: Case, now: datetime) -> bool:
    if source.states and other.state not in source.states:
        return False
    if source.passed is not None and source.passed not in other.path and other.state != source.passed:
        return False
    if source.overdue is not None and not _was_overdue(source.overdue, other, now):
        return False
    if any(case.data.get(name) != other.data.get(name) for name in source.same):
        return False
    return source.within is None or other.started_at >= since(source.within, now)


def _was_overdue(state: str, other: Case, now: datetime) -> bool:
    tasks = other.entry.tasks if other.entry and other.state == state else ()
    return any(task.due is not None and task.due < now for task in tasks)


def since(span: Span, now: datetime) -> datetime:
    months = {"months": span.count, "years": 12 * span.count}.get(span.unit)
    if months is not None:
        return end_of(add_months(day_of(now), -months))
    days = {"days": 1, "working days": 1, "weeks": 7}.get(span.unit, 0) * span.count
    return now - timedelta(days=days, hours=span.count if span.unit == "hours" else 0)
