"""What a story expects, compared with what is found."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from workflow.calendar import day_of, is_end_of_day, local
from workflow.definition.form import shown
from workflow.engine.stories.naming import Naming
from workflow.engine.stories.world import ROUND, World
from workflow.engine.subject import Case, Entry, Holder, Task
from workflow.engine.values import CaseValues, round_figure
from workflow.engine.who import Asking, everyone

Difference = tuple[str, str]
Looker = Callable[[World, Naming, Case | None, Any], Difference | None]


def look(world: World, naming: Naming, expected: Mapping[str, Any], case_name: Any) -> Difference | None:
    """The first thing that is not as expected: what was expected, and what was found."""
    named = expected.get("case", case_name)
    case = world.cases[naming.case(named)] if world.cases else None
    for key, value in expected.items():
        if key == "case":
            continue
        looker = _LOOKERS.get(key)
        if looker is None:
            return f"one of {', '.join(_LOOKERS)}", key
        difference = looker(world, naming, case, value)
        if difference is not None:
            return difference
    return None


def _state(_: World, __: Naming, case: Case | None, value: Any) -> Difference | None:
    found = case.state if case else "no case"
    if found == value:
        return None
    tasks = ", ".join(f"{task.name}" for task in case.entry.tasks) if case and case.entry else ""
    incidents = ", ".join(incident.zh for incident in case.incidents) if case else ""
    return (
        f"state {value}",
        f"state {found}; open tasks: {tasks or 'none'}{'; incident: ' + incidents if incidents else ''}",
    )


def _tasks(world: World, naming: Naming, _: Case | None, value: Any) -> Difference | None:
    held = _held(world, naming)
    if not value:
        return None if not held else ("no task", str(held))
    for person, state in value.items():
        found = held.get(str(person), [])
        wanted = state if isinstance(state, list) else [state] if state else []
        if (not wanted and found) or any(one not in found for one in wanted):
            return f"{person}: {state}", f"{person}: {', '.join(found) or 'no task'}"
    return None


def _held(world: World, naming: Naming) -> dict[str, list[str]]:
    """Who holds a task of which state."""
    held: dict[str, list[str]] = {}
    entries = [(case.id, case.state, case.entry) for case in world.cases.values() if case.entry]
    entries += [(ROUND, sitting.state, sitting.entry) for sitting in (world.round.sittings if world.round else ())]
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
        if world.may(other, subject, task)
    ]
    voted = world.voted(subject, entry) if task.kind == "ballot" else ()
    return tuple(person for person in dict.fromkeys((*persons, *stand_ins)) if person not in voted)


def _due(world: World, _: Naming, case: Case | None, value: Any) -> Difference | None:
    """The earliest deadline that is open, of the case or of a sitting."""
    tasks = list(case.entry.tasks) if case and case.entry else []
    tasks += [task for sitting in (world.round.sittings if world.round else ()) for task in sitting.entry.tasks]
    dues = [task.due for task in tasks if task.due is not None]
    if case and case.entry and not dues:
        dues += [timer.at for timer in case.entry.timers if timer.kind in ("until", "notice_end")]
    found = min(dues, default=None)
    if _is_moment(found, value):
        return None
    return f"due {value}", f"due {_moment_text(found)}"


def _data(_: World, naming: Naming, case: Case | None, value: Any) -> Difference | None:
    for name, wanted in dict(value or {}).items():
        field = naming.world.definition.fields.get(name)
        if field is None or case is None:
            return f"{name}: {wanted}", "no such field"
        kept = case.data.get(name, field.constant)
        found = naming.shown_value(field, shown(field, kept))
        if not _same(found, wanted):
            return f"{name}: {wanted}", f"{name}: {found}"
    return None


def _figures(world: World, naming: Naming, case: Case | None, value: Any) -> Difference | None:
    for name, wanted in dict(value or {}).items():
        found = _figure(world, naming, case, str(name))
        if not _same(found, wanted):
            return f"{name}: {wanted}", f"{name}: {found}"
    return None


def _figure(world: World, naming: Naming, case: Case | None, name: str) -> Any:
    if case is None:
        return None
    root, *members = name.split(".")
    if root == "round" and members:
        return _of_round(world, naming, members[0])
    found = CaseValues(world.definition, case, world.context(naming.service))(root, frozenset(members[:1]))
    for member in members:
        found = found.get(member) if isinstance(found, Mapping) else None
    return found


def _round(world: World, naming: Naming, _: Case | None, value: Any) -> Difference | None:
    for name, wanted in dict(value or {}).items():
        found = _of_round(world, naming, str(name))
        if not _same(found, wanted):
            return f"round.{name}: {wanted}", f"round.{name}: {found}"
    return None


def _of_round(world: World, naming: Naming, name: str) -> Any:
    rules, round_ = world.definition.round, world.round
    if rules is None or round_ is None:
        return None
    if name in rules.figures:
        return round_figure(world.definition, rules.figures[name], world.context(naming.service))
    if name == "state":
        return "over" if round_.over_at else "closed" if round_.closed_at else "open"
    if name == "cases":
        return len(world.cases)
    field = rules.fields.get(name)
    return None if field is None else naming.shown_value(field, shown(field, round_.data.get(name, field.constant)))


def _overdue(world: World, _: Naming, __: Case | None, value: Any) -> Difference | None:
    """States in which a task is past its deadline."""
    entries = [case.entry for case in world.cases.values() if case.entry]
    entries += [sitting.entry for sitting in (world.round.sittings if world.round else ())]
    late = {entry.state for entry in entries for task in entry.tasks if task.due is not None and task.due < world.now}
    late |= {entry.state for entry in entries for task in entry.tasks if task.due is not None and task.due == world.now}
    return _names(value, late, "overdue")


def _told(world: World, naming: Naming, _: Case | None, value: Any) -> Difference | None:
    return _names(value, _told_names(world, naming), "told")


def _not_told(world: World, naming: Naming, _: Case | None, value: Any) -> Difference | None:
    found = _told_names(world, naming)
    told = [name for name in _list(value) if name in found]
    return (f"not told {', '.join(told)}", f"told {', '.join(sorted(found))}") if told else None


def _told_names(world: World, naming: Naming) -> set[str]:
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


def _effects(*kinds: str) -> Looker:
    def looker(world: World, naming: Naming, _: Case | None, value: Any) -> Difference | None:
        done = [effect for effect in world.happened.effects if effect.kind in kinds]
        found = {str(name) for effect in done for name in _effect_names(effect.arguments, naming)}
        return _names(list(value.values()) + list(value) if isinstance(value, dict) else value, found, kinds[0])

    return looker


def _effect_names(arguments: Mapping[str, Any], naming: Naming) -> list[str]:
    """By which names an effect is known: honour, kind, definition, template, and the persons it is for."""
    found = [arguments.get(key) for key in ("honour", "benefit", "kind", "definition", "template", "name", "round")]
    for key in ("to", "from"):
        found += [naming.name(person) for person in arguments.get(key) or () if isinstance(person, int | str)]
    if isinstance(arguments.get("fields"), dict):
        found += list(arguments["fields"])
    return [str(name) for name in found if name]


def _names(value: Any, found: set[str], what: str) -> Difference | None:
    """Names listed must be there; an empty list means none."""
    wanted = _list(value)
    if not wanted:
        return None if not found else (f"{what}: nobody, nothing", f"{what}: {', '.join(sorted(found))}")
    missing = [name for name in wanted if name not in found]
    return (f"{what}: {', '.join(missing)}", f"{what}: {', '.join(sorted(found)) or '–'}") if missing else None


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


def _moment_text(found: datetime | None) -> str:
    if found is None:
        return "none"
    return f"{day_of(found).isoformat()} 24:00" if is_end_of_day(found) else f"{local(found):%Y-%m-%d %H:%M}"


_LOOKERS: dict[str, Looker] = {
    "state": _state,
    "tasks": _tasks,
    "due": _due,
    "data": _data,
    "figures": _figures,
    "round": _round,
    "overdue": _overdue,
    "told": _told,
    "not_told": _not_told,
    "granted": _effects("grant"),
    "revoked": _effects("revoke"),
    "suspended": _effects("suspend"),
    "restored": _effects("restore"),
    "benefit": _effects("benefit"),
    "started": _effects("start", "call", "open"),
    "documents": _effects("document"),
    "indicators": _effects("indicators"),
}
