"""From one state to the next, and on while something fires at once.

What a person chose and is refused is told to him, and nothing has happened; what the clock, a count, an answer or a sitting
would fire and is refused leaves the case as it is, and becomes an incident.
"""

from functools import lru_cache

from msgspec.structs import replace

from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import ANY_STATE, CANCELLED, PREVIOUS, Definition, Notice, Wait
from workflow.definition.term.values import Clock
from workflow.engine.activities import combine, expire, open_activity
from workflow.engine.changes import (
    Arrived,
    Effect,
    Entered,
    FigureSet,
    IncidentCleared,
    IncidentRaised,
    Left,
    Returned,
)
from workflow.engine.clocks import dues, expires, resumed, standing_of, synchronise
from workflow.engine.following import do_all, tell_all, told
from workflow.engine.machine import Picked, pick
from workflow.engine.subject import Case, Figure, Incident, Standing
from workflow.engine.work import CaseWork, Fired, change_task, clear_timers, close_task, set_timer, tell
from workflow.engine.writing import compute, read_sources
from workflow.errors import GuardFailed, Loop, Refused, Vacant

MOST_MOVES = 50


def run(work: CaseWork, fired: Fired | None = None) -> None:
    """Move for as long as something fires; then set the timers that the open work wants."""
    first = fired
    whole = work.savepoint()
    for _ in range(MOST_MOVES):
        mark = work.savepoint()
        try:
            fired = fired or _now(work)
            if fired is None:
                synchronise(work)
                return
            _move(work, fired)
        except Refused as refused:
            if fired is not None and fired.chosen:
                raise
            work.restore(mark)
            _raise_for(work, fired, refused)
            synchronise(work)
            return
        fired = None
    loop = Loop(moves=MOST_MOVES)
    if first is not None and first.chosen:
        raise loop
    work.restore(whole)
    _raise_for(work, first, loop)


def enter(work: CaseWork, state: str, trigger: str | None = None, back_to: str | None = None) -> None:
    """Enter a state: its fields are read, its effects ordered, people told, and its work opened."""
    rules = work.definition.states[state]
    came_from = work.case.state or None
    work.order(
        Entered(
            state=state,
            at=work.context.now,
            came_from=came_from,
            trigger=trigger,
            back_to=back_to,
            waiting=rules.together is not None,
            end=rules.is_end,
        )
    )
    read_sources(work)
    if rules.together is not None:
        assert work.case.round is not None
        work.order(Arrived(round=work.case.round, state=state))
        return
    do_all(work, rules.do)
    compute(work)
    tell_all(work, rules.tell)
    if rules.is_end:
        _end(work)
    else:
        open_activity(work)
        _go_on_with_clock(work)
        note_vacancies(work)


def leave(work: CaseWork, trigger: str) -> None:
    """Close what is open, and keep what is left of a clock that goes on."""
    standing = _what_goes_on(work)
    for task in work.entry.tasks:
        close_task(work, task, "not_needed")
    clear_timers(work)
    work.order(Left(state=work.case.state, trigger=trigger, standing=standing))


def raise_incident(
    work: CaseWork, code: str, text: Refused, fired: Fired | None = None, task: int | None = None
) -> None:
    """Put something on the administrators' list; of two alike the later stands."""
    trigger = fired.trigger if fired else None
    clear_incidents(work, code, trigger, task)
    number = max((incident.number for incident in work.case.incidents), default=0) + 1
    incident = Incident(
        number=number,
        code=code,
        at=work.context.now,
        trigger=trigger,
        task=task,
        zh=text.say("zh"),
        en=text.say("en"),
        figures=dict(fired.figures) if fired else {},
    )
    work.order(IncidentRaised(incident=incident))


def clear_incidents(work: CaseWork, code: str, trigger: str | None, task: int | None) -> None:
    for incident in work.case.incidents:
        if (incident.code, incident.trigger, incident.task) == (code, trigger, task):
            work.order(IncidentCleared(number=incident.number))


def note_vacancies(work: CaseWork) -> None:
    """A task without a holder is an incident, until somebody is found."""
    for task in work.entry.tasks:
        if not task.everyone:
            raise_incident(work, "vacant", Vacant(), task=task.id)


