"""Verifying: every history folded and compared with what is stored, every chain checked, in one snapshot.

Reads beside a running service. What it says is what an objector could find out, too. Who can write to the database and reckons
every hash anew is found out only by heads that have left the house.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, exists, func, select

from workflow.cases.agreeing import Beside, disagreements, read_beside
from workflow.cases.closings import of_closings
from workflow.cases.counting import Closings, of_polls, of_sequences
from workflow.cases.history import Event, check_disclosures, unseal, with_seq
from workflow.cases.numbering import sequence_of
from workflow.cases.office import Office
from workflow.cases.reading import subject_of
from workflow.cases.storing import columns_of
from workflow.cases.tables import WAITS, cases, definition_version, disclosure, effect, event, undone
from workflow.definition.model import Definition
from workflow.engine.apply import fold
from workflow.engine.changes import Change
from workflow.engine.subject import Case, Round, Subject
from workflow.store.chain import event_hash, first_previous
from workflow.text import Sentence, sentence

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Verified:
    broken: tuple[Sentence, ...]
    summary: Sentence


@dataclass(frozen=True, slots=True)
class _Told:
    """What a history says: its events with their changes, and the subject that they come to."""

    events: list[tuple[Event, list[Change]]]
    subject: Subject


@dataclass(slots=True)
class _Work:
    office: Office
    connection: Connection
    texts: dict[tuple[str, int], str]  #: of each version the digest
    subjects: int = 0
    events: int = 0
    numbers: Counter[str] = field(default_factory=Counter)  #: how many cases have a number of a sequence
    closings: Closings = field(default_factory=dict)


def verify(office: Office) -> Verified:
    """All subjects; `broken` is empty where everything holds."""
    with office.database.read() as connection:
        work = _Work(office, connection, _digests(connection))
        broken = [
            *_of_versions(connection),
            *(what for rows in _pages(connection) for what in _of_page(work, rows)),
            *_of_lost_events(connection),
            *of_polls(connection, office.secrets, work.closings),
            *of_sequences(connection, work.numbers),
        ]
        waiting = _count_undone(connection, effect.c.error == WAITS)
        given_up = _count_undone(connection, effect.c.error != WAITS)
    summary = sentence(
        "{subjects} cases and rounds, {events} events: {verdict}; {waiting} documents wait for their room, {given_up} effects were given up.",
        subjects=work.subjects,
        events=work.events,
        verdict=sentence("every chain and fold holds")
        if not broken
        else sentence("{count} things are broken", count=len(broken)),
        waiting=waiting,
        given_up=given_up,
    )
    return Verified(tuple(broken), summary)


# --- what is read


def _pages(connection: Connection) -> Iterator[Sequence[RowMapping]]:
    last: UUID | None = None
    while True:
        rows = select(cases).order_by(cases.c.id).limit(_AT_ONCE)
        if last is not None:
            rows = rows.where(cases.c.id > last)
        found = connection.execute(rows).mappings().all()
        if found:
            yield found
        if len(found) < _AT_ONCE:
            return
        last = found[-1]["id"]


def _events(connection: Connection, ids: list[UUID]) -> dict[UUID, list[Any]]:
    joined = (disclosure.c.case_id == event.c.case_id) & (disclosure.c.seq == event.c.seq)
    rows = (
        select(event.c.case_id, event.c.seq, event.c.body, event.c.hash, event.c.at, event.c.actor)
        .add_columns(disclosure.c["values"].label("disclosed"))
        .select_from(event.outerjoin(disclosure, joined))
        .where(event.c.case_id.in_(ids))
        .order_by(event.c.case_id, event.c.seq)
    )
    found: dict[UUID, list[Any]] = {one: [] for one in ids}
    for row in connection.execute(rows):
        found[row.case_id].append(row)
    return found


def _digests(connection: Connection) -> dict[tuple[str, int], str]:
    rows = select(definition_version.c.key, definition_version.c.number, definition_version.c.sha256)
    return {(row.key, row.number): bytes(row.sha256).hex() for row in connection.execute(rows)}


def _count_undone(connection: Connection, kind: Any) -> int:
    return connection.scalar(select(func.count()).select_from(effect).where(undone, kind)) or 0


# --- what must hold


def _of_versions(connection: Connection) -> Iterator[Sentence]:
    """A version is known by the digest of its texts."""
    for row in connection.execute(select(definition_version)):
        if sha256(row.text.encode()).digest() != bytes(row.sha256):
            yield sentence("version {number} of “{key}” is not what was published", number=row.number, key=row.key)


def _of_lost_events(connection: Connection) -> Iterator[Sentence]:
    lost = select(event.c.case_id).where(~exists().where(cases.c.id == event.c.case_id)).distinct()
    for case_id in connection.scalars(lost):
        yield sentence("{case}: there are events of it, but no such case", case=str(case_id))


def _of_page(work: _Work, rows: Sequence[RowMapping]) -> Iterator[Sentence]:
    ids = [row["id"] for row in rows]
    events = _events(work.connection, ids)
    beside = read_beside(work.connection, ids)
    work.subjects += len(rows)
    for row in rows:
        found = events[row["id"]]
        work.events += len(found)
        named = f"{row['number'] or row['subject']} ({row['id']})"
        try:
            for what in _of_subject(work, row, found, beside):
                yield sentence("{case}: {what}", case=named, what=what)
        except Exception as error:  # noqa: BLE001 -- whatever was altered, it is told and the rest is looked at
            reason = f"{type(error).__name__}: {error}"[:200]
            yield sentence("{case}: its history cannot be folded: {reason}", case=named, reason=reason)


def _of_subject(work: _Work, row: RowMapping, found: list[Any], beside: Beside) -> Iterator[Sentence]:
    version = work.office.versions.get(work.connection, row["definition"], row["version"])
    if row["number"] is not None:
        work.numbers[sequence_of(version.definition, row["opened_at"]) or ""] += 1
    wrong = _chain(row, found)
    if wrong is not None:
        yield wrong
        return
    told = _told(found)
    subject = told.subject
    if told.events[0][0].sha256 != work.texts.get((subject.definition, subject.version)):
        yield sentence("its definition is another than that with which it began")
    yield from _dated(told, found)
    yield from _stored_otherwise(row, subject)
    yield from _unsound(version.definition, subject)
    if isinstance(subject, Round):
        yield from of_closings(work.office, work.connection, version.definition, subject, told.events)
    yield from disagreements(version.definition, subject, told.events, beside, work.office.secrets)
    for one, _ in told.events:
        if "poll" in one.command:
            work.closings[row["id"], int(one.command["poll"])] = str(one.command["ballots"])


def _chain(row: RowMapping, found: list[Any]) -> Sentence | None:
    """Seq is 1…n without a gap, each hash follows from the one before, the head is the last, disclosures fit."""
    previous = first_previous(row["id"])
    for number, one in enumerate(found, 1):
        if one.seq != number:
            return sentence("event {seq} is missing", seq=number)
        body = one.body.encode()
        if event_hash(previous, body) != bytes(one.hash):
            return sentence("the chain breaks at event {seq}", seq=number)
        if (path := check_disclosures(body, one.disclosed)) is not None:
            return sentence("a value of event {seq} does not fit its digest ({path})", seq=number, path=path)
        previous = bytes(one.hash)
    if len(found) != row["seq"]:
        return sentence("{found} events, but version {version}", found=len(found), version=row["seq"])
    return None if previous == bytes(row["head"]) else sentence("the head is not that of its last event")


def _told(found: list[Any]) -> _Told:
    subject: Subject | None = None
    events: list[tuple[Event, list[Change]]] = []
    for row in found:
        one, changes = unseal(row.body.encode(), row.disclosed)
        subject = with_seq(fold(subject, changes), one.seq)
        events.append((one, changes))
    assert subject is not None
    return _Told(events, subject)


def _dated(told: _Told, found: list[Any]) -> Iterator[Sentence]:
    """Beside the bytes that are hashed, the row says no other time and actor; and time does not go back."""
    before = told.events[0][0].at
    for (one, _), row in zip(told.events, found, strict=True):
        actor = one.by if isinstance(one.by, int) else None
        if one.at != row.at or actor != row.actor:
            yield sentence("the row of event {seq} says another time or actor than the event", seq=one.seq)
        if one.at < before:
            yield sentence("event {seq} is earlier than the one before", seq=one.seq)
        before = one.at


def _stored_otherwise(row: RowMapping, folded: Subject) -> Iterator[Sentence]:
    """The row is the fold of its events, in each of its columns."""
    stored = subject_of(row)
    if folded != stored:
        names = [
            name for name in type(folded).__struct_fields__ if getattr(folded, name) != getattr(stored, name, None)
        ]
        yield sentence("the stored case is not the fold of its events: {names}", names=names)
    wrong = [name for name, value in columns_of(folded).items() if row[name] != value]
    if wrong:
        yield sentence("columns of its row say otherwise than its events: {names}", names=wrong)


def _unsound(definition: Definition, subject: Subject) -> Iterator[Sentence]:
    """No task of a state that was left is open; an end has no open task and no open timer."""
    if not isinstance(subject, Case):
        return
    if subject.state not in definition.states:
        yield sentence("there is no state {state}", state=subject.state)
    elif definition.states[subject.state].is_end and subject.entry and (subject.entry.tasks or subject.entry.timers):
        yield sentence("it has ended, but a task or timer is open")
    if subject.entry is not None and subject.entry.state != subject.state:
        yield sentence("open work belongs to {found}, not to {state}", found=subject.entry.state, state=subject.state)
