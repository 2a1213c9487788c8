"""Who may: denied unless the definition says otherwise.

Each function gives the authority with which somebody acts, or raises NotPermitted with the reason.
"""

from collections.abc import Iterable

from workflow.definition.model import PUBLIC, STARTER, Definition, Entry, Group, Named, RoleAt, Tasks
from workflow.definition.model import Ballot as BallotRules
from workflow.definition.model import Notice as NoticeRules
from workflow.definition.model import Score as ScoreRules
from workflow.definition.model import Task as TaskRules
from workflow.engine.context import Context
from workflow.engine.directory import Principal
from workflow.engine.subject import Case, CaseFacts, Holder, Round, Task
from workflow.engine.who import Asking, organisations_at, resolve, slots_of, why_recused
from workflow.engine.work import Authority
from workflow.errors import NotPermitted, TaskClosed
from workflow.text import Sentence, sentence

ADMINISTRATOR = "administrator"


def of_task(
    definition: Definition, subject: Case | Round, number: int, cases: tuple[Case | CaseFacts, ...], context: Context
) -> tuple[Task, Authority]:
    """The open task, and as whom the actor holds it. Raises TaskClosed to one who held it, else NotPermitted."""
    task = open_task(subject, number)
    if task is None:
        held = subject.closed.get(str(number), ())
        if principals(definition, context).keys() & set(held) or context.actor.holder in held:
            raise TaskClosed
        raise NotPermitted(sentence("This is not your task, or it is closed."))
    reason = why_not(definition, subject, task, cases, context)
    if reason is not None:
        raise NotPermitted(reason)
    return task, authority_of(definition, task.everyone, context)


def why_not(
    definition: Definition, subject: Case | Round, task: Task, cases: tuple[Case | CaseFacts, ...], context: Context
) -> Sentence | None:
    """Why this actor may not act on an open task, in words for him; none where he may."""
    actor = context.actor
    mine = principals(definition, context)
    personal = task.kind in ("ballot", "score", "signer")
    holding: list[Holder] = [p for p in task.everyone if p in mine and not (personal and mine[p] is not None)]
    if actor.link is not None and actor.link in task.everyone:
        holding.append(actor.link)
    is_delegate = actor.person is not None and actor.person == task.delegate
    if not holding and not is_delegate:
        if not task.everyone:
            return sentence("Nobody holds this task at present; it stands on the administrators' list.")
        return sentence("This task is held by others: {names}.", names=names_of(task.everyone, context) or "–")
    if task.resting:
        return sentence("The task rests until a signer who was asked first has answered.")
    if task.claimed_by not in (None, actor.person) and not is_delegate:
        return sentence("{name} has claimed this task.", name=names_of((task.claimed_by,), context)[0])
    who = actor.holder
    if who is None:
        return sentence("Only a person can do this.")
    return _recusal(
        definition,
        subject,
        task,
        cases,
        context,
        {who, *(p for h in holding if isinstance(h, int) and (p := mine.get(h)) is not None)},
    )


def may_start(definition: Definition, unit: Principal | None, context: Context) -> tuple[Principal, Authority]:
    """The unit that a case is started for, and as whom. Without a unit: the one for which he may, if that is one."""
    actor = context.actor
    if actor.service is not None:
        if unit is None:
            raise NotPermitted(sentence("A case needs a unit."))
        return unit, Authority(by=None)
    units = [unit] if unit is not None else list(_own_units(definition, context))
    found = [(place, authority) for place in units if (authority := _start_at(definition, place, context)) is not None]
    if len(found) == 1 or (unit is not None and found):
        return found[0]
    if len(found) > 1:
        names = [context.directory.name_of(place) for place, _ in found]
        raise NotPermitted(sentence("For which unit? You may start this for: {names}.", names=names))
    if not definition.start:
        raise NotPermitted(sentence("A case of “{title}” is not started by hand.", title=definition.title))
    raise NotPermitted(sentence("You may not start “{title}” here.", title=definition.title))


def in_group(
    definition: Definition, group: Group, unit: Principal, cases: tuple[Case | CaseFacts, ...], context: Context
) -> Authority | None:
    """As whom the actor is among some people; recusal is not meant here."""
    actor = context.actor
    if PUBLIC in group and actor.public:
        return Authority(by=actor.holder)
    found = resolve(group, Asking(definition=definition, context=context, unit=unit, cases=cases))
    mine = principals(definition, context)
    for slot in found.slots:
        for holder in (slot.principal, *slot.persons):
            if holder in mine:
                assert isinstance(holder, int)
                return Authority(by=actor.person, principal=holder, absent=mine[holder])
            if actor.link is not None and holder == actor.link:
                return Authority(by=actor.link, principal=actor.link)
    return None


def is_administrator(unit: Principal | None, context: Context) -> bool:
    """Whether the actor administers a branch that the unit is in."""
    person = context.actor.person
    return person is not None and context.directory.has_role(person, ADMINISTRATOR, unit, context.now)


def is_top_administrator(context: Context) -> bool:
    """Whether the actor administers the whole: publishing, clock, messages, incidents and calendar are his."""
    tops = (place.id for place in context.directory.organisations.values() if place.parent is None)
    return any(is_administrator(top, context) for top in tops)


def need_administrator(unit: Principal, context: Context) -> Authority:
    if context.actor.service is not None:
        return Authority(by=None)
    if not is_administrator(unit, context):
        raise NotPermitted(sentence("Only administrators of this branch may do this."))
    return Authority(by=context.actor.person)


def need_group(
    definition: Definition, group: Group, unit: Principal, cases: tuple[Case | CaseFacts, ...], context: Context
) -> Authority:
    if context.actor.service is not None:
        return Authority(by=None)
    authority = in_group(definition, group, unit, cases, context)
    if authority is None:
        raise NotPermitted
    return authority


