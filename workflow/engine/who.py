"""Who is meant: people entries resolved along the tree, recusal, lots."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import (
    STARTER,
    Ballot,
    Decided,
    Definition,
    Entry,
    Group,
    InField,
    Members,
    Named,
    RoleAt,
)
from workflow.engine.context import Context
from workflow.engine.directory import Organisation, Principal
from workflow.engine.subject import Case, CaseFacts, Holder
from workflow.engine.values import CaseValues, holds
from workflow.text import Sentence, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """For what people are looked for."""

    definition: Definition
    context: Context
    unit: Principal  #: where the climb begins
    cases: tuple[Case | CaseFacts, ...] = ()  #: one case, or those of a sitting
    state: str | None = None  #: the state whose work it is; None for being told
    on_each: bool = False  #: in a ballot on several cases only who is recused for each of them is out
    rising: bool = True  #: whether `vacant: up` is followed
    taken_out: tuple[Holder, ...] = ()
    drawn: dict[str, tuple[Holder, ...]] = field(default_factory=dict)

    @property
    def case(self) -> Case | CaseFacts | None:
        return self.cases[0] if len(self.cases) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One place that was found: a post with its holders of now, a person, or one with a link."""

    principal: Holder
    organisation: Principal | None
    persons: tuple[Holder, ...]  #: those who may, in order
    whole: bool  #: nobody who holds it is recused


@dataclass(frozen=True, slots=True)
class Found:
    slots: tuple[Slot, ...]
    drawn: dict[str, tuple[Holder, ...]]  #: what the lot gave now, by entry
    vacant: bool  #: somebody was looked for and nobody is left

    @property
    def holders(self) -> tuple[Holder, ...]:
        """As a task keeps them: a post where all its holders may, else the persons who may."""
        found: list[Holder] = []
        for slot in self.slots:
            found += [slot.principal] if slot.whole else slot.persons
        return tuple(dict.fromkeys(found))

    @property
    def persons(self) -> tuple[Holder, ...]:
        return tuple(dict.fromkeys(person for slot in self.slots for person in slot.persons))


def resolve(group: Group, asking: Asking) -> Found:
    """All who are meant by some names of people."""
    slots: list[Slot] = []
    drawn: dict[str, tuple[Holder, ...]] = {}
    vacant = False
    for name in group:
        for key, entry in specs_of(name, asking):
            found = slots_of(entry, name, asking)
            if entry.draw is not None and asking.state is not None:
                found, drawn[key] = _draw(found, entry.draw, key, asking)
            vacant = vacant or not any(slot.persons for slot in found)
            slots += found
    return Found(tuple(slots), drawn, vacant)


def why_recused(person: Holder, name: str, asking: Asking) -> Sentence | None:
    """The reason for which a person may not act under this name of people, or none."""
    if asking.state is None:
        return None
    if person in asking.taken_out:
        return sentence("recused from this task")
    reasons = [_recused(person, name, case, asking) for case in asking.cases]
    found = [reason for reason in reasons if reason is not None]
    return found[0] if found and (not asking.on_each or len(found) == len(reasons)) else None


def organisations_at(spec: RoleAt, unit: Principal, asking: Asking) -> tuple[Organisation, ...]:
    """The organisation of a level or kind that is found by climbing; a kind also directly below each step."""
    directory = asking.context.directory
    own: tuple[Organisation, ...] = ()
    for step in directory.climb(unit):
        found = (
            [step] if spec.at in (step.level, step.kind) else [o for o in directory.below(step.id) if o.kind == spec.at]
        )
        here = [organisation for organisation in found if _is_here(organisation, asking)]
        if here:
            own = tuple(here)
            break
    if spec.scope == "own":
        return own
    if not own:
        return tuple(o for o in directory.branch(unit) if spec.at in (o.level, o.kind) and _is_here(o, asking))
    beside = directory.below(own[0].parent) if own[0].parent is not None else own
    every = tuple(o for o in beside if spec.at in (o.level, o.kind) and _is_here(o, asking))
    return every if spec.scope == "every" else tuple(o for o in every if o not in own)


#: Who began a case by a link, without an account: the link that he was given.
STARTER_LINK = "link:starter"


def link_of(field_name: str, row: int | None = None) -> str:
    """How one without an account is known: by where his contact stands, never by the contact."""
    table, _, column = field_name.partition(".")
    return f"link:{table}.{row}.{column}" if row is not None else f"link:{field_name}"


def contact_of(holder: Holder, case: Case | CaseFacts) -> str | None:
    """The mobile or e-mail behind such a name."""
    if not isinstance(holder, str) or not holder.startswith("link:"):
        return None
    parts = holder[5:].split(".")
    value = case.data.get(parts[0])
    if len(parts) == 3 and isinstance(value, list):  # noqa: PLR2004 -- table, row, column
        row = int(parts[1])
        value = value[row].get(parts[2]) if row < len(value) else None
    return str(value) if value else None


