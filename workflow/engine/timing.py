"""What the clock does to a case: a due timer fires, at the moment it was due."""

from msgspec.structs import replace

from workflow.definition.model import UP, RoleAt
from workflow.definition.term.values import Repeat
from workflow.engine import permit
from workflow.engine.activities import expire
from workflow.engine.changes import TimerCleared
from workflow.engine.clocks import fired_late
from workflow.engine.following import told
from workflow.engine.moving import run
from workflow.engine.operations.of_tasks import end_pause
from workflow.engine.subject import Holder, Task, Timer
from workflow.engine.who import resolve
from workflow.engine.work import CaseWork, Fired, Work, asking, change_task, tell


def fire_timer(work: CaseWork, number: int) -> None:
    """Fire one timer; one that is not there any more has nothing to do."""
    timer = next((timer for timer in work.entry.timers if timer.id == number), None)
    if timer is None or timer.at > work.context.now:
        return
    late_repeat = fired_late(work, timer)
    work.do(TimerCleared(timer=timer.id, fired=True))
    run(work, fire_in_entry(work, timer, late_repeat=late_repeat))


def fire_in_entry(work: Work, timer: Timer, *, late_repeat: bool) -> Fired | None:
    """What a timer does in the entry of a case or a sitting."""
    match timer.kind:
        case "due" | "until" | "notice_end":
            return expire(work)
        case "reminder":
            if not late_repeat:
                _remind(work, timer)
        case "escalation":
            _escalate(work, timer)
        case "resume":
            end_pause(work)
    return None


def still_to_act(work: Work, due: object = None) -> list[Task]:
    """Open tasks with that deadline; without one, all."""
    return [task for task in work.entry.tasks if due is None or task.due == due]


def those_who_act(work: Work, task: Task) -> tuple[Holder, ...]:
    """Who is reminded of a task: the delegate, who claimed it, those who have not voted, else all who hold it."""
    if task.delegate is not None and task.proposed is None:
        return (task.delegate,)
    if task.claimed_by is not None:
        return (task.claimed_by,)
    ballot = work.entry.ballot
    if task.kind == "ballot" and ballot is not None:
        return tuple(voter for voter in task.everyone if voter not in ballot.voted)
    return task.everyone


def _remind(work: Work, timer: Timer) -> None:
    rule = work.state.remind[timer.rule or 0]
    if rule.to:
        tell(work, told(work, rule.to), "reminder", text=rule.text, due=timer.due)
        return
    due = timer.due if not isinstance(rule.at, Repeat) or timer.due is not None else None
    for task in still_to_act(work, due):
        if not task.resting:
            tell(work, those_who_act(work, task), "reminder", task=task, text=rule.text, due=timer.due)


def _escalate(work: Work, timer: Timer) -> None:
    """Tell them and share the task with them; each `up` of a list goes one level further."""
    rules = work.state.escalate
    number = timer.rule or 0
    rule = rules[number]
    steps = sum(UP in earlier.to for earlier in rules[: number + 1])
    for task in still_to_act(work, timer.due):
        named = tuple(name for name in rule.to if name != UP)
        found = list(resolve(named, asking(work, taken_out=task.taken_out)).holders) if named else []
        if UP in rule.to:
            found += _above(work, task, steps)
        new = tuple(holder for holder in dict.fromkeys(found) if holder not in task.everyone)
        if new:
            change_task(work, replace(task, shared=(*task.shared, *new), claimed_by=None))
        tell(work, new or tuple(found), "escalation", task=task)


def _above(work: Work, task: Task, steps: int) -> list[Holder]:
    """Holders of the same role at the n-th level up that has any."""
    found: list[Holder] = []
    directory, now = work.context.directory, work.context.now
    for role, organisation in _places(work, task):
        above = list(directory.climb(organisation))[1:]
        levels = [
            post.id
            for o in above
            if (post := directory.post(role, o.id)) is not None and directory.holders(post.id, now)
        ]
        found += levels[steps - 1 : steps] or levels[-1:]
    return found


def _places(work: Work, task: Task) -> list[tuple[str, int]]:
    """The roles and organisations that a task was opened for."""
    places: list[tuple[str, int]] = []
    directory = work.context.directory
    for name in permit.group_of(work.definition, work.state.name, task):
        people = work.definition.people.get(name)
        for entry in people.entries if people else ():
            if isinstance(entry.spec, RoleAt):
                slots = resolve((name,), asking(work, told=True)).slots
                places += [(entry.spec.role, slot.organisation) for slot in slots if slot.organisation is not None]
    for holder in task.holders:
        post = directory.posts.get(holder) if isinstance(holder, int) else None
        if post is not None and (post.role, post.organisation) not in places:
            places.append((post.role, post.organisation))
    return places
