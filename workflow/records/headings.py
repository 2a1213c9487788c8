"""Which row of a sheet has the headings, which column is which, and which rows below are meant.

Spaces, line breaks and punctuation of a heading do not count, nor what stands in brackets. Above the headings there may be
titles, and a heading over several columns; below them blank rows, headings again (as on each printed page), totals and
notes.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

from workflow.errors import Malformed
from workflow.records.workbook import Cell, Grid, Row, is_blank
from workflow.text import Sentence, sentence

#: What is looked for: under any key of ours, the headings that mean it.
Wanted = Mapping[str, Sequence[str]]
_Meanings = dict[str, list[str]]

_SEARCHED: Final = 50
_BRACKETS: Final = re.compile(r"[(（\[【〔].*?[)）\]】〕]")
_TOTALS: Final = ("合计", "总计", "共计", "小计", "累计", "本页合计", "本页小计", "total", "subtotal", "sum")
_PARTS: Final = ("小计", "本页", "subtotal")  #: after which more comes
_NOTES: Final = (
    *("注", "备注", "说明", "填表", "填报", "制表", "审核", "负责人", "联系人", "经办人", "单位负责人", "盖章", "公章"),
    *("note", "remark", "filledin", "signed"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of one sheet below its headings."""

    sheet: str | None  #: named where several were read
    headings: Mapping[int, str]  #: by place, as they stand there
    places: Mapping[str, int]  #: where each key was found
    rows: Sequence[Row]


def plain(text: str) -> str:
    """A heading without what does not count."""
    return "".join(letter for letter in normalize("NFKC", text).casefold() if letter.isalnum())


def find_tables(grids: Sequence[Grid], wanted: Wanted, essential: Collection[str]) -> tuple[Table, ...]:
    """The sheets that have all essential headings; others are left out. Raises Malformed where none has."""
    meanings: _Meanings = {}
    for key, headings in wanted.items():
        for heading in headings:
            meanings.setdefault(plain(heading), []).append(key)
    found = [(grid, _headings_of(grid, meanings)) for grid in grids]
    whole = [(grid, at) for grid, at in found if at is not None and set(essential) <= at.places.keys()]
    if not whole:
        raise Malformed(_what_lacks([at for _, at in found if at is not None], wanted, essential))
    alike = [text for _, at in whole for text in at.alike]
    if alike:
        raise Malformed(sentence("Several columns mean the same: {headings}.", headings=alike))
    several = len(whole) > 1
    return tuple(
        Table(
            sheet=grid.name if several else None,
            headings=at.texts,
            places=at.places,
            rows=tuple(_rows_below(grid, at)),
        )
        for grid, at in whole
    )


@dataclass(frozen=True, slots=True)
class _Headings:
    """A row taken for the headings; `alike` are those that mean what one before them means."""

    row: int
    texts: Mapping[int, str]
    places: Mapping[str, int]
    alike: tuple[str, ...]


def _headings_of(grid: Grid, meanings: _Meanings) -> _Headings | None:
    """The row that means the most, the first of several: two headings at least."""
    best: _Headings | None = None
    above: Row | None = None
    for row in grid.rows[:_SEARCHED]:
        here = _read(row, above if above is not None and above.number == row.number - 1 else None, meanings)
        if len(here.places) > (len(best.places) if best else 1):
            best = here
        above = row
    return best


def _read(row: Row, above: Row | None, meanings: _Meanings) -> _Headings:
    """Where a cell is blank, the heading is the one above: it stands over both rows."""
    texts: dict[int, str] = {}
    for place in range(max(len(row.cells), len(above.cells) if above else 0)):
        cell = row.at(place)
        if is_blank(cell) and above is not None:
            cell = above.at(place)
        if isinstance(cell, str) and not is_blank(cell):
            texts[place] = cell
    places, alike = _places_of({place: (text, _meant(text, meanings)) for place, text in texts.items()})
    return _Headings(row.number, texts, places, alike)


def _places_of(found: Mapping[int, tuple[str, Sequence[str]]]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Where each key is, and the headings beside; a column of its own wins over one that holds several."""
    places: dict[str, int] = {}
    alike: list[str] = []
    for place, (text, keys) in sorted(found.items(), key=lambda one: (len(one[1][1]), one[0])):
        if len(keys) == 1 and keys[0] in places:
            alike.append(text)
        places |= {key: place for key in keys if key not in places}
    return places, tuple(alike)


def _meant(text: str, meanings: _Meanings) -> Sequence[str]:
    """The keys that a heading means; several, where a column holds the values of several fields."""
    return meanings.get(plain(text)) or meanings.get(plain(_BRACKETS.sub("", text))) or ()


def _what_lacks(found: list[_Headings], wanted: Wanted, essential: Collection[str]) -> Sentence:
    nearest = max(found, key=lambda at: len(at.places), default=None)
    missing = [wanted[key][0] for key in wanted if key in essential and (nearest is None or key not in nearest.places)]
    if nearest is None:
        return sentence("No row has the headings; looked for were: {headings}.", headings=missing)
    return sentence("Row {row} has the headings, but not: {headings}.", row=nearest.row, headings=missing)


# --- the rows below


def _rows_below(grid: Grid, at: _Headings) -> Iterator[Row]:
    """Below a total only rows count that are as full as the others: there stand signatures and notes."""
    places = set(at.places.values())
    half = (len(places) + 1) // 2
    ended = False
    for row in grid.rows:
        if row.number <= at.row:
            continue
        filled = sum(not is_blank(row.at(place)) for place in places)
        first = plain(str(next(cell for cell in row.cells if not is_blank(cell))))
        if first in _TOTALS or (filled < half and first.startswith(_TOTALS)):
            ended = ended or not first.startswith(_PARTS)
        elif filled == 0 or (filled < half and (ended or first.startswith(_NOTES))) or _is_heading_again(row, at):
            continue
        else:
            yield row


def _is_heading_again(row: Row, at: _Headings) -> bool:
    places = set(at.places.values())
    return sum(_is_same(row.at(place), at.texts[place]) for place in places) * 2 > len(places)


def _is_same(cell: Cell, heading: str) -> bool:
    return isinstance(cell, str) and plain(cell) == plain(heading)
