"""One step of a case: refuse, write, combine, pick, leave, enter, resolve, and again while something fires at once.

`step(definition, case, command, context)` is pure: the same arguments give the same result. It raises what refuses it, and
then nothing has happened.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.calendar import day_of
from workflow.definition.expression import ExpressionFailed
from workflow.definition.form import Kept
from workflow.definition.form.keeping import Wrong, keep
from workflow.definition.model import Calls, Definition, Field, Notice, Wait
from workflow.engine import deciding, permit
from workflow.engine.activities import call, wait
from workflow.engine.apply import apply
from workflow.engine.changes import Change, Decided, Effect, FigureSet, IncidentCleared, LateObjection, Started
from workflow.engine.commands import (
    CallHasEnded,
    CaseCommand,
    CastVote,
    CloseBallot,
    Decide,
    Fire,
    FireTimer,
    Lapse,
    Object,
    Operate,
    ReckonAgain,
    RecordTally,
    ResolveAgain,
    Retract,
    Retry,
    ScoreCard,
    Settle,
    Signal,
    Start,
)
from workflow.engine.context import Context
from workflow.engine.moving import MOST_MOVES, enter, raise_incident, run
from workflow.engine.opening import check_open
from workflow.engine.operations import operate
from workflow.engine.operations.of_cases import cancel
from workflow.engine.postponing import follow_round
from workflow.engine.resolving import resolve_again
from workflow.engine.subject import Case, Holder
from workflow.engine.timing import fire_timer
from workflow.engine.who import STARTER_LINK
from workflow.engine.work import Authority, CaseWork, Fired
from workflow.engine.writing import begin_fields, put, set_terms, write
from workflow.errors import GuardFailed, Loop, NotFound, NotOffered, Refused, Suspended, Vacant
from workflow.text import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A move decided, not yet stored: the subject as it will be, the changes that make it so, and who made them."""

    subject: Case
    changes: tuple[Change, ...]
    authority: Authority


#: What may be done with a suspended case: resume it and the like; and it lapses with its round.
_WHILE_SUSPENDED = (Operate, ResolveAgain, ReckonAgain, Lapse)


def step(definition: Definition, case: Case | None, command: CaseCommand, context: Context) -> Step:
    """What a command does to a case; raises the error that refuses it."""
    try:
        if isinstance(command, Start):
            return _start(definition, command, context)
        if case is None:
            raise NotFound
        if case.suspended is not None and not isinstance(command, _WHILE_SUSPENDED):
            raise Suspended
        work = CaseWork(definition, context, case)
        authority = _handler(command)(work, command)
    except ExpressionFailed as failed:
        raise GuardFailed(failed.reason) from failed
    return Step(subject=work.case, changes=tuple(work.changes), authority=authority)


def _start(definition: Definition, command: Start, context: Context) -> Step:
    view = context.round
    unit = command.unit
    if unit is None and view is not None and context.actor.person is None:
        unit = view.round.unit
    unit, authority = permit.may_start(definition, unit, context)
    if not _opens_with_round(definition, context):
        check_open(definition, context)
    starter = _starter(command, context)
    started = Started(
        id=command.id,
        definition=definition.key,
        version=context.version,
        unit=unit,
        starter=starter,
        concerned=starter if command.concerned is None and definition.concerns is None else command.concerned,
        round=view.round.id if view else None,
        parent=command.parent,
        at=context.now,
    )
    case = apply(None, started)
    assert isinstance(case, Case)
    work = CaseWork(definition, context, case, [started])
    begin_fields(work)
    put(work, _given(definition, command.given))
    write(work, command.data, definition.states[definition.first_state].edit)
    set_terms(work)
    enter(work, definition.first_state)
    run(work)
    if view is not None and view.round.over_at is not None:
        work.order(Effect(kind="gather", arguments={"round": view.round.id}))
    if any(incident.code == Loop.code for incident in work.case.incidents):
        raise Loop(moves=MOST_MOVES)
    return Step(subject=work.case, changes=tuple(work.changes), authority=authority)


def _opens_with_round(definition: Definition, context: Context) -> bool:
    """Whether the service opens it with its round, which is closed from the start."""
    rules, service = definition.round, context.actor.service is not None
    return service and rules is not None and rules.cases is not None and context.round is not None


def _starter(command: Start, context: Context) -> Holder | None:
    """Whoever starts; of the public it is the one with the link that the case gives him."""
    actor = context.actor
    if actor.service is not None:
        return command.starter
    return STARTER_LINK if actor.public and actor.holder is None else actor.holder


def _given(definition: Definition, values: Mapping[str, Any]) -> dict[str, Kept]:
    """Values that the service hands over, as the fields keep them; what does not fit is left out."""
    found: dict[str, Kept] = {}
    for name, value in values.items():
        field = definition.fields.get(name)
        if field is not None and not field.computed:
            try:
                found[name] = keep(field, _day(field, value))
            except Wrong:
                continue
    return found


