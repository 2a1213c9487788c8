"""Guards and computed values in words; what cannot be put in words stands as code."""

from collections.abc import Mapping

from workflow.definition.explaining import comparisons
from workflow.definition.explaining.operands import NoWords, beside, constant, is_moment, named, of_field, truth
from workflow.definition.explaining.phrases import code, joined
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.expression import Expression
from workflow.definition.expression.syntax import (
    Binary,
    Call,
    Comprehension,
    Constant,
    Either,
    Index,
    Listed,
    Tree,
    Unary,
    path_of,
)
from workflow.definition.model import Field
from workflow.text import Sayable, sentence


def condition(expression: Expression, vocabulary: Vocabulary) -> Sayable:
    """A guard as a clause: “Days is at most 3”."""
    return clause(expression, vocabulary) or code(expression.source)


def clause(expression: Expression, vocabulary: Vocabulary) -> Sayable | None:
    """The same, or none where it cannot be put in words."""
    try:
        return _clause(expression.tree, vocabulary)
    except NoWords:
        return None


def quantity(expression: Expression, vocabulary: Vocabulary, field: Field | None = None) -> Sayable:
    """A computed value as a noun, “Days × 2”, in the terms of the field that it is for."""
    try:
        if expression.kind.word == "truth" and path_of(expression.tree) is None:
            return sentence("yes if {condition}, else no", condition=_clause(expression.tree, vocabulary))
        return _result(expression.tree, vocabulary, field)
    except NoWords:
        return code(expression.source)


# --- clauses ----------------------------------------------------------------------------------------------------------


def _clause(tree: Tree, words: Vocabulary) -> Sayable:
    match tree:
        case Binary(sign="&&" | "||" as sign):
            return _joined(sign, tree, words)
        case Binary(sign="in", left=left, right=right):
            return _membership(left, right, words, holds=True)
        case Binary(sign=sign, left=left, right=right) if sign in comparisons.TURNED:
            return _comparison(sign, left, right, words)
        case Unary(sign="!", operand=operand):
            return _contrary(operand, words)
        case Call(function=function, arguments=(argument,), of=of) if of is not None:
            return _about_text(function, of, argument, words)
        case Comprehension():
            return _about_rows(tree, words)
        case Either(condition=asked, then=then, otherwise=otherwise):
            first, second = _clause(then, words), _clause(otherwise, words)
            return sentence(
                "({then} if {condition}, else {otherwise})",
                then=first,
                condition=_clause(asked, words),
                otherwise=second,
            )
        case Constant(value=bool() as value):
            return sentence("always") if value else sentence("never")
    path = path_of(tree)
    if path is None:
        raise NoWords
    return truth(path, words, holds=True)


def _joined(sign: str, tree: Tree, words: Vocabulary) -> Sayable:
    clauses = [_grouped(sign, part, words) for part in _flat(sign, tree)]
    return joined(sentence("{one} and {other}") if sign == "&&" else sentence("{one} or {other}"), clauses)


def _flat(sign: str, tree: Tree) -> list[Tree]:
    if isinstance(tree, Binary) and tree.sign == sign:
        return [*_flat(sign, tree.left), *_flat(sign, tree.right)]
    return [tree]


def _grouped(sign: str, part: Tree, words: Vocabulary) -> Sayable:
    clause = _clause(part, words)
    mixed = isinstance(part, Binary) and part.sign in ("&&", "||") and part.sign != sign
    return sentence("({inner})", inner=clause) if mixed else clause


def _contrary(operand: Tree, words: Vocabulary) -> Sayable:
    match operand:
        case Binary(sign=sign, left=left, right=right) if sign in comparisons.CONTRARY:
            return _comparison(comparisons.CONTRARY[sign], left, right, words)
        case Binary(sign="in", left=left, right=right):
            return _membership(left, right, words, holds=False)
        case Unary(sign="!", operand=inner):
            return _clause(inner, words)
    path = path_of(operand)
    if path is not None:
        return truth(path, words, holds=False)
    return sentence("it is not so that {condition}", condition=_clause(operand, words))


