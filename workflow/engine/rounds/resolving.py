"""Who holds the open tasks of sittings, looked at anew when people, posts or units have changed, or one recuses himself."""

from msgspec.structs import replace

from workflow.definition.model import Ballot
from workflow.engine import permit
from workflow.engine.activities import ballot
from workflow.engine.activities.task import keep_lots
from workflow.engine.changes import ElectorateChanged
from workflow.engine.rounds import deciding, sitting
from workflow.engine.rounds.work import RoundWork, SittingWork
from workflow.engine.subject import Task
from workflow.engine.work import change_task, find, tell


def resolve_again(work: RoundWork) -> None:
    for open_sitting in work.round.sittings:
        resolve_sitting(SittingWork(work, open_sitting.number))


def resolve_sitting(inner: SittingWork) -> None:
    for task in inner.entry.tasks:
        if task.kind == "ballot":
            _resolve_ballot(inner, task)
        elif not task.by_hand and task.kind in ("task", "record"):
            _resolve_task(inner, task)
    if any(open_sitting.number == inner.number for open_sitting in inner.outer.round.sittings):
        sitting.note_vacancies(inner)


def _resolve_task(inner: SittingWork, task: Task) -> None:
    rules = inner.state.activity
    if isinstance(rules, Ballot):
        found = ballot.recorders(inner, rules)
    else:
        found = find(inner, permit.group_of(inner.definition, inner.state.name, task), task=task)
    keep_lots(inner, found)
    if found.holders != task.holders:
        changed = replace(task, holders=found.holders)
        change_task(inner, changed)
        tell(inner, tuple(h for h in found.holders if h not in task.holders), "task", task=changed)


def _resolve_ballot(inner: SittingWork, task: Task) -> None:
    """Who leaves the electorate before closing has no vote; nobody joins it."""
    rules, held = inner.state.activity, inner.entry.ballot
    if held is None or not isinstance(rules, Ballot):
        return
    able = ballot.voters(inner, rules, task.taken_out).persons
    left = tuple(voter for voter in held.electorate if voter in able)
    if left == held.electorate:
        return
    inner.do(ElectorateChanged(electorate=left))
    change_task(inner, replace(task, holders=left))
    if left and not held.secret and all(voter in held.voted for voter in left):
        deciding.count(inner)
