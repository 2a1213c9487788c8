"""Fields of a form as inputs of a page that works without scripts, and what such a page sends back. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from werkzeug.datastructures import MultiDict

from workflow.calendar import local
from workflow.definition.form import as_moment
from workflow.definition.model import Field
from workflow.text import Label, Language

Kind = Literal[
    "line", "text", "number", "date", "moment", "choice", "choices", "yes_no", "table", "numbers", "elsewhere"
]

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


#: A form as it came.
Sent = MultiDict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    name: str
    label: str
    chosen: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    name: str
    kind: Kind
    label: str
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


def inputs_of(fields: Iterable[Field], filled: Filled, language: Language) -> list[Input]:
    return [_input(one, one.name, filled.values.get(one.name), filled, language) for one in fields]


def sent_values(fields: Iterable[Field], sent: Sent) -> dict[str, Any]:
    """What the page sent, as the API takes it; an emptied input as null."""
    return {one.name: _sent(one, one.name, sent) for one in fields if one.type in _KINDS}


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
    kind = _KINDS.get(one.type, "elsewhere")
    return Input(
        name=name,
        kind=kind,
        label=one.label.say(language),
        heading=one.heading.say(language) if one.heading else None,
        help=one.help.say(language) if one.help else None,
        required=one.required is True,
        value=_value(one, value) if kind not in ("table", "numbers", "choices") else "",
        longest=int(str(one.max)) if kind in ("line", "text") and one.max is not None else None,
        options=tuple(_options(one, value, language)),
        rows=tuple(_rows(one, name, value, filled, language)) if kind == "table" else (),
        wrong=tuple(filled.wrong.get(name, ())),
    )


def _value(one: Field, value: Any) -> str:
    if value is None:
        return ""
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
    match _KINDS[one.type]:
        case "choices":
            return sent.getlist(name) or None
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
        if not any(f"{name}.{number}.{column}" in sent for column in one.columns):
            return
        row = {column: _sent(rules, f"{name}.{number}.{column}", sent) for column, rules in one.columns.items()}
        kept = {column: value for column, value in row.items() if value is not None}
        if kept:
            yield kept


def _whole(text: str) -> int | str:
    """What is no number is told by the form."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else text  # noqa: PLR2004 -- digits
