"""The operations upon the task of a sitting, and upon the fields of a round."""

from collections.abc import Callable
from dataclasses import dataclass

from workflow.definition import words
from workflow.engine.changes import Noted
from workflow.engine.clocks import synchronise
from workflow.engine.commands import Operate
from workflow.engine.operations import of_tasks
from workflow.engine.operations.tuning import tuned, tuning
from workflow.engine.rounds import sitting
from workflow.engine.rounds.deciding import complete, sitting_of
from workflow.engine.rounds.life import correct
from workflow.engine.rounds.resolving import resolve_sitting
from workflow.engine.rounds.work import RoundWork, SittingWork
from workflow.engine.sight import may_see_round
from workflow.engine.work import Authority, note
from workflow.errors import InvalidData, NotOffered, NotPermitted, OpinionWanted, Problem
from workflow.text import sentence


def operate(work: RoundWork, command: Operate) -> Authority:
    """Those operations that make sense for a sitting's task, and correcting the round's fields."""
    if command.operation == "correct":
        return correct(work, command)
    if command.operation == "comment":
        return _comment(work, command)
    rule = _OPERATIONS.get(command.operation)
    if rule is None or command.task is None:
        raise _not_offered(command)
    inner = sitting_of(work, command.task)
    if tuning(inner, command.operation).never:
        raise _not_offered(command)
    if rule.reason and not command.reason.strip():
        raise OpinionWanted("/reason")
    authority = rule.do(inner, command)
    note(inner, "reason", command.reason, command.task)
    return authority


def _not_offered(command: Operate) -> NotOffered:
    return NotOffered(sentence("“{operation}” is not offered here.", operation=words.OPERATIONS[command.operation]))


def _comment(work: RoundWork, command: Operate) -> Authority:
    if tuned(work.definition, None, "comment").never:
        raise _not_offered(command)
    if not may_see_round(work.definition, work.round, work.context):
        raise NotPermitted(sentence("Who may see this round may do this."))
    if not command.reason.strip():
        raise InvalidData((Problem("/reason", "required", sentence("What do you want to say?")),))
    work.order(Noted(kind="comment", text=command.reason))
    return Authority(by=work.context.actor.person)


def _reassign(inner: SittingWork, command: Operate) -> Authority:
    authority = of_tasks.reassign(inner, command)
    sitting.note_vacancies(inner)
    return authority


def _recuse(inner: SittingWork, command: Operate) -> Authority:
    _, authority = of_tasks.take_out(inner, command)
    resolve_sitting(inner)
    return authority


def _remove_signer(inner: SittingWork, command: Operate) -> Authority:
    authority, done = of_tasks.remove_signer(inner, command)
    if done is not None:
        complete(inner, *done)
    return authority


def _go_on(inner: SittingWork, command: Operate) -> Authority:
    authority = of_tasks.go_on(inner, command)
    synchronise(inner)
    return authority


@dataclass(frozen=True, slots=True)
class _Rule:
    do: Callable[[SittingWork, Operate], Authority]
    reason: bool = False


_OPERATIONS: dict[str, _Rule] = {
    "claim": _Rule(of_tasks.claim),
    "release": _Rule(of_tasks.release),
    "delegate": _Rule(of_tasks.delegate),
    "transfer": _Rule(of_tasks.transfer, reason=True),
    "add_signer": _Rule(of_tasks.add_signer),
    "remove_signer": _Rule(_remove_signer),
    "recuse": _Rule(_recuse, reason=True),
    "reassign": _Rule(_reassign, reason=True),
    "extend": _Rule(of_tasks.extend, reason=True),
    "pause": _Rule(of_tasks.pause, reason=True),
    "go_on": _Rule(_go_on),
}
