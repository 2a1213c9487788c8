"""The sums that turn a term into an instant.

A day counts from the next on; a span in days or more ends at 24:00 of its last day, or at the time said. In days, weeks,
months and years a last day of rest rolls over (Civil Code 201-203); in working days only these count.
"""

from datetime import date, datetime, time, timedelta

from workflow.calendar import (
    FIRST_DAY,
    LAST_DAY,
    Calendar,
    add_months,
    at_time,
    day_of,
    is_end_of_day,
    is_reckoned_with,
    last_day_of,
    local,
)
from workflow.definition.term.values import (
    Anchor,
    Anchors,
    CalendarPoint,
    Clock,
    DateOf,
    DayOf,
    Moment,
    Offset,
    Period,
    Reckoned,
    Repeat,
    Span,
    Term,
    Weekday,
    WorkingDayOf,
)
from workflow.errors import GuardFailed
from workflow.text import sentence

MORNING = time(8, 30)
#: No span of one unit takes more days than this, long holidays included.
_LONGEST_DAYS = {"working days": 12, "days": 12, "weeks": 20, "months": 45, "years": 380}


def reckon(term: Term, anchors: Anchors, calendar: Calendar, since: datetime) -> Reckoned | None:
    """The instant of a term, counted from `since` (entering, or opening for a round); none where its anchor has none."""
    moment = _instant(term.moment, anchors, calendar, since, term.at)
    return None if moment is None else Reckoned(moment, clock_of(term.moment))


def remind_at(term: Term, anchors: Anchors, calendar: Calendar, since: datetime) -> datetime | None:
    """The instant of a reminder or escalation: what would fall on 24:00 goes at 08:30.

    A span after something, or from entering, of the next working day; all others of the day itself.
    """
    moment = _instant(term.moment, anchors, calendar, since, term.at)
    if moment is None or not is_end_of_day(moment) or term.at is not None:
        return moment
    day = day_of(moment)
    if isinstance(term.moment, Span) or (isinstance(term.moment, Offset) and term.moment.direction == "after"):
        day = calendar.next_working(day + timedelta(days=1))
    return at_time(day, MORNING)


def next_repeat(
    repeat: Repeat, anchors: Anchors, calendar: Calendar, since: datetime, later_than: datetime
) -> datetime | None:
    """The first occurrence later than an instant; none when the repeat is over, or its anchor has no instant."""
    anchor = None
    if repeat.moment is not None:
        anchor = _instant(repeat.moment, anchors, calendar, since, None)
        if anchor is None:
            return None
    begins = anchor if repeat.direction == "after" and anchor is not None else since
    found = _next_occurrence(repeat, calendar, begins, max(later_than, begins))
    if repeat.direction == "before" and anchor is not None and found is not None and found > anchor:
        return None
    return found


def end_of_span(span: Span, base: datetime, calendar: Calendar) -> datetime:
    """The end of a span that begins now; of one in days or more its 24:00."""
    return _after(span, base, calendar, None)


def add_span(span: Span, base: datetime, calendar: Calendar) -> datetime:
    """So much after a deadline, at its time of the day."""
    return _after(span, base, calendar, None if is_end_of_day(base) else local(base).time())


def _next_occurrence(repeat: Repeat, calendar: Calendar, begins: datetime, later_than: datetime) -> datetime | None:
    if isinstance(repeat.every, Span):
        return _next_span(repeat.every, calendar, begins, later_than, repeat.at)
    day = day_of(later_than)
    while True:
        if repeat.every == "working day":
            day = calendar.next_working(day)
        elif not isinstance(repeat.every, str):
            day = _point_day(repeat.every, calendar, day)
        moment = at_time(day, repeat.at or MORNING)
        if moment > later_than:
            return moment
        day += timedelta(days=1)


