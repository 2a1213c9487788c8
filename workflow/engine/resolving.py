"""Who holds the open tasks, looked at anew when people, posts or units have changed."""

from msgspec.structs import replace

from workflow.definition.model import Score
from workflow.engine import permit
from workflow.engine.activities import score
from workflow.engine.activities.task import keep_lots
from workflow.engine.changes import ElectorateChanged
from workflow.engine.moving import clear_incidents, note_vacancies, run
from workflow.engine.subject import Task
from workflow.engine.who import everyone, resolve
from workflow.engine.work import CaseWork, asking, change_task, close_task, find, tell


def resolve_again(work: CaseWork) -> None:
    """Who holds the open tasks, after people, posts or units have changed. Changes nothing where nothing is different."""
    for task in work.entry.tasks:
        if not task.by_hand and task.kind in ("task", "record", "objection"):
            _resolve_task(work, task)
        elif task.kind == "ballot":
            _resolve_ballot(work, task)
    if isinstance(work.state.activity, Score):
        _resolve_cards(work, work.state.activity)
    run(work)


def _resolve_task(work: CaseWork, task: Task) -> None:
    group = permit.group_of(work.definition, work.case.state, task)
    found = find(work, group, task=task)
    holders = found.holders
    if len(work.entry.asked) and work.entry.asked.get(task.name, 1) > 1:
        holders = tuple(holder for holder in task.holders if holder in found.holders or holder in found.persons)
    keep_lots(work, found)
    claimed = task.claimed_by if task.claimed_by in everyone(holders, asking(work)) else None
    if holders != task.holders or claimed != task.claimed_by:
        changed = replace(task, holders=holders, claimed_by=claimed)
        change_task(work, changed)
        new = tuple(holder for holder in holders if holder not in task.holders)
        tell(work, new, "task", task=changed)
        if holders:
            clear_incidents(work, "vacant", None, task.id)
        note_vacancies(work)


def _resolve_ballot(work: CaseWork, task: Task) -> None:
    """Who leaves the electorate before closing has no vote; nobody joins it."""
    ballot = work.entry.ballot
    if ballot is None:
        return
    able = find(work, permit.group_of(work.definition, work.case.state, task), task=task).persons
    left = tuple(voter for voter in ballot.electorate if voter in able)
    if left != ballot.electorate:
        work.do(ElectorateChanged(electorate=left))
        change_task(work, replace(task, holders=left))


def _resolve_cards(work: CaseWork, rules: Score) -> None:
    """A card goes to the substitute that the lot gives."""
    open_cards = [task for task in work.entry.tasks if task.kind == "score"]
    out = tuple(person for task in open_cards for person in task.taken_out)
    found = resolve(rules.who, asking(work, taken_out=out))
    keep_lots(work, found)
    marked = {card.by for card in work.entry.cards}
    for task in open_cards:
        if task.holders[0] not in found.persons:
            close_task(work, task, "replaced")
    holding = {task.holders[0] for task in work.entry.tasks if task.kind == "score"}
    for person in found.persons:
        if person not in marked and person not in holding:
            score.open_card(work, rules, person)
