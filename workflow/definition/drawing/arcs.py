"""What runs above the track of one row: levels of arcs and flags, and the feet by which they stand on stations."""

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.definition.drawing.wrapping import SMALL, width_of

FOOT = 11.0  #: between two feet of a station
RISE = 44.0  #: from the track to the lowest level
LEVEL = 28.0
_AROUND_TEXT = 40.0
_BESIDE = 6.0
_PILL = 20.0  #: a pill is so much wider than its text
_APART = 8.0


@dataclass(frozen=True, slots=True)
class Span:
    """An arc that is asked for, from column to column."""

    begin: int
    to: int
    text: str

    @property
    def columns(self) -> tuple[int, int]:
        return min(self.begin, self.to), max(self.begin, self.to)


@dataclass(frozen=True, slots=True)
class Pill:
    """A flag that is asked for."""

    begin: int
    text: str

    @property
    def width(self) -> float:
        return width_of(self.text, SMALL) + _PILL


@dataclass(frozen=True, slots=True)
class Placed:
    """What an arc or a pill takes."""

    left: float
    right: float
    level: int

    def meets(self, left: float, right: float) -> bool:
        return self.left < right and left < self.right


@dataclass(frozen=True, slots=True)
class Above:
    """All that stands above a row; feet in px, of an arc at its beginning and at its target."""

    arcs: tuple[Placed, ...]
    feet: tuple[tuple[float, float], ...]
    pills: tuple[Placed, ...]
    pill_feet: tuple[float, ...]

    @property
    def levels(self) -> int:
        return max((one.level + 1 for one in (*self.arcs, *self.pills)), default=0)


def above(
    spans: Sequence[Span], pills: Sequence[Pill], stations: Sequence[float], within: tuple[float, float]
) -> Above:
    """Where arcs and flags stand; `stations`: the x of each column; `within`: how far flags go left and right."""
    arcs = levelled(spans, stations)
    standing = feet(spans, arcs, stations, FOOT, pills)
    pill_feet = _pill_feet(spans, pills, stations)
    placed: list[Placed] = []
    for pill, foot in zip(pills, pill_feet, strict=True):
        left = _left(pill, foot, spans, within)
        placed.append(_lowest(pill, foot, left, spans, arcs, standing, placed, pill_feet))
    return Above(tuple(arcs), tuple(standing), tuple(placed), tuple(pill_feet))


def levelled(spans: Sequence[Span], stations: Sequence[float]) -> list[Placed]:
    """The lowest level at which an arc meets no other, shortest first, then by column."""
    order = sorted(range(len(spans)), key=lambda one: (_length(spans[one]), spans[one].columns, one))
    found: dict[int, Placed] = {}
    for number in order:
        left, right = (stations[column] for column in spans[number].columns)
        middle, half = (left + right) / 2, (right - left) / 2
        half = max(half, (width_of(spans[number].text, SMALL) + _AROUND_TEXT) / 2) + _BESIDE
        level = _free(list(found.values()), middle - half, middle + half)
        found[number] = Placed(middle - half, middle + half, level)
    return [found[number] for number in range(len(spans))]


def _length(span: Span) -> int:
    left, right = span.columns
    return right - left


def _free(taken: list[Placed], left: float, right: float) -> int:
    level = 0
    while any(one.level == level and one.meets(left, right) for one in taken):
        level += 1
    return level


def feet(
    spans: Sequence[Span],
    arcs: Sequence[Placed],
    stations: Sequence[float],
    apart: float,
    pills: Sequence[Pill] = (),
) -> list[tuple[float, float]]:
    """Of each arc at its beginning and at its target.

    At a station from left to right: arcs to the left, lower ones first; flags; arcs to the right, higher ones first.
    """
    found: dict[tuple[int, int], float] = {}
    for column, x in enumerate(stations):
        to_left, to_right = _sides(spans, column)
        to_left.sort(key=lambda number: arcs[number].level)
        to_right.sort(key=lambda number: -arcs[number].level)
        flags = sum(pill.begin == column for pill in pills)
        first = x - apart * (len(to_left) + flags + len(to_right) - 1) / 2
        for place, number in enumerate(to_left):
            found[number, column] = first + apart * place
        for place, number in enumerate(to_right, len(to_left) + flags):
            found[number, column] = first + apart * place
    return [(found[number, span.begin], found[number, span.to]) for number, span in enumerate(spans)]


def _sides(spans: Sequence[Span], column: int) -> tuple[list[int], list[int]]:
    """Arcs of a station: to the left and to the right."""
    to_left = [number for number, span in enumerate(spans) if span.columns[1] == column]
    return to_left, [number for number, span in enumerate(spans) if span.columns[0] == column]


def _pill_feet(spans: Sequence[Span], pills: Sequence[Pill], stations: Sequence[float]) -> list[float]:
    """Between the arcs to the left and those to the right."""
    found: list[float] = []
    for number, pill in enumerate(pills):
        to_left, to_right = _sides(spans, pill.begin)
        own = [other for other, one in enumerate(pills) if one.begin == pill.begin]
        count = len(to_left) + len(own) + len(to_right)
        place = len(to_left) + own.index(number)
        found.append(stations[pill.begin] + FOOT * (place - (count - 1) / 2))
    return found


def _left(pill: Pill, foot: float, spans: Sequence[Span], within: tuple[float, float]) -> float:
    """The left edge: away from the arcs of its station, and within bounds."""
    to_right = any(span.columns[0] == pill.begin for span in spans)
    to_left = any(span.columns[1] == pill.begin for span in spans)
    left = foot - pill.width / 2
    if to_right:
        left = foot + _BESIDE - pill.width
    elif to_left:
        left = foot - _BESIDE
    return max(within[0], min(left, within[1] - pill.width))


def _lowest(
    pill: Pill,
    foot: float,
    left: float,
    spans: Sequence[Span],
    arcs: Sequence[Placed],
    standing_feet: Sequence[tuple[float, float]],
    pills: Sequence[Placed],
    pill_feet: Sequence[float],
) -> Placed:
    """The lowest level at which it meets no arc, no flag and no foot of what stands higher."""
    right = left + pill.width
    own = [arc.level for arc, span in zip(arcs, spans, strict=True) if span.columns[1] == pill.begin]
    both = own and any(span.columns[0] == pill.begin for span in spans)
    standing = [(x, arc.level) for arc, both_feet in zip(arcs, standing_feet, strict=True) for x in both_feet]
    standing += [(x, one.level) for one, x in zip(pills, pill_feet, strict=False) if x != foot]
    level = max(own) + 1 if both else 0
    while (
        any(arc.level == level and arc.meets(left, right) for arc in arcs)
        or any(one.level == level and one.meets(left - _APART, right + _APART) for one in pills)
        or any(higher > level and left < x < right for x, higher in standing)
    ):
        level += 1
    return Placed(left, right, level)