def _next_span(span: Span, calendar: Calendar, begins: datetime, later_than: datetime, clock: time | None) -> datetime:
    """The n-th span from the beginning, for the least n that is later."""
    if span.exact:
        passed = (later_than - begins) // _length(span)
        return begins + (passed + 1) * _length(span)
    count = max(1, (later_than - begins).days // (span.count * _LONGEST_DAYS[span.unit]))
    while True:
        moment = _after(Span(span.count * count, span.unit), begins, calendar, clock or MORNING)
        if moment > later_than:
            return moment
        count += 1


def clock_of(moment: Moment) -> Clock:
    """How a deadline counted this way behaves when its clock stands."""
    match moment:
        case Span(unit="working days"):
            return "working days"
        case Span():
            return "exact" if moment.exact else "days"
        case Offset(span=span, direction="after", of=Anchor(kind="entered" | "started" | "opened" | "state")):
            return clock_of(span)
        case _:
            return "fixed"


def what_is_left(clock: Clock, due: datetime, stopped: datetime, calendar: Calendar) -> int:
    """What is left of a clock that stands: whole (working) days after the day it stopped, or seconds if exact."""
    match clock:
        case "working days":
            return max(0, calendar.working_between(day_of(stopped), day_of(due)))
        case "days":
            return max(0, (day_of(due) - day_of(stopped)).days)
        case "exact":
            return max(0, round((due - stopped).total_seconds()))
        case "fixed":
            return 0


def go_on(clock: Clock, left: int, due: datetime, now: datetime, calendar: Calendar) -> datetime:
    """The new deadline of a clock that goes on with what was left; a fixed date does not move."""
    if clock == "fixed":
        return due
    if clock == "exact":
        return _checked(now + timedelta(seconds=left))
    day = day_of(now)
    day = (
        calendar.add_working(day, left)
        if clock == "working days"
        else calendar.next_working(day + timedelta(days=left))
    )
    return _checked(at_time(day, None if is_end_of_day(due) else local(due).time()))


def _instant(
    moment: Moment, anchors: Anchors, calendar: Calendar, since: datetime, clock: time | None
) -> datetime | None:
    match moment:
        case Span():
            return _after(moment, since, calendar, clock)
        case Offset(span=span, direction=direction, of=of):
            base = _instant(of, anchors, calendar, since, None)
            if base is None:
                return None
            return _after(span, base, calendar, clock) if direction == "after" else _before(span, base, calendar, clock)
        case Anchor():
            base = anchors(moment)
            return base if base is None or clock is None else at_time(day_of(base), clock)
        case _:
            return _point(moment, calendar, since, clock)


def _after(span: Span, base: datetime, calendar: Calendar, clock: time | None) -> datetime:
    if span.exact:
        return _checked(base + _length(span))
    day = day_of(base)
    if span.unit == "working days":
        return _checked(at_time(calendar.add_working(day, span.count), clock))
    return _checked(at_time(calendar.next_working(_shift(day, span, 1)), clock))


def _before(span: Span, base: datetime, calendar: Calendar, clock: time | None) -> datetime:
    if span.exact:
        return _checked(base - _length(span))
    day = day_of(base)
    if span.unit == "working days":
        return _checked(at_time(calendar.add_working(day, -span.count), clock))
    return _checked(at_time(_shift(day, span, -1), clock))


def _checked(instant: datetime) -> datetime:
    """No sum leaves the years that are reckoned with; a span begun within them is too short to overflow."""
    if is_reckoned_with(day_of(instant)):
        return instant
    text = sentence(
        "This comes to {day}; dates from {first} to {last} are reckoned with.",
        day=day_of(instant).isoformat(),
        first=FIRST_DAY.isoformat(),
        last=LAST_DAY.isoformat(),
    )
    raise GuardFailed(text)


def _length(span: Span) -> timedelta:
    return timedelta(hours=span.count) if span.unit == "hours" else timedelta(minutes=span.count)


def _shift(day: date, span: Span, sign: int) -> date:
    count = span.count * sign
    match span.unit:
        case "weeks":
            return day + timedelta(weeks=count)
        case "months":
            return add_months(day, count)
        case "years":
            return add_months(day, 12 * count)
        case _:
            return day + timedelta(days=count)


def _point(point: CalendarPoint, calendar: Calendar, since: datetime, clock: time | None) -> datetime:
    """The first on or after `since`, which may be later the same day; `of the next`: in the period after its own."""
    day = day_of(since)
    if not isinstance(point, DateOf) and point.following:
        return at_time(_point_day(point, calendar, _next_period(point, day)), clock)
    found = at_time(_point_day(point, calendar, day), clock)
    while found < since:
        day += timedelta(days=1)
        found = at_time(_point_day(point, calendar, day), clock)
    return found


def _point_day(point: CalendarPoint, calendar: Calendar, day: date) -> date:
    """The first day on or after `day` that is such a point."""
    if isinstance(point, WorkingDayOf):
        return _working_day(point, calendar, day)
    while not _is_point(point, day):
        day += timedelta(days=1)
    return day


def _is_point(point: DayOf | DateOf | Weekday, day: date) -> bool:
    match point:
        case Weekday(weekday=weekday):
            return day.weekday() == weekday
        case DayOf(day=number):
            return day.day == min(number, last_day_of(day.year, day.month))
        case DateOf(day=number, month=month):
            return day.month == month and day.day == min(number, last_day_of(day.year, month))


def _working_day(point: WorkingDayOf, calendar: Calendar, day: date) -> date:
    """Period by period; one that has fewer working days gives its last, as a month does (Civil Code 202)."""
    period: Period = "month" if isinstance(point.period, int) else point.period
    first, last = _bounds(period, day)
    while True:
        if not isinstance(point.period, int) or first.month == point.period:
            found = calendar.nth_working(first, last, point.ordinal) or calendar.nth_working(first, last, -1)
            if found is not None and found >= day:
                return found
        first, last = _bounds(period, last + timedelta(days=1))


def _bounds(period: Period, day: date) -> tuple[date, date]:
    match period:
        case "week":
            first = day - timedelta(days=day.weekday())
            return first, first + timedelta(days=6)
        case "month":
            return day.replace(day=1), day.replace(day=last_day_of(day.year, day.month))
        case "quarter":
            month = (day.month - 1) // 3 * 3 + 1
            return date(day.year, month, 1), date(day.year, month + 2, last_day_of(day.year, month + 2))
        case "year":
            return date(day.year, 1, 1), date(day.year, 12, 31)


def _next_period(point: WorkingDayOf | DayOf | Weekday, day: date) -> date:
    period: Period = "week" if isinstance(point, Weekday) else "month"
    if isinstance(point, WorkingDayOf) and not isinstance(point.period, int):
        period = point.period
    return _bounds(period, day)[1] + timedelta(days=1)
