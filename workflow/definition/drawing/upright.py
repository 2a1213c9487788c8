"""The line upright, for what is narrower than 720 px: texts to the right of the track, arcs to its left.

A definition runs from top to bottom; a case has the newest on top, as its history has.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from workflow.definition.drawing.arcs import Span, feet, levelled
from workflow.definition.drawing.boxes import Column, column
from workflow.definition.drawing.picture import Arc, Exit, Picture, Station, Track, Words
from workflow.definition.drawing.route import Drop, Stop, Turn
from workflow.definition.drawing.sheet import Sheet
from workflow.definition.drawing.wrapping import SMALL, cut, wrapped

LABEL = 16.0
_LEADING, _TEXT_LEADING = 22.0, 18.0
_LANE = 12.0
_FOOT = 19.0
_TEXT_FROM_TRACK = 30.0
_MARGIN = 4.0
_FOOT_APART = 9.0
_DISC = 24.0
_BETWEEN = 26.0


def upright(sheet: Sheet, width: float) -> Picture:
    """Below 720 wide."""
    return _Upright(sheet, width).picture()


class _Upright:
    def __init__(self, sheet: Sheet, width: float) -> None:
        self._sheet, self._width = sheet, width
        count = len(sheet.route.stops)
        self._order = list(range(count))[:: -1 if sheet.of_case else 1]
        self._turns = [turn for turn in sheet.route.turns if isinstance(turn.to, int)]
        self._spans = [Span(self._order.index(turn.begin), self._order.index(_place(turn)), "") for turn in self._turns]
        self._lanes = levelled(self._spans, [100.0 * place for place in range(count)])
        lanes = max((one.level + 1 for one in self._lanes), default=0)
        self._track = _DISC + (_FOOT + _LANE * lanes if lanes else 0) - 4
        self._left = self._track + _TEXT_FROM_TRACK
        self._room = width - self._left - _MARGIN
        self._stations: list[Station] = []
        self._exits: list[Exit] = []
        self._columns: list[Column] = []
        self._height = _DISC + 4
        for place in self._order:
            self._height = self._block(place, self._height)

    def picture(self) -> Picture:
        by_number = sorted(self._stations, key=lambda station: station.number)
        return Picture(
            width=self._width,
            height=self._height - _BETWEEN + 12,
            upright=True,
            title=self._sheet.captions.title(self._sheet.route),
            prefix=self._sheet.prefix,
            of_case=self._sheet.of_case,
            tracks=tuple(self._tracks(by_number)),
            rails=(),
            exits=tuple(self._exits),
            brackets=tuple(bracket for one in self._columns for bracket in one.brackets),
            boxes=tuple(box for one in self._columns for box in one.boxes),
            stations=tuple(by_number),
            arcs=tuple(self._arcs()),
            flags=(),
        )

    def _block(self, place: int, y: float) -> float:
        """One station with all that belongs to it, its disc at `y`; answers with the y of the next one."""
        stop = self._sheet.route.stops[place]
        label, second = self._texts(stop, y)
        self._stations.append(self._sheet.station(place, 0, self._track, y, label, second))
        bottom = y + 5 + _LEADING * (len(label.lines) - 1) + (_TEXT_LEADING + 2 if second else 0)
        found = self._column(stop, bottom + 10)
        self._columns.append(found)
        bottom = found.bottom if found.boxes else bottom
        for turn in self._sheet.route.turns:
            if turn.begin == place:
                bottom = self._told(turn, stop, bottom + _TEXT_LEADING + 4)
        for drop in self._sheet.route.drops:
            if drop.begin == place:
                bottom = self._refused(drop, stop, bottom + _TEXT_LEADING + 4)
        return bottom + _BETWEEN + 14

    def _told(self, turn: Turn, stop: Stop, y: float) -> float:
        """What an arc says stands under its station; answers with the last baseline."""
        text = self._sheet.flag(turn, shown=self._shown)
        return self._line(text, stop, y, kind="back" if turn.back else "skip", taken=turn.taken)

    def _refused(self, drop: Drop, stop: Stop, y: float) -> float:
        text = f"× {self._sheet.captions.refusals(drop)}"
        return self._line(text, stop, y, kind="refusal", now=drop.now, taken=drop.taken)

    def _line(
        self,
        text: str,
        stop: Stop,
        y: float,
        *,
        kind: Literal["refusal", "back", "skip"],
        now: bool = False,
        taken: bool = False,
    ) -> float:
        lines = wrapped(text, SMALL, self._room, 3)
        full = text if any("…" in line for line in lines) else ""
        words = Words(x=self._left, y=y, lines=lines, size=SMALL, anchor="start", full=full)
        beside = ((self._track, y - 4.5), (self._left - 8, y - 4.5)) if kind == "refusal" else ()
        self._exits.append(Exit(begin=stop.number, kind=kind, points=beside, text=words, now=now, taken=taken))
        return y + _TEXT_LEADING * (len(lines) - 1)

    def _texts(self, stop: Stop, y: float) -> tuple[Words, Words | None]:
        label = self._sheet.captions.label(stop.state)
        number = str(stop.number) if self._shown else ""
        text = f"{number} {label}".strip()
        lines = wrapped(text, LABEL, self._room, 4)
        full = label if any("…" in line for line in lines) else ""
        words = Words(
            x=self._left, y=y + 5, lines=lines, size=LABEL, leading=_LEADING, anchor="start", number=number, full=full
        )
        note = self._sheet.second(stop)
        if not note:
            return words, None
        below = y + 5 + _LEADING * (len(lines) - 1) + _TEXT_LEADING + 2
        line = cut(note, SMALL, self._room)
        return words, Words(x=self._left, y=below, lines=(line,), size=SMALL, anchor="start", full=note)

    def _column(self, stop: Stop, top: float) -> Column:
        numbers = self._sheet.numbers(shown=self._shown)
        at = (self._left, top, min(self._room, 240.0))
        return column(stop.state, self._sheet.captions, self._sheet.route, numbers, at)

    @property
    def _shown(self) -> bool:
        """Whether numbers stand before the labels."""
        return self._sheet.standing is not None

    def _tracks(self, stations: list[Station]) -> Iterator[Track]:
        for before, after in pairwise(stations):
            yield Track(((before.x, before.y), (after.x, after.y)), self._sheet.track(after.number))

    def _arcs(self) -> Iterator[Arc]:
        """As above a row, turned to the left of the track."""
        middles = [station.y for station in self._stations]
        stops = self._sheet.route.stops
        standing = feet(self._spans, self._lanes, middles, _FOOT_APART)
        for turn, span, lane, (begin, to) in zip(self._turns, self._spans, self._lanes, standing, strict=True):
            disc, left = self._track - _FOOT, self._track - _FOOT - _LANE * (lane.level + 1)
            yield Arc(
                begin=stops[self._order[span.begin]].number,
                to=stops[self._order[span.to]].number,
                back=turn.back,
                taken=turn.taken,
                level=lane.level,
                points=((disc, begin), (left, begin), (left, to), (disc, to)),
                text=None,
            )


def _place(turn: Turn) -> int:
    assert isinstance(turn.to, int)
    return turn.to