def _comparison(sign: str, left: Tree, right: Tree, words: Vocabulary) -> Sayable:
    if isinstance(left, Constant) and not isinstance(right, Constant):
        return _comparison(comparisons.TURNED[sign], right, left, words)
    if isinstance(right, Constant):
        if right.value is None:
            return _emptiness(left, words, empty=sign == "==")
        if isinstance(right.value, bool):
            return _clause(left, words) if right.value is (sign == "==") else _contrary(left, words)
        special = _entries(sign, left, right, words) or _counted(sign, left, right, words)
        if special is not None:
            return special
    shared = comparisons.share(sign, left, right)
    if shared is not None:
        sign, part, factor, whole = shared
        return comparisons.compared_as_share(sign, _value(part, words), factor, _value(whole, words))
    if is_moment(left, words) or is_moment(right, words):
        return comparisons.compared_in_time(sign, _value(left, words), _value(right, words))
    fixed = isinstance(right, Constant)
    return comparisons.compared(sign, _value(left, words), _beside(right, left, words), fixed=fixed)


def _emptiness(tree: Tree, words: Vocabulary, *, empty: bool) -> Sayable:
    path = path_of(tree)
    if path == ("previous",):
        return sentence("there is no case before") if empty else sentence("there is a case before")
    value = _value(tree, words)
    if path is not None and words.field(path) is not None:
        return sentence("{field} is empty", field=value) if empty else sentence("{field} is filled in", field=value)
    return sentence("{name} is not known", name=value) if empty else sentence("{name} is known", name=value)


def _entries(sign: str, left: Tree, right: Constant, words: Vocabulary) -> Sayable | None:
    """`count(files) > 0`: whether there is anything."""
    match left, right.value:
        case Call(function="count", arguments=(of,), of=None), 0.0 if path_of(of) and sign in (">", "!=", "=="):
            return _emptiness(of, words, empty=sign == "==")
        case Call(function="count", arguments=(of,), of=None), 1.0 if path_of(of) and sign in (">=", "<"):
            return _emptiness(of, words, empty=sign == "<")
    return None


def _counted(sign: str, left: Tree, right: Constant, words: Vocabulary) -> Sayable | None:
    """`S.times < 3` and `years(born_on, today) >= 18`."""
    path = path_of(left)
    if path is not None and path[1:] == ("times",) and path[0] in words.definition.states:
        return comparisons.times_entered(sign, words.state_called(path[0]), constant(right.value))
    match left:
        case Call(function="years", arguments=(since, until), of=None):
            return comparisons.years_between(sign, constant(right.value), _value(since, words), _value(until, words))
    return None


def _membership(left: Tree, right: Tree, words: Vocabulary, *, holds: bool) -> Sayable:
    if isinstance(right, Listed):
        facts = {"left": _value(left, words), "entries": [_beside(entry, left, words) for entry in right.entries]}
        if holds:
            return sentence("{left} is one of ({entries})", **facts)
        return sentence("{left} is none of ({entries})", **facts)
    facts = {"list": _value(right, words), "entry": _beside(left, right, words)}
    if holds:
        return sentence("{list} includes {entry}", **facts)
    return sentence("{list} does not include {entry}", **facts)


def _about_text(function: str, of: Tree, argument: Tree, words: Vocabulary) -> Sayable:
    text, part = _value(of, words), _beside(argument, of, words)
    match function:
        case "contains":
            return sentence("{text} contains {part}", text=text, part=part)
        case "startsWith":
            return sentence("{text} begins with {part}", text=text, part=part)
        case "endsWith":
            return sentence("{text} ends with {part}", text=text, part=part)
    raise NoWords


def _about_rows(tree: Comprehension, words: Vocabulary) -> Sayable:
    table, within = _rows(tree, words)
    clause = _clause(tree.body, within)
    match tree.macro:
        case "exists":
            return sentence("in {table} there is a row where {condition}", table=table, condition=clause)
        case "exists_one":
            return sentence("in {table} there is exactly one row where {condition}", table=table, condition=clause)
        case "all":
            return sentence("in each row of {table} {condition}", table=table, condition=clause)
    raise NoWords


# --- values -----------------------------------------------------------------------------------------------------------


def _result(tree: Tree, words: Vocabulary, field: Field | None) -> Sayable:
    """What comes of it; a constant as the label or with the unit of the field."""
    match tree:
        case Constant(value=value) if field is not None:
            return of_field(value, field)
        case Either(condition=asked, then=then, otherwise=otherwise):
            other = _result(otherwise, words, field)
            return sentence(
                "{then} if {condition}, else {otherwise}",
                then=_result(then, words, field),
                condition=_clause(asked, words),
                otherwise=sentence("({inner})", inner=other) if isinstance(otherwise, Either) else other,
            )
    return _value(tree, words)


