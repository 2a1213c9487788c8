"""The days of a notice, drawn one by one: those that count have their number, those on which it stood still are marked. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.calendar import Calendar
from workflow.messages.wording import Wording
from workflow.text import sentence
from workflow.web.stages import Run

#: A longer notice is told in words alone.
_MOST = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    kind: str  #: past, today, left, held, off
    mark: str
    on: str
    weekday: str


def days(first: date, last: date, run: Run, wording: Wording, today: date) -> tuple[Day, ...]:
    """From the day after it began to its last, or to today while it stands still; days off stand together as one."""
    found = tuple(_days(first, last, run, wording, today))
    return found if len(found) <= _MOST else ()


def _days(first: date, last: date, run: Run, wording: Wording, today: date) -> Iterator[Day]:
    counted, was_off = 0, False
    for step in range(1, (last - first).days + 1):
        day = first + timedelta(days=step)
        if not _counts(day, run, wording.calendar):
            if not was_off:
                yield Day(kind="off", mark=wording.say(sentence("off")), on="", weekday="")
            was_off = True
            continue
        was_off = False
        on, weekday = wording.short_day(day)
        if _is_held(day, run, today):
            yield Day(kind="held", mark=wording.say(sentence("held")), on=on, weekday=weekday)
            continue
        counted += 1
        kind = "past" if day < today else "today" if day == today else "left"
        yield Day(kind=kind, mark=str(counted), on=on, weekday=weekday)


def _counts(day: date, run: Run, calendar: Calendar) -> bool:
    return run.clock != "working days" or calendar.is_working(day)


def _is_held(day: date, run: Run, today: date) -> bool:
    """The day on which it was stopped counts; that on which it went on does not."""
    return any(begun < day <= (ended or today) for begun, ended in run.held)
