"""Bars and lines as numbers that a template draws as SVG: lengths in the units of the drawing. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

#: A trend is drawn so wide and high; the text of its axis stands left and below.
WIDE, HIGH = 320, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 52, 14, 26
_NEAR = 0.1  #: of the range, above and below


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    x: float
    y: float
    value: str
    label: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One line over the last turns, with that of a year before; the last point is the sun."""

    title: str
    answer: str
    line: str  #: points of a polyline
    before: str  #: of a year before; empty where there is none
    dots: tuple[Dot, ...]
    marks: tuple[tuple[float, str], ...]  #: of the axis: y and what stands there
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    label: str
    address: str
    value: float | None
    before: float | None = None  #: a year before


def trend_of(title: str, answer: str, points: Sequence[Point], unit: str) -> Trend | None:
    """Of less than two values nothing can be drawn."""
    known = [point.value for point in points if point.value is not None]
    if len(known) < 2:  # noqa: PLR2004 -- a line has two ends
        return None
    all_values = [*known, *(point.before for point in points if point.before is not None)]
    low, high = _range(all_values)
    dots = tuple(_dots(points, low, high, unit))
    marks = tuple((_y(value, low, high), f"{plain(value)}{unit}") for value in (high, (low + high) / 2, low))
    before = [(number, point.before) for number, point in enumerate(points) if point.before is not None]
    return Trend(
        title=title,
        answer=answer,
        line=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        before=" ".join(f"{_x(number, len(points))},{_y(value, low, high)}" for number, value in before),
        dots=dots,
        marks=marks,
        spoken="; ".join(f"{dot.label} {dot.value}" for dot in dots),
    )


def plain(value: float) -> str:
    """1234.5 as 1,234.5, 3.0 as 3."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def _dots(points: Sequence[Point], low: float, high: float, unit: str) -> list[Dot]:
    return [
        Dot(
            x=_x(number, len(points)),
            y=_y(point.value, low, high),
            value=f"{plain(point.value)}{unit}",
            label=point.label,
            address=point.address,
        )
        for number, point in enumerate(points)
        if point.value is not None
    ]


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Wide enough that a small change is no cliff, from 0 on where that is near."""
    low, high = min(values), max(values)
    room = (high - low) * _NEAR or max(abs(high) * _NEAR, 1)
    low = 0 if 0 <= low <= high / 2 else low - room
    whole = high + room > 10  # noqa: PLR2004 -- beyond it the axis needs no fractions
    return (float(int(low)), float(int(high + room) + 1)) if whole else (low, high + room)


def _x(number: int, count: int) -> float:
    return round(_LEFT + (WIDE - _LEFT - _RIGHT) * number / max(1, count - 1), 1)


def _y(value: float, low: float, high: float) -> float:
    share = (value - low) / (high - low)
    return round(_TOP + (HIGH - _TOP - _BOTTOM) * (1 - share), 1)
