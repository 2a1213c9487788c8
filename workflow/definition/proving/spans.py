"""How long spans are at most, in the unit that a claim speaks of.

Spans of like units are added up as they are written: working days; days and weeks; months and years; hours and minutes.
A span in days may end some days later, as its last day of rest rolls over, and so may the claim's (Civil Code 203): that
is not counted. An unlike one is taken at its worst:

- any day may be a working day, so that a span of days has as many working days; a month has 31 days, a year 366;
- what is exact touches as many days as midnights fit into it, one more for what is left;
- n working days take 3 n / 2 + 12 days at most: so it is in each year from 2014 to 2060 that the calendar knows;
- a claim in months has 28 days for each; one in hours 24 for each day and another day, since the first is not counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from workflow.definition.term.values import Anchor, DayOf, Moment, Offset, Span, Unit, Weekday, WorkingDayOf

_MINUTES_A_DAY = 1440
_FEWEST_DAYS = 28
_MONTHS_A_YEAR = 12
_DAYS = {"working days": 1, "days": 1, "weeks": 7, "months": 31, "years": 366}
#: The calendar days that come at most on top of half as many again as there are working days.
_LONGEST_REST = 12

Scale = Literal["working days", "days", "months", "minutes"]
_SCALES: dict[Unit, Scale] = {
    "working days": "working days",
    "days": "days",
    "weeks": "days",
    "months": "months",
    "years": "months",
    "hours": "minutes",
    "minutes": "minutes",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """Weighs spans for a claim: in working days, days, days of months of 28, or minutes."""

    unit: Unit

    def limit(self, span: Span) -> int:
        """The span of the claim itself, at its shortest."""
        match _SCALES[span.unit]:
            case "minutes":
                return _minutes(span)
            case "months":
                return _months(span) * _FEWEST_DAYS
            case _:
                return span.count * _DAYS[span.unit]

    def most(self, spans: Iterable[Span], pause: int = 0) -> int:
        """What spans one after another take at most, standing still for so many days in all."""
        listed = tuple(spans)
        scale = _SCALES[self.unit]
        if scale == "minutes" and all(span.exact for span in listed):
            return sum(map(_minutes, listed)) + pause * _MINUTES_A_DAY
        if scale == "months":
            like = sum(_months(span) for span in listed if _SCALES[span.unit] == "months")
            unlike = tuple(span for span in listed if _SCALES[span.unit] != "months")
            return like * _FEWEST_DAYS + (_in_days(unlike, pause) if unlike else pause)
        if scale == "working days":
            return _any_days(listed) + pause
        days = _in_days(listed, pause)
        return days if scale == "days" else (_longest(days) + 1) * _MINUTES_A_DAY

    def rounded(self, weight: int) -> Span:
        """A weight in the claim's unit, rounded up."""
        return Span(-(-weight // self.limit(Span(1, self.unit))), self.unit)


def spans_of(moment: Moment, entered: frozenset[str]) -> tuple[Span, ...] | None:
    """The spans that pass at most from entering to a moment; none for a date that no span bounds.

    `entered` are the states of which it is certain that they have been.
    """
    match moment:
        case Span():
            return (moment,)
        case Anchor(kind="entered" | "started" | "opened"):
            return ()
        case Anchor(kind="state", name=name) if name in entered:
            return ()
        case Offset(span=span, direction=direction, of=of):
            before = spans_of(of, entered)
            if before is None or direction == "before":
                return before
            return (*before, span)
    return None


def takes_time(moment: Moment) -> bool:
    """Whether it lies ahead, whenever it is reckoned."""
    match moment:
        case Span(count=count):
            return count > 0
        case Offset(span=Span(count=count), direction="after", of=Anchor(kind="entered")):
            return count > 0
        case WorkingDayOf(following=following) | DayOf(following=following) | Weekday(following=following):
            return following
    return False


def _in_days(spans: tuple[Span, ...], pause: int) -> int:
    days = _any_days(spans) + pause
    return _longest(days) if any(span.unit == "working days" for span in spans) else days


def _any_days(spans: tuple[Span, ...]) -> int:
    return sum(-(-_minutes(span) // _MINUTES_A_DAY) if span.exact else span.count * _DAYS[span.unit] for span in spans)


def _longest(working_days: int) -> int:
    return working_days + working_days // 2 + _LONGEST_REST


def _minutes(span: Span) -> int:
    return span.count * (60 if span.unit == "hours" else 1)


def _months(span: Span) -> int:
    return span.count * (_MONTHS_A_YEAR if span.unit == "years" else 1)
