"""How the people of the demo handle an open task: each state has its move, and a script may turn it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from workflow.demo.scripts import Answer, Script
from workflow.engine.commands import CastVote, Command, Decide, Fire, RecordTally, ScoreCard
from workflow.engine.directory import Directory
from workflow.engine.subject import Case, Task

#: A department that stays silent answers so long after its deadline, when it was escalated.
_SILENCE: Final = timedelta(days=5)
#: From the beginning of a notice to the answer to an objection on its second day.
_INQUIRY: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Whose move it is, and where."""

    case: Case
    task: Task
    script: Script
    minutes: str  #: the id of the attachment
    directory: Directory
    now: datetime

    def decide(self, trigger: str, opinion: str = "", **data: Any) -> Command:
        return Decide(task=self.task.id, trigger=trigger, opinion=opinion, data=data)

    @property
    def times(self) -> Any:
        return self.case.left.get(self.case.state, {}).get("times", 1)


def move_of(seat: Seat) -> Command | None:
    """What the holder does now; nothing where he waits."""
    move = _MOVES.get(seat.case.state)
    return move(seat) if move is not None else None


def _draft(seat: Seat) -> Command:
    if seat.script.turn == "withdraws" and seat.times == 1:
        return Fire(trigger="withdraw", opinion="本人工作变动，单位另行推荐")
    opinion = "已补充技能等级证书和师徒合同" if seat.case.entry and seat.case.entry.trigger == "return" else ""
    given = {"here_since": f"{seat.script.candidate.here_since:%Y-%m-%d}", "penalty": False}
    if seat.script.candidate.category == "head":
        given["ownership"] = "private"
    return seat.decide(
        "submit", opinion, **{name: value for name, value in given.items() if name not in seat.case.data}
    )


def _consent(seat: Seat) -> Command:
    if seat.script.turn == "declines":
        return seat.decide("decline", "感谢组织信任，把机会留给更年轻的同志")
    return seat.decide("agree")


def _workers_meeting(seat: Seat) -> Command:
    unit = seat.directory.organisations[seat.case.unit]
    members = int(str(unit.columns.get("members") or 30))
    present = members * 9 // 10
    yes = present // 3 if seat.script.turn == "fails" else present - present // 20
    counts = {"electorate": members, "present": present, "yes": yes, "no": present - yes, "abstain": 0}
    return RecordTally(task=seat.task.id, counts=counts, data={"minutes": [seat.minutes]})


def _township_review(seat: Seat) -> Command:
    if seat.script.turn == "returned" and seat.times == 1:
        return Decide(
            task=seat.task.id, trigger="return", opinion="缺高级技师证书复印件；带徒人数与附件不符", then="resume"
        )
    if seat.script.turn == "refused":
        return seat.decide("reject", "近三年有安全生产责任事故，不符合推荐条件")
    return seat.decide("approve", "情况属实，同意推荐")


def _consultation(seat: Seat) -> Command | None:
    turn, due = seat.script.turn, seat.task.due
    if turn == "leaves":
        return Fire(trigger="unit_change", opinion="已调离本单位")
    if turn == "silent" and _asks(seat) == "tax" and due is not None and seat.now < due + _SILENCE:
        return None
    if turn == "vetoed":
        return seat.decide("object", "三年内有行政处罚记录")
    return seat.decide("no_record" if seat.task.id % 3 == 0 else "approve")


def _first_review(seat: Seat) -> Command:
    given: dict[str, Any] = {"vetoes": []}
    if seat.case.left.get("site_lot", {}).get("drawn"):
        given["site_report"] = "到单位现场核对工艺台账、师徒合同和考勤，与申报材料一致。"
    if seat.script.turn == "falsified":
        return seat.decide("falsified", "专利证书系伪造，经发证机关核实")
    return seat.decide("approve", "材料齐全，符合条件", **given)


def _scoring(seat: Seat) -> Command:
    low = seat.script.turn == "below"
    points = {"deeds_shown": 20 if low else 34, "skill": 12 if low else 25, "integrity": 14 if low else 18}
    return ScoreCard(task=seat.task.id, score={**points, "recognition": 6 + seat.task.id % 4})


def objection_of(seat: Seat, answer: Answer) -> Command | None:
    """What the examiners find, who need some days for it."""
    if answer == "open" or seat.now < seat.case.entered[seat.case.state] + _INQUIRY:
        return None
    return seat.decide(answer, _FINDINGS[answer])


def _asks(seat: Seat) -> str | None:
    """The kind of the department whose answer this is."""
    place = seat.directory.organisations.get(seat.task.part) if isinstance(seat.task.part, int) else None
    return place.kind if place else None


_FINDINGS: Final = {
    "dismissed": "到厂核对工艺档案和合格率台账，课题负责人确为本人",
    "upheld": "经核查，主要创新成果由他人完成，异议成立",
}
_MOVES: Final[Mapping[str, Callable[[Seat], Command | None]]] = {
    "draft": _draft,
    "consent": _consent,
    "workers_meeting": _workers_meeting,
    "township_review": _township_review,
    "acceptance": lambda seat: seat.decide("accept", "符合自荐条件"),
    "consultation": _consultation,
    "district_first_review": _first_review,
    "scoring": _scoring,
}


# --- sittings


def votes_at_meeting(cases: Sequence[Case], seats: Mapping[str, int], voters: int) -> dict[str, int]:
    """How many of the voters are for each candidate: within an industry one fewer from place to place.

    Migrant and front-line workers come first, as the quotas ask; in the largest industry the last seat is tied.
    """
    industries: dict[str, list[Case]] = {}
    for case in cases:
        industries.setdefault(str(case.data["industry"]), []).append(case)
    largest = max(industries, key=lambda industry: len(industries[industry]))
    found: dict[str, int] = {}
    room = dict(_MOST)
    for industry, own in industries.items():
        own.sort(key=lambda case: (_ORDER[str(case.data["category"])], case.number or ""))
        for place, case in enumerate(own):
            category = str(case.data["category"])
            room[category] = room.get(category, len(cases)) - 1
            found[case.id] = max(voters - 1 - place, 3) if room[category] >= 0 else 3
        last = seats.get(industry, 0)
        if industry == largest and len(own) > last:
            found[own[last].id] = found[own[last - 1].id]
    return found


def paper(task: Task, cases: Sequence[str], votes: Mapping[str, int], voter: int) -> Command:
    """The paper of one voter."""
    return CastVote(task=task.id, votes={case: "yes" if voter < votes[case] else "no" for case in cases})


#: So many of a category the voters are for, that the list keeps to the quotas.
_MOST: Final = {"technician": 4, "head": 2, "official": 0}
_ORDER: Final = {"migrant": 0, "worker": 1, "technician": 2, "head": 3, "official": 4}
