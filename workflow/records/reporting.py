"""The report of an import, as a workbook: what was refused, as it was and to be mended; what was cleaned; what is new.

The first sheets have the headings of the file and one more column with the reasons, so that they can be mended there and
imported again. Every cell is a text or a number, never a formula; what is written anew stays a text, ID numbers too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from workflow.records.headings import Table
from workflow.records.importing import CleanedCell, RefusedRow, joined
from workflow.records.workbook import Cell
from workflow.text import Language, say

#: As long as the name of a sheet may be, and what may not stand in it.
_NAME_MOST: Final = 31
_NOT_IN_NAMES: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
#: How a formula would begin, were the cell entered by hand.
LIKE_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_WIDEST: Final = 40
_FIRST_YEAR: Final = 1900


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A sheet of its own with rows of texts."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def write_report(
    file: Path,
    tables: Sequence[Table],
    refused: Sequence[RefusedRow],
    listings: Iterable[Listing],
    language: Language,
) -> Path:
    """Writes the workbook, whole or not at all, and says where it is."""
    from xlsxwriter import Workbook  # noqa: PLC0415 -- slow import

    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(unfinished, options) as book:
        writer = _Writer(book)
        by_sheet = _by_sheet(refused)
        for table in tables:
            rows = by_sheet.get(table.sheet, [])
            if rows or len(tables) == 1:
                writer.refused(table, rows, language)
        for listing in listings:
            if listing.rows:
                writer.listing(listing)
    return unfinished.replace(file)


def cleaned_listing(cleaned: Iterable[CleanedCell], language: Language) -> Listing:
    return Listing(
        title=say("Cleaned", language),
        headings=[say("Where", language), say("Heading", language), say("Before", language), say("After", language)],
        rows=[
            (f"{found.column}{found.at.row}", found.heading, found.before, found.after)
            if found.at.sheet is None
            else (f"{found.at.sheet}!{found.column}{found.at.row}", found.heading, found.before, found.after)
            for found in cleaned
        ],
    )


def _by_sheet(refused: Iterable[RefusedRow]) -> Mapping[str | None, list[RefusedRow]]:
    found: dict[str | None, list[RefusedRow]] = {}
    for row in refused:
        found.setdefault(row.at.sheet, []).append(row)
    return found


class _Writer:
    def __init__(self, book: Any) -> None:
        self._book = book
        self._names: set[str] = set()
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._text = book.add_format({"num_format": "@"})
        self._quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        self._red = book.add_format({"font_color": "#b42318"})
        self._formats = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            time: book.add_format({"num_format": "hh:mm:ss"}),
        }

    def refused(self, table: Table, rows: Sequence[RefusedRow], language: Language) -> None:
        sheet = self._sheet(table.sheet or say("Refused", language))
        last = max(table.headings, default=0) + 1
        sheet.set_column(0, last - 1, 14)
        sheet.set_column(last, last, _WIDEST + 20)
        for place, heading in table.headings.items():
            sheet.write_string(0, place, heading, self._bold)
        sheet.write_string(0, last, say("Why it was refused", language), self._bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row.cells[:last]):
                self._write(sheet, number, place, cell)
            reason = joined(flaw.sentence for flaw in row.flaws).say(language)
            self._string(sheet, number, last, f"{row.at.sentence.say(language)}: {reason}", self._red)

    def listing(self, listing: Listing) -> None:
        sheet = self._sheet(listing.title)
        sheet.set_column(0, len(listing.headings) - 1, _WIDEST)
        for place, heading in enumerate(listing.headings):
            sheet.write_string(0, place, heading, self._bold)
        for number, texts in enumerate(listing.rows, start=1):
            for place, text in enumerate(texts):
                self._write(sheet, number, place, text)

    def _sheet(self, name: str) -> Any:
        plain = name.translate(_NOT_IN_NAMES).strip()[:_NAME_MOST] or "–"
        number = 1
        while plain.casefold() in self._names:
            number += 1
            plain = f"{plain[: _NAME_MOST - 4]} {number}"
        self._names.add(plain.casefold())
        return self._book.add_worksheet(plain)

    def _write(self, sheet: Any, row: int, place: int, cell: Cell) -> None:
        match cell:
            case None:
                sheet.write_blank(row, place, None, self._text)
            case bool():
                sheet.write_boolean(row, place, cell)
            case int() | float():
                sheet.write_number(row, place, cell, self._text)
            case datetime() | date() if cell.year < _FIRST_YEAR:
                self._string(sheet, row, place, cell.isoformat(), self._text)
            case datetime() | date() | time():
                sheet.write_datetime(row, place, cell, self._formats[type(cell)])
            case str():
                self._string(sheet, row, place, cell, self._quoted if cell.startswith(LIKE_FORMULAS) else self._text)

    def _string(self, sheet: Any, row: int, place: int, text: str, how: Any) -> None:
        sheet.write_string(row, place, text[:32_767], how)