def everyone(holders: Iterable[Holder], asking: Asking) -> tuple[Holder, ...]:
    """The persons behind holders: those who hold a post now, persons, those with a link."""
    found: list[Holder] = []
    for holder in holders:
        if isinstance(holder, int) and holder in asking.context.directory.posts:
            found += asking.context.directory.holders(holder, asking.context.now)
        else:
            found.append(holder)
    return tuple(dict.fromkeys(found))


def specs_of(name: str, asking: Asking, within: tuple[str, ...] = ()) -> Iterator[tuple[str, Entry]]:
    """The specs that count now under a name, those of names among them included; each with its key for the lot."""
    people = asking.definition.people.get(name)
    if people is None:
        yield name, Entry(spec=Named(name))
        return
    for number, entry in enumerate(people.entries):
        if name in within or not _applies(entry, asking):
            continue
        if isinstance(entry.spec, Named):
            yield from specs_of(entry.spec.name, asking, (*within, name))
        else:
            yield f"{name}.{number}", entry


def _applies(entry: Entry, asking: Asking) -> bool:
    """A spec counts where its `when` holds. One that fails refuses to open work; elsewhere nobody is meant by it."""
    if entry.when is None or asking.case is None:
        return True
    try:
        return holds(entry.when, CaseValues(asking.definition, asking.case, asking.context), asking.context)
    except ExpressionFailed:
        if asking.state is not None:
            raise
        return False


def slots_of(entry: Entry, name: str, asking: Asking) -> list[Slot]:
    """The places that one spec finds, under a name of people."""
    match entry.spec:
        case RoleAt() as spec:
            return list(_of_role(spec, entry, name, asking))
        case InField() as spec:
            return [slot for case in asking.cases for slot in _in_field(spec, name, case, asking)]
        case Members():
            members = asking.context.directory.members(asking.unit, asking.context.now)
            return [slot for person in members for slot in _person(person, name, asking)]
        case Decided(state=state):
            deciders = [_last_decider(case, state) for case in asking.cases]
            return [
                slot for person in deciders if isinstance(person, int | str) for slot in _person(person, name, asking)
            ]
        case Named(name=other):
            return list(_built_in(other, name, asking))


def _last_decider(case: Case | CaseFacts, state: str) -> object:
    """Who decided, voted openly or scored there last; in a sitting it stands with the figures."""
    deciders = case.deciders.get(state)
    return deciders[-1] if deciders else case.left.get(state, {}).get("decider")


def _of_role(spec: RoleAt, entry: Entry, name: str, asking: Asking) -> Iterator[Slot]:
    """The post at each organisation; where there is no such organisation the place is empty, and never left out."""
    vacant = entry.vacant if asking.rising else "hold"
    nowhere = Slot(principal=f"{spec.role}@{spec.at}", organisation=None, persons=(), whole=False)
    units = tuple(_begins(spec, asking))
    for unit in units:
        found = organisations_at(spec, unit, asking)
        for organisation in found:
            yield _post(spec.role, organisation.id, vacant, name, asking)
        if not found:
            rises = spec.scope == "own" and vacant == "up"
            yield from (list(_up(spec.role, unit, name, asking)) if rises else []) or [nowhere]
    if not units:
        yield nowhere


def _begins(spec: RoleAt, asking: Asking) -> Iterator[Principal]:
    if spec.of is None:
        yield asking.unit
        return
    for case in asking.cases:
        value = case.data.get(spec.of)
        if isinstance(value, int):
            yield value


def _post(role: str, organisation: Principal, vacant: str, name: str, asking: Asking) -> Slot:
    directory, now = asking.context.directory, asking.context.now
    post = directory.post(role, organisation)
    holders = directory.holders(post.id, now) if post else ()
    persons = tuple(person for person in holders if why_recused(person, name, asking) is None)
    if post is not None and persons:
        return Slot(principal=post.id, organisation=organisation, persons=persons, whole=len(persons) == len(holders))
    if vacant == "up":
        parent = directory.organisations[organisation].parent
        for slot in _up(role, parent, name, asking):
            return slot
    return Slot(principal=post.id if post else 0, organisation=organisation, persons=(), whole=False)


def _up(role: str, start: Principal | None, name: str, asking: Asking) -> Iterator[Slot]:
    """The same role one level up, and so on, until somebody is there."""
    for organisation in asking.context.directory.climb(start):
        slot = _post(role, organisation.id, "hold", name, asking)
        if slot.persons:
            yield slot
            return


def _in_field(spec: InField, name: str, case: Case | CaseFacts, asking: Asking) -> Iterator[Slot]:
    table, _, column = spec.field.partition(".")
    value = case.data.get(table)
    rows = value if column and isinstance(value, list) else [case.data]
    for number, row in enumerate(rows):
        row_number = number if column else None
        who = row.get(column or table)
        persons = who if isinstance(who, list) else [who]
        link = spec.link.partition(".")[2] or spec.link if spec.link else None
        contact = row.get(link) if link else None
        if contact:
            account = asking.context.directory.person_by_contact(str(contact), asking.context.now)
            holder: Holder = account if account is not None else link_of(spec.link or "", row_number)
            yield from _person(holder, name, asking)
        else:
            for person in persons:
                if isinstance(person, int):
                    yield from _person(person, name, asking)


