"""The sheet of a round: its cases as a table, for each reader what he may see, with figures and coverage."""

from typing import Any

import pytest

from tests.api.house import House, shipped
from tests.api.rounds import a_round, nominated, publish_selection
from workflow.calendar import chinese_calendar
from workflow.cases.versions import publish


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
    assert (figures["expected_in"]["by"], by_township) == ("township", {"城东镇": 1.0, "城西镇": 1.0})
    assert len(found["rows"]) == 2
    assert not any(row["late"] for row in found["rows"])

    house.at("2026-03-31T18:00:00+08:00")
    house.tick()
    late = sheet(house, round_)["rows"]
    assert [(row["state"], row["late"]) for row in late] == [("late", True), ("late", True)]
