"""A budget in parts, in whole fen that sum to it exactly."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.core.sittings import a_case, a_context, a_definition
from workflow.definition.model import Allocate, Definition
from workflow.engine.rounds.allocation import allocate, share
from workflow.engine.subject import Amount, CaseFacts, Figure
from workflow.errors import GuardFailed

ONE = a_definition("allocate: {budget: round.fund, parts: {all: {portion: 100 %, by: members}}}")
TWO = a_definition(
    "allocate: {budget: round.fund, parts: {base: {portion: 60 %, by: members}, merit: {portion: 40 %, by: points - 60}}}"
)
THIRDS = a_definition(
    "allocate: {budget: round.fund, parts: {x: {portion: 33.34 %, by: 1}, y: {portion: 33.33 %, by: 1},"
    " z: {portion: 33.33 %, by: 1}}}"
)


def rule_of(definition: Definition) -> Allocate:
    together = definition.states["list"].together
    assert together is not None
    assert together.allocate is not None
    return together.allocate


def allocated(
    definition: Definition,
    cases: Sequence[CaseFacts],
    fund: int | None,
    figures: Mapping[str, Mapping[str, Figure]] | None = None,
) -> dict[int, dict[str, str]]:
    """By number what each case gets, in yuan as text; `fund` is in fen."""
    found = allocate(definition, rule_of(definition), cases, figures or {}, a_context(cases, fund=fund))
    return {int(case.removeprefix("case-")): {k: yuan(v) for k, v in own.items()} for case, own in found.items()}


def yuan(figure: Figure) -> str:
    return figure.text if isinstance(figure, Amount) else str(figure)


def fen(text: str) -> int:
    return int(Decimal(text) * 100)


# --- by hand


def test_largest_remainder_gets_what_is_left() -> None:
    # 100 yuan by 1, 2, 4: 14.2857, 28.5714, 57.1428; floors sum to 99.98, the two largest remainders are 2's and 1's
    cases = [a_case(1, members=1), a_case(2, members=2), a_case(3, members=4)]

    found = allocated(ONE, cases, 100_00)

    assert {number: own["allocated"] for number, own in found.items()} == {1: "14.29", 2: "28.57", 3: "57.14"}


def test_equal_remainders_go_by_place_then_number() -> None:
    cases = [a_case(number, members=1) for number in (1, 2, 10)]

    by_number = allocated(ONE, cases, 1_00)
    by_place = allocated(ONE, cases, 1_00, {"case-1": {"place": 3}, "case-2": {"place": 2}, "case-10": {"place": 1}})

    assert {number: own["all"] for number, own in by_number.items()} == {1: "0.34", 2: "0.33", 10: "0.33"}
    assert {number: own["all"] for number, own in by_place.items()} == {10: "0.34", 2: "0.33", 1: "0.33"}


def test_parts_by_their_portions_each_by_its_own_weights() -> None:
    cases = [a_case(1, members=1, points=80), a_case(2, members=3, points=70)]

    found = allocated(TWO, cases, 1000_00)

    assert found == {
        1: {"base": "150", "merit": "266.67", "allocated": "416.67"},
        2: {"base": "450", "merit": "133.33", "allocated": "583.33"},
    }


def test_part_without_a_weight_above_zero_goes_to_the_others() -> None:
    cases = [a_case(1, members=1, points=60), a_case(2, members=3, points=10)]

    found = allocated(TWO, cases, 1000_00)

    assert found == {
        1: {"base": "250", "merit": "0", "allocated": "250"},
        2: {"base": "750", "merit": "0", "allocated": "750"},
    }


def test_equal_remainders_of_parts_go_as_they_are_written() -> None:
    # one fen in thirds: the first part has the largest
    found = allocated(THIRDS, [a_case(1)], 2)

    assert found == {1: {"x": "0.01", "y": "0.01", "z": "0", "allocated": "0.02"}}


def test_weight_that_cannot_be_reckoned_or_is_below_zero_gets_nothing() -> None:
    cases = [a_case(1), a_case(2, members=-5), a_case(3, members=2.5)]

    assert {number: own["allocated"] for number, own in allocated(ONE, cases, 10_00).items()} == {
        1: "0",
        2: "0",
        3: "10",
    }


@pytest.mark.parametrize("members", [None, 0, -1])
def test_nothing_to_allocate_by_is_refused(members: int | None) -> None:
    with pytest.raises(GuardFailed):
        allocated(ONE, [a_case(1, members=members), a_case(2)], 100_00)


def test_without_a_budget_it_is_refused() -> None:
    with pytest.raises(GuardFailed):
        allocated(ONE, [a_case(1, members=1)], None)
    with pytest.raises(GuardFailed):
        allocated(ONE, [a_case(1, members=1)], -1)


def test_budget_of_nothing_gives_nothing() -> None:
    assert allocated(ONE, [a_case(1, members=1)], 0) == {1: {"all": "0", "allocated": "0"}}


# --- for any cases


WEIGHT = st.one_of(st.none(), st.integers(-5, 200), st.floats(0, 1000, allow_nan=False).map(lambda x: round(x, 4)))
CASES = st.lists(st.tuples(WEIGHT, st.one_of(st.none(), st.integers(0, 120))), min_size=1, max_size=15).map(
    lambda found: [a_case(n, members=members, points=points) for n, (members, points) in enumerate(found, 1)]
)


@given(cases=CASES, fund=st.integers(0, 10**9))
def test_amounts_sum_to_the_budget_exactly(cases: list[CaseFacts], fund: int) -> None:
    weights = [float(case.data.get("members", 0)) > 0 or float(case.data.get("points", 0)) > 60 for case in cases]
    assume(any(weights))

    found = allocated(TWO, cases, fund)

    assert sum(fen(own["allocated"]) for own in found.values()) == fund
    assert all(fen(own["base"]) + fen(own["merit"]) == fen(own["allocated"]) for own in found.values())
    assert all(fen(amount) >= 0 for own in found.values() for amount in own.values())


@given(
    amount=st.integers(0, 10**12),
    weights=st.lists(st.fractions(min_value=0, max_value=1000), min_size=1, max_size=20),
)
def test_share_is_within_one_of_its_proportion(amount: int, weights: list[Fraction]) -> None:
    assume(any(weights))
    total = sum(weights)

    found = share(amount, weights)

    assert sum(found) == amount
    assert all(abs(part - amount * weight / total) < 1 for part, weight in zip(found, weights, strict=True))
    assert all(not part or weight for part, weight in zip(found, weights, strict=True))
