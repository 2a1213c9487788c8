"""`act`: the one way to change a case or a round. Read, replay, permit and step, write if nothing has moved.

A usual act is two statements and holds no lock between them; when somebody was first it is tried again with the case
locked. What a step wants beside the case's own row (figures of the round, an opened ballot, facts of others) it says, and
is then taken again in a transaction that has looked it up; figures and sittings lock the round first, so that two who see
"one seat left" cannot both have it. Every act has a key and may be repeated: if its event is there, it has happened.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from workflow.cases.desk import Desk, hot_desk, transaction
from workflow.cases.history import folded
from workflow.cases.office import Office
from workflow.cases.once import number_of_first
from workflow.cases.reading import Read, load
from workflow.cases.storing import Stored, store
from workflow.cases.versions import Version
from workflow.engine.changes import Change, Settled
from workflow.engine.commands import Command, FireTimer, Object, Retract, Settle
from workflow.engine.context import CLOCK, Actor, Context, Fact, Missing, RoundView
from workflow.engine.facts import case_facts
from workflow.engine.rounds.step import RoundStep, step_round
from workflow.engine.sight import may_see, may_see_round
from workflow.engine.step import Step, step
from workflow.engine.subject import Case, Round, Subject, Timer
from workflow.errors import Busy, GuardFailed, KeyReused, NotFound, Refused, Stale, Twice, WorkflowError
from workflow.store import retrying
from workflow.store.failures import violated
from workflow.text import sentence

_TRIES = 5
_MOST_TIMERS = 1000
#: Of several timers at one instant, which first.
_ORDER = ("due", "reminder", "escalation", "notice_end", "until", "resume", "opening", "announce", "closes", "sitting")
_ALL: frozenset[Fact] = frozenset({"figures", "tally", "facts", "previous", "files"})
#: What is looked up for each case of a sitting, if its step asks for it.
_OF_CASE: frozenset[Fact] = frozenset({"facts", "previous", "files"})
_SITTING = Actor(service="sitting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an act led to: the subject as it then stood, and the head of its chain."""

    subject: Subject
    version: Version
    head: bytes
    replayed: bool = False
    changes: tuple[Change, ...] = ()

    @property
    def case(self) -> Case:
        assert isinstance(self.subject, Case)
        return self.subject

    @property
    def round(self) -> Round:
        assert isinstance(self.subject, Round)
        return self.subject

    @property
    def seq(self) -> int:
        return self.subject.seq


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One act as it was asked for."""

    subject: UUID
    command: Command
    actor: Actor
    request: bytes
    fingerprint: bytes
    expected: int | None
    wanted: frozenset[Fact] = frozenset()
    locked: bool = False


def act(
    office: Office,
    subject: UUID,
    command: Command,
    *,
    actor: Actor,
    key: str | None = None,
    expected: int | None = None,
) -> Outcome:
    """Does a command upon a case or a round, once for each key. Raises what refuses it, and then nothing has happened.

    Any number of processes may act at once. Busy when it could not be done in a few tries.
    """
    asked = Asked(
        subject=subject,
        command=command,
        actor=actor,
        request=request_of(actor, key or uuid4().hex),
        fingerprint=fingerprint_of(command),
        expected=expected,
    )
    return retrying(lambda: _act(office, asked))


def fire_due(office: Office, subject: UUID) -> int:
    """Fires every timer of a subject that is due, each as an event of its own; how many there were."""
    for fired in range(_MOST_TIMERS):
        with office.database.read() as connection:
            now = office.database.now(connection)
            found = load(connection, subject)
        timer = _due(found[0], now) if found else None
        if timer is None:
            return fired
        _fire(office, subject, timer)
    return _MOST_TIMERS


def request_of(actor: Actor, key: str) -> bytes:
    """A request key belongs to its actor: another's equal key is another."""
    who = f"{actor.person}/{actor.link}/{actor.service}/{actor.public}"
    return hashlib.sha256(f"{who}\n{key}".encode()).digest()[:16]


def fingerprint_of(command: Command) -> bytes:
    text = type(command).__name__.encode() + b"\n" + msgspec.json.encode(command, order="sorted")
    return hashlib.sha256(text).digest()[:16]


# --- one act


class _DueFirst(Exception):
    """A timer of the subject is due: it goes before any later command."""

    def __init__(self, timer: Timer) -> None:
        self.timer = timer
        super().__init__(timer.id)


def _act(office: Office, asked: Asked) -> Outcome:
    tries = 0
    while tries < _TRIES:
        try:
            done = _try(office, replace(asked, locked=tries > 0))
        except Missing as missing:
            asked = replace(asked, wanted=asked.wanted | {missing.fact})
            continue
        except _DueFirst as due:
            _fire(office, asked.subject, due.timer)
            continue
        except Exception as error:
            if (key := violated(error)) is None:
                raise
            raise _of_violation(office, asked, key) from error
        if done is not None:
            return done
        tries += 1
    raise Busy


