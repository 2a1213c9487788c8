"""The sheet of a round as a workbook: the cases, and on a second sheet the figures.

Every cell is a text, a number or a date, never a formula: what people typed into a form is text, however it begins.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from unicodedata import east_asian_width

from workflow.calendar import local
from workflow.definition.explaining.office import LEVELS
from workflow.definition.model import Field
from workflow.engine.directory import Directory
from workflow.records.cells import NUMBERS, cell_of
from workflow.records.reporting import LIKE_FORMULAS
from workflow.records.sheets import Line, Sheet, ShownFigure
from workflow.records.workbook import Cell
from workflow.text import Language, say, sentence

_HEADER: Final = 3  #: title, what it is as of, an empty line
_FROZEN: Final = 2  #: number and unit
_NARROWEST, _WIDEST = 8, 44
_OF_FIGURES: Final = (_WIDEST, *[16] * 40)  #: the widths of the second sheet
_LONGEST: Final = 32_767  #: signs of a cell
FIRST_YEAR: Final = 1900
_PAGE: Final = 12  #: columns on the width of a page
A4: Final = 9
_LINE: Final = 16  #: points
_HIGHEST: Final = 400
_HEADER_LONGEST: Final = 255  #: signs, by the format
FORMATS: Final[Mapping[str, str]] = {
    "integer": "#,##0",
    "money": "#,##0.00",
    "number": "#,##0.######",
    "percent": '0.0"%"',
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}


def write_sheet(file: Path, sheet: Sheet, directory: Directory, language: Language) -> Path:
    """Writes the workbook, whole or not at all."""
    from xlsxwriter import Workbook  # noqa: PLC0415 -- slow import

    unfinished = file.with_name(f".{file.name}")
    with Workbook(unfinished, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": sheet.title.say(language)})
        writer = _Writer(book, sheet, directory, language)
        writer.cases()
        writer.figures()
    return unfinished.replace(file)


class _Writer:
    def __init__(self, book: Any, sheet: Sheet, directory: Directory, language: Language) -> None:
        self._book, self._sheet, self._directory, self._language = book, sheet, directory, language
        self._known: dict[tuple[str, ...], Any] = {}
        starters = [sentence("Reported by")] if self._has_starters else []
        words = [sentence("Number"), sentence("Unit"), *starters, sentence("State"), sentence("Late")]
        self._fixed = [word.say(language) for word in words]

    def cases(self) -> None:
        """A line a case, with a line of totals below."""
        page = self._page(say("Cases", self._language))
        headings = [*self._fixed, *(field.label.say(self._language) for field in self._sheet.columns)]
        rows = [self._cells(line) for line in self._sheet.lines]
        kinds = ["text"] * len(self._fixed) + [field.type for field in self._sheet.columns]
        widths = [_width(heading, (row[place] for row in rows)) for place, heading in enumerate(headings)]
        for place, width in enumerate(widths):
            page.set_column(place, place, width)
        self._headings(page, _HEADER, headings, widths)
        for number, row in enumerate(rows, start=_HEADER + 1):
            page.set_row(number, _height(row, widths))
            for place, cell in enumerate(row):
                self._write(page, number, place, cell, kinds[place])
        last = _HEADER + len(rows)
        if rows:
            self._totals(page, last + 1, rows)
        page.autofilter(_HEADER, 0, last, len(headings) - 1)
        page.print_area(_HEADER, 0, last + 1, len(headings) - 1)
        page.freeze_panes(_HEADER + 1, _FROZEN)
        page.repeat_rows(_HEADER)
        page.repeat_columns(0, _FROZEN - 1)
        page.fit_to_pages(-(-len(headings) // _PAGE), 0)

    def figures(self) -> None:
        """The round's own: first the single ones, then a table for each way in which they are grouped."""
        page = self._page(say("Figures", self._language))
        for place, width in enumerate(_OF_FIGURES):
            page.set_column(place, place, width)
        row = self._single(page, _HEADER)
        grouped = [one for one in self._sheet.figures if one.groups is not None]
        for by in dict.fromkeys(one.rule.by for one in grouped):
            row = self._groups(page, row + 1, by or "", [one for one in grouped if one.rule.by == by])
        page.freeze_panes(_HEADER + 1, 1)
        page.fit_to_pages(1, 0)

    def _single(self, page: Any, row: int) -> int:
        self._headings(page, row, [say("Figure", self._language), say("Value", self._language)], _OF_FIGURES)
        for one in self._sheet.figures:
            if one.groups is None:
                row += 1
                self._write(page, row, 0, one.rule.label.say(self._language), "text")
                self._write(page, row, 1, one.value, "number")
        return row + 1

    def _groups(self, page: Any, row: int, by: str, figures: Sequence[ShownFigure]) -> int:
        headings = [self._grouped_by(by), *(one.rule.label.say(self._language) for one in figures)]
        self._headings(page, row, headings, _OF_FIGURES)
        names = dict.fromkeys(label for one in figures for label, _ in one.groups or ())
        for label in names:
            row += 1
            self._write(page, row, 0, label.say(self._language), "text")
            for place, one in enumerate(figures, start=1):
                self._write(page, row, place, dict(one.groups or ()).get(label), "number")
        return row + 1

    def _grouped_by(self, by: str) -> str:
        field = self._sheet.definition.fields.get(by)
        if field is not None:
            return field.label.say(self._language)
        known = LEVELS.get(by)
        return known.say(self._language) if known else by

    @property
    def _has_starters(self) -> bool:
        """Of cases that nobody started the unit reports."""
        return any(line.starter for line in self._sheet.lines)

    def _cells(self, line: Line) -> list[Cell]:
        fixed: list[Cell] = [
            line.case.number,
            self._directory.name_of(line.unit),
            *([line.starter or None] if self._has_starters else []),
            line.state.say(self._language),
            say("late", self._language) if line.late else None,
        ]
        return [*fixed, *(self._cell(field, line) for field in self._sheet.columns)]

    def _cell(self, field: Field, line: Line) -> Cell:
        return cell_of(field, line.values.get(field.name), self._directory, self._language)

    def _totals(self, page: Any, row: int, rows: Sequence[Sequence[Cell]]) -> None:
        """Sums of numbers, written as they are; a rate has none."""
        page.write_string(row, 0, say("Total", self._language), self._how("text", total=True))
        for place in range(1, len(self._fixed)):
            page.write_blank(row, place, None, self._how("text", total=True))
        for place, field in enumerate(self._sheet.columns, start=len(self._fixed)):
            numbers = [_exact(line[place]) for line in rows if _is_number(line[place])]
            summed = field.type in NUMBERS - {"percent"} and numbers
            self._write(page, row, place, float(sum(numbers)) if summed else None, field.type, total=True)

    def _page(self, name: str) -> Any:
        page = self._book.add_worksheet(name)
        page.set_landscape()
        page.set_paper(A4)
        page.set_header(header_of(self._sheet.title.say(self._language)))
        page.set_footer("&L" + _literal(self._fixed_under()) + "&R&P / &N")
        page.set_row(0, 24)
        page.write_string(0, 0, plain(self._sheet.title.say(self._language)), self._format(bold=True, font_size=16))
        covered = self._sheet.coverage
        words = say(
            "{reported} of {expected} reported. As of {at}.",
            self._language,
            reported=covered.reported,
            expected=covered.expected,
            at=f"{local(self._sheet.at):%Y-%m-%d %H:%M}",
        )
        page.write_string(1, 0, f"{words} {self._fixed_under()}", self._format(font_color="#525952"))
        return page

    def _fixed_under(self) -> str:
        closing = self._sheet.closing
        if closing is None:
            return say("The figures are not fixed yet.", self._language)
        at = f"{local(closing.at):%Y-%m-%d %H:%M}"
        return say("Fixed on {at}, SHA-256 {sha256}.", self._language, at=at, sha256=closing.sha256)

    def _headings(self, page: Any, row: int, headings: Sequence[str], widths: Sequence[int]) -> None:
        look = self._format(bold=True, text_wrap=True, align="center", valign="vcenter", bg_color="#E0EEEA", bottom=1)
        page.set_row(row, _height(headings, widths))
        for place, heading in enumerate(headings):
            page.write_string(row, place, plain(heading), look)

    def _write(self, page: Any, row: int, place: int, cell: Cell, kind: str, *, total: bool = False) -> None:
        match cell:
            case None:
                page.write_blank(row, place, None, self._how(kind, total=total))
            case int() | float():
                page.write_number(row, place, cell, self._how(kind if kind in NUMBERS else "number", total=total))
            case datetime() | date() if cell.year >= FIRST_YEAR:
                page.write_datetime(row, place, cell, self._how(kind, total=total))
            case _:
                text = plain(str(cell))
                quoted = text.startswith(LIKE_FORMULAS)
                page.write_string(row, place, text, self._how("quoted" if quoted else "text", total=total))

    def _how(self, kind: str, *, total: bool) -> Any:
        known: dict[str, Any] = {"valign": "top"}
        if kind in FORMATS:
            known["num_format"] = FORMATS[kind]
        else:
            known |= {"num_format": "@", "text_wrap": True}
        if kind == "quoted":
            known["quote_prefix"] = True
        if total:
            known |= {"bold": True, "top": 1}
        return self._format(**known)

    def _format(self, **known: Any) -> Any:
        """One for each look, as a workbook keeps few."""
        key = tuple(f"{name}={value}" for name, value in sorted(known.items()))
        if key not in self._known:
            self._known[key] = self._book.add_format(known)
        return self._known[key]


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _exact(cell: Cell) -> Decimal:
    return Decimal(str(cell))


