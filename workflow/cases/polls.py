"""Secret ballots: sealed envelopes until closing, then ballots in no one's order.

A vote is sealed to the poll's public key; the private key lies wrapped by a key outside the database. No event, no change of
the case, no time is kept. At the closing the envelopes are opened in memory, and they and the key are deleted.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import Connection, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.cases.entries import entries_of
from workflow.cases.office import Secrets
from workflow.cases.rows import Write
from workflow.cases.tables import ballot, envelope, inbox, poll, voter
from workflow.engine.commands import Command, FireTimer, Retry
from workflow.engine.context import Tally
from workflow.engine.subject import Ballot, Entry, Holder, Round, Subject, Vote
from workflow.errors import CannotRun
from workflow.store import Database
from workflow.store.chain import merkle_root
from workflow.store.metadata import NEVER
from workflow.text import sentence

_NONCE = 16
_BLOCK = 64  #: every sealed vote has the length of a multiple of this
_WRAP = b"yangguang ballot key"


@dataclass(frozen=True, slots=True)
class OpenPoll:
    """A secret ballot of a subject that is open; it is known by the number of its task."""

    number: int
    ballot: Ballot
    due: datetime | None


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


def cast_vote(
    database: Database, subject: UUID, number: int, vote: Vote, *, changeable: bool, now: datetime
) -> str | None:
    """Puts a sealed vote into the box; the voter's receipt, or none where it is closed or he has voted already.

    Who cannot change his vote has nothing more to do.
    """
    nonce = os.urandom(_NONCE)
    with database.write() as connection:
        found = connection.execute(
            select(poll.c.public_key)
            .where(poll.c.case_id == subject, poll.c.poll == number, poll.c.state == "open", poll.c.closes_at > now)
            .with_for_update(read=True)
        ).one_or_none()
        if found is None:
            return None
        values = {
            "case_id": subject,
            "poll": number,
            "person": str(vote.by),
            "sealed": _seal(vote, nonce, found.public_key, _place(subject, number, str(vote.by))),
        }
        insert = (sqlite if database.dialect == "sqlite" else postgresql).insert(envelope).values(values)
        keys = [envelope.c.case_id, envelope.c.poll, envelope.c.person]
        if changeable:
            statement: Any = insert.on_conflict_do_update(index_elements=keys, set_={"sealed": insert.excluded.sealed})
        else:
            statement = insert.on_conflict_do_nothing(index_elements=keys)
        # Not by `rowcount`: of an insert PostgreSQL's driver does not know it.
        put_in = connection.execute(statement.returning(envelope.c.person)).scalar()
        if put_in is not None and not changeable and isinstance(vote.by, int):
            done = and_(inbox.c.case_id == subject, inbox.c.task == number, inbox.c.principal == vote.by)
            connection.execute(delete(inbox).where(done))
        return None if put_in is None else nonce.hex()


def who_has_voted(connection: Connection, subject: UUID, number: int) -> set[str]:
    rows = select(envelope.c.person).where(envelope.c.case_id == subject, envelope.c.poll == number)
    return set(connection.scalars(rows))


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
    private = _unwrap(key, secrets) if key is not None else None
    for row in connection.execute(rows):
        if row.person in able and private is not None:
            nonce, vote = _open_sealed(row.sealed, private, _place(subject, found.number, row.person))
            votes.append(vote)
            ballots.append((nonce, _choice(vote)))
            voted.append(able[row.person])
    return Opened(found.number, Tally(votes=tuple(votes), voted=tuple(voted)), tuple(sorted(ballots)))


def all_open(connection: Connection, subject: UUID, number: int, secrets: Secrets) -> bool:
    """Whether every envelope of a ballot that runs is as it was sealed; what is in them is not looked at."""
    key = connection.scalar(select(poll.c.secret).where(poll.c.case_id == subject, poll.c.poll == number))
    rows = select(envelope.c.person, envelope.c.sealed).where(envelope.c.case_id == subject, envelope.c.poll == number)
    try:
        private = _unwrap(key or b"", secrets)
        for row in connection.execute(rows):
            _open_sealed(row.sealed, private, _place(subject, number, row.person))
    except CannotRun:
        return False
    return True


def _open(found: OpenPoll, secrets: Secrets, now: datetime) -> Iterator[Write]:
    private = X25519PrivateKey.generate()
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    nonce = os.urandom(12)
    wrapped = nonce + ChaCha20Poly1305(secrets.key("ballot")).encrypt(nonce, raw, _WRAP)
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


def _unwrap(wrapped: bytes, secrets: Secrets) -> X25519PrivateKey:
    try:
        raw = ChaCha20Poly1305(secrets.key("ballot")).decrypt(wrapped[:12], wrapped[12:], _WRAP)
    except (InvalidTag, ValueError) as wrong:
        reason = sentence("the secret of this installation is another than the one with which the ballot was opened")
        raise CannotRun(reason=reason) from wrong
    return X25519PrivateKey.from_private_bytes(raw)


def _place(subject: UUID, number: int, person: str) -> bytes:
    """Of which ballot an envelope is, and whose: one that was put elsewhere does not open."""
    return f"{subject}/{number}/{person}".encode()


def _seal(vote: Vote, nonce: bytes, public: bytes, place: bytes) -> bytes:
    plain = nonce + _choice(vote).encode()
    padded = plain + b"\x00" * (-len(plain) % _BLOCK)
    ephemeral = X25519PrivateKey.generate()
    key = _shared(ephemeral.exchange(X25519PublicKey.from_public_bytes(public)))
    mine = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    iv = os.urandom(12)
    return mine + iv + ChaCha20Poly1305(key).encrypt(iv, padded, mine + place)


def _open_sealed(sealed: bytes, private: X25519PrivateKey, place: bytes) -> tuple[bytes, Vote]:
    mine, iv, rest = sealed[:32], sealed[32:44], sealed[44:]
    try:
        key = _shared(private.exchange(X25519PublicKey.from_public_bytes(mine)))
        plain = ChaCha20Poly1305(key).decrypt(iv, rest, mine + place).rstrip(b"\x00")
    except (InvalidTag, ValueError) as wrong:
        raise CannotRun(sentence("An envelope of a secret ballot was altered; restore a backup.")) from wrong
    return plain[:_NONCE], msgspec.convert({**msgspec.json.decode(plain[_NONCE:]), "by": 0}, Vote)


def _shared(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"yangguang envelope").derive(secret)


def _choice(vote: Vote) -> str:
    """What was chosen, without by whom."""
    kept: Mapping[str, Any] = msgspec.to_builtins(vote)
    return msgspec.json.encode({name: value for name, value in kept.items() if name != "by"}, order="sorted").decode()
