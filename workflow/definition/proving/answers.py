"""Whether the answers to `tasks` always come to a trigger, however they are given."""

from collections.abc import Iterator, Mapping
from itertools import product
from math import comb, prod

from workflow.calendar import Calendar
from workflow.definition.expression import Expression, ExpressionFailed
from workflow.definition.expression.syntax import Binary, Tree, path_of
from workflow.definition.model import Definition, State, TaskOf, Tasks
from workflow.definition.proving.activities import EXPIRED, Rules
from workflow.definition.proving.guards import truth

#: No rule is looked at with more answers than these: it counts and compares, so that few show what many would.
_MOST = 6
_MOST_WAYS = 5_000
Counts = Mapping[str, object]
_NO_CALENDAR = Calendar(frozenset(), frozenset(), frozenset())


def speaks_of_expired(state: State) -> bool:
    """Whether a task that nobody answers in time counts as answered `expired`."""
    if EXPIRED in state.to:
        return True
    rules: Rules = () if isinstance(state.decide, str) else state.decide
    return any(EXPIRED in path for _, rule in rules for path in rule.paths)


def decides_in_the_end(definition: Definition, state: State) -> bool:
    """Whether a trigger fires at the latest when each task is answered.

    The rules of a map are tried on all ways in which a few can answer; one that reads more than counts is known to hold
    only where it is `answered == asked`, or true.
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
    assert isinstance(state.activity, Tasks)
    counts, entries = {*state.to, EXPIRED, "asked", "answered"}, {entry.name for entry in state.activity.entries}
    return all(
        (len(path) == 1 and path[0] in counts)
        or (len(path) == len(("entry", "count")) and path[0] in entries - counts and path[1] in counts)
        for _, rule in rules
        for path in rule.paths
    )


def _always_decided(state: State, entries: tuple[TaskOf, ...], rules: Rules) -> bool:
    answers = tuple(state.to) + ((EXPIRED,) if speaks_of_expired(state) and EXPIRED not in state.to else ())
    by_entry = any(len(path) > 1 for _, rule in rules for path in rule.paths)
    ways = _ways_by_entry(answers, entries) if by_entry else _ways_in_all(answers, entries)
    return all(any(_holds(rule, counts) for _, rule in rules) for counts in ways)


def _ways_in_all(answers: tuple[str, ...], entries: tuple[TaskOf, ...]) -> Iterator[Counts]:
    """Where no rule asks which entry was answered how."""
    fewest = max(1, sum(entry.when is None and not entry.each for entry in entries))
    most = max(_MOST, fewest) if any(entry.each for entry in entries) else len(entries)
    for asked in range(fewest, most + 1):
        for shares in _shares(len(answers), asked):
            yield _counted(answers, shares)


def _ways_by_entry(answers: tuple[str, ...], entries: tuple[TaskOf, ...]) -> Iterator[Counts]:
    """How each entry may be answered, one by one; of `each` as many as can be looked at."""
    most = next((n for n in range(_MOST, 1, -1) if _how_many(len(answers), entries, n) <= _MOST_WAYS), 1)
    of_entries = [
        [shares for asked in _asked(entry, most) for shares in _shares(len(answers), asked)] for entry in entries
    ]
    for way in product(*of_entries):
        in_all = tuple(map(sum, zip(*way, strict=True)))
        if any(in_all):
            of_each = {entry.name: _counted(answers, shares) for entry, shares in zip(entries, way, strict=True)}
            yield {**of_each, **_counted(answers, in_all)}


def _asked(entry: TaskOf, most: int) -> range:
    """How many an entry may ask: none where it has a condition."""
    return range(0 if entry.when is not None else 1, (most if entry.each else 1) + 1)


def _how_many(answers: int, entries: tuple[TaskOf, ...], most: int) -> int:
    return prod(sum(comb(asked + answers - 1, asked) for asked in _asked(entry, most)) for entry in entries)


def _counted(answers: tuple[str, ...], shares: tuple[int, ...]) -> Counts:
    given = float(sum(shares))
    return {EXPIRED: 0.0, **dict(zip(answers, map(float, shares), strict=True)), "asked": given, "answered": given}


def _shares(parts: int, of: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (of,)
        return
    for first in range(of + 1):
        for others in _shares(parts - 1, of - first):
            yield (first, *others)


def _holds(rule: Expression, counts: Counts) -> bool:
    try:
        return rule.holds(lambda name, _: counts[name], _NO_CALENDAR)
    except ExpressionFailed:
        return False
