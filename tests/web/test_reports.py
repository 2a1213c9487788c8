"""The board of a week and of a month: what is shown, to whom; and that nothing leads where one may not look."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from tests.api.house import House, shipped, task_of
from workflow.calendar import chinese_calendar
from workflow.cases.versions import Texts, publish


def shown(house: House, path: str, by: str | None = "郑书记", language: str = "en") -> TestResponse:
    headers = {"Authorization": f"Bearer {house.by(by).token}"} if by else {}
    return house.app.test_client().get(f"{path}{'&' if '?' in path else '?'}language={language}", headers=headers)


@pytest.fixture
def month(house: House) -> House:
    """The month has opened; nobody has reported."""
    publish(house.office.database, house.office.versions, shipped("monthly_report"), calendar=chinese_calendar())
    house.at("2026-03-20T10:00:00+08:00")
    house.tick()
    house.at("2026-03-25T09:01:00+08:00")
    house.tick()
    return house


def round_id(house: House) -> str:
    return str(house.by("郑书记").read("/api/v1/rounds?definition=monthly_report")["items"][0]["id"])


def test_before_the_deadline_it_is_not_yet_and_after_it_late(month: House) -> None:
    before = shown(month, "/reports/monthly_report")
    assert before.status_code == 200, before.text
    assert before.text.count("Not yet") == 2
    assert "reminded" not in before.text
    assert "have not reported" not in before.text

    month.at("2026-03-31T18:00:00+08:00")
    month.tick()
    after = shown(month, "/reports/monthly_report")
    assert "Not yet" not in after.text
    assert after.text.count('class="late"') >= 2
    assert "2 have not reported" in after.text
    assert "Not closed: the figures still move" in after.text


def test_side_bar_leads_to_the_rounds_one_may_see(month: House) -> None:
    assert 'href="/reports/monthly_report"' in shown(month, "/inbox").text
    assert "Month 3" in shown(month, "/inbox").text
    assert "/reports/" not in shown(month, "/inbox", by="路人").text


def test_board_is_for_those_who_may_see_the_round(month: House) -> None:
    path = f"/reports/monthly_report/{round_id(month)}"
    for address in (path, f"{path}.xlsx", f"{path}/figures/expected"):
        assert shown(month, address, by="路人").status_code == 404
        assert shown(month, address, by=None).status_code == 401
        assert shown(month, address).status_code == 200
    assert shown(month, "/reports/monthly_report", by="路人").status_code == 404
    assert shown(month, "/reports/nothing").status_code == 404
    assert shown(month, f"/reports/weekly_dispatch/{round_id(month)}").status_code == 404
    assert shown(month, f"{path}/figures/nothing").status_code == 404


def test_each_reader_sees_the_units_of_his_cases(month: House) -> None:
    everybody, own = (shown(month, "/reports/monthly_report", by=who).text for who in ("郑书记", "王芳"))
    assert "金彭车业" in everybody
    assert "渤海果业" in everybody
    assert "金彭车业" in own
    assert "渤海果业" not in own
    figure = f"/reports/monthly_report/{round_id(month)}/figures/expected"
    assert "渤海果业" not in shown(month, figure, by="王芳").text
    assert "渤海果业" in shown(month, figure).text


def test_workbook_of_the_page_is_the_sheet_of_the_round(month: House) -> None:
    answer = shown(month, f"/reports/monthly_report/{round_id(month)}.xlsx", language="zh")
    assert (answer.mimetype or "").endswith("spreadsheetml.sheet")
    book = load_workbook(BytesIO(answer.data))
    cells = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert {"金彭车业", "渤海果业"} <= set(cells)


def test_projected_board_has_no_side_bar(month: House) -> None:
    plain, projected = (shown(month, f"/reports/monthly_report{query}").text for query in ("", "?projected=1"))
    assert 'class="side"' in plain
    assert 'class="side"' not in projected
    assert 'class="projected"' in projected
    assert "<h1>" in projected


def test_turns_lead_to_each_other_and_figures_stand_beside_those_before(month: House) -> None:
    first = round_id(month)
    month.at("2026-04-24T09:01:00+08:00")
    month.tick()
    second = round_id(month)
    assert first != second
    later, earlier = (shown(month, f"/reports/monthly_report/{one}").text for one in (second, first))
    assert f'href="/reports/monthly_report/{first}"' in later
    assert f'href="/reports/monthly_report/{second}"' in earlier
    assert re.search(r"Month 4.*Month 3", later, re.DOTALL)


UNKNOWN = """
key: patrol
title: {zh: 巡查, en: Patrol}
start: {role: union_chair, at: enterprise}
see: [office]
people: {office: {role: leader, at: district}}
round:
  title: {zh: 本周巡查, en: Patrol of this week}
  at: district
  opens: by office
  figures:
    found: {label: {zh: 隐患, en: Dangers found}, sum: dangers, by: kind}
    all_found: {label: {zh: 全部隐患, en: All dangers}, sum: dangers}
fields:
  kind: {type: choice, label: {zh: 类别, en: Kind}, options: {fire: {zh: 火, en: Fire}, water: {zh: 水, en: Water}}}
  dangers: {type: integer, label: {zh: 隐患数, en: Dangers}}
  help: {type: text, label: {zh: 需要协调, en: Help}}
states:
  draft: {label: {zh: 填写, en: Written}, task: {who: starter, edit: [kind, dangers, help]}, to: {submit: looked_at}}
  looked_at: {label: {zh: 查看, en: Looked at}, task: {who: office}, to: {approve: done}}
  done: {end: {zh: 完成, en: Done}}
"""


def test_a_definition_nobody_has_seen_has_a_board(house: House) -> None:
    publish(house.office.database, house.office.versions, Texts(definition=UNKNOWN), calendar=chinese_calendar())
    round_ = house.by("郑书记").do("/api/v1/rounds", {"definition": "patrol"}, status=201)
    case = house.by("王芳").do("/api/v1/cases", {"definition": "patrol", "round": round_["id"]}, status=201)
    data = {"kind": "fire", "dangers": 7, "help": "消防通道堵了"}
    house.by("王芳").do(f"{task_of(case)}/decision", {"trigger": "submit", "data": data})

    board = shown(house, "/reports/patrol").text

    assert "消防通道堵了" in board  # what the meeting decides
    assert re.search(r"Fire</th>.*<b>7</b>", board, re.DOTALL)
    behind = shown(house, f"/reports/patrol/{round_['id']}/figures/all_found").text
    assert f'href="/cases/{case["id"]}"' in behind
    assert re.search(r'class="number">7<', behind)
