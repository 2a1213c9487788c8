"""One task for all who are named: whoever claims or decides it first has it."""

from workflow.definition.model import Automatic, Task
from workflow.engine import subject as s
from workflow.engine.changes import Drawn
from workflow.engine.clocks import deadline
from workflow.engine.subject import Holder
from workflow.engine.who import Found, everyone
from workflow.engine.work import Fired, Work, asking, find, open_task


def open(work: Work, rules: Task) -> None:  # noqa: A001 -- the activities' common word
    open_one(work, rules, work.state.name, holders_of(work, rules))


def holders_of(work: Work, rules: Task, task: s.Task | None = None) -> Found:
    """Who gets the task; what is automatic where nobody is left goes before asking one level up."""
    return find(work, rules.who, task=task, rising=rules.automatic.vacant is None)


def open_one(
    work: Work,
    rules: Task,
    name: str,
    found: Found,
    *,
    part: Holder | None = None,
    taken_out: tuple[Holder, ...] = (),
) -> None:
    """Open one task for those who were found."""
    keep_lots(work, found)
    due = deadline(work, rules.due, work.context.now)
    task = s.Task(
        id=work.next_task,
        name=name,
        part=part,
        holders=found.holders,
        opened_at=work.context.now,
        due=due.at if due else None,
        clock=due.clock if due else "fixed",
        taken_out=taken_out,
    )
    open_task(work, task)


def keep_lots(work: Work, found: Found) -> None:
    for key, persons in found.drawn.items():
        if work.entry.drawn.get(key) != persons:
            work.do(Drawn(people=key, persons=persons, seed=work.context.lot.seed))


def combine(work: Work, rules: Task) -> Fired | None:
    """Only what is automatic: nobody is left who may, or one of the holders decided before."""
    for task in work.entry.tasks:
        trigger = automatic(work, rules.automatic, task)
        if trigger is not None:
            return Fired(trigger)
    return None


def automatic(work: Work, rules: Automatic, task: s.Task) -> str | None:
    """The trigger that fires by itself: nobody is left, or one who holds the task just opened decided before."""
    if task.kind != "task":
        return None
    if rules.vacant is not None and not task.everyone:
        return rules.vacant
    if rules.decided_before is not None and task.opened_at == work.context.now and _has_decided(work, task):
        return rules.decided_before
    return None


def expire(work: Work) -> Fired | None:
    """`expired` fires where `to` has it; otherwise the task is overdue and stays."""
    if "expired" not in work.state.to:
        return None
    due = [task.due for task in work.entry.tasks if task.kind == "task" and task.due is not None]
    return Fired("expired") if any(at <= work.context.now for at in due) else None


def _has_decided(work: Work, task: s.Task) -> bool:
    persons: set[Holder] = set(everyone(task.everyone, asking(work)))
    return any(
        persons & set(deciders)
        for case in work.cases
        for state, deciders in case.deciders.items()
        if state != work.state.name
    )
