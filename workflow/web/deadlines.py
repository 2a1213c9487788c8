"""A deadline as pages show it: counted in words, dated in full, the working days as cells. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workflow.calendar import Calendar, day_of
from workflow.messages.wording import Wording
from workflow.text import sentence

#: So many working days are drawn; a longer term is told in words alone.
_MOST_CELLS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    urgency: str  #: late, today, tomorrow, later, held
    words: str
    full: str
    cells: tuple[str, ...]  #: a class for each working day: past, today, left, late


def held(due: datetime, wording: Wording) -> Deadline:
    """Of a clock that stands still."""
    words = wording.say(sentence("Its clock stands still"))
    return Deadline(urgency="held", words=words, full=wording.moment(due), cells=())


def deadline_of(due: datetime | None, opened: datetime | None, wording: Wording) -> Deadline | None:
    if due is None:
        return None
    urgency = wording.urgency(due)
    working = wording.working_days_until(due)
    if urgency == "later" and working == 1:
        urgency = "tomorrow"
    cells = tuple(_cells(day_of(opened or wording.now), day_of(due), day_of(wording.now), wording.calendar))
    return Deadline(urgency=urgency, words=wording.left(due), full=wording.moment(due), cells=cells)


def _cells(first: date, due: date, today: date, calendar: Calendar) -> Iterator[str]:
    """From the day after the opening to the end of the term, or to today where that is later."""
    last = max(due, today)
    if calendar.working_between(first, last) > _MOST_CELLS:
        first = calendar.add_working(min(today, due), -(_MOST_CELLS // 2))
    if calendar.working_between(first, last) > _MOST_CELLS:
        return
    for number in range(1, (last - first).days + 1):
        day = first + timedelta(days=number)
        if calendar.is_working(day) or day == today:
            yield _cell(day, due, today)


def _cell(day: date, due: date, today: date) -> str:
    if day > due:
        return "late"
    return "past" if day < today else "today" if day == today else "left"
