"""A little world for a story: people with posts in units, as the names of a definition ask for them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from workflow.definition.model import (
    PUBLIC,
    STARTER,
    UP,
    Decided,
    Definition,
    Entry,
    InField,
    Members,
    Named,
    RoleAt,
)
from workflow.definition.proving.activities import deciders
from workflow.definition.proving.exploration import Casting
from workflow.definition.proving.filling import MOBILE, PERSON
from workflow.definition.proving.reading import CONCERNED

_NAMES = (
    "王芳",
    "李强",
    "赵敏",
    "钱进",
    "孙丽",
    "周杰",
    "吴娟",
    "郑浩",
    "冯雪",
    "陈刚",
    "褚卫",
    "蒋琳",
    "沈涛",
    "韩梅",
)
#: The usual levels from the top: a unit that stands for each, and the level above. Other words are kinds of departments.
_LEVELS = {
    "province": ("滨江省", "province"),
    "city": ("临江市", "province"),
    "county": ("临江县", "city"),
    "district": ("示范区", "city"),
    "park": ("工业园", "district"),
    "street": ("滨河街道", "district"),
    "township": ("城东镇", "district"),
    "village": ("新河村", "township"),
    "community": ("和平社区", "street"),
    "enterprise": ("金彭车业", "township"),
}


@dataclass(slots=True)
class Cast:
    """Found by the names of people; whoever is asked for the first time is added with a post."""

    definition: Definition
    casting: Casting
    people: dict[str, dict[str, object]] = field(default_factory=dict)  #: person → role or attribute → unit or value
    decided: dict[str, str] = field(default_factory=dict)  #: state → person
    _levels: set[str] = field(default_factory=set)
    _kinds: set[str] = field(default_factory=set)
    _known: dict[tuple[str, int], str] = field(default_factory=dict)

    def one(self, group: str) -> str:
        return self.some(group, 1)[0]

    def some(self, group: str, count: int) -> list[str]:
        """So many different people of a name; of the starter, the public and the person concerned there is one."""
        if group == PUBLIC:
            return [PUBLIC]
        single = group in (STARTER, CONCERNED, self.definition.concerns)
        return list(dict.fromkeys(self._person(group, number) for number in range(1 if single else count)))

    def unit(self) -> str:
        """The unit of a case that nobody starts."""
        cases = self.definition.round.cases if self.definition.round else None
        return self._unit(cases.name if cases is not None and cases.kind == "unit" else "enterprise")

    def units(self) -> dict[str, dict[str, str]]:
        if self.definition.round is not None:
            self._unit(self.definition.round.at)
        levels = [level for level in _LEVELS if level in self._levels]
        found: dict[str, dict[str, str]] = {}
        for level in levels:
            above = self._unit_above(level)
            found[_LEVELS[level][0]] = {"level": level} | ({"in": above} if above else {})
        top = {"in": _LEVELS[levels[0]][0]} if levels else {}
        for kind in sorted(self._kinds):
            found[kind] = {"level": "department", "kind": kind} | top
        return found

    def _unit_above(self, level: str) -> str | None:
        above = _LEVELS[level][1]
        while above not in self._levels and above != _LEVELS[above][1]:
            above = _LEVELS[above][1]
        return _LEVELS[above][0] if above in self._levels and above != level else None

    def _person(self, group: str, number: int) -> str:
        if (group, number) not in self._known:
            self._known[group, number] = self._new_person(group, number)
        return self._known[group, number]

    def _new_person(self, group: str, number: int) -> str:
        entry = self._entry(group)
        if entry is not None and isinstance(entry.spec, Decided) and entry.spec.state in self.decided:
            return self.decided[entry.spec.state]
        person = self._shared(group, number) or self._free_name(group, entry)
        posts = self.people.setdefault(person, {})
        for role, unit in self._posts(entry, above=group == UP):
            posts[role] = unit if posts.get(role, unit) == unit else [posts[role], unit]
        if self.casting.stands_in is not None and group == self.casting.stands_in[0]:
            posts["stands_in"] = {"for": self.one(self.casting.stands_in[1])}
        return person

    def _shared(self, group: str, number: int) -> str | None:
        """The person who already stands under another of the names that are one person."""
        names = self.casting.one_person
        if number or group not in names:
            return None
        return next((self._known[name, 0] for name in names if (name, 0) in self._known), None)

    def _free_name(self, group: str, entry: Entry | None) -> str:
        concerned = group in (CONCERNED, self.definition.concerns) or (entry and isinstance(entry.spec, InField))
        if concerned and PERSON not in self.people:
            return PERSON
        numbered = (f"{name}{turn}" for turn in range(2, len(self.people) + 2) for name in _NAMES)
        return next(name for name in (*_NAMES, *numbered) if name not in self.people)

    def _entry(self, group: str) -> Entry | None:
        """The first entry of a name, followed through the names in it; of `up`, that of those from whom it is taken."""
        if group == UP:
            states = [name for name, acting in self.casting.acting.items() if acting == UP]
            return self._entry(deciders(self.definition.states[states[0]])[0]) if states else None
        people = self.definition.people.get(group)
        if people is not None:
            entries = people.entries
        elif group == STARTER or self.definition.concerns in (None, STARTER):
            entries = self.definition.start or opened_with_the_round(self.definition)
        else:
            entries = ()
        entry = next(iter(entries), None)
        if entry is not None and isinstance(entry.spec, Named) and entry.spec.name in self.definition.people:
            return self._entry(entry.spec.name)
        return entry

    def _posts(self, entry: Entry | None, *, above: bool) -> Iterator[tuple[str, str]]:
        match entry:
            case Entry(spec=RoleAt(role=role, at=at)):
                yield role, self._unit(at, above=above)
            case Entry(spec=Members()):
                yield "works_at", self._unit("enterprise")
            case Entry(spec=InField(link="mobile")):
                yield "mobile", MOBILE

    def _unit(self, at: str, *, above: bool = False) -> str:
        if at not in _LEVELS:
            self._kinds.add(at)
            return at
        level = _LEVELS[at][1] if above else at
        self._levels |= {at, level}
        return _LEVELS[level][0]


def opened_with_the_round(definition: Definition) -> tuple[Entry, ...]:
    """Whose cases open with the round, each started by him."""
    cases = definition.round.cases if definition.round else None
    if cases is None or cases.kind != "role":
        return ()
    return (Entry(spec=RoleAt(cases.name, cases.at or "")),)