def _day(field: Field, value: Any) -> Any:
    if field.type == "date" and isinstance(value, str) and "T" in value:
        return day_of(datetime.fromisoformat(value)).isoformat()
    return value


def _signal(work: CaseWork, command: Signal) -> Authority:
    rules = work.state.activity
    if not isinstance(rules, Wait):
        raise NotOffered(trigger=command.name)
    authority = permit.need_administrator(work.case.unit, work.context)
    run(work, wait.take_signal(rules, command))
    return authority


def _call_has_ended(work: CaseWork, command: CallHasEnded) -> Authority:
    rules = work.state.activity
    if isinstance(rules, Calls):
        figures = call.take_end(work, command)
        if figures:
            work.order(FigureSet(state=work.case.state, figures=figures))
        run(work)
    return Authority(by=None)


def _fire_timer(work: CaseWork, command: FireTimer) -> Authority:
    fire_timer(work, command.timer)
    return Authority(by=None)


def _retry(work: CaseWork, command: Retry) -> Authority:
    """An administrator has what was refused tried again."""
    authority = permit.need_administrator(work.case.unit, work.context)
    incident = next((found for found in work.case.incidents if found.number == command.incident), None)
    if incident is None:
        raise NotFound
    work.order(IncidentCleared(number=incident.number))
    if incident.code == Vacant.code:
        resolve_again(work)
    else:
        fired = Fired(incident.trigger, incident.figures, by=incident.by) if incident.trigger else None
        run(work, fired, asked=True)
    return authority


def _settle(work: CaseWork, command: Settle) -> Authority:
    """What the sitting decided, for the entry in which this case waited."""
    if work.entry.number != command.entry or not work.entry.waiting:
        raise Refused(sentence("The case does not wait here any more."))
    by = command.figures.get("decider")
    figures = {name: value for name, value in command.figures.items() if name != "decider"}
    person = by if isinstance(by, int | str) else None
    for decider in command.deciders or ((person,) if person is not None else ()):
        work.order(Decided(state=work.case.state, by=decider))
    fired = Fired(command.trigger, figures, by=person, chosen=command.chosen, to=command.to, then=command.then)
    run(work, fired)
    return Authority(by=None)


def _lapse(work: CaseWork, _: Lapse) -> Authority:
    """Cancelled, if it never left its first state."""
    if work.case.entries == 1 and work.case.ended_at is None:
        cancel(work)
    return Authority(by=None)


def _resolve_again(work: CaseWork, _: ResolveAgain) -> Authority:
    if work.case.ended_at is None and work.case.suspended is None:
        _by_the_service(work, resolve_again)
    return Authority(by=None)


def _reckon_again(work: CaseWork, _: ReckonAgain) -> Authority:
    _by_the_service(work, _follow_round)
    return Authority(by=None)


def _by_the_service(work: CaseWork, act: Callable[[CaseWork], None]) -> None:
    """What nobody is there to be refused leaves the case as it is, and becomes an incident."""
    mark = work.savepoint()
    try:
        act(work)
    except ExpressionFailed as failed:
        work.restore(mark)
        raise_incident(work, GuardFailed.code, GuardFailed(failed.reason))


def _follow_round(work: CaseWork) -> None:
    if work.case.ended_at is None:
        follow_round(work, suspended=work.case.suspended is not None)


def _object(work: CaseWork, command: Object) -> Authority:
    """While the notice runs; after its end as a case of another definition, where the notice says so."""
    late = _late_definition(work)
    if late is None:
        return deciding.object_to(work, command)
    work.order(
        LateObjection(
            definition=late,
            text=command.text,
            name=command.name,
            contact=command.contact,
            evidence=command.evidence,
            receipt=command.receipt,
        )
    )
    return Authority(by=work.context.actor.holder)


def _late_definition(work: CaseWork) -> str | None:
    if isinstance(work.state.activity, Notice):
        return None
    for name in reversed(work.case.path):
        activity = work.definition.states[name].activity
        if isinstance(activity, Notice) and activity.objections is not None:
            return activity.objections.late
    return None


_HANDLERS: dict[type, Callable[[CaseWork, Any], Authority]] = {
    Decide: deciding.decide,
    Fire: deciding.fire,
    CastVote: deciding.vote,
    RecordTally: deciding.record,
    ScoreCard: deciding.mark,
    CloseBallot: deciding.close_ballot,
    Object: _object,
    Retract: deciding.retract,
    Signal: _signal,
    CallHasEnded: _call_has_ended,
    FireTimer: _fire_timer,
    Retry: _retry,
    Settle: _settle,
    Lapse: _lapse,
    ResolveAgain: _resolve_again,
    ReckonAgain: _reckon_again,
    Operate: operate,
}


def _handler(command: CaseCommand) -> Callable[[CaseWork, Any], Authority]:
    """Raises NotOffered for what is done upon rounds only."""
    found = _HANDLERS.get(type(command))
    if found is None:
        raise NotOffered(sentence("This is not done upon a case."))
    return found
