"""每月一汇报: three months of five enterprises: in time, late, missing, sent back, reopened and put right."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.journeys.comparing import agrees
from tests.journeys.quarter import Quarter
from tests.journeys.reckoning import month

DATES = {
    10: {"due_on": "2025-10-28", "check_by": "2025-10-31", "close_on": "2025-11-05", "city_on": "2025-11-06"},
    11: {"due_on": "2025-11-28", "check_by": "2025-11-28", "close_on": "2025-12-03", "city_on": "2025-12-05"},
    12: {"due_on": "2025-12-26", "check_by": "2025-12-31", "close_on": "2026-01-06", "city_on": "2026-01-07"},
}
#: Who reports for it, who checks it; nobody holds the post at 丙厂, so that the township's chair does.
REPORTERS = {"甲厂": "甲主席", "乙厂": "乙主席", "丙厂": "东主席", "丁厂": "丁主席", "戊厂": "戊主席"}
CHECKERS = {"甲厂": "东查", "乙厂": "东查", "丙厂": "东查", "丁厂": "西查", "戊厂": "西查"}
MEMBERS = {"甲厂": 120, "乙厂": 61, "丙厂": 45, "丁厂": 333, "戊厂": 7}


@dataclass(eq=False)
class Months:
    quarter: Quarter
    rounds: dict[int, str] = field(default_factory=dict)
    cases: dict[tuple[int, str], str] = field(default_factory=dict)

    def agenda(self) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "2025-10-27T10:00", lambda: self.reported(10, "甲厂", "丁厂", "戊厂")
        yield "2025-10-29T15:00", self.sent_back
        yield "2025-10-30T09:00", self.late
        yield "2025-10-31T09:00", self.later_still
        yield "2025-11-03T10:00", lambda: self.checked(10)
        yield "2025-11-05T10:00", lambda: self.closed(10)
        yield "2025-11-06T10:00", self.put_right
        yield "2025-11-26T10:00", lambda: self.reported(11, "甲厂", "乙厂", "丙厂")
        yield "2025-11-26T11:00", self.nothing_changed
        yield "2025-11-27T10:00", lambda: self.looked_at(11, "甲厂", "乙厂", "丙厂", "丁厂")
        yield "2025-12-01T10:00", lambda: self.checked(11)
        yield "2025-12-03T10:00", lambda: self.closed(11)
        yield "2025-12-04T10:00", self.missing_comes_in
        yield "2025-12-25T15:00", lambda: self.reported(12, "丙厂", "丁厂", "戊厂")
        yield "2025-12-25T16:00", self.fewer_members
        yield "2025-12-29T10:00", lambda: self.hand_in(12, "乙厂")
        yield "2025-12-30T10:00", lambda: self.looked_at(12, *REPORTERS)
        yield "2025-12-30T11:00", lambda: self.checked(12)
        yield "2026-01-06T10:00", lambda: self.closed(12)

    # --- October

    def reported(self, number: int, *units: str) -> None:
        round_ = self.quarter.round("monthly_report")
        self.rounds[number] = round_["id"]
        assert {name: round_["data"][name] for name in DATES[number]} == DATES[number]
        for case in self.quarter.cases(round_):
            self.cases[number, case["unit"]["name"]] = case["id"]
        for unit in units:
            self.hand_in(number, unit)
        self.agrees(number)

    def sent_back(self) -> None:
        self.quarter.decide("西查", self.cases[10, "丁厂"], "return", opinion="农民工会员数与名册不符")
        self.agrees(10)
        self.hand_in(10, "丁厂", migrant_members=31)
        self.looked_at(10, "甲厂", "丁厂", "戊厂")

    def late(self) -> None:
        """Two working days late, the township's chair may fill it in as well."""
        assert self.quarter.holders(self.cases[10, "乙厂"]) == {"乙厂 union_chair", "城东镇 union_chair"}
        self.hand_in(10, "乙厂")
        self.looked_at(10, "乙厂")

    def later_still(self) -> None:
        """On the third, the district may; of a unit without a chair the township's had it from the beginning."""
        assert self.quarter.holders(self.cases[10, "丙厂"]) == {"城东镇 union_chair", "示范区 officer"}

    def checked(self, number: int) -> None:
        self.quarter.sit("办公室", {"id": self.rounds[number]}, "approve")
        self.agrees(number)

    def closed(self, number: int) -> None:
        self.quarter.sit("马副主席", {"id": self.rounds[number]}, "close", data={"round.closing_note": "按期关账"})
        found = self.agrees(number)
        missing = {10: 1, 11: 1, 12: 0}[number]
        assert found["closed_units"] == 5 - missing
        assert found["coverage"] == found["closed_rate"] == {1: 80, 0: 100}[missing]
        problems = {10: (1, 1), 11: (0, 0), 12: (1, 0)}[number]
        assert (found["problems_found"], found["problems_solved"]) == problems

    def put_right(self) -> None:
        """A closed report turns out to be wrong: while it is open again the month is without it."""
        self.reopen(10, "戊厂", members=9, helped_amount=200.35)
        assert self.quarter.case(self.cases[10, "戊厂"])["data"]["members"] == 9

    def reopen(self, number: int, unit: str, **data: Any) -> None:
        case = self.cases[number, unit]
        self.quarter.by("马副主席").do(f"/api/v1/cases/{case}/triggers/reopen", {"opinion": "数据有误，重新填报"})
        before = self.agrees(number)
        self.hand_in(number, unit, **data)
        self.looked_at(number, unit)
        self.quarter.sit("办公室", {"id": self.rounds[number]}, "approve")
        self.quarter.settled()
        self.quarter.sit("马副主席", {"id": self.rounds[number]}, "close")
        assert self.agrees(number)["closed_units"] == before["closed_units"] + 1

    # --- November and December

    def nothing_changed(self) -> None:
        """A report that is last month's in everything wants a word; figures that the service knows are not to be written."""
        case, same = self.cases[11, "丁厂"], self.form(10, "丁厂", migrant_members=31)
        known = {**same, "contracts_known": 3}
        assert self.quarter.refused("丁主席", case, "submit", data=known) == (422, "data")
        assert self.quarter.refused("丁主席", case, "submit", data=same) == (422, "ask")
        self.quarter.decide("丁主席", case, "submit", data=same, opinion="本月停产检修，没有变化")

    def missing_comes_in(self) -> None:
        assert self.quarter.case(self.cases[11, "戊厂"])["state"] == "missing"
        self.reopen(11, "戊厂")

    def fewer_members(self) -> None:
        """A cumulative figure that falls, and a jump of more than half, want a word."""
        case = self.cases[12, "甲厂"]
        fewer, jump = self.form(12, "甲厂", members=110), self.form(12, "甲厂", studios=3)
        assert self.quarter.refused("甲主席", case, "submit", data=fewer) == (422, "ask")
        assert self.quarter.refused("甲主席", case, "submit", data=jump) == (422, "ask")
        self.quarter.decide("甲主席", case, "submit", data=fewer, opinion="一个车间整体迁出")

    # ---

    def hand_in(self, number: int, unit: str, **data: Any) -> None:
        form = self.form(number, unit, **data)
        self.quarter.decide(REPORTERS[unit], self.cases[number, unit], "submit", data=form, opinion="已核实")

    def looked_at(self, number: int, *units: str) -> None:
        for unit in units:
            self.quarter.decide(CHECKERS[unit], self.cases[number, unit], "approve")

    def agrees(self, number: int) -> dict[str, Any]:
        return agrees(self.quarter, self.rounds[number], month)

    def form(self, number: int, unit: str, **data: Any) -> dict[str, Any]:
        """Members come in month by month; the amounts have odd fen."""
        n, place = number - 9, list(REPORTERS).index(unit)
        return {
            "unions": 1,
            "legal_persons": int(place != 2),
            "members": MEMBERS[unit] + n * (place + 1),
            "members_joined": place + 1,
            "migrant_members": MEMBERS[unit] // 3 + n,
            "enterprises": 1 + place,
            "congress": place,
            "open_affairs": 1 + place // 2,
            "contracts": int(place < 3),
            "contract_workers": 30 * int(place < 3),
            "wage_agreements": 1,
            "wage_workers": 31,
            "women_agreements": int(place == 3),
            "women_workers": 20 * int(place == 3),
            "disputes": place + n,
            "disputes_settled": place,
            "helped": n,
            "helped_amount": 10007 * (place + 1) * n / 100,
            "trainings": 1,
            "trained": 13 * n,
            "proposals": 7,
            "proposals_adopted": 3,
            "proposals_value": 12345.67,
            "studios": int(place == 0),
            "homes_qualified": int(place in (1, 3)),
            "homes_advanced": int(place == 0),
            "homes_model": 0,
            "stations": int(place == 3),
            "visits": 2,
            "dues_collected": 1000.01 + place,
            "dues_handed_up": 400.01,
            **data,
        }
