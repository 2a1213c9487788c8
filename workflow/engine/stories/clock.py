"""What comes next in the world of a story: the timer that is due first, and the number of the next case."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from workflow.engine.subject import Case, Round, Timer, number_order

_ORDER = ("due", "reminder", "escalation", "notice_end", "until", "resume", "opening", "announce", "closes", "sitting")
_SEQUENCE = re.compile(r"\{seq(?::0?(\d))?\}")


def earliest(rounds: Iterable[Round], cases: Iterable[Case], to: datetime) -> tuple[str, Timer] | None:
    """The next timer up to a moment, and whose it is; of several at one instant by kind, then by case number."""
    due = [
        ((timer.at, _ORDER.index(timer.kind), order, timer.id), subject, timer)
        for subject, order, timer in (*_of_rounds(rounds), *_of_cases(cases))
        if timer.at <= to
    ]
    if not due:
        return None
    _, subject, timer = min(due, key=lambda entry: entry[0])
    return subject, timer


def numbered(template: str, today: date, n: int) -> str:
    """The n-th number of a template."""
    begun = template.replace("{year}", str(today.year)).replace("{month}", f"{today.month:02}")
    return _SEQUENCE.sub(lambda found: f"{n:0{found[1] or 1}}", begun)


def _of_rounds(rounds: Iterable[Round]) -> Iterator[tuple[str, tuple[object, ...], Timer]]:
    for round_ in rounds:
        if round_.suspended is None:
            for timer in (*round_.timers, *(t for sitting in round_.sittings for t in sitting.entry.timers)):
                yield round_.id, (), timer


def _of_cases(cases: Iterable[Case]) -> Iterator[tuple[str, tuple[object, ...], Timer]]:
    for case in cases:
        if case.entry is not None and case.suspended is None:
            for timer in case.entry.timers:
                yield case.id, number_order(case), timer
