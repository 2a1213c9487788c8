"""Deadlines, reminders and escalations of an entry: what lies ahead is set, what no longer fits is cleared.

The wanted timers follow from the open tasks and the time alone, so that a deadline which was put off, paused or resumed
needs no bookkeeping of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from workflow.definition.model import Alternatives, Ballot, Score, State, Tasks, Wait
from workflow.definition.model import Task as TaskRule
from workflow.definition.term.reckoning import go_on, next_repeat, reckon, remind_at, what_is_left
from workflow.definition.term.values import Anchor, Anchors, Clock, Moment, Offset, Reckoned, Repeat, Term
from workflow.engine.changes import TimerCleared
from workflow.engine.subject import Standing, Timer, TimerKind
from workflow.engine.values import holds
from workflow.engine.work import Work, change_task, set_timer


@dataclass(frozen=True, slots=True)
class Wanted:
    kind: TimerKind
    at: datetime
    rule: int | None = None
    due: datetime | None = None


def deadline(work: Work, terms: Alternatives[Term], since: datetime | None = None) -> Reckoned | None:
    """The first term whose `when` holds, counted from `since`, which is entering unless something opens later."""
    for alternative in terms:
        if holds(alternative.when, work.values(), work.context):
            return reckon(alternative.value, work.anchors, work.context.calendar, since or work.entry.at)
    return None


def synchronise(work: Work) -> None:
    """Set the timers that the open tasks want, clear those that they want no longer."""
    if work.entry.paused is not None:
        return
    wanted = list(_wanted(work))
    kept: list[Wanted] = []
    for timer in work.entry.timers:
        mark = Wanted(timer.kind, timer.at, timer.rule, timer.due)
        if timer.kind not in ("due", "reminder", "escalation"):
            continue
        about_to_fire = timer.kind != "due" and timer.at <= work.context.now and work.entry.tasks
        if (mark in wanted and mark not in kept) or about_to_fire:
            kept.append(mark)
        else:
            work.do(TimerCleared(timer=timer.id))
    for mark in wanted:
        if mark not in kept:
            set_timer(work, mark.kind, mark.at, rule=mark.rule, due=mark.due)


def expires(state: State) -> bool:
    """Whether something happens by itself when a deadline is reached: of tasks, where `to` or `decide` knows the word."""
    if isinstance(state.activity, Ballot | Score):
        return True
    if not isinstance(state.activity, TaskRule | Tasks):
        return False
    rules = state.decide if isinstance(state.decide, tuple) else ()
    return "expired" in state.to or any("expired" in path for _, rule in rules for path in rule.paths)


def dues(work: Work) -> tuple[datetime, ...]:
    """The different deadlines of the open tasks; of a wait or notice, its end."""
    found = [task.due for task in work.entry.tasks if task.due is not None]
    if not work.entry.tasks:
        found += [timer.at for timer in work.entry.timers if timer.kind in ("until", "notice_end")]
    return tuple(sorted(set(found)))


def clock_of_wait(work: Work) -> Clock:
    """How the clock of a `wait` was counted."""
    until = deadline(work, work.state.activity.until) if isinstance(work.state.activity, Wait) else None
    return until.clock if until else "fixed"


def standing_of(work: Work, due: datetime, clock: Clock) -> Standing:
    left = what_is_left(clock, due, work.context.now, work.context.calendar)
    return Standing(due=due, clock=clock, left=left)


def standing_of_tasks(work: Work) -> dict[str, Standing]:
    """What is left of each open task's clock; a fixed date stays, and may be moved meanwhile."""
    return {
        str(task.id): standing_of(work, task.due, task.clock)
        for task in work.entry.tasks
        if task.due is not None and task.clock != "fixed"
    }


def resumed(work: Work, standing: Standing) -> datetime:
    """The new deadline of a clock that stood."""
    return go_on(standing.clock, standing.left, standing.due, work.context.now, work.context.calendar)


def put_back(work: Work, standing: dict[str, Standing]) -> None:
    """Give the open tasks the deadlines that go on now."""
    for task in work.entry.tasks:
        if str(task.id) in standing:
            change_task(work, replace(task, due=resumed(work, standing[str(task.id)])))


def fired_late(work: Work, timer: Timer) -> bool:
    """Whether a later occurrence of the same repeat was missed as well: then that one, the last, speaks for all."""
    context = work.context
    if timer.kind != "reminder" or timer.rule is None or context.clock is None:
        return False
    rule = work.state.remind[timer.rule]
    if not isinstance(rule.at, Repeat):
        return False
    following = _next(work, rule.at, timer.due, timer.at)
    others = [other.at for other in work.entry.timers if other.id != timer.id]
    until = min([context.clock, *others])
    return following is not None and following <= until


def _wanted(work: Work) -> Iterator[Wanted]:
    state, now = work.state, work.context.now
    if expires(state):
        for due in sorted({task.due for task in work.entry.tasks if task.due is not None and task.kind != "objection"}):
            if due > now:
                yield Wanted("due", due, due=due)
    deadlines = dues(work)
    for number, remind in enumerate(state.remind):
        spoken: tuple[datetime | None, ...] = deadlines if _speaks_of_due(remind.at) else (None,)
        if not work.entry.tasks and not remind.to:
            continue
        for spoken_of in spoken:
            at = _next(work, remind.at, spoken_of, now)
            if at is not None and at > now:
                yield Wanted("reminder", at, number, spoken_of)
    for number, escalate in enumerate(state.escalate):
        for spoken_of in deadlines if _speaks_of_due(escalate.at) else (None,):
            at = remind_at(escalate.at, _with_due(work, spoken_of), work.context.calendar, work.entry.at)
            if at is not None and at > now and work.entry.tasks:
                yield Wanted("escalation", at, number, spoken_of)


def _next(work: Work, rule: Term | Repeat, due: datetime | None, later_than: datetime) -> datetime | None:
    anchors = _with_due(work, due)
    if isinstance(rule, Term):
        return remind_at(rule, anchors, work.context.calendar, work.entry.at)
    return next_repeat(rule, anchors, work.context.calendar, work.entry.at, later_than)


def _with_due(work: Work, due: datetime | None) -> Anchors:
    anchors = work.anchors

    def anchor(named: Anchor) -> datetime | None:
        return due if named.kind == "due" else anchors(named)

    return anchor


def _speaks_of_due(rule: Term | Repeat) -> bool:
    return rule.moment is not None and _names(rule.moment, "due")


def _names(moment: Moment, kind: str) -> bool:
    match moment:
        case Anchor():
            return moment.kind == kind
        case Offset(of=of):
            return _names(of, kind)
    return False


def follows_round(work: Work, terms: Alternatives[Term]) -> datetime | None:
    """The deadline anew, where it is counted from a date of the round."""
    if not any(_names(alternative.value.moment, "round") for alternative in terms):
        return None
    found = deadline(work, terms)
    return found.at if found else None
