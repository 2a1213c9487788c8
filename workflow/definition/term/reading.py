"""Reading a time term from the file."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Literal

from workflow.calendar import last_day_of
from workflow.definition.term.values import (
    Anchor,
    CalendarPoint,
    DateOf,
    DayOf,
    Direction,
    Moment,
    Offset,
    Period,
    Repeat,
    Span,
    Term,
    Unit,
    Weekday,
    WorkingDayOf,
)
from workflow.text import Sentence, sentence

_LONGEST = {
    "working days": 5000,
    "days": 20000,
    "weeks": 3000,
    "months": 1200,
    "years": 100,
    "hours": 100000,
    "minutes": 1000000,
}


_LONGEST_TERM = 200


class TermWrong(Exception):
    """The text is no time term; the reason is for the author."""

    def __init__(self, reason: Sentence, anchor: str | None = None) -> None:
        self.reason = reason
        self.anchor = anchor  #: the name that is not known
        super().__init__(reason.say("en"))


WEEKDAYS = {
    name: n for n, name in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
}
_MONTHS = {
    name: n
    for n, name in enumerate(
        (
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        1,
    )
}
_PERIODS: dict[str, Period] = {"week": "week", "month": "month", "quarter": "quarter", "year": "year"}
_UNITS: dict[str, Unit] = {
    "day": "days",
    "days": "days",
    "week": "weeks",
    "weeks": "weeks",
    "month": "months",
    "months": "months",
    "year": "years",
    "years": "years",
    "hour": "hours",
    "hours": "hours",
    "minute": "minutes",
    "minutes": "minutes",
}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "last": -1}
#: No month has more working days, and an ordinal is counted in the least of the periods.
_MOST_WORKING_DAYS = 20
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class AnchorNames:
    """The names that a term may use beside the built-in ones."""

    states: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()  #: date and moment fields of the case
    round_fields: frozenset[str] = frozenset()
    due: bool = True  #: whether there is a deadline to speak of


def parse_term(source: str, names: AnchorNames) -> Term:
    """Reads a moment; raises TermWrong."""
    reader = _Reader(source, names)
    moment = reader.moment()
    clock = reader.clock()
    reader.end()
    if clock is not None and isinstance(moment, Span) and moment.exact:
        raise TermWrong(sentence("“{source}”: a span in hours has no time of the day.", source=source))
    return Term(source, moment, clock)


def parse_repeat(source: str, names: AnchorNames) -> Repeat:
    """Reads `every …`; raises TermWrong."""
    reader = _Reader(source, names)
    reader.expect("every")
    every = reader.every()
    direction: Direction | None = None
    moment: Moment | None = None
    if reader.peek() in ("before", "after"):
        direction = "before" if reader.take() == "before" else "after"
        moment = reader.moment()
    clock = reader.clock()
    reader.end()
    return Repeat(source, every, direction, moment, clock)


def parse_span(source: str) -> Span:
    """Reads a bare span such as `5 working days`; raises TermWrong."""
    reader = _Reader(source, AnchorNames())
    span = reader.span()
    reader.end()
    return span


class _Reader:
    def __init__(self, source: str, names: AnchorNames) -> None:
        if len(source) > _LONGEST_TERM:
            raise TermWrong(sentence("A time term may have {most} characters.", most=_LONGEST_TERM))
        self._source = source
        self._names = names
        self._words = source.split()
        self._at = 0

    def moment(self) -> Moment:
        word = self.peek()
        if word.isdecimal() and not (len(self._words) > self._at + 1 and self._words[self._at + 1] in _MONTHS):
            span = self.span()
            if self.peek() in ("before", "after"):
                direction: Direction = "before" if self.take() == "before" else "after"
                return Offset(span, direction, self.moment())
            return span
        if word == "at" and not _CLOCK.fullmatch(self.peek(1)):
            self.take()
        return self._point()

    def every(self) -> Literal["working day", "day"] | Span | CalendarPoint:
        word = self.peek()
        if word == "working":
            self.take()
            self.expect("day")
            return "working day"
        if word == "day" and not self.peek(1).isdecimal():
            self.take()
            return "day"
        if word in ("week", "month", "year", "hour", "minute"):
            return Span(1, _UNITS[self.take()])
        if word.isdecimal() and self.peek(1) not in _MONTHS:
            span = self.span()
            if span.count == 0:
                raise self._wrong()
            return span
        point = self._calendar()
        if point is None:
            raise self._wrong()
        return point

    def span(self) -> Span:
        word = self.take()
        if not word.isdecimal():
            raise self._wrong()
        unit: Unit
        if self.peek() == "working":
            self.take()
            if self.take() not in ("day", "days"):
                raise self._wrong()
            unit = "working days"
        else:
            found = _UNITS.get(self.take())
            if found is None:
                raise self._wrong()
            unit = found
        if int(word) > _LONGEST[unit]:
            raise TermWrong(sentence("“{source}” is too long a time.", source=self._source))
        return Span(int(word), unit)

    def clock(self) -> time | None:
        if self.peek() != "at":
            return None
        self.take()
        word = self.take()
        found = _CLOCK.fullmatch(word)
        if found is None or (found[1] == "24" and found[2] != "00"):
            raise TermWrong(sentence("“{word}” is no time of the day; write HH:MM.", word=word))
        return None if found[1] == "24" else time(int(found[1]), int(found[2]))

    def end(self) -> None:
        if self._at < len(self._words):
            raise self._wrong()

    def peek(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._words[at] if at < len(self._words) else ""

    def take(self) -> str:
        word = self.peek()
        self._at += 1
        return word

    def expect(self, word: str) -> None:
        if self.take() != word:
            raise self._wrong()

    def _point(self) -> Anchor | CalendarPoint:
        point = self._calendar()
        if point is not None:
            return point
        word = self.take()
        names = self._names
        if word == "due":
            if not names.due:
                raise TermWrong(sentence("“{source}” counts from a deadline, but there is none.", source=self._source))
            return Anchor("due")
        if word in ("entered", "started", "opened"):
            return Anchor("entered" if word == "entered" else "started" if word == "started" else "opened")
        if word.startswith("round.") and word[6:] in names.round_fields:
            return Anchor("round", word[6:])
        if word in names.fields:
            return Anchor("field", word)
        if word in names.states:
            return Anchor("state", word)
        if re.fullmatch(r"[a-z][a-z0-9_.]*", word) and self.peek() in ("", "at"):
            raise TermWrong(
                sentence("“{source}”: there is no moment “{word}”.", source=self._source, word=word), anchor=word
            )
        raise self._wrong()

    def _calendar(self) -> CalendarPoint | None:
        word = self.peek()
        if word in WEEKDAYS:
            self.take()
            following = self._of_the("week") if self.peek() == "of" else False
            return Weekday(WEEKDAYS[word], following)
        if word == "day" and self.peek(1).isdecimal():
            self.take()
            day = int(self.take())
            if not 1 <= day <= 31:  # noqa: PLR2004 -- days of a month
                raise TermWrong(
                    sentence(
                        "“{source}”: a month has no day {day}; “day 31” is the last of every month.",
                        source=self._source,
                        day=day,
                    )
                )
            return DayOf(day, self._of_the("month"))
        if word.isdecimal() and self.peek(1) in _MONTHS:
            return self._date()
        ordinal = _ordinal(word)
        if ordinal is not None or (word == "working" and self.peek(1) == "day"):
            return self._working_day(ordinal)
        return None

    def _working_day(self, ordinal: int | None) -> WorkingDayOf:
        if ordinal is not None:
            self.take()
        self.expect("working")
        self.expect("day")
        self.expect("of")
        if self.peek() in _MONTHS:
            return WorkingDayOf(ordinal or 1, _MONTHS[self.take()])
        self.expect("the")
        following = self._next()
        period = _PERIODS.get(self.take())
        if period is None:
            raise self._wrong()
        return WorkingDayOf(ordinal or 1, period, following)

    def _date(self) -> DateOf:
        day, name = int(self.take()), self.take()
        last = last_day_of(2024, _MONTHS[name])
        if not 1 <= day <= last:
            raise TermWrong(
                sentence(
                    "“{source}”: there is no such day in any year; the last of that month is “{last} {month}”.",
                    source=self._source,
                    last=last,
                    month=name,
                )
            )
        return DateOf(day, _MONTHS[name])

    def _of_the(self, period: str) -> bool:
        self.expect("of")
        self.expect("the")
        following = self._next()
        self.expect(period)
        return following

    def _next(self) -> bool:
        if self.peek() != "next":
            return False
        self.take()
        return True

    def _wrong(self) -> TermWrong:
        return TermWrong(
            sentence(
                "“{source}” is no time term. It would read like “3 working days”, “2 days before due”, "
                "“last working day of the month” or “every working day after due”.",
                source=self._source,
            )
        )


def _ordinal(word: str) -> int | None:
    if word in _ORDINALS:
        return _ORDINALS[word]
    found = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word)
    return int(found[1]) if found and 0 < int(found[1]) <= _MOST_WORKING_DAYS else None
