"""Storing a step: the row, one event, its disclosure, and every projection, if the version still is what was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workflow.cases.desk import Desk
from workflow.cases.history import SCHEMA, Event, body_of, described, encode_disclosures, seal, with_seq
from workflow.cases.once import once_rows
from workflow.cases.polls import Opened, poll_rows
from workflow.cases.projections import projections
from workflow.cases.reading import kept_data, kept_open
from workflow.cases.rows import Change as RowChange
from workflow.cases.rows import Write
from workflow.cases.tables import disclosure, event
from workflow.cases.versions import Version
from workflow.engine.changes import Change
from workflow.engine.commands import Command
from workflow.engine.context import Actor, Context
from workflow.engine.subject import Case, Subject
from workflow.engine.work import Authority
from workflow.store.chain import event_hash, first_previous


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A step with all that its event says."""

    version: Version
    before: Subject | None
    after: Subject
    changes: Sequence[Change]
    authority: Authority
    command: Command
    context: Context
    actor: Actor
    request: bytes
    fingerprint: bytes
    head: bytes
    opened: Opened | None = None
    inputs: str | None = None  #: the hash of what a sitting was decided upon


@dataclass(frozen=True, slots=True)
class Kept:
    subject: Subject
    head: bytes


def store(desk: Desk, done: Stored) -> Kept | None:
    """Writes it all, or nothing where the case has moved since it was read."""
    seq = (done.before.seq if done.before else 0) + 1
    after = with_seq(done.after, seq)
    subject = UUID(after.id)
    body, disclosed = _event(done, seq)
    previous = done.head if done.before else first_previous(subject)
    hashed = event_hash(previous, body)
    writes = [
        Write(event, "insert", [_event_row(done, seq, body, hashed)]),
        Write(disclosure, "insert", [{"seq": seq, "values": disclosed}] if disclosed else []),
        *projections(done.version.definition, done.before, after, done.changes, done.context, seq),
        *poll_rows(done.before, after, desk.office.secrets, done.context.now, done.opened),
        *once_rows(done.version.definition, done.before, after, desk.office.secrets),
    ]
    was = done.before.seq if done.before else None
    change = RowChange(
        id=subject, was=was, columns=_columns(done, after, hashed), writes=[write for write in writes if write.rows]
    )
    return Kept(after, hashed) if desk.write(change) else None


def state_of(subject: Subject) -> str:
    if isinstance(subject, Case):
        return subject.state
    return "over" if subject.over_at else "closed" if subject.closed_at else "open"


def _event(done: Stored, seq: int) -> tuple[bytes, str | None]:
    sealed, disclosures = seal(done.version.definition, done.changes)
    command = described(done.command)
    if done.inputs is not None:
        command["inputs"] = done.inputs
    if done.opened is not None:
        command |= {"poll": done.opened.poll, "ballots": done.opened.root}
    clock = done.context.clock or done.context.now
    one = Event(
        v=SCHEMA,
        case=done.after.id,
        seq=seq,
        at=clock,
        as_of=done.context.now if clock != done.context.now else None,
        by=done.authority.by,
        as_=done.authority.principal if done.authority.principal != done.authority.by else None,
        for_=done.authority.absent,
        service=done.actor.service,
        command=command,
        changes=sealed,
        definition=done.after.version,
        sha256=done.version.digest.hex() if done.before is None else None,
    )
    return body_of(one), encode_disclosures(disclosures)


def _event_row(done: Stored, seq: int, body: bytes, hashed: bytes) -> dict[str, Any]:
    return {
        "seq": seq,
        "at": done.context.clock or done.context.now,
        "actor": done.actor.person,
        "request": done.request,
        "fingerprint": done.fingerprint,
        "body": body.decode(),
        "hash": hashed,
    }


def _columns(done: Stored, after: Subject, hashed: bytes) -> dict[str, Any]:
    """Of the case's own row what changed; the form is rewritten only when it did."""
    before = done.before
    columns: dict[str, Any] = {"head": hashed, "open": kept_open(after)}
    if before is None or before.data != after.data:
        columns["data"] = kept_data(after)
    old, new = (columns_of(before) if before is not None else {}), columns_of(after)
    always = ("state", "seq")
    return columns | {
        name: value for name, value in new.items() if name in always or name not in old or old[name] != value
    }


def columns_of(subject: Subject) -> dict[str, Any]:
    """What stands of a subject in columns of its own, to be found and listed by."""
    case = subject if isinstance(subject, Case) else None
    return {
        "kind": "case" if case else "round",
        "definition": subject.definition,
        "version": subject.version,
        "round_id": UUID(case.round) if case and case.round else None,
        "unit": subject.unit,
        "number": case.number if case else None,
        "subject": subject.subject if isinstance(subject, Case) else subject.title_zh,
        "state": state_of(subject),
        "seq": subject.seq,
        "opened_at": subject.started_at if isinstance(subject, Case) else subject.opened_at,
        "ended_at": subject.ended_at if isinstance(subject, Case) else subject.over_at,
    }
