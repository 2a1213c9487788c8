"""Ways and circles among the nodes that were explored."""

from collections import deque
from collections.abc import Container, Iterable, Mapping

from workflow.definition.proving.exploration import Node
from workflow.definition.proving.moves import Move, Path, Step

#: Where each node leads, by which move.
Graph = Mapping[Node, tuple[tuple[Move, Node], ...]]


def within(graph: Graph, nodes: set[Node]) -> Graph:
    """The part of a graph among some nodes."""
    return {node: tuple(edge for edge in graph[node] if edge[1] in nodes) for node in graph if node in nodes}


def leading_to(graph: Graph, goals: Iterable[Node]) -> set[Node]:
    """All nodes from which a goal can be reached, the goals among them."""
    sources: dict[Node, list[Node]] = {}
    for node, edges in graph.items():
        for _, after in edges:
            sources.setdefault(after, []).append(node)
    found = set(goals)
    todo = list(found)
    while todo:
        for node in sources.get(todo.pop(), ()):
            if node not in found:
                found.add(node)
                todo.append(node)
    return found


def in_order(graph: Graph) -> tuple[list[Node], set[Node]]:
    """The nodes so that each stands after all that lead to it; and those that lie on a circle or behind one."""
    entering = dict.fromkeys(graph, 0)
    for edges in graph.values():
        for _, after in edges:
            entering[after] += 1
    order = [node for node, count in entering.items() if not count]
    for node in order:  # grows while it is gone through
        for _, after in graph[node]:
            entering[after] -= 1
            if not entering[after]:
                order.append(after)
    return order, graph.keys() - set(order)


def shortest_circle(graph: Graph) -> tuple[Node, Path] | None:
    """The first node, in the order of the graph, to which a way leads back, and the shortest such way."""
    _, behind = in_order(graph)
    _, between = in_order(_turned(within(graph, behind)))
    rest = within(graph, between)
    for node in rest:
        way = shortest_way(rest, node, {node})
        if way is not None:
            return node, way
    return None


def shortest_way(graph: Graph, start: Node, goals: Container[Node]) -> Path | None:
    """The fewest moves, at least one, from a node to one of others or back to itself."""
    links: dict[Node, tuple[Node, Move]] = {}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for move, after in graph[node]:
            if after in links:
                continue
            links[after] = (node, move)
            if after in goals:
                return _back(links, start, after)
            waiting.append(after)
    return None


def _turned(graph: Graph) -> Graph:
    turned: dict[Node, list[tuple[Move, Node]]] = {node: [] for node in graph}
    for node, edges in graph.items():
        for move, after in edges:
            turned[after].append((move, node))
    return {node: tuple(edges) for node, edges in turned.items()}


def _back(links: Mapping[Node, tuple[Node, Move]], start: Node, goal: Node) -> Path:
    node, move = links[goal]
    steps = [Step(node[0], move)]
    while node != start:
        node, move = links[node]
        steps.append(Step(node[0], move))
    return tuple(reversed(steps))
