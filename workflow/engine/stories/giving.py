"""What a story begins with: facts, and cases that stand in a state as if they came from before."""

from collections.abc import Iterator, Mapping
from dataclasses import replace as with_other
from typing import Any

from msgspec.structs import replace

from workflow.definition.expression import ExpressionFailed
from workflow.definition.form import Kept, Wrong, keep
from workflow.definition.model import ANY_STATE, PREVIOUS, Ballot, Definition, Field, InField, Score, Tasks
from workflow.engine.apply import apply
from workflow.engine.changes import DataSet, FigureSet, Started
from workflow.engine.directory import Principal
from workflow.engine.moving import enter, run
from workflow.engine.permit import may_start
from workflow.engine.stories.book import Story
from workflow.engine.stories.naming import Naming
from workflow.engine.stories.world import Stated, World
from workflow.engine.stories.wrong import StoryWrong
from workflow.engine.subject import Case
from workflow.engine.values import keep_figure
from workflow.engine.work import CaseWork
from workflow.engine.writing import begin_fields, compute, order_of_values, set_terms
from workflow.errors import GuardFailed, NotPermitted
from workflow.text import sentence

_NUMBER_MOST = 10**15


def prepare(world: World, naming: Naming, facts: Mapping[str, Any]) -> None:
    """What fields with `from` find: as told, else nothing: 0, empty, false."""
    definition = world.definition
    fields = definition.fields
    found: dict[str, Kept] = {name: _nothing(field) for name, field in fields.items() if field.source is not None}
    for name, value in naming.values(fields, {n: v for n, v in facts.items() if n != "previous"}).items():
        found[name] = _kept(definition, name, value)
    world.facts = found
    before = facts.get("previous")
    if before is not None and not isinstance(before, Mapping):
        raise StoryWrong(sentence("“{key}” wants a map.", key="previous"))
    if before is not None:
        values = naming.values(fields, before)
        world.previous = {name: _kept(definition, name, value) for name, value in values.items() if name in fields}


def give_cases(world: World, naming: Naming, story: Story) -> None:
    """The cases that are already there; once all stand, what can be decided together is."""
    for name, keys in story.given.items():
        _give(world, naming, story, str(name), dict(keys or {}))
    world.gather()


def _give(world: World, naming: Naming, story: Story, name: str, keys: dict[str, Any]) -> None:
    definition, state = world.definition, str(keys.get("state", world.definition.first_state))
    if state not in definition.states:
        raise StoryWrong(sentence("given {name}: there is no state {state}", name=name, state=state))
    actor = naming.actor(keys.get("by"))
    case_id, round_ = f"case-{len(world.cases) + 1}", world.round
    started = Started(
        id=case_id,
        definition=definition.key,
        version=1,
        unit=_unit(world, naming, name, keys),
        starter=actor.holder,
        concerned=actor.holder if definition.concerns is None else None,
        round=round_.id if round_ is not None else None,
        number=world.next_number(),
        at=world.now,
    )
    case = apply(None, started)
    assert isinstance(case, Case)
    work = CaseWork(definition, world.context(actor), case, [started])
    begin_fields(work)
    own = naming.values(definition.fields, dict(keys.get("data") or {}))
    before = {**_from_before(work, naming, story, state), **_concerned_data(world, naming, name)}
    _fill(work, {**before, **{n: _kept(definition, n, value) for n, value in own.items()}})
    set_terms(work)
    world.stated[case_id] = _state_values(work, own)
    _walk(work, state)
    for figure, value in dict(keys.get("figures") or {}).items():
        _set_figure(work, (*work.case.path, work.case.state, state), str(figure), value)
    _place(work, state)
    world.give(replace(work.case, seq=1), work.changes)
    naming.call(work.case, name)


def _place(work: CaseWork, state: str) -> None:
    """Enter the state. Raises GuardFailed where what is given there cannot be reckoned with."""
    try:
        enter(work, state)
        run(work)
    except ExpressionFailed as failed:
        raise GuardFailed(failed.reason) from failed


def _unit(world: World, naming: Naming, name: str, keys: dict[str, Any]) -> Principal:
    """As said; that of which the case bears the name; where he may start, or else belongs; that of the round."""
    if keys.get("unit") is not None:
        return naming.unit(keys["unit"])
    actor, directory = naming.actor(keys.get("by")), world.directory
    if naming.numbers.get(name) in directory.organisations:
        return naming.unit(name)
    if actor.person is not None:
        try:
            return may_start(world.definition, None, world.context(actor))[0]
        except NotPermitted:
            posts = directory.posts_of(actor.person, world.now)
            employer = directory.persons[actor.person].employer
            if posts or employer is not None:
                return posts[0].organisation if posts else employer or 0
    if world.round is not None or directory.organisations:
        return world.round.unit if world.round else next(iter(directory.organisations))
    raise StoryWrong(sentence("given {name}: there are no units in this world", name=name))


def _from_before(work: CaseWork, naming: Naming, story: Story, state: str) -> dict[str, Kept]:
    """Of the story's `data`, what was written before this state, at the start, or by no state at all."""
    definition = work.definition
    before = {definition.first_state, *_leading_to(definition, state)}
    written = {name for known in definition.states.values() for name in known.edit}
    data = naming.values(definition.fields, story.data)
    return {
        name: _kept(definition, name, value)
        for name, value in data.items()
        if name in definition.fields
        and not definition.fields[name].computed
        and (name not in written or any(name in definition.states[known].edit for known in before))
    }


