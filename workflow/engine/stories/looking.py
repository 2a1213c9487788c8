"""What a story expects, compared with what is found."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from workflow.calendar import day_of, is_end_of_day, local
from workflow.definition.form import as_moment, shown
from workflow.definition.loading.document import written
from workflow.definition.loading.grammar import KEYS
from workflow.definition.model import PUBLIC, Field
from workflow.engine.context import Actor
from workflow.engine.stories.naming import Naming, written_out
from workflow.engine.stories.world import World
from workflow.engine.stories.wrong import nobody_called
from workflow.engine.subject import Case, Entry, Figure, Holder, Round, Task
from workflow.engine.values import CaseValues, round_figure
from workflow.engine.who import Asking, everyone
from workflow.text import Label, Sayable, sentence

Difference = tuple[Sayable, Sayable]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is looked at: the world, and of it the case that is meant and the round."""

    world: World
    naming: Naming
    case: Case | None
    round: Round | None


Looker = Callable[[Scene, Any], Difference | None]


def look(world: World, naming: Naming, expected: Mapping[str, Any], case_name: Any) -> Difference | None:
    """The first thing that is not as expected: what was expected, and what was found."""
    named = expected.get("case", case_name)
    case = world.cases[naming.case(named)] if world.cases or named is not None else None
    own = world.rounds.get(case.round or "") if case is not None and named is not None else None
    scene = Scene(world, naming, case, own or world.round)
    for key, value in expected.items():
        difference = LOOKERS[key](scene, value) if key != "case" else None
        if difference is not None:
            return difference
    return None


def _state(scene: Scene, value: Any) -> Difference | None:
    case = scene.case
    if case is None:
        return _pair("state", value), sentence("there is no case yet")
    if case.state == value:
        return None
    zh = en = f"{_pair('state', case.state)}, {_pair('tasks', _held(scene.world, scene.naming))}"
    for incident in case.incidents:
        zh, en = f"{zh}; {incident.zh}", f"{en}; {incident.en}"
    return _pair("state", value), Label(zh, en)


def _tasks(scene: Scene, value: Any) -> Difference | None:
    held = _held(scene.world, scene.naming)
    if not value:
        return (_pair("tasks", {}), _pair("tasks", held)) if held else None
    for person, state in value.items() if isinstance(value, dict) else ((name, None) for name in _list(value)):
        found = held.get(_known(scene.naming, person), [])
        wanted = _list(state)
        nobody = not wanted and isinstance(value, dict)
        if (nobody and found) or (not nobody and not found) or any(one not in found for one in wanted):
            return _pair(str(person), state), _pair(str(person), found)
    return None


def _held(world: World, naming: Naming) -> dict[str, list[str]]:
    """Who holds a task of which state."""
    held: dict[str, list[str]] = {}
    entries = [(case.id, case.state, case.entry) for case in world.cases.values() if case.entry]
    entries += [(r.id, sitting.state, sitting.entry) for r in world.rounds.values() for sitting in r.sittings]
    for subject, state, entry in entries:
        for task in entry.tasks:
            for person in _holders(world, naming, subject, entry, task):
                if state not in held.setdefault(naming.name(person), []):
                    held[naming.name(person)].append(state)
    return held


def _holders(world: World, naming: Naming, subject: str, entry: Entry, task: Task) -> tuple[Holder, ...]:
    """Who still has to act: holders, delegate, and who stands in for them and may."""
    asked = Asking(definition=world.definition, context=world.context(naming.service), unit=0)
    holders: tuple[Holder, ...] = task.everyone if task.claimed_by is None else (task.claimed_by,)
    delegates: tuple[Holder, ...] = (task.delegate,) if task.delegate else ()
    persons = everyone((*holders, *delegates), asked)
    stand_ins = [
        other
        for person in persons
        if isinstance(person, int)
        for other in world.directory.standing_in_for(person, world.definition.key, world.now)
        if world.may(Actor(person=other), subject, task)
    ]
    voted = world.voted(subject, entry) if task.kind == "ballot" else ()
    left = [person for person in dict.fromkeys((*persons, *stand_ins)) if person not in voted]
    return tuple(world.by_name(subject, person) for person in left)


def _due(scene: Scene, value: Any) -> Difference | None:
    """The earliest deadline that is open, of the case or of a sitting."""
    case = scene.case
    tasks = list(case.entry.tasks) if case and case.entry else []
    tasks += [task for sitting in (scene.round.sittings if scene.round else ()) for task in sitting.entry.tasks]
    dues = [task.due for task in tasks if task.due is not None]
    if case and case.entry and not dues:
        dues += [timer.at for timer in case.entry.timers if timer.kind in ("until", "notice_end")]
    found = min(dues, default=None)
    if _is_moment(found, value):
        return None
    return _pair("due", value), _pair("due", found)


