"""When the rounds of a definition open by themselves: nominal dates, and the working days to which they are moved. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflow.calendar import ZONE, Calendar, at_time, day_of, is_end_of_day
from workflow.definition.model import RoundRules
from workflow.definition.term.reckoning import MORNING, next_repeat, reckon
from workflow.definition.term.values import Anchor, Repeat, Term

#: No rest of a year is longer than so many days, make-up days included.
_LONGEST_REST = timedelta(days=20)
#: The Monday from which spans are counted, as in “every 2 weeks”.
_FIRST_MONDAY = datetime(2024, 1, 1, tzinfo=ZONE)


@dataclass(frozen=True, slots=True)
class Occurrence:
    nominal: date  #: with the organisation, what names the round
    opens_at: datetime
    moved: bool = False  #: off a day of rest


def occurrences(rules: RoundRules, calendar: Calendar, after: datetime, until: datetime) -> list[Occurrence]:
    """Those that open later than `after` and not later than `until`, in order; none where rounds are opened by hand.

    Of two that fall on one day because a day of rest moved one, only the later opens.
    """
    if rules.opens_at is None:
        return []
    found: dict[date, Occurrence] = {}
    for nominal in _nominal(rules.opens_at, calendar, after - _LONGEST_REST, until + _LONGEST_REST):
        found.setdefault(day_of(nominal), _moved(nominal, rules, calendar))
    kept: list[Occurrence] = []
    for one in found.values():
        if kept and day_of(kept[-1].opens_at) == day_of(one.opens_at) and (kept[-1].moved or one.moved):
            kept.pop()
        kept.append(one)
    return [one for one in kept if after < one.opens_at <= until]


def _nominal(opens: Term | Repeat, calendar: Calendar, since: datetime, until: datetime) -> Iterator[datetime]:
    later_than = max(since, _FIRST_MONDAY)
    while later_than < until:
        found = (
            next_repeat(opens, _nothing, calendar, _FIRST_MONDAY, later_than)
            if isinstance(opens, Repeat)
            else _next_of_term(opens, calendar, later_than, until)
        )
        if found is None:
            return
        yield found
        later_than = found


def _next_of_term(term: Term, calendar: Calendar, later_than: datetime, until: datetime) -> datetime | None:
    """A term is reckoned from each day on, as what is counted back from a point may lie before the day."""
    day = day_of(later_than)
    while at_time(day, time.min) < until + _LONGEST_REST:
        found = reckon(term, _nothing, calendar, at_time(day, time.min))
        if found is None:
            return None
        moment = at_time(day_of(found.at), MORNING) if is_end_of_day(found.at) else found.at
        if moment > later_than:
            return moment
        day += timedelta(days=1)
    return None


def _moved(nominal: datetime, rules: RoundRules, calendar: Calendar) -> Occurrence:
    day = day_of(nominal)
    if rules.rest_day == "keep" or calendar.is_working(day):
        return Occurrence(day, nominal)
    to = calendar.next_working(day) if rules.rest_day == "next" else calendar.previous_working(day)
    return Occurrence(day, at_time(to, nominal.astimezone(ZONE).time()), moved=True)


def _nothing(_: Anchor) -> None:
    """A cadence knows no moment of a case."""