def _leading_to(definition: Definition, goal: str) -> set[str]:
    """The states from which forward triggers lead to this one."""
    found: set[str] = set()
    while True:
        new = {
            state.name
            for state in definition.states.values()
            for trigger, targets in state.to.items()
            if state.name not in found | {goal} and definition.sense(trigger) == "forward"
            for target in targets
            if target.to in found | {goal}
        }
        if not new:
            return found
        found |= new


def _fill(work: CaseWork, values: Mapping[str, Kept]) -> None:
    fields = work.definition.fields
    work.order(DataSet(values={name: kept for name, kept in values.items() if fields[name].value is None}))
    compute(work)


def _state_values(work: CaseWork, own: Mapping[str, Any]) -> dict[str, Stated]:
    """Computed fields that are given: each stands for as long as what it would be by itself is the same."""
    stated: dict[str, Stated] = {}
    for name in order_of_values(work.definition):
        if name in own:
            value = _kept(work.definition, name, own[name])
            stated[name] = Stated(value, work.case.data.get(name))
            work.order(DataSet(values={name: value}))
            by_itself = {field: given.by_itself for field, given in stated.items()}
            work.context = with_other(work.context, stated=by_itself)
            compute(work)
    return stated


def _set_figure(work: CaseWork, passed: tuple[str, ...], name: str, value: Any) -> None:
    """By `state.name`; a bare name is what the last of the passed states left that leaves such a figure."""
    where, _, short = name.partition(".")
    if where not in work.definition.states or not short:
        known = [state for state in passed if name in _leaves(work.definition, state)]
        where, short = known[-1] if known else passed[-1], name
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and not abs(value) < _NUMBER_MOST:
        raise StoryWrong(sentence("This number is too large."))
    work.order(FigureSet(state=where, figures={short: keep_figure(float(value) if number else value)}))


def _leaves(definition: Definition, name: str) -> set[str]:
    """The figures that a state leaves behind under its name."""
    state = definition.states.get(name)
    if state is None:
        return set()
    together = state.together
    figures = {"place", "seated", "grade"} if together and together.rank else set()
    figures |= {"drawn"} if together and together.draw is not None else set()
    figures |= (
        {"allocated", *(part.name for part in together.allocate.parts)} if together and together.allocate else set()
    )
    match state.activity:
        case Score(criteria=criteria):
            figures |= {"score", "spread", "cards", *criteria}
        case Ballot(choices=choices):
            figures |= {*choices, "cast", "present", "electorate", "elected"}
        case Tasks():
            figures |= {*state.to, "asked", "answered"}
    return figures


def _walk(work: CaseWork, goal: str) -> None:
    """The states that a case in this one has passed: the shortest way there."""
    passed = _way(work.definition, goal)
    if passed:
        left = {**work.case.left, **{name: {"times": 1} for name in passed}}
        entered = dict.fromkeys(passed, work.context.now)
        work.case = replace(work.case, path=passed[:-1], state=passed[-1], left=left, entered=entered)


def _way(definition: Definition, goal: str) -> tuple[str, ...]:
    paths: dict[str, tuple[str, ...]] = {definition.first_state: ()}
    todo = [definition.first_state]
    while todo and goal not in paths:
        name = todo.pop(0)
        for to in _next(definition, name):
            if to not in paths:
                paths[to] = (*paths[name], name)
                todo.append(to)
    return paths.get(goal, ())


def _next(definition: Definition, name: str) -> Iterator[str]:
    for targets in definition.states[name].to.values():
        yield from (target.to for target in targets if target.to not in (PREVIOUS, ANY_STATE))


def _concerned_data(world: World, naming: Naming, name: str) -> dict[str, Kept]:
    """A given case is named by its person concerned: his fields are filled from the cast."""
    definition = world.definition
    concerns = definition.people.get(definition.concerns or "")
    person = world.directory.persons.get(naming.numbers.get(name, 0))
    if concerns is None or person is None:
        return {}
    found: dict[str, Any] = {}
    for entry in concerns.entries:
        if isinstance(entry.spec, InField):
            link = definition.fields.get(entry.spec.link or "")
            found[entry.spec.field] = name
            if link is not None and (contact := person.email if link.type == "email" else person.mobile):
                found[link.name] = contact
    values = naming.values(definition.fields, {n: v for n, v in found.items() if n in definition.fields})
    return {n: _kept(definition, n, value) for n, value in values.items()}


def _kept(definition: Definition, name: str, value: Any) -> Kept:
    """A value as it is kept; one beyond the field's bounds is taken, as it may stand there from before."""
    if name not in definition.fields:
        raise StoryWrong(sentence("there is no field {name}", name=name))
    field = definition.fields[name]
    unbounded = with_other(field, min=None, max=None, accept=(), required=False)
    for known in (field, unbounded):
        try:
            return keep(known, value)
        except Wrong as wrong:
            found = wrong.found
    reason = found[0] if isinstance(found, list) else sentence("This value does not fit.")
    raise StoryWrong(sentence("{name}: {reason}", name=name, reason=reason))


def _nothing(field: Field) -> Kept:
    """0 or false of what is counted, summed or in the register; empty where no case was before or there is no latest."""
    source = field.source
    if source is None or source.kind == "previous" or source.take == "latest":
        return None
    return {"integer": 0, "number": "0", "percent": "0", "money": 0, "yes_no": False}.get(field.type)
