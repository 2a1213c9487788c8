"""Several tasks at once or one after another, whose answers `decide` joins."""

from collections import Counter

from workflow.definition.model import TaskOf, Tasks
from workflow.engine import subject as s
from workflow.engine.activities.task import automatic, holders_of, keep_lots, open_one
from workflow.engine.changes import Answered, Asked
from workflow.engine.clocks import expires
from workflow.engine.subject import Answer, Figure, Holder
from workflow.engine.values import holds
from workflow.engine.who import Found, Slot
from workflow.engine.work import Fired, Work, close_task
from workflow.errors import GuardFailed
from workflow.text import sentence

#: The part of an entry that is not `each`, or of one that finds no place.
ALL = 0


def open(work: Work, rules: Tasks) -> None:  # noqa: A001 -- the activities' common word
    """Count who is asked, then open those that need not wait for another."""
    for entry in rules.entries:
        if holds(entry.when, work.values(), work.context):
            found = holders_of(work, entry.task)
            keep_lots(work, found)
            work.do(Asked(name=entry.name, count=len(parts_of(entry, found))))
    _open_ready(work, rules)


def answer(work: Work, rules: Tasks, task: s.Task, given: Answer) -> None:
    """Keep an answer and open what waited for it."""
    work.do(Answered(key=_key(task.name, task.part), answer=given))
    _open_ready(work, rules)


def combine(work: Work, rules: Tasks) -> Fired | None:
    """The trigger that the answers give together, by the state's `decide`."""
    _answer_automatically(work, rules)
    asked, answers = sum(work.entry.asked.values()), list(work.entry.answers.values())
    forward = [t for t in work.state.to if t != "expired" and work.definition.sense(t) == "forward"]
    if asked == 0:
        return Fired(forward[0], counts(work)) if forward else None
    if not answers:
        return None
    trigger = _joined(work, asked, answers, forward)
    if trigger is None and len(answers) >= asked:
        raise GuardFailed(sentence("All have answered, but no rule of `decide` holds."))
    last = answers[-1]
    if trigger is None:
        return None
    chosen = trigger == last.trigger and last.by is not None
    return Fired(trigger, counts(work), by=last.by, chosen=chosen, to=last.to, then=last.then)


def expire(work: Work, rules: Tasks) -> Fired | None:
    """A task that is not answered in time is answered `expired`, where that word is known."""
    if not expires(work.state):
        return None
    for task in work.entry.tasks:
        if task.kind == "task" and task.due is not None and task.due <= work.context.now:
            close_task(work, task, "expired", trigger="expired")
            answer(work, rules, task, Answer(trigger="expired", by=None, at=work.context.now))
    return combine(work, rules)


def counts(work: Work) -> dict[str, Figure]:
    """How often each trigger was given, of all and of each entry; who was asked, who answered."""
    triggers = (*work.state.to, "expired", "asked", "answered")
    found: dict[str, Figure] = dict.fromkeys(triggers, 0)
    for name, count in work.entry.asked.items():
        found |= {f"{name}.{trigger}": 0 for trigger in triggers}
        found[f"{name}.asked"] = count
    tally: Counter[str] = Counter()
    for key, given in work.entry.answers.items():
        name = key.partition("#")[0]
        tally.update((given.trigger, "answered", f"{name}.{given.trigger}", f"{name}.answered"))
    return {**found, **tally, "asked": sum(work.entry.asked.values())}


def entry_of(rules: Tasks, task: s.Task) -> TaskOf:
    """The entry that a task was opened for."""
    return next(entry for entry in rules.entries if entry.name == task.name)


def _open_ready(work: Work, rules: Tasks) -> None:
    """Open the entries whose turn it is: at once, after another, or one task after another."""
    for entry in rules.entries:
        if not work.entry.asked.get(entry.name) or _is_answered(work, entry.name):
            continue
        if work.state.decide == "in_turn":
            if not work.entry.tasks:
                open_missing(work, entry, parts_of(entry, holders_of(work, entry.task)))
            return
        if not _was_opened(work, entry) and (entry.after is None or _is_answered(work, entry.after)):
            open_missing(work, entry, parts_of(entry, holders_of(work, entry.task)))