def _person(person: Holder, name: str, asking: Asking) -> Iterator[Slot]:
    here = not isinstance(person, int) or asking.context.directory.is_here(person, asking.context.now)
    if here and why_recused(person, name, asking) is None:
        yield Slot(principal=person, organisation=_employer(person, asking), persons=(person,), whole=True)


def _built_in(other: str, name: str, asking: Asking) -> Iterator[Slot]:
    """The starters; the public is told by publication, and holds no task."""
    if other == STARTER:
        for case in asking.cases:
            yield from _starter(case.starter, name, asking)


def _starter(starter: Holder | None, name: str, asking: Asking) -> Iterator[Slot]:
    """The person who started; of an import it is the post, whoever holds it then, else as `start` says of vacancies."""
    directory = asking.context.directory
    if starter is None:
        return
    if not isinstance(starter, int) or starter not in directory.posts:
        yield from _person(starter, name, asking)
        return
    post = directory.posts[starter]
    yield _post(post.role, post.organisation, _vacancy(post.role, asking), name, asking)


def _vacancy(role: str, asking: Asking) -> str:
    """What the definition says where nobody holds the post that starts."""
    todo = [*asking.definition.start]
    seen: set[str] = set()
    while todo:
        entry = todo.pop()
        if isinstance(entry.spec, RoleAt) and entry.spec.role == role:
            return entry.vacant
        if isinstance(entry.spec, Named) and entry.spec.name not in seen:
            seen.add(entry.spec.name)
            people = asking.definition.people.get(entry.spec.name)
            todo += people.entries if people else ()
    return "hold"


def _draw(found: list[Slot], count: int, key: str, asking: Asking) -> tuple[list[Slot], tuple[Holder, ...]]:
    """So many by lot of those found; who was drawn before and may still, stays."""
    pool = {person: slot for slot in found for person in slot.persons}
    stay = [person for person in asking.drawn.get(key, ()) if person in pool]
    others = [person for person in pool if person not in stay]
    chosen = tuple([*stay, *asking.context.lot.order(others, key)][:count])
    slots = [
        Slot(principal=person, organisation=pool[person].organisation, persons=(person,), whole=True)
        for person in chosen
    ]
    return slots, chosen


def _recused(person: Holder, name: str, case: Case | CaseFacts, asking: Asking) -> Sentence | None:
    rules = asking.definition.recuse
    if asking.state in rules.twice and _decided_elsewhere(person, case, asking):
        return sentence("decided in another of these stages already")
    if name in (STARTER, asking.definition.concerns):
        return None
    if name in rules.starter and _is_starter(person, case, asking):
        return sentence("started this case")
    if rules.concerned is not None and (not rules.concerned or name in rules.concerned) and person == case.concerned:
        return sentence("is the person concerned")
    if name in rules.declared and person in case.declared:
        return sentence("declared an interest")
    if isinstance(person, int):
        if name in rules.same_unit and _employer(person, asking) == case.unit and not _is_without_unit(case, asking):
            return sentence("belongs to the unit")
        if name in rules.same_branch and _of_same_branch(person, name, case, asking):
            return sentence("holds the post in the unit's own branch")
    return None


def _decided_elsewhere(person: Holder, case: Case | CaseFacts, asking: Asking) -> bool:
    """Recording a tally is no decision."""
    states = asking.definition.states
    others = (states[name] for name in asking.definition.recuse.twice if name != asking.state)
    return any(
        person in case.deciders.get(state.name, ())
        for state in others
        if not (isinstance(state.activity, Ballot) and state.activity.recorded_by)
    )


def _is_starter(person: Holder, case: Case | CaseFacts, asking: Asking) -> bool:
    return case.starter is not None and person in everyone((case.starter,), asking)


def _is_without_unit(case: Case | CaseFacts, asking: Asking) -> bool:
    """Whoever starts by a link and names no unit stands at the round's owner, which is nobody's employer in the case."""
    view = asking.context.round
    return not isinstance(case.starter, int) and view is not None and case.unit == view.round.unit


def _of_same_branch(person: Principal, name: str, case: Case | CaseFacts, asking: Asking) -> bool:
    roles = {entry.spec.role for _, entry in specs_of(name, asking) if isinstance(entry.spec, RoleAt)}
    directory, now = asking.context.directory, asking.context.now
    return any(directory.has_role(person, role, case.unit, now) for role in roles)


def _employer(person: Holder, asking: Asking) -> Principal | None:
    found = asking.context.directory.persons.get(person) if isinstance(person, int) else None
    return found.employer if found else None


def _is_here(organisation: Organisation, asking: Asking) -> bool:
    return organisation.until is None or asking.context.now < organisation.until
