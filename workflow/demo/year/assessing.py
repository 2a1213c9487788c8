"""The assessment of unions in winter: points, lists, appeals, and the funds that follow. Pure."""

from collections.abc import Sequence
from typing import Any, Final

from workflow.demo.year.turns import NOTHING, Act, Moves, Turn, after, saying

#: Of the year; an odd number of fen, so that shares leave something over.
BUDGET: Final = 680000.01
_SILENT: Final = 0.12
_MOST: Final = {"organisation": 30, "rights": 30, "service": 20, "audit": 10}


def _points(turn: Turn, generous: float = 0.0) -> dict[str, Any]:
    """Between 58 and 100 in a hundred of each section; who marks himself is the more generous."""
    return {name: min(most, int(most * (0.58 + generous + 0.42 * turn.chance(name)))) for name, most in _MOST.items()}


def _by_itself(turn: Turn) -> Sequence[Act]:
    if turn.chance("silent") < _SILENT or not turn.is_due(2, 14):
        return NOTHING
    return turn.decide("submit", **_points(turn, 0.06))


def _for_it(turn: Turn) -> Sequence[Act]:
    """The township fills in for who was silent; where it knows nothing either, the union is not assessed."""
    return turn.decide("submit", **_points(turn)) if turn.chance("nobody") > 0.3 else NOTHING  # noqa: PLR2004 -- a share


def _evidence(turn: Turn) -> Sequence[Act]:
    vetoes = ["dues"] if turn.chance("veto") < 0.08 else []  # noqa: PLR2004 -- a share
    return turn.decide("approve", vetoes=vetoes, evidence_note="台账、会议记录和票据已经逐项核对", **_points(turn))


def _across(turn: Turn) -> Sequence[Act]:
    return turn.decide("approve", cross_note="抽查三项佐证材料，与评分相符")


def _answer(turn: Turn) -> Sequence[Act]:
    said = turn.chance("appeal")
    if said < 0.14:  # noqa: PLR2004 -- a share
        return turn.decide("appeal", "民主管理一项材料已经补齐，请求复核", appeal_reason="职代会决议已于年底前补报镇街")
    return turn.decide("accept") if said < 0.8 else NOTHING  # noqa: PLR2004 -- a share


def _appealed(turn: Turn) -> Sequence[Act]:
    if turn.chance("upheld") < 1 / 2:
        rights = min(30, int(str(turn.data["rights"])) + 3)
        return turn.decide("uphold", "补报材料属实，民主管理加三分", rights=rights)
    return turn.decide("maintain", "补报材料不在考核年度内")


def _approved(turn: Turn) -> Sequence[Act]:
    data = {"round.budget": BUDGET, "round.decision_number": f"彭工发〔{turn.now:%Y}〕6号"}
    return turn.decide_together("approve", "同意等次和经费安排", data)


def _published(turn: Turn) -> Sequence[Act]:
    return turn.decide_together("publish", "", {})


ASSESSMENT: Final[Moves] = {
    "self_scoring": _by_itself,
    "filling_in": after(1, 4, _for_it),
    "evidence_check": after(0.5, 4, _evidence),
    "cross_check": after(0.5, 5, _across),
    "scoring": after(0.3, 3, saying("approve")),
    "preliminary_list": after(0.3, 1, _published),
    "preliminary": after(0.2, 2, _answer),
    "appeal": after(1, 3, _appealed),
    "final_list": after(0.3, 1, _published),
    "approval": after(0.5, 1, _approved),
    "funds": after(0.5, 1, lambda turn: turn.decide_together("confirm", "", {})),
}
