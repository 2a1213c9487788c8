"""基层工会量化考核: five unions from their own scores to the funds of the year, to the fen."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.journeys.comparing import exact
from tests.journeys.quarter import Quarter
from tests.journeys.reckoning import WEIGHTS, Told, graded, points, rounded, shared
from tests.journeys.the_months import CHECKERS, REPORTERS, Months

ACROSS = {"东查": "西查", "西查": "东查"}
BUDGET = "123456.79"
#: organisation, rights, service, audit by itself; 乙厂 and 戊厂 come out equal, 丁厂 would be the best.
SCORES = {
    "甲厂": (28, 27, 17, 9),
    "乙厂": (25, 24.5, 15, 8),
    "丙厂": (20, 18, 10, 5.5),
    "丁厂": (30, 29, 19, 10),
    "戊厂": (25, 24.5, 15, 8),
}


@dataclass(eq=False)
class Assessment:
    quarter: Quarter
    months: Months
    round: str = ""
    cases: dict[str, str] = field(default_factory=dict)

    def agenda(self) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "2025-12-02T10:00", self.scored_themselves
        yield "2025-12-22T10:00", self.filled_in_by_the_township
        yield "2025-12-23T10:00", self.checked
        yield "2025-12-24T10:00", self.scored
        yield "2025-12-25T10:00", self.appealed
        yield "2025-12-29T15:00", self.listed
        yield "2026-01-07T10:00", self.approved

    def scored_themselves(self) -> None:
        round_ = self.quarter.round("union_assessment")
        self.round = round_["id"]
        assert (round_["data"]["self_by"], round_["cases"]) == ("2025-12-20", 5)
        self.cases = {case["unit"]["name"]: case["id"] for case in self.quarter.cases(round_)}
        for unit in ("甲厂", "乙厂", "丁厂", "戊厂"):
            assert self.quarter.refused(REPORTERS[unit], self.cases[unit], "submit", data={"late_monthly": 0}) == (
                422,
                "data",
            )
            self.quarter.decide(REPORTERS[unit], self.cases[unit], "submit", data=form(unit))

    def filled_in_by_the_township(self) -> None:
        assert self.quarter.case(self.cases["丙厂"])["state"] == "filling_in"
        self.quarter.decide("东主席", self.cases["丙厂"], "submit", data=form("丙厂"))

    def checked(self) -> None:
        """By the own township, then by another; the veto is found by the other."""
        for unit, case in self.cases.items():
            self.quarter.decide(CHECKERS[unit], case, "approve")
            veto = {"vetoes": ["dues"]} if unit == "丁厂" else {}
            self.quarter.decide(ACROSS[CHECKERS[unit]], case, "approve", data={"cross_note": "属实", **veto})

    def scored(self) -> None:
        for case in self.cases.values():
            self.quarter.decide("办公室", case, "approve")
        self.quarter.sit("办公室", {"id": self.round}, "publish")

    def appealed(self) -> None:
        self.quarter.decide(
            "甲主席", self.cases["甲厂"], "appeal", data={"appeal_reason": "漏计技能竞赛"}, opinion="漏计"
        )
        self.quarter.decide("复核", self.cases["甲厂"], "uphold", data={"service": 19}, opinion="漏计属实")
        for unit in ("乙厂", "丙厂", "丁厂", "戊厂"):
            self.quarter.decide(REPORTERS[unit], self.cases[unit], "accept")

    def listed(self) -> None:
        self.quarter.sit("办公室", {"id": self.round}, "publish")

    def approved(self) -> None:
        """The notice is over; the leaders name the sum, and every fen of it goes to somebody."""
        body = {"round.budget": float(BUDGET), "round.decision_number": "示工发〔2026〕2号"}
        self.quarter.sit("马副主席", {"id": self.round}, "approve", data=body)
        self.quarter.settled()
        self.quarter.sit("财务", {"id": self.round}, "confirm")
        self.quarter.settled()
        self.agrees()

    # --- reckoned again

    def agrees(self) -> None:
        shown = {unit: self.quarter.case(case) for unit, case in self.cases.items()}
        told = {unit: self.quarter.told(case) for unit, case in shown.items()}
        reckoned = {unit: points(one, 0, self.late_reports(unit)) for unit, one in told.items()}
        assert {unit: exact(case["data"]["points"]) for unit, case in shown.items()} == reckoned

        ranked = sorted(told.values(), key=lambda one: shown[one.unit]["figures"]["final_list"]["place"])
        order = [(reckoned[one.unit], one.value("organisation")) for one in ranked]
        assert order == sorted(order, reverse=True)
        grades = graded(ranked, reckoned)
        assert {unit: case["data"]["final_grade"] for unit, case in shown.items()} == grades
        self.funds_agree(shown, told, grades)
        self.round_agrees(reckoned, grades)

    def late_reports(self, unit: str) -> int:
        """By the reports' own histories; December's was not open yet when it was reckoned."""
        told = [self.quarter.told(self.quarter.case(self.months.cases[number, unit])) for number in (10, 11)]
        return sum("late" in one.path for one in told)

    def funds_agree(self, shown: Mapping[str, Any], told: Mapping[str, Told], grades: Mapping[str, str]) -> None:
        by_place = sorted(shown, key=lambda unit: shown[unit]["figures"]["funds"]["place"])
        vetoed = {unit: bool(told[unit].data.get("vetoes")) for unit in by_place}
        members = {unit: told[unit].value("members") / (2 if vetoed[unit] else 1) for unit in by_place}
        weights = {unit: Fraction(0) if vetoed[unit] else WEIGHTS[grades[unit]] for unit in by_place}
        parts = shared(fen(BUDGET), {"base": Fraction(60), "merit": Fraction(40)})
        base, merit = shared(parts["base"], members), shared(parts["merit"], weights)
        for unit, case in shown.items():
            data = case["data"]
            assert [fen(data[name]) for name in ("base_share", "merit_share", "granted")] == [
                base[unit],
                merit[unit],
                base[unit] + merit[unit],
            ]
        assert sum(fen(case["data"]["granted"]) for case in shown.values()) == fen(BUDGET)

    def round_agrees(self, reckoned: Mapping[str, Fraction], grades: Mapping[str, str]) -> None:
        round_ = self.quarter.by("办公室").read(f"/api/v1/rounds/{self.round}")
        figures = {name: exact(figure) for name, figure in round_["figures"].items()}
        counted = {grade: Fraction(list(grades.values()).count(grade)) for grade in WEIGHTS}
        assert {grade: figures[grade] for grade in WEIGHTS} == counted
        assert figures["points_sum"] == sum(reckoned.values())
        assert figures["average"] == rounded(figures["points_sum"] / 5, 2)
        assert (figures["granted"], figures["appeals"], round_["state"]) == (Fraction(BUDGET), 1, "over")
        sheet = self.quarter.by("办公室").read(f"/api/v1/rounds/{self.round}/sheet")
        assert {row["unit"]["name"]: exact(row["values"]["points"]) for row in sheet["rows"]} == reckoned


def form(unit: str) -> dict[str, Any]:
    return dict(zip(("organisation", "rights", "service", "audit"), SCORES[unit], strict=True))


def fen(yuan: Any) -> int:
    amount = Fraction(str(yuan)) * 100
    assert amount.denominator == 1
    return int(amount)
