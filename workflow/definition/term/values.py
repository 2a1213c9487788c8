"""Time terms as values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

Unit = Literal["working days", "days", "weeks", "months", "years", "hours", "minutes"]
#: What a clock that stands keeps: whole (working) days, the exact time, or nothing because the date does not move.
Clock = Literal["working days", "days", "exact", "fixed"]
Direction = Literal["before", "after"]
Period = Literal["week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Span:
    count: int
    unit: Unit

    @property
    def exact(self) -> bool:
        return self.unit in ("hours", "minutes")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A moment that the case or round knows by name."""

    kind: Literal["due", "entered", "started", "opened", "state", "field", "round"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class WorkingDayOf:
    ordinal: int  #: -1 is the last
    period: Period | int  #: or the number of a month
    following: bool = False  #: “of the next”


@dataclass(frozen=True, slots=True)
class DayOf:
    day: int
    following: bool = False


@dataclass(frozen=True, slots=True)
class DateOf:
    day: int
    month: int


@dataclass(frozen=True, slots=True)
class Weekday:
    weekday: int  #: 0 is Monday
    following: bool = False


CalendarPoint = WorkingDayOf | DayOf | DateOf | Weekday


@dataclass(frozen=True, slots=True)
class Offset:
    span: Span
    direction: Direction
    of: "Moment"


Moment = Span | Anchor | CalendarPoint | Offset


@dataclass(frozen=True, slots=True)
class Term:
    source: str
    moment: Moment
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    source: str
    every: Literal["working day", "day"] | Span | CalendarPoint
    direction: Direction | None = None
    moment: Moment | None = None
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    at: datetime
    clock: Clock


#: Gives the instant of an anchor, or none where it has none yet.
Anchors = Callable[[Anchor], datetime | None]
