"""Names of a story as the numbers of its world, and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.definition.model import Field, Fields
from workflow.engine.context import Actor
from workflow.engine.stories.world import World
from workflow.engine.subject import Case, Holder
from workflow.engine.who import STARTER_LINK

_SERVICE = Actor(service="story")


@dataclass(slots=True)
class Naming:
    world: World
    numbers: Mapping[str, int]
    cases: dict[str, str] = field(default_factory=dict)

    @property
    def service(self) -> Actor:
        return _SERVICE

    def actor(self, name: Any) -> Actor:
        """Whoever acts: a person of the cast, the public, or the service where nobody is named."""
        if name is None:
            return _SERVICE
        if name == "public":
            return Actor(public=True, link=STARTER_LINK)
        return Actor(person=self.person(name))

    def person(self, name: Any) -> int:
        if str(name) not in self.numbers:
            raise KeyError(f"no one is called {name}")
        return self.numbers[str(name)]

    def name(self, holder: Holder) -> str:
        """A person's name; one with a link by that of the case's person concerned."""
        if isinstance(holder, int):
            return self.world.directory.name_of(holder)
        return holder

    def lot(self, name: str) -> object:
        return self.cases.get(name) or self.numbers.get(name, name)

    def call(self, case: Case, *names: str | None) -> None:
        """Name a case: by what the story says, by starter, unit and person concerned; a second of a name is `NAME 2`."""
        for name in dict.fromkeys(name for name in names if name):
            number = 1
            while (key := name if number == 1 else f"{name} {number}") in self.cases and self.cases[key] != case.id:
                number += 1
            self.cases[key] = case.id

    def case(self, name: Any) -> str:
        """The case that is meant; without a name the first."""
        if name is not None:
            if str(name) not in self.cases:
                raise KeyError(f"no case is called {name}")
            return self.cases[str(name)]
        if not self.world.cases:
            raise KeyError("there is no case yet")
        return next(iter(self.world.cases))

    def values(self, fields: Fields, values: Mapping[str, Any]) -> dict[str, Any]:
        """Form data with people and organisations by number, and long texts written out."""
        return {name: self._value(fields.get(name), value) for name, value in values.items()}

    def _value(self, field: Field | None, value: Any) -> Any:
        if isinstance(value, dict) and set(value) == {"repeat", "times"}:
            return str(value["repeat"]) * int(value["times"])
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
        return value
