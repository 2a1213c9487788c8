"""Secret ballots: sealed envelopes until closing, then ballots in no one's order.

A vote is sealed to the poll's public key; the private key lies wrapped by a key outside the database. No event, no change of
the case, no time is kept. At the closing the envelopes are opened in memory, and they and the key are deleted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from workflow.cases.entries import entries_of
from workflow.cases.envelopes import (
    choice_of,
    is_of_request,
    new_key,
    open_sealed,
    place_of,
    receipt_of,
    seal,
    seed_of,
    unwrapped,
)
from workflow.cases.office import Office, Secrets
from workflow.cases.rows import Write
from workflow.cases.tables import ballot, envelope, inbox, poll, voter
from workflow.engine.commands import Command, FireTimer, Retry
from workflow.engine.context import Tally
from workflow.engine.subject import Ballot, Entry, Holder, Round, Subject, Vote
from workflow.errors import CannotRun, Closed, KeyReused
from workflow.store.chain import merkle_root
from workflow.store.metadata import NEVER
from workflow.text import sentence


@dataclass(frozen=True, slots=True)
class OpenPoll:
    """A secret ballot of a subject that is open; it is known by the number of its task."""

    number: int
    ballot: Ballot
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Box:
    """Where the envelopes of a secret ballot lie: of which case or round, by the number of its task."""

    subject: UUID
    number: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """By which a voter finds his ballot after the closing; `replayed`: that of then."""

    text: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """The envelopes of a poll, opened for its closing: the votes, and the ballots as they will lie."""

    poll: int
    tally: Tally
    ballots: tuple[tuple[bytes, str], ...]

    @property
    def root(self) -> str:
        return root_of(self.ballots)


def root_of(ballots: Iterable[tuple[bytes, str]]) -> str:
    """What a closing event says of its ballots, in the order of their nonces."""
    return merkle_root([nonce + choice.encode() for nonce, choice in sorted(ballots)]).hex()


def electorate_hash(persons: Iterable[str]) -> bytes:
    return sha256(msgspec.json.encode(sorted(persons))).digest()


def open_polls(subject: Subject | None) -> dict[int, OpenPoll]:
    """The secret ballots that are open now."""
    found = [_poll_in(entry) for entry in (entries_of(subject) if subject is not None else ())]
    return {one.number: one for one in found if one is not None}


def poll_of(subject: Subject, command: Command) -> OpenPoll | None:
    """The secret ballot that an act may close: of its task, of the state whose timer fires, or that could not be counted."""
    entries = entries_of(subject)
    match command:
        case FireTimer(timer=number):
            entries = tuple(entry for entry in entries if any(timer.id == number for timer in entry.timers))
        case Retry(incident=number) if isinstance(subject, Round):
            states = {incident.trigger for incident in subject.incidents if incident.number == number}
            entries = tuple(entry for entry in entries if entry.state in states)
        case _:
            task = getattr(command, "task", None)
            entries = tuple(entry for entry in entries if task is None or any(one.id == task for one in entry.tasks))
    found = [one for entry in entries if (one := _poll_in(entry)) is not None]
    return found[0] if len(found) == 1 else None


def _poll_in(entry: Entry) -> OpenPoll | None:
    if entry.ballot is None or not entry.ballot.secret:
        return None
    return next((OpenPoll(task.id, entry.ballot, task.due) for task in entry.tasks if task.kind == "ballot"), None)


def poll_rows(
    before: Subject | None, after: Subject, secrets: Secrets, now: datetime, opened: Opened | None
) -> Iterator[Write]:
    """A box for each ballot that opened; of one that closed, the ballots, and nothing that joins them to a voter."""
    old, new = open_polls(before), open_polls(after)
    for number, found in new.items():
        if number not in old:
            yield from _open(found, secrets, now)
    for number in old.keys() - new.keys():
        yield Write(poll, "update", [{"poll": number, "state": "closed", "secret": None}])
        yield Write(envelope, "delete", [{"poll": number}])
        if opened is not None and opened.poll == number:
            yield Write(ballot, "insert", [{"poll": number, "nonce": n, "choice": c} for n, c in opened.ballots])
            yield Write(
                voter, "update", [{"poll": number, "person": str(p), "voted": True} for p in opened.tally.voted]
            )
    for number in old.keys() & new.keys():
        was, is_ = old[number], new[number]
        gone = set(was.ballot.electorate) - set(is_.ballot.electorate)
        yield Write(envelope, "delete", [{"poll": number, "person": str(person)} for person in gone])
        if was.due != is_.due:
            yield Write(poll, "update", [{"poll": number, "closes_at": is_.due or NEVER}])


def cast_vote(office: Office, box: Box, vote: Vote, *, changeable: bool, request: bytes, now: datetime) -> Receipt:
    """Puts a sealed vote into the box, once for each request.

    Raises Closed where the box is closed, or the voter has voted and may not change it; who may not has nothing more to do.
    """
    with office.database.write() as connection:
        found = connection.execute(
            select(poll.c.public_key, poll.c.secret)
            .where(_of(poll, box), poll.c.state == "open", poll.c.closes_at > now)
            .with_for_update(read=True)
        ).one_or_none()
        if found is None:
            raise Closed(sentence("This ballot is closed."))
        seed = seed_of(request, found.secret, office.secrets)
        sealed = seal(vote, seed, found.public_key, place_of(box.subject, box.number, str(vote.by)))
        replayed = not _put(connection, box, str(vote.by), sealed) and _is_repeated(
            connection, box, str(vote.by), sealed, seed, changeable=changeable
        )
        if not changeable and isinstance(vote.by, int):
            done = and_(inbox.c.case_id == box.subject, inbox.c.task == box.number, inbox.c.principal == vote.by)
            connection.execute(delete(inbox).where(done))
    return Receipt(receipt_of(seed).hex(), replayed=replayed)


def _put(connection: Connection, box: Box, person: str, sealed: bytes) -> bool:
    """Whether it is in; not where there is one of his already."""
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(envelope)
    row = {"case_id": box.subject, "poll": box.number, "person": person, "sealed": sealed}
    # Not by `rowcount`: of an insert PostgreSQL's driver does not know it.
    put = insert.values(row).on_conflict_do_nothing().returning(envelope.c.person)
    return connection.execute(put).scalar() is not None


def _is_repeated(
    connection: Connection, box: Box, person: str, sealed: bytes, seed: bytes, *, changeable: bool
) -> bool:
    """Whether it is in already, by the same request; else it takes the place of the one that is."""
    mine = and_(_of(envelope, box), envelope.c.person == person)
    there = bytes(connection.execute(select(envelope.c.sealed).where(mine).with_for_update()).scalar_one())
    if is_of_request(there, seed):
        if there != sealed:
            raise KeyReused
        return True
    if not changeable:
        raise Closed(sentence("You have voted already; a vote cannot be changed here."))
    connection.execute(update(envelope).where(mine).values(sealed=sealed))
    return False


def who_has_voted(connection: Connection, subject: UUID, number: int) -> set[str]:
    return set(connection.scalars(select(envelope.c.person).where(_of(envelope, Box(subject, number)))))


def has_voted(connection: Connection, box: Box, person: Holder) -> bool | None:
    """Whether his vote is in the box, or was counted when it was closed; none for who had no vote here."""
    state = connection.scalar(select(poll.c.state).where(_of(poll, box)))
    counted = connection.scalar(select(voter.c.voted).where(_of(voter, box), voter.c.person == str(person)))
    if state != "open" or counted is None:
        return counted
    mine = select(envelope.c.person).where(_of(envelope, box), envelope.c.person == str(person))
    return connection.scalar(mine) is not None


def is_closed(connection: Connection, box: Box) -> bool:
    return connection.scalar(select(poll.c.state).where(_of(poll, box))) == "closed"


def how_many_voted(connection: Connection, box: Box) -> int:
    return connection.scalar(select(func.count()).select_from(envelope).where(_of(envelope, box))) or 0


def _of(table: Table, box: Box) -> ColumnElement[bool]:
    return and_(table.c.case_id == box.subject, table.c.poll == box.number)


def open_envelopes(connection: Connection, subject: UUID, found: OpenPoll, secrets: Secrets) -> Opened:
    """All votes of a poll, for its closing; the poll is locked, so that none comes in meanwhile."""
    key = connection.execute(
        select(poll.c.secret).where(poll.c.case_id == subject, poll.c.poll == found.number).with_for_update()
    ).scalar()
    rows = select(envelope.c.person, envelope.c.sealed).where(
        envelope.c.case_id == subject, envelope.c.poll == found.number
    )
    able = {str(person): person for person in found.ballot.electorate}
    votes: list[Vote] = []
    ballots: list[tuple[bytes, str]] = []
    voted: list[Holder] = []
    private = unwrapped(key, secrets) if key is not None else None
    for row in connection.execute(rows):
        if row.person in able and private is not None:
            nonce, vote = open_sealed(row.sealed, private, place_of(subject, found.number, row.person))
            votes.append(vote)
            ballots.append((nonce, choice_of(vote)))
            voted.append(able[row.person])
    return Opened(found.number, Tally(votes=tuple(votes), voted=tuple(voted)), tuple(sorted(ballots)))


def all_open(connection: Connection, subject: UUID, number: int, secrets: Secrets) -> bool:
    """Whether every envelope of a ballot that runs is as it was sealed; what is in them is not looked at."""
    key = connection.scalar(select(poll.c.secret).where(poll.c.case_id == subject, poll.c.poll == number))
    rows = select(envelope.c.person, envelope.c.sealed).where(envelope.c.case_id == subject, envelope.c.poll == number)
    try:
        private = unwrapped(key or b"", secrets)
        for row in connection.execute(rows):
            open_sealed(row.sealed, private, place_of(subject, number, row.person))
    except CannotRun:
        return False
    return True


def _open(found: OpenPoll, secrets: Secrets, now: datetime) -> Iterator[Write]:
    wrapped, public = new_key(secrets)
    row = {
        "poll": found.number,
        "state": "open",
        "secret": wrapped,
        "public_key": public,
        "opens_at": now,
        "closes_at": found.due or NEVER,
        "electorate_hash": electorate_hash(str(person) for person in found.ballot.electorate),
    }
    yield Write(poll, "insert", [row])
    voters = [{"poll": found.number, "person": str(person), "voted": False} for person in found.ballot.electorate]
    yield Write(voter, "insert", voters)