def _try(office: Office, asked: Asked) -> Outcome | None:
    """One try: on the hot path where the case's own row is all that is needed."""
    if asked.locked or asked.wanted:
        with transaction(office) as desk:
            return _in_transaction(desk, asked)
    with hot_desk(office) as desk:
        read = desk.read(asked.subject, asked.request)
        if not isinstance(read.subject, Round):
            return _on_case(desk, asked, read)
    with transaction(office) as desk:
        return _in_transaction(desk, asked)


def _in_transaction(desk: Desk, asked: Asked) -> Outcome | None:
    read = desk.read(asked.subject, asked.request)
    if isinstance(read.subject, Round):
        desk.lock(asked.subject)
        return _on_round(desk, asked, desk.read(asked.subject, asked.request))
    round_id = read.subject.round if read.subject else None
    if round_id is not None and "figures" in asked.wanted:
        desk.lock(UUID(round_id))
    if asked.locked or asked.wanted & {"figures", "tally"}:
        desk.lock(asked.subject)
        read = desk.read(asked.subject, asked.request)
    return _on_case(desk, asked, read)


def _on_case(desk: Desk, asked: Asked, read: Read) -> Outcome | None:
    case = read.subject
    if not isinstance(case, Case):
        raise NotFound
    version = desk.version(case.definition, case.version)
    context = _context(desk, asked, read, version)
    if not _is_public(asked.command) and not may_see(version.definition, case, context):
        raise NotFound
    answered = _before(desk, asked, read, version)
    if answered is not None:
        return answered
    opened = desk.open_ballot(case, asked.command) if "tally" in asked.wanted else None
    if opened is not None:
        context = replace(context, tally=opened.tally)
    done = step(version.definition, case, asked.command, context)  # type: ignore[arg-type]  # a command of a case
    if not done.changes:
        return Outcome(subject=case, version=version, head=read.head)
    stored = store(
        desk,
        Stored(
            version=version,
            before=case,
            after=done.subject,
            changes=done.changes,
            authority=done.authority,
            command=asked.command,
            context=context,
            actor=asked.actor,
            request=asked.request,
            fingerprint=asked.fingerprint,
            head=read.head,
            opened=opened,
        ),
    )
    return (
        None
        if stored is None
        else Outcome(subject=stored.subject, version=version, head=stored.head, changes=done.changes)
    )


def _on_round(desk: Desk, asked: Asked, read: Read) -> Outcome | None:
    """The round's step, and in the same transaction the step of every case that it settles."""
    round_ = read.subject
    assert isinstance(round_, Round)
    version = desk.version(round_.definition, round_.version)
    context = _context(desk, replace(asked, wanted=_ALL - {"tally"} | asked.wanted), read, version)
    context = replace(context, round=RoundView(round_, desk.round_facts(round_.id)))
    if not may_see_round(version.definition, round_, context):
        raise NotFound
    answered = _before(desk, asked, read, version)
    if answered is not None:
        return answered
    opened = desk.open_ballot(round_, asked.command) if "tally" in asked.wanted else None
    if opened is not None:
        context = replace(context, tally=opened.tally)
    done, cases, context = _with_cases_locked(desk, asked, round_, version, context)
    if not done.changes:
        return Outcome(subject=round_, version=version, head=read.head)
    stored = store(
        desk,
        Stored(
            version=version,
            before=round_,
            after=done.subject,
            changes=done.changes,
            authority=done.authority,
            command=asked.command,
            context=context,
            actor=asked.actor,
            request=asked.request,
            fingerprint=asked.fingerprint,
            head=read.head,
            opened=opened,
            inputs=_digest_of(cases),
        ),
    )
    if stored is None:
        return None
    for settled in done.settled:
        _settle(desk, settled, cases[settled.case], version, context, stored, chosen=done.chosen)
    return Outcome(subject=stored.subject, version=version, head=stored.head, changes=done.changes)


Locked = dict[str, tuple[Case, bytes]]


def _with_cases_locked(
    desk: Desk, asked: Asked, round_: Round, version: Version, context: Context
) -> tuple[RoundStep, Locked, Context]:
    """Round first, then its cases by id, then read: what is settled is settled upon cases that cannot move meanwhile."""
    locked: Locked = {}
    while True:
        done = step_round(version.definition, round_, asked.command, context)  # type: ignore[arg-type]  # of a round
        new = sorted({settled.case for settled in done.settled} - locked.keys())
        if not new:
            return done, locked, context
        desk.lock(*map(UUID, new))
        locked |= desk.load_cases(new)
        assert context.round is not None
        fresh = tuple(
            case_facts(version.definition, locked[facts.id][0]) if facts.id in locked else facts
            for facts in context.round.cases or ()
        )
        context = replace(context, round=RoundView(round_, fresh))


