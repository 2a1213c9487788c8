"""The way of a case upon the line of its definition: where it has been and when, where it stands, what it came back from."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from workflow.calendar import local
from workflow.cases.history import unseal
from workflow.definition.drawing import Journey, Returned, Step, in_words, layout, sheet, svg
from workflow.definition.model import Definition
from workflow.engine import changes as c
from workflow.engine.subject import Case
from workflow.text import Label, Language, say

#: The width of the panel on a wide page, and of a telephone.
_WIDE, _NARROW = 1078, 326


@dataclass(frozen=True, slots=True)
class Drawn:
    wide: str  #: an SVG
    narrow: str
    steps: tuple[Step, ...]  #: the same in words


def drawn(
    definition: Definition,
    case: Case,
    stored: Iterable[tuple[bytes, str | None]],
    speaks: Language,
    *,
    everything: bool,
) -> Drawn:
    journey = journey_of(definition, case, stored, speaks)
    wide, narrow = (
        sheet(definition, speaks, journey=journey, everything=everything, prefix=name) for name in ("wide", "narrow")
    )
    return Drawn(svg(layout(wide, _WIDE)), svg(layout(narrow, _NARROW)), in_words(wide))


def journey_of(
    definition: Definition, case: Case, stored: Iterable[tuple[bytes, str | None]], speaks: Language
) -> Journey:
    moves = [change for body, kept in stored for change in unseal(body, kept)[1] if isinstance(change, c.Entered)]
    left: dict[str, datetime] = {}
    for move in moves:
        if move.came_from is not None:
            left.pop(move.came_from, None)
            left[move.came_from] = move.at
    left.pop(case.state, None)
    return Journey(
        passed={state: _day(at, speaks) for state, at in left.items()},
        current=case.state,
        note=_day(moves[-1].at, speaks) if moves else "",
        returns=tuple(_returns(definition, moves, speaks)),
    )


def _returns(definition: Definition, moves: Iterable[c.Entered], speaks: Language) -> Iterator[Returned]:
    taken = Counter(
        (move.came_from, move.state)
        for move in moves
        if move.came_from
        and move.trigger
        and move.trigger in definition.triggers
        and definition.sense(move.trigger) == "back"
    )
    for (begin, to), times in taken.items():
        words = say("sent back", speaks) if times == 1 else say("sent back {times} times", speaks, times=times)
        yield Returned(str(begin), to, words)


def _day(at: datetime, speaks: Language) -> str:
    day = local(at)
    return Label(f"{day.month}月{day.day}日", f"{day.day} {day:%b}").say(speaks)
