"""People and organisations by what one types: a name alone where it is the only one, else with where it belongs. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from workflow.cases.words import words_of
from workflow.definition.model import Field
from workflow.engine.directory import Directory, Principal
from workflow.text import Sentence, sentence

SOMEBODY = ("person", "persons", "organisation")
_MOST = 12
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Naming:
    directory: Directory
    now: datetime

    def label(self, principal: Principal) -> str:
        """A name that is typed back as it is shown: 王芳（金彭车业）."""
        place = self._place(principal)
        name = self.directory.name_of(principal)
        return f"{name}（{place}）" if place else name

    def found(self, kind: str, typed: str) -> tuple[Principal, ...]:
        """Whom a text means: by the label, else by the name alone."""
        text = typed.strip()
        exact = tuple(one for one in self._all(kind) if self.label(one) == text)
        return exact or tuple(one for one in self._all(kind) if self.directory.name_of(one) == text)

    def suggested(self, kind: str, typed: str) -> tuple[str, ...]:
        """Labels in which the text stands, or that are read so: wangf for 王芳."""
        text = typed.strip().casefold()[:_LONGEST]
        if not text:
            return ()
        close = (one for one in self._all(kind) if self._is_like(self.directory.name_of(one), text))
        return tuple(self.label(one) for one in islice(close, _MOST))

    def taken(self, one: Field, value: Any) -> Any:
        """What was typed for somebody, as the id of the one that is meant; else as it was typed."""
        if one.type == "table" and isinstance(value, list):
            return [{name: self.taken(one.columns[name], cell) for name, cell in row.items()} for row in value]
        if one.type == "persons" and isinstance(value, list):
            return [self._id("person", part) for part in value]
        return self._id(one.type, value) if one.type in SOMEBODY else value

    def unknown(self, fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Sentence]:
        """What to say of those who were not found, by JSON pointer."""
        return {at: self._unknown(kind, text) for at, kind, text in _typed(fields, values, "/data")}

    def _id(self, kind: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = self.found(kind, value)
        return found[0] if len(found) == 1 else value

    def _unknown(self, kind: str, text: str) -> Sentence:
        found = self.found(kind, text)
        if found:
            several = [self.label(one) for one in found[:_MOST]]
            return sentence("Several are called “{name}”; which one: {several}?", name=text, several=several)
        return sentence("The directory knows no “{name}”; write a part of the name, and choose.", name=text[:40])

    def _all(self, kind: str) -> Iterator[Principal]:
        if kind == "organisation":
            organisations = self.directory.organisations.values()
            return (one.id for one in organisations if one.until is None or self.now < one.until)
        return (one for one in self.directory.persons if self.directory.is_here(one, self.now))

    def _place(self, principal: Principal) -> str:
        person = self.directory.persons.get(principal)
        if person is None:
            parent = (
                self.directory.organisations[principal].parent if principal in self.directory.organisations else None
            )
            return self.directory.name_of(parent) if parent else ""
        posts = self.directory.posts_of(principal, self.now)
        place = person.employer or (posts[0].organisation if posts else None)
        return self.directory.name_of(place) if place else ""

    def _is_like(self, name: str, text: str) -> bool:
        return text in name.casefold() or (text.isascii() and any(word.startswith(text) for word in words_of(name)))


def _typed(fields: Iterable[Field], values: Mapping[str, Any], at: str) -> Iterator[tuple[str, str, str]]:
    for one in fields:
        value = values.get(one.name)
        place = f"{at}/{one.name}"
        if one.type == "table" and isinstance(value, list):
            for number, row in enumerate(value):
                yield from _typed(one.columns.values(), row, f"{place}/{number}")
        elif one.type == "persons" and isinstance(value, list):
            yield from ((place, "person", part) for part in value if isinstance(part, str))
        elif one.type in SOMEBODY and isinstance(value, str):
            yield place, one.type, value
