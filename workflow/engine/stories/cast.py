"""The little world of a story: its units and cast as a directory, its dates as instants."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from workflow.calendar import FIRST_DAY, LAST_DAY, ZONE, end_of, is_reckoned_with
from workflow.definition.model import Definition, RoleAt
from workflow.engine.directory import Directory, Holding, Organisation, Person, Post, StandIn
from workflow.engine.permit import ADMINISTRATOR
from workflow.engine.stories.vocabulary import PERSON
from workflow.engine.stories.wrong import StoryWrong, nobody_called
from workflow.text import sentence

_OWN_KEYS = frozenset({*PERSON, "stands_in"})
_FIRST_POST = 100_000


def build_directory(
    units: Mapping[str, Any], cast: Mapping[str, Any], roles: frozenset[str] = frozenset()
) -> tuple[Directory, dict[str, int]]:
    """Units and cast as a directory, and the number of each name. `roles` are held at units and nowhere else."""
    names = {name: number for number, name in enumerate((*units, *cast), 1)}
    for name in units.keys() & cast.keys():
        raise StoryWrong(sentence("“{name}” is a unit and a person at once", name=name))
    of_units = {name: names[name] for name in units}
    organisations = {names[name]: _organisation(name, dict(keys or {}), of_units) for name, keys in units.items()}
    persons = {names[name]: _person(name, names[name], dict(keys or {}), of_units) for name, keys in cast.items()}
    posts: dict[int, Post] = {}
    holdings: list[Holding] = []
    stand_ins: list[StandIn] = []
    by_name: dict[tuple[str, int], int] = {}
    for name, keys in cast.items():
        said = dict(keys or {})
        stand_ins += [_stand_in(names[name], one, names) for one in _several(said.get("stands_in"))]
        for role, unit in _held(said, units, roles):
            post = by_name.setdefault((role, names[unit]), _FIRST_POST + len(by_name))
            posts[post] = Post(id=post, role=role, organisation=names[unit])
            holdings.append(Holding(person=names[name], post=post))
    for circle in (place for place in organisations.values() if _is_in_itself(place, organisations)):
        raise StoryWrong(sentence("“{name}” lies within itself", name=circle.name))
    return Directory(organisations, persons, posts, tuple(holdings), tuple(stand_ins)), names


def roles_of(definition: Definition) -> frozenset[str]:
    """The roles that a definition speaks of."""
    entries = [*definition.start, *(entry for people in definition.people.values() for entry in people.entries)]
    return frozenset({ADMINISTRATOR, *(entry.spec.role for entry in entries if isinstance(entry.spec, RoleAt))})


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _held(keys: Mapping[str, Any], units: Mapping[str, Any], roles: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The roles of a person, each with its unit; other words are columns of the register."""
    for key, value in keys.items():
        for unit in _several(value) if key not in _OWN_KEYS else ():
            if str(unit) in units:
                yield key, str(unit)
            elif key in roles:
                raise StoryWrong(sentence("no unit is called {name}", name=str(unit)))


def _is_in_itself(place: Organisation, organisations: Mapping[int, Organisation]) -> bool:
    seen: set[int] = set()
    parent = place.parent
    while parent is not None and parent not in seen:
        seen.add(parent)
        parent = organisations[parent].parent
    return place.id in seen


def _organisation(name: str, keys: dict[str, Any], units: Mapping[str, int]) -> Organisation:
    parent, level, kind = keys.pop("in", None), str(keys.pop("level", "")), keys.pop("kind", None)
    return Organisation(
        id=units[name],
        name=name,
        level=level,
        kind=None if kind is None else str(kind),
        parent=None if parent is None else _unit_number(parent, units),
        columns=keys,
    )


def _unit_number(name: Any, units: Mapping[str, int]) -> int:
    if str(name) not in units:
        raise StoryWrong(sentence("no unit is called {name}", name=str(name)))
    return units[str(name)]


def _person(name: str, number: int, keys: dict[str, Any], units: Mapping[str, int]) -> Person:
    born = keys.get("born_on")
    columns = {key: value for key, value in keys.items() if key not in _OWN_KEYS and not _is_unit(value, units)}
    return Person(
        id=number,
        name=name,
        login=name,
        mobile=str(keys["mobile"]) if "mobile" in keys else None,
        email=str(keys["email"]) if "email" in keys else None,
        employer=_unit_number(keys["works_at"], units) if "works_at" in keys else None,
        born_on=_day(str(born)) if born else None,
        columns=columns,
    )


def _is_unit(value: Any, units: Mapping[str, Any]) -> bool:
    return all(str(one) in units for one in (value if isinstance(value, list) else [value]))


def _stand_in(person: int, keys: Mapping[str, Any], names: Mapping[str, int]) -> StandIn:
    ends, absent = keys.get("to"), str(keys["for"])
    if absent not in names:
        raise nobody_called(absent)
    return StandIn(
        person=person,
        absent=names[absent],
        begins=moment(str(keys.get("from", "2000-01-01"))),
        ends=moment(str(ends), end=True) if ends else None,
        definition=keys.get("definition"),
    )


def moment(text: str, *, end: bool = False) -> datetime:
    """A date or a moment of a story; a date is its beginning, or its 24:00. Raises StoryWrong."""
    words = text.replace("T", " ").split()
    day, clock = _day(words[0] if words else ""), words[1] if len(words) > 1 else None
    if clock == "24:00" or (clock is None and end):
        return end_of(day)
    try:
        time_of_day = time() if clock is None else time.fromisoformat(clock)
    except ValueError as wrong:
        raise _no_moment(text) from wrong
    if len(words) > 2 or time_of_day.tzinfo is not None:  # noqa: PLR2004 -- a date and a time of the clock
        raise _no_moment(text)
    return datetime.combine(day, time_of_day, ZONE)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise _no_moment(text) from wrong
    if not is_reckoned_with(day):
        first, last = FIRST_DAY.isoformat(), LAST_DAY.isoformat()
        raise StoryWrong(sentence("{day} is not between {first} and {last}", day=text, first=first, last=last))
    return day


def _no_moment(text: str) -> StoryWrong:
    return StoryWrong(sentence("“{text}” is no moment; it would read like 2026-03-09 14:00", text=text))
