"""The public register: of honours what anybody may read, the withdrawn and the suspended with what decided it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, literal, not_, or_, select, tuple_

from workflow.calendar import day_of, end_of
from workflow.cases.office import Office
from workflow.cases.reading import subject_of
from workflow.cases.tables import cases
from workflow.engine.directory import Principal
from workflow.engine.subject import Case
from workflow.records.codes import grouped
from workflow.records.honours import Honour, State, listed
from workflow.records.tables import honour
from workflow.text import Label

#: The field in which a definition keeps the number of the document that its decision is known by.
_DECISION_NUMBER: Final = "decision_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class HonourFilter:
    """What narrows the register; nothing widens it."""

    words: str | None = None  #: somewhere in the name
    honour: str | None = None
    year: int | None = None  #: in which it was granted
    unit: Principal | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """By what an honour was suspended or withdrawn."""

    number: str | None  #: of the document, else of the case
    title: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """One honour, as far as it is counted."""

    honour: str
    year: int
    state: State


def honour_page(
    connection: Connection,
    wanted: HonourFilter,
    now: datetime,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
) -> list[Honour]:
    """Honours, no benefits, the newest first."""
    rows = select(honour).where(honour.c.kind == "honour", *_narrowed(wanted, now)).limit(limit)
    if after is not None:
        place = (honour.c.granted_at, honour.c.id)
        seen = (literal(value, column.type) for value, column in zip(after, place, strict=True))
        rows = rows.where(tuple_(*place) < tuple_(*seen))
    return list(listed(connection, rows, now))


def granted(connection: Connection, wanted: HonourFilter, now: datetime) -> list[Granted]:
    """Of all that a filter finds what is counted: which honour, in which year it was granted, how it stands."""
    rows = select(honour).where(honour.c.kind == "honour", *_narrowed(wanted, now))
    found = listed(connection, rows, now)
    return [Granted(honour=one.name, year=day_of(one.granted_at).year, state=one.state) for one in found]


def published_honour(connection: Connection, code: str, now: datetime) -> Honour | None:
    """By its number, typed as it may be; a benefit has one too, but nothing that the public reads."""
    rows = select(honour).where(honour.c.code == grouped(code), honour.c.kind == "honour")
    return next(listed(connection, rows, now), None)


def decisions(office: Office, connection: Connection, shown: Iterable[Honour]) -> Mapping[UUID, Decision]:
    """By the id of the honour, of those that do not hold because of one."""
    by = {one.id: case for one in shown if (case := _decided_by(one)) is not None}
    rows = select(cases).where(cases.c.id.in_(set(by.values())))
    subjects = [subject_of(row) for row in connection.execute(rows).mappings()] if by else []
    found = {UUID(case.id): _decision(office, connection, case) for case in subjects if isinstance(case, Case)}
    return {one: found[case] for one, case in by.items() if case in found}


def _decided_by(one: Honour) -> UUID | None:
    return {"revoked": one.ended_by, "suspended": one.suspended_by}.get(one.state)


def _decision(office: Office, connection: Connection, case: Case) -> Decision:
    definition = office.versions.get(connection, case.definition, case.version).definition
    field = definition.fields.get(_DECISION_NUMBER)
    number = case.data.get(_DECISION_NUMBER) if field is not None and not (field.private or field.see) else None
    return Decision(number=number if isinstance(number, str) else case.number, title=definition.title)


def _narrowed(wanted: HonourFilter, now: datetime) -> list[ColumnElement[bool]]:
    found = [
        func.lower(honour.c.name).contains(word, autoescape=True) for word in (wanted.words or "").casefold().split()
    ]
    if wanted.honour is not None:
        found.append(honour.c.honour == wanted.honour)
    if wanted.year is not None:
        begins, ends = (end_of(date(year, 12, 31)) for year in (wanted.year - 1, wanted.year))
        found.append(and_(honour.c.granted_at > begins, honour.c.granted_at <= ends))
    if wanted.unit is not None:
        found.append(honour.c.unit == wanted.unit)
    if wanted.state is not None:
        found.append(_is(wanted.state, now))
    return found


def _is(state: State, now: datetime) -> ColumnElement[bool]:
    """As `Honour.state` says it, for the database."""
    revoked = honour.c.state == "revoked"
    over = and_(honour.c.until.is_not(None), honour.c.until <= now)
    pause = or_(honour.c.suspended_until.is_(None), honour.c.suspended_until > now)
    suspended = and_(honour.c.state == "suspended", pause)
    match state:
        case "revoked":
            return revoked
        case "expired":
            return and_(not_(revoked), over)
        case "suspended":
            return and_(suspended, not_(over))
    return and_(not_(revoked), not_(over), not_(suspended))