def open_tasks(work: Work, entry: TaskOf) -> tuple[s.Task, ...]:
    """The open tasks of an entry, without those of added signers."""
    return tuple(task for task in work.entry.tasks if task.kind == "task" and task.name == entry.name)


def open_missing(work: Work, entry: TaskOf, parts: dict[Holder, Found], taken_out: tuple[Holder, ...] = ()) -> None:
    """Open what is neither open nor answered, in turn the next of it; then count anew who is asked."""
    known = {task.part: task for task in open_tasks(work, entry)}
    missing = [part for part in parts if part not in known and _key(entry.name, part) not in work.entry.answers]
    for part in missing[:1] if work.state.decide == "in_turn" else missing:
        open_one(work, entry.task, entry.name, parts[part], part=part, taken_out=taken_out)
    answered = sum(key.partition("#")[0] == entry.name for key in work.entry.answers)
    count = answered + len(known) + len(missing)
    if work.entry.asked.get(entry.name) != count:
        work.do(Asked(name=entry.name, count=count))


def parts_of(entry: TaskOf, found: Found) -> dict[Holder, Found]:
    """One part for all; or one for each person; or one for each of their organisations; an empty place is a part too."""
    if not entry.each:
        return {ALL: found}
    slots: dict[Holder, list[Slot]] = {}
    for slot in found.slots:
        place = slot.organisation or slot.principal
        if entry.per_organisation or not slot.persons:
            slots.setdefault(place, []).append(slot)
            continue
        for person in slot.persons:
            own = Slot(principal=person, organisation=slot.organisation, persons=(person,), whole=True)
            slots.setdefault(person, [own])
    parts = {part: Found(tuple(of), {}, vacant=not any(s.persons for s in of)) for part, of in slots.items()}
    return parts or {ALL: Found((), {}, vacant=True)}


def _key(name: str, part: Holder | None) -> str:
    return f"{name}#{part}"


def _was_opened(work: Work, entry: TaskOf) -> bool:
    answered = any(key.partition("#")[0] == entry.name for key in work.entry.answers)
    return answered or bool(open_tasks(work, entry))


def _is_answered(work: Work, name: str) -> bool:
    """All of an entry's tasks are answered; one that nobody was asked for counts as answered."""
    given = sum(key.partition("#")[0] == name for key in work.entry.answers)
    return given >= work.entry.asked.get(name, 0)


def _answer_automatically(work: Work, rules: Tasks) -> None:
    for task in work.entry.tasks:
        if task.kind != "task":
            continue
        trigger = automatic(work, entry_of(rules, task).task.automatic, task)
        if trigger is not None:
            close_task(work, task, "decided", trigger=trigger)
            answer(work, rules, task, Answer(trigger=trigger, by=None, at=work.context.now))


def _joined(work: Work, asked: int, answers: list[Answer], forward: list[str]) -> str | None:
    rule = work.state.decide
    tally = Counter(given.trigger for given in answers)
    if isinstance(rule, tuple):
        values = work.values(counts(work))
        return next((trigger for trigger, when in rule if holds(when, values, work.context)), None)
    if rule == "any":
        return answers[0].trigger
    if rule == "most":
        return _most(work, asked, tally)
    stopping = [
        given.trigger
        for given in answers
        if given.trigger == "expired" or work.definition.sense(given.trigger) != "forward"
    ]
    if stopping:
        return stopping[0]
    return forward[0] if len(answers) >= asked and forward else None


def _most(work: Work, asked: int, tally: Counter[str]) -> str | None:
    """What more than half of those asked gave; when none can reach that any more, the first stop trigger."""
    trigger, count = tally.most_common(1)[0]
    if count * 2 > asked:
        return trigger
    still_open = asked - tally.total()
    if any((tally[name] + still_open) * 2 > asked for name in work.state.to):
        return None
    return next((name for name in work.state.to if work.definition.sense(name) == "stop"), None)
