"""What the holder of a task may do with it beside deciding: of a case, and of a sitting alike."""

from datetime import timedelta

from msgspec.structs import replace

from workflow.calendar import day_of, end_of
from workflow.definition.model import Extend, Notice
from workflow.definition.term.reckoning import add_span
from workflow.engine import permit, signing
from workflow.engine.changes import Acted, PauseBegan, PauseEnded
from workflow.engine.clocks import put_back, standing_of_tasks, synchronise
from workflow.engine.commands import Operate
from workflow.engine.operations.tuning import tuning
from workflow.engine.subject import Holder, Pause, Task
from workflow.engine.who import everyone, resolve, why_recused
from workflow.engine.work import (
    Authority,
    Work,
    asking,
    asking_to_tell,
    change_task,
    clear_timers,
    set_timer,
    tell,
)
from workflow.errors import InvalidData, NotOffered, NotPermitted, Problem
from workflow.text import sentence

#: The kinds of task that one of several holders takes upon himself, or passes on; and those that another may answer.
CLAIMABLE = ("task", "record", "objection")
DELEGABLE = ("task", "objection")


def held(work: Work, command: Operate) -> tuple[Task, Authority]:
    task, authority = _task_of(work, command)
    mine = permit.principals(work.definition, work.context).keys()
    if authority.by == task.delegate and authority.by is not None and not mine & set(task.everyone):
        raise NotPermitted(sentence("A delegate answers; all else is for who holds the task."))
    return task, authority


def _task_of(work: Work, command: Operate) -> tuple[Task, Authority]:
    if command.task is None:
        raise InvalidData((Problem("/task", "required", sentence("Of which task?")),))
    return permit.of_task(work.definition, work.subject, command.task, work.cases, work.context)


def named_person(work: Work, command: Operate) -> int:
    """The person that an operation names; he must exist and be here."""
    if command.person is None or not work.context.directory.is_here(command.person, work.context.now):
        raise InvalidData((Problem("/person", "data", sentence("There is no such person.")),))
    return command.person


def able(work: Work, command: Operate, task: Task) -> int:
    """The person named, who must not be recused."""
    person = named_person(work, command)
    asked = asking(work, taken_out=task.taken_out)
    for name in permit.group_of(work.definition, work.state.name, task):
        reason = why_recused(person, name, asked)
        if reason is not None:
            named = work.context.directory.name_of(person)
            raise NotPermitted(sentence("Recused: {name} {reason}.", name=named, reason=reason))
    return person


def claim(work: Work, command: Operate) -> Authority:
    task, authority = held(work, command)
    if work.context.actor.person is None or task.kind not in CLAIMABLE:
        raise NotOffered(sentence("This task cannot be claimed."))
    change_task(work, replace(task, claimed_by=work.context.actor.person))
    work.do(Acted())
    return authority


def release(work: Work, command: Operate) -> Authority:
    task, authority = held(work, command)
    if task.claimed_by is None:
        raise NotOffered(sentence("Nobody has claimed this task."))
    change_task(work, replace(task, claimed_by=None))
    return authority


def delegate(work: Work, command: Operate) -> Authority:
    task, authority = held(work, command)
    if task.kind not in DELEGABLE or work.context.actor.person == task.delegate:
        raise NotOffered(sentence("This task cannot be delegated."))
    person = able(work, command, task)
    change_task(work, replace(task, delegate=person, delegated_by=work.context.actor.person, proposed=None))
    work.do(Acted())
    tell(work, (person,), "task", task=task)
    return authority


def transfer(work: Work, command: Operate) -> Authority:
    task, authority = held(work, command)
    if task.kind not in CLAIMABLE:
        raise NotOffered(sentence("This task is personal; it cannot be passed on."))
    put_on(work, task, able(work, command, task))
    return authority


def reassign(work: Work, command: Operate) -> Authority:
    """An open task to a named person, by an administrator."""
    authority = permit.need_administrator(work.unit, work.context)
    task = permit.open_task(work.subject, command.task or 0)
    if task is None:
        raise NotOffered(sentence("This task is not open."))
    put_on(work, task, able(work, command, task))
    return authority


def put_on(work: Work, task: Task, person: int) -> None:
    moved = replace(task, holders=(person,), shared=(), claimed_by=None, delegate=None, proposed=None, by_hand=True)
    change_task(work, moved)
    work.do(Acted())
    tell(work, (person,), "task", task=moved)


def add_signer(work: Work, command: Operate) -> Authority:
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
        signing.open_signer(work, task, person, command.kind, authority.by)
    work.do(Acted())
    return authority


