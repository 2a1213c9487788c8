"""All that a picture is made of, before anything has a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workflow.definition.drawing.captions import Captions
from workflow.definition.drawing.journey import Journey, Standing
from workflow.definition.drawing.order import line_of
from workflow.definition.drawing.picture import Station, Words
from workflow.definition.drawing.route import Route, Stop, Turn, travelled, whole
from workflow.definition.explaining.vocabulary import Others, none_known
from workflow.definition.model import Calls, Definition
from workflow.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    route: Route
    captions: Captions
    standing: Mapping[str, Standing] | None = None
    of_case: bool = False
    prefix: str = "line"

    def numbers(self, *, shown: bool) -> dict[str, int]:
        """Of stations by state, where numbers are shown: others are called by their labels."""
        return {stop.state: stop.number for stop in self.route.stops} if shown or self.numbered else {}

    @property
    def numbered(self) -> bool:
        """Whether numbers stand in the discs."""
        return self.standing is None and not self.of_case

    def station(self, place: int, row: int, x: float, y: float, label: Words, second: Words | None) -> Station:
        stop = self.route.stops[place]
        state = self.captions.definition.states[stop.state]
        found = (self.standing or {}).get(stop.state)
        count = found.count if found else 0
        disc = str(stop.number) if self.numbered else "" if self.of_case else str(count)
        return Station(
            state=stop.state,
            number=stop.number,
            row=row,
            x=x,
            y=y,
            label=label,
            second=second,
            mark=stop.mark,
            is_end=state.is_end,
            interchange=isinstance(state.activity, Calls),
            disc=disc,
            busy=count > 0,
            href=found.href if found else "",
        )

    def track(self, number: int) -> Literal["plain", "done", "to_come"]:
        """Of the stretch that leads to a station."""
        if not self.of_case:
            return "plain"
        reached = max((stop.number for stop in self.route.stops if stop.mark in ("done", "now")), default=0)
        return "done" if number <= reached else "to_come"

    def flag(self, turn: Turn, *, shown: bool) -> str:
        """What a turn says and where it leads."""
        said = self.captions.turn(turn)
        state = self.route.stops[turn.to].state if isinstance(turn.to, int) else turn.to
        to = self.captions.target(state, number=self.numbers(shown=shown).get(state))
        return f"→ {to}" if said == to else f"{said} → {to}".strip()

    def second(self, stop: Stop) -> str:
        return self.captions.second(stop.state) if stop.note is None else stop.note


def sheet(
    definition: Definition,
    language: Language,
    *,
    others: Others = none_known,
    standing: Mapping[str, Standing] | None = None,
    called: Mapping[str, Standing] | None = None,
    journey: Journey | None = None,
    everything: bool = True,
    prefix: str = "line",
) -> Sheet:
    line = line_of(definition)
    captions = Captions(definition=definition, language=language, others=others, called=called or {})
    if journey is None:
        return Sheet(route=whole(line), captions=captions, standing=standing, prefix=prefix)
    route = travelled(definition, line, journey, everything=everything)
    return Sheet(route=route, captions=captions, of_case=True, prefix=prefix)
