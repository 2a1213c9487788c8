"""Whether every path ends: an end can be reached, something can always fire, and nothing runs round by itself."""

from collections.abc import Iterable

from workflow.definition.proving.activities import by_itself, stuck_by
from workflow.definition.proving.answers import decides_in_the_end
from workflow.definition.proving.claims import Ends, Mark
from workflow.definition.proving.exploration import Explored, Node, Refuted, events, explore
from workflow.definition.proving.graph import Graph, leading_to, shortest_circle
from workflow.definition.proving.moves import Move, Moves
from workflow.text import Sentence, sentence


def refute_ending(claim: Ends, moves: Moves, most: int) -> Refuted | None:
    """The first situation in which a case may stay for ever, or end otherwise than claimed."""

    def advance(_: Mark, move: Move) -> Mark:
        return int(not claim.events or move.event in claim.events or move.to.state in claim.events)

    explored = explore(moves, int(not claim.events or moves.first.state in claim.events), advance, most)
    forced: Graph = {
        node: tuple((move, (move.to, advance(node[1], move))) for move in moves.of(node[0]) if not move.anytime)
        for node in explored.reached
    }
    states = moves.definition.states
    ends = leading_to(forced, (node for node in forced if states[node[0].state].is_end))
    open_ended = {name for name, state in states.items() if not decides_in_the_end(moves.definition, state)}
    for node in explored.reached:
        why = _wrong_end(moves, node) or _no_answer(node, open_ended) or _stuck(moves, node) or _no_end(node, ends)
        if why is not None:
            return Refuted(why, explored.path_to(node))
    return _circle(moves, explored, forced)


def _wrong_end(moves: Moves, node: Node) -> Sentence | None:
    situation, mark = node
    if mark or not moves.definition.states[situation.state].is_end:
        return None
    return sentence("it ends in “{state}”", state=situation.state)


def _stuck(moves: Moves, node: Node) -> Sentence | None:
    state = moves.definition.states[node[0].state]
    offers = [offer for offer in moves.offers(node[0]) if not offer.anytime]
    refusable = tuple(offer.trigger for offer in offers if not offer.sure)
    triggers = stuck_by(state, refusable, tuple(offer.trigger for offer in offers))
    if not triggers:
        return None
    return sentence(
        "in “{state}” it may be that no target of {triggers} holds; a last one without `when` would always",
        state=state.name,
        triggers=[f"“{trigger}”" for trigger in triggers],
    )


def _no_answer(node: Node, open_ended: set[str]) -> Sentence | None:
    if node[0].state not in open_ended:
        return None
    return sentence("`decide` does not say what fires in “{state}” when all have answered", state=node[0].state)


def _no_end(node: Node, ends: set[Node]) -> Sentence | None:
    if node in ends:
        return None
    return sentence("from “{state}” no end can be reached without `anytime`", state=node[0].state)


def _circle(moves: Moves, explored: Explored, forced: Graph) -> Refuted | None:
    alone: Graph = {node: tuple(_by_themselves(moves, edges)) for node, edges in forced.items()}
    found = shortest_circle(alone)
    if found is None:
        return None
    node, way = found
    why = sentence("{way} goes round in a circle without a person or the clock", way=events(way)[:-1])
    return Refuted(why, (*explored.path_to(node), *way))


def _by_themselves(moves: Moves, edges: Iterable[tuple[Move, Node]]) -> Iterable[tuple[Move, Node]]:
    states = moves.definition.states
    return (edge for edge in edges if by_itself(moves.definition, states[edge[0].state], edge[0].trigger))
