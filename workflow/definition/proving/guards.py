"""Conditions in three values: one holds, does not hold, or may hold or not.

Known are how often a state was entered and by which trigger it was left or entered, each compared with constants; all
else is taken to be free. Only conditions that can be reckoned are meant: one that fails is a refusal, and `may_fail`
warns of it.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflow.definition.expression.syntax import Binary, Constant, Either, Listed, Tree, Unary, path_of, walk

#: None: it may hold or not.
Truth = bool | None
#: What is known of the names that conditions read, by their path.
Known = Mapping[tuple[str, ...], object]
#: How the state was entered.
ENTERED_BY = ("trigger",)

_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Watched:
    """What conditions ask of a case's way: no more of it needs to be told apart."""

    times: Mapping[str, int]  #: state → counted up to this, which means as often or more
    left_by: Mapping[str, frozenset[str]]  #: state → triggers that are named
    entered_by: frozenset[str]  #: triggers that are named


def truth(tree: Tree, known: Known) -> Truth:
    match tree:
        case Constant(value=bool() as value):
            return value
        case Unary(sign="!", operand=operand):
            return _not(truth(operand, known))
        case Binary(sign="&&", left=left, right=right):
            return _both(truth(left, known), truth(right, known))
        case Binary(sign="||", left=left, right=right):
            return _not(_both(_not(truth(left, known)), _not(truth(right, known))))
        case Binary(sign="in", left=left, right=Listed(entries=entries)):
            return _not(_every(_not(_compared(Binary("==", left, entry), known)) for entry in entries))
        case Binary(sign=sign) if sign in _TURNED:
            return _compared(tree, known)
        case Either(condition=condition, then=then, otherwise=otherwise):
            return _either(truth(condition, known), truth(then, known), truth(otherwise, known))
    return None


def watched(trees: Iterable[Tree], states: Iterable[str]) -> Watched:
    """What these conditions ask about; `states` are the names that mean a state in them."""
    named = frozenset(states)
    times: dict[str, int] = {}
    left_by: dict[str, frozenset[str]] = {}
    entered_by: frozenset[str] = frozenset()
    for path, constant in _comparisons(trees):
        match path, constant:
            case ((state, "times"), float() as count) if state in named:
                times[state] = max(times.get(state, 1), int(count) + 1)
            case ((state, "trigger"), str() as trigger) if state in named:
                left_by[state] = left_by.get(state, frozenset()) | {trigger}
            case ((state, "trigger"), None) if state in named:
                left_by.setdefault(state, frozenset())
            case (("trigger",), str() as trigger):
                entered_by |= {trigger}
    return Watched(times, left_by, entered_by)


def _comparisons(trees: Iterable[Tree]) -> Iterator[tuple[tuple[str, ...], object]]:
    for tree in trees:
        for part in walk(tree):
            if not isinstance(part, Binary):
                continue
            for one, other in ((part.left, part.right), (part.right, part.left)):
                path = path_of(one)
                for entry in other.entries if isinstance(other, Listed) else (other,):
                    if path is not None and isinstance(entry, Constant):
                        yield path, entry.value


def _compared(tree: Binary, known: Known) -> Truth:
    """Against a constant only: two counts that stopped counting cannot be compared with each other."""
    for one, sign, other in ((tree.left, tree.sign, tree.right), (tree.right, _TURNED[tree.sign], tree.left)):
        if not isinstance(other, Constant):
            continue
        if isinstance(other.value, bool):
            return _same(truth(one, known), other.value, sign)
        if isinstance(one, Constant):
            return _holds(one.value, sign, other.value)
        path = path_of(one)
        if path is not None and path in known:
            return _holds(known[path], sign, other.value)
    return None


def _holds(value: object, sign: str, constant: object) -> Truth:
    if sign in _ORDERS:
        if isinstance(value, float) and isinstance(constant, float):
            return _ORDERS[sign](value, constant)
        return None
    if constant is None and value == 0.0:
        return None  # a state never entered: whether its count is 0 or null is not for a proof to say
    return (value == constant) == (sign == "==")


def _same(value: Truth, constant: bool, sign: str) -> Truth:
    if value is None or sign not in ("==", "!="):
        return None
    return (value == constant) == (sign == "==")


def _not(value: Truth) -> Truth:
    return None if value is None else not value


def _both(one: Truth, other: Truth) -> Truth:
    if one is False or other is False:
        return False
    return True if one and other else None


def _every(values: Iterable[Truth]) -> Truth:
    whole: Truth = True
    for value in values:
        whole = _both(whole, value)
    return whole


def _either(condition: Truth, then: Truth, otherwise: Truth) -> Truth:
    if condition is None:
        return then if then == otherwise else None
    return then if condition else otherwise
