"""Working days: a frozen calendar and sums on it. Pure.

An instant is an aware datetime. A day that ends is its 24:00, which is the instant of the next midnight; that instant
still belongs to the day that ends.
"""

import calendar as gregorian
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
#: The days that are reckoned with; no date of a form, a term or a story lies beyond.
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2200, 12, 31)
_INSTANT = timedelta(microseconds=1)
_WEEKEND = 5
#: Years whose public holidays are looked up; in others only weekends are days of rest.
_YEARS = range(2010, 2061)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of rest and the make-up days that are known, for the years whose notice was published."""

    rest: frozenset[date]  #: public holidays and days moved off
    make_up: frozenset[date]  #: Saturdays and Sundays that are worked
    published: frozenset[int]  #: years for which the State Council's notice is known; others are provisional

    def is_working(self, day: date) -> bool:
        if day in self.make_up:
            return True
        return day.weekday() < _WEEKEND and day not in self.rest

    def is_provisional(self, day: date) -> bool:
        """Whether the make-up days of its year are not known yet."""
        return day.year not in self.published

    def next_working(self, day: date) -> date:
        """The day itself if it is worked, else the next that is."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def previous_working(self, day: date) -> date:
        """The day itself if it is worked, else the last one before."""
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day

    def add_working(self, day: date, count: int) -> date:
        """The count-th working day after `day` (before it, if negative); the day itself is not counted."""
        step = timedelta(days=1 if count > 0 else -1)
        for _ in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def working_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and with `last`; negative when `last` is earlier."""
        if last < first:
            return -self.working_between(last, first)
        days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(1 for day in days if self.is_working(day))

    def nth_working(self, first: date, last: date, ordinal: int) -> date | None:
        """The ordinal-th working day of `first` … `last` (-1: the last); none where there are fewer."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        worked = [day for day in days if self.is_working(day)]
        index = ordinal - 1 if ordinal > 0 else ordinal
        return worked[index] if -len(worked) <= index < len(worked) else None

    def with_days(self, days: Mapping[date, bool], published: Iterable[int] = ()) -> "Calendar":
        """The same with some days set to worked (true) or rest (false), as a notice or an office decides."""
        worked = {day for day, works in days.items() if works}
        off = set(days) - worked
        return replace(
            self,
            rest=(self.rest - worked) | off,
            make_up=(self.make_up - off) | worked,
            published=self.published | frozenset(published),
        )


@lru_cache(maxsize=1)
def chinese_calendar() -> Calendar:
    """The holidays of China and their make-up days, as the library knows them."""
    import holidays  # noqa: PLC0415 -- slow import, and what is pure does not need it

    known = holidays.country_holidays("CN", years=_YEARS)
    make_up = frozenset(known.weekend_workdays)
    return Calendar(frozenset(known), make_up, frozenset(day.year for day in make_up))


def is_reckoned_with(day: date) -> bool:
    return FIRST_DAY <= day <= LAST_DAY


def local(instant: datetime) -> datetime:
    return instant.astimezone(ZONE)


def day_of(instant: datetime) -> date:
    """The day an instant belongs to; 24:00 belongs to the day that ends."""
    return (local(instant) - _INSTANT).date()


def end_of(day: date) -> datetime:
    """24:00 of a day."""
    return datetime.combine(day + timedelta(days=1), time(), ZONE)


def at_time(day: date, clock: time | None) -> datetime:
    """A day at a time of the clock; none is its end."""
    return end_of(day) if clock is None else datetime.combine(day, clock, ZONE)


def is_end_of_day(instant: datetime) -> bool:
    return local(instant).time() == time()


def add_months(day: date, count: int) -> date:
    """The same day so many months on; where the month is shorter, its last (Civil Code 202)."""
    month = day.year * 12 + day.month - 1 + count
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, last_day_of(year, month)))


def last_day_of(year: int, month: int) -> int:
    return gregorian.monthrange(year, month)[1]


def whole_years(earlier: date, later: date) -> int:
    """Whole years from one day to another, as an age is counted."""
    if later < earlier:
        return -whole_years(later, earlier)
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))
