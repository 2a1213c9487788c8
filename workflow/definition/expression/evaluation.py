"""An expression that can be run, and the functions it may call."""

import sys
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache

from workflow.calendar import (
    FIRST_DAY,
    LAST_DAY,
    Calendar,
    add_months,
    at_time,
    day_of,
    end_of,
    is_end_of_day,
    is_reckoned_with,
    local,
    whole_years,
)
from workflow.definition.expression.kinds import ANY, ExpressionWrong, Kind, Names, check
from workflow.definition.expression.syntax import (
    Binary,
    Call,
    Comprehension,
    Constant,
    SyntaxWrong,
    Tree,
    parse,
    paths,
    taken_as,
    walk,
    written,
)
from workflow.text import Sentence, sentence

# The package's __init__ pulls in a terminal program with three libraries; nothing here uses it.
sys.modules.setdefault("cel.cli", types.ModuleType("cel.cli"))

import cel  # noqa: E402 -- after the line above

LONGEST = 500
_MOST_MONTHS = 12 * (LAST_DAY.year - FIRST_DAY.year)
_MOST_DIGITS = 15
_NUMBER_MOST = 10.0**15  #: as in forms; no larger number is kept anywhere

#: Gives the value of a root name, with those of its members that the expression reads, and theirs.
Values = Callable[[str, frozenset[str]], object]


class ExpressionFailed(Exception):
    """It gave no value: something it reads is empty, or was divided by zero."""

    def __init__(self, reason: Sentence) -> None:
        self.reason = reason
        super().__init__(reason.say("en"))


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """An expression as written, its tree, and the compiled program; equal when the text is."""

    source: str
    tree: Tree
    kind: Kind
    paths: frozenset[tuple[str, ...]]
    _roots: Mapping[str, frozenset[str]]
    _program: cel.Program

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other.source == self.source

    def __hash__(self) -> int:
        return hash(self.source)

    def evaluate(self, values: Values, calendar: Calendar) -> object:
        """The value: float, text, truth, aware datetime, list, map or None. Raises ExpressionFailed."""
        known = self._known(values)
        try:
            value = self._program.execute(_given(known, calendar))
        except KeyError as missing:
            raise ExpressionFailed(
                sentence("“{source}”: there is no “{name}”.", source=self.source, name=missing.args[0])
            ) from missing
        except (TypeError, RuntimeError, ValueError, ArithmeticError) as failure:
            raise ExpressionFailed(self._why(known, calendar)) from failure
        if isinstance(value, float) and not abs(value) < _NUMBER_MOST:
            raise ExpressionFailed(self._why(known, calendar))
        return value

    def holds(self, values: Values, calendar: Calendar) -> bool:
        """Whether a guard holds; what gives neither true nor false has failed."""
        value = self.evaluate(values, calendar)
        if not isinstance(value, bool):
            raise ExpressionFailed(sentence("“{source}” is neither true nor false.", source=self.source))
        return value

    def number(self, values: Values, calendar: Calendar) -> float:
        """A number; what gives none has failed."""
        value = self.evaluate(values, calendar)
        if not isinstance(value, float):
            raise ExpressionFailed(sentence("“{source}” is no number.", source=self.source))
        return value

    def why_empty(self, values: Values, calendar: Calendar) -> Sentence | None:
        """Why there is no value; none where there is one."""
        try:
            value = self.evaluate(values, calendar)
        except ExpressionFailed as failed:
            return failed.reason
        return self._why(self._known(values), calendar) if value is None else None

    def _known(self, values: Values) -> dict[str, object]:
        return {root: _taken(values(root, members)) for root, members in self._roots.items()}

    def _why(self, known: Mapping[str, object], calendar: Calendar) -> Sentence:
        empty = sorted(".".join(path) for path in self.paths if _look(known, path) is None)
        if empty:
            return sentence("“{source}” cannot be reckoned: {names} is empty.", source=self.source, names=empty)
        divisors = (part.right for part in walk(self.tree) if isinstance(part, Binary) and part.sign == "/")
        zero = next((divisor for divisor in divisors if _is_zero(divisor, known, calendar)), None)
        if zero is not None:
            return sentence(
                "“{source}” cannot be reckoned: it divides by {divisor}, which is 0.",
                source=self.source,
                divisor=written(zero),
            )
        return sentence("“{source}” cannot be reckoned.", source=self.source)


def compile_expression(source: str, names: Names, wanted: Kind = ANY) -> Expression:
    """Reads, checks and compiles; raises ExpressionWrong with a sentence for the author."""
    if len(source) > LONGEST:
        raise ExpressionWrong(
            sentence("An expression may have {most} characters, this has {found}.", most=LONGEST, found=len(source)),
            code="too_large",
        )
    try:
        tree = parse(source)
    except SyntaxWrong as wrong:
        raise ExpressionWrong(wrong.reason) from wrong
    except RecursionError as wrong:
        raise ExpressionWrong(sentence("The expression is nested too deeply.")) from wrong
    kind = check(tree, names)
    if "any" not in (kind.word, wanted.word) and kind.word not in (wanted.word, "null"):
        raise ExpressionWrong(sentence("“{source}” does not give what is wanted here.", source=source))
    try:
        _try_patterns(tree)
        program = cel.compile(written(tree))
    except (ValueError, RuntimeError) as wrong:
        raise ExpressionWrong(sentence("“{source}” is not an expression.", source=source)) from wrong
    found = paths(tree)
    return Expression(source, tree, kind, found, _roots(tree), program)


