"""A list as a file, xlsx or csv by its ending: written row by row, whole or not at all, and no formula in it."""

import csv
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from workflow.records.exporting import A4, FIRST_YEAR, FORMATS, header_of, plain
from workflow.records.reporting import LIKE_FORMULAS
from workflow.records.workbook import Cell
from workflow.reports.lists import Heading, Listed

_WIDTHS: Final[Mapping[str, int]] = {"text": 18, "long_text": 40, "table": 44, "moment": 17}
_WIDTH: Final = 13


def write_list(file: Path, listed: Listed) -> int:
    """How many rows there were. Raises KeyError for an ending that is none of ENDINGS."""
    unfinished = file.with_name(f".{file.name}")
    try:
        count = ENDINGS[file.suffix.lower()](unfinished, listed)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def _workbook(file: Path, listed: Listed) -> int:
    from xlsxwriter import Workbook  # noqa: PLC0415 -- slow import

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        book.set_properties({"title": listed.title})
        page = _page(book, listed)
        formats = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
        formats["text"] = book.add_format({"num_format": "@"})
        formats["quoted"] = book.add_format({"num_format": "@", "quote_prefix": True})
        count = 0
        for count, row in enumerate(listed.rows, start=1):
            for place, (heading, cell) in enumerate(zip(listed.headings, row, strict=True)):
                _write(page, (count, place), cell, heading, formats)
        page.autofilter(0, 0, count, len(listed.headings) - 1)
    return count


def _page(book: Any, listed: Listed) -> Any:
    page = book.add_worksheet(listed.title)
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.set_header(header_of(listed.title))
    page.set_footer("&C&P / &N")
    page.repeat_rows(0)
    page.freeze_panes(1, 0)
    look = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#E0EEEA", "bottom": 1})
    for place, heading in enumerate(listed.headings):
        page.set_column(place, place, _WIDTHS.get(heading.kind, _WIDTH))
        page.write_string(0, place, plain(heading.text), look)
    return page


def _write(page: Any, place: tuple[int, int], cell: Cell, heading: Heading, formats: Mapping[str, Any]) -> None:
    match cell:
        case None:
            return
        case int() | float():
            page.write_number(*place, cell, formats.get(heading.kind, formats["number"]))
        case datetime() | date() if cell.year >= FIRST_YEAR:
            page.write_datetime(*place, cell, formats.get(heading.kind, formats["date"]))
        case _:
            text = plain(str(cell))
            page.write_string(*place, text, formats["quoted" if text.startswith(LIKE_FORMULAS) else "text"])


def _separated(file: Path, listed: Listed) -> int:
    """With the mark by which spreadsheet programs know UTF-8."""
    count = 0
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([_harmless(heading.text) for heading in listed.headings])
        for row in listed.rows:
            writer.writerow([_said(cell) for cell in row])
            count += 1
    return count


def _said(cell: Cell) -> str | int | float:
    match cell:
        case None:
            return ""
        case int() | float():
            return cell
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
    return _harmless(str(cell))


def _harmless(text: str) -> str:
    """A text that a spreadsheet program would take for a formula, however far it is indented, begins with an apostrophe."""
    shown = plain(text)
    return f"'{shown}" if shown.lstrip().startswith(LIKE_FORMULAS) or shown.startswith(LIKE_FORMULAS) else shown


#: How each kind of file is written.
ENDINGS: Final[Mapping[str, Callable[[Path, Listed], int]]] = {".xlsx": _workbook, ".csv": _separated}