@lru_cache(maxsize=256)
def feeding(definition: Definition) -> dict[str, frozenset[str]]:
    """For each state where all are decided together, those from which forward triggers of `to` lead to it."""
    forward = {
        name: {
            target.to
            for trigger, targets in state.to.items()
            if definition.sense(trigger) == "forward"
            for target in targets
            if target.to not in (PREVIOUS, ANY_STATE)
        }
        for name, state in definition.states.items()
    }
    return {name: _leading_to(name, forward) for name, state in definition.states.items() if state.together is not None}


def is_stopped(definition: Definition, case: Case) -> bool:
    """Whether a case was cancelled or ended by a stop trigger: `once` lets another begin."""
    if case.ended_at is None or case.entry is None:
        return False
    return case.state == CANCELLED or (
        case.entry.trigger is not None and definition.sense(case.entry.trigger) == "stop"
    )


def _now(work: CaseWork) -> Fired | None:
    """What fires at once: a deadline that is past already, or the activity's own combination."""
    if work.case.ended_at is not None or work.entry.waiting:
        return None
    now = work.context.now
    activity = work.state.activity
    due = [task.due for task in work.entry.tasks if task.kind != "objection"] if expires(work.state) else []
    due += [timer.at for timer in work.entry.timers if timer.kind == "until"] if isinstance(activity, Wait) else []
    fired = expire(work) if any(at is not None and at <= now for at in due) else None
    try:
        return fired or combine(work)
    except ExpressionFailed as failed:
        raise GuardFailed(failed.reason) from failed


def _move(work: CaseWork, fired: Fired) -> None:
    definition, state = work.definition, work.state
    figures: dict[str, Figure] = {**fired.figures, "trigger": fired.trigger}
    if fired.by is not None:
        figures["decider"] = fired.by
    work.order(FigureSet(state=state.name, figures=figures))
    compute(work)
    picked = pick(definition, work.case, fired.trigger, work.context, figures, fired.to)
    sense = definition.sense(fired.trigger)
    back_to = _comes_back(picked, fired, state.name) if sense == "back" else None
    before = work.case
    leave(work, fired.trigger)
    if sense == "back":
        work.order(Returned(state=state.name))
        tell(work, told(work, ("starter",)), "returned")
    try:
        enter(work, picked.state, fired.trigger, back_to)
    except ExpressionFailed as failed:
        raise GuardFailed(failed.reason) from failed
    tell_round(work, before)


def _comes_back(picked: Picked, fired: Fired, state: str) -> str | None:
    """Whether the next forward trigger leads straight back to the state that returned the case."""
    if picked.target is None:
        return None
    then = picked.target.then
    then = (fired.then or "again") if then == "choice" else then
    return state if then == "resume" else None


def _end(work: CaseWork) -> None:
    tell(work, told(work, ("starter",)), "ended")
    if work.case.parent is not None:
        work.order(Effect(kind="answer_caller", arguments={"parent": work.case.parent, "state": work.case.state}))


def tell_round(work: CaseWork, before: Case) -> None:
    """The round looks again at who can be decided together, and whether it is over."""
    if work.case.round is None:
        return
    ends = (work.case.ended_at is None) != (before.ended_at is None)
    moved_on = any(
        (before.state in sources and work.case.state not in sources) or before.state == name
        for name, sources in feeding(work.definition).items()
    )
    if ends or moved_on:
        work.order(Effect(kind="gather", arguments={"round": work.case.round}))


def _leading_to(goal: str, forward: dict[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    grown = True
    while grown:
        new = {name for name, targets in forward.items() if targets & (found | {goal})} - found
        grown = bool(new)
        found |= new
    return frozenset(found - {goal})


def _raise_for(work: CaseWork, fired: Fired | None, refused: Refused) -> None:
    raise_incident(work, refused.code, refused, fired)


def _what_goes_on(work: CaseWork) -> Standing | None:
    if work.state.clock != "goes_on" or isinstance(work.state.activity, Notice):
        return None
    open_dues = dues(work)
    if not open_dues:
        return None
    clock: Clock = next((task.clock for task in work.entry.tasks if task.due == open_dues[0]), "fixed")
    return standing_of(work, open_dues[0], clock)


def _go_on_with_clock(work: CaseWork) -> None:
    """A second entering goes on with what was left of the deadline."""
    standing = work.case.clocks.get(work.case.state)
    if standing is None:
        return
    due = resumed(work, standing)
    for task in work.entry.tasks:
        if task.due is not None:
            change_task(work, replace(task, due=due))
    for timer in work.entry.timers:
        if timer.kind == "until":
            clear_timers(work, "until")
            set_timer(work, "until", due)
