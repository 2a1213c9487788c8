"""Homes and what their members say of them. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from workflow.demo.district import CLERK, CLERKS_UNIT, MEMBER
from workflow.demo.year.turns import NOTHING, Act, Moves, Turn, after, saying
from workflow.engine.commands import CastVote
from workflow.engine.subject import Task

_HAVES: Final = (
    *("sign", "seal", "committee", "staff", "premises", "rules", "funds", "activities", "files", "results"),
)
_NORMS: Final = ("organising", "democracy", "bargaining", "protection", "funding", "records")
_BRIEF: Final = (
    "三年来健全工会组织和职代会制度，建成职工书屋、活动室和爱心驿站，每季度组织一次文体活动，经费按规定使用并公开。"
)
_FULL: Final = {"organisation": 18, "institutions": 18, "rights": 18, "activities": 18, "education": 14, "effect": 14}


def _score(turn: Turn, below: int) -> dict[str, int]:
    """Of a hundred, about so many below."""
    return {name: most - (below + int(turn.chance(name) * 2)) // 6 for name, most in _FULL.items()}


def _applied(turn: Turn) -> Sequence[Act]:
    return turn.decide("submit", tier="qualified", brief=_BRIEF)


def _by_itself(turn: Turn) -> Sequence[Act]:
    return turn.score(_score(turn, 8), haves=list(_HAVES), norms=list(_NORMS[:5]))


def _of_township(turn: Turn) -> Sequence[Act]:
    if turn.task.name == "of_instructor":
        return turn.decide("approve", instructor_note="一年来到家指导四次，台账齐全")
    return turn.decide("approve", "情况属实，同意申报", vetoes=[])


def _on_site(turn: Turn) -> Sequence[Act]:
    report = "实地查看阵地、台账和制度，随机访谈职工八人，情况属实。"
    photos = [turn.scan("验收现场.png")]
    return turn.score(
        _score(turn, 12), haves=list(_HAVES), norms=list(_NORMS[:5]), site_photos=photos, site_report=report
    )


def _of_leaders(turn: Turn) -> Sequence[Act]:
    return turn.decide("approve", decision_number=f"彭工发〔{turn.now:%Y}〕{9 + int(turn.chance('number') * 80)}号")


HOMES: Final[Moves] = {
    "draft": after(0.5, 6, _applied),
    "self_assessment": after(1, 5, _by_itself),
    "township_review": after(0.3, 2, _of_township),
    "site_inspection": after(3, 12, _on_site),
    "proposal": after(0.5, 3, saying("approve", vetoes=[])),
    "federation_decision": after(0.5, 4, _of_leaders),
    "improving": after(10, 25, saying("submit", improvements="对照验收意见补齐了制度和台账，活动室已经扩建。")),
    "recheck": after(3, 12, saying("keep", recheck_note="阵地和制度运转正常，一年内会员评家通过。")),
}


def _group(turn: Turn) -> Sequence[Act]:
    """Who works there shares the work; the leader does not count. The clerk's members vote online."""
    starter = turn.case.starter
    members = [one for one in turn.directory.members(turn.case.unit, turn.now) if one != starter]
    if not members:
        return NOTHING
    roles = ("planner", "announcer", "trainer", "counter", "reporter")
    data: dict[str, Any] = {role: members[place % len(members)] for place, role in enumerate(roles)}
    data |= {"tier": turn.data.get("tier") or "qualified", "on_paper": turn.unit.name != CLERKS_UNIT}
    return turn.decide("submit", group=members, **data)


def _groundwork(turn: Turn) -> Sequence[Act]:
    given: dict[str, dict[str, Any]] = {
        "plan": {"plan": "本月下旬召开会员大会，无记名测评七项，当场计票、当场公布。"},
        "announce": {"announcement": "下周召开会员大会测评职工之家，请各分会组织会员参加。"},
        "study": {"studied_on": turn.today},
        "train": {"trained_on": turn.today, "trained": 6},
    }
    return turn.decide("finish", **given[turn.task.name])


def _hall(turn: Turn) -> Sequence[Act]:
    """Nine in ten come; in one home of four they are not content."""
    members = int(str(turn.unit.columns.get("members") or 30))
    present = members * 9 // 10
    content = present * 9 // 10 if turn.chance("content") > 0.25 else present * 7 // 10  # noqa: PLR2004 -- a share
    counts = {
        "electorate": members,
        "present": present,
        "satisfied": content * 3 // 4,
        "basically": content - content * 3 // 4,
        "dissatisfied": present - content,
    }
    return turn.record(counts, minutes=[turn.scan("测评记录.pdf")])


def _poll(turn: Turn) -> Sequence[Act]:
    """On the first day all vote but those whom a visitor of the demo may be."""
    if turn.now > turn.entry.at + timedelta(days=1):
        return NOTHING
    choices = ("satisfied", "basically", "satisfied")
    voters = [one for one in turn.actors if turn.login(one) not in (CLERK, MEMBER)]
    return [(one, _ballot(turn.task, choices[place % len(choices)])) for place, one in enumerate(voters)]


def _ballot(task: Task, choice: str) -> CastVote:
    return CastVote(task=task.id, choice=choice, items=dict.fromkeys(_ITEMS, choice))


_ITEMS: Final = ("organisation", "democracy", "rights", "service", "activities", "funds", "leader")
_MEASURES: Final = (
    "针对会员反映的活动少、经费公开不及时两项，半年内每月组织一次活动，每季度公开经费收支，由委员分工负责。"
)
EVALUATIONS: Final[Moves] = {
    "preparing": after(1, 6, _group),
    "groundwork": after(0.5, 3, _groundwork),
    "open": _poll,
    "hall": after(0.5, 4, _hall),
    "repeat": after(1, 3, saying("submit", announcement="再次召开会员大会测评，请务必参加。")),
    "counted": after(0.2, 1.5, saying("confirm")),
    "feedback": after(0.5, 4, saying("publish", feedback="测评结果和会员意见已在公告栏公布，逐条答复。")),
    "reported": after(
        1, 6, saying("send_up", report="本次评家经过准备、公告、测评、计票、反馈五个步骤，会员意见已经整理上报。")
    ),
    "township_confirmation": after(0.5, 4, saying("approve", township_note="程序规范，结果有效")),
    "mending_plan": after(2, 10, saying("submit", measures=_MEASURES)),
    "mending": after(30, 50, saying("submit", mending_done="活动和经费公开两项已经整改，会员代表看过。")),
}
