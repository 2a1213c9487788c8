"""Where a trigger leads: one `transitions` machine a published version, shared by all its cases.

Only callables reach the library, never a string of a file, which it would import. A case is moved as a throw-away model.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, cast

from transitions import EventData, Machine

from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import ANY_STATE, PREVIOUS, Definition, Target
from workflow.engine.context import Context
from workflow.engine.subject import Case, Figure
from workflow.engine.values import CaseValues, holds
from workflow.errors import GuardFailed, NotOffered
from workflow.text import Sayable, sentence

Then = Literal["again", "resume"]
_EMPTY: Mapping[str, Figure] = {}


@dataclass(frozen=True, slots=True)
class Picked:
    """The target that was taken."""

    state: str
    target: Target | None  #: None: straight back to the state that had returned the case


@dataclass(slots=True)
class _Moving:
    """The throw-away model: a case on its way, and why targets were passed over."""

    state: str
    case: Case
    values: CaseValues
    context: Context
    to: str | None
    picked: Picked | None = None
    passed_over: list[Sayable] = field(default_factory=list)


def pick(
    definition: Definition,
    case: Case,
    trigger: str,
    context: Context,
    own: Mapping[str, Figure] = _EMPTY,
    to: str | None = None,
) -> Picked:
    """The first target whose guard holds. Raises NotOffered, or GuardFailed with the reason."""
    machine = machine_of(definition)
    event = machine.events.get(trigger)
    if event is None or case.state not in event.transitions:
        raise NotOffered(trigger=definition.trigger_called(trigger))
    moving = _Moving(case.state, case, CaseValues(definition, case, context, own), context, to)
    try:
        event.trigger(moving)
    except ExpressionFailed as failed:
        raise GuardFailed(failed.reason) from failed
    if moving.picked is None:
        raise (
            GuardFailed(conditions=moving.passed_over)
            if len(moving.passed_over) != 1
            else GuardFailed(moving.passed_over[0])
        )
    return moving.picked


@lru_cache(maxsize=256)
def machine_of(definition: Definition) -> Machine:
    """The machine of a version, built once."""
    machine = Machine(
        model=None,
        states=list(definition.states),
        initial=definition.first_state,
        auto_transitions=False,
        send_event=True,
    )
    returning = _returning(definition)
    for state in definition.states.values():
        for trigger, targets in state.to.items():
            if trigger != "expired" and definition.sense(trigger) == "forward":
                for back in returning.get(state.name, ()):
                    machine.add_transition(trigger, state.name, back, conditions=[_resumes(back)])
            for target in targets:
                _add(machine, definition, trigger, state.name, target)
    for rule in definition.anytime.values():
        for state_name in rule.states:
            for target in rule.targets:
                _add(machine, definition, rule.name, state_name, target)
    return machine


def _add(machine: Machine, definition: Definition, trigger: str, source: str, target: Target) -> None:
    if target.to == PREVIOUS:
        for state in definition.states:
            machine.add_transition(trigger, source, state, conditions=[_is_previous(state), _guard(target, state)])
    elif target.to == ANY_STATE:
        for state in definition.states:
            machine.add_transition(trigger, source, state, conditions=[_is_chosen(state), _guard(target, state)])
    else:
        machine.add_transition(trigger, source, target.to, conditions=[_guard(target, target.to)])


def _returning(definition: Definition) -> dict[str, list[str]]:
    """For each state, those that can send a case there and have it come straight back."""
    found: dict[str, list[str]] = {}
    for state in definition.states.values():
        rules = [
            *state.to.items(),
            *((rule.name, rule.targets) for rule in definition.anytime.values() if state.name in rule.states),
        ]
        for _, targets in rules:
            for target in targets:
                if target.then != "again":
                    goals = definition.states if target.to in (PREVIOUS, ANY_STATE) else [target.to]
                    for goal in goals:
                        if state.name not in found.setdefault(goal, []):
                            found[goal].append(state.name)
    return found


def _guard(target: Target, state: str) -> Callable[[EventData], bool]:
    def guard(event: EventData) -> bool:
        moving = _moving(event)
        held = holds(target.when, moving.values, moving.context)
        if target.when is not None and moving.context.observe is not None:
            moving.context.observe(target.when.source, held)
        if held:
            moving.picked = Picked(state, target)
            return True
        assert target.when is not None
        moving.passed_over.append(target.say or sentence("“{source}” does not hold.", source=target.when.source))
        return False

    return guard


def _resumes(state: str) -> Callable[[EventData], bool]:
    def resumes(event: EventData) -> bool:
        moving = _moving(event)
        if moving.case.back_to != state:
            return False
        moving.picked = Picked(state, None)
        return True

    return resumes


def _is_previous(state: str) -> Callable[[EventData], bool]:
    def is_previous(event: EventData) -> bool:
        entry = _moving(event).case.entry
        return entry is not None and entry.came_from == state

    return is_previous


def _is_chosen(state: str) -> Callable[[EventData], bool]:
    def is_chosen(event: EventData) -> bool:
        moving = _moving(event)
        return moving.to == state != moving.case.state and state in moving.case.path

    return is_chosen


def _moving(event: EventData) -> _Moving:
    return cast("_Moving", event.model)
