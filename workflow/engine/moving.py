"""From one state to the next, and on while something fires at once.

What a person chose and is refused is told to him, and nothing has happened; what the clock, a count, an answer or a sitting
would fire and is refused leaves the case as it is, and becomes an incident.
"""

from functools import lru_cache
from itertools import count

from msgspec.structs import replace

from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import ANY_STATE, CANCELLED, PREVIOUS, Definition, Notice, Score, Wait
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
from workflow.engine.clocks import clock_of_wait, expires, resumed, standing_of, synchronise
from workflow.engine.following import do_all, tell_all, told
from workflow.engine.machine import Picked, pick
from workflow.engine.opening import check_open
from workflow.engine.subject import Case, Figure, Holder, Incident, Standing
from workflow.engine.work import CaseWork, Fired, change_task, clear_timers, close_task, set_timer, tell
from workflow.engine.writing import compute, read_sources
from workflow.errors import GuardFailed, Loop, Refused, Vacant

MOST_MOVES = 50


def run(work: CaseWork, fired: Fired | None = None, *, asked: bool = False) -> None:
    """Move for as long as something fires; then set the timers that the open work wants.

    Where a person `asked` for just this, what is refused is told to him even if he did not choose the trigger.
    """
    first: Fired | None = None
    whole = work.savepoint()
    for moves in count():
        mark = work.savepoint()
        try:
            fired = fired or _now(work)
            first = first or fired
            if fired is None:
                break
            if moves == MOST_MOVES:
                raise Loop(moves=MOST_MOVES)
            _move(work, fired)
        except Refused as refused:
            loops = isinstance(refused, Loop)
            cause = first if loops else fired
            if (asked and (loops or not moves)) or (cause is not None and cause.chosen):
                raise
            work.restore(whole if loops else mark)
            raise_incident(work, refused.code, refused, cause)
            break
        fired = None
    synchronise(work)


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
        work.order(Effect(kind="gather", arguments={"round": work.case.round}))
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


def leave(work: CaseWork, trigger: str, by: Holder | None = None) -> None:
    """Close what is open, with what could not go on here, and keep what is left of a clock that goes on."""
    standing = _what_goes_on(work)
    for task in work.entry.tasks:
        close_task(work, task, "expired" if trigger == "expired" and task.kind == "task" else "not_needed")
    clear_timers(work)
    for incident in work.case.incidents:
        work.order(IncidentCleared(number=incident.number))
    work.order(Left(state=work.case.state, trigger=trigger, by=by, standing=standing))


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
        by=fired.by if fired else None,
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
    """A task without a holder is an incident, until somebody is found; so are score cards of nobody."""
    vacant: list[int | None] = [task.id for task in work.entry.tasks if not task.everyone]
    if isinstance(work.state.activity, Score) and not work.entry.tasks and not work.entry.cards:
        vacant.append(None)
    noted = [incident.task for incident in work.case.incidents if incident.code == Vacant.code]
    for task in vacant:
        if task not in noted:
            raise_incident(work, Vacant.code, Vacant(), task=task)


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
    stuck = any(incident.code != Vacant.code for incident in work.case.incidents)
    fired = expire(work) if not stuck and any(at is not None and at <= now for at in due) else None
    try:
        return fired or combine(work)
    except ExpressionFailed as failed:
        raise GuardFailed(failed.reason) from failed


def _move(work: CaseWork, fired: Fired) -> None:
    definition, state = work.definition, work.state
    figures: dict[str, Figure] = {**fired.figures, "trigger": fired.trigger, "entry": work.entry.number}
    if fired.by is not None:
        figures["decider"] = fired.by
    work.order(FigureSet(state=state.name, figures=figures))
    compute(work)
    _check_round(work)
    picked = pick(definition, work.case, fired.trigger, work.context, figures, fired.to)
    sense = definition.sense(fired.trigger)
    back_to = _comes_back(picked, fired, state.name) if sense == "back" else None
    before = work.case
    leave(work, fired.trigger, fired.by)
    if sense == "back":
        work.order(Returned(state=state.name))
        tell(work, told(work, ("starter",)), "returned")
    try:
        enter(work, picked.state, fired.trigger, back_to)
    except ExpressionFailed as failed:
        raise GuardFailed(failed.reason) from failed
    tell_round(work, before)


def _check_round(work: CaseWork) -> None:
    """After the closing no case leaves its first state for the first time; refused with the dates."""
    rules = work.definition.round
    in_first = work.case.state == work.definition.first_state and work.case.entries == 1
    if rules is not None and rules.cases is None and in_first and work.context.round is not None:
        check_open(work.definition, work.context)


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


def _what_goes_on(work: CaseWork) -> Standing | None:
    """Of the task that is answered now, too: it was open when the step began."""
    if work.state.clock != "goes_on" or isinstance(work.state.activity, Notice):
        return None
    begun = work.begun if work.begun is not None and work.begun.number == work.entry.number else work.entry
    clocks = [(task.due, task.clock) for task in begun.tasks if task.due is not None]
    clocks += [(timer.at, clock_of_wait(work)) for timer in begun.timers if timer.kind == "until"]
    if not clocks:
        return None
    return standing_of(work, *min(clocks))


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
