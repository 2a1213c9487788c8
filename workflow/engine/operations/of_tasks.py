"""What the holder of a task may do with it beside deciding."""

from datetime import timedelta

from msgspec.structs import replace

from workflow.calendar import day_of, end_of
from workflow.definition.model import Extend, Notice
from workflow.definition.term.reckoning import add_span
from workflow.engine import permit
from workflow.engine.changes import Acted, PauseBegan, PauseEnded, Recused
from workflow.engine.clocks import put_back, standing_of, synchronise
from workflow.engine.commands import Operate
from workflow.engine.deciding import complete, open_signer
from workflow.engine.operations.tuning import tuning
from workflow.engine.resolving import resolve_again
from workflow.engine.subject import Pause, Task
from workflow.engine.who import everyone, resolve, why_recused
from workflow.engine.work import (
    Authority,
    CaseWork,
    Work,
    asking,
    change_task,
    clear_timers,
    close_task,
    set_timer,
    tell,
)
from workflow.errors import InvalidData, NotOffered, NotPermitted, Problem
from workflow.text import sentence


def held(work: CaseWork, command: Operate) -> tuple[Task, Authority]:
    if command.task is None:
        raise InvalidData((Problem("/task", "required", sentence("Of which task?")),))
    task, authority = permit.of_task(work.definition, work.case, command.task, work.cases, work.context)
    return task, authority


def named_person(work: CaseWork, command: Operate) -> int:
    """The person that an operation names; he must exist and be here."""
    if command.person is None or not work.context.directory.is_here(command.person, work.context.now):
        raise InvalidData((Problem("/person", "data", sentence("There is no such person.")),))
    return command.person


def able(work: CaseWork, command: Operate, task: Task) -> int:
    """The person named, who must not be recused."""
    person = named_person(work, command)
    asked = asking(work, taken_out=task.taken_out)
    for name in permit.group_of(work.definition, work.case.state, task):
        reason = why_recused(person, name, asked)
        if reason is not None:
            named = work.context.directory.name_of(person)
            raise NotPermitted(sentence("Recused: {name} {reason}.", name=named, reason=reason))
    return person


def claim(work: CaseWork, command: Operate) -> Authority:
    task, authority = held(work, command)
    if work.context.actor.person is None or task.kind not in ("task", "record", "objection"):
        raise NotOffered(sentence("This task cannot be claimed."))
    change_task(work, replace(task, claimed_by=work.context.actor.person))
    work.do(Acted())
    return authority


def release(work: CaseWork, command: Operate) -> Authority:
    task, authority = held(work, command)
    if task.claimed_by is None:
        raise NotOffered(sentence("Nobody has claimed this task."))
    change_task(work, replace(task, claimed_by=None))
    return authority


def delegate(work: CaseWork, command: Operate) -> Authority:
    task, authority = held(work, command)
    if task.kind not in ("task", "objection") or work.context.actor.person == task.delegate:
        raise NotOffered(sentence("This task cannot be delegated."))
    person = able(work, command, task)
    change_task(work, replace(task, delegate=person, delegated_by=work.context.actor.person, proposed=None))
    work.do(Acted())
    tell(work, (person,), "task", task=task)
    return authority


def transfer(work: CaseWork, command: Operate) -> Authority:
    task, authority = held(work, command)
    if task.kind not in ("task", "record", "objection"):
        raise NotOffered(sentence("This task is personal; it cannot be passed on."))
    put_on(work, task, able(work, command, task))
    return authority


def put_on(work: CaseWork, task: Task, person: int) -> None:
    moved = replace(task, holders=(person,), shared=(), claimed_by=None, delegate=None, proposed=None, by_hand=True)
    change_task(work, moved)
    work.do(Acted())
    tell(work, (person,), "task", task=moved)


def add_signer(work: CaseWork, command: Operate) -> Authority:
    task, authority = held(work, command)
    allowed = tuning(work, "add_signer").kinds or ("before", "beside", "after")
    if task.kind != "task" or command.kind not in allowed:
        raise InvalidData(
            (Problem("/kind", "data", sentence("One of these is wanted: {choices}.", choices=list(allowed))),)
        )
    person = able(work, command, task)
    if command.kind == "after":
        change_task(work, replace(task, after_signers=(*task.after_signers, person)))
    else:
        if command.kind == "before":
            change_task(work, replace(task, resting=True))
        open_signer(work, task, person, command.kind, authority.by)
    work.do(Acted())
    return authority


