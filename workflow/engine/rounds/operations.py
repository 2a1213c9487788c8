"""The operations that a sitting's task has."""

from collections.abc import Callable

from msgspec.structs import replace

from workflow.engine import permit
from workflow.engine.changes import Acted, Noted
from workflow.engine.commands import Operate
from workflow.engine.rounds.deciding import sitting_of
from workflow.engine.rounds.life import correct
from workflow.engine.subject import Task
from workflow.engine.who import why_recused
from workflow.engine.work import Authority, RoundWork, SittingWork, asking, change_task, find, note, tell
from workflow.errors import InvalidData, NotOffered, NotPermitted, OpinionWanted, Problem
from workflow.text import sentence


def operate(work: RoundWork, command: Operate) -> Authority:
    """Those operations that make sense for a sitting's task, and correcting the round's fields."""
    if command.operation == "correct":
        return correct(work, command)
    if command.operation == "comment":
        return _comment(work, command)
    handler = _OPERATIONS.get(command.operation)
    if handler is None or command.task is None:
        raise NotOffered(sentence("“{operation}” is not offered here.", operation=command.operation))
    inner = sitting_of(work, command.task)
    if inner.state.operations.get(command.operation) and inner.state.operations[command.operation].never:
        raise NotOffered(sentence("“{operation}” is not offered here.", operation=command.operation))
    return handler(inner, command)


def _comment(work: RoundWork, command: Operate) -> Authority:
    if not command.reason.strip():
        raise InvalidData((Problem("/reason", "required", sentence("What do you want to say?")),))
    work.order(Noted(kind="comment", text=command.reason))
    return Authority(by=work.context.actor.person)


def _task_of(inner: SittingWork, command: Operate) -> tuple[Task, Authority]:
    return permit.of_task(inner.definition, inner.outer.round, command.task or 0, inner.cases, inner.context)


def _claim(inner: SittingWork, command: Operate) -> Authority:
    task, authority = _task_of(inner, command)
    change_task(inner, replace(task, claimed_by=inner.context.actor.person))
    inner.do(Acted())
    return authority


def _release(inner: SittingWork, command: Operate) -> Authority:
    task, authority = _task_of(inner, command)
    change_task(inner, replace(task, claimed_by=None))
    return authority


def _transfer(inner: SittingWork, command: Operate) -> Authority:
    task, authority = _task_of(inner, command)
    _put_on(inner, task, command)
    return authority


def _reassign(inner: SittingWork, command: Operate) -> Authority:
    authority = permit.need_administrator(inner.unit, inner.context)
    task = permit.open_task(inner.outer.round, command.task or 0)
    _put_on(inner, task, command)
    return authority


def _put_on(inner: SittingWork, task: Task | None, command: Operate) -> None:
    if not command.reason.strip():
        raise OpinionWanted("/reason")
    if task is None:
        raise NotOffered(sentence("This task is not open."))
    person = command.person
    if person is None or not inner.context.directory.is_here(person, inner.context.now):
        raise InvalidData((Problem("/person", "data", sentence("There is no such person.")),))
    for name in permit.group_of(inner.definition, inner.state.name, task):
        if why_recused(person, name, asking(inner)) is not None:
            raise NotPermitted(sentence("This person is recused for one of the cases."))
    changed = replace(task, holders=(person,), shared=(), claimed_by=None, by_hand=True)
    change_task(inner, changed)
    note(inner, "reason", command.reason, task.id)
    tell(inner, (person,), "task", task=changed)


def _recuse(inner: SittingWork, command: Operate) -> Authority:
    task, authority = _task_of(inner, command)
    if not command.reason.strip():
        raise OpinionWanted("/reason")
    changed = replace(task, taken_out=(*task.taken_out, *((authority.by,) if authority.by else ())))
    found = find(inner, permit.group_of(inner.definition, inner.state.name, task), task=changed)
    change_task(inner, replace(changed, holders=found.holders, claimed_by=None))
    note(inner, "reason", command.reason, task.id)
    return authority


_OPERATIONS: dict[str, Callable[[SittingWork, Operate], Authority]] = {
    "claim": _claim,
    "release": _release,
    "transfer": _transfer,
    "reassign": _reassign,
    "recuse": _recuse,
}
