"""The built-in operations: who may, whether a reason is wanted, and what each does. Rows of one table."""

from collections.abc import Callable
from dataclasses import dataclass

from workflow.definition import words
from workflow.engine.commands import Operate
from workflow.engine.operations import of_cases, of_tasks
from workflow.engine.operations.tuning import tuning
from workflow.engine.work import Authority, CaseWork, note
from workflow.errors import NotOffered, OpinionWanted, Suspended
from workflow.text import sentence


@dataclass(frozen=True, slots=True)
class Rule:
    do: Callable[[CaseWork, Operate], Authority]
    reason: bool = False


def operate(work: CaseWork, command: Operate) -> Authority:
    """One of the built-in operations, unless the definition forbids it."""
    rule = OPERATIONS[command.operation]
    if tuning(work, command.operation).never:
        raise NotOffered(sentence("“{operation}” is not offered here.", operation=words.OPERATIONS[command.operation]))
    if work.case.suspended is not None and command.operation not in ("resume", "comment", "copy", "paper"):
        raise Suspended
    if rule.reason and not command.reason.strip():
        raise OpinionWanted("/reason")
    authority = rule.do(work, command)
    if command.operation != "comment":
        note(work, "reason", command.reason, command.task)
    return authority


OPERATIONS: dict[str, Rule] = {
    "claim": Rule(of_tasks.claim),
    "release": Rule(of_tasks.release),
    "delegate": Rule(of_tasks.delegate),
    "transfer": Rule(of_tasks.transfer, reason=True),
    "add_signer": Rule(of_tasks.add_signer),
    "remove_signer": Rule(of_cases.remove_signer),
    "take_back": Rule(of_cases.take_back),
    "urge": Rule(of_cases.urge),
    "copy": Rule(of_cases.copy),
    "comment": Rule(of_cases.comment),
    "recuse": Rule(of_cases.recuse, reason=True),
    "correct": Rule(of_cases.correct, reason=True),
    "paper": Rule(of_cases.paper),
    "cancel": Rule(of_cases.cancel_by_hand, reason=True),
    "suspend": Rule(of_cases.suspend, reason=True),
    "resume": Rule(of_cases.resume, reason=True),
    "reassign": Rule(of_cases.reassign, reason=True),
    "extend": Rule(of_tasks.extend, reason=True),
    "pause": Rule(of_tasks.pause, reason=True),
    "go_on": Rule(of_cases.go_on),
}