def header_of(title: str) -> str:
    """Of each page that is printed, so that no page cuts the title off."""
    return f"&L&14&B{_literal(plain(title))}"[:_HEADER_LONGEST]


def _literal(text: str) -> str:
    return text.replace("&", "&&")


def plain(text: str) -> str:
    """Without signs that no sheet can show; a line break may stay."""
    return "".join(sign if sign >= " " or sign in "\n\t" else " " for sign in text)[:_LONGEST]


def _width(heading: str, cells: Iterable[Cell]) -> int:
    """For the longest line; a heading may take two."""
    lines = (line for cell in cells if cell is not None for line in str(cell).split("\n"))
    return min(_WIDEST, max(_NARROWEST, 3 + _long(heading) // 2, *(2 + _long(line) for line in lines)))


def _height(cells: Sequence[Cell], widths: Sequence[int]) -> int:
    """Of a row in points, as programs other than the one that wrote a workbook do not reckon it."""
    most = 1
    for cell, width in zip(cells, widths, strict=False):
        if isinstance(cell, str):
            most = max(most, sum(1 + _long(line) // (width - 1) for line in cell.split("\n")))
    return min(_HIGHEST, most * _LINE)


def _long(line: str) -> int:
    """A Chinese sign is as wide as two."""
    return sum(1 + (east_asian_width(sign) in "WF") for sign in line)
