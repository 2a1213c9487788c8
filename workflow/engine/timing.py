"""What the clock does to a case: a due timer fires, at the moment it was due."""

from collections.abc import Iterator

from msgspec.structs import replace

from workflow.definition.model import STARTER, UP, RoleAt
from workflow.definition.term.values import Repeat
from workflow.engine import permit
from workflow.engine.activities import expire
from workflow.engine.activities.tasks import ALL
from workflow.engine.changes import TimerCleared
from workflow.engine.clocks import fired_late
from workflow.engine.following import told_apart
from workflow.engine.moving import run
from workflow.engine.operations.of_tasks import end_pause
from workflow.engine.subject import Holder, Task, Timer
from workflow.engine.who import resolve, slots_of, specs_of
from workflow.engine.work import CaseWork, Fired, Work, asking, asking_to_tell, change_task, tell


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
        voted = _in_the_box(work) if ballot.secret else ballot.voted
        return tuple(voter for voter in task.everyone if voter not in voted)
    return task.everyone


def _in_the_box(work: Work) -> tuple[Holder, ...]:
    """Whose envelopes are there; what is in them stays closed."""
    work.context.need("tally")
    return work.context.tally.voted if work.context.tally else ()


def _remind(work: Work, timer: Timer) -> None:
    rule = work.state.remind[timer.rule or 0]
    if rule.to:
        for case, who in told_apart(work, rule.to):
            tell(work, who, "reminder", text=rule.text, due=timer.due, case=case)
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
    """The roles and organisations that a task was opened for: those of its holders, else all that are named."""
    directory, now = work.context.directory, work.context.now
    holders = [holder for holder in task.holders if isinstance(holder, int)]
    held = [directory.posts[holder] for holder in holders if holder in directory.posts]
    held += [post for holder in holders for post in directory.posts_of(holder, now)]
    named = list(_named_places(work, task))
    own = [(post.role, post.organisation) for post in held if (post.role, post.organisation) in named]
    return own or [(role, place) for role, place in named if task.part in (None, ALL, place)]


def _named_places(work: Work, task: Task) -> Iterator[tuple[str, int]]:
    """Role and organisation of each spec; the starter is meant as `start` names him."""
    asked = asking_to_tell(work)
    for name in permit.group_of(work.definition, work.state.name, task):
        starts = permit.start_entries(work.definition) if name == STARTER else ()
        for entry in [entry for _, entry in specs_of(name, asked)]:
            if isinstance(entry.spec, RoleAt):
                for slot in slots_of(entry, name, asked):
                    if slot.organisation is not None:
                        yield entry.spec.role, slot.organisation
        for entry in starts:
            if isinstance(entry.spec, RoleAt):
                yield from ((entry.spec.role, above.id) for above in work.context.directory.climb(work.unit))