def remove_signer(work: CaseWork, command: Operate) -> Authority:
    """Who added him takes him off; the holder's task goes on."""
    person, me = named_person(work, command), work.context.actor.person
    for task in work.entry.tasks:
        if task.kind == "signer" and task.holders == (person,) and task.signs == command.task:
            if task.asked_by != me:
                raise NotPermitted(sentence("Only who added a signer removes him."))
            close_task(work, task, "not_needed")
            _go_on_without(work, task)
            return Authority(by=me)
    task, authority = held(work, command)
    if person not in task.after_signers:
        raise NotOffered(sentence("He is no signer of this task."))
    change_task(work, replace(task, after_signers=tuple(other for other in task.after_signers if other != person)))
    return authority


def _go_on_without(work: CaseWork, signer: Task) -> None:
    signed = next((task for task in work.entry.tasks if task.id == signer.signs), None)
    if signed is None or any(task.kind == "signer" and task.signs == signed.id for task in work.entry.tasks):
        return
    change_task(work, replace(signed, resting=False))
    if signed.decided is not None:
        complete(work, replace(signed, resting=False), signed.decided)


def recuse(work: CaseWork, command: Operate) -> Authority:
    """Taken out and replaced; an interest that was declared counts for the whole case."""
    task, authority = held(work, command)
    person = authority.by
    if person is None or task.kind == "signer":
        raise NotOffered(sentence("Nobody is taken out of this task."))
    names = permit.group_of(work.definition, work.case.state, task)
    if set(names) & set(work.definition.recuse.declared):
        work.order(Recused(person=person))
    change_task(work, replace(task, taken_out=(*task.taken_out, person), claimed_by=None, by_hand=False))
    work.do(Acted())
    resolve_again(work)
    return authority


def extend(work: CaseWork, command: Operate) -> Authority:
    """Put the deadline off, before it is reached; where others must agree, by the same operation of each."""
    task, authority, rule = _extendable(work, command)
    if rule is None or task.due is None:
        raise NotOffered(sentence("This deadline cannot be put off."))
    if task.due <= work.context.now:
        raise NotOffered(sentence("The deadline has passed; it cannot be put off any more."))
    if task.extended >= rule.times:
        raise NotOffered(sentence("The deadline was put off already."))
    me = work.context.actor.person
    agreed = (*task.agreed, *((me,) if me is not None and me not in task.agreed else ()))
    if not _all_agree(work, rule, task, agreed):
        change_task(work, replace(task, agreed=agreed))
        return authority
    due = add_span(rule.by, task.due, work.context.calendar)
    change_task(work, replace(task, due=due, extended=task.extended + 1, agreed=()))
    synchronise(work)
    return authority


def _extendable(work: CaseWork, command: Operate) -> tuple[Task, Authority, Extend | None]:
    activity = work.state.activity
    rule = work.state.extend
    if isinstance(activity, Notice) and activity.objections is not None:
        rule = activity.objections.extend
    task = permit.open_task(work.case, command.task or 0)
    if task is not None and rule is not None and rule.agreed_by:
        agreeing = permit.in_group(work.definition, rule.agreed_by, work.case.unit, work.cases, work.context)
        if agreeing is not None:
            return task, agreeing, rule
    return (*held(work, command), rule)


def _all_agree(work: CaseWork, rule: Extend, task: Task, agreed: tuple[int, ...]) -> bool:
    """One of each who must agree, and one who holds the task, unless those are the same."""
    for name in rule.agreed_by:
        persons = everyone(resolve((name,), asking(work, told=True)).holders, asking(work, told=True))
        if not set(persons) & set(agreed):
            return False
    holders = everyone(task.everyone, asking(work))
    return bool(set(holders) & set(agreed)) or bool(rule.agreed_by)


def pause(work: CaseWork, command: Operate) -> Authority:
    """Stop the clock for so many calendar days; it goes on by itself."""
    _, authority = held(work, command)
    most = work.state.pause
    left = 0 if most is None else most - work.entry.paused_days
    days = command.days or left
    if most is None or work.entry.paused is not None:
        raise NotOffered(sentence("The clock of this state cannot be stopped."))
    if days > left or left <= 0:
        raise NotOffered(sentence("The clock can be stopped for {left} days more.", left=left))
    now = work.context.now
    standing = {
        str(task.id): standing_of(work, task.due, task.clock) for task in work.entry.tasks if task.due is not None
    }
    clear_timers(work, "due", "reminder", "escalation")
    work.do(PauseBegan(pause=Pause(since=now, days=days, standing=standing)))
    set_timer(work, "resume", end_of(day_of(now) + timedelta(days=days)))
    return authority


def end_pause(work: Work) -> None:
    """The clock of a paused state goes on with what was left."""
    pause = work.entry.paused
    if pause is None:
        return
    work.do(PauseEnded(days=(day_of(work.context.now) - day_of(pause.since)).days))
    clear_timers(work, "resume")
    put_back(work, pause.standing)
