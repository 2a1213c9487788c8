"""What a story begins with: facts, and cases that stand in a state as if they came from before."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from workflow.definition.form import Kept, Wrong, keep
from workflow.definition.model import Definition, InField
from workflow.engine.apply import apply
from workflow.engine.changes import DataSet, FigureSet, Started
from workflow.engine.moving import enter, run
from workflow.engine.permit import may_start
from workflow.engine.stories.book import Story
from workflow.engine.stories.naming import Naming
from workflow.engine.stories.world import ROUND, World
from workflow.engine.subject import Case
from workflow.engine.values import keep_figure
from workflow.engine.work import CaseWork
from workflow.engine.writing import begin_fields, compute


def prepare(world: World, naming: Naming, facts: Mapping[str, Any]) -> None:
    """What fields with `from` find: as told, else nothing: 0, empty, false."""
    definition = world.definition
    fields = definition.fields
    found: dict[str, Kept] = {name: _nothing(field.type) for name, field in fields.items() if field.source is not None}
    for name, value in naming.values(fields, {n: v for n, v in facts.items() if n != "previous"}).items():
        if name in fields:
            found[name] = _kept(definition, name, value)
    world.facts = found
    before = facts.get("previous")
    if isinstance(before, Mapping):
        values = naming.values(fields, before)
        world.previous = {name: _kept(definition, name, value) for name, value in values.items() if name in fields}


def give_cases(world: World, naming: Naming, story: Story) -> None:
    for name, keys in story.given.items():
        _give(world, naming, story, str(name), dict(keys or {}))


def _give(world: World, naming: Naming, story: Story, name: str, keys: dict[str, Any]) -> None:
    definition = world.definition
    actor = naming.actor(keys.get("by"))
    context = world.context(actor)
    unit = naming.numbers.get(str(keys.get("unit"))) if keys.get("unit") else None
    if actor.person is not None:
        unit, _ = may_start(definition, unit, context)
    elif unit is None:
        unit = world.round.unit if world.round else next(iter(world.directory.organisations))
    started = Started(
        id=f"case-{len(world.cases) + 1}",
        definition=definition.key,
        version=1,
        unit=unit,
        starter=actor.person,
        concerned=actor.person,
        round=ROUND if world.round is not None else None,
        number=f"{len(world.cases) + 1:04}",
        at=world.now,
    )
    case = apply(None, started)
    assert isinstance(case, Case)
    work = CaseWork(definition, context, case, [started])
    begin_fields(work)
    data = {**story.data, **_concerned_data(world, naming, name), **dict(keys.get("data") or {})}
    kept = {
        n: _kept(definition, n, v) for n, v in naming.values(definition.fields, data).items() if n in definition.fields
    }
    work.order(DataSet(values={n: v for n, v in kept.items() if v is not None and not definition.fields[n].computed}))
    compute(work)
    work.order(DataSet(values={n: v for n, v in kept.items() if v is not None and n in dict(keys.get("data") or {})}))
    state = str(keys["state"])
    _walk(work, state)
    for figure_name, value in dict(keys.get("figures") or {}).items():
        where, _, short = str(figure_name).rpartition(".")
        figure = keep_figure(float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value)
        work.order(
            FigureSet(
                state=where if where in definition.states else state,
                figures={short if where in definition.states else str(figure_name): figure},
            )
        )
    enter(work, state)
    run(work)
    naming.call(work.case, name)
    world.give(replace(work.case, seq=1), work.changes)


def _walk(work: CaseWork, goal: str) -> None:
    """The states that a case in this one has passed: the shortest way there."""
    definition = work.definition
    paths: dict[str, tuple[str, ...]] = {definition.first_state: ()}
    todo = [definition.first_state]
    while todo:
        name = todo.pop(0)
        for targets in definition.states[name].to.values():
            for target in targets:
                if target.to in definition.states and target.to not in paths:
                    paths[target.to] = (*paths[name], name)
                    todo.append(target.to)
    passed = paths.get(goal, ())
    if passed:
        left = {**work.case.left, **{name: {"times": 1} for name in passed}}
        work.case = replace(work.case, path=passed[:-1], state=passed[-1], left=left)


def _concerned_data(world: World, naming: Naming, name: str) -> dict[str, Any]:
    """A given case is named by its person concerned: his fields are filled from the cast."""
    concerns = world.definition.people.get(world.definition.concerns or "")
    person = world.directory.persons.get(naming.numbers.get(name, 0))
    if concerns is None or person is None:
        return {}
    found: dict[str, Any] = {}
    for entry in concerns.entries:
        if isinstance(entry.spec, InField):
            field = world.definition.fields.get(entry.spec.field)
            if field is not None:
                found[field.name] = name
            link = entry.spec.link
            if link and link in world.definition.fields and (person.mobile or person.email):
                kind = world.definition.fields[link].type
                found[link] = person.email if kind == "email" else person.mobile
    return found


def _kept(definition: Definition, name: str, value: Any) -> Kept:
    try:
        return keep(definition.fields[name], value)
    except Wrong:
        return value


def _nothing(kind: str) -> Kept:
    return {"integer": 0, "number": "0", "percent": "0", "money": 0, "yes_no": False}.get(kind)
