"""A choice by secret ballot among nominees of a round, and a meeting in a hall: what members of a panel vote on."""

from typing import Any, cast

from tests.api.house import House, task_of
from workflow.calendar import chinese_calendar
from workflow.cases.versions import Texts, publish

CHOICE = """
key: choosing
title: {zh: 公开评选, en: Public choice}
number: GX-{year}-{seq:03}
subject: "{name}"
start: {role: union_chair, at: enterprise}
see: [office]
round:
  title: {zh: "{year}年公开评选", en: "Choice {year}"}
  at: district
  opens: by office
  closes: closes_on
  fields:
    closes_on: {type: date, label: {zh: 截止日期, en: Closes on}, required: true}
    seats: {type: integer, label: {zh: 名额, en: Seats}, required: true}
    note: {type: text, label: {zh: 会议说明, en: Note}}
  figures:
    nominated: {label: {zh: 推荐人数, en: Nominated}, count: true}
people:
  office: {role: leader, at: district}
  chairs: {role: union_chair, at: every enterprise}
recuse:
  starter: [chairs]
fields:
  name: {type: text, label: {zh: 姓名, en: Name}, required: true}
states:
  draft:
    task: {who: starter, edit: [name]}
    to: {submit: choice}
  choice:
    label: {zh: 评选会, en: Meeting}
    together: {until: {called_by: office}, rank: {by: [yes], seats: round.seats, tie: [ballot]}}
    ballot: {who: [office, chairs], secret: true, quorum: cast * 2 >= electorate, pass: yes * 2 > cast, closed_by: office}
    to: {pass: [{to: review, when: seated}, {to: out}], fail: out, invalid: choice}
  review:
    label: {zh: 审定, en: Review}
    together: {until: {called_by: office}}
    task: {who: office, edit: [round.note]}
    to: {approve: {to: chosen, when: round.nominated <= 9, say: {zh: 名单不超过九人, en: No more than nine}}, reject: out}
  chosen: {end: {zh: 入选, en: Chosen}}
  out: {end: {zh: 落选, en: Not chosen}}
"""

HALL = """
key: hall_vote
title: {zh: 职工大会, en: Assembly}
subject: "{matter}"
start: {role: union_chair, at: enterprise}
people:
  unit: {role: union_chair, at: enterprise}
fields:
  matter: {type: text, label: {zh: 议题, en: Matter}, required: true}
  minutes: {type: files, label: {zh: 会议记录, en: Minutes}, required: true, accept: [pdf]}
states:
  draft:
    task: {who: starter, edit: [matter]}
    to: {submit: assembly}
  assembly:
    label: {zh: 大会表决, en: Assembly votes}
    ballot: {recorded_by: unit, edit: [minutes], quorum: present * 3 >= electorate * 2, pass: yes * 2 > electorate}
    to: {pass: adopted, fail: dropped, invalid: assembly}
  adopted: {end: {zh: 已通过, en: Adopted}}
  dropped: {end: {zh: 未通过, en: Dropped}}
"""


def a_choice(house: House, seats: int = 1, *, nominees: dict[str, str] | None = None) -> dict[str, Any]:
    """A meeting that votes: on 陈立新 of 王芳 and 韩冬 of 刘洋, unless others are named; four may vote."""
    publish(house.office.database, house.office.versions, Texts(definition=CHOICE), calendar=chinese_calendar())
    body = {"definition": "choosing", "data": {"closes_on": "2026-03-31", "seats": seats}}
    round_ = house.by("郑书记").do("/api/v1/rounds", body, status=201)
    for name, by in (nominees or {"陈立新": "王芳", "韩冬": "刘洋"}).items():
        new = {"definition": "choosing", "round": round_["id"], "data": {"name": name}}
        case = house.by(by).do("/api/v1/cases", new, status=201)
        house.by(by).do(f"{task_of(case)}/decision", {"trigger": "submit"})
    return cast("dict[str, Any]", house.by("郑书记").do(f"/api/v1/rounds/{round_['id']}/sittings/choice"))


def cases_of(house: House, round_: dict[str, Any]) -> dict[str, str]:
    """The ids of the nominees by name."""
    found = house.by("郑书记").read(f"/api/v1/rounds/{round_['id']}/cases")["items"]
    return {case["subject"]: case["id"] for case in found}


def vote(house: House, round_: dict[str, Any], by: str, **votes: str) -> dict[str, Any]:
    ids = cases_of(house, round_)
    body = {"votes": {ids[name]: choice for name, choice in votes.items()}}
    return cast("dict[str, Any]", house.by(by).do(f"{task_of(round_)}/ballot", body))


def in_the_hall(house: House) -> dict[str, Any]:
    """A case of which the tally is to be recorded."""
    publish(house.office.database, house.office.versions, Texts(definition=HALL), calendar=chinese_calendar())
    case = house.by("王芳").do("/api/v1/cases", {"definition": "hall_vote", "data": {"matter": "集体合同"}}, status=201)
    return cast("dict[str, Any]", house.by("王芳").do(f"{task_of(case)}/decision", {"trigger": "submit"}))