def _settle(
    desk: Desk, settled: Settled, held: tuple[Case, bytes], version: Version, context: Context, by: Any, *, chosen: bool
) -> None:
    """One case answers with its own step; what leaders decided and one case refuses, refuses the whole."""
    case, head = held
    command = Settle(entry=settled.entry, trigger=settled.trigger, figures=settled.figures, chosen=chosen)
    try:
        inner, done = _settled(desk, case, command, version, replace(context, actor=_SITTING, unread=_OF_CASE))
    except Refused as refused:
        named = sentence("{case}: {reason}", case=case.subject, reason=refused.because or str(refused))
        raise GuardFailed(named) from refused
    store(
        desk,
        Stored(
            version=version,
            before=case,
            after=done.subject,
            changes=done.changes,
            authority=done.authority,
            command=command,
            context=inner,
            actor=_SITTING,
            request=request_of(_SITTING, f"{by.subject.id}/{by.subject.seq}/{case.id}"),
            fingerprint=fingerprint_of(command),
            head=head,
        ),
    )


def _settled(desk: Desk, case: Case, command: Settle, version: Version, context: Context) -> tuple[Context, Step]:
    """The step of a case; what it wants to know beside is looked up when it asks."""
    while True:
        try:
            return context, step(version.definition, case, command, context)
        except Missing as missing:
            wanted = frozenset((missing.fact,))
            context = replace(desk.with_facts(context, wanted, case, version), unread=context.unread - wanted)


def _context(desk: Desk, asked: Asked, read: Read, version: Version) -> Context:
    """What the step may know: the time, who acts, the directory and calendar, and what it has asked for."""
    now = read.now
    clock: datetime | None = None
    if isinstance(asked.command, FireTimer) and read.subject is not None:
        timer = _timer(read.subject, asked.command.timer)
        if timer is not None and timer.at < now:
            now, clock = timer.at, read.now
    context = Context(
        now=now,
        clock=clock,
        actor=asked.actor,
        directory=desk.directory(read.directory),
        calendar=desk.calendar(read.calendar),
        lot=desk.lot(read, asked.subject),
        round=RoundView(read.round) if read.round else None,
        unread=_ALL - asked.wanted,
    )
    return desk.with_facts(context, asked.wanted, read.subject, version)


def _before(desk: Desk, asked: Asked, read: Read, version: Version) -> Outcome | None:
    """An answer that was given already; or a reason not to go on: a stale version, a timer that is due first."""
    assert read.subject is not None
    if read.answered is not None:
        if read.fingerprint != asked.fingerprint:
            raise KeyReused
        return _replay(desk, asked.subject, read.answered, version)
    if asked.expected is not None and asked.expected != read.subject.seq:
        raise Stale(version=read.subject.seq)
    if not isinstance(asked.command, FireTimer):
        timer = _due(read.subject, read.now)
        if timer is not None:
            raise _DueFirst(timer)
    return None


def _replay(desk: Desk, subject: UUID, seq: int, version: Version) -> Outcome:
    """The answer of then: the subject folded to that event. Nothing is stored twice, and what is erased stays erased."""
    events, head = desk.events(subject, seq)
    return Outcome(subject=folded(events), version=version, head=head, replayed=True)


def _fire(office: Office, subject: UUID, timer: Timer) -> None:
    act(office, subject, FireTimer(timer=timer.id), actor=CLOCK, key=f"timer {timer.id} {timer.at.isoformat()}")


def _due(subject: Subject, now: datetime) -> Timer | None:
    due = [timer for timer in timers_of(subject) if timer.at <= now]
    return min(due, key=lambda timer: (timer.at, _ORDER.index(timer.kind), timer.id), default=None)


def _timer(subject: Subject, number: int) -> Timer | None:
    return next((timer for timer in timers_of(subject) if timer.id == number), None)


def timers_of(subject: Subject) -> list[Timer]:
    if subject.suspended is not None:
        return []
    if isinstance(subject, Case):
        return list(subject.entry.timers) if subject.entry else []
    return [*subject.timers, *(timer for sitting in subject.sittings for timer in sitting.entry.timers)]


def _is_public(command: Command) -> bool:
    return isinstance(command, Object | Retract)


def _digest_of(cases: Locked) -> str | None:
    """What a sitting was decided upon: the hash of its (case, seq, head) list."""
    if not cases:
        return None
    listed = [[number, case.seq, head.hex()] for number, (case, head) in sorted(cases.items())]
    return hashlib.sha256(msgspec.json.encode(listed)).hexdigest()


def _of_violation(office: Office, asked: Asked, key: str) -> WorkflowError:
    """What a unique key refused: the values of `once`, or the same request at the same moment."""
    if "once" in key:
        return Twice(number=_first_number(office, asked))
    return Busy()


def _first_number(office: Office, asked: Asked) -> str:
    """Which case holds the values that this act would have written: the step is taken once more, to look."""
    with transaction(office) as desk:
        read = desk.read(asked.subject, asked.request)
        case = read.subject
        if not isinstance(case, Case):
            return "–"
        version = desk.version(case.definition, case.version)
        context = _context(desk, replace(asked, wanted=_ALL - {"tally"}), read, version)
        done = step(version.definition, case, asked.command, context)  # type: ignore[arg-type]  # a command of a case
        return number_of_first(desk.connection_or_fail, version.definition, done.subject, office.secrets)
