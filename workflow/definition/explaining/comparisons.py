"""How two things are compared in words: plainly, in time, as a share of one another."""

from collections.abc import Mapping
from fractions import Fraction

from workflow.definition.explaining.phrases import filled, number
from workflow.definition.expression.syntax import Binary, Constant, Tree
from workflow.text import Sayable, Sentence, sentence

#: The sign that says the same with both sides exchanged.
TURNED: Mapping[str, str] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
#: The sign that says the contrary.
CONTRARY: Mapping[str, str] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}

#: With a fixed value on the right.
_FIXED: Mapping[str, Sentence] = {
    "==": sentence("{left} is {right}"),
    "!=": sentence("{left} is not {right}"),
    "<": sentence("{left} is below {right}"),
    "<=": sentence("{left} is at most {right}"),
    ">": sentence("{left} is above {right}"),
    ">=": sentence("{left} is at least {right}"),
}
#: With something on the right that varies.
_VARYING: Mapping[str, Sentence] = {
    "==": sentence("{left} is the same as {right}"),
    "!=": sentence("{left} is not the same as {right}"),
    "<": sentence("{left} is less than {right}"),
    "<=": sentence("{left} is not more than {right}"),
    ">": sentence("{left} is more than {right}"),
    ">=": sentence("{left} is not less than {right}"),
}
_IN_TIME: Mapping[str, Sentence] = {
    "==": sentence("{left} is the same as {right}"),
    "!=": sentence("{left} is not the same as {right}"),
    "<": sentence("{left} is before {right}"),
    "<=": sentence("{left} is not after {right}"),
    ">": sentence("{left} is after {right}"),
    ">=": sentence("{left} is not before {right}"),
}
_AS_SHARE: Mapping[str, Sentence] = {
    "==": sentence("{left} is exactly {share} of {right}"),
    "!=": sentence("{left} is not exactly {share} of {right}"),
    "<": sentence("{left} is less than {share} of {right}"),
    "<=": sentence("{left} is at most {share} of {right}"),
    ">": sentence("{left} is more than {share} of {right}"),
    ">=": sentence("{left} is at least {share} of {right}"),
}
_YEARS: Mapping[str, Sentence] = {
    "<": sentence("less than {count} full years lie between {since} and {until}"),
    ">=": sentence("at least {count} full years lie between {since} and {until}"),
}
_TIMES: Mapping[str, Sentence] = {
    "==": sentence("“{state}” was entered {count} times"),
    "<": sentence("“{state}” was entered fewer than {count} times"),
    "<=": sentence("“{state}” was entered at most {count} times"),
    ">": sentence("“{state}” was entered more than {count} times"),
    ">=": sentence("“{state}” was entered at least {count} times"),
}
_SHARES: Mapping[Fraction, Sentence] = {
    Fraction(1, 2): sentence("half"),
    Fraction(1, 3): sentence("one third"),
    Fraction(2, 3): sentence("two thirds"),
    Fraction(1, 4): sentence("one quarter"),
    Fraction(3, 4): sentence("three quarters"),
}


def compared(sign: str, left: Sayable, right: Sayable, *, fixed: bool) -> Sentence:
    return filled((_FIXED if fixed else _VARYING)[sign], left=left, right=right)


def compared_in_time(sign: str, left: Sayable, right: Sayable) -> Sentence:
    return filled(_IN_TIME[sign], left=left, right=right)


def compared_as_share(sign: str, left: Sayable, share: Fraction, right: Sayable) -> Sentence:
    return filled(_AS_SHARE[sign], left=left, share=share_of(share), right=right)


def years_between(sign: str, count: Sayable, since: Sayable, until: Sayable) -> Sentence | None:
    template = _YEARS.get(sign)
    return filled(template, count=count, since=since, until=until) if template else None


def times_entered(sign: str, state: Sayable, count: Sayable) -> Sentence | None:
    template = _TIMES.get(sign)
    return filled(template, state=state, count=count) if template else None


def share_of(share: Fraction) -> Sayable:
    """Half, two thirds, 85%, 3 times: how an office says a factor."""
    if share in _SHARES:
        return _SHARES[share]
    if share > 1 and share.denominator == 1:
        return sentence("{count} times the value", count=share.numerator)
    if (share * 100).denominator == 1:
        return sentence("{number}%", number=(share * 100).numerator)
    return sentence("{part}/{whole}", part=share.numerator, whole=share.denominator)


def percent(portion: Fraction) -> Sentence:
    return sentence("{number}%", number=number(float(portion * 100)))


def share(sign: str, left: Tree, right: Tree) -> tuple[str, Tree, Fraction, Tree] | None:
    """`yes * 2 > electorate` as (">", yes, 1/2, electorate); none where neither side has a factor."""
    if isinstance(left, Constant):
        return None
    if isinstance(right, Constant):
        return _quotient(sign, left, right)
    (part, times), (whole, of) = _factored(left), _factored(right)
    factor = of / times if times else Fraction(0)
    return (sign, part, factor, whole) if factor > 0 and factor != 1 else None


def _quotient(sign: str, left: Tree, right: Constant) -> tuple[str, Tree, Fraction, Tree] | None:
    """`part / whole >= 0.8`, with or without a factor of 100."""
    base, times = _factored(left)
    if not isinstance(base, Binary) or base.sign != "/" or not isinstance(right.value, float) or times <= 0:
        return None
    (part, of_part), (whole, of_whole) = _factored(base.left), _factored(base.right)
    if of_part <= 0 or right.value <= 0:
        return None
    return sign, part, Fraction(str(right.value)) * of_whole / (of_part * times), whole


def _factored(tree: Tree) -> tuple[Tree, Fraction]:
    """What is multiplied, and by how much."""
    match tree:
        case Binary(sign="*", left=base, right=Constant(value=float() as value)):
            factor = Fraction(str(value))
        case Binary(sign="*", left=Constant(value=float() as value), right=base):
            factor = Fraction(str(value))
        case Binary(sign="/", left=base, right=Constant(value=float() as value)) if value:
            factor = 1 / Fraction(str(value))
        case _:
            return tree, Fraction(1)
    inner, more = _factored(base)
    return inner, factor * more
