"""The line in rows of stations, all from left to right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

from workflow.definition.drawing.arcs import LEVEL, RISE, Above, Pill, Placed, Span, above
from workflow.definition.drawing.boxes import Column, column
from workflow.definition.drawing.picture import Arc, Exit, Flag, Picture, Point, Rail, Station, Track, Words
from workflow.definition.drawing.route import Stop, Turn
from workflow.definition.drawing.sheet import Sheet
from workflow.definition.drawing.wrapping import SMALL, cut, wrapped

LABEL, LEADING = 14.0, 18.0
_MOST_COLUMNS, _NARROWEST = 14, 84
_EDGE = 12  #: where links between rows run down
_FOOT = 19
_MOST_FLAG = 260
_PILL_FROM_RIGHT, _PILL, _PILL_HALF = 112, 80, 15


@dataclass(frozen=True, slots=True)
class Grid:
    gutter: float
    columns: int
    step: float

    @property
    def label_width(self) -> float:
        return self.step - 10

    def x(self, place: int) -> float:
        return self.gutter + (place % self.columns + 0.5) * self.step


def grid(stations: int, width: float) -> Grid:
    gutter = 8 if stations <= min(_MOST_COLUMNS, floor((width - 16) / _NARROWEST)) else 24
    fit = min(_MOST_COLUMNS, floor((width - 2 * gutter) / _NARROWEST))
    columns = ceil(stations / ceil(stations / fit))
    return Grid(gutter, columns, (width - 2 * gutter) / columns)


def in_rows(sheet: Sheet, width: float) -> Picture:
    """At least 720 wide."""
    stops = sheet.route.stops
    cells = grid(len(stops), width)
    rows: list[_Row] = []
    top = 0.0
    for first in range(0, len(stops), cells.columns):
        rows.append(_Row(sheet, cells, width, first, top))
        top = rows[-1].end + 16
    stations = tuple(station for row in rows for station in row.stations())
    return Picture(
        width=width,
        height=rows[-1].end + 8,
        upright=False,
        title=sheet.captions.title(sheet.route),
        prefix=sheet.prefix,
        of_case=sheet.of_case,
        tracks=tuple(_tracks(sheet, stations, rows, width)),
        rails=tuple(rail for row in rows for rail in row.rails()),
        exits=tuple(found for row in rows for found in row.exits()),
        brackets=tuple(bracket for row in rows for one in row.boxes for bracket in one.brackets),
        boxes=tuple(box for row in rows for one in row.boxes for box in one.boxes),
        stations=stations,
        arcs=tuple(arc for row in rows for arc in row.arcs()),
        flags=tuple(flag for row in rows for flag in row.flags()),
    )


def _tracks(sheet: Sheet, stations: Sequence[Station], rows: Sequence["_Row"], width: float) -> Iterator[Track]:
    for before, after in pairwise(stations):
        mark = sheet.track(after.number)
        if before.row == after.row:
            yield Track(((before.x, before.y), (after.x, after.y)), mark)
            continue
        link = rows[after.row].top
        right: Point = (width - _EDGE, before.y)
        down: Point = (width - _EDGE, link)
        left: tuple[Point, Point] = ((_EDGE, link), (_EDGE, after.y))
        yield Track(((before.x, before.y), right, down, *left, (after.x, after.y)), mark, (width / 2, link))


class _Row:
    """One row that begins at `top`; its bands follow from what stands in it."""

    def __init__(self, sheet: Sheet, cells: Grid, width: float, first: int, top: float) -> None:
        stops = sheet.route.stops
        self.top = top
        self._sheet, self._cells, self._width, self._first = sheet, cells, width, first
        self._number = first // cells.columns
        self._stops = stops[first : first + cells.columns]
        self._several_rows = len(stops) > cells.columns
        self._xs = [cells.x(place) for place in range(len(self._stops))]
        self._spans, self._pills = self._turns()
        self._above = self._stand_above()
        levels = self._above.levels
        self._y = top + 58 + LEVEL * levels if levels else top + 44
        self._labels = [self._label(stop) for stop in self._stops]
        boxes_at = self._y + 54 + LEADING * max(len(lines) for lines in self._labels)
        self.boxes = [self._column(place, boxes_at) for place in range(len(self._stops))]
        lowest = max((one.bottom for one in self.boxes if one.boxes), default=boxes_at - 8)
        self._drops = [drop for drop in sheet.route.drops if self._holds(drop.begin)]
        self._end, self._pill = sheet.captions.end(self._drops, _PILL - 12)
        self._refused = [
            wrapped(sheet.captions.drop(drop, self._end), SMALL, cells.label_width, 2) for drop in self._drops
        ]
        self._rail = lowest + 40 + 16 * max((len(lines) for lines in self._refused), default=0)
        self.end = self._rail + 20 if self._drops else lowest + 6

    def stations(self) -> Iterator[Station]:
        for place, (stop, lines) in enumerate(zip(self._stops, self._labels, strict=True)):
            x, label = self._xs[place], self._sheet.captions.label(stop.state)
            number = str(stop.number) if self._counts_before else ""
            full = label if any("…" in line for line in lines) else ""
            words = Words(x=x, y=self._y + 36, lines=lines, size=LABEL, leading=LEADING, number=number, full=full)
            second = self._second(stop, x, self._y + 36 + LEADING * len(lines))
            yield self._sheet.station(self._first + place, self._number, x, self._y, words, second)

    def rails(self) -> Iterator[Rail]:
        if not self._drops:
            return
        pill = self._width - _PILL_FROM_RIGHT
        begin = min(pill, *(self._x(drop.begin) for drop in self._drops))
        words = Words(x=pill + _PILL / 2, y=self._rail + 4.5, lines=(self._pill,), size=SMALL)
        taken = any(drop.taken for drop in self._drops)
        yield Rail(row=self._number, y=self._rail, begin=begin, pill=pill, text=words, taken=taken)

    def exits(self) -> Iterator[Exit]:
        for drop, lines in zip(self._drops, self._refused, strict=True):
            place = drop.begin - self._first
            x = self._xs[place]
            bottom = self._rail - _PILL_HALF if x > self._width - _PILL_FROM_RIGHT else self._rail
            text = self._sheet.captions.refusals(drop)
            words = Words(
                x=x, y=self._rail - 26 - 16 * (len(lines) - 1), lines=lines, size=SMALL, leading=16, full=text
            )
            points = ((x, self._last_text(place) + 3), (x, bottom))
            number = self._stops[place].number
            yield Exit(begin=number, points=points, text=words, now=drop.now, taken=drop.taken)

    def arcs(self) -> Iterator[Arc]:
        found = self._above
        for (turn, span), placed, feet in zip(self._spans, found.arcs, found.feet, strict=True):
            height, foot = self._height(placed), self._y - _FOOT
            begin, to = feet
            points = ((begin, foot), (begin, height), (to, height), (to, foot))
            words = None
            if span.text:
                full = self._sheet.captions.turn(turn)
                words = Words(x=(begin + to) / 2, y=height + 4.5, lines=(span.text,), size=SMALL, full=full)
            yield Arc(
                begin=self._stops[span.begin].number,
                to=self._stops[span.to].number,
                back=turn.back,
                taken=turn.taken,
                level=placed.level,
                points=points,
                text=words,
            )

    def flags(self) -> Iterator[Flag]:
        found = self._above
        for (turn, pill), placed, foot in zip(self._pills, found.pills, found.pill_feet, strict=True):
            height = self._height(placed)
            to = self._sheet.route.stops[turn.to].number if isinstance(turn.to, int) else None
            yield Flag(
                begin=self._stops[pill.begin].number,
                to=to,
                back=turn.back,
                taken=turn.taken,
                level=placed.level,
                foot=((foot, self._y - _FOOT), (foot, height + 11)),
                left=placed.left,
                top=height - 11,
                width=pill.width,
                text=Words(
                    x=placed.left + pill.width / 2,
                    y=height + 4.5,
                    lines=(pill.text,),
                    size=SMALL,
                    full=self._sheet.flag(turn, shown=self._several_rows),
                ),
            )

    @property
    def _counts_before(self) -> bool:
        return self._several_rows and not self._sheet.numbered

    def _holds(self, place: int) -> bool:
        return self._first <= place < self._first + len(self._stops)

    def _x(self, place: int) -> float:
        return self._xs[place - self._first]

    def _height(self, placed: Placed) -> float:
        return self._y - RISE - LEVEL * placed.level

    def _turns(self) -> tuple[list[tuple[Turn, Span]], list[tuple[Turn, Pill]]]:
        spans: list[tuple[Turn, Span]] = []
        pills: list[tuple[Turn, Pill]] = []
        for turn in self._sheet.route.turns:
            if not self._holds(turn.begin):
                continue
            begin = turn.begin - self._first
            if isinstance(turn.to, int) and self._holds(turn.to):
                to = turn.to - self._first
                middle = (self._xs[begin] + self._xs[to]) / 2
                most = 2 * min(middle, self._width - middle) - 46
                spans.append((turn, Span(begin, to, cut(self._sheet.captions.turn(turn), SMALL, most))))
            else:
                text = self._sheet.flag(turn, shown=self._several_rows)
                pills.append((turn, Pill(begin, cut(text, SMALL, _MOST_FLAG))))
        return spans, pills

    def _stand_above(self) -> Above:
        spans, pills = [span for _, span in self._spans], [pill for _, pill in self._pills]
        edge = self._cells.gutter - 4
        return above(spans, pills, self._xs, (edge, self._width - edge))

    def _label(self, stop: Stop) -> tuple[str, ...]:
        label = self._sheet.captions.label(stop.state)
        text = f"{stop.number} {label}" if self._counts_before else label
        return wrapped(text, LABEL, self._cells.label_width, 4)

    def _second(self, stop: Stop, x: float, y: float) -> Words | None:
        text = self._sheet.second(stop)
        if not text:
            return None
        line = cut(text, SMALL, self._cells.label_width)
        return Words(x=x, y=y, lines=(line,), size=SMALL, full=text if line != text else "")

    def _column(self, place: int, top: float) -> Column:
        stop = self._stops[place]
        width = self._cells.label_width
        numbers = self._sheet.numbers(shown=self._several_rows)
        at = (self._xs[place] - width / 2, top, width)
        return column(stop.state, self._sheet.captions, self._sheet.route, numbers, at)

    def _last_text(self, place: int) -> float:
        if self.boxes[place].boxes:
            return self.boxes[place].bottom
        lines = len(self._labels[place]) + bool(self._sheet.second(self._stops[place]))
        return self._y + 36 + LEADING * (lines - 1) + 4
