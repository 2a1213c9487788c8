"""The stations that a picture shows and what leads off them: the whole line, or what a case took and still can take."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from workflow.definition.drawing.journey import Journey, Returned
from workflow.definition.drawing.order import Jump, Line, Refusal, Side
from workflow.definition.model import Definition

#: Of a station: plain on a definition; passed by, where a case went another way.
Mark = Literal["plain", "done", "now", "to_come", "passed_by"]


@dataclass(frozen=True, slots=True)
class Stop:
    state: str
    number: int  #: on the whole line, from 1
    mark: Mark = "plain"
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A jump between stops, by their places; a side box or any state by its name."""

    begin: int
    to: int | str
    back: bool
    triggers: tuple[str, ...]
    taken: bool = False
    text: str = ""  #: in place of the triggers


@dataclass(frozen=True, slots=True)
class Drop:
    """Refusals of one stop."""

    begin: int
    refusals: tuple[Refusal, ...]
    now: bool = False
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    stops: tuple[Stop, ...]
    turns: tuple[Turn, ...]
    drops: tuple[Drop, ...]
    sides: tuple[Side, ...]
    current: str = ""  #: where a case is


def whole(line: Line) -> Route:
    stops = tuple(Stop(state, number) for number, state in enumerate(line.stations, 1))
    drops = tuple(Drop(place, found) for place, found in _by_stop(stops, line.refusals))
    return Route(stops, tuple(_turns(stops, line.jumps, ())), drops, line.sides)


def travelled(definition: Definition, line: Line, journey: Journey, *, everything: bool) -> Route:
    """Everything: all ways off the line; else only returns taken, and refusals that can still happen."""
    reached = _reached(line, journey)
    ended = definition.states[journey.current].is_end
    over = ended and journey.current not in line.stations
    stops = tuple(_stops(line, journey, reached, ended=ended, over=over, everything=everything))
    turns = tuple(_turns(stops, line.jumps if everything else (), journey.returns))
    drops = tuple(_drops(line, stops, journey, reached, everything=everything))
    if over:
        taken = _taken(line, stops, journey, reached)
        drops = (*(drop for drop in drops if everything and drop.begin != taken.begin), taken)
    sides = tuple(side for side in line.sides if everything or side.state == journey.current)
    return Route(stops, turns, drops, sides, journey.current)


def _reached(line: Line, journey: Journey) -> int:
    """The place of the current state on the line; of a side box or another end, that of the station it hangs from."""
    if journey.current in line.stations:
        return line.stations.index(journey.current)
    under = {side.state: side.under for side in line.sides}
    states = [under.get(journey.current), *reversed(list(journey.passed))]
    return next((line.stations.index(state) for state in states if state in line.stations), 0)


def _stops(line: Line, journey: Journey, reached: int, *, ended: bool, over: bool, everything: bool) -> Iterator[Stop]:
    for place, state in enumerate(line.stations):
        number = place + 1
        if state == journey.current:
            yield Stop(state, number, "done" if ended else "now", journey.note)
        elif place > reached and (everything or not over):
            yield Stop(state, number, "passed_by" if over else "to_come", journey.to_come.get(state, ""))
        elif place == reached or (place < reached and state in journey.passed):
            yield Stop(state, number, "done", journey.passed.get(state, ""))
        elif place < reached and everything:
            yield Stop(state, number, "passed_by", "")


def _drops(line: Line, stops: tuple[Stop, ...], journey: Journey, reached: int, *, everything: bool) -> Iterator[Drop]:
    for place, found in _by_stop(stops, line.refusals):
        now = stops[place].state == journey.current
        possible = [one for one in found if not now or journey.possible is None or one.trigger in journey.possible]
        if everything:
            yield Drop(place, found, now=now and bool(possible))
        elif possible and (now or stops[place].number - 1 > reached):
            yield Drop(place, tuple(possible), now=now)


def _taken(line: Line, stops: tuple[Stop, ...], journey: Journey, reached: int) -> Drop:
    """How it ended, where that is not the end of the line."""
    state = line.stations[reached]
    place = next((place for place, stop in enumerate(stops) if stop.state == state), 0)
    found = tuple(one for one in line.refusals if one.begin == state and one.to == journey.current)
    return Drop(place, found or (Refusal(state, "", journey.current),), taken=True)


def _by_stop(stops: tuple[Stop, ...], refusals: tuple[Refusal, ...]) -> Iterator[tuple[int, tuple[Refusal, ...]]]:
    for place, stop in enumerate(stops):
        found = tuple(one for one in refusals if one.begin == stop.state)
        if found:
            yield place, found


def _turns(stops: tuple[Stop, ...], jumps: tuple[Jump, ...], returns: tuple[Returned, ...]) -> Iterator[Turn]:
    places = {stop.state: place for place, stop in enumerate(stops)}
    taken = {(one.begin, one.to): one for one in returns}
    for jump in jumps:
        found = taken.pop((jump.begin, jump.to), None)
        begin, to = places[jump.begin], places.get(jump.to, jump.to)
        yield Turn(begin, to, jump.back, jump.triggers, found is not None, found.text if found else "")
    for one in taken.values():
        if one.begin in places and one.to in places and one.begin != one.to:
            begin, end = places[one.begin], places[one.to]
            yield Turn(begin, end, end < begin, (), taken=True, text=one.text)