def _data(scene: Scene, value: Any) -> Difference | None:
    for name, wanted in dict(value or {}).items():
        field = scene.world.definition.fields.get(name)
        if field is None or scene.case is None:
            return _pair(str(name), wanted), sentence("there is no field {name}", name=str(name))
        found = _shown(scene, field, scene.case.data.get(name, field.constant))
        if not _same(found, written_out(wanted)):
            return _pair(str(name), wanted), _pair(str(name), found)
    return None


def _shown(scene: Scene, field: Field, kept: Any) -> Any:
    if field.type == "moment" and kept is not None:
        return as_moment(kept)
    return scene.naming.shown_value(field, shown(field, kept))


def _figures(scene: Scene, value: Any) -> Difference | None:
    for name, wanted in dict(value or {}).items():
        found = _figure(scene, str(name))
        if not _same(found, wanted):
            return _pair(str(name), wanted), _pair(str(name), found)
    return None


def _figure(scene: Scene, name: str) -> Any:
    world, case = scene.world, scene.case
    root, *members = name.split(".")
    if root == "round" and members:
        return _of_round(scene, members[0])
    if case is None:
        return None
    context = world.context(scene.naming.service, case.id)
    state, own = _of_sitting(scene, case)
    if root == state and members and members[0] in own:
        root, *members = members
    found = CaseValues(world.definition, case, context, own)(root, frozenset(members[:1]))
    for member in members:
        found = found.get(member) if isinstance(found, Mapping) else None
    return found


def _of_sitting(scene: Scene, case: Case) -> tuple[str, Mapping[str, Figure]]:
    """The figures that came with the opening of the sitting that the case is in."""
    rounds = scene.world.rounds.values()
    sittings = (sitting for round_ in rounds for sitting in round_.sittings if case.id in sitting.cases)
    return next(((sitting.state, sitting.figures.get(case.id, {})) for sitting in sittings), ("", {}))


def _round(scene: Scene, value: Any) -> Difference | None:
    for name, wanted in dict(value or {}).items():
        found = _of_round(scene, str(name))
        if not _same(found, wanted):
            return _pair(f"round.{name}", wanted), _pair(f"round.{name}", found)
    return None


def _of_round(scene: Scene, name: str) -> Any:
    rules, round_ = scene.world.definition.round, scene.round
    if rules is None or round_ is None:
        return None
    if name in rules.figures:
        context = scene.world.context(scene.naming.service, round_.id)
        return round_figure(scene.world.definition, rules.figures[name], context)
    if name in rules.fields:
        return _shown(scene, rules.fields[name], round_.data.get(name, rules.fields[name].constant))
    match name:
        case "state":
            return "over" if round_.over_at else "closed" if round_.closed_at else "open"
        case "cases":
            return len(scene.world.cases_in(round_))
        case "title":
            return round_.title_zh
    return None


def _overdue(scene: Scene, value: Any) -> Difference | None:
    """States in which a task is past its deadline, unless their clock is stopped."""
    world = scene.world
    entries = [case.entry for case in world.cases.values() if case.entry]
    entries += [sitting.entry for round_ in world.rounds.values() for sitting in round_.sittings]
    running = [entry for entry in entries if entry.paused is None]
    late = {entry.state for entry in running for task in entry.tasks if task.due is not None and task.due <= world.now}
    return _names(value, late, "overdue")


def _incidents(scene: Scene, value: Any) -> Difference | None:
    """What stands on the administrators' list, of the case and of the round."""
    subjects = (scene.case, scene.round)
    found = {name for s in subjects if s for i in s.incidents for name in (i.code, i.trigger) if name}
    return _names(value, found, "incidents")


def _told(scene: Scene, value: Any) -> Difference | None:
    return _names(value, told_names(scene.world, scene.naming), "told")


def _not_told(scene: Scene, value: Any) -> Difference | None:
    found = told_names(scene.world, scene.naming)
    told = [name for name in _list(value) if _known(scene.naming, name) in found]
    return (_pair("not_told", told), _pair("told", sorted(found))) if told else None


