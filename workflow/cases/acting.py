"""`act`: the one way to change a case or a round. Read, replay, permit and step, write if nothing has moved.

A usual act is two statements and holds no lock between them; when somebody was first it is tried again with the case
locked. What a step wants beside the case's own row (figures of the round, an opened ballot, facts of others) it says, and
is then taken again in a transaction that has looked it up; figures and sittings lock the round first, so that two who see
"one seat left" cannot both have it. Every act has a key and may be repeated: if its event is there, it has happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from workflow.cases.desk import Desk, hot_desk, transaction
from workflow.cases.entries import due_timer, timer_of
from workflow.cases.history import folded
from workflow.cases.office import Office
from workflow.cases.once import is_once, number_of_first
from workflow.cases.polls import Opened, open_polls
from workflow.cases.reading import Read, load
from workflow.cases.requests import fingerprint_of, request_of
from workflow.cases.settling import digest_of, settle, step_with_cases
from workflow.cases.storing import Kept, Stored, store
from workflow.cases.versions import Version
from workflow.definition.model import Ballot, Definition
from workflow.engine.changes import Change
from workflow.engine.commands import CloseBallot, Command, Fire, FireTimer, Object, Operate, Retract
from workflow.engine.context import CLOCK, Actor, Context, Fact, Missing, RoundView
from workflow.engine.operations.tuning import tuned
from workflow.engine.permit import in_group
from workflow.engine.rounds.step import RoundStep
from workflow.engine.sight import may_see, may_see_round
from workflow.engine.step import Step, step
from workflow.engine.subject import Case, Round, Subject, Timer
from workflow.errors import Busy, KeyReused, NotFound, Stale, Twice, WorkflowError
from workflow.store import retrying
from workflow.store.failures import violated

_TRIES = 5
_MOST_TIMERS = 1000
_ALL: frozenset[Fact] = frozenset({"figures", "tally", "facts", "previous", "files"})


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


def rehearse(office: Office, subject: UUID, command: Command, *, actor: Actor) -> None:
    """Takes the step upon a case that an act would take, and keeps nothing of it. Raises what would refuse it."""
    asked = Asked(
        subject=subject,
        command=command,
        actor=actor,
        request=request_of(actor, uuid4().hex),
        fingerprint=b"",
        expected=None,
        wanted=_ALL - {"tally"},
    )
    with transaction(office) as desk:
        _step_of(desk, asked)


def fire_due(office: Office, subject: UUID) -> int:
    """Fires every timer of a subject that is due, each as an event of its own; how many there were."""
    for fired in range(_MOST_TIMERS):
        with office.database.read() as connection:
            now = office.database.now(connection)
            found = load(connection, subject)
        timer = due_timer(found[0], now) if found else None
        if timer is None:
            return fired
        _fire(office, subject, timer)
    return _MOST_TIMERS


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
    if not may_see(version.definition, case, context) and not may_unseen(
        version.definition, case, asked.command, context
    ):
        raise NotFound
    answered = _before(desk, asked, read, version)
    if answered is not None:
        return answered
    context, opened = _with_ballot(desk, asked, case, context)
    done = step(version.definition, case, asked.command, context)  # type: ignore[arg-type]  # a command of a case
    if not done.changes:
        return Outcome(subject=case, version=version, head=read.head)
    return _outcome(version, done.changes, store(desk, _stored(asked, read, version, done, context, opened)))


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
    context, opened = _with_ballot(desk, asked, round_, context)
    done, cases, context = step_with_cases(desk, version, round_, asked.command, context)  # type: ignore[arg-type]  # of a round
    if not done.changes:
        return Outcome(subject=round_, version=version, head=read.head)
    stored = store(desk, _stored(asked, read, version, done, context, opened, inputs=digest_of(cases)))
    if stored is not None:
        settle(desk, done, cases, version, context, stored)
    return _outcome(version, done.changes, stored)


def _with_ballot(desk: Desk, asked: Asked, subject: Subject, context: Context) -> tuple[Context, Opened | None]:
    """With the envelopes of the secret ballot that may close now, where they are asked for."""
    opened = desk.open_ballot(subject, asked.command) if "tally" in asked.wanted else None
    return (context, None) if opened is None else (replace(context, tally=opened.tally), opened)


def _stored(
    asked: Asked,
    read: Read,
    version: Version,
    done: Step | RoundStep,
    context: Context,
    opened: Opened | None,
    inputs: str | None = None,
) -> Stored:
    closed = open_polls(read.subject).keys() - open_polls(done.subject).keys()
    return Stored(
        version=version,
        before=read.subject,
        after=done.subject,
        changes=done.changes,
        authority=done.authority,
        command=asked.command,
        context=context,
        actor=asked.actor,
        request=asked.request,
        fingerprint=asked.fingerprint,
        head=read.head,
        opened=opened if opened is not None and opened.poll in closed else None,
        inputs=inputs,
    )


def _outcome(version: Version, changes: Sequence[Change], stored: Kept | None) -> Outcome | None:
    if stored is None:
        return None
    return Outcome(subject=stored.subject, version=version, head=stored.head, changes=tuple(changes))


def _context(desk: Desk, asked: Asked, read: Read, version: Version) -> Context:
    """What the step may know: the time, who acts, the directory and calendar, and what it has asked for."""
    assert read.subject is not None
    now = read.now
    clock: datetime | None = None
    if isinstance(asked.command, FireTimer):
        timer = timer_of(read.subject, asked.command.timer)
        if timer is not None and timer.at < now:
            now, clock = timer.at, read.now
    context = Context(
        now=now,
        clock=clock,
        actor=asked.actor,
        directory=desk.directory(read.directory),
        calendar=desk.calendar(read.calendar),
        lot=desk.lot(read.subject, read.head),
        round=RoundView(read.round) if read.round else None,
        unread=_ALL - asked.wanted,
    )
    return desk.with_facts(context, asked.wanted, read.subject, asked.command, version)


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
        timer = due_timer(read.subject, read.now)
        if timer is not None:
            raise _DueFirst(timer)
    return None


def _replay(desk: Desk, subject: UUID, seq: int, version: Version) -> Outcome:
    """The answer of then: the subject folded to that event. Nothing is stored twice, and what is erased stays erased."""
    events, head = desk.events(subject, seq)
    return Outcome(subject=folded(events), version=version, head=head, replayed=True)


def _fire(office: Office, subject: UUID, timer: Timer) -> None:
    act(office, subject, FireTimer(timer=timer.id), actor=CLOCK, key=f"timer {timer.id} {timer.at.isoformat()}")


def may_unseen(definition: Definition, case: Case, command: Command, context: Context) -> bool:
    """Whether somebody who may not read a case may do just this: the public object, and others what the file gives them."""
    state = definition.states.get(case.state)
    match command:
        case Object() | Retract():
            return True
        case Fire(trigger=trigger) if trigger in definition.anytime:
            rule = definition.anytime[trigger]
            group = rule.by if case.state in rule.states else ()
        case CloseBallot() if state is not None and isinstance(state.activity, Ballot):
            group = state.activity.closed_by
        case Operate(operation=operation):
            group = tuned(definition, state, operation).by or ()
        case _:
            return False
    return bool(group) and in_group(definition, group, case.unit, (case,), context) is not None


def _of_violation(office: Office, asked: Asked, key: str) -> WorkflowError:
    """What a unique key refused: the values of `once`, or the same request at the same moment."""
    if is_once(key):
        return Twice(number=_first_number(office, asked))
    return Busy()


def _first_number(office: Office, asked: Asked) -> str:
    """Which case holds the values that this act would have written: the step is taken once more, to look."""
    with transaction(office) as desk:
        version, done = _step_of(desk, replace(asked, wanted=_ALL - {"tally"}))
        return number_of_first(desk.connection_or_fail, version.definition, done.subject, office.secrets)


def _step_of(desk: Desk, asked: Asked) -> tuple[Version, Step]:
    """The step upon a case, of which nothing is stored."""
    read = desk.read(asked.subject, asked.request)
    case = read.subject
    if not isinstance(case, Case):
        raise NotFound
    version = desk.version(case.definition, case.version)
    context = _context(desk, asked, read, version)
    return version, step(version.definition, case, asked.command, context)  # type: ignore[arg-type]  # a command of a case
