"""每周一调度: fourteen weeks of three instructors, of whom one is now late, now missing, now away altogether."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.journeys.comparing import agrees
from tests.journeys.quarter import Quarter
from tests.journeys.reckoning import week

#: The week's number → opened, the last working day (form), the eve of the meeting (due), the meeting, the day after.
DAYS = {
    1: ("2025-09-29", "2025-09-30", "2025-10-08", "2025-10-09", "2025-10-10"),
    2: ("2025-10-09", "2025-10-11", "2025-10-12", "2025-10-13", "2025-10-14"),
    3: ("2025-10-13", "2025-10-17", "2025-10-19", "2025-10-20", "2025-10-21"),
    4: ("2025-10-20", "2025-10-24", "2025-10-26", "2025-10-27", "2025-10-28"),
    5: ("2025-10-27", "2025-10-31", "2025-11-02", "2025-11-03", "2025-11-04"),
    6: ("2025-11-03", "2025-11-07", "2025-11-09", "2025-11-10", "2025-11-11"),
    7: ("2025-11-10", "2025-11-14", "2025-11-16", "2025-11-17", "2025-11-18"),
    8: ("2025-11-17", "2025-11-21", "2025-11-23", "2025-11-24", "2025-11-25"),
    9: ("2025-11-24", "2025-11-28", "2025-11-30", "2025-12-01", "2025-12-02"),
    10: ("2025-12-01", "2025-12-05", "2025-12-07", "2025-12-08", "2025-12-09"),
    11: ("2025-12-08", "2025-12-12", "2025-12-14", "2025-12-15", "2025-12-16"),
    12: ("2025-12-15", "2025-12-19", "2025-12-21", "2025-12-22", "2025-12-23"),
    13: ("2025-12-22", "2025-12-26", "2025-12-28", "2025-12-29", "2025-12-30"),
    14: ("2025-12-29", "2026-01-04", "2026-01-04", "2026-01-05", "2026-01-06"),
}
INSTRUCTORS = {"张导": "东查", "李导": "东查", "王导": "西查"}
LATE = {(3, "李导"), (10, "张导")}
MISSING = {(4, "王导"), (7, "王导")}
ABSENT = {(8, "王导")}
RETURNED = (5, "张导")
DECIDED = (4, "张导")
CORRECTED = (6, "李导")
PROBLEMS = {
    (2, "张导"): {"what": "拖欠两名职工工资", "kind": "wages", "enterprise": "甲厂"},
    (9, "李导"): {"what": "职工食堂没有开办", "kind": "service", "enterprise": "乙厂"},
}


@dataclass(eq=False)
class Weeks:
    quarter: Quarter
    rounds: dict[int, str] = field(default_factory=dict)
    cases: dict[tuple[int, str], str] = field(default_factory=dict)

    def agenda(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Most weeks are handed in early; where something goes wrong everybody waits for the form."""
        wrong = {number for number, _ in (*LATE, *MISSING, *ABSENT, RETURNED)}
        for number, (opened, form, _, meeting, after) in DAYS.items():
            yield f"{form}T16:30" if number in wrong else f"{opened}T14:30", partial(self.reported, number)
            yield f"{meeting}T14:10", partial(self.met, number)
            if any((number, who) in LATE for who in INSTRUCTORS):
                yield f"{meeting}T08:45", partial(self.came_late, number)
            if any((number, who) in MISSING | ABSENT for who in INSTRUCTORS):
                yield f"{after}T09:00", partial(self.came_too_late, number)

    def reported(self, number: int) -> None:
        """The round with its dates, and the reports that come in time."""
        _, form, due, meeting, _ = DAYS[number]
        round_ = self.quarter.round("weekly_dispatch")
        self.rounds[number] = round_["id"]
        assert round_["data"] == {"forms_on": form, "due_on": due, "meeting_on": meeting}
        for case in self.quarter.cases(round_):
            self.cases[number, case["starter"]["name"]] = case["id"]
        if number > 1:
            self.promises_stand_beside_the_work(number)
        for who in INSTRUCTORS:
            if (number, who) not in LATE | MISSING | ABSENT:
                self.hand_in(number, who)
                self.check(number, who)

    def promises_stand_beside_the_work(self, number: int) -> None:
        """What was promised a week ago, and what the meeting decided since, is there and may not be changed."""
        now, before = (self.quarter.case(self.cases[n, "张导"])["data"] for n in (number, number - 1))
        assert now.get("promised", []) == before.get("plan", [])
        assert now.get("decided", []) == before.get("decisions", [])
        assert bool(now.get("decided")) == (number == DECIDED[0] + 1)
        if number == 2:
            form = {**self.form(number, "张导", []), "promised": []}
            assert self.quarter.refused("张导", self.cases[number, "张导"], "submit", data=form) == (422, "data")

    def came_late(self, number: int) -> None:
        for who in INSTRUCTORS:
            if (number, who) in LATE:
                assert self.quarter.case(self.cases[number, who])["state"] == "late"
                self.hand_in(number, who)
                self.check(number, who)
                agrees(self.quarter, self.rounds[number], week)

    def met(self, number: int) -> None:
        """All at once; one of them with a decision."""
        round_ = {"id": self.rounds[number]}
        decided = {self.cases[DECIDED]: "decide"} if number == DECIDED[0] else {}
        self.quarter.sit("办公室", round_, "dispatch", data={"round.minutes": f"第{number}周"}, **{"except": decided})
        if decided:
            decision = {"what": "督促乙厂开办职工食堂", "owner": self.quarter.people["李导"], "by": "2025-11-21"}
            self.quarter.decide("办公室", self.cases[DECIDED], "confirm", data={"decisions": [decision]})
            self.quarter.decide("张导", self.cases[DECIDED], "confirm")
        if number == CORRECTED[0]:
            self.correct()

    def correct(self) -> None:
        case, before = self.cases[CORRECTED], self.figures(6)
        body = {"data": {"visits": 9, "joined": 4}, "reason": "漏计两家"}
        self.quarter.by("办公室").do(f"/api/v1/cases/{case}/correct", body)
        after = self.figures(6)
        assert after["visits"] - before["visits"] == 9 - self.form(*CORRECTED, [])["visits"]

    def agree(self) -> None:
        """All weeks, as they stand in the end."""
        for round_ in self.rounds.values():
            agrees(self.quarter, round_, week)

    def came_too_late(self, number: int) -> None:
        """On the day after, the township's chair has it too; a third time in a quarter is the vice-chair's to know."""
        for who in INSTRUCTORS:
            if (number, who) not in MISSING | ABSENT:
                continue
            case = self.quarter.case(self.cases[number, who])
            assert case["state"] == "missing"
            assert case["data"]["misses"] == {4: 0, 7: 1, 8: 2}[number]
            assert self.quarter.holders(case["id"]) == {"王导", "城西镇 union_chair"}
            if (number, who) in MISSING:
                self.hand_in(number, who)
                self.check(number, who)
                self.quarter.sit("办公室", {"id": self.rounds[number]}, "dispatch", data={"round.minutes": "补报"})
            agrees(self.quarter, self.rounds[number], week)

    def hand_in(self, number: int, who: str) -> None:
        case = self.quarter.case(self.cases[number, who])
        form = self.form(number, who, case["data"].get("promised", []))
        self.quarter.answer(who, case["tasks"][0]["id"], "submit", data=form)

    def check(self, number: int, who: str) -> None:
        case, township = self.cases[number, who], INSTRUCTORS[who]
        if (number, who) == RETURNED:
            self.quarter.decide(township, case, "return", opinion="走访数与台账不符")
            self.quarter.decide(who, case, "submit", data={"visits": 8})
        self.quarter.decide(township, case, "approve")

    def figures(self, number: int) -> dict[str, Any]:
        figures: dict[str, Any] = self.quarter.by("办公室").read(f"/api/v1/rounds/{self.rounds[number]}")["figures"]
        return figures

    def form(self, number: int, who: str, promised: list[dict[str, Any]]) -> dict[str, Any]:
        """Of what was promised every third thing is not done."""
        place = list(INSTRUCTORS).index(who)
        states = ["not_done" if (number + n) % 3 == 0 else "done" for n in range(len(promised))]
        work = [{"what": row["what"], "promise": True, "state": s} for row, s in zip(promised, states, strict=True)]
        founded = int((number + place) % 4 == 0)
        problem = PROBLEMS.get((number, who))
        exemplar = {"exemplar": self.quarter.places["甲厂"], "haves": HAVES, "norms": NORMS}
        return {
            "work": [*work, {"what": f"走访企业，第{number}周", "promise": False, "state": "done"}],
            "why_not": "企业停产",
            "decided_done": "已经督促",
            "visits": 3 + (number * 5 + place) % 7,
            "visited": "甲厂等",
            "founded": founded,
            "joined": founded * 9 + number % 4,
            "problems": [{**problem, "enterprise": self.quarter.places[problem["enterprise"]]}] if problem else [],
            "plan": [{"what": f"第{number + 1}周事项{n}"} for n in range(place + 1)],
            **({"help": "请区里协调"} if number % 5 == place else {}),
            **(exemplar if number >= 5 and who == "张导" else {}),
        }


HAVES = ["sign", "seal", "committee", "staff", "premises", "rules", "funds", "activities", "files", "results"]
NORMS = ["organising", "democracy", "bargaining", "protection", "funding"]
