"""Breadth-first over situations and what a claim remembers, so that the first refutation is a shortest one."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from workflow.definition.proving.claims import Event, Mark
from workflow.definition.proving.moves import Move, Moves, Path, Situation, Step
from workflow.definition.term.values import Span
from workflow.text import Sentence

Node = tuple[Situation, Mark]
#: The mark after a move; none refutes the claim.
Advance = Callable[[Mark, Move], Mark | None]
Follow = Callable[[Mark, Event], Mark | None]


class TooMany(Exception):
    """There are more situations than are looked at."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The time that passes before one of the moves of a path, which are numbered from 0."""

    before: int
    spans: tuple[Span, ...]
    extended: bool = False  #: as often as may be


@dataclass(frozen=True, slots=True)
class Casting:
    """Who plays in a story what a claim about people needs."""

    acting: Mapping[str, str] = field(default_factory=dict)  #: state → the people who decide there
    one_person: tuple[str, ...] = ()  #: names of people that are one person
    stands_in: tuple[str, str] | None = None  #: one of the first stands in for one of the second


@dataclass(frozen=True, slots=True)
class Refuted:
    """Why a claim does not hold, and the path that shows it."""

    why: Sentence | None  #: none where the path says all
    path: Path
    pauses: tuple[Pause, ...] = ()
    casting: Casting = Casting()


def events(path: Path) -> list[Event]:
    """The events by which a path left its states, and the state it came to."""
    return [step.move.event for step in path] + [step.move.to.state for step in path[-1:]]


@dataclass(frozen=True, slots=True)
class Explored:
    """All nodes in the order in which they were reached, each with the node and move before it."""

    reached: Mapping[Node, tuple[Node, Move] | None]
    refuted: tuple[Node, Move] | None

    def path_to(self, node: Node) -> Path:
        steps: list[Step] = []
        link = self.reached[node]
        while link is not None:
            before, move = link
            steps.append(Step(before[0], move))
            link = self.reached[before]
        return tuple(reversed(steps))

    def refuting_path(self) -> Path | None:
        if self.refuted is None:
            return None
        node, move = self.refuted
        return (*self.path_to(node), Step(node[0], move))


def explore(moves: Moves, start: Mark, advance: Advance, most: int) -> Explored:
    """Goes on until a move refutes or all is reached; raises TooMany beyond `most` nodes."""
    first = (moves.first, start)
    reached: dict[Node, tuple[Node, Move] | None] = {first: None}
    waiting = deque([first])
    while waiting:
        node = waiting.popleft()
        for move in moves.of(node[0]):
            mark = advance(node[1], move)
            if mark is None:
                return Explored(reached, (node, move))
            after = (move.to, mark)
            if after in reached:
                continue
            if len(reached) >= most:
                raise TooMany
            reached[after] = (node, move)
            waiting.append(after)
    return Explored(reached, None)


def following(follow: Follow) -> Advance:
    """Follows both events of a move: the state left by its trigger, then the state entered."""

    def advance(mark: Mark, move: Move) -> Mark | None:
        left = follow(mark, move.event)
        return None if left is None else follow(left, move.to.state)

    return advance
