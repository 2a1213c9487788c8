"""Collective contracts, and the leave of union chairs. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from workflow.calendar import ZONE
from workflow.demo.year.turns import NOTHING, Act, Moves, Turn, after, saying
from workflow.engine.directory import Principal


def _offered(turn: Turn) -> Sequence[Act]:
    return turn.decide("submit")


def _answered(turn: Turn) -> Sequence[Act]:
    if turn.data.get("kind") == "safety":
        return turn.decide("refuse", "现行安全专项合同尚有一年到期")
    return turn.decide("accept")


def _side(turn: Turn, chief: Principal) -> tuple[list[dict[str, Any]], str, str | None]:
    name = turn.directory.name_of(chief)
    rows = [{"name": name, "post": "首席代表", "outsider": False}]
    rows += [{"name": f"{surname}代表", "outsider": False} for surname in turn.pick(f"side {chief}", _SURNAMES)]
    return rows, name, turn.directory.persons[chief].mobile


def _appointed(turn: Turn) -> Sequence[Act]:
    chief = turn.actors[0].person
    if chief is None:
        return NOTHING
    side, name, mobile = _side(turn, chief)
    of = "union" if turn.task.name == "union" else "employer"
    given: dict[str, Any] = {f"{of}_side": side, f"{of}_chief": name, f"{of}_chief_mobile": mobile}
    return turn.decide("submit", **given)


def _talked(turn: Turn) -> Sequence[Act]:
    talks = [
        {"held_on": turn.today, "topics": "劳动报酬、工作时间和休息休假", "result": "达成一致", "signed": True},
    ]
    return turn.decide("agree", talks=talks)


def _drafted(turn: Turn) -> Sequence[Act]:
    if turn.task.name == "confirm":
        return turn.decide("agree")
    begins = turn.now.astimezone(ZONE).date().replace(day=1)
    data: dict[str, Any] = {
        "contract": [turn.scan("集体合同草案.pdf")],
        "contents": "最低工资不低于当地标准的一点二倍；每周休息两天；每年体检一次；女职工权益专章。",
        "starts_on": f"{begins}",
        "ends_on": f"{_year_on(begins)}",
        "covered": int(str(turn.data["workers"])),
    }
    return turn.decide("agree", **data)


def _year_on(begins: date) -> date:
    return begins.replace(year=begins.year + 1) - timedelta(days=1)


def _congress(turn: Turn) -> Sequence[Act]:
    counts = {"electorate": 42, "present": 40, "yes": 38, "no": 1, "abstain": 1}
    return turn.record(counts, minutes=[turn.scan("职代会决议.pdf")])


CONTRACTS: Final[Moves] = {
    "draft": after(0, 1, _offered),
    "answering": after(3, 15, _answered),
    "refused": after(2, 6, saying("settle", reason_fair=True)),
    "appointing": after(2, 7, _appointed),
    "negotiating": after(10, 30, _talked),
    "drafting": after(2, 8, _drafted),
    "congress": after(3, 12, _congress),
    "signing": after(1, 5, saying("sign")),
    "submission": after(1, 4, saying("submit")),
    "labour_review": after(5, 12, saying("confirm", labour_note="程序合法，内容不违反法律规定")),
}
LEAVE: Final[Moves] = {
    "draft": after(0, 0.1, saying("submit")),
    "township_review": after(0.3, 2, saying("approve")),
    "district_review": after(0.3, 2, saying("approve")),
}
_SURNAMES: Final[Sequence[str]] = ("李周", "吴郑", "孙钱", "赵陈")
ALL_OF_THEM: Final[Mapping[str, Moves]] = {"collective_contract": CONTRACTS, "leave_request": LEAVE}
