"""Names of a story as the numbers of its world, and back."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from workflow.definition.form import is_empty
from workflow.definition.model import Field, Fields, InField
from workflow.engine.context import Actor, SeededLot
from workflow.engine.names import names_by_link
from workflow.engine.stories.world import World
from workflow.engine.stories.wrong import StoryWrong, nobody_called
from workflow.engine.subject import Case, Holder
from workflow.engine.who import STARTER_LINK
from workflow.text import sentence

T = TypeVar("T")

_SERVICE = Actor(service="story")
_LONGEST_TEXT = 100_000
_SECOND = re.compile(r"(.+) (\d+)")


@dataclass(slots=True)
class Naming:
    world: World
    numbers: Mapping[str, int]
    named: dict[str, list[str]] = field(default_factory=dict)  #: what the story itself calls its cases
    said_empty: set[tuple[str, str]] = field(default_factory=set)  #: fields that a step leaves empty on purpose

    @property
    def service(self) -> Actor:
        return _SERVICE

    def actor(self, name: Any) -> Actor:
        """Whoever acts: a person of the cast, the public, or the service where nobody is named."""
        if name is None:
            return _SERVICE
        if name == "public":
            return Actor(public=True, link=STARTER_LINK)
        link = self.link(str(name)) if str(name) not in self.numbers else None
        return Actor(person=self.person(name)) if link is None else Actor(link=link)

    def link(self, name: str) -> Holder | None:
        """The link of somebody whom a case names and who has no account."""
        named = (names_by_link(self.world.definition, case) for case in self.world.cases.values())
        return next((link for links in named for link, known in links.items() if known == name), None)

    def person(self, name: Any) -> int:
        return self._number(name, self.world.directory.persons, nobody_called(name))

    def unit(self, name: Any) -> int:
        nowhere = StoryWrong(sentence("no unit is called {name}", name=str(name)))
        return self._number(name, self.world.directory.organisations, nowhere)

    def _number(self, name: Any, among: Mapping[int, object], otherwise: StoryWrong) -> int:
        number = self.numbers.get(str(name))
        if number is None or number not in among:
            raise otherwise
        return number

    def name(self, holder: Holder) -> str:
        """A person's name; one with a link is known by that."""
        if isinstance(holder, int):
            return self.world.directory.name_of(holder)
        return holder

    def call(self, case: Case, name: str | None) -> None:
        """Name a case as the story does."""
        if name:
            self.named.setdefault(name, []).append(case.id)

    def say_empty(self, place: str, given: Mapping[str, Any]) -> None:
        """What a step says otherwise than the story's `data`."""
        self.said_empty |= {(place, name) for name, value in given.items() if is_empty(value)}

    def is_said_empty(self, place: str, name: str) -> bool:
        return (place, name) in self.said_empty

    def case(self, name: Any) -> str:
        """The case that is meant; without a name the first."""
        if name is None:
            if not self.world.cases:
                raise StoryWrong(sentence("there is no case yet"))
            return next(iter(self.world.cases))
        found = self.find(str(name))
        if found is None:
            raise StoryWrong(sentence("no case is called {name}", name=str(name)))
        return found

    def find(self, name: str) -> str | None:
        """The first case of a name; of `NAME 2` the second so named."""
        called = self._called(name)
        if called:
            return called[0]
        second = _SECOND.fullmatch(name)
        called = self._called(second[1]) if second else []
        number = int(second[2]) if second else 0
        return called[number - 1] if 0 < number <= len(called) else None

    def _called(self, name: str) -> list[str]:
        """What the story calls so, then those whose starter, unit or person concerned has the name."""
        own = self.named.get(name, [])
        return [*own, *(case.id for case in self.world.cases.values() if case.id not in own and name in self._of(case))]

    def _of(self, case: Case) -> Iterator[str]:
        directory = self.world.directory
        yield directory.name_of(case.unit)
        for who in (case.starter, case.concerned):
            if isinstance(who, int) and who in directory.posts:
                yield from (directory.name_of(person) for person in directory.holders(who, self.world.now))
            elif isinstance(who, int):
                yield directory.name_of(who)
        people = self.world.definition.people.get(self.world.definition.concerns or "")
        for entry in people.entries if people else ():
            if isinstance(entry.spec, InField) and isinstance(named := case.data.get(entry.spec.field), str):
                yield named

    def values(self, fields: Fields, values: Mapping[str, Any]) -> dict[str, Any]:
        """Form data with people and organisations by number, and long texts written out."""
        return {name: self._value(fields.get(name), value) for name, value in values.items()}

    def _value(self, field: Field | None, value: Any) -> Any:
        value = written_out(value)
        if field is None:
            return value
        match field.type:
            case "person" | "organisation":
                return self.numbers.get(str(value), value)
            case "persons" if isinstance(value, list):
                return [self.numbers.get(str(one), one) for one in value]
            case "table" if isinstance(value, list):
                return [
                    {name: self._value(field.columns.get(name), cell) for name, cell in row.items()}
                    if isinstance(row, dict)
                    else row
                    for row in value
                ]
            case "mobile" | "id_number" | "text" | "long_text" | "date" if isinstance(
                value, int | float
            ) and not isinstance(value, bool):
                return str(value)
        return value

    def shown_value(self, field: Field | None, value: Any) -> Any:
        """A shown value with names where it has numbers."""
        if field is not None and field.type in ("person", "organisation") and isinstance(value, int):
            return self.world.directory.name_of(value)
        if field is not None and field.type == "persons" and isinstance(value, list):
            return [self.world.directory.name_of(one) for one in value]
        if field is not None and field.type == "table" and isinstance(value, list):
            columns = field.columns
            return [{name: self.shown_value(columns.get(name), cell) for name, cell in row.items()} for row in value]
        return value


def written_out(value: Any) -> Any:
    """A long text is said as `{repeat: TEXT, times: N}`, in lists and rows too."""
    if isinstance(value, list):
        return [written_out(one) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"repeat", "times"}:
        text, times = str(value["repeat"]), value["times"]
        if not isinstance(times, int) or not 0 <= times * len(text) <= _LONGEST_TEXT:
            raise StoryWrong(sentence("“{text}” is not repeated {times} times", text=text[:40], times=str(times)))
        return text * times
    return {name: written_out(one) for name, one in value.items()}


@dataclass(frozen=True, slots=True)
class StoryLot:
    """The order that a story gives, persons and cases by name, whatever is drawn; the others by a fixed seed."""

    names: tuple[str, ...]
    naming: Naming
    seed: str = "story"

    def order(self, items: Sequence[T], purpose: str) -> list[T]:
        listed = dict.fromkeys(item for name in self.names for item in items if self._means(name, item))
        return [*listed, *(item for item in SeededLot(self.seed).order(items, purpose) if item not in listed)]

    def _means(self, name: str, item: object) -> bool:
        return item == self.naming.numbers.get(name, name) or item == self.naming.find(name)
