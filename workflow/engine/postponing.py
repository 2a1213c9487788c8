"""Deadlines that are dates of the round, when these are moved."""

from msgspec.structs import replace

from workflow.definition.model import Alternatives, Ballot, Notice, Score, Tasks, Wait
from workflow.definition.model import Task as TaskRules
from workflow.definition.term.values import Term
from workflow.engine.activities.tasks import entry_of
from workflow.engine.clocks import expires, follows_round, synchronise
from workflow.engine.subject import Task
from workflow.engine.work import Work, change_task, clear_timers, set_timer


def follow_round(work: Work, *, suspended: bool = False) -> None:
    """Open tasks and a wait follow the round; what is past by now is reached at once. Suspended, clocks stand still."""
    now, past = work.context.now, False
    for task in work.entry.tasks:
        due = follows_round(work, _terms(work, task)) if task.kind != "signer" else None
        if due is not None and due != task.due:
            change_task(work, replace(task, due=due))
            past = past or (due <= now and task.kind != "objection")
    if suspended:
        return
    if isinstance(work.state.activity, Wait):
        _wait_until(work, work.state.activity)
    synchronise(work)
    if past and expires(work.state) and work.entry.paused is None:
        set_timer(work, "due", now)


def _wait_until(work: Work, rules: Wait) -> None:
    until = follows_round(work, rules.until)
    if until is not None and any(timer.kind == "until" and timer.at != until for timer in work.entry.timers):
        clear_timers(work, "until")
        set_timer(work, "until", max(until, work.context.now))


def _terms(work: Work, task: Task) -> Alternatives[Term]:
    match work.state.activity:
        case TaskRules() | Ballot() | Score() as rules:
            return rules.due
        case Tasks() as rules:
            return entry_of(rules, task).task.due
        case Notice(objections=objections) if objections is not None:
            return objections.due
    return ()
