"""Verifying: every history folded and compared with what is stored, every chain checked, in one snapshot.

Reads beside a running service. What it says is what an objector could find out, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, func, select

from workflow.cases.history import check_disclosures, fold_events
from workflow.cases.office import Office
from workflow.cases.projections import acting, earliest, entries_of
from workflow.cases.reading import subject_of
from workflow.cases.storing import state_of
from workflow.cases.tables import (
    WAITS,
    ballot,
    cases,
    disclosure,
    effect,
    envelope,
    event,
    inbox,
    poll,
    round_case,
    undone,
    voter,
    wake,
)
from workflow.definition.model import Definition
from workflow.engine.facts import case_facts
from workflow.engine.subject import Case, Subject
from workflow.store.chain import event_hash, first_previous
from workflow.text import Sentence, sentence

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Verified:
    broken: tuple[Sentence, ...]
    summary: Sentence


def verify(office: Office) -> Verified:
    """All subjects; `broken` is empty where everything holds."""
    broken: list[Sentence] = []
    subjects = events = 0
    with office.database.read() as connection:
        for row in _all(connection):
            found = list(_events(connection, row["id"]))
            subjects += 1
            events += len(found)
            version = office.versions.get(connection, row["definition"], row["version"])
            broken += _of_subject(connection, version.definition, row, found)
        broken += _of_polls(connection)
        waiting = (
            connection.scalar(select(func.count()).select_from(effect).where(undone, effect.c.error == WAITS)) or 0
        )
    summary = sentence(
        "{subjects} cases and rounds, {events} events: {verdict}; {waiting} documents wait for their room.",
        subjects=subjects,
        events=events,
        verdict=sentence("every chain and fold holds")
        if not broken
        else sentence("{count} things are broken", count=len(broken)),
        waiting=waiting,
    )
    return Verified(tuple(broken), summary)


def _all(connection: Connection) -> Iterator[RowMapping]:
    last: UUID | None = None
    while True:
        rows = select(cases).order_by(cases.c.id).limit(_AT_ONCE)
        if last is not None:
            rows = rows.where(cases.c.id > last)
        found = connection.execute(rows).mappings().all()
        yield from found
        if len(found) < _AT_ONCE:
            return
        last = found[-1]["id"]


def _events(connection: Connection, subject: UUID) -> list[Any]:
    rows = (
        select(event.c.seq, event.c.body, event.c.hash, event.c.at, disclosure.c["values"])
        .select_from(
            event.outerjoin(disclosure, (disclosure.c.case_id == event.c.case_id) & (disclosure.c.seq == event.c.seq))
        )
        .where(event.c.case_id == subject)
        .order_by(event.c.seq)
    )
    return list(connection.execute(rows).all())


def _of_subject(
    connection: Connection, definition: Definition, row: RowMapping, found: list[Any]
) -> Iterator[Sentence]:
    named = f"{row['number'] or row['subject']} ({row['id']})"
    wrong = _chain(row, found)
    if wrong is not None:
        yield sentence("{case}: {what}", case=named, what=wrong)
        return
    try:
        folded = _fold(found)
    except Exception as error:  # noqa: BLE001 -- whatever an altered history does, it is told and the rest is looked at
        yield sentence("{case}: its history cannot be folded: {reason}", case=named, reason=str(error)[:200])
        return
    stored = subject_of(row)
    for what in (
        *_differences(definition, row, folded, stored),
        *_of_projections(connection, definition, stored, row["id"]),
    ):
        yield sentence("{case}: {what}", case=named, what=what)


def _chain(row: RowMapping, found: list[Any]) -> Sentence | None:
    """Seq is 1…n without a gap, each hash follows from the one before, the head is the last, disclosures fit."""
    previous = first_previous(row["id"])
    for number, one in enumerate(found, 1):
        if one.seq != number:
            return sentence("event {seq} is missing", seq=number)
        body = one.body.encode()
        if event_hash(previous, body) != bytes(one.hash):
            return sentence("the chain breaks at event {seq}", seq=number)
        if (path := check_disclosures(body, one[4])) is not None:
            return sentence("a value of event {seq} does not fit its digest ({path})", seq=number, path=path)
        previous = bytes(one.hash)
    if len(found) != row["seq"]:
        return sentence("{found} events, but version {version}", found=len(found), version=row["seq"])
    return None if previous == bytes(row["head"]) else sentence("the head is not that of its last event")


def _fold(found: list[Any]) -> Subject:
    subject: Subject | None = None
    for _, folded in fold_events((one.body.encode(), one[4]) for one in found):
        subject = folded
    assert subject is not None
    return subject


def _differences(definition: Definition, row: RowMapping, folded: Subject, stored: Subject) -> Iterator[Sentence]:
    if folded != stored:
        names = [
            name for name in type(folded).__struct_fields__ if getattr(folded, name) != getattr(stored, name, None)
        ]
        yield sentence("the stored case is not the fold of its events: {names}", names=names)
    if row["state"] != state_of(stored):
        yield sentence("the state's column says {found}, the case {state}", found=row["state"], state=state_of(stored))
    if isinstance(stored, Case):
        yield from _of_case(definition, stored)


def _of_case(definition: Definition, case: Case) -> Iterator[Sentence]:
    """No task of a state that was left is open; an end has no open task and no open timer."""
    if case.state not in definition.states:
        yield sentence("there is no state {state}", state=case.state)
    elif definition.states[case.state].is_end and case.entry and (case.entry.tasks or case.entry.timers):
        yield sentence("it has ended, but a task or timer is open")
    if case.entry is not None and case.entry.state != case.state:
        yield sentence("open work belongs to {found}, not to {state}", found=case.entry.state, state=case.state)


def _of_projections(
    connection: Connection, definition: Definition, stored: Subject, subject: UUID
) -> Iterator[Sentence]:
    """Inbox, wake and the round's view are what follows from the case."""
    rows = select(inbox.c.task, inbox.c.principal).where(inbox.c.case_id == subject)
    listed = {(row.task, row.principal) for row in connection.execute(rows)}
    wanted = {
        (task.id, holder)
        for entry in (entries_of(stored) if stored.suspended is None else ())
        for task in entry.tasks
        for holder in acting(definition, entry, task)
        if isinstance(holder, int)
    }
    if listed != wanted:
        yield sentence("its inbox rows are not those of its open tasks")
    due = connection.scalar(select(wake.c.due_at).where(wake.c.case_id == subject))
    if due != earliest(stored):
        yield sentence("its wake is not that of its earliest timer")
    if isinstance(stored, Case) and stored.round is not None:
        state = connection.scalar(select(round_case.c.state).where(round_case.c.case_id == subject))
        if state != case_facts(definition, stored).state:
            yield sentence("its round knows it in another state")


def _of_polls(connection: Connection) -> Iterator[Sentence]:
    """One ballot a voter; voters within the electorate; no envelope of a closed poll is left."""
    for row in connection.execute(select(poll.c.case_id, poll.c.poll, poll.c.state, poll.c.secret)).all():
        ballots, voters, envelopes = (_count(connection, table, row) for table in (ballot, voter, envelope))
        voted = _count(connection, voter, row, voter.c.voted)
        named = f"{row.case_id}/{row.poll}"
        if row.state == "closed" and (envelopes or row.secret is not None):
            yield sentence("ballot {poll}: closed, but envelopes or the key are still there", poll=named)
        if row.state == "closed" and ballots != voted:
            yield sentence(
                "ballot {poll}: {ballots} ballots of {voted} voters", poll=named, ballots=ballots, voted=voted
            )
        if envelopes > voters:
            yield sentence("ballot {poll}: more envelopes than voters", poll=named)


def _count(connection: Connection, table: Table, row: Any, *more: ColumnElement[bool]) -> int:
    rows = (
        select(func.count()).select_from(table).where(table.c.case_id == row.case_id, table.c.poll == row.poll, *more)
    )
    return connection.scalar(rows) or 0
