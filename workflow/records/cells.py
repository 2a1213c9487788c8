"""Values of forms as cells of a workbook: numbers and dates as such, all else in words."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from workflow.calendar import local
from workflow.definition.form import as_moment
from workflow.definition.model import Field
from workflow.engine.directory import Directory
from workflow.records.workbook import Cell
from workflow.text import Language, sentence

NUMBERS: Final = frozenset({"integer", "number", "percent", "money"})
#: Of more digits a workbook would keep the first fifteen only.
_LARGEST: Final = 10**15
_YES, _NO = sentence("yes"), sentence("no")


def cell_of(field: Field, value: Any, directory: Directory, language: Language) -> Cell:
    """A value as it is shown; one that is masked is the text that it is."""
    match value:
        case None | "" | [] | {}:
            return None
        case bool():
            return (_YES if value else _NO).say(language)
        case int() | float() if field.type in NUMBERS and abs(value) < _LARGEST:
            return value
        case str() if field.type == "date":
            return _day(value)
        case str() if field.type == "moment":
            return _moment(value)
        case list() if field.type == "table":
            rows = (" · ".join(_row(field, row, directory, language)) for row in value)
            return "\n".join(f"{number}. {row}" for number, row in enumerate(rows, start=1))
        case list() if field.type == "files":
            return len(value)
        case list():
            return "、".join(_words(field, one, directory, language) for one in value)
        case dict():
            return "、".join(f"{_option(field, name, language)} {number}" for name, number in value.items())
    return _words(field, value, directory, language)


def _row(field: Field, row: Mapping[str, Any], directory: Directory, language: Language) -> Iterator[str]:
    for name, column in field.columns.items():
        cell = cell_of(column, row.get(name), directory, language)
        if cell is not None:
            yield str(cell)


def _words(field: Field, value: Any, directory: Directory, language: Language) -> str:
    if isinstance(value, int) and field.type in ("person", "persons", "organisation"):
        return directory.name_of(value)
    return _option(field, value, language) if isinstance(value, str) else str(value)


def _option(field: Field, name: str, language: Language) -> str:
    return field.options[name].say(language) if name in field.options else name


def _day(text: str) -> Cell:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _moment(text: str) -> Cell:
    """Of the clock on the wall, as workbooks know no zone."""
    try:
        return local(as_moment(text)).replace(tzinfo=None, microsecond=0)
    except ValueError:
        return text
