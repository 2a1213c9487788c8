"""Fields of a form as inputs of a page that works without scripts, and what such a page sends back. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from werkzeug.datastructures import MultiDict

from workflow.calendar import local
from workflow.definition.form import as_moment
from workflow.definition.form.keeping import FILES_MOST
from workflow.definition.model import Field
from workflow.records.attachments import MOST_BYTES
from workflow.text import Label, Language
from workflow.web.naming import SOMEBODY, Naming

# fmt: off
Kind = Literal[
    "line", "text", "number", "date", "moment", "choice", "choices", "yes_no", "table", "numbers",
    "search", "searches", "files", "locked", "elsewhere",
]
# fmt: on

#: So many empty rows a table offers beside those that are there.
_NEW_ROWS = 2
_MOST_ROWS = 100
_KINDS: dict[str, Kind] = {
    "text": "line",
    "mobile": "line",
    "email": "line",
    "id_number": "line",
    "long_text": "text",
    "integer": "number",
    "number": "number",
    "percent": "number",
    "money": "number",
    "date": "date",
    "moment": "moment",
    "choice": "choice",
    "choices": "choices",
    "yes_no": "yes_no",
    "table": "table",
    "number_each": "numbers",
}
#: Only where it is known who is there, and which files.
_KNOWN_KINDS: dict[str, Kind] = {
    "person": "search",
    "organisation": "search",
    "persons": "searches",
    "files": "files",
}
#: A text of so many characters takes half the width.
_SHORT = 40
_MOST_CHOICES = 2
#: More options than that are a list to choose from.
_MOST_CARDS = 6

#: A form as it came.
Sent = MultiDict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    name: str
    label: str
    chosen: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileShown:
    id: str
    name: str
    size: int  #: bytes
    picture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedFile:
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    name: str
    kind: Kind
    label: str
    type: str = ""
    half: bool = False  #: two of them stand side by side
    unit: str = ""
    least: int | None = None
    names: tuple[str, ...] = ()  #: of people, those who are named, and empty ones for more
    files: tuple[FileShown, ...] = ()
    refused: tuple[RefusedFile, ...] = ()
    accept: tuple[str, ...] = ()
    most: int | None = None  #: how many files
    most_size: int | None = None  #: of a file, in MB
    before: str | None = None  #: what stands there while this is not handed in
    because: str | None = None  #: why it is locked
    heading: str | None = None
    help: str | None = None
    required: bool = False
    value: str = ""
    longest: int | None = None
    options: tuple[Option, ...] = ()
    rows: tuple[tuple["Input", ...], ...] = ()
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """What fills the inputs: the form as it stands, or what was just sent and refused."""

    values: Mapping[str, Any]
    wrong: Mapping[str, list[str]] = field(default_factory=dict)
    known: "Known | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What some fields refer to, and what is said of each beside its value."""

    naming: Naming
    files: Mapping[str, FileShown] = field(default_factory=dict)
    refused: Mapping[str, tuple[RefusedFile, ...]] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    locked: Mapping[str, tuple[str, str]] = field(default_factory=dict)  #: the value in words, and why


def inputs_of(fields: Iterable[Field], filled: Filled, language: Language) -> list[Input]:
    return [_input(one, one.name, filled.values.get(one.name), filled, language) for one in fields]


def sent_values(fields: Iterable[Field], sent: Sent) -> dict[str, Any]:
    """What the page sent, as the API takes it; an emptied input as null. Of people what was typed."""
    return {one.name: _sent(one, one.name, sent) for one in fields if one.type in _KINDS or f"has.{one.name}" in sent}


def written(one: Field, value: Any, language: Language) -> str:
    """A value in words, for reading."""
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return (Label("是", "yes") if value else Label("否", "no")).say(language)
        case str() if value in one.options:
            return one.options[value].say(language)
        case list() if one.type == "choices":
            return "、".join(one.options[name].say(language) if name in one.options else str(name) for name in value)
        case list() if one.type == "table":
            return "\n".join(" · ".join(_cells(one, row, language)) for row in value)
        case list():
            return str(len(value))
        case dict():
            named = ((one.options[name].say(language) if name in one.options else name, n) for name, n in value.items())
            return "、".join(f"{name} {number}" for name, number in named)
    return f"{local(as_moment(value)):%Y-%m-%d %H:%M}" if one.type == "moment" else str(value)


def _cells(one: Field, row: Mapping[str, Any], language: Language) -> Iterator[str]:
    for name, column in one.columns.items():
        if row.get(name) not in (None, ""):
            yield written(column, row[name], language)


