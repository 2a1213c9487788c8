"""The figures of rounds, reckoned from the exported events alone: nothing of the product is asked how it reckons."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

DISPATCHED = {"submitted", "returned", "township_checked", "deciding", "dispatched", "done"}
REPORTED = {"submitted", "township_checked", "federation_checked", "closed", "returned", "reopened"}
CHECKED = {"township_checked", "federation_checked", "closed"}
CASH = {"helped_amount", "proposals_value", "dues_collected", "dues_handed_up"}
#: What the month sums up over what is closed.
SUMMED = [
    "unions_founded",
    "unions",
    "legal_persons",
    "workers",
    "members",
    "members_joined",
    "migrant_members",
    "enterprises",
    "congress",
    "open_affairs",
    "contracts",
    "contract_workers",
    "wage_agreements",
    "wage_workers",
    "women_agreements",
    "women_workers",
    "disputes",
    "disputes_settled",
    "legal_aid",
    "helped",
    "helped_amount",
    "trainings",
    "trained",
    "competitions",
    "competitors",
    "proposals",
    "proposals_adopted",
    "proposals_value",
    "studios",
    "homes_qualified",
    "homes_advanced",
    "homes_model",
    "stations",
    "visits",
    "problems_found",
    "problems_solved",
    "dues_collected",
    "dues_handed_up",
]
#: rate → part, whole
RATES = {
    "members_rate": ("members", "workers"),
    "congress_rate": ("congress", "enterprises"),
    "open_rate": ("open_affairs", "enterprises"),
    "contract_rate": ("contracts", "enterprises"),
    "wage_rate": ("wage_agreements", "enterprises"),
    "women_rate": ("women_agreements", "enterprises"),
    "success_rate": ("disputes_settled", "disputes"),
}
WEIGHTS = {"excellent": Fraction(3, 2), "good": Fraction(6, 5), "fair": Fraction(1), "poor": Fraction(0)}

Figures = dict[str, Fraction | dict[str, Fraction] | None]


@dataclass(kw_only=True)
class Told:
    """What the events of one case tell of it."""

    unit: str
    township: str
    number: str
    state: str = ""
    path: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)  #: how many rows its tables have, whose words are sealed

    def value(self, name: str) -> Fraction:
        """A number as it was written; money in yuan, nothing counts as nothing."""
        found = self.data.get(name)
        return Fraction(0) if found is None else Fraction(str(found)) / (100 if name in CASH else 1)


def folded(events: Iterable[Mapping[str, Any]], told: Told) -> Told:
    """The events one after another, from the first on."""
    for event in events:
        for change in json.loads(event["body"])["changes"]:
            if change["#"] == "data_set":
                told.data |= change["values"]
            if change["#"] == "entered":
                told.state = change["state"]
                told.path.append(told.state)
    return told


def week(cases: list[Told]) -> Figures:
    handed_in = [one for one in cases if one.state in DISPATCHED]
    promises, kept = sum(one.rows["promised"] for one in handed_in), total(handed_in, "kept")
    return {
        "expected": Fraction(len(cases)),
        "reported": Fraction(len(handed_in)),
        "coverage": percent(Fraction(len(handed_in)), Fraction(len(cases))),
        "handed_in_late": Fraction(sum("late" in one.path for one in cases)),
        "not_handed_in": Fraction(sum("missing" in one.path for one in cases)),
        "expected_in": by_township(cases, lambda _: Fraction(1)),
        "reported_in": by_township(cases, lambda one: Fraction(one.state in DISPATCHED)),
        **{name: total(cases, name) for name in ("visits", "founded", "joined")},
        **{f"{name}_in": by_township(cases, value(name)) for name in ("visits", "founded", "joined")},
        "promises": Fraction(promises),
        "kept": kept,
        "kept_rate": percent(kept, Fraction(promises)),
        "problems": Fraction(sum(one.rows["problems"] for one in handed_in)),
        "helped": Fraction(sum(one.data.get("help") is not None for one in handed_in)),
        "exemplars": Fraction(sum(one.data.get("exemplar") is not None for one in cases)),
        "exemplars_ready": Fraction(sum(one.data.get("exemplar_ready") is True for one in cases)),
    }


def month(cases: list[Told]) -> Figures:
    closed = [one for one in cases if one.state == "closed"]
    expected, reported = Fraction(len(cases)), Fraction(sum(one.state in REPORTED for one in cases))
    sums = {name: total(closed, name) for name in SUMMED}
    in_townships = {
        f"{name}_in": by_township([one for one in cases if one.state in CHECKED], value(name), cases)
        for name in ("unions", "members", "enterprises", "congress", "contracts")
    }
    expected_in = by_township(cases, lambda _: Fraction(1))
    reported_in = by_township(cases, lambda one: Fraction(one.state in REPORTED))
    return {
        "expected": expected,
        "reported": reported,
        "closed_units": Fraction(len(closed)),
        "coverage": percent(reported, expected),
        "closed_rate": percent(Fraction(len(closed)), expected),
        "handed_in_late": Fraction(sum("late" in one.path for one in cases)),
        "expected_in": expected_in,
        "reported_in": reported_in,
        "closed_in": by_township(cases, lambda one: Fraction(one.state == "closed")),
        **in_townships,
        "coverage_in": percents(reported_in, expected_in),
        "congress_rate_in": percents(in_townships["congress_in"], in_townships["enterprises_in"]),
        "contract_rate_in": percents(in_townships["contracts_in"], in_townships["enterprises_in"]),
        **sums,
        **{rate: percent(sums[part], sums[whole]) for rate, (part, whole) in RATES.items()},
    }


def total(cases: Iterable[Told], name: str) -> Fraction:
    return sum((one.value(name) for one in cases), Fraction(0))


def value(name: str) -> Callable[[Told], Fraction]:
    return lambda one: one.value(name)


def by_township(
    cases: Iterable[Told], of: Callable[[Told], Fraction], every: Iterable[Told] | None = None
) -> dict[str, Fraction]:
    cases = list(cases)
    found = {one.township: Fraction(0) for one in (cases if every is None else every)}
    for one in cases:
        found[one.township] += of(one)
    return found


def percent(part: Fraction, whole: Fraction) -> Fraction | None:
    """Rounded half up to a tenth; of nothing there is none."""
    return rounded(part * 100 / whole, 1) if whole else None


def percents(parts: Mapping[str, Fraction], wholes: Mapping[str, Fraction]) -> dict[str, Fraction]:
    found = {place: percent(parts[place], whole) for place, whole in wholes.items()}
    return {place: rate for place, rate in found.items() if rate is not None}


def rounded(number: Fraction, digits: int) -> Fraction:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return Fraction(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


# --- the assessment


def points(case: Told, late_weekly: int, late_monthly: int) -> Fraction:
    """Of a unit without honours or members' evaluation in the year."""
    information = max(Fraction(0), 10 - late_weekly * Fraction("0.2") - late_monthly * Fraction("0.5"))
    return sum((case.value(name) for name in ("organisation", "rights", "service", "audit")), information)


def graded(ranked: list[Told], reckoned: Mapping[str, Fraction]) -> dict[str, str]:
    """By unit, in order of place: poor by a veto or under 60, a fifth excellent, two fifths good, rounded down."""
    room = {"excellent": len(ranked) * 20 // 100, "good": len(ranked) * 40 // 100, "fair": len(ranked)}
    found: dict[str, str] = {}
    for one in ranked:
        if one.data.get("vetoes") or reckoned[one.unit] < 60:
            found[one.unit] = "poor"
            continue
        grade = next(grade for grade, left in room.items() if left)
        room[grade] -= 1
        found[one.unit] = grade
    return found


def shared(fen: int, by: Mapping[str, Fraction]) -> dict[str, int]:
    """So many fen by these weights, exactly: what is left of the rounding goes to the largest remainders."""
    whole = sum(by.values())
    exact = {name: fen * weight / whole for name, weight in by.items()}
    found = {name: int(amount) for name, amount in exact.items()}
    order = sorted(by, key=lambda name: found[name] - exact[name])
    for name in order[: fen - sum(found.values())]:
        found[name] += 1
    return found
