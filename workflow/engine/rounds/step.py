"""One step of a round: opened, closed, gathered; its sittings decided. Pure, like the step of a case."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from dataclasses import replace as with_other
from typing import Any

from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import Ballot, Definition
from workflow.engine import permit
from workflow.engine.changes import (
    Change,
    IncidentCleared,
    MomentPassed,
    RoundTimerCleared,
    Settled,
    TimerCleared,
)
from workflow.engine.clocks import fired_late, synchronise
from workflow.engine.commands import (
    CallTogether,
    CastVote,
    CloseBallot,
    CloseRound,
    Decide,
    FireTimer,
    Gather,
    OpenRound,
    Operate,
    RecordTally,
    ResolveAgain,
    Retry,
    RoundCommand,
    SetRound,
    Settle,
)
from workflow.engine.context import Context, RoundView
from workflow.engine.facts import case_facts
from workflow.engine.rounds import dates, deciding, life, sitting
from workflow.engine.rounds.fields import put_round
from workflow.engine.rounds.operations import operate
from workflow.engine.rounds.resolving import resolve_again
from workflow.engine.rounds.work import RoundWork, SittingWork
from workflow.engine.subject import Case, Round, Timer
from workflow.engine.timing import fire_in_entry
from workflow.engine.work import Authority
from workflow.errors import GuardFailed, NotFound, NotOffered, Vacant
from workflow.text import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStep:
    """A step of a round, with what it settles for each of its cases, in the order in which they answer."""

    subject: Round
    changes: tuple[Change, ...]
    authority: Authority
    settled: tuple[Settled, ...]
    chosen: bool  #: leaders decided: a case that refuses refuses the whole


def step_round(definition: Definition, round_: Round | None, command: RoundCommand, context: Context) -> RoundStep:
    """What a command does to a round; raises what refuses it."""
    try:
        if isinstance(command, OpenRound):
            work, authority = life.open_round(definition, command, context)
        elif round_ is None:
            raise NotFound
        else:
            work = RoundWork(definition, context, round_)
            authority = _handler(command)(work, command)
    except ExpressionFailed as failed:
        raise GuardFailed(failed.reason) from failed
    settled = tuple(change for change in work.changes if isinstance(change, Settled))
    return RoundStep(
        subject=work.round,
        changes=tuple(work.changes),
        authority=authority,
        settled=settled,
        chosen=isinstance(command, Decide),
    )


def answer_of(settled: Settled, *, chosen: bool) -> Settle:
    """The command with which a case of a sitting answers."""
    return Settle(
        entry=settled.entry,
        trigger=settled.trigger,
        figures=settled.figures,
        deciders=settled.deciders,
        to=settled.to,
        then=settled.then,
        chosen=chosen,
    )


def as_settled(definition: Definition, context: Context, round_: Round, cases: Iterable[Case]) -> Context:
    """What the next case of a sitting sees when it answers: the round as it is now, and the cases that have answered."""
    known = {case.id: case_facts(definition, case) for case in cases}
    view = context.round or RoundView(round_)
    seen = [known.get(facts.id, facts) for facts in view.cases or ()] if known else view.cases or ()
    return with_other(context, round=with_other(view, round=round_, cases=tuple(seen)))


def _set_round(work: RoundWork, command: SetRound) -> Authority:
    before = work.round.data
    put_round(work, command.values)
    if work.round.data != before:
        dates.follow(work)
        life.gather(work)
    return Authority(by=None)


def _fire_timer(work: RoundWork, command: FireTimer) -> Authority:
    now = work.context.now
    for timer in work.round.timers:
        if timer.id == command.timer and timer.at <= now:
            work.order(RoundTimerCleared(timer=timer.id, fired=True))
            _on_time(work, timer)
            return Authority(by=None)
    for open_sitting in work.round.sittings:
        for timer in open_sitting.entry.timers:
            if timer.id == command.timer and timer.at <= now:
                _in_sitting(SittingWork(work, open_sitting.number), timer)
                return Authority(by=None)
    return Authority(by=None)


def _on_time(work: RoundWork, timer: Timer) -> None:
    match timer.kind:
        case "closes":
            life.close(work)
        case "sitting" if timer.name is not None:
            work.order(MomentPassed(state=timer.name))
            life.gather(work)
        case "announce":
            life.tell_concerned(work)


def _in_sitting(inner: SittingWork, timer: Timer) -> None:
    late = fired_late(inner, timer)
    inner.do(TimerCleared(timer=timer.id, fired=True))
    rules = inner.state.activity
    if timer.kind == "due" and isinstance(rules, Ballot):
        if not rules.recorded_by:
            deciding.count(inner)
        return
    fired = fire_in_entry(inner, timer, late_repeat=late)
    if fired is not None:
        sitting.decide(inner, fired)
    elif any(open_sitting.number == inner.number for open_sitting in inner.outer.round.sittings):
        synchronise(inner)


def _gather(work: RoundWork, _: Gather) -> Authority:
    life.gather(work)
    return Authority(by=None)


def _retry(work: RoundWork, command: Retry) -> Authority:
    """An administrator has what was refused tried again; what is refused still is told to him."""
    authority = permit.need_administrator(work.round.unit, work.context)
    incident = next((found for found in work.round.incidents if found.number == command.incident), None)
    if incident is None:
        raise NotFound
    work.order(IncidentCleared(number=incident.number))
    if incident.code == Vacant.code:
        resolve_again(work)
    elif incident.trigger is not None:
        life.try_again(work, incident.trigger)
    return authority


def _resolve_again(work: RoundWork, _: ResolveAgain) -> Authority:
    resolve_again(work)
    return Authority(by=None)


_HANDLERS: dict[type, Callable[[RoundWork, Any], Authority]] = {
    CloseRound: life.close_by_hand,
    CallTogether: life.call_together,
    Gather: _gather,
    SetRound: _set_round,
    Decide: deciding.decide,
    CastVote: deciding.vote,
    RecordTally: deciding.record,
    CloseBallot: deciding.close_ballot,
    FireTimer: _fire_timer,
    Retry: _retry,
    ResolveAgain: _resolve_again,
    Operate: operate,
}


def _handler(command: RoundCommand) -> Callable[[RoundWork, Any], Authority]:
    """Raises NotOffered for what is done upon cases only."""
    found = _HANDLERS.get(type(command))
    if found is None:
        raise NotOffered(sentence("This is not done upon a round."))
    return found