def _beside(tree: Tree, other: Tree, words: Vocabulary) -> Sayable:
    if not isinstance(tree, Constant):
        return _value(tree, words)
    return beside(tree.value, path_of(other.of) if isinstance(other, Index) else path_of(other), words)


def _value(tree: Tree, words: Vocabulary) -> Sayable:
    match tree:
        case Constant(value=value):
            return constant(value)
        case Index(of=of, key=key):
            return _entry_of(of, key, words)
        case Binary(sign="+" | "-" | "*" | "/" as sign, left=left, right=right):
            return _reckoned(sign, left, right, words)
        case Unary(sign="-", operand=operand):
            return sentence("−{number}", number=_within(operand, 6, words))
        case Call(of=None):
            return _function(tree, words)
        case Either():
            return _result(tree, words, None)
    path = path_of(tree)
    if path is None:
        raise NoWords
    return named(path, words)


def _entry_of(of: Tree, key: Tree, words: Vocabulary) -> Sayable:
    """`round.seats[industry]`: the seats of its own industry, or of a fixed one."""
    facts = {"map": _value(of, words), "key": _beside(key, of, words)}
    if isinstance(key, Constant):
        return sentence("{map} for {key}", **facts)
    return sentence("{map} for its {key}", **facts)


_STRENGTH: Mapping[str, int] = {"+": 4, "-": 4, "*": 5, "/": 5}


def _reckoned(sign: str, left: Tree, right: Tree, words: Vocabulary) -> Sayable:
    own = _STRENGTH[sign]
    one, other = _within(left, own, words), _within(right, own + 1, words)
    match sign:
        case "+":
            return sentence("{one} + {other}", one=one, other=other)
        case "-":
            return sentence("{one} − {other}", one=one, other=other)
        case "*":
            return sentence("{one} × {other}", one=one, other=other)
    return sentence("{one} ÷ {other}", one=one, other=other)


def _within(tree: Tree, strength: int, words: Vocabulary) -> Sayable:
    """A part of a sum, in brackets where it would be read otherwise."""
    value = _value(tree, words)
    loose = isinstance(tree, Either | Unary) or (isinstance(tree, Binary) and _STRENGTH.get(tree.sign, 0) < strength)
    return sentence("({inner})", inner=value) if loose else value


def _function(call: Call, words: Vocabulary) -> Sayable:
    match call.function, call.arguments:
        case "count", (Comprehension(macro="filter") as rows,):
            table, within = _rows(rows, words)
            clause = _clause(rows.body, within)
            return sentence("the number of rows of {table} where {condition}", table=table, condition=clause)
        case "sum", (Comprehension(macro="map") as rows,):
            table, within = _rows(rows, words)
            return sentence("the sum of {value} over {table}", value=_value(rows.body, within), table=table)
        case "count", (of,):
            return _count(of, words)
        case "sum", (of,):
            return sentence("the sum of {list}", list=_value(of, words))
    values = [_value(argument, words) for argument in call.arguments]
    match call.function, values:
        case "least", _:
            return sentence("the least of ({values})", values=values)
        case "greatest", _:
            return sentence("the greatest of ({values})", values=values)
        case "round_to", (value, digits):
            return sentence("{value}, rounded to {digits} digits after the point", value=value, digits=digits)
        case "days", (since, until):
            return sentence("the days from {since} to {until}", since=since, until=until)
        case "working_days", (since, until):
            return sentence("the working days from {since} to {until}", since=since, until=until)
        case "years", (since, until):
            return sentence("the full years from {since} to {until}", since=since, until=until)
        case "add_months", (since, count):
            return sentence("{count} months after {since}", count=count, since=since)
        case "add_years", (since, count):
            return sentence("{count} years after {since}", count=count, since=since)
    raise NoWords


def _count(of: Tree, words: Vocabulary) -> Sayable:
    path = path_of(of)
    known = words.field(path) if path else None
    value = _value(of, words)
    match known.type if known else None:
        case "text" | "long_text":
            return sentence("the number of characters of {text}", text=value)
        case "table":
            return sentence("the number of rows of {table}", table=value)
        case "files":
            return sentence("the number of files of {field}", field=value)
    return sentence("the number of entries of {list}", list=value)


def _rows(tree: Comprehension, words: Vocabulary) -> tuple[Sayable, Vocabulary]:
    """The table's name, and the words for its rows."""
    path = path_of(tree.of)
    known = words.field(path) if path else None
    if path is None or known is None or not known.columns:
        raise NoWords
    return sentence("“{table}”", table=named(path, words)), words.over(tree.variable, known.columns)
