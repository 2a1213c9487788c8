"""What an activity can fire, who decides in it, and what it needs to go on."""

from operator import or_

from workflow.definition.expression import Expression
from workflow.definition.model import (
    Allocate,
    Automatic,
    Ballot,
    CalledBy,
    Calls,
    Definition,
    Gather,
    Group,
    Notice,
    Score,
    State,
    Task,
    TaskOf,
    Tasks,
    Together,
    Wait,
)
from workflow.definition.proving.guards import Known, truth
from workflow.definition.proving.spans import takes_time
from workflow.definition.term.values import Term

EXPIRED = "expired"
#: `decide` as a map: triggers, each with when it fires.
Rules = tuple[tuple[str, Expression], ...]
#: Activities whose outcome nobody picks: whatever comes must lead somewhere.
_COUNTED = Ballot | Score | Notice | Calls | Gather


def fired_by_rules(definition: Definition, state: State, tasks: Tasks, rules: Rules, known: Known) -> set[str]:
    """The triggers that a map of `decide` can fire, first-match order among them."""
    named = set()
    for trigger, rule in rules:
        holds = truth(rule.tree, known)
        if holds is not False:
            named.add(trigger)
        if holds:
            break
    return named.union(first_forward(definition, state) if all(entry.when for entry in tasks.entries) else ())


def first_forward(definition: Definition, state: State) -> list[str]:
    """What fires at once where no task's `when` holds."""
    return [name for name in state.to if name != EXPIRED and definition.sense(name) == "forward"][:1]


def stuck_by(state: State, refusable: tuple[str, ...], fired: tuple[str, ...]) -> tuple[str, ...]:
    """The triggers by which the state may be stuck: one that comes of itself is refused, or all are."""
    if isinstance(state.activity, _COUNTED):
        return refusable
    return refusable if len(refusable) == len(fired) else ()


def by_itself(definition: Definition, state: State, trigger: str) -> bool:
    """Whether this may be fired by neither a person nor the clock, at once, whenever the state is entered."""
    match state.activity:
        case Task(automatic=automatic):
            return trigger in _automatic(automatic) or (trigger == EXPIRED and not _waits(state))
        case Tasks(entries=entries):
            return _answered_by_themselves(definition, state, entries, trigger)
        case Wait():
            return trigger == EXPIRED and not _waits(state)
        case Calls(calls=calls):
            return all(call.each is not None for call in calls)
        case Gather():
            together = state.together or Together()
            return not isinstance(together.until, CalledBy) or together.latest is not None
    return False


def _answered_by_themselves(definition: Definition, state: State, entries: tuple[TaskOf, ...], trigger: str) -> bool:
    if trigger == EXPIRED:
        return not _waits(state)
    if all(entry.when is not None for entry in entries) and trigger in first_forward(definition, state):
        return True
    automatic = [trigger in _automatic(entry.task.automatic) for entry in entries]
    if state.decide == "any" or definition.sense(trigger) != "forward":
        return any(automatic)
    skipped = [entry.when is not None for entry in entries]
    return any(automatic) and all(map(or_, automatic, skipped))


def deciders(state: State) -> Group:
    """The people who decide, vote, score or examine in a state, those to whom it is escalated among them."""
    match state.activity:
        case Task(who=who) | Score(who=who):
            found = who
        case Tasks(entries=entries):
            found = tuple(name for entry in entries for name in entry.task.who)
        case Ballot(who=who, recorded_by=recorded_by):
            found = who or recorded_by
        case Notice(objections=objections) if objections is not None:
            found = objections.who
        case _:
            return ()
    return tuple(dict.fromkeys((*found, *(name for rule in state.escalate for name in rule.to))))


def recorded(state: State) -> bool:
    """Whether others voted than those who enter the tally: recusal does not reach them."""
    return isinstance(state.activity, Ballot) and bool(state.activity.recorded_by)


def own_figures(state: State) -> frozenset[str]:
    """Figures that stand before a name of the same spelling in the state's own `to` and `decide`."""
    match state.activity:
        case Tasks(entries=entries):
            found = {*state.to, *(entry.name for entry in entries)}
        case Ballot(choices=choices, items=items):
            found = {*choices, *items}
        case Score(criteria=criteria):
            found = set(criteria)
        case _:
            found = set()
    if state.together is not None and isinstance(state.together.allocate, Allocate):
        found |= {part.name for part in state.together.allocate.parts}
    return frozenset(found)


def by_the_clock(trigger: str) -> bool:
    return trigger in (EXPIRED, "clear")


def deadlines(state: State) -> tuple[Term, ...]:
    """The terms at which the clock may fire, as written."""
    match state.activity:
        case Task(due=due) | Ballot(due=due) | Score(due=due) | Wait(until=due) | Notice(length=due):
            return tuple(item.value for item in due)
        case Tasks(entries=entries):
            return tuple(item.value for entry in entries for item in entry.task.due)
    return ()


def _waits(state: State) -> bool:
    """Whether the state lasts for a time before the clock ends it, at each entering."""
    return state.clock != "goes_on" and all(takes_time(term.moment) for term in deadlines(state))


def _automatic(automatic: Automatic) -> tuple[str | None, ...]:
    """The triggers that fire at once."""
    return automatic.vacant, automatic.decided_before