def both(one: Expression, other: Expression | None) -> Expression:
    """What holds where both do; they have been checked already."""
    if other is None:
        return one
    tree = Binary("&&", one.tree, other.tree)
    found = one.paths | other.paths
    source = f"({one.source}) && ({other.source})"
    return Expression(source, tree, one.kind, found, _roots(tree), cel.compile(written(tree)))


def _try_patterns(tree: Tree) -> None:
    """A pattern that cannot be read fails when the file is read, not when someone decides."""
    for part in walk(tree):
        if isinstance(part, Call) and part.function == "matches" and isinstance(part.arguments[0], Constant):
            cel.compile(f"''.matches({part.arguments[0].source})").execute({})


def _roots(tree: Tree) -> Mapping[str, frozenset[str]]:
    """Each root with all names that are read below it; of what is gone through, also those that are read of an entry."""
    roots: dict[str, set[str]] = {path[0]: set() for path in paths(tree)}
    for path in paths(tree):
        roots[path[0]] |= set(path[1:])
    for part in walk(tree):
        if isinstance(part, Comprehension):
            of_entries = {name for path in paths(part.body) if path[0] == part.variable for name in path[1:]}
            for root, *_ in paths(part.of):
                roots[root] |= of_entries
    return {root: frozenset(members) for root, members in roots.items()}


def _given(known: Mapping[str, object], calendar: Calendar) -> cel.Context:
    return cel.Context({taken_as(root): value for root, value in known.items()}, _functions(calendar))


def _is_zero(part: Tree, known: Mapping[str, object], calendar: Calendar) -> bool:
    try:
        return bool(cel.compile(written(part)).execute(_given(known, calendar)) == 0)
    except (TypeError, RuntimeError, ValueError, ArithmeticError):  # it reads an entry that a comprehension goes over
        return False


def _taken(value: object) -> object:
    """A value as the library takes it: it knows no zones by name."""
    match value:
        case datetime():
            return value.astimezone(UTC)
        case list():
            return [_taken(part) for part in value]
        case Mapping():
            return {name: _taken(part) for name, part in value.items()}
    return value


def _look(known: object, path: Sequence[str]) -> object:
    for name in path:
        if not isinstance(known, Mapping):
            return None
        known = known.get(name)
    return known


@cache
def _functions(calendar: Calendar) -> dict[str, Callable[..., object]]:
    """Functions of null are null; none raises, so that a failure is a comparison that cannot be made."""
    return {
        "count": _count,
        "sum": _sum,
        "least": lambda *numbers: None if None in numbers else min(numbers),
        "greatest": lambda *numbers: None if None in numbers else max(numbers),
        "round_to": _round_to,
        "divided": lambda one, by: None if one is None or not by else one / by,
        "days": _of_days(lambda a, b: float((day_of(b) - day_of(a)).days)),
        "working_days": _of_days(lambda a, b: float(calendar.working_between(day_of(a), day_of(b)))),
        "years": _of_days(lambda a, b: float(whole_years(day_of(a), day_of(b)))),
        "add_months": lambda moment, count: _moved(moment, count, 1),
        "add_years": lambda moment, count: _moved(moment, count, 12),
    }


def _of_days(function: Callable[[datetime, datetime], float]) -> Callable[[object, object], float | None]:
    def of_days(one: object, other: object) -> float | None:
        if isinstance(one, datetime) and isinstance(other, datetime):
            return function(one, other)
        return None

    return of_days


def _count(of: object) -> float | None:
    return float(len(of)) if isinstance(of, str | list | dict) else None


def _sum(numbers: object) -> float | None:
    if not isinstance(numbers, list):
        return None
    return float(sum((Decimal(repr(number)) for number in numbers if number is not None), Decimal(0)))


def _round_to(number: object, digits: object) -> float | None:
    if not isinstance(number, float) or not isinstance(digits, float) or not abs(digits) <= _MOST_DIGITS:
        return None
    try:
        return float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP))
    except InvalidOperation:
        return None


def _moved(moment: object, count: object, months: int) -> datetime | None:
    if not isinstance(moment, datetime) or not isinstance(count, float) or not abs(count) * months <= _MOST_MONTHS:
        return None
    moved = add_months(day_of(moment), months * int(count))
    if not is_reckoned_with(moved):
        return None
    return (end_of(moved) if is_end_of_day(moment) else at_time(moved, local(moment).time())).astimezone(UTC)