def remove_signer(work: Work, command: Operate) -> tuple[Authority, signing.Complete | None]:
    """Who added him takes him off; the holder's task goes on, and is complete where it waited for him only."""
    person, me = named_person(work, command), work.context.actor.person
    for signer in work.entry.tasks:
        if signer.kind == "signer" and signer.holders == (person,) and signer.signs == command.task:
            if signer.asked_by != me:
                raise NotPermitted(sentence("Only who added a signer removes him."))
            return Authority(by=me), signing.without(work, signer)
    task, authority = held(work, command)
    if person not in task.after_signers:
        raise NotOffered(sentence("He is no signer of this task."))
    change_task(work, replace(task, after_signers=tuple(other for other in task.after_signers if other != person)))
    return authority, None


def take_out(work: Work, command: Operate) -> tuple[Task, Authority]:
    """A holder, or his delegate, recuses himself from a task; who replaces him is looked for afterwards."""
    task, authority = _task_of(work, command)
    person = authority.by
    if person is None or task.kind == "signer":
        raise NotOffered(sentence("Nobody is taken out of this task."))
    changed = replace(task, taken_out=(*task.taken_out, person), claimed_by=None, by_hand=False)
    if person == task.delegate:
        changed = replace(changed, delegate=None, delegated_by=None, proposed=None)
    change_task(work, changed)
    work.do(Acted())
    return changed, authority


def extend(work: Work, command: Operate) -> Authority:
    """Put the deadline off, before it is reached; where others must agree, by the same operation of each."""
    task, authority, rule = _extendable(work, command)
    if rule is None or task.due is None:
        raise NotOffered(sentence("This deadline cannot be put off."))
    if task.due <= work.context.now:
        raise NotOffered(sentence("The deadline has passed; it cannot be put off any more."))
    if work.entry.paused is not None:
        raise NotOffered(sentence("The clock stands; it goes on first."))
    if task.extended >= rule.times:
        raise NotOffered(sentence("The deadline was put off already."))
    me = authority.absent or authority.by
    agreed = (*task.agreed, *((me,) if me is not None and me not in task.agreed else ()))
    if not _all_agree(work, rule, task, agreed):
        change_task(work, replace(task, agreed=agreed))
        return authority
    due = add_span(rule.by, task.due, work.context.calendar)
    change_task(work, replace(task, due=due, extended=task.extended + 1, agreed=()))
    synchronise(work)
    return authority


def _extendable(work: Work, command: Operate) -> tuple[Task, Authority, Extend | None]:
    activity = work.state.activity
    rule = work.state.extend
    if isinstance(activity, Notice) and activity.objections is not None:
        rule = activity.objections.extend
    task = permit.open_task(work.subject, command.task or 0)
    if task is not None and rule is not None and rule.agreed_by:
        agreeing = permit.in_group(work.definition, rule.agreed_by, work.unit, work.cases, work.context)
        if agreeing is not None:
            return task, agreeing, rule
    return (*held(work, command), rule)


def _all_agree(work: Work, rule: Extend, task: Task, agreed: tuple[Holder, ...]) -> bool:
    """One of each who must agree, and one who holds the task, unless those are the same."""
    for name in rule.agreed_by:
        persons = everyone(resolve((name,), asking_to_tell(work)).holders, asking_to_tell(work))
        if not set(persons) & set(agreed):
            return False
    holders = everyone(task.everyone, asking(work))
    return bool(set(holders) & set(agreed))


def pause(work: Work, command: Operate) -> Authority:
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
    standing = standing_of_tasks(work)
    clear_timers(work, "due", "reminder", "escalation")
    work.do(PauseBegan(pause=Pause(since=now, days=days, standing=standing)))
    set_timer(work, "resume", end_of(day_of(now) + timedelta(days=days)))
    return authority


def go_on(work: Work, command: Operate) -> Authority:
    """A holder ends a pause before its time."""
    if work.entry.paused is None:
        raise NotOffered(sentence("The clock of this state does not stand."))
    if command.task is not None:
        _, authority = held(work, command)
    else:
        authority = _holder_of_any(work)
    end_pause(work)
    return authority


def _holder_of_any(work: Work) -> Authority:
    for task in work.entry.tasks:
        if permit.why_not(work.definition, work.subject, task, work.cases, work.context) is None:
            return permit.authority_of(work.definition, task.everyone, work.context)
    raise NotPermitted


def end_pause(work: Work) -> None:
    """The clock of a paused state goes on with what was left."""
    pause = work.entry.paused
    if pause is None:
        return
    work.do(PauseEnded(days=(day_of(work.context.now) - day_of(pause.since)).days))
    clear_timers(work, "resume")
    put_back(work, pause.standing)
