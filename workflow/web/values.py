"""Fields of a case for reading: with their labels, in words, personal ones as this reader may see them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.definition.model import Definition, Field, Fields
from workflow.engine.directory import Directory
from workflow.text import Language, say
from workflow.web.inputs import written

_LONG = ("long_text", "table", "files")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    name: str
    label: str
    words: str
    whole: bool  #: takes the whole width
    before: str | None = None  #: what stood there before the case was returned
    table: "Grid | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    heading: str
    fields: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Values:
    """How one reader sees values: the directory knows what persons and organisations are called."""

    directory: Directory
    language: Language

    def words(self, field: Field, value: Any) -> str:
        if value in (None, "", []):
            return "–"
        if field.type in ("person", "organisation") and isinstance(value, int):
            return self.directory.name_of(value)
        if field.type == "persons" and isinstance(value, list):
            return ("、" if self.language == "zh" else ", ").join(self.directory.name_of(one) for one in value)
        if field.type == "files":
            return say("{count} files", self.language, count=len(value))
        if field.type == "percent":
            return f"{value}%"
        if field.type == "money":
            return say("{amount} yuan", self.language, amount=_grouped(value))
        return written(field, value, self.language)

    def grid(self, field: Field, value: Any) -> Grid | None:
        if field.type != "table" or not isinstance(value, list) or not value:
            return None
        columns = tuple(field.columns.values())
        return Grid(
            heads=tuple(column.label.say(self.language) for column in columns),
            rows=tuple(tuple(self.words(column, row.get(column.name)) for column in columns) for row in value),
        )

    def groups(
        self, definition: Definition, data: Mapping[str, Any], changed: Mapping[str, Any], skip: Iterable[str] = ()
    ) -> tuple[Group, ...]:
        """The form as it stands, group by group; `changed` has what stood there before a return."""
        left_out = frozenset(skip)
        kept = {name: value for name, value in data.items() if name not in left_out}
        return self.of(definition.fields, definition.title.say(self.language), kept, changed)

    def of(
        self, fields: Fields, title: str, data: Mapping[str, Any], changed: Mapping[str, Any] | None = None
    ) -> tuple[Group, ...]:
        """Any fields so; those before the first heading stand under the title."""
        found: list[tuple[str, list[Shown]]] = []
        for name, field in fields.items():
            if field.heading is not None or not found:
                found.append((field.heading.say(self.language) if field.heading else title, []))
            if name in data:
                found[-1][1].append(self._shown(field, data[name], changed or {}))
        return tuple(Group(heading=heading, fields=tuple(shown)) for heading, shown in found if shown)

    def _shown(self, field: Field, value: Any, changed: Mapping[str, Any]) -> Shown:
        return Shown(
            name=field.name,
            label=field.label.say(self.language),
            words=self.words(field, value),
            whole=field.type in _LONG,
            before=self.words(field, changed[field.name]) if field.name in changed else None,
            table=self.grid(field, value),
        )


def _grouped(value: Any) -> str:
    """12345.6 as 12,345.60: yuan and fen."""
    try:
        return f"{float(value):,.2f}"
    except (TypeError, ValueError):
        return str(value)


def chosen(definition: Definition, data: Mapping[str, Any], language: Language) -> Iterator[str]:
    """What a case is tagged with: the first choices of its form."""
    for name, field in definition.fields.items():
        if field.type == "choice" and data.get(name) in field.options:
            yield field.options[data[name]].say(language)
