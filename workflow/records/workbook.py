"""Workbooks and csv files as offices send them, as rows of cells that know where they stand.

xlsx is read as it is written: formulas are told apart and never reckoned. A csv may be UTF-8, UTF-16 with its mark or
GB 18030, its columns parted by comma, semicolon, tab or bar. Whatever is wrong with a file is said in one sentence.
"""

import csv
import io
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from workflow.errors import Malformed, NotFound, TooLarge, WorkflowError
from workflow.records.archives import (
    COMPOUND,
    ZIP,
    ArchiveLimits,
    chunks_of,
    kind_of,
    open_archive,
    refuse_document_types,
)
from workflow.text import Sentence, sentence

_MEGABYTE: Final = 1024 * 1024
_COLUMNS_MOST: Final = 100
#: As many as a sheet can have: what says that it has more is not of an office program.
_SHEET_ROWS: Final = 1_048_576
_CELL_MOST: Final = 32_767
_MERGES_MOST: Final = 100_000
_DELIMITERS: Final = (",", "\t", ";", "|")
_BYTE_ORDER_MARKS: Final = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_MARKUP: Final = re.compile(r"\s*<(?:!doctype|html|\?xml|table|svg|script)", re.IGNORECASE)
_MERGE: Final = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
_NOT_A_WORKBOOK: Final = sentence("This is no workbook; .xlsx and .csv are taken.")
_DAMAGED: Final = sentence("This file is damaged; please save it again.")


class Formula(str):
    """What a cell reckons, with its `=`."""

    __slots__ = ()


class Fault(str):
    """What a spreadsheet shows where it could not reckon, like #N/A."""

    __slots__ = ()


Cell = str | int | float | bool | datetime | date | time | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not blank; what is right of its last cell is blank."""

    number: int  #: as the sheet counts
    cells: tuple[Cell, ...]

    def at(self, place: int) -> Cell:
        return self.cells[place] if place < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet, or a csv file, whose one sheet has no name."""

    name: str | None
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    file: int = 32 * _MEGABYTE
    rows: int = 50_000
    archive: ArchiveLimits = field(default_factory=ArchiveLimits)


def read_grids(file: Path, *, name: str | None = None, limits: Limits | None = None) -> tuple[Grid, ...]:
    """The visible sheets. `name`: how the sender called it. Raises NotFound, Malformed or TooLarge."""
    limits = limits or Limits()
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            head = stream.read(8)
            if size > limits.file:
                raise TooLarge(limit=f"{limits.file // _MEGABYTE} MB")
            if head.startswith(ZIP):
                return tuple(_workbook(stream, limits))
            if head.startswith(COMPOUND):
                raise Malformed(_compound(stream.read()))
            stream.seek(0)
            return (_csv(stream.read(), name or file.name, limits),)
    except OSError as error:
        raise NotFound(sentence("The file {path} cannot be read.", path=str(file))) from error


