"""A small selection: nominated in a round, ranked together, seats by quota, a tie at the last."""

from typing import Any, cast

from tests.api.house import House, task_of
from workflow.calendar import chinese_calendar
from workflow.cases.versions import Texts, publish

SELECTION = """
key: selection
title: {zh: 先进评选, en: Selection}
number: XJ-{year}-{seq:03}
subject: "{name}"
start: {role: union_chair, at: enterprise}
once: [round, name]
see: [office]
round:
  title: {zh: "{year}年先进评选", en: "Selection {year}"}
  at: district
  opens: by office
  closes: closes_on
  fields:
    closes_on: {type: date, label: {zh: 截止, en: Closes}, required: true}
    seats: {type: integer, label: {zh: 名额, en: Seats}, required: true}
    note: {type: text, label: {zh: 说明, en: Note}}
  figures:
    nominated: {label: {zh: 推荐, en: Nominated}, count: true}
people:
  office: {role: leader, at: district}
fields:
  name: {type: text, label: {zh: 姓名, en: Name}, required: true}
  points: {type: integer, label: {zh: 分数, en: Points}, required: true}
states:
  draft:
    task: {who: starter, edit: [name, points]}
    to: {submit: ranking}
  ranking:
    together: {until: {called_by: office}, rank: {by: [points], seats: round.seats, tie: [lot]}}
    to: {gathered: [{to: list, when: seated}, {to: out}]}
  list:
    together: {until: {called_by: office}}
    task: {who: office, edit: [round.note], due: 5 working days}
    to: {approve: chosen, reject: out}
  chosen: {end: {zh: 入选, en: Chosen}, tell: [starter]}
  out: {end: {zh: 落选, en: Not chosen}}
operations:
  correct: {by: [office], edit: [points]}
"""
ROUND: dict[str, Any] = {"closes_on": "2026-03-31", "seats": 1}


def publish_selection(house: House) -> House:
    publish(house.office.database, house.office.versions, Texts(definition=SELECTION), calendar=chinese_calendar())
    return house


def a_round(house: House, **data: Any) -> dict[str, Any]:
    body = {"definition": "selection", "data": {**ROUND, **data}}
    return cast("dict[str, Any]", house.by("郑书记").do("/api/v1/rounds", body, status=201))


def nominated(house: House, round_: dict[str, Any], name: str, points: int, by: str = "王芳") -> dict[str, Any]:
    body = {"definition": "selection", "round": round_["id"], "data": {"name": name, "points": points}}
    case = house.by(by).do("/api/v1/cases", body, status=201)
    return cast("dict[str, Any]", house.by(by).do(f"{task_of(case)}/decision", {"trigger": "submit"}))
