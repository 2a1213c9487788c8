"""The little world of a story: its units and cast as a directory, its dates as instants."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workflow.calendar import ZONE, end_of
from workflow.engine.directory import Directory, Holding, Organisation, Person, Post, StandIn

_OWN_KEYS = frozenset({"works_at", "mobile", "email", "stands_in", "born_on", "language"})


def build_directory(units: Mapping[str, Any], cast: Mapping[str, Any]) -> tuple[Directory, dict[str, int]]:
    """Units and cast as a directory, and the number of each name."""
    names = {name: number for number, name in enumerate((*units, *cast), 1)}
    organisations = {names[name]: _organisation(name, dict(keys or {}), names) for name, keys in units.items()}
    persons = {names[name]: _person(name, dict(keys or {}), names, units) for name, keys in cast.items()}
    posts: dict[int, Post] = {}
    holdings: list[Holding] = []
    stand_ins: list[StandIn] = []
    by_name: dict[tuple[str, int], int] = {}
    for name, keys in cast.items():
        for key, value in dict(keys or {}).items():
            if key == "stands_in":
                stand_ins += [
                    _stand_in(names[name], one, names) for one in (value if isinstance(value, list) else [value])
                ]
                continue
            for unit in value if isinstance(value, list) else [value]:
                if key not in _OWN_KEYS and isinstance(unit, str) and unit in units:
                    post = by_name.setdefault((key, names[unit]), 100_000 + len(by_name))
                    posts[post] = Post(id=post, role=key, organisation=names[unit])
                    holdings.append(Holding(person=names[name], post=post))
    return Directory(organisations, persons, posts, tuple(holdings), tuple(stand_ins)), names


def _organisation(name: str, keys: dict[str, Any], names: Mapping[str, int]) -> Organisation:
    parent = keys.pop("in", None)
    level, kind = str(keys.pop("level", "")), keys.pop("kind", None)
    return Organisation(id=names[name], name=name, level=level, kind=kind, parent=names.get(str(parent)), columns=keys)


def _person(name: str, keys: dict[str, Any], names: Mapping[str, int], units: Mapping[str, Any]) -> Person:
    born = keys.get("born_on")
    columns = {key: value for key, value in keys.items() if key not in _OWN_KEYS and not _is_unit(value, units)}
    return Person(
        id=names[name],
        name=name,
        login=name,
        mobile=str(keys["mobile"]) if "mobile" in keys else None,
        email=str(keys["email"]) if "email" in keys else None,
        employer=names.get(str(keys.get("works_at"))),
        born_on=date.fromisoformat(str(born)) if born else None,
        columns=columns,
    )


def _is_unit(value: Any, units: Mapping[str, Any]) -> bool:
    return all(str(one) in units for one in (value if isinstance(value, list) else [value]))


def _stand_in(person: int, keys: Mapping[str, Any], names: Mapping[str, int]) -> StandIn:
    ends = keys.get("to")
    return StandIn(
        person=person,
        absent=names.get(str(keys.get("for")), 0),
        begins=moment(str(keys.get("from", "2000-01-01"))),
        ends=moment(str(ends), end=True) if ends else None,
        definition=keys.get("definition"),
    )


def moment(text: str, *, end: bool = False) -> datetime:
    """A date or a moment of a story; a date is its beginning, or its 24:00."""
    if len(text.strip()) <= len("2026-03-01"):
        day = date.fromisoformat(text.strip())
        return end_of(day) if end else datetime.combine(day, datetime.min.time(), ZONE)
    if text.strip().endswith("24:00"):
        return end_of(date.fromisoformat(text.split(maxsplit=1)[0]))
    return datetime.fromisoformat(text.strip()).replace(tzinfo=ZONE)