def letter_of(place: int) -> str:
    """The column as a spreadsheet calls it: A for 0, AA for 26."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


# --- xlsx


def _workbook(stream: Any, limits: Limits) -> list[Grid]:
    with open_archive(stream, limits.archive) as archive:
        if kind_of(archive) != "xlsx":
            raise Malformed(_NOT_A_WORKBOOK)
        refuse_document_types(archive)
        merges = {name: _Merges(_merged(archive, name)) for name in archive.namelist() if "/worksheets/" in name}
    stream.seek(0)
    try:
        return _sheets(stream, merges, limits)
    except WorkflowError:
        raise
    except Exception as error:  # a damaged workbook makes the library fail in any way
        raise Malformed(_DAMAGED) from error


def _sheets(stream: Any, merges: dict[str, "_Merges"], limits: Limits) -> list[Grid]:
    from openpyxl import load_workbook  # noqa: PLC0415 -- slow import

    grids: list[Grid] = []
    left = limits.rows
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions that nobody asked for
        book = load_workbook(stream, read_only=True, data_only=False, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
            sheet.reset_dimensions()  # some programs write wrong ones
            rows = _bounded(_rows(sheet, merges.get(path) or _Merges(())), left, limits.rows)
            left -= len(rows)
            grids.append(Grid(sheet.title, rows))
        book.close()
    return grids


def _rows(sheet: Any, merges: "_Merges") -> Iterator[Row]:
    from openpyxl.cell.read_only import EMPTY_CELL  # noqa: PLC0415 -- slow import

    gap: object = None  # rows that are not in the file are all one object
    for number, cells in enumerate(sheet.iter_rows(max_col=_COLUMNS_MOST), start=1):
        if number > _SHEET_ROWS:
            raise Malformed(_DAMAGED)
        if cells is gap:
            continue
        found = [None if cell is EMPTY_CELL else _cell(cell) for cell in cells]
        row = _row(number, merges.fill(number, found))
        if row is not None:
            yield row
        else:
            gap = cells


def _cell(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        text = value if isinstance(value, str) else getattr(value, "text", None)
        return Formula("=" + str(text or "").removeprefix("="))
    if cell.data_type == "e":
        return Fault(value)
    if value is None or isinstance(value, str | int | float | datetime | date | time):
        return value
    return str(value)


def _row(number: int, cells: list[Cell]) -> Row | None:
    while cells and is_blank(cells[-1]):
        cells.pop()
    return Row(number, tuple(cells)) if cells else None


def _bounded(rows: Iterable[Row], left: int, most: int) -> list[Row]:
    found: list[Row] = []
    for row in rows:
        if len(found) >= left:
            raise TooLarge(sentence("At most {most} rows are taken at once; please part the file.", most=most))
        found.append(row)
    return found


def _merged(archive: ZipFile, name: str) -> Iterator[tuple[int, int, int]]:
    """Cells merged downwards within one column: its place, the first row and the last."""
    for chunk in chunks_of(archive, name):
        for left, first, right, last in _MERGE.findall(chunk):
            if left == right and first != last:
                yield _place_of(left.decode()), int(first), int(last)


def _place_of(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


class _Merges:
    """A cell merged over several rows stands for each of them, as it is seen: a township for all its people."""

    def __init__(self, spans: Iterable[tuple[int, int, int]]) -> None:
        self._spans: dict[int, list[tuple[int, int]]] = {}
        for number, (place, first, last) in enumerate(spans):
            if number < _MERGES_MOST and place < _COLUMNS_MOST:
                self._spans.setdefault(place, []).append((first, last))
        for spans_of_column in self._spans.values():
            spans_of_column.sort()
        self._tops: dict[int, tuple[int, Cell]] = {}

    def fill(self, number: int, cells: list[Cell]) -> list[Cell]:
        blank = all(is_blank(cell) for cell in cells)
        for place, spans in self._spans.items():
            at = bisect_right(spans, (number, _SHEET_ROWS * 10)) - 1
            if at < 0 or spans[at][1] < number or place >= len(cells):
                continue
            first = spans[at][0]
            if number == first:
                self._tops[place] = (first, cells[place])
            elif not blank and is_blank(cells[place]) and self._tops.get(place, (0, None))[0] == first:
                cells[place] = self._tops[place][1]
        return cells


def _compound(rest: bytes) -> Sentence:
    if "EncryptedPackage".encode("utf-16-le") in rest:
        return sentence("This file has a password; please save it without one.")
    return sentence("This is a workbook of before 2007 (.xls); please save it as .xlsx.")


# --- csv


def _csv(data: bytes, name: str, limits: Limits) -> Grid:
    if not data.strip():
        raise Malformed(sentence("The file is empty."))
    if not name.lower().endswith((".csv", ".txt", ".tsv")):
        raise Malformed(_NOT_A_WORKBOOK)
    text = _decoded(data)
    if _MARKUP.match(text):
        raise Malformed(_NOT_A_WORKBOOK)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        return Grid(None, _bounded(_csv_rows(reader), limits.rows, limits.rows))
    except csv.Error as error:
        raise Malformed(_DAMAGED) from error


def _csv_rows(reader: Iterator[list[str]]) -> Iterator[Row]:
    for number, texts in enumerate(reader, start=1):
        cells: list[Cell] = [text or None for text in texts[:_COLUMNS_MOST]]
        if any(len(text) > _CELL_MOST for text in texts):
            raise Malformed(_DAMAGED)
        row = _row(number, cells)
        if row is not None:
            yield row


def _decoded(data: bytes) -> str:
    marked = next((encoding for mark, encoding in _BYTE_ORDER_MARKS.items() if data.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Malformed(_NOT_A_WORKBOOK)


def _delimiter(text: str) -> str:
    """The one by which the first lines have the most cells."""
    return max(_DELIMITERS, key=lambda sign: _cells_in(text, sign))


def _cells_in(text: str, sign: str) -> int:
    try:
        return sum(len(texts) for texts in islice(csv.reader(io.StringIO(text, newline=""), delimiter=sign), 20))
    except csv.Error:
        return 0
