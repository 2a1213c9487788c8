"""Bars that are drawn here: one a mark, its parts upon each other, the number above. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

#: In units of the drawing: how wide it is, the height of its tallest bar, and what lies above and below the bars.
WIDTH = 960
_TALLEST, _ABOVE, _BELOW = 130, 24, 26
HEIGHT = _ABOVE + _TALLEST + _BELOW
_WIDEST_BAR = 34
#: So many marks have room; the last stay.
_MOST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    label: str
    parts: Mapping[str, int]
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    part: str
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    label: str
    count: int
    address: str
    chosen: bool
    left: float  #: of the ground that may be clicked
    x: float
    middle: float
    top: float
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    bars: tuple[Bar, ...]
    step: float
    wide: float
    width: int = WIDTH
    height: int = HEIGHT
    foot: int = _ABOVE + _TALLEST


def chart_of(marks: Sequence[Mark], order: Sequence[str]) -> Chart:
    """`order` says which part stands lowest."""
    shown = marks[-_MOST:]
    tallest = max((sum(mark.parts.values()) for mark in shown), default=0) or 1
    step = WIDTH / max(len(shown), 8)
    wide = min(_WIDEST_BAR, step * 0.6)
    bars = tuple(_bar(mark, place * step, step, wide, tallest, order) for place, mark in enumerate(shown))
    return Chart(bars=bars, step=round(step, 1), wide=round(wide, 1))


def _bar(mark: Mark, left: float, step: float, wide: float, tallest: int, order: Sequence[str]) -> Bar:
    blocks = tuple(_blocks(mark, tallest, order))
    return Bar(
        label=mark.label,
        count=sum(mark.parts.values()),
        address=mark.address,
        chosen=mark.chosen,
        left=round(left, 1),
        x=round(left + (step - wide) / 2, 1),
        middle=round(left + step / 2, 1),
        top=round(min((block.y for block in blocks), default=_ABOVE + _TALLEST) - 8, 1),
        blocks=blocks,
    )


def _blocks(mark: Mark, tallest: int, order: Sequence[str]) -> Iterator[Block]:
    foot = float(_ABOVE + _TALLEST)
    for part in order:
        height = mark.parts.get(part, 0) / tallest * _TALLEST
        if height:
            foot -= height
            yield Block(part=part, y=round(foot, 1), height=round(max(height - 1, 1), 1))
