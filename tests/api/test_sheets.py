"""The sheet of a round: its cases as a table, for each reader what he may see, with figures and coverage."""

from typing import Any

import pytest

from tests.api.house import House, shipped, task_of
from tests.api.rounds import a_round, nominated, publish_selection
from workflow.calendar import chinese_calendar
from workflow.cases.versions import Texts, publish


@pytest.fixture
def sheet_house(stored_house: House) -> House:
    return publish_selection(stored_house)


def sheet(house: House, round_: Any, by: str = "郑书记") -> Any:
    return house.by(by).read(f"/api/v1/rounds/{round_['id']}/sheet")


def test_a_sheet_has_a_row_for_each_case_and_the_fields_in_their_order(sheet_house: House) -> None:
    round_ = a_round(sheet_house)
    nominated(sheet_house, round_, "张伟", 90)
    nominated(sheet_house, round_, "李娜", 80, by="刘洋")
    body = {"definition": "selection", "round": round_["id"], "data": {"name": "王磊", "points": 70}}
    sheet_house.by("王芳").do("/api/v1/cases", body, status=201)

    found = sheet(sheet_house, round_)

    assert found["title"] == {"zh": "2026年先进评选", "en": "Selection 2026"}
    assert found["columns"] == [
        {"name": "name", "label": {"zh": "姓名", "en": "Name"}, "type": "text"},
        {"name": "points", "label": {"zh": "分数", "en": "Points"}, "type": "integer"},
    ]
    rows = [(row["number"], row["unit"]["name"], row["starter"], row["state"], row["late"]) for row in found["rows"]]
    assert rows == [
        ("XJ-2026-001", "金彭车业", "王芳", "ranking", False),
        ("XJ-2026-002", "渤海果业", "刘洋", "ranking", False),
        ("XJ-2026-003", "金彭车业", "王芳", "draft", False),
    ]
    assert [row["values"] for row in found["rows"]][1] == {"name": "李娜", "points": 80}
    (figure,) = found["figures"]
    assert (figure["name"], figure["label"]["en"], figure["value"], figure["groups"]) == (
        "nominated",
        "Nominated",
        3.0,
        None,
    )
    assert (found["coverage"]["reported"], found["coverage"]["expected"]) == (2, 3)
    assert found["closing"] is None
    assert found["coverage"]["said"]["en"] == "2 of 3 reported"


def test_a_reader_sees_his_own_rows_and_the_figures_of_all(sheet_house: House) -> None:
    round_ = a_round(sheet_house)
    nominated(sheet_house, round_, "张伟", 90)
    nominated(sheet_house, round_, "李娜", 80, by="刘洋")

    found = sheet(sheet_house, round_, by="刘洋")

    assert [row["values"]["name"] for row in found["rows"]] == ["李娜"]
    assert found["figures"][0]["value"] == 2.0
    url = f"/api/v1/rounds/{round_['id']}/sheet"
    assert sheet_house.by(None).get(url).status_code == 401
    assert sheet_house.by("路人").get(url).status_code == 404
    assert sheet_house.by("郑书记").get("/api/v1/rounds/nowhere/sheet").status_code == 404


def test_the_month_as_data(house: House) -> None:
    """Coverage as the definition counts it, groups by township, rates of nothing without a value."""
    publish(house.office.database, house.office.versions, shipped("monthly_report"), calendar=chinese_calendar())
    house.at("2026-03-20T10:00:00+08:00")
    house.tick()
    house.at("2026-03-25T09:01:00+08:00")
    house.tick()
    (round_,) = house.by("郑书记").read("/api/v1/rounds?definition=monthly_report")["items"]

    found = sheet(house, round_)

    assert found["coverage"]["said"]["en"] == "0 of 2 reported"
    figures = {one["name"]: one for one in found["figures"]}
    assert figures["expected"]["value"] == 2.0
    assert figures["members_rate"]["value"] is None
    by_township = {group["label"]["zh"]: group["value"] for group in figures["expected_in"]["groups"]}
    rates = {group["label"]["zh"]: group["value"] for group in figures["coverage_in"]["groups"]}
    assert rates == {"城东镇": 0.0, "城西镇": 0.0}
    assert (figures["expected_in"]["by"], by_township) == ("township", {"城东镇": 1.0, "城西镇": 1.0})
    assert len(found["rows"]) == 2
    assert not any(row["late"] for row in found["rows"])

    house.at("2026-03-31T18:00:00+08:00")
    house.tick()
    late = sheet(house, round_)["rows"]
    assert [(row["state"], row["late"]) for row in late] == [("late", True), ("late", True)]


WEEK = """
key: week
title: {zh: 周报, en: Week}
number: W-{seq:02}
start: {role: union_chair, at: enterprise}
see: [office]
people: {office: {role: leader, at: district}}
round: {title: {zh: 本周, en: This week}, at: district, opens: by office}
fields:
  problems: {type: table, label: {zh: 问题, en: Problems}, columns: {what: {type: text, label: {zh: 问题, en: What}}}}
  help: {type: text, label: {zh: 需要协调, en: Help}}
states:
  draft:
    task: {who: starter, edit: [problems, help], due: 1 working day}
    to: {submit: done, expired: late}
  late:
    task: {who: starter, edit: [problems, help]}
    to: {submit: done}
  done: {end: {zh: 已报, en: Done}}
"""


def test_late_ones_stand_on_top_then_problems_then_who_asks_for_help(stored_house: House) -> None:
    house = stored_house
    publish(house.office.database, house.office.versions, Texts(definition=WEEK), calendar=chinese_calendar())
    round_ = house.by("郑书记").do("/api/v1/rounds", {"definition": "week"}, status=201)

    def begun() -> Any:
        return house.by("王芳").do("/api/v1/cases", {"definition": "week", "round": round_["id"]}, status=201)

    late = None
    for number, data in enumerate(({}, {"help": "请协调"}, {"problems": [{"what": "欠薪"}]}, {"help": "请指导"}, {})):
        case = begun()
        if number == 4:
            late = case
            continue
        house.by("王芳").do(f"{task_of(case)}/decision", {"trigger": "submit", "data": data})
    house.at("2026-03-11T09:00:00+08:00")
    house.tick()

    found = sheet(house, round_)

    assert [row["number"] for row in found["rows"]] == ["W-05", "W-03", "W-02", "W-04", "W-01"]
    assert [row["late"] for row in found["rows"]] == [True, False, False, False, False]
    assert late is not None
    house.by("郑书记").do(f"/api/v1/rounds/{round_['id']}/close", {})
    late = house.by("王芳").read(f"/api/v1/cases/{late['id']}")
    house.by("王芳").do(f"{task_of(late)}/decision", {"trigger": "submit"})
    house.tick()

    over = house.by("郑书记").read(f"/api/v1/rounds/{round_['id']}")
    (closing,) = over["closings"]
    assert (over["state"], closing["reopened_at"], len(closing["sha256"])) == ("over", None, 64)
    assert sheet(house, round_)["closing"] == closing
