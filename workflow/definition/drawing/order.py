"""In which order the states of a definition stand on its line, and what leads off it: the order, once for every picture.

The main line goes on along the first forward trigger as it is written. What it leaves out is inserted where it is a
detour between two stations, else hangs as a side box under the first station that leads to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from workflow.definition.model import ANY_STATE, PREVIOUS, Definition, State


@dataclass(frozen=True, slots=True)
class Side:
    """A state that is no station."""

    state: str
    under: str  #: a station
    to: str | None  #: a station or an end


@dataclass(frozen=True, slots=True)
class Jump:
    """What leads back, or past the next station."""

    begin: str
    to: str  #: a station, a side box, or ANY_STATE
    back: bool
    triggers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What leads from a station to an end that is not the line's."""

    begin: str
    trigger: str
    to: str


@dataclass(frozen=True, slots=True)
class Line:
    stations: tuple[str, ...]  #: the last one is an end, wherever one is reached
    sides: tuple[Side, ...]
    jumps: tuple[Jump, ...]
    refusals: tuple[Refusal, ...]


@lru_cache(maxsize=256)
def line_of(definition: Definition) -> Line:
    graph = _Graph(definition)
    stations = _with_detours(graph, _main_line(graph))
    sides = tuple(_sides(graph, stations))
    return Line(stations, sides, tuple(_jumps(graph, stations, sides)), tuple(_refusals(graph, stations)))


class _Graph:
    """Who leads to whom, as it is written."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.states = definition.states

    def targets(self, state: str, *, forward: bool | None = None) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Its own triggers, with where they lead; `forward`: only these, or only the others."""
        for trigger, targets in self.states[state].to.items():
            if forward is None or forward == (self.definition.sense(trigger) == "forward"):
                yield trigger, tuple(target.to for target in targets)

    def leads_to(self, state: str) -> list[str]:
        """States that may come next: forward ones first, last those that a trigger of any time leads to."""
        found = [
            to for forward in (True, False) for _, targets in self.targets(state, forward=forward) for to in targets
        ]
        for trigger in self.definition.anytime.values():
            if state in trigger.states:
                found += [target.to for target in trigger.targets]
        return [to for to in dict.fromkeys(found) if to in self.states]

    def is_end(self, state: str) -> bool:
        return self.states[state].is_end

    def is_last(self, state: str) -> bool:
        """Whether nothing leads forward from there."""
        return not any(self.targets(state, forward=True))

    def steps(self) -> list[State]:
        return [state for state in self.states.values() if not state.is_end]

    def reached(self, state: str, without: Sequence[str], *, forward: bool) -> list[str]:
        """The state and what it leads to, never through one of those left out."""
        found = [state]
        for name in found:
            ways = self.targets(name, forward=True) if forward else [("", tuple(self.leads_to(name)))]
            for _, targets in ways:
                found += [to for to in dict.fromkeys(targets) if to in self.states and to not in (*found, *without)]
        return found


def _main_line(graph: _Graph) -> tuple[str, ...]:
    line = [graph.definition.first_state]
    while not graph.is_end(line[-1]) and (following := _following(graph, line)) is not None:
        line.append(following)
    return tuple(line)


def _following(graph: _Graph, line: list[str]) -> str | None:
    """The next station, on a way to an end; else on one to where nothing leads forward; else whatever comes next."""
    for forward, is_last in ((True, graph.is_end), (True, graph.is_last), (False, graph.is_last)):
        for _, targets in graph.targets(line[-1], forward=forward):
            ahead = [to for to in targets if to in graph.states and to not in line]
            leading = [to for to in ahead if any(map(is_last, graph.reached(to, line, forward=True)))]
            if leading:
                return _chosen(graph, leading, line)
    return None


def _chosen(graph: _Graph, targets: list[str], line: list[str]) -> str:
    """The first; of ends alone the last, which is taken where no condition holds.

    An end is passed over where the line would leave out more than half of all states.
    """
    others = [to for to in targets if not graph.is_end(to)]
    if not others:
        return targets[-1]
    behind = {name for to in others for name in graph.reached(to, line, forward=False) if not graph.is_end(name)}
    return others[0] if 2 * len(behind) > len(graph.steps()) else targets[0]


