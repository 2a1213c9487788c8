"""What a cell says, as a form takes it: what can be made right without guessing is, and the rest is refused with a reason.

Made right are spaces around texts and within Chinese names, full-width digits and letters, marks that nobody sees, a small x
in ID numbers, the country code, spaces and hyphens of telephone numbers. Never guessed is what a spreadsheet has lost:
the last digits of an ID number that it took for a number, the zero of 1986.10.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Final
from unicodedata import normalize

from workflow.definition.form import Kept, Wrong, keep
from workflow.records.columns import Column
from workflow.records.headings import plain
from workflow.records.workbook import Cell, Fault, Formula, is_blank
from workflow.text import Sayable, Sentence, sentence

#: A double holds so many decimal digits; a spreadsheet keeps fifteen and writes zeros for the rest.
_EXACT: Final = 15
_HALF: Final = {
    full: full - 0xFEE0 for full in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_HALF[0x3000] = 0x20
#: Zero-width signs, and marks that turn the direction of what follows.
_UNSEEN: Final = re.compile(r"[\u200b\u200e\u200f\u2060\ufeff\u061c\u202a-\u202e\u2066-\u2069\u00ad]|_x000D_")
_SPACES: Final = re.compile(r"\s+")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·•]+")
_EXPONENT: Final = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_TELEPHONE: Final = re.compile(r"[\s\-‐-―−－()（）]")
_COUNTRY: Final = re.compile(r"(?:\+|00)?86(?=1\d{10}$)")
_PARTS: Final = re.compile(r"\s*[/／、，,;；|\n]\s*")
_DAY: Final = re.compile(r"(\d{4})\s*[年./\-]\s*(\d{1,2})\s*[月./\-]\s*(\d{1,2})\s*日?(?:\s+00:00(?::00)?)?")
_MONTH: Final = re.compile(r"(\d{4})\s*[年./\-]\s*(\d{1,2})\s*月?")
_DIGITS: Final = re.compile(r"(\d{4})(\d\d)(\d\d)?")
#: How a person leaves a cell empty who wants to say that it is.
_NOTHING: Final = frozenset({"/", "\\", "-", "--", "—", "——", "－"})
_YES: Final = frozenset({"是", "有", "对", "√", "✓", "y", "yes", "true", "1"})
_NO: Final = frozenset({"否", "无", "没有", "不是", "×", "✗", "n", "no", "false", "0"})
_LOST: Final = sentence(
    "The spreadsheet took the ID number for a number and lost its last digits; please make it a text and enter it again."
)


class Unfit(Exception):
    """A cell that cannot be taken, with the reason."""

    def __init__(self, reason: Sayable) -> None:
        self.reason = reason
        super().__init__(str(reason))


def text_of(cell: Cell) -> str:
    """What a cell shows, as a text."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 10**_EXACT:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
    return str(cell)


def tidy_name(cell: Cell) -> str:
    """A name of a person or an organisation. Raises Unfit."""
    refuse_formula(cell)
    text = _half(tidy(text_of(cell)))
    without = _SPACES.sub("", text)
    return without if _CHINESE.search(without) and not re.search(r"[A-Za-z]\s+[A-Za-z]", text) else text


def tidy(text: str) -> str:
    """Without what nobody sees, and without spaces around it; within, each run of spaces and breaks is one space."""
    return _SPACES.sub(" ", _UNSEEN.sub("", text)).strip().removeprefix("'")


def refuse_formula(cell: Cell) -> None:
    if isinstance(cell, Fault):
        raise Unfit(sentence("The cell shows {fault}: the spreadsheet could not reckon it.", fault=str(cell)))
    if isinstance(cell, Formula) or (isinstance(cell, str) and cell.lstrip().startswith(("=", "＝"))):
        raise Unfit(sentence("A formula is not taken; please write what it stands for."))


def raw_of(column: Column, cell: Cell) -> tuple[object, Kept]:
    """The value as a form takes it, and as it keeps it; None for a blank cell. Raises Unfit."""
    refuse_formula(cell)
    if is_blank(cell) or (isinstance(cell, str) and cell.strip() in _NOTHING):
        return None, None
    raw = _READERS.get(column.field.type, _short_text)(column, cell)
    try:
        return raw, keep(column.field, raw)
    except Wrong as wrong:
        raise Unfit(_first(wrong.found)) from wrong


def _first(found: object) -> Sayable:
    while isinstance(found, dict):
        found = next(iter(found.values()))
    first: Sayable = found[0] if isinstance(found, list) else sentence("This value cannot be taken.")
    return first


def _half(text: str) -> str:
    return text.translate(_HALF)


