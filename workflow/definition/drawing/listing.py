"""The same line in words, as an ordered list: what a screen reader reads and a printer prints."""

from collections.abc import Iterator
from dataclasses import dataclass

from workflow.definition.drawing.route import Mark
from workflow.definition.drawing.sheet import Sheet
from workflow.text import sentence


@dataclass(frozen=True, slots=True)
class Step:
    number: int
    label: str
    second: str
    mark: Mark
    lines: tuple[str, ...]  #: what is opened here, what leads off the line


def in_words(sheet: Sheet) -> tuple[Step, ...]:
    return tuple(
        Step(
            number=stop.number,
            label=sheet.captions.label(stop.state),
            second=sheet.second(stop),
            mark=stop.mark,
            lines=tuple(_lines(sheet, place, stop.state)),
        )
        for place, stop in enumerate(sheet.route.stops)
    )


def _lines(sheet: Sheet, place: int, state: str) -> Iterator[str]:
    captions, route = sheet.captions, sheet.route
    branches = captions.branches(state)
    together = [branch.text for branch in branches if not branch.call]
    calls = [f"{branch.text} {branch.count}".strip() for branch in branches if branch.call]
    if together:
        yield captions.said(sentence("At the same time: {parts}", parts=together))
    if calls:
        yield captions.said(sentence("Opened here: {parts}", parts=calls))
    for side in route.sides:
        if side.under == state:
            goes = captions.side(side, number=sheet.numbers(shown=True).get(side.to or ""))
            yield f"{captions.label(side.state)} {goes}".strip()
    yield from (sheet.flag(turn, shown=True) for turn in route.turns if turn.begin == place)
    yield from (captions.refusals(drop) for drop in route.drops if drop.begin == place)
