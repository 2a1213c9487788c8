"""What a step wants beside the case's own row: facts for fields with `from`, the case before, figures of the round."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace as replaced
from sqlalchemy import ColumnElement, Connection, Select, exists, select

from workflow.calendar import add_months, day_of, end_of
from workflow.cases.history import fold_events
from workflow.cases.office import Office
from workflow.cases.reading import load, subject_of
from workflow.cases.tables import cases, event, round_case, visible
from workflow.definition.form import Kept, kept_from, reckoned
from workflow.definition.model import Definition, Field, Source
from workflow.definition.term.values import Span
from workflow.engine.commands import Start
from workflow.engine.context import Context
from workflow.engine.directory import Directory, Principal
from workflow.engine.step import step
from workflow.engine.subject import Case, CaseFacts, Holder, Round
from workflow.engine.values import column_value
from workflow.engine.who import contact_of
from workflow.errors import WorkflowError

_FACTS = msgspec.json.Decoder(CaseFacts)
_MOST = 2000
_NUMBERS = frozenset({"integer", "number", "percent", "money"})


def round_facts(connection: Connection, round_id: str) -> tuple[CaseFacts, ...]:
    """What a round knows of each of its cases, with the head of its chain."""
    rows = (
        select(round_case.c.facts, cases.c.seq, cases.c.head)
        .join(cases, cases.c.id == round_case.c.case_id)
        .where(round_case.c.round_id == UUID(round_id))
        .order_by(round_case.c.case_id)
    )
    return tuple(
        replaced(_FACTS.decode(row.facts), seq=row.seq, head=bytes(row.head).hex()) for row in connection.execute(rows)
    )


def foreseen(definition: Definition, case: Case | None, command: Any, context: Context) -> Case | None:
    """The case as an act will leave it, as far as that does not hang on what is looked up.

    Facts are those of whom the case is about, and who that is may stand in the data that the act itself brings.
    """
    if isinstance(command, Start):
        own = {name: value for name, value in command.data.items() if not _is_taken(definition, name)}
        command = replace(command, data=own)
    try:
        return step(definition, case, command, replace(context, unread=frozenset(), observe=None)).subject
    except WorkflowError:  # the step itself will say so
        return case


def facts_for(
    connection: Connection, office: Office, definition: Definition, case: Case, now: datetime
) -> dict[str, Kept]:
    """What every field with `from` finds now."""
    found: dict[str, Kept] = {}
    for field in definition.fields.values():
        if field.source is not None:
            found[field.name] = _find(connection, office, definition, field, case, now)
    return found


def case_before(
    connection: Connection, office: Office, definition: Definition, case: Case, now: datetime
) -> Case | None:
    """The case of this definition before it, of the same unit and of the same person: the one concerned, else the starter."""
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
        .limit(_MOST)
    )
    who = _Person(office.directory(connection), now, case, "concerned")
    if who.holder is not None and not who.is_known:
        return None
    return next((other for other in _cases(connection, who.narrowing(rows)) if who.is_of(other)), None)


def _is_taken(definition: Definition, name: str) -> bool:
    field = definition.fields.get(name)
    return field is not None and field.source is not None


def _find(
    connection: Connection, office: Office, definition: Definition, field: Field, case: Case, now: datetime
) -> Kept:
    source = field.source
    assert source is not None
    match source.kind:
        case "register":
            column = _register(connection, office, source, case)
            return kept_from(field, column_value(column)) if field.type in _NUMBERS else column
        case "previous":
            before = case_before(connection, office, definition, case, now)
            return _of_before(connection, office, field, source.name, before) if before else None
        case "cases":
            return _of_cases(connection, office, source, case, field, now)
        case other:
            known = office.sources.get(other)
            if known is None:
                return None if source.take == "latest" else counted(field, 0)
            there = known(office, connection, source, case)
            return there if field.type != "yes_no" or there is None else bool(there)


def _of_before(connection: Connection, office: Office, field: Field, name: str, before: Case) -> Kept:
    """A field of the case before, or of the round in which that was."""
    of: Case | Round = before
    if name.startswith("round."):
        found = load(connection, UUID(before.round)) if before.round is not None else None
        if found is None:
            return None
        of, name = found[0], name.removeprefix("round.")
    return kept_from(field, _value_in(connection, office, of, name)) if field.type in _NUMBERS else of.data.get(name)


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


def _of_cases(connection: Connection, office: Office, source: Source, case: Case, field: Field, now: datetime) -> Kept:
    """Counted, summed, or the latest, of cases of a definition."""
    others = _others(connection, office, source, case, now)
    found = [other for other in others if _counts(source, case, other, now)]
    if source.overdue is not None:
        state = source.overdue
        found = [other for other in found if _was_overdue(connection, state, other, now)]
    if source.take == "count":
        return counted(field, len(found))
    name = source.value or ""
    values = [_value_in(connection, office, other, name) for other in found if other.data.get(name) is not None]
    if source.take == "latest":
        return kept_from(field, values[0]) if values else None
    numbers = [Decimal(repr(value)) for value in values if isinstance(value, float)]
    return kept_from(field, float(sum(numbers, Decimal(0))))


def counted(field: Field, number: int) -> Kept:
    """A count as the field keeps it: as yes or no, whether there is any."""
    return number > 0 if field.type == "yes_no" else kept_from(field, float(number))


def _value_in(connection: Connection, office: Office, other: Case | Round, name: str) -> object:
    """A value as its own definition means it: its numbers may be kept otherwise than ours, yuan as fen."""
    definition = office.versions.get(connection, other.definition, other.version).definition
    rounds = definition.round.fields if definition.round else {}
    theirs = (rounds if isinstance(other, Round) else definition.fields).get(name)
    return reckoned(theirs, other.data.get(name)) if theirs is not None else None


def _others(connection: Connection, office: Office, source: Source, case: Case, now: datetime) -> list[Case]:
    """Cases of the unit, or of the person concerned or starter, the newest first."""
    rows = select(cases).where(cases.c.definition == source.name, cases.c.kind == "case", cases.c.id != UUID(case.id))
    if source.states:
        rows = rows.where(cases.c.state.in_(source.states))
    if source.within is not None:
        rows = rows.where(cases.c.opened_at >= since(source.within, now))
    for name in source.same:  # before all of them are read: who has these values has them somewhere in his form
        value = case.data.get(name)
        if isinstance(value, str):
            rows = rows.where(cases.c.data.contains(msgspec.json.encode(value).decode(), autoescape=True))
    rows = rows.order_by(cases.c.opened_at.desc(), cases.c.id).limit(_MOST)
    if source.of == "unit":
        return list(_cases(connection, rows.where(cases.c.unit == case.unit)))
    who = _Person(office.directory(connection), now, case, source.of)
    if isinstance(who.holder, str) and source.same:  # known again by these values, as his contact may change
        return list(_cases(connection, rows))
    if not who.is_known:
        return []
    return [other for other in _cases(connection, who.narrowing(rows)) if who.is_of(other)]


def _cases(connection: Connection, rows: Select[Any]) -> Iterator[Case]:
    for row in connection.execute(rows).mappings():
        found = subject_of(row)
        if isinstance(found, Case):
            yield found


class _Person:
    """Whom a case is about, or who began it, to be found in other cases: by number, or without an account by his contact."""

    def __init__(self, directory: Directory, now: datetime, case: Case, of: str) -> None:
        self._directory, self._now, self._of = directory, now, of
        self.holder = self._holder_in(case)
        self._who = self._identity(case)

    @property
    def is_known(self) -> bool:
        return self._who is not None

    def is_of(self, other: Case) -> bool:
        return self._identity(other) == self._who

    def narrowing(self, rows: Select[Any]) -> Select[Any]:
        """Those among which his are; what is left out is of others for certain."""
        if isinstance(self._who, str):
            return rows.where(cases.c.data.contains(self._who, autoescape=True))
        return rows.where(_seen_by(self._who)) if self._who is not None else rows

    def _holder_in(self, case: Case) -> Holder | None:
        return case.concerned if self._of == "concerned" else case.starter

    def _identity(self, case: Case) -> Principal | str | None:
        holder = self._holder_in(case)
        if not isinstance(holder, str):
            return holder
        contact = contact_of(holder, case)
        account = self._directory.person_by_contact(contact, self._now) if contact else None
        return contact if account is None else account


def _seen_by(who: Principal) -> ColumnElement[bool]:
    at = visible.c.opened_at == cases.c.opened_at
    return exists().where(visible.c.principal == who, at, visible.c.case_id == cases.c.id)


def _counts(source: Source, case: Case, other: Case, now: datetime) -> bool:
    if source.states and other.state not in source.states:
        return False
    if source.passed is not None and source.passed not in other.path and other.state != source.passed:
        return False
    if source.overdue is not None and source.overdue not in (*other.path, other.state, *other.entered):
        return False
    if any(case.data.get(name) is None or case.data[name] != other.data.get(name) for name in source.same):
        return False
    return source.within is None or other.started_at >= since(source.within, now)


def _was_overdue(connection: Connection, state: str, other: Case, now: datetime) -> bool:
    """Whether a task of this state ever stood open beyond its deadline: of each event, as the case stood until then."""
    if _is_overdue(state, other, now):
        return True
    rows = select(event.c.body).where(event.c.case_id == UUID(other.id)).order_by(event.c.seq)
    before: Case | None = None
    for happened, found in fold_events((body.encode(), None) for body in connection.scalars(rows)):
        if before is not None and _is_overdue(state, before, happened.at):
            return True
        before = found if isinstance(found, Case) else None
    return False


def _is_overdue(state: str, case: Case, at: datetime) -> bool:
    """While its clock is stopped, nothing becomes overdue."""
    if case.entry is None or case.state != state or case.entry.paused is not None:
        return False
    return any(task.due is not None and task.due < at for task in case.entry.tasks)


def since(span: Span, now: datetime) -> datetime:
    months = {"months": span.count, "years": 12 * span.count}.get(span.unit)
    if months is not None:
        return end_of(add_months(day_of(now), -months))
    days = {"days": 1, "working days": 1, "weeks": 7}.get(span.unit, 0) * span.count
    return now - timedelta(days=days, hours=span.count if span.unit == "hours" else 0)
