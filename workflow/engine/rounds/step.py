"""One step of a round: opened, closed, gathered; its sittings decided. Pure, like the step of a case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from workflow.definition.model import Ballot, Definition
from workflow.engine import permit
from workflow.engine.activities.task import keep_lots
from workflow.engine.changes import Change, IncidentCleared, MomentPassed, RoundTimerCleared, Settled, TimerCleared
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
)
from workflow.engine.context import Context
from workflow.engine.rounds import deciding, life, sitting
from workflow.engine.rounds.operations import operate
from workflow.engine.subject import Round, Timer
from workflow.engine.timing import fire_in_entry
from workflow.engine.work import Authority, RoundWork, SittingWork, change_task, find, tell
from workflow.engine.writing import write_round
from workflow.errors import NotFound


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
    if isinstance(command, OpenRound):
        work, authority = life.open_round(definition, command, context)
    elif round_ is None:
        raise NotFound
    else:
        work = RoundWork(definition, context, round_)
        authority = _HANDLERS[type(command)](work, command)
    settled = tuple(change for change in work.changes if isinstance(change, Settled))
    return RoundStep(
        subject=work.round,
        changes=tuple(work.changes),
        authority=authority,
        settled=settled,
        chosen=isinstance(command, Decide),
    )


def _set_round(work: RoundWork, command: SetRound) -> Authority:
    write_round(work, command.values, list(life.rules_of(work.definition).fields))
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
    if timer.kind == "due" and isinstance(rules, Ballot) and inner.entry.ballot is not None:
        deciding.count(inner, deciding.votes_of(inner))
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
    authority = permit.need_administrator(work.round.unit, work.context)
    incident = next((found for found in work.round.incidents if found.number == command.incident), None)
    if incident is None:
        raise NotFound
    work.order(IncidentCleared(number=incident.number))
    for open_sitting in work.round.sittings:
        if open_sitting.state == incident.trigger and open_sitting.entry.ballot is not None:
            inner = SittingWork(work, open_sitting.number)
            deciding.count(inner, deciding.votes_of(inner))
            return authority
    life.gather(work)
    return authority


def _resolve_again(work: RoundWork, _: ResolveAgain) -> Authority:
    for open_sitting in work.round.sittings:
        inner = SittingWork(work, open_sitting.number)
        for task in inner.entry.tasks:
            if task.by_hand or task.kind not in ("task", "record"):
                continue
            found = find(inner, permit.group_of(work.definition, inner.state.name, task), task=task)
            if found.holders != task.holders:
                keep_lots(inner, found)
                changed = replace(task, holders=found.holders)
                change_task(inner, changed)
                tell(inner, tuple(h for h in found.holders if h not in task.holders), "task", task=changed)
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
