"""Which operations a task is offered with, beside its decision. What is refused all the same says why."""

from collections.abc import Iterator

from workflow.definition.model import Definition, Notice, State
from workflow.engine.operations.of_tasks import CLAIMABLE, DELEGABLE
from workflow.engine.operations.tuning import tuned
from workflow.engine.subject import Case, Task


def offered(definition: Definition, case: Case, task: Task) -> tuple[str, ...]:
    """In the order of their use, for who holds the task."""
    state = definition.states[case.state]
    return tuple(name for name in _sensible(state, case, task) if not tuned(definition, state, name).never)


def signer_kinds(definition: Definition, case: Case) -> tuple[str, ...]:
    """How another may sign in the state that a case is in."""
    return tuned(definition, definition.states[case.state], "add_signer").kinds or ("before", "beside", "after")


def _sensible(state: State, case: Case, task: Task) -> Iterator[str]:
    paused = case.entry.paused if case.entry else None
    if task.kind in CLAIMABLE:
        yield "release" if task.claimed_by is not None else "claim"
        yield "transfer"
    if task.kind in DELEGABLE:
        yield "delegate"
    if task.kind == "task":
        yield "add_signer"
    if task.due is not None and _extends(state, task) and paused is None:
        yield "extend"
    if state.pause is not None:
        yield "pause" if paused is None else "go_on"
    if task.kind != "signer":
        yield "recuse"


def _extends(state: State, task: Task) -> bool:
    if task.kind == "objection" and isinstance(state.activity, Notice) and state.activity.objections is not None:
        return state.activity.objections.extend is not None
    return state.extend is not None