def _with_detours(graph: _Graph, main: tuple[str, ...]) -> tuple[str, ...]:
    line = main
    while (longer := _with_a_detour(graph, line)) is not None:
        line = longer
    return line


def _with_a_detour(graph: _Graph, line: tuple[str, ...]) -> tuple[str, ...] | None:
    for place, station in enumerate(line):
        for state in graph.leads_to(station):
            detour = _detour(graph, state, place, line)
            if detour and not graph.is_end(station):
                return (*line[: place + 1], *detour, *line[place + 1 :])
    return None


def _detour(graph: _Graph, state: str, place: int, line: tuple[str, ...]) -> list[str]:
    """States left over that are reached from this station alone, and lead back to it or to the one after."""
    chain: list[str] = []
    following: str | None = state
    while following is not None and following not in (*line, *chain) and not graph.is_end(following):
        chain.append(following)
        next_ones = graph.leads_to(following)
        if any(to in line[place : place + 2] for to in next_ones):
            sources = [name for name in line if not graph.is_end(name) and set(graph.leads_to(name)) & set(chain)]
            return chain if sources == [line[place]] else []
        following = next((to for to in next_ones if to not in (*line, *chain) and not graph.is_end(to)), None)
    return []


def _sides(graph: _Graph, line: tuple[str, ...]) -> Iterator[Side]:
    """By station and as written; what only a side box leads to stands under the same station."""
    left_over = [state.name for state in graph.steps() if state.name not in line]
    under = {state: station for station in reversed(line) for state in graph.leads_to(station) if state in left_over}
    placed = [name for name in left_over if name in under]
    for state in placed:
        behind = [to for to in graph.leads_to(state) if to in left_over and to not in under]
        under |= dict.fromkeys(behind, under[state])
        placed += behind
    for state in sorted(left_over, key=lambda name: line.index(under.get(name, line[0]))):
        yield Side(state, under.get(state, line[0]), _goes_to(graph, state, line))


def _goes_to(graph: _Graph, state: str, line: tuple[str, ...]) -> str | None:
    """The first station that a way from there reaches, else the first end."""
    reached = graph.reached(state, line, forward=False)
    stations = (to for name in reached for to in graph.leads_to(name) if to in line)
    return next(stations, next((name for name in reached if graph.is_end(name)), None))


def _jumps(graph: _Graph, line: tuple[str, ...], sides: tuple[Side, ...]) -> Iterator[Jump]:
    under = {side.state: side.under for side in sides}
    for place, station in enumerate(line):
        found: dict[str, list[str]] = {}
        for trigger, to in _offered(graph, station):
            name = line[place - 1] if to == PREVIOUS and place else to
            beside = name in under and under[name] != station
            ahead = name in line and line.index(name) not in (place, place + 1)
            if beside or ahead or name == ANY_STATE:
                found.setdefault(name, []).append(trigger)
        for name, triggers in found.items():
            senses = {graph.definition.sense(trigger) for trigger in triggers}
            back = line.index(name) < place if name in line else name == ANY_STATE or senses != {"forward"}
            yield Jump(station, name, back, tuple(dict.fromkeys(triggers)))


def _refusals(graph: _Graph, line: tuple[str, ...]) -> Iterator[Refusal]:
    for station in line:
        for trigger, to in _offered(graph, station):
            if to in graph.states and graph.is_end(to) and to not in line:
                yield Refusal(station, trigger, to)


def _offered(graph: _Graph, station: str) -> Iterator[tuple[str, str]]:
    """Its own triggers, and those of any time that are offered nowhere else."""
    for trigger, targets in graph.targets(station):
        yield from ((trigger, to) for to in targets)
    for offer in graph.definition.anytime.values():
        if offer.states == (station,):
            yield from ((offer.name, target.to) for target in offer.targets)
