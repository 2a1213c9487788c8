"""Lists: the inbox, cases, rounds, incidents. Each is one index range a principal, read page by page by key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, exists, literal, select, tuple_, union_all
from sqlalchemy.sql.selectable import CompoundSelect

from workflow.cases.reading import subject_of
from workflow.cases.tables import WAITS, cases, effect, inbox, incident, round_case, search, undone, visible
from workflow.engine.directory import Directory, Principal
from workflow.engine.subject import Round, Subject
from workflow.store.metadata import NEVER

_MOST_FAILED = 100
_AT_ONCE = 200
_LAST = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class Reader:
    """As whom somebody reads: himself, his posts, whom he stands in for; `limited` in one definition only."""

    principals: frozenset[Principal]
    limited: frozenset[tuple[Principal, str]] = frozenset()

    def within(self, definition: str | None) -> list[tuple[Principal, str | None]]:
        """Each with the definition to which he is kept, by himself or by what is looked for."""
        more = {(who, only) for who, only in self.limited if who not in self.principals and definition in (None, only)}
        return [*((who, definition) for who in sorted(self.principals)), *sorted(more)]


def reader_of(directory: Directory, person: Principal, now: datetime) -> Reader:
    principals = frozenset(directory.principals(person, "", now))
    return Reader(principals, frozenset(directory.principals_for_some(person, now)))


@dataclass(frozen=True, slots=True)
class Held:
    """A subject with the head of its chain, as a list shows it."""

    subject: Subject
    head: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    task: int
    due_at: datetime | None
    opened_at: datetime
    held: Held


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """What narrows a list of cases; nothing widens it."""

    definition: str | None = None
    state: str | None = None
    unit: Principal | None = None
    round_id: UUID | None = None
    words: str | None = None  #: the beginning of number, subject, unit or a reading


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    case_id: UUID
    number: int
    code: str
    facts: str
    at: datetime
    held: Held | None


def inbox_page(
    connection: Connection,
    reader: Reader,
    *,
    limit: int,
    after: tuple[datetime, UUID, int] | None = None,
    definition: str | None = None,
    words: str | None = None,
    due_by: datetime | None = None,
) -> list[InboxRow]:
    """Open tasks of a reader, the earliest deadline first; those without one last. `words` as of `CaseFilter`."""
    key = (inbox.c.due_at, inbox.c.case_id, inbox.c.task)
    branches = []
    for principal, only in reader.within(definition):
        rows = select(*key, inbox.c.opened_at).where(inbox.c.principal == principal)
        rows = rows.where(*_with_words(words, inbox.c.case_id))
        if only is not None:
            rows = rows.where(inbox.c.definition == only)
        if due_by is not None:
            rows = rows.where(inbox.c.due_at <= due_by)
        if after is not None:
            rows = rows.where(tuple_(*key) > tuple_(*_literals(key, after)))
        branches.append(rows.order_by(*key).limit(limit))
    found = _merged(connection, branches, ("due_at", "case_id", "task"), limit)
    held = subjects(connection, [row["case_id"] for row in found])
    return [
        InboxRow(
            task=row["task"],
            due_at=None if row["due_at"] == NEVER else row["due_at"],
            opened_at=row["opened_at"],
            held=held[row["case_id"]],
        )
        for row in found
        if row["case_id"] in held
    ]


def inbox_count(connection: Connection, reader: Reader, most: int = 100) -> int:
    """How many tasks, counted no further than `most`."""
    branches = []
    for principal, only in reader.within(None):
        rows = select(inbox.c.case_id, inbox.c.task).where(inbox.c.principal == principal)
        branches.append((rows if only is None else rows.where(inbox.c.definition == only)).limit(most))
    return len(_merged(connection, branches, ("case_id", "task"), most))


def case_page(
    connection: Connection,
    reader: Reader,
    wanted: CaseFilter,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
) -> list[Held]:
    """Cases that this reader may read, the latest first."""
    key = (visible.c.opened_at, visible.c.case_id)
    branches = []
    for principal, only in reader.within(wanted.definition):
        rows = (
            select(*key)
            .join(cases, cases.c.id == visible.c.case_id)
            .where(visible.c.principal == principal, *_narrowed(wanted))
        )
        if only is not None:
            rows = rows.where(visible.c.definition == only)
        if after is not None:
            rows = rows.where(tuple_(*key) < tuple_(*_literals(key, after)))
        branches.append(rows.order_by(visible.c.opened_at.desc(), visible.c.case_id.desc()).limit(limit))
    found = _merged(connection, branches, ("opened_at", "case_id"), limit, latest_first=True)
    held = subjects(connection, [row["case_id"] for row in found])
    return [held[row["case_id"]] for row in found if row["case_id"] in held]


def round_page(
    connection: Connection, definition: str | None, *, limit: int, after: tuple[datetime, UUID] | None = None
) -> list[Held]:
    """Rounds, the latest first; whoever lists them drops those that the reader may not see."""
    rows = select(cases).where(cases.c.kind == "round")
    if definition is not None:
        rows = rows.where(cases.c.definition == definition)
    if after is not None:
        rows = rows.where(
            tuple_(cases.c.opened_at, cases.c.id) < tuple_(*_literals((cases.c.opened_at, cases.c.id), after))
        )
    rows = rows.order_by(cases.c.opened_at.desc(), cases.c.id.desc()).limit(limit)
    return [Held(subject_of(row), bytes(row["head"])) for row in connection.execute(rows).mappings()]


def round_after(connection: Connection, round_: Round) -> Held | None:
    """The next round of the same definition at the same organisation."""
    key = tuple_(cases.c.opened_at, cases.c.id)
    place = _literals((cases.c.opened_at, cases.c.id), (round_.opened_at, UUID(round_.id)))
    rows = (
        select(cases)
        .where(cases.c.kind == "round", cases.c.definition == round_.definition, cases.c.unit == round_.unit)
        .where(key > tuple_(*place))
        .order_by(cases.c.opened_at, cases.c.id)
        .limit(1)
    )
    row = connection.execute(rows).mappings().one_or_none()
    return Held(subject_of(row), bytes(row["head"])) if row is not None else None


def cases_of_round(connection: Connection, round_id: UUID, *, limit: int, after: UUID | None = None) -> list[Held]:
    """Cases of a round by id."""
    rows = (
        select(cases)
        .join(round_case, round_case.c.case_id == cases.c.id)
        .where(round_case.c.round_id == round_id)
        .order_by(round_case.c.case_id)
        .limit(limit)
    )
    if after is not None:
        rows = rows.where(round_case.c.case_id > after)
    return [Held(subject_of(row), bytes(row["head"])) for row in connection.execute(rows).mappings()]


def every_case_of_round(connection: Connection, round_id: UUID, after: UUID | None = None) -> Iterator[Held]:
    """The same one after another, read page by page."""
    while True:
        held = cases_of_round(connection, round_id, limit=_AT_ONCE, after=after)
        yield from held
        if len(held) < _AT_ONCE:
            return
        after = UUID(held[-1].subject.id)


def open_incidents(
    connection: Connection, *, limit: int, after: tuple[datetime, UUID, int] | None = None
) -> list[IncidentRow]:
    """What could not go on by itself, the earliest first."""
    place = (incident.c.at, incident.c.case_id, incident.c.no)
    rows = select(incident).where(incident.c.ended_at.is_(None)).order_by(*place).limit(limit)
    if after is not None:
        seen = (literal(value, column.type) for value, column in zip(after, place, strict=True))
        rows = rows.where(tuple_(*place) > tuple_(*seen))
    found = connection.execute(rows).mappings().all()
    held = subjects(connection, [row["case_id"] for row in found])
    return [
        IncidentRow(
            case_id=row["case_id"],
            number=row["no"],
            code=row["code"],
            facts=row["facts"],
            at=row["at"],
            held=held.get(row["case_id"]),
        )
        for row in found
    ]


def failed_effects(connection: Connection) -> Sequence[RowMapping]:
    """The first hundred effects that were given up, with their error."""
    rows = (
        select(effect)
        .where(undone, effect.c.error != WAITS)
        .order_by(effect.c.case_id, effect.c.seq, effect.c.no)
        .limit(_MOST_FAILED)
    )
    return connection.execute(rows).mappings().all()


def subjects(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Held]:
    """Several subjects in one statement."""
    if not ids:
        return {}
    rows = connection.execute(select(cases).where(cases.c.id.in_(set(ids)))).mappings()
    return {row["id"]: Held(subject_of(row), bytes(row["head"])) for row in rows}


def _narrowed(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [cases.c.kind == "case"]
    if wanted.state is not None:
        found.append(cases.c.state == wanted.state)
    if wanted.unit is not None:
        found.append(cases.c.unit == wanted.unit)
    if wanted.round_id is not None:
        found.append(cases.c.round_id == wanted.round_id)
    return [*found, *_with_words(wanted.words, visible.c.case_id)]


def _with_words(words: str | None, case_id: ColumnElement[UUID]) -> Iterator[ColumnElement[bool]]:
    for word in (words or "").casefold().split():
        beginning = and_(search.c.word >= word, search.c.word < word + _LAST)
        yield exists().where(search.c.case_id == case_id, beginning)


def _literals(columns: Sequence[ColumnElement[Any]], values: Sequence[Any]) -> list[ColumnElement[Any]]:
    return [literal(value, column.type) for column, value in zip(columns, values, strict=True)]


def _merged(
    connection: Connection,
    branches: Sequence[Select[Any]],
    names: tuple[str, ...],
    limit: int,
    *,
    latest_first: bool = False,
) -> list[RowMapping]:
    """The first rows of all branches together; each was limited by itself, so that each is one short index range."""
    if not branches:
        return []
    parts = [select(branch.subquery()) for branch in branches]
    whole: CompoundSelect[Any] = union_all(*parts)
    seen: dict[tuple[Any, ...], RowMapping] = {}
    for row in connection.execute(whole).mappings():
        seen.setdefault(tuple(row[name] for name in names), row)
    return [seen[key] for key in sorted(seen, reverse=latest_first)][:limit]
