"""Places, seats, ties, grades and lots, by hand and for any cases."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.sittings import a_case, a_context, a_definition, rank_of
from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import Definition
from workflow.engine.context import SeededLot
from workflow.engine.rounds.ranking import Ranked, Ranking, draw, grade, rank
from workflow.engine.subject import CaseFacts, Figure
from workflow.errors import GuardFailed

SEATS = 'seats: "round.seats[group]"'
PLAIN = a_definition(f"rank: {{by: [points], within: group, {SEATS}}}")
BY_TWO = a_definition("rank: {by: [points, -members], seats: 2}")
BALLOT = a_definition("rank: {by: [yes, points], seats: 2, tie: [ballot]}")
LOT = a_definition(f"rank: {{by: [points], within: group, {SEATS}, tie: [lot]}}")
BOTH = a_definition("rank: {by: [yes], seats: 1, tie: [ballot, lot]}")
GRADED = a_definition(
    "rank: {by: [points], within: group, grades: {poor: {when: points < 60}, excellent: {at_most: 20 %, when: points >= 90},"
    " good: {at_most: 40 %}, fair: {}}}"
)


def ranked(
    definition: Definition,
    cases: Sequence[CaseFacts],
    *,
    seats: Mapping[str, int] | None = None,
    known: Sequence[CaseFacts] = (),
    counts: Mapping[str, Mapping[str, Figure]] | None = None,
    second: Mapping[str, Mapping[str, Figure]] | None = None,
    lots: Mapping[str, int] | None = None,
    seed: str = "seed",
) -> Ranked:
    """The ranking of these cases, others of the round being known; of a second ballot where one is given."""
    context = a_context([*cases, *known], seats=seats, seed=seed)
    ranking = Ranking(definition, rank_of(definition), "list", context, counts or {}, second or {}, lots or {})
    return rank(ranking, cases, second_ballot=second is None)


def places(found: Ranked) -> dict[int, tuple[Figure, Figure]]:
    """(place, seated) by number."""
    return {
        int(case.removeprefix("case-")): (own["place"], own["seated"]) for case, own in sorted(found.figures.items())
    }


# --- by hand


def test_highest_is_first_within_each_group() -> None:
    cases = [
        a_case(1, points=70),
        a_case(2, points=90),
        a_case(3, points=80, group="b"),
        a_case(4, points=60),
        a_case(5, points=99, group="b"),
    ]

    found = ranked(PLAIN, cases, seats={"a": 2, "b": 1})

    assert places(found) == {1: (2, True), 2: (1, True), 3: (2, False), 4: (3, False), 5: (1, True)}


def test_equal_ones_share_a_place_and_are_not_seated_beyond_the_seats() -> None:
    cases = [a_case(1, points=90), a_case(2, points=80), a_case(3, points=80), a_case(4, points=70)]

    assert places(ranked(PLAIN, cases, seats={"a": 2})) == {1: (1, True), 2: (2, False), 3: (2, False), 4: (4, False)}
    assert places(ranked(PLAIN, cases, seats={"a": 3})) == {1: (1, True), 2: (2, True), 3: (2, True), 4: (4, False)}


def test_next_name_parts_what_the_first_leaves_equal() -> None:
    cases = [a_case(1, points=80, members=30), a_case(2, points=80, members=20), a_case(3, points=80, members=20)]

    assert places(ranked(BY_TWO, cases)) == {1: (3, False), 2: (1, True), 3: (1, True)}


def test_what_cannot_be_reckoned_is_last() -> None:
    cases = [a_case(1), a_case(2, points=-5), a_case(3, points=0)]

    assert places(ranked(PLAIN, cases, seats={"a": 1})) == {1: (3, False), 2: (2, False), 3: (1, True)}


def test_numbers_that_are_not_whole_are_compared_as_numbers() -> None:
    cases = [a_case(1, points=9.5), a_case(2, points=10.25)]

    assert places(ranked(PLAIN, cases, seats={"a": 1})) == {1: (2, False), 2: (1, True)}


@pytest.mark.parametrize(
    ("earlier", "free"),
    [
        (a_case(9, state="done", left={"seated": True}), 1),
        (a_case(9, state="done", left={"seated": False}), 2),
        (a_case(9, state="done", left={"seated": True}, stopped=True), 2),
        (a_case(9, state="list", left={"seated": True}), 2),  # it waits to be ranked anew
        (a_case(9, state="done", left={"seated": True}, group="b"), 2),
    ],
)
def test_seats_of_earlier_sittings_are_not_free(earlier: CaseFacts, free: int) -> None:
    cases = [a_case(1, points=90), a_case(2, points=80)]

    found = ranked(PLAIN, cases, seats={"a": 2}, known=[earlier])

    assert places(found) == {1: (1, True), 2: (2, free == 2)}


def test_seats_that_are_not_known_are_refused() -> None:
    with pytest.raises(ExpressionFailed):
        ranked(PLAIN, [a_case(1, points=1)])
    seats = a_definition("rank: {by: [points], seats: members}")
    with pytest.raises(GuardFailed):
        ranked(seats, [a_case(1, points=1)])


def test_tie_at_the_last_seat_asks_for_a_second_ballot_among_the_tied() -> None:
    cases = [a_case(n) for n in (1, 2, 3, 4)]
    counts = {"case-1": {"yes": 9}, "case-2": {"yes": 7}, "case-3": {"yes": 7}, "case-4": {"yes": 5}}

    found = ranked(BALLOT, cases, counts=counts)

    assert found == Ranked({}, {}, ("case-2", "case-3"))


def test_tie_elsewhere_asks_for_none() -> None:
    cases = [a_case(n) for n in (1, 2, 3, 4)]
    counts = {"case-1": {"yes": 9}, "case-2": {"yes": 9}, "case-3": {"yes": 5}, "case-4": {"yes": 5}}

    found = ranked(BALLOT, cases, counts=counts)

    assert found.tied == ()
    assert places(found) == {1: (1, True), 2: (1, True), 3: (3, False), 4: (3, False)}


def test_second_ballot_decides_the_order_of_the_tied_only() -> None:
    cases = [a_case(n) for n in (1, 2, 3, 4)]
    counts = {"case-1": {"yes": 9}, "case-2": {"yes": 7}, "case-3": {"yes": 7}, "case-4": {"yes": 5}}

    found = ranked(BALLOT, cases, counts=counts, second={"case-2": {"yes": 1}, "case-3": {"yes": 20}})

    assert places(found) == {1: (1, True), 2: (3, False), 3: (2, True), 4: (4, False)}


def test_second_ballot_that_is_equal_too_is_the_last() -> None:
    counts = {"case-1": {"yes": 7}, "case-2": {"yes": 7}, "case-3": {"yes": 7}}

    found = ranked(BALLOT, [a_case(n) for n in (1, 2, 3)], counts=counts, second=counts)

    assert found.tied == ()
    assert places(found) == {1: (1, False), 2: (1, False), 3: (1, False)}


def test_lot_is_drawn_for_what_the_ballot_leaves_equal() -> None:
    cases = [a_case(n) for n in (1, 2, 3)]
    counts = {case.id: {"yes": 7} for case in cases}

    first = ranked(BOTH, cases, counts=counts)
    found = ranked(
        BOTH, cases, counts=counts, second={"case-1": {"yes": 3}, "case-2": {"yes": 5}, "case-3": {"yes": 5}}
    )

    assert first == Ranked({}, {}, ("case-1", "case-2", "case-3"))
    assert sorted(found.lots) == ["case-2", "case-3"]
    assert places(found)[1] == (3, False)
    assert {place for place, _ in places(found).values()} == {1, 2, 3}


def test_lot_that_was_drawn_stays() -> None:
    cases = [a_case(n, points=1) for n in (1, 2, 3)]
    drawn = {"case-1": 2, "case-2": 0, "case-3": 1}

    found = ranked(LOT, cases[:2], seats={"a": 1}, lots=drawn)

    assert places(found) == {1: (2, False), 2: (1, True)}
    assert found.lots == drawn


def graded(cases: Sequence[CaseFacts]) -> dict[int, Figure]:
    found = ranked(GRADED, cases)
    figures = {case: dict(own) for case, own in found.figures.items()}
    grade(Ranking(GRADED, rank_of(GRADED), "list", a_context(cases)), cases, figures)
    return {int(case.removeprefix("case-")): own.get("grade") for case, own in sorted(figures.items())}


def test_grades_in_order_of_place_as_long_as_there_is_room() -> None:
    # of six, 20 % are one and 40 % two
    points = {1: 95, 2: 92, 3: 88, 4: 70, 5: 65, 6: 59}

    found = graded([a_case(number, points=own) for number, own in points.items()])

    assert found == {1: "excellent", 2: "good", 3: "good", 4: "fair", 5: "fair", 6: "poor"}


def test_grades_of_equal_places_go_by_number_9_before_10() -> None:
    found = graded([a_case(number, points=91) for number in (10, 9, 11, 12, 13)])

    assert found == {9: "excellent", 10: "good", 11: "good", 12: "fair", 13: "fair"}


def test_grade_that_cannot_be_reckoned_chooses_no_other() -> None:
    with pytest.raises(ExpressionFailed):
        graded([a_case(1)])


# --- for any cases


CASES = st.lists(
    st.tuples(st.sampled_from("ab"), st.one_of(st.none(), st.integers(0, 4))), min_size=1, max_size=12
).map(lambda found: [a_case(n, points=points, group=group) for n, (group, points) in enumerate(found, 1)])
GRADED_CASES = st.lists(st.tuples(st.sampled_from("ab"), st.integers(55, 100)), min_size=1, max_size=12).map(
    lambda found: [a_case(n, points=points, group=group) for n, (group, points) in enumerate(found, 1)]
)


@given(cases=CASES, a=st.integers(0, 5), b=st.integers(0, 5), lot=st.booleans(), seed=st.text(max_size=3))
def test_nobody_is_seated_beyond_the_seats(cases: list[CaseFacts], a: int, b: int, *, lot: bool, seed: str) -> None:
    found = ranked(LOT if lot else PLAIN, cases, seats={"a": a, "b": b}, seed=seed).figures

    for group, seats in (("a", a), ("b", b)):
        own = [found[case.id] for case in cases if case.data["group"] == group]
        seated = [figures for figures in own if figures["seated"]]
        assert len(seated) <= seats
        assert not lot or len(seated) == min(seats, len(own))
        assert all(int(str(figures["place"])) <= seats for figures in seated)


@given(cases=CASES, seed=st.text(max_size=3))
def test_place_is_one_more_than_those_that_are_better(cases: list[CaseFacts], seed: str) -> None:
    def points(case: CaseFacts) -> float:
        return float(case.data.get("points", -1))

    plain, by_lot = (ranked(found, cases, seats={"a": 1, "b": 1}, seed=seed).figures for found in (PLAIN, LOT))

    for case in cases:
        group = [other for other in cases if other.data["group"] == case.data["group"]]
        better = sum(points(other) > points(case) for other in group)
        equal = sum(points(other) == points(case) for other in group)
        assert plain[case.id]["place"] == better + 1
        assert better < int(str(by_lot[case.id]["place"])) <= better + equal
    for group_name in "ab":
        own = [by_lot[case.id]["place"] for case in cases if case.data["group"] == group_name]
        assert sorted(own, key=str) == sorted(range(1, len(own) + 1), key=str)


@given(cases=GRADED_CASES)
def test_grades_never_exceed_their_room(cases: list[CaseFacts]) -> None:
    found = graded(cases)

    for group in "ab":
        own = [case for case in cases if case.data["group"] == group]
        grades = {case.id: found[int(case.number or 0)] for case in own}
        for name, most in (("excellent", Fraction(1, 5)), ("good", Fraction(2, 5))):
            assert list(grades.values()).count(name) <= floor(most * len(own))
        assert all((grades[case.id] == "poor") == (float(case.data["points"]) < 60) for case in own)


@given(count=st.integers(0, 30), percent=st.integers(0, 100), seed=st.text(max_size=3))
def test_draw_is_rounded_up_and_the_same_for_the_same_seed(count: int, percent: int, seed: str) -> None:
    cases = [a_case(number) for number in range(1, count + 1)]
    context = a_context(cases, seed=seed)

    found = draw(context, Fraction(percent, 100), "list", cases)

    assert sum(own["drawn"] is True for own in found.values()) == ceil(Fraction(percent, 100) * count)
    assert found == draw(context, Fraction(percent, 100), "list", list(reversed(cases)))


@given(names=st.lists(st.text(max_size=3), unique=True), seed=st.text(max_size=3))
def test_lot_gives_each_once(names: list[str], seed: str) -> None:
    assert sorted(SeededLot(seed).order(names, "any")) == sorted(names)
