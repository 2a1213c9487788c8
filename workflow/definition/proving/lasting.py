"""Whether the time between two events is bounded: the longest way from the first to the next of the others."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workflow.definition.explaining.moments import span
from workflow.definition.proving.activities import EXPIRED, by_the_clock
from workflow.definition.proving.bounds import Bounds
from workflow.definition.proving.claims import Mark, Within
from workflow.definition.proving.exploration import Explored, Node, Pause, Refuted, events, explore
from workflow.definition.proving.graph import Graph, in_order, leading_to, shortest_circle, shortest_way, within
from workflow.definition.proving.moves import Move, Moves, Path, Situation, Step
from workflow.definition.proving.spans import Measure
from workflow.definition.term.values import Span
from workflow.text import Sentence, sentence

_IDLE, _RUNNING, _UNBOUNDED = 0, 1, 2


def refute_lasting(claim: Within, moves: Moves, most: int) -> Refuted | None:
    """The time runs from the first event, whether that happens again or not, to the next of the last ones.

    A path that never comes to one of these refutes nothing; one that may wait without a bound and then comes does.
    """
    measure = Measure(claim.span.unit)
    return _Lasting(claim, moves, Bounds(moves.definition, measure, claim.kept), measure, most).refute()


@dataclass(frozen=True, slots=True)
class _Running:
    """The nodes while the time runs from which it can still be stopped."""

    graph: Graph
    begun: frozenset[Node]  #: where it begins to run
    stops: dict[Node, Move]


@dataclass(frozen=True, slots=True)
class _Lasting:
    claim: Within
    moves: Moves
    bounds: Bounds
    measure: Measure
    most: int

    def refute(self) -> Refuted | None:
        first = self.moves.first
        start = self._entered(_RUNNING if first.state == self.claim.first else _IDLE, first)
        explored = explore(self.moves, start, self._advance, self.most)
        path = explored.refuting_path()
        if path is not None:
            return self._unbounded(path, start)
        running = self._running(explored, (first, start))
        circle = shortest_circle(running.graph)
        if circle is not None:
            return self._round_and_round(explored, running, *circle)
        return self._too_long(explored, running)

    def _advance(self, mark: Mark, move: Move) -> Mark | None:
        for event in (move.event, move.to.state):
            if mark and event in self.claim.lasts:
                if mark == _UNBOUNDED:
                    return None
                mark = _IDLE
            if mark == _IDLE and event == self.claim.first:
                mark = _RUNNING
        return self._entered(mark, move.to)

    def _entered(self, mark: Mark, situation: Situation) -> Mark:
        return _UNBOUNDED if mark == _RUNNING and self._why_unbounded(situation) is not None else mark

    def _why_unbounded(self, situation: Situation) -> Sentence | None:
        stay = self.bounds.of(situation.state)
        if stay.why is not None:
            return stay.why
        for offer in self.moves.offers(situation):
            if offer.trigger in stay.forced and not offer.anytime and not offer.sure:
                return sentence(
                    "in “{state}” it may be that no target of “{trigger}” holds",
                    state=situation.state,
                    trigger=offer.trigger,
                )
        return None

    def _running(self, explored: Explored, first: Node) -> _Running:
        """Of the moves that stop the time, one by the clock is kept: it comes at the very end."""
        lasts = self.claim.lasts
        graph: dict[Node, tuple[tuple[Move, Node], ...]] = {}
        begun = {first}
        stops: dict[Node, Move] = {}
        for node in explored.reached:
            going_on: list[tuple[Move, Node]] = []
            for move in self.moves.of(node[0]):
                after = (move.to, self._advance(node[1], move) or _IDLE)
                stopped = node[1] == _RUNNING and (move.event in lasts or move.to.state in lasts)
                if stopped and (node not in stops or move.trigger == EXPIRED):
                    stops[node] = move
                if node[1] == _RUNNING and not stopped:
                    going_on.append((move, after))
                else:
                    begun.add(after)
            if node[1] == _RUNNING:
                graph[node] = tuple(going_on)
        running = within(graph, set(graph))
        return _Running(within(running, leading_to(running, stops)), frozenset(begun), stops)

    def _unbounded(self, path: Path, start: Mark) -> Refuted:
        """The state to blame is the first without a bound after the time began to run."""
        at, mark = 0, start
        while mark != _UNBOUNDED:
            mark = self._advance(mark, path[at].move) or _IDLE
            at += 1
        why = sentence("the time is unbounded: {reason}", reason=self._why_unbounded(path[at].at))
        span = Span(self.claim.span.count + 1, self.claim.span.unit)
        return Refuted(why, path, (Pause(at, (span,)),))

    def _round_and_round(self, explored: Explored, running: _Running, node: Node, circle: Path) -> Refuted:
        why = sentence("the time is unbounded: {way} can go round again and again", way=events(circle)[:-1])
        out = () if node in running.stops else shortest_way(running.graph, node, running.stops) or ()
        last = (out[-1].move.to, _RUNNING) if out else node
        return Refuted(why, (*explored.path_to(node), *circle, *out, Step(last[0], running.stops[last])))

    def _too_long(self, explored: Explored, running: _Running) -> Refuted | None:
        """The longest time until each node is left, and by what the case came there, if not to begin."""
        left: dict[Node, int] = {}
        links: dict[Node, tuple[Node, Move]] = {}
        order, _ = in_order(running.graph)
        for node in order:
            left[node] = self._stay(node) + (left[links[node][0]] if node in links else 0)
            for move, after in running.graph[node]:
                longest = left[links[after][0]] if after in links else 0 if after in running.begun else -1
                if left[node] > longest or (left[node] == longest and move.trigger == EXPIRED and after in links):
                    links[after] = (node, move)
        worst = max((node for node in order if node in running.stops), key=left.__getitem__, default=None)
        if worst is None or left[worst] <= self.measure.limit(self.claim.span):
            return None
        return self._longest(explored, running, worst, links, left[worst])

    def _stay(self, node: Node) -> int:
        return self.bounds.of(node[0].state).most or 0

    def _longest(
        self, explored: Explored, running: _Running, worst: Node, links: Mapping[Node, tuple[Node, Move]], most: int
    ) -> Refuted:
        steps = [Step(worst[0], running.stops[worst])]
        node = worst
        while node in links:
            node, move = links[node]
            steps.append(Step(node[0], move))
        before = explored.path_to(node)
        steps.reverse()
        pauses = tuple(self._to_the_end(len(before) + number, step) for number, step in enumerate(steps))
        why = sentence("it may take {most}", most=span(self.measure.rounded(most)))
        return Refuted(why, (*before, *steps), pauses)

    def _to_the_end(self, before: int, step: Step) -> Pause:
        """All the time there is, or what a person has of it who acts on the last day."""
        *spans, last = self.bounds.of(step.at.state).spans or (Span(0, "days"),)
        if step.move.anytime or not by_the_clock(step.move.trigger):
            last = replace(last, count=max(last.count - 1, 0))
        return Pause(before, (*spans, last), extended=True)
