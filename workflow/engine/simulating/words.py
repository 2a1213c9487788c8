"""What the clock does by itself, in words: a line for each moment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from workflow.calendar import day_of, is_end_of_day, local
from workflow.engine.simulating.beginning import Stage
from workflow.engine.simulating.waiting import Happening, Kind, Rest
from workflow.text import Label, Sayable, Sentence, sentence

_WEEKDAYS: Final = tuple(
    Label(f"周{zh}", en)
    for zh, en in zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
)
_KINDS: Final[Mapping[Kind, Sentence]] = {
    "due": sentence("deadline"),
    "overdue": sentence("deadline passed, the work stays open"),
    "reminder": sentence("reminder"),
    "escalation": sentence("escalation"),
    "notice_end": sentence("the notice ends"),
    "until": sentence("the waiting ends"),
    "resume": sentence("the clock goes on"),
    "opening": sentence("the round opens"),
    "announce": sentence("the round is announced"),
    "closes": sentence("the round closes"),
    "sitting": sentence("decided together"),
}
_OF_DAY: Final[Mapping[Rest, Sentence]] = {
    "rest": sentence("day of rest"),
    "make_up": sentence("worked instead of another day"),
    "provisional": sentence("holidays of this year not published yet"),
}


def happening_in_words(stage: Stage, happening: Happening) -> Sayable:
    """What happens, whom it tells, where the case goes then."""
    parts: list[Sayable] = [_KINDS[kind] for kind in happening.kinds]
    if happening.moved:
        parts.append(sentence("→ {state}", state=called(stage, happening.state)))
    if happening.told:
        parts.append(sentence("told: {names}", names=list(happening.told)))
    if happening.stuck is not None:
        parts.append(sentence("cannot go on: {reason}", reason=happening.stuck))
    if happening.day:
        parts.append(sentence("({note})", note=_OF_DAY[happening.day]))
    if happening.repeated and happening.last is not None:
        last = day_of(happening.last).isoformat()
        parts.append(sentence("and {count} more, the last on {day}", count=happening.repeated, day=last))
    return _chained(parts)


def dated(stage: Stage, happening: Happening) -> Sentence:
    """The same behind its moment."""
    day = day_of(happening.at)
    return sentence(
        "  {day} {weekday} {time}  {what}",
        day=day.isoformat(),
        weekday=_WEEKDAYS[day.weekday()],
        time=_time(happening.at),
        what=happening_in_words(stage, happening),
    )


def _time(at: datetime) -> str:
    return "24:00" if is_end_of_day(at) else f"{local(at):%H:%M}"


def _chained(parts: list[Sayable]) -> Sayable:
    found = parts[0]
    for part in parts[1:]:
        found = sentence("{one}; {other}", one=found, other=part)
    return found


def called(stage: Stage, state: str) -> Sentence:
    return sentence("{label} ({name})", label=stage.definition.states[state].label, name=state)
