"""How moments and numbers are said to one reader at one moment: 3月9日 周一, 剩 2 个工作日, 逾期 1 个工作日."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from workflow.calendar import Calendar, day_of, is_end_of_day, local
from workflow.text import Label, Language, Sayable, Sentence, say, sentence

Urgency = Literal["late", "today", "tomorrow", "later"]

#: Stands where a number touches words. Pages leave the gap between Chinese and digits to the style sheet; mail programs
#: do not know it, so it becomes a blank here, and translations stay without. It is no character that anybody can send.
_GAP = "\ufdd0"
_NARROW = re.compile(r"[0-9A-Za-z]")
HAN = re.compile("[\u3400-\u9fff]")
_GAPS = re.compile(f"(?<={HAN.pattern}){_GAP}+|{_GAP}+(?={HAN.pattern})")

_WEEKDAYS = tuple(
    Label(*both)
    for both in (
        ("周一", "Mon"),
        ("周二", "Tue"),
        ("周三", "Wed"),
        ("周四", "Thu"),
        ("周五", "Fri"),
        ("周六", "Sat"),
        ("周日", "Sun"),
    )
)
_MONTHS = tuple(
    Label(str(number), name)
    for number, name in enumerate(
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
)
_DAY = sentence("{weekday} {day} {month}")
_DAY_OF_YEAR = sentence("{day} {month} {year}")
_DAY_ALONE = sentence("{day}")
_MOMENT = sentence("{day} {clock}")
_TODAY = sentence("today {clock}")


@dataclass(frozen=True, slots=True)
class Count:
    """A sentence with a number in it: English has another for one."""

    one: Sentence
    many: Sentence


_LEFT = Count(sentence("{count} working day left"), sentence("{count} working days left"))
_ABOUT_LEFT = Count(sentence("about {count} working day left"), sentence("about {count} working days left"))
_DAYS_LEFT = Count(sentence("{count} day left"), sentence("{count} days left"))
_LATE_BY = Count(sentence("{count} working day late"), sentence("{count} working days late"))
_LATE = sentence("late")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    language: Language
    calendar: Calendar
    now: datetime

    def say(self, template: Sentence, **facts: Sayable | int) -> str:
        if self.language != "zh":
            return say(template.template, self.language, **facts)
        said = {name: _apart(fact) if isinstance(fact, str | int) else fact for name, fact in facts.items()}
        return _GAPS.sub(" ", say(template.template, self.language, **said)).replace(_GAP, "")

    def count(self, template: Count, count: int, **facts: Sayable | int) -> str:
        return self.say(template.one if count == 1 else template.many, count=count, **facts)

    def listed(self, parts: list[str]) -> str:
        return ("、" if self.language == "zh" else ", ").join(parts)

    def clauses(self, parts: list[str]) -> str:
        return ("，" if self.language == "zh" else ", ").join(parts)

    def sentences(self, parts: list[str]) -> str:
        return ("" if self.language == "zh" else " ").join(parts)

    # --- moments

    def day(self, day: date) -> str:
        month, weekday = _MONTHS[day.month - 1], _WEEKDAYS[day.weekday()]
        if day.year == self._today.year:
            return say(_DAY.template, self.language, weekday=weekday, day=day.day, month=month)
        return say(_DAY_OF_YEAR.template, self.language, day=day.day, month=month, year=day.year)

    def short_day(self, day: date) -> tuple[str, str]:
        """9日 and 周一, for where the month stands beside it."""
        return say(_DAY_ALONE.template, self.language, day=day.day), _WEEKDAYS[day.weekday()].say(self.language)

    def today(self) -> str:
        return self.day(self._today)

    def moment(self, instant: datetime) -> str:
        """Day and time; the end of a day is the day."""
        day = self.day(day_of(instant))
        return day if is_end_of_day(instant) else self.say(_MOMENT, day=day, clock=self.clock(instant))

    def clock(self, instant: datetime) -> str:
        return "24:00" if is_end_of_day(instant) else f"{local(instant):%H:%M}"

    def urgency(self, due: datetime) -> Urgency:
        if due <= self.now:
            return "late"
        days = (day_of(due) - self._today).days
        return "today" if days == 0 else "tomorrow" if days == 1 else "later"

    def left(self, due: datetime) -> str:
        """What is left of a term, or by how much it was missed; on its day, the time."""
        working = self.working_days_until(due)
        if due <= self.now:
            return self.count(_LATE_BY, -working) if working < 0 else self.say(_LATE)
        days = (day_of(due) - self._today).days
        if days == 0:
            return self.say(_TODAY, clock=self.clock(due))
        if working == 0:
            return self.count(_DAYS_LEFT, days)
        return self.count(_ABOUT_LEFT if self.calendar.is_provisional(day_of(due)) else _LEFT, working)

    def deadline(self, due: datetime) -> str:
        """Absolute and counted."""
        if self.urgency(due) == "today":
            return self.left(due)
        return self.clauses([self.moment(due), self.left(due)])

    def working_days_until(self, instant: datetime) -> int:
        return self.calendar.working_between(self._today, day_of(instant))

    @property
    def _today(self) -> date:
        return day_of(self.now)


def _apart(fact: str | int) -> str:
    """With a gap at each end that is a digit or a Latin letter."""
    text = str(fact)
    before = _GAP if _NARROW.match(text[:1]) else ""
    after = _GAP if _NARROW.match(text[-1:]) else ""
    return f"{before}{text}{after}"
