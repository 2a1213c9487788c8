"""Whose word counts when others are asked: a delegate proposes to the holder, signers agree or disagree."""

from typing import Literal

from msgspec.structs import replace

from workflow.engine.changes import Acted
from workflow.engine.commands import Decide
from workflow.engine.subject import Answer, Holder, Task
from workflow.engine.work import Authority, Work, change_task, close_task, note, open_task, tell
from workflow.errors import NotOffered

SignerKind = Literal["before", "beside", "after"]
#: A task that is decided now, and how.
Complete = tuple[Task, Answer]


def answered(work: Work, task: Task, answer: Answer) -> Complete | None:
    """What an answer completes: nothing while the delegate only proposes it, or signers are still asked."""
    if task.delegate is not None and answer.by == task.delegate:
        change_task(work, replace(task, proposed=answer))
        tell(work, (task.delegated_by,) if task.delegated_by else task.holders, "delegated", task=task)
        return None
    if _waiting(work, task):
        change_task(work, replace(task, decided=answer))
        return None
    if task.after_signers:
        change_task(work, replace(task, decided=answer, resting=True, after_signers=()))
        for person in task.after_signers:
            open_signer(work, task, person, "after", answer.by)
        return None
    return task, answer


def signed(work: Work, signer: Task, command: Decide, authority: Authority) -> Complete | None:
    """A signer agrees or disagrees; a disagreement gives the task back to the holder, who decides knowing it."""
    if command.trigger not in ("agree", "disagree"):
        raise NotOffered(trigger=work.definition.trigger_called(command.trigger))
    note(work, "opinion", command.opinion, signer.id)
    close_task(work, signer, "decided", authority.by, command.trigger)
    work.do(Acted())
    task = _signed_by(work, signer)
    if task is None:
        return None
    if command.trigger == "agree":
        return _go_on(work, task)
    given_back = replace(task, decided=None, resting=_rests(work, task))
    change_task(work, given_back)
    tell(work, task.everyone, "task", task=given_back)
    return None


def without(work: Work, signer: Task) -> Complete | None:
    """A signer is removed; the holder's task goes on, with what he had decided."""
    close_task(work, signer, "not_needed")
    task = _signed_by(work, signer)
    return _go_on(work, task) if task is not None else None


def open_signer(work: Work, task: Task, person: int, kind: SignerKind, asked_by: Holder | None) -> None:
    open_task(
        work,
        Task(
            id=work.next_task,
            name=task.name,
            kind="signer",
            holders=(person,),
            opened_at=work.context.now,
            due=task.due,
            clock=task.clock,
            signs=task.id,
            signer=kind,
            asked_by=asked_by if isinstance(asked_by, int) else None,
        ),
    )


def _go_on(work: Work, task: Task) -> Complete | None:
    if task.decided is not None and not _waiting(work, task):
        return replace(task, resting=False), task.decided
    change_task(work, replace(task, resting=_rests(work, task)))
    return None


def _rests(work: Work, task: Task) -> bool:
    """While one who was asked before has not answered, or, once it is decided, one who was asked after."""
    kinds = {signer.signer for signer in _waiting(work, task)}
    return "before" in kinds or (task.decided is not None and "after" in kinds)


def _signed_by(work: Work, signer: Task) -> Task | None:
    return next((task for task in work.entry.tasks if task.id == signer.signs), None)


def _waiting(work: Work, task: Task) -> list[Task]:
    return [other for other in work.entry.tasks if other.kind == "signer" and other.signs == task.id]