def _input(one: Field, name: str, value: Any, filled: Filled, language: Language) -> Input:
    known = filled.known
    if known is not None and name in known.locked:
        return _locked(one, known, language)
    kind = _kind(one, known)
    longest = int(str(one.max)) if kind in ("line", "text") and one.max is not None else None
    return Input(
        name=name,
        kind=kind,
        type=one.type,
        label=one.label.say(language),
        half=_is_half(one, kind, longest),
        unit={"percent": "%", "money": Label("元", "yuan").say(language)}.get(one.type, ""),
        least=int(str(one.min)) if kind == "text" and one.min is not None else None,
        names=_names(one, value, known),
        files=tuple(_files(value, known)) if kind == "files" else (),
        refused=known.refused.get(name, ()) if known else (),
        accept=one.accept,
        most=int(str(one.max or FILES_MOST)) if kind == "files" else None,
        most_size=(one.max_size or MOST_BYTES) // 2**20 if kind == "files" else None,
        before=known.before.get(name) if known else None,
        heading=one.heading.say(language) if one.heading else None,
        help=one.help.say(language) if one.help else None,
        required=one.required is True,
        value=_value(one, value, known) if kind not in ("table", "numbers", "choices", "files", "searches") else "",
        longest=longest,
        options=tuple(_options(one, value, language)),
        rows=tuple(_rows(one, name, value, filled, language)) if kind == "table" else (),
        wrong=tuple(filled.wrong.get(name, ())),
    )


def _kind(one: Field, known: Known | None) -> Kind:
    if known is not None and one.type in _KNOWN_KINDS:
        return _KNOWN_KINDS[one.type]
    return _KINDS.get(one.type, "elsewhere")


def _locked(one: Field, known: Known, language: Language) -> Input:
    words, because = known.locked[one.name]
    return Input(
        name=one.name,
        kind="locked",
        label=one.label.say(language),
        heading=one.heading.say(language) if one.heading else None,
        help=one.help.say(language) if one.help else None,
        required=True,
        value=words,
        because=because,
    )


def _is_half(one: Field, kind: Kind, longest: int | None) -> bool:
    """Dates, numbers, short texts, and choices of two."""
    if kind == "choice":
        return len(one.options) <= _MOST_CHOICES or len(one.options) > _MOST_CARDS
    return kind in ("number", "date", "moment", "yes_no") or (
        kind == "line" and (longest or _SHORT) <= _SHORT and one.type != "id_number"
    )


def _names(one: Field, value: Any, known: Known | None) -> tuple[str, ...]:
    if known is None or one.type != "persons":
        return ()
    there = value if isinstance(value, list) else []
    return (*(_name(part, known) for part in there), *[""] * _NEW_ROWS)


def _name(value: Any, known: Known) -> str:
    return known.naming.label(value) if isinstance(value, int) else str(value)


def _files(value: Any, known: Known | None) -> Iterator[FileShown]:
    for one in value if isinstance(value, list) else ():
        if known is not None and one in known.files:
            yield known.files[one]


def _value(one: Field, value: Any, known: Known | None) -> str:
    if value is None:
        return ""
    if known is not None and one.type in SOMEBODY:
        return _name(value, known)
    if isinstance(value, bool):
        return "true" if value else "false"
    if one.type == "moment" and str(value).endswith("Z"):
        return f"{local(as_moment(value)):%Y-%m-%dT%H:%M}"
    return str(value)


def _options(one: Field, value: Any, language: Language) -> Iterator[Option]:
    for name, label in one.options.items():
        if isinstance(value, Mapping):
            yield Option(name=name, label=label.say(language), value=str(value.get(name, "")))
        else:
            chosen = name in value if isinstance(value, list) else value == name
            yield Option(name=name, label=label.say(language), chosen=chosen)


def _rows(one: Field, name: str, value: Any, filled: Filled, language: Language) -> Iterator[tuple[Input, ...]]:
    rows = value if isinstance(value, list) else []
    for number in range(min(len(rows) + _NEW_ROWS, int(str(one.max or _MOST_ROWS)))):
        row = rows[number] if number < len(rows) else {}
        yield tuple(
            _input(column, f"{name}.{number}.{column.name}", row.get(column.name), filled, language)
            for column in one.columns.values()
        )


def _sent(one: Field, name: str, sent: Sent) -> Any:
    match _KINDS.get(one.type) or _KNOWN_KINDS[one.type]:
        case "choices" | "files":
            return sent.getlist(name) or None
        case "searches":
            return [text.strip() for text in sent.getlist(name) if text.strip()] or None
        case "yes_no":
            return {"true": True, "false": False}.get(sent.get(name, ""))
        case "numbers":
            given = {option: sent.get(f"{name}.{option}", "").strip() for option in one.options}
            return {option: _whole(text) for option, text in given.items() if text} or None
        case "table":
            return list(_sent_rows(one, name, sent)) or None
        case _:
            return sent.get(name, "").strip() or None


def _sent_rows(one: Field, name: str, sent: Sent) -> Iterator[dict[str, Any]]:
    """Rows in which something stands."""
    for number in range(_MOST_ROWS):
        row = {column: _sent(rules, f"{name}.{number}.{column}", sent) for column, rules in one.columns.items()}
        kept = {column: value for column, value in row.items() if value is not None}
        if kept:
            yield kept


def _whole(text: str) -> int | str:
    """What is no number is told by the form."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else text  # noqa: PLR2004 -- digits
