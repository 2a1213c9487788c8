"""The months: figures of a union from what it is and what month it is, with a few that want an explanation. Pure."""

from collections.abc import Sequence
from typing import Any, Final

from workflow.calendar import ZONE
from workflow.demo.year.turns import NOTHING, Act, Moves, Turn, after

#: Of all reports of a month so many come late, and so many of these never.
_LATE: Final = 0.1
_NEVER: Final = 0.25
#: So many have a figure that jumps, and say why; the others' are smooth.
_JUMPS: Final = 0.08


def _report(turn: Turn) -> Sequence[Act]:
    data = _figures(turn)
    if turn.chance("jump") < _JUMPS:
        data["dues_collected"] = data["dues_collected"] * 3
        data["dues_handed_up"] = data["dues_handed_up"] * 3
        return turn.decide("submit", "补收上季度欠缴会费，凭证已存档", **data)
    return turn.decide("submit", **data)


def _months(turn: Turn) -> int:
    """Since January 2025, when members were counted."""
    opened = turn.case.started_at.astimezone(ZONE)
    return (opened.year - 2025) * 12 + opened.month - 1


def _figures(turn: Turn) -> dict[str, Any]:
    columns = turn.unit.columns
    workers, months = int(str(columns["workers"])), _months(turn)
    members = int(str(columns["members"])) - 28 + months * 2
    share = turn.case.unit % 7
    joined = 2 if months else 0
    settled = int(turn.chance("settled") < 0.8)  # noqa: PLR2004 -- a share
    disputes = int(turn.chance("disputes") < 0.3)  # noqa: PLR2004 -- a share
    made = 2 + int(turn.chance("proposals") * 9)
    return {
        "unions": 1,
        "legal_persons": 1,
        "members": members,
        "members_joined": joined,
        "migrant_members": members * (10 + share) // 40,
        "enterprises": 1,
        "congress": 1,
        "open_affairs": 1,
        "contracts": 1,
        "contract_workers": workers * 9 // 10,
        "wage_agreements": int(share > 1),
        "wage_workers": workers * 9 // 10 if share > 1 else 0,
        "women_agreements": int(share > 2),  # noqa: PLR2004 -- a share
        "women_workers": workers * 3 // 10 if share > 2 else 0,  # noqa: PLR2004 -- a share
        "disputes": disputes,
        "disputes_settled": disputes * settled,
        "helped": 2 + share,
        "helped_amount": (2 + share) * 500,
        "trainings": 1,
        "trained": 20 + int(turn.chance("trained") * 40),
        "proposals": made,
        "proposals_adopted": made // 2,
        "proposals_value": made // 2 * 3000,
        "studios": int(share > 4),  # noqa: PLR2004 -- a share
        "homes_qualified": 1,
        "homes_advanced": 0,
        "homes_model": 0,
        "stations": int(share > 3),  # noqa: PLR2004 -- a share
        "visits": 1 + int(turn.chance("visits") * 3),
        "dues_collected": members * 12,
        "dues_handed_up": members * 5,
    }


def _on_time(turn: Turn) -> Sequence[Act]:
    if turn.chance("late") < _LATE or not (turn.is_before(0.4) or turn.is_due(0.2, 3)):
        return NOTHING
    return _report(turn)


def _late(turn: Turn) -> Sequence[Act]:
    if turn.chance("never") < _NEVER or not turn.is_due(0.4, 3):
        return NOTHING
    return _report(turn)


def _checked(turn: Turn) -> Sequence[Act]:
    if turn.times == 0 and turn.chance("returned") < 0.04:  # noqa: PLR2004 -- a share
        return turn.decide("return", "会员数与会籍系统不一致，请核对")
    return turn.decide("approve")


def _closed(turn: Turn) -> Sequence[Act]:
    note = f"{len(turn.cases)}家工会的报表核对一致，汇总关账。"
    return turn.decide_together("close", "", {"round.closing_note": note})


MONTHLY: Final[Moves] = {
    "open": _on_time,
    "late": _late,
    "submitted": after(0.1, 1.2, _checked),
    "returned": after(0, 1, lambda turn: turn.decide("submit", "已与会籍系统核对", **_figures(turn))),
    "township_checked": lambda turn: turn.decide_together("approve", "", {}),
    "federation_checked": _closed,
}