def told_names(world: World, naming: Naming) -> set[str]:
    """The persons told, those who hold a post among them, and who stands in for them."""
    context = world.context(naming.service)
    asked = Asking(definition=world.definition, context=context, unit=0)
    persons = everyone(world.happened.told, asked)
    stand_ins = [
        other
        for person in persons
        if isinstance(person, int)
        for other in world.directory.standing_in_for(person, world.definition.key, world.now)
    ]
    return {naming.name(person) for person in (*persons, *stand_ins)}


def _known(naming: Naming, name: Any) -> str:
    """A name that the cast knows, or that stands in a case: of another it would be true that he is not told."""
    if name != PUBLIC and str(name) not in naming.numbers and naming.link(str(name)) is None:
        raise nobody_called(name)
    return str(name)


def _effects(what: str, *kinds: str) -> Looker:
    def looker(scene: Scene, value: Any) -> Difference | None:
        done = [effect for effect in scene.world.happened.effects if effect.kind in kinds]
        found = {name for effect in done for name in _effect_names(effect.arguments, scene.naming)}
        return _names(list(_wanted_effects(value)), found, what)

    return looker


def _effect_names(arguments: Mapping[str, Any], naming: Naming) -> Iterator[str]:
    """By which names an effect is known: its words, and the persons it is for."""
    for key, value in arguments.items():
        if key in ("to", "from"):
            yield from (naming.name(person) for person in value)
        elif key == "fields":
            yield from value
        elif isinstance(value, str) or (key == "amount" and value is not None):
            yield str(value)


def _wanted_effects(value: Any) -> Iterator[str]:
    """Names, in a list or with what they are: `[张伟, model_worker]`, `{to: 张伟, honour: model_worker}`."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in _ARGUMENTS:
                yield str(key)
            yield from _wanted_effects(one)
    elif isinstance(value, list):
        for one in value:
            yield from _wanted_effects(one)
    elif value is not None:
        yield str(value)


_ARGUMENTS = frozenset(
    key for kind in ("grant", "revoke", "standing", "benefit", "start", "open", "document") for key in KEYS[kind]
)


def _names(value: Any, found: set[str], what: str) -> Difference | None:
    """Names listed must be there; an empty list means none."""
    wanted = _list(value)
    if not wanted:
        return (_pair(what, []), _pair(what, sorted(found))) if found else None
    missing = [name for name in wanted if name not in found]
    return (_pair(what, missing), _pair(what, sorted(found))) if missing else None


def _list(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(found, datetime):
        return _is_moment(found, wanted)
    if isinstance(wanted, bool) or isinstance(found, bool) or found is None or wanted is None:
        empty = found in (None, [], {}, "") and wanted in (None, [], {}, "")
        return found is wanted or found == wanted or empty
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(_same(found.get(str(key)), value) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(_same(a, b) for a, b in zip(found, wanted, strict=True))
    try:
        return round(Decimal(str(found)), 6) == round(Decimal(str(wanted)), 6)
    except InvalidOperation:
        return str(found) == str(wanted)


def _is_moment(found: datetime | None, wanted: Any) -> bool:
    """A date means its 24:00; a moment is compared to the minute."""
    if found is None or wanted in (None, []):
        return found is None and wanted in (None, [])
    text = str(wanted).strip()
    if len(text) <= len("2026-03-01"):
        return is_end_of_day(found) and day_of(found).isoformat() == text
    return _moment_text(found) == text or f"{local(found):%Y-%m-%d %H:%M}" == text


def _pair(key: str, value: Any) -> str:
    """As it would stand in the file."""
    if isinstance(value, datetime):
        value = _moment_text(value)
    elif isinstance(value, Decimal):
        value = float(value)
    return f"{key}: {value if isinstance(value, str) else written(value)}"


def _moment_text(found: datetime) -> str:
    return f"{day_of(found).isoformat()} 24:00" if is_end_of_day(found) else f"{local(found):%Y-%m-%d %H:%M}"


LOOKERS: dict[str, Looker] = {
    "state": _state,
    "tasks": _tasks,
    "due": _due,
    "data": _data,
    "figures": _figures,
    "round": _round,
    "overdue": _overdue,
    "incidents": _incidents,
    "told": _told,
    "not_told": _not_told,
    "granted": _effects("granted", "grant"),
    "revoked": _effects("revoked", "revoke"),
    "suspended": _effects("suspended", "suspend"),
    "restored": _effects("restored", "restore"),
    "benefit": _effects("benefit", "benefit"),
    "started": _effects("started", "start", "call", "open"),
    "documents": _effects("documents", "document"),
    "indicators": _effects("indicators", "indicators"),
}
