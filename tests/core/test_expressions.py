"""Expressions: what is refused when the file is read, and what comes out when they are run."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendar import ZONE, chinese_calendar, end_of
from workflow.definition.expression import (
    ANY,
    MOMENT,
    NUMBER,
    TEXT,
    TRUTH,
    Expression,
    ExpressionFailed,
    ExpressionWrong,
    Kind,
    both,
    choice_of,
    compile_expression,
    list_of,
    map_of,
    record_of,
)

NAMES: Mapping[str, Kind] = {
    "n": NUMBER,
    "m": NUMBER,
    "t": TEXT,
    "yes": TRUTH,
    "d": MOMENT,
    "e": MOMENT,
    "kind": choice_of(["worker", "head"]),
    "topics": list_of(choice_of(["a", "b"])),
    "rows": list_of(record_of({"n": NUMBER, "t": TEXT, "d": MOMENT})),
    "seats": map_of(NUMBER, ["worker", "head"]),
    "unit": record_of(None),
    "review": record_of({"trigger": TEXT, "times": NUMBER}),
    "round": record_of({"seats": map_of(NUMBER, ["worker", "head"]), "closes_on": MOMENT}),
}


def day(text: str) -> datetime:
    return end_of(date.fromisoformat(text))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def compiled(source: str, wanted: Kind = ANY) -> Expression:
    return compile_expression(source, NAMES, wanted)


def value(source: str, **known: object) -> object:
    empty: dict[str, object] = {"topics": [], "rows": [], "seats": {}, "review": {}, "unit": {}, "round": {}}
    return compiled(source).evaluate(lambda name, _: {**empty, **known}.get(name), chinese_calendar())


# --- when the file is read

WRONG = {
    "": "breaks off",
    "n >": "breaks off",
    "n > > 3": "“>” is not expected here",
    "(n": "breaks off",
    "n)": "“)” is not expected here",
    "n; m": "“;” is not expected here",
    "n = 3": "“=” is not expected here",
    "n % 2": "“%” is not expected here",
    "not yes": "“yes” is not expected here",
    "yes and yes": "“and” is not expected here",
    "nn > 3": "There is no “nn”.",
    'kind == "hed"': "Did you mean “head”?",
    'kind in ["worker", "hed"]': "Did you mean “head”?",
    '"c" in topics': "There is no “c”.",
    'seats["hed"] > 1': "Did you mean “head”?",
    "review.triger == t": "There is no “review.triger”. Did you mean “trigger”?",
    "n.x": "has no parts",
    "t > 3": "A text and a number cannot be compared",
    "n == yes": "cannot be compared",
    "d > 3": "cannot be compared",
    "yes > yes": "cannot be ordered",
    "topics < topics": "cannot be ordered",
    "n > null": "cannot be ordered",
    "d + 3": "cannot be compared or joined",
    "d - e": "A number is wanted, this is a date",
    "d + e": "dates are reckoned by functions",
    "!n": "A yes-or-no is wanted, this is a number",
    "-t": "A number is wanted, this is a text",
    "n && yes": "A yes-or-no is wanted",
    "n ? n : m": "A yes-or-no is wanted",
    "yes ? n : t": "cannot be compared or joined",
    "topics[0]": "A list has no index",
    "rows[0].n": "A list has no index",
    "t[0]": "something that is no map",
    "n in n": "looks into a list",
    "size(t)": "There is no function “size”. Did you mean “count”?",
    "t.size()": "There is no function “size”.",
    "length(t)": "Did you mean “count”?",
    "abs(n)": "There is no function “abs”.",
    "today()": "There is no function “today”.",
    "int(n)": "There is no function",
    "count()": "takes 1 values",
    "count(t, t)": "takes 1 values",
    "days(d)": "takes 2 values",
    "years(d, n)": "A date is wanted, this is a number",
    "sum(n)": "A list is wanted",
    "sum(topics)": "A number is wanted",
    "t.contains(n)": "A text is wanted",
    "n.contains(t)": "A text is wanted",
    "t.contains()": "takes 1 values",
    't.matches("[")': "is not an expression",
    "n.all(x, x > 1)": "goes over a list",
    "seats.all(x, true)": "goes over a list",
    "rows.all(r, r.n)": "A yes-or-no is wanted",
    "rows.all(r, r.x > 1)": "There is no “r.x”.",
    "rows.all(r, r.n > 1) && rows.exists(r, r.n > 2)": "may have one comprehension, this has 2",
    "rows.filter(r, rows.exists(s, s.n > r.n))": "may have one comprehension, this has 2",
    "rows.all(r)": "is not expected here",
    "has(unit.name)": "There is no function “has”.",
    '"' + "x" * 500 + '" == t': "may have 500 characters",
    "n in [" + ",".join(["1"] * 201) + "]": "may have 200 entries",
    "'abc": "is not expected here",
    "n @ m": "“@” is not expected here",
    "__import__('os')": "There is no function",
}


@pytest.mark.parametrize(("source", "reason"), WRONG.items())
def test_expression_that_cannot_be_published(source: str, reason: str) -> None:
    with pytest.raises(ExpressionWrong) as wrong:
        compiled(source)

    hint = wrong.value.hint
    assert reason in " ".join([wrong.value.reason.say("en"), *([hint.say("en")] if hint else [])])


@pytest.mark.parametrize(
    ("source", "wanted"),
    [("n + 1", TRUTH), ("n > 1", NUMBER), ("t", NUMBER), ("d", TEXT), ("topics", TEXT), ("rows", TRUTH)],
)
def test_expression_of_another_kind_than_is_wanted(source: str, wanted: Kind) -> None:
    with pytest.raises(ExpressionWrong, match="does not give what is wanted here"):
        compiled(source, wanted)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("n + m * 2", NUMBER),
        ("n > 1", TRUTH),
        ("t + t", TEXT),
        ("unit.anything", ANY),
        ("yes ? n : null", NUMBER),
        ("count(rows.filter(r, r.n > 1))", NUMBER),
        ("rows.map(r, r.n)", list_of(NUMBER)),
        ("add_years(d, 1)", MOMENT),
        ("null", Kind("null")),
        ("n in [" + ",".join(["1"] * 200) + "]", TRUTH),
    ],
)
def test_kind_of_an_expression(source: str, kind: Kind) -> None:
    assert kind == compiled(source).kind


def test_names_that_are_read() -> None:
    read = compiled('rows.all(r, r.n > n) && unit.name == t && round.seats["head"] > review.times')

    assert read.paths == {("rows",), ("n",), ("unit", "name"), ("t",), ("round", "seats"), ("review", "times")}


# --- when it is run

VALUES: list[tuple[str, dict[str, object], object]] = [
    # one kind of number
    ("n * 2 <= 7", {"n": 3.5}, True),
    ("n / 2", {"n": 3.0}, 1.5),
    ("n == 3", {"n": 3.0}, True),
    ("n == 3.0", {"n": 3.0}, True),
    ("3 / 2 == 1.5", {}, True),
    ("-n + 1", {"n": 3.0}, -2.0),
    ("n + m * 2 - 1", {"n": 1.0, "m": 2.0}, 4.0),
    ("(n + m) * 2", {"n": 1.0, "m": 2.0}, 6.0),
    ("n - m - 1", {"n": 5.0, "m": 2.0}, 2.0),
    ("1e2", {}, 100.0),
    ("count(t) + 1", {"t": "张伟"}, 3.0),
    # truths
    ("yes || n > 1", {"yes": True}, True),
    ("n > 1 || yes", {"yes": True}, True),
    ("yes && n > 1", {"yes": False}, False),
    ("n > 1 && yes", {"yes": False}, False),
    ("!yes", {"yes": False}, True),
    ("yes == false", {"yes": False}, True),
    ("yes == false", {}, False),
    ("yes ? n : m", {"yes": True, "n": 1.0}, 1.0),
    ("yes ? n : m", {"yes": False, "m": 2.0}, 2.0),
    ("yes ? 1 : yes ? 2 : 3", {"yes": False}, 3.0),
    # texts
    ('t == "张"', {"t": "张"}, True),
    ('t + "伟"', {"t": "张"}, "张伟"),
    ('t.contains("大")', {"t": "张大伟"}, True),
    ('t.startsWith("张")', {"t": "张大伟"}, True),
    ('t.endsWith("张")', {"t": "张大伟"}, False),
    ('t.matches("^[0-9]{3}$")', {"t": "123"}, True),
    ("t.matches('[0-9]')", {"t": "a1"}, True),
    ("count(t)", {"t": "𠮷野家"}, 3.0),
    ('kind in ["head", "worker"]', {"kind": "head"}, True),
    ('"a\\"b" == t', {"t": 'a"b'}, True),
    ("r'a\\b' == t", {"t": "a\\b"}, True),
    # empty fields
    ("n == null", {}, True),
    ("n != null", {"n": 0.0}, True),
    ("kind == null", {}, True),
    ("t == null", {"t": ""}, False),
    ("d == null", {}, True),
    ("count(topics)", {}, 0.0),
    ("count(rows) == 0", {}, True),
    ("count(seats)", {}, 0.0),
    ("sum(rows.map(r, r.n))", {}, 0.0),
    ("n != null && n > 3", {}, False),
    ("n == null || n > 3", {}, True),
    # a function of null is null
    ("count(t)", {}, None),
    ("years(d, e)", {"e": day("2026-03-02")}, None),
    ("days(d, e)", {"d": day("2026-03-02")}, None),
    ("working_days(d, e)", {}, None),
    ("add_years(d, 3)", {}, None),
    ("add_months(d, 3)", {}, None),
    ("add_years(d, n)", {"d": day("2026-03-02")}, None),
    ("least(n, m)", {"n": 1.0}, None),
    ("greatest(n, m)", {"n": 1.0}, None),
    ("round_to(n, 2)", {}, None),
    ("n / m", {"n": 1.0, "m": 0.0}, None),
    ("n / m == null", {"n": 1.0, "m": 0.0}, True),
    # functions
    ("least(n, m, 3)", {"n": 5.0, "m": 4.0}, 3.0),
    ("greatest(n)", {"n": 5.0}, 5.0),
    ("sum([0.1, 0.2])", {}, 0.3),
    ("sum(rows.map(r, r.n))", {"rows": [{"n": 0.1}, {"n": 0.2}, {"n": 0.3}]}, 0.6),
    ("round_to(n, 1)", {"n": 2.25}, 2.3),
    ("round_to(n, 1)", {"n": -2.25}, -2.3),
    ("round_to(n, 2)", {"n": 1.005}, 1.01),
    ("round_to(n, 0)", {"n": 2.5}, 3.0),
    ("days(d, e)", {"d": day("2026-02-27"), "e": day("2026-03-02")}, 3.0),
    ("days(e, d)", {"d": day("2026-02-27"), "e": day("2026-03-02")}, -3.0),
    ("days(d, e)", {"d": at("2026-03-01 23:59"), "e": at("2026-03-02 00:01")}, 1.0),
    ("days(d, e)", {"d": day("2026-03-01"), "e": at("2026-03-02 00:01")}, 1.0),
    ("working_days(d, e)", {"d": day("2026-02-12"), "e": day("2026-02-24")}, 3.0),
    ("working_days(d, e)", {"d": day("2026-04-30"), "e": day("2026-05-11")}, 5.0),
    ("working_days(e, d)", {"d": day("2026-04-30"), "e": day("2026-05-11")}, -5.0),
    ("years(d, e)", {"d": day("2008-03-02"), "e": day("2026-03-02")}, 18.0),
    ("years(d, e)", {"d": day("2008-03-03"), "e": day("2026-03-02")}, 17.0),
    ("years(d, e)", {"d": day("2008-02-29"), "e": day("2026-02-28")}, 17.0),
    ("years(d, e)", {"d": day("2008-02-29"), "e": day("2026-03-01")}, 18.0),
    ("add_years(d, 1) == e", {"d": day("2024-02-29"), "e": day("2025-02-28")}, True),
    ("add_years(d, -1) == e", {"d": day("2026-03-02"), "e": day("2025-03-02")}, True),
    ("add_years(d, 1) == e", {"d": at("2026-03-02 10:00"), "e": at("2027-03-02 10:00")}, True),
    ("add_months(d, 3) == e", {"d": day("2025-11-30"), "e": day("2026-02-28")}, True),
    ("add_months(d, -1) == e", {"d": day("2026-03-31"), "e": day("2026-02-28")}, True),
    # dates compare
    ("d < e", {"d": day("2026-03-01"), "e": day("2026-03-02")}, True),
    ("d == e", {"d": day("2026-03-02"), "e": day("2026-03-02")}, True),
    ("d < e", {"d": at("2026-03-02 23:59"), "e": day("2026-03-02")}, True),
    ("d >= e", {"d": at("2026-03-03 00:00"), "e": day("2026-03-02")}, True),
    # lists, maps, records
    ('"a" in topics', {"topics": ["b", "a"]}, True),
    ("topics.exists(x, x == t)", {"topics": ["b"], "t": "b"}, True),
    ("topics.exists_one(x, x == t)", {"topics": ["b", "b"], "t": "b"}, False),
    ("rows.all(r, r.n > 1)", {"rows": [{"n": 2.0}, {"n": 3.0}]}, True),
    ("rows.all(r, r.n > 1)", {}, True),
    ("rows.exists(r, r.n > 1)", {}, False),
    ("count(rows.filter(r, r.n > 1))", {"rows": [{"n": 2.0}, {"n": 1.0}]}, 1.0),
    ("rows.map(r, r.t)", {"rows": [{"t": "a"}, {"t": "b"}]}, ["a", "b"]),
    ("rows.exists(r, r.d < d)", {"rows": [{"d": day("2026-03-01")}], "d": day("2026-03-02")}, True),
    ('seats["head"]', {"seats": {"head": 2.0, "worker": 1.0}}, 2.0),
    ("seats[kind]", {"seats": {"head": 2.0}, "kind": "head"}, 2.0),
    ("round.seats[kind] - 1", {"round": {"seats": {"head": 2.0}}, "kind": "head"}, 1.0),
    ("unit.members > 100", {"unit": {"members": 120.0}}, True),
    ("unit == null", {"unit": None}, True),
    ("unit == null || unit.members > 100", {"unit": None}, True),
    ("review.times == 2", {"review": {"times": 2.0}}, True),
]


@pytest.mark.parametrize(("source", "known", "expected"), VALUES)
def test_value_of_an_expression(source: str, known: dict[str, object], expected: object) -> None:
    assert expected == value(source, **known)


FAILING: list[tuple[str, dict[str, object], str]] = [
    ("n > 3", {}, "n is empty"),
    ("n + m", {"n": 1.0}, "m is empty"),
    ("n / m > 1", {"n": 1.0, "m": 0.0}, "cannot be reckoned"),
    ("n * 1", {"n": 1e308 * 10}, "cannot be reckoned"),
    ("t.contains(kind)", {"kind": "head"}, "t is empty"),
    ("d < e", {"e": day("2026-03-02")}, "d is empty"),
    ("days(d, e) > 3", {"e": day("2026-03-02")}, "d is empty"),
    ("rows.all(r, r.n > 1)", {"rows": [{"n": None}]}, "cannot be reckoned"),
    ('seats["head"] > 1', {}, "there is no “head”"),
    ("seats[kind] > 1", {"seats": {"head": 1.0}}, "cannot be reckoned"),
    ("unit.members > 100", {"unit": {"members": None}}, "unit.members is empty"),
    ("unit.name", {"unit": None}, "cannot be reckoned"),
    ("!yes", {}, "yes is empty"),
    ("yes && n > 1", {"yes": True}, "n is empty"),
    ("yes ? n > 1 : true", {}, "cannot be reckoned"),
]


@pytest.mark.parametrize(("source", "known", "reason"), FAILING)
def test_expression_that_fails_says_why(source: str, known: dict[str, object], reason: str) -> None:
    with pytest.raises(ExpressionFailed) as failed:
        value(source, **known)

    assert reason in failed.value.reason.say("en")
    assert source in failed.value.reason.say("en")


@pytest.mark.parametrize(("source", "known"), [("yes", {}), ("unit.flag", {"unit": {"flag": 3.0}}), ("null", {})])
def test_condition_that_is_neither_true_nor_false_fails(source: str, known: dict[str, object]) -> None:
    with pytest.raises(ExpressionFailed):
        compiled(source).holds(lambda name, _: known.get(name), chinese_calendar())


def test_only_what_is_read_is_looked_up() -> None:
    asked: list[tuple[str, frozenset[str]]] = []

    def look(name: str, members: frozenset[str]) -> object:
        asked.append((name, members))
        return {"unit": {"members": 3.0, "name": "东风厂"}}.get(name, 1.0)

    compiled('unit.members > n && unit.name == "东风厂"').holds(look, chinese_calendar())

    assert sorted(asked) == [("n", frozenset()), ("unit", frozenset({"members", "name"}))]


@pytest.mark.parametrize(("n", "m", "holds"), [(3.0, 1.0, True), (3.0, 5.0, False), (1.0, 1.0, False)])
def test_both_hold(n: float, m: float, holds: bool) -> None:
    joined = both(compiled("n > 2"), compiled("m < 2 || m > 9"))

    assert holds == joined.holds(lambda name, _: {"n": n, "m": m}[name], chinese_calendar())
    assert joined.paths == {("n",), ("m",)}


def test_expressions_are_equal_when_their_texts_are() -> None:
    assert compiled("n > 2") == compiled("n > 2")
    assert compiled("n > 2") != compiled("n > 3")
    assert len({compiled("n > 2"), compiled("n > 2")}) == 1


# --- what holds always

fen = st.integers(min_value=-(10**9), max_value=10**9)


@given(st.lists(fen, max_size=50))
def test_sum_of_amounts_is_exact(amounts: list[int]) -> None:
    found = value("sum(rows.map(r, r.n))", rows=[{"n": float(Decimal(amount) / 100)} for amount in amounts])

    assert float(Decimal(sum(amounts)) / 100) == found


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**6), max_value=10**6), st.integers(0, 3)
)
def test_rounding_is_half_up(number: Decimal, digits: int) -> None:
    found = Fraction(repr(value("round_to(n, m)", n=float(number), m=float(digits))))
    unit = Fraction(1, 10**digits)

    assert abs(found - Fraction(number)) <= unit / 2
    assert abs(found) >= abs(Fraction(number)) or abs(found - Fraction(number)) < unit / 2


days_of_2026 = st.dates(date(2025, 12, 1), date(2027, 1, 31))


@given(days_of_2026, days_of_2026)
def test_days_are_counted_alike_both_ways(one: date, other: date) -> None:
    known = {"d": end_of(one), "e": end_of(other)}

    assert value("days(d, e)", **known) == -float(str(value("days(e, d)", **known)))
    assert value("working_days(d, e)", **known) == -float(str(value("working_days(e, d)", **known)))
    assert abs(float(str(value("working_days(d, e)", **known)))) <= abs((other - one).days)


@given(st.dates(date(1930, 1, 1), date(2010, 12, 31)), st.integers(1, 80))
def test_age_is_reached_on_the_birthday(born: date, age: int) -> None:
    birthday = compiled("add_years(d, n)").evaluate(
        lambda name, _: {"d": end_of(born), "n": float(age)}[name], chinese_calendar()
    )
    assert isinstance(birthday, datetime)
    before = birthday - timedelta(days=1)

    assert value("years(d, e)", d=end_of(born), e=before) == age - 1
    if (born.month, born.day) != (2, 29):
        assert value("years(d, e)", d=end_of(born), e=birthday) == age


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(source: str) -> None:
    try:
        expression = compiled(source)
    except ExpressionWrong:
        return

    assert source == expression.source


@pytest.mark.parametrize("word", ["return", "function", "package", "as", "if"])
def test_word_that_cel_keeps_for_itself_is_a_name_like_others(word: str) -> None:
    expression = compile_expression(f"{word} >= 1 && x.{word} == {word}", {word: NUMBER, "x": record_of(None)}, TRUTH)

    assert expression.holds(lambda name, _: {word: 2.0, "x": {word: 2.0}}[name], chinese_calendar())
    assert expression.source.startswith(f"{word} >= 1")