# --- by the type of the field


def _short_text(column: Column, cell: Cell) -> str:
    if column.converter == "name":
        return tidy_name(cell)
    text = _half(tidy(text_of(cell)))
    return "/".join(_parts(text)) if column.converter == "title" else text


def _long_text(_: Column, cell: Cell) -> str:
    return _UNSEEN.sub("", text_of(cell)).replace("\r\n", "\n").strip()


def _id_number(_: Column, cell: Cell) -> str:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        exact = isinstance(cell, int) and not (cell >= 10**_EXACT and cell % 1000 == 0)
        if not exact and abs(cell) >= 10**_EXACT:
            raise Unfit(_LOST)
        return text_of(cell)
    text = _TELEPHONE.sub("", normalize("NFKC", tidy(text_of(cell)))).upper()
    if _EXPONENT.fullmatch(text):
        raise Unfit(_LOST)
    return text


def _mobile(_: Column, cell: Cell) -> str:
    text = _TELEPHONE.sub("", normalize("NFKC", tidy(text_of(cell))))
    return _COUNTRY.sub("", text)


def _compatible(_: Column, cell: Cell) -> str:
    return normalize("NFKC", tidy(text_of(cell)))


def _number(_: Column, cell: Cell) -> object:
    if isinstance(cell, int | float):
        return cell
    text = normalize("NFKC", tidy(text_of(cell))).replace(" ", "")
    return text.replace(",", "") if re.fullmatch(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", text) else text


def _date(column: Column, cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    monthly = column.converter == "year_month"
    if isinstance(cell, float) and monthly and not cell.is_integer():
        return _month_of_number(cell)
    text = normalize("NFKC", tidy(text_of(cell)))
    found = _DAY.fullmatch(text) or _DIGITS.fullmatch(text) or _MONTH.fullmatch(text)
    parts = [int(part) for part in found.groups() if part] if found else []
    if len(parts) == 2 and not monthly:  # noqa: PLR2004 -- year and month
        raise Unfit(sentence("The day is missing; a whole date is wanted, like 2026-03-09."))
    if not parts:
        raise Unfit(_no_month(text) if monthly else sentence("A date is wanted, like 2026-03-09."))
    return _iso(*parts, text=text)


def _month_of_number(number: float) -> str:
    """1986.09 as a number is September; 1986.1 may have been 1986.10, whose zero a spreadsheet drops."""
    text = repr(number)
    found = re.fullmatch(r"(\d{4})\.(\d\d)", text)
    if found is None and re.fullmatch(r"\d{4}\.1", text):
        raise Unfit(
            sentence(
                "{number} as a number is January or October; please write it as a text, like 1986.10.", number=text
            )
        )
    if found is None:
        raise Unfit(_no_month(text))
    return _iso(int(found[1]), int(found[2]), text=text)


def _iso(year: int, month: int, day: int = 1, *, text: str) -> str:
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise Unfit(sentence("“{text}” is no day of the calendar.", text=text[:40])) from error
    if year < 1900:  # noqa: PLR2004 -- nobody alive was born before
        raise Unfit(sentence("“{text}” is too long ago.", text=text[:40]))
    return found.isoformat()


def _no_month(text: str) -> Sentence:
    return sentence("“{text}” is no year and month; like 1986.09 it should be.", text=text[:40])


def _moment(_: Column, cell: Cell) -> object:
    return cell.isoformat() if isinstance(cell, datetime) else normalize("NFKC", tidy(text_of(cell)))


def _yes_no(_: Column, cell: Cell) -> object:
    if isinstance(cell, bool):
        return cell
    word = normalize("NFKC", tidy(text_of(cell))).casefold()
    return True if word in _YES else False if word in _NO else word


def _choice(column: Column, cell: Cell) -> object:
    text = tidy(text_of(cell))
    if column.converter == "title":
        return next((column.words[plain(part)] for part in _parts(text) if plain(part) in column.words), None)
    return column.words.get(plain(text), text)


def _choices(column: Column, cell: Cell) -> object:
    return [column.words.get(plain(part), part) for part in _parts(tidy(text_of(cell)))]


def _parts(text: str) -> list[str]:
    return list(dict.fromkeys(part for part in _PARTS.split(text) if part))


_READERS: Final[dict[str, Callable[[Column, Cell], object]]] = {
    "long_text": _long_text,
    "id_number": _id_number,
    "mobile": _mobile,
    "email": _compatible,
    "integer": _number,
    "number": _number,
    "percent": _number,
    "money": _number,
    "date": _date,
    "moment": _moment,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
}
