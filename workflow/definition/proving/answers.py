"""Whether the answers to `tasks` always come to a trigger, however they are given."""

from collections.abc import Iterator, Mapping

from workflow.calendar import Calendar
from workflow.definition.expression import Expression, ExpressionFailed
from workflow.definition.expression.syntax import Binary, Tree, path_of
from workflow.definition.model import Definition, State, TaskOf, Tasks
from workflow.definition.proving.activities import EXPIRED, Rules
from workflow.definition.proving.guards import truth

#: No rule is looked at with more answers than these: it counts and compares, so that few show what many would.
_MOST = 6
_NO_CALENDAR = Calendar(frozenset(), frozenset(), frozenset())


def speaks_of_expired(state: State) -> bool:
    """Whether a task that nobody answers in time counts as answered `expired`."""
    if EXPIRED in state.to:
        return True
    rules: Rules = () if isinstance(state.decide, str) else state.decide
    return any(EXPIRED in path for _, rule in rules for path in rule.paths)


def decides_in_the_end(definition: Definition, state: State) -> bool:
    """Whether a trigger fires at the latest when each task is answered.

    The rules of a map are tried on all ways in which a few can answer; one that reads more than the counts of all is
    known to hold only where it is `answered == asked`, or true.
    """
    if not isinstance(state.activity, Tasks):
        return True
    match state.decide:
        case "all" | "in_turn" | "any":
            return True
        case "most":
            return len(state.to) == 1 or any(definition.sense(trigger) == "stop" for trigger in state.to)
        case rules:
            if any(_holds_when_all_answered(rule.tree) for _, rule in rules):
                return True
            return _only_counts(state, rules) and _always_decided(state, state.activity.entries, rules)


def _holds_when_all_answered(tree: Tree) -> bool:
    if isinstance(tree, Binary) and tree.sign == "==":
        return {path_of(tree.left), path_of(tree.right)} == {("answered",), ("asked",)}
    return truth(tree, {}) is True


def _only_counts(state: State, rules: Rules) -> bool:
    names = {*state.to, EXPIRED, "asked", "answered"}
    return all(len(path) == 1 and path[0] in names for _, rule in rules for path in rule.paths)


def _always_decided(state: State, entries: tuple[TaskOf, ...], rules: Rules) -> bool:
    answers = tuple(state.to) + ((EXPIRED,) if speaks_of_expired(state) and EXPIRED not in state.to else ())
    fewest = max(1, sum(entry.when is None and not entry.each for entry in entries))
    most = max(_MOST, fewest) if any(entry.each for entry in entries) else len(entries)
    return all(
        any(_holds(rule, counts) for _, rule in rules)
        for asked in range(fewest, most + 1)
        for counts in _ways(answers, asked)
    )


def _ways(answers: tuple[str, ...], asked: int) -> Iterator[Mapping[str, float]]:
    for shares in _shares(len(answers), asked):
        counts = dict(zip(answers, map(float, shares), strict=True))
        yield {EXPIRED: 0.0, **counts, "asked": float(asked), "answered": float(asked)}


def _shares(parts: int, of: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (of,)
        return
    for first in range(of + 1):
        for others in _shares(parts - 1, of - first):
            yield (first, *others)


def _holds(rule: Expression, counts: Mapping[str, float]) -> bool:
    try:
        return rule.holds(lambda name, _: counts[name], _NO_CALENDAR)
    except ExpressionFailed:
        return False
