"""Who holds the open tasks, looked at anew when people, posts or units have changed."""

from msgspec.structs import replace

from workflow.definition.model import Activity, Ballot, Score, TaskOf, Tasks
from workflow.definition.model import Task as TaskRules
from workflow.engine import permit
from workflow.engine.activities import ballot, score, tasks
from workflow.engine.activities.task import holders_of, keep_lots
from workflow.engine.changes import ElectorateChanged
from workflow.engine.moving import clear_incidents, note_vacancies, run
from workflow.engine.subject import Holder, Task
from workflow.engine.who import Found, everyone, resolve
from workflow.engine.work import CaseWork, asking, change_task, close_task, find, tell


def resolve_again(work: CaseWork) -> None:
    """Who holds the open tasks, after people, posts or units have changed. Changes nothing where nothing is different."""
    activity, before = work.state.activity, len(work.changes)
    for task in work.entry.tasks:
        if task.kind == "ballot":
            _resolve_ballot(work, task)
        elif not task.by_hand and task.kind in ("task", "record", "objection") and not _is_each(activity, task):
            _resolve_task(work, task)
    if isinstance(activity, Score):
        _resolve_cards(work, activity)
    for entry in activity.entries if isinstance(activity, Tasks) else ():
        if entry.each:
            _resolve_each(work, entry)
    note_vacancies(work)
    if len(work.changes) > before:
        run(work)


def _is_each(activity: Activity, task: Task) -> bool:
    return isinstance(activity, Tasks) and task.kind == "task" and tasks.entry_of(activity, task).each


def _resolve_each(work: CaseWork, entry: TaskOf) -> None:
    """One task for each who is asked now: who is not any more is replaced, who is new gets his own."""
    of_entry = tasks.open_tasks(work, entry)
    if not of_entry:
        return
    taken_out = tuple(dict.fromkeys(person for task in of_entry for person in task.taken_out))
    found = holders_of(work, entry.task, replace(of_entry[0], taken_out=taken_out))
    keep_lots(work, found)
    parts = tasks.parts_of(entry, found)
    for task in of_entry:
        part = parts.get(task.part or tasks.ALL)
        if task.by_hand:
            _hold(work, task, task, taken_out)
        elif part is not None:
            _hold(work, task, replace(task, holders=part.holders), taken_out)
        else:
            close_task(work, task, "replaced")
            clear_incidents(work, "vacant", None, task.id)
    tasks.open_missing(work, entry, parts, taken_out)


def _resolve_task(work: CaseWork, task: Task) -> None:
    found = _found_for(work, task)
    keep_lots(work, found)
    _hold(work, task, replace(task, holders=found.holders), task.taken_out)


def _hold(work: CaseWork, task: Task, wanted: Task, taken_out: tuple[Holder, ...]) -> None:
    """Who holds a task from now on; who is new is told, and who claimed it and holds it no more has it no more."""
    claimed = task.claimed_by if task.claimed_by in everyone(wanted.holders, asking(work)) else None
    changed = replace(wanted, claimed_by=claimed, taken_out=taken_out)
    if changed != task:
        change_task(work, changed)
        new = tuple(holder for holder in changed.holders if holder not in task.holders)
        tell(work, new, "task", task=changed)
        if changed.holders:
            clear_incidents(work, "vacant", None, task.id)


def _found_for(work: CaseWork, task: Task) -> Found:
    match task.kind, work.state.activity:
        case "task", TaskRules() as rules:
            return holders_of(work, rules, task)
        case "task", Tasks() as rules:
            return holders_of(work, tasks.entry_of(rules, task).task, task)
        case "record", Ballot() as rules:
            return ballot.recorders(work, rules)
    return find(work, permit.group_of(work.definition, work.case.state, task), task=task)


def _resolve_ballot(work: CaseWork, task: Task) -> None:
    """Who leaves the electorate before closing has no vote; nobody joins it."""
    held = work.entry.ballot
    if held is None:
        return
    able = find(work, permit.group_of(work.definition, work.case.state, task), task=task).persons
    left = tuple(voter for voter in held.electorate if voter in able)
    if left != held.electorate:
        work.do(ElectorateChanged(electorate=left))
        change_task(work, replace(task, holders=left))


def _resolve_cards(work: CaseWork, rules: Score) -> None:
    """A card goes to the substitute that the lot gives."""
    open_cards = [task for task in work.entry.tasks if task.kind == "score"]
    out = tuple(dict.fromkeys(person for task in open_cards for person in task.taken_out))
    found = resolve(rules.who, asking(work, taken_out=out))
    keep_lots(work, found)
    marked = {card.by for card in work.entry.cards}
    for task in open_cards:
        if task.holders[0] not in found.persons:
            close_task(work, task, "replaced")
        elif task.taken_out != out:
            change_task(work, replace(task, taken_out=out))
    holding = {task.holders[0] for task in work.entry.tasks if task.kind == "score"}
    for person in found.persons:
        if person not in marked and person not in holding:
            score.open_card(work, rules, person, out)
    if found.persons:
        clear_incidents(work, "vacant", None, None)
