"""What becomes of the model workers: the review in November, one title that is withdrawn, the benefits of the year. Pure."""

from collections.abc import Sequence
from typing import Any, Final

from workflow.demo.year.turns import NOTHING, Act, Moves, Turn, after, saying

_REPORT: Final = (
    "一年来坚守一线岗位，带领班组完成重点任务，带徒三人，其中一人取得技师证书；参加区里组织的宣讲两场；"
    "遵守法律法规和单位规章制度，没有违纪违规行为。"
)


def _is_first(turn: Turn) -> bool:
    return str(turn.case.number).endswith("-0001")


def _own_report(turn: Turn) -> Sequence[Act]:
    """One forgets it, and the unit writes it for him."""
    if str(turn.case.number).endswith("-0003") or not turn.is_due(1, 10):
        return NOTHING
    return turn.decide("submit", situation="in_work", report=_REPORT)


def _colleagues(turn: Turn) -> Sequence[Act]:
    choices = ("poor", "good", "fair") if str(turn.case.number).endswith("-0002") else ("good", "good", "good", "fair")
    return turn.vote(choices)


def _of_unit(turn: Turn) -> Sequence[Act]:
    points = 80 + int(turn.chance("unit points") * 19)
    return turn.decide("submit", category="worker", unit_points=points, unit_remark="履职良好，发挥了示范带头作用")


def _of_township(turn: Turn) -> Sequence[Act]:
    points = 78 + int(turn.chance("township points") * 20)
    return turn.decide("approve", township_points=points, township_remark="情况属实")


def _checks(turn: Turn) -> Sequence[Act]:
    if turn.task.name == "police" and _is_first(turn):
        found = "今年九月因危险驾驶罪被判处拘役，缓刑执行"
        return turn.decide("approve", police_found=["convicted"], found_note=found)
    return turn.decide("no_record")


def _graded(turn: Turn) -> Sequence[Act]:
    return turn.decide_together("approve", "同意等次评定", {})


def _told(turn: Turn) -> Sequence[Act]:
    return turn.decide("confirm") if turn.chance("confirms") < 0.7 else NOTHING  # noqa: PLR2004 -- a share


def _results(turn: Turn) -> Sequence[Act]:
    return turn.decide_together("publish", "", {"round.decision_number": f"彭工发〔{turn.now:%Y}〕2号"})


REVIEW: Final[Moves] = {
    "self_report": _own_report,
    "unit_report": after(1, 3, saying("submit", situation="in_work", report=_REPORT)),
    "poll": after(1, 2, _colleagues),
    "unit_opinion": after(0.5, 3, _of_unit),
    "township_opinion": after(0.5, 3, _of_township),
    "checks": after(1, 7, _checks),
    "grading": after(0.3, 2, _graded),
    "told": after(0.5, 3, _told),
    "results": after(0.2, 1, _results),
}


# --- withdrawal


def _accepted(turn: Turn) -> Sequence[Act]:
    return turn.decide("accept", evidence=[turn.scan("刑事判决书.pdf")])


def _approved(turn: Turn) -> Sequence[Act]:
    number = f"彭政发〔{turn.now:%Y}〕4号"
    return turn.decide("approve", "同意撤销", decision_number=number, decided_on=turn.today)


WITHDRAWAL: Final[Moves] = {
    "registered": after(0.5, 2, _accepted),
    "hearing": after(1, 3, saying("submit", statement="对判决没有异议，愧对组织培养，请求从宽处理。")),
    "decision": after(1, 2, lambda turn: turn.vote(("yes",))),
    "approval": after(1, 4, _approved),
    "returning": after(1, 3, lambda turn: turn.decide("finish", returned="returned", returned_on=turn.today)),
}


# --- benefits


def _choice(turn: Turn) -> Sequence[Act]:
    """One in five chooses nothing, and his unit does."""
    if turn.entry.state == "offered" and turn.chance("chooses") < 0.2:  # noqa: PLR2004 -- a share
        return NOTHING
    data: dict[str, Any] = {"exam": True, "tour": turn.pick("tour", ("study", "rest", "none"))}
    if turn.chance("papers") < 0.7:  # noqa: PLR2004 -- a share
        data |= {"newspapers": ["workers_daily"], "address": f"{turn.unit.name}工会"}
    return turn.decide("submit", **data)


def _had(turn: Turn) -> Sequence[Act]:
    """Visits at the Spring Festival come first, then the papers; the rest is for later in the year."""
    if turn.task.name == "visit":
        return turn.decide("finish", visited_on=turn.today, visitors="镇街工会主席、工会委员")
    if turn.task.name == "papers":
        return turn.decide("finish", papers_from=turn.today)
    return NOTHING


BENEFITS: Final[Moves] = {
    "offered": after(1, 9, _choice),
    "by_unit": after(1, 4, _choice),
    "enjoying": after(1, 20, _had),
}