def principals(definition: Definition, context: Context) -> dict[Principal, Principal | None]:
    """As whom the actor may act, and for whom."""
    person = context.actor.person
    return {} if person is None else context.directory.principals(person, definition.key, context.now)


def authority_of(definition: Definition, holders: Iterable[Holder], context: Context) -> Authority:
    """His own right before that of one for whom he stands in."""
    actor = context.actor
    mine = principals(definition, context)
    held = [holder for holder in holders if isinstance(holder, int) and holder in mine]
    held.sort(key=lambda holder: mine[holder] is not None)
    if held:
        return Authority(by=actor.person, principal=held[0], absent=mine[held[0]])
    return Authority(by=actor.holder, principal=actor.holder)


def open_task(subject: Case | Round, number: int) -> Task | None:
    entries = [subject.entry] if isinstance(subject, Case) else [sitting.entry for sitting in subject.sittings]
    return next((task for entry in entries if entry for task in entry.tasks if task.id == number), None)


def group_of(definition: Definition, state: str, task: Task) -> Group:
    """The names of people that a task was opened for."""
    match definition.states[state].activity:
        case TaskRules(who=who) | ScoreRules(who=who):
            return who
        case Tasks(entries=entries):
            return next((entry.task.who for entry in entries if entry.name == task.name), ())
        case BallotRules(who=who, recorded_by=recorded_by):
            return recorded_by or who
        case NoticeRules(objections=objections) if objections is not None:
            return objections.who
    return ()


def names_of(holders: Iterable[Holder | None], context: Context) -> list[str]:
    """Holders as people call them: persons by name, posts by those who hold them, links as such."""
    found: list[str] = []
    for holder in holders:
        if isinstance(holder, int) and holder in context.directory.posts:
            persons = context.directory.holders(holder, context.now)
            found += [context.directory.name_of(person) for person in persons] or [context.directory.name_of(holder)]
        elif isinstance(holder, int):
            found.append(context.directory.name_of(holder))
    return list(dict.fromkeys(found))


def _recusal(
    definition: Definition,
    subject: Case | Round,
    task: Task,
    cases: tuple[Case | CaseFacts, ...],
    context: Context,
    persons: set[Holder],
) -> Sentence | None:
    """Recusal holds for him and for the one for whom he stands in; recording a tally is not meant."""
    if task.kind in ("record", "signer"):
        return None
    state = subject.state if isinstance(subject, Case) else _sitting_state(subject, task)
    asking = Asking(
        definition=definition,
        context=context,
        unit=subject.unit,
        cases=cases,
        state=state,
        taken_out=task.taken_out,
        on_each=task.kind == "ballot",
    )
    for name in group_of(definition, state, task):
        for person in persons:
            reason = why_recused(person, name, asking)
            if reason is not None and not _through_another(definition, person, name, state, task, asking):
                return sentence("Recused: {name} {reason}.", name=_name(person, context), reason=reason)
    return None


def _through_another(definition: Definition, person: Holder, name: str, state: str, task: Task, asking: Asking) -> bool:
    """Whether he also holds the task under another name, as which he is not recused."""
    others = [other for other in group_of(definition, state, task) if other != name]
    for other in others:
        if why_recused(person, other, asking) is None and person in resolve((other,), asking).persons:
            return True
    return False


def _sitting_state(round_: Round, task: Task) -> str:
    return next(s.state for s in round_.sittings if any(t.id == task.id for t in s.entry.tasks))


def _name(holder: Holder, context: Context) -> str:
    return context.directory.name_of(holder) if isinstance(holder, int) else "–"


def _own_units(definition: Definition, context: Context) -> Iterable[Principal]:
    """Where he holds a role that starts such cases; members start for their own unit."""
    person = context.actor.person
    if person is None:
        return
    now, directory = context.now, context.directory
    persons = [person, *directory.absent(person, definition.key, now)]
    roles = {entry.spec.role for entry in start_entries(definition) if isinstance(entry.spec, RoleAt)}
    seen: set[Principal] = set()
    for who in persons:
        for post in directory.posts_of(who, now):
            if post.role in roles and post.organisation not in seen:
                seen.add(post.organisation)
                yield post.organisation
    employer = directory.persons[person].employer if person in directory.persons else None
    if employer is not None and employer not in seen:
        yield employer


def start_entries(definition: Definition) -> tuple[Entry, ...]:
    """The specs of `start`, with names looked up."""
    found: list[Entry] = []
    for entry in definition.start:
        if isinstance(entry.spec, Named) and entry.spec.name in definition.people:
            found += definition.people[entry.spec.name].entries
        else:
            found.append(entry)
    return tuple(found)


def _start_at(definition: Definition, unit: Principal, context: Context) -> Authority | None:
    """As whom he may start for a unit; `vacant: up` lets the next level do it where nobody holds the post."""
    mine = principals(definition, context)
    asking = Asking(definition=definition, context=context, unit=unit)
    for entry in start_entries(definition):
        spec = entry.spec
        if isinstance(spec, RoleAt):
            own = organisations_at(spec, unit, asking)
            if spec.scope == "own" and unit not in {organisation.id for organisation in own}:
                continue
        elif isinstance(spec, Named) and spec.name == PUBLIC:
            return Authority(by=context.actor.holder)
        elif isinstance(spec, Named) and spec.name == STARTER:
            return Authority(by=context.actor.person)
        for slot in slots_of(entry, "start", asking):
            for holder in (slot.principal, *slot.persons):
                if isinstance(holder, int) and holder in mine:
                    return Authority(by=context.actor.person, principal=holder, absent=mine[holder])
    return None
