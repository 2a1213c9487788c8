"""The weeks: what instructors report, what the meeting decides, and what becomes of the problems. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from workflow.calendar import ZONE
from workflow.demo.year.turns import NOTHING, Act, Moves, Turn, after, saying

_HAVES: Final = (
    *("sign", "seal", "committee", "staff", "premises", "rules", "funds", "activities", "files", "results"),
)
_NORMS: Final = ("organising", "democracy", "bargaining", "protection", "funding", "records")
_PLANS: Final = (
    *("走访{name}，核对会员名册", "指导{name}筹备职代会", "帮助{name}建立工会工作台账", "到{name}宣讲集体协商要约"),
    *("在{name}组织安全知识培训", "为{name}职工办理互助保障参保", "协助{name}工会换届选举"),
)
_PROBLEMS: Final = (
    ("车间安全通道堆放物料，消防栓被遮挡", "safety"),
    ("职工反映上月加班工资没有按时发放", "wages"),
    ("女职工休息哺乳室没有落实场地", "service"),
    ("职工食堂夜班不供餐，夜班职工就餐难", "service"),
    ("新就业形态劳动者入会后不清楚怎样参保", "policy"),
    ("工会经费返还比例企业有疑问", "policy"),
)
_DECISIONS: Final = ("安全隐患当周整改并回访", "联合人社所核实工资支付情况", "下周例会通报职工诉求办理进度")
#: Of all reports of a week so many come late, so many not before the meeting; of the promises so many are kept.
_LATE: Final = 0.11
_MISSING: Final = 0.03
_KEPT: Final = 0.8
_PROBLEM: Final = 0.16


def _on_time(turn: Turn) -> Sequence[Act]:
    """On the last afternoon, before the form goes out; who writes it in the evening has it sent to him. A few are early."""
    due = turn.task.due
    if turn.chance("early") < 0.25:  # noqa: PLR2004 -- a share
        return _report(turn)
    if due is None or turn.now.date() < due.astimezone(ZONE).date() or turn.chance("tardy") < _LATE + _MISSING + 0.2:
        return NOTHING
    return _report(turn)


def _in_the_evening(turn: Turn) -> Sequence[Act]:
    return NOTHING if turn.chance("tardy") < _LATE + _MISSING else _report(turn)


def _late(turn: Turn) -> Sequence[Act]:
    return NOTHING if turn.chance("tardy") < _MISSING else _report(turn)


def _missing(turn: Turn) -> Sequence[Act]:
    """One in three never comes."""
    return _report(turn) if turn.chance("absent") > 1 / 3 and turn.is_due(0.5, 3) else NOTHING


def _report(turn: Turn) -> Sequence[Act]:
    promised = turn.data.get("promised") or []
    kept = [turn.chance(f"kept {place}") < _KEPT for place, _ in enumerate(promised)]
    work = [
        {
            "what": row["what"],
            "promise": True,
            "state": "done" if done else "going_on",
            "result": "已完成" if done else "企业负责人外出，改到下周",
        }
        for row, done in zip(promised, kept, strict=True)
    ]
    visits = 2 + int(turn.chance("visits") * 7)
    founded = int(turn.chance("founded") < 0.15)  # noqa: PLR2004 -- a share
    data: dict[str, Any] = {
        "work": [*work, {"what": "入企走访，了解职工需求", "promise": False, "state": "done", "result": f"{visits}家"}],
        "visits": visits,
        "visited": "、".join(_names(turn, min(visits, 4))) + ("等" if visits > 4 else ""),  # noqa: PLR2004 -- named ones
        "founded": founded,
        "joined": founded * 9 + int(turn.chance("joined") * 6),
        "plan": [{"what": text, "by": f"{_days_on(turn, 9)}"} for text in _plans(turn)],
        **_exemplar(turn),
    }
    if turn.data.get("decided"):
        data["decided_done"] = "已按会议要求落实，情况见本周工作"
    if not all(kept):
        data["why_not"] = "企业负责人外出，约定下周办理"
    if turn.chance("problem") < _PROBLEM:
        data["problems"] = [_problem(turn)]
    if turn.chance("help") < 0.06:  # noqa: PLR2004 -- a share
        data["help"] = "请区总工会协调人社部门解释社保补缴政策"
    return turn.decide("submit", **data)


def _names(turn: Turn, number: int) -> list[str]:
    units = turn.directory.below(turn.case.unit)
    first = int(turn.chance("route") * len(units))
    return [units[(first + place * 7) % len(units)].name for place in range(number)]


def _plans(turn: Turn) -> list[str]:
    names = _names(turn, 2)
    first = int(turn.chance("plan") * len(_PLANS))
    return [_PLANS[(first + place) % len(_PLANS)].format(name=name) for place, name in enumerate(names)]


def _exemplar(turn: Turn) -> dict[str, Any]:
    """One enterprise that is being raised, week by week a little further; what was met stays met."""
    units = turn.directory.below(turn.case.unit)
    starter = turn.case.starter if isinstance(turn.case.starter, int) else 0
    begun = date(2026, 1, 12)
    weeks = (turn.case.started_at.astimezone(ZONE).date() - begun).days // 7
    reached = weeks + starter % 5
    return {
        "exemplar": units[starter % len(units)].id,
        "haves": list(_HAVES[: min(3 + reached // 2, 10)]),
        "norms": list(_NORMS[: min(1 + reached // 3, 6)]),
    }


def _problem(turn: Turn) -> dict[str, Any]:
    what, kind = turn.pick("which problem", _PROBLEMS)
    units = turn.directory.below(turn.case.unit)
    return {"what": what, "kind": kind, "enterprise": turn.pick("where", units).id}


def _days_on(turn: Turn, days: int) -> date:
    return turn.now.astimezone(ZONE).date() + timedelta(days=days)


def _checked(turn: Turn) -> Sequence[Act]:
    if turn.times == 0 and turn.chance("returned") < 0.03:  # noqa: PLR2004 -- a share
        return turn.decide("return", "走访企业数与走访记录不一致，请核对")
    return turn.decide("approve")


def _meeting(turn: Turn) -> Sequence[Act]:
    """Those with problems are gone over longest: for each something is decided."""
    with_problems = {case.id: "decide" for case in turn.cases if case.data.get("problems")}
    problems = sum(len(case.data.get("problems") or ()) for case in turn.cases)
    minutes = f"听取{len(turn.cases)}名指导员汇报，提出问题{problems}件；先议问题，再对照上周承诺逐项过。"
    return turn.decide_together("dispatch", "", {"round.minutes": minutes}, with_problems)


def _decided(turn: Turn) -> Sequence[Act]:
    owner = turn.holder("reviewer")
    decisions = [{"what": turn.pick("decision", _DECISIONS), "owner": owner, "by": f"{_days_on(turn, 14)}"}]
    return turn.decide("confirm", decisions=decisions)


WEEKLY: Final[Moves] = {
    "open": _on_time,
    "reporting": _in_the_evening,
    "late": _late,
    "missing": _missing,
    "returned": after(0, 1, lambda turn: turn.decide("submit", "已按走访记录更正")),
    "submitted": after(0, 0.6, _checked),
    "township_checked": _meeting,
    "deciding": _decided,
    "dispatched": after(0, 1.5, saying("confirm")),
}


# --- what was found


def _given_out(turn: Turn) -> Sequence[Act]:
    if turn.times == 0 and turn.chance("refused") < 0.05:  # noqa: PLR2004 -- a share
        return turn.decide("refuse", "已在另一件中办理")
    if turn.data.get("kind") == "policy" and turn.case.left.get("handed_up") is None and turn.chance("up") < 1 / 2:
        return turn.decide("hand_up", "涉及区级政策解释，镇街无权答复")
    owner = turn.data.get("owner") or turn.holder("reviewer")
    return turn.decide("assign", owner=owner)


def _assigned_by_district(turn: Turn) -> Sequence[Act]:
    if turn.chance("referred") < 1 / 3:
        return turn.decide("refer", "转区人力资源和社会保障局答复")
    return turn.decide("assign", owner=turn.holder("reviewer"))


def _accepted(turn: Turn) -> Sequence[Act]:
    """Some say nothing, and have it all the same."""
    return turn.decide("accept") if turn.chance("silent") > 0.2 else NOTHING  # noqa: PLR2004 -- a share


def _solved(turn: Turn) -> Sequence[Act]:
    """Most in time, some only when they are asked; a few are still at it."""
    in_time = turn.chance("overdue") > 0.2  # noqa: PLR2004 -- a share
    if not (turn.is_before(0.4) or turn.is_due(2, 9) if in_time else turn.is_before(-4)):
        return NOTHING
    text = _RESULTS[str(turn.data.get("kind"))] if turn.times == 0 else "再次到企业核实，职工反映的问题已经解决"
    return turn.decide("solve", result=text, evidence=[turn.scan("办结情况.pdf")])


def _verified(turn: Turn) -> Sequence[Act]:
    if turn.case.left.get("solved") is None and turn.chance("not solved") < 0.1:  # noqa: PLR2004 -- a share
        return turn.decide("not_solved", "只答复了办公室，当事职工还没有收到")
    return turn.decide("verify", satisfaction="satisfied" if turn.chance("satisfied") < 0.7 else "fairly")  # noqa: PLR2004 -- a share


_RESULTS: Final[Mapping[str, str]] = {
    "safety": "通道已经清理，消防栓移位，安全员每日巡查签字",
    "wages": "经镇街和劳动监察到厂核实，加班工资已经补发到个人账户",
    "service": "企业已经安排场地和时间，职工代表看过现场",
    "policy": "已经书面答复企业和职工，政策宣讲一次",
    "decision": "已按会议议定事项落实，回访情况见附件",
}
PROBLEMS: Final[Moves] = {
    "noted": after(0, 0.5, saying("submit")),
    "found": after(0.1, 2, _given_out),
    "assigned": after(0, 0.7, _accepted),
    "in_hand": _solved,
    "handed_up": after(0.5, 2, _assigned_by_district),
    "solved": after(0.3, 3, _verified),
}
