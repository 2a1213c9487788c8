"""What a year brings that does not fit: each is told with its place, its reason and what would be right; nothing is lost."""

from typing import Any

import pytest

from tests.api.caller import problem
from tests.api.house import House, shipped, task_of
from workflow.calendar import chinese_calendar
from workflow.cases.versions import publish

MONTH = """
key: month
title: {zh: 月报, en: Month}
number: M-{seq:02}
see: [office]
round:
  title: {zh: "{year}年{month}月", en: "{year}-{month}"}
  at: district
  opens: day 10 of the month at 09:00
  cases: {each: {unit: enterprise}}
  fields:
    due_on: {type: date, label: {zh: 截止, en: Due}, term: 3rd working day of the next month}
    told_on: {type: date, label: {zh: 通报, en: Told}, value: due_on}
  figures:
    workers: {label: {zh: 职工, en: Workers}, sum: workers}
    members: {label: {zh: 会员, en: Members}, sum: members}
    rate: {label: {zh: 入会率, en: Rate}, value: "round_to(members * 100 / workers, 1)"}
    workers_in: {label: {zh: 各镇职工, en: Workers by township}, sum: workers, by: township}
    members_in: {label: {zh: 各镇会员, en: Members by township}, sum: members, by: township}
    rate_in: {label: {zh: 各镇入会率, en: Rate by township}, value: "round_to(members_in * 100 / workers_in, 1)", by: township}
people:
  unit: {role: union_chair, at: enterprise}
  office: {role: leader, at: district}
fields:
  workers: {type: integer, label: {zh: 职工, en: Workers}, required: true}
  members: {type: integer, label: {zh: 会员, en: Members}, required: true}
  rate: {type: percent, label: {zh: 入会率, en: Rate}, value: "round_to(members * 100 / workers, 1)"}
states:
  open: {task: {who: unit, edit: [workers, members], due: round.due_on}, to: {submit: filed}}
  filed: {end: {zh: 已报, en: Filed}}
"""
FUNDS = """
key: funds
title: {zh: 经费核拨, en: Funds}
number: F-{seq:02}
start: {role: union_chair, at: enterprise}
see: [office]
round:
  title: {zh: 本年经费, en: Funds}
  at: district
  opens: by office
  fields: {budget: {type: money, label: {zh: 总额, en: Budget}, required: true}}
  figures: {granted: {label: {zh: 已核拨, en: Granted}, sum: allocated}}
people: {office: {role: leader, at: district}}
fields: {members: {type: integer, label: {zh: 会员, en: Members}, required: true}}
states:
  draft: {task: {who: starter, edit: [members]}, to: {submit: sharing}}
  sharing:
    together: {until: {called_by: office}, allocate: {budget: round.budget, parts: {base: {portion: 60 %, by: "1"}, merit: {portion: 40 %, by: members}}}}
    to: {gathered: granted}
  granted: {end: {zh: 已核拨, en: Granted}}
"""


def put(house: House, text: str, language: str = "en", *, key: str = "month") -> Any:
    admin = house.by("管理员", **{"Accept-Language": language})
    return admin.put(f"/api/v1/definitions/{key}", {"definition": text})


def opened(house: House, at: str, key: str = "month") -> list[Any]:
    """The rounds of a definition at a moment, the latest first."""
    house.at(at)
    house.tick()
    return list(house.by("郑书记", **{"Accept-Language": "en"}).each(f"/api/v1/rounds?definition={key}"))


def report(house: House, round_: Any, of: str = "王芳", **data: Any) -> Any:
    """Whoever sees one case of a round hands it in."""
    (case,) = house.by(of).each(f"/api/v1/rounds/{round_['id']}/cases")
    return house.by(of).do(f"{task_of(case)}/decision", {"trigger": "submit", "data": data})


# --- a formula that divides by zero


def test_a_formula_that_divides_by_zero_leaves_the_figure_empty_and_says_so(stored_house: House) -> None:
    house = stored_house
    assert put(house, MONTH).status_code == 201
    (round_,) = opened(house, "2026-03-10T09:00:00+08:00")
    sent = report(house, round_, workers=0, members=0)

    (found,) = opened(house, "2026-03-10T10:00:00+08:00")
    assert (found["figures"]["workers"], found["figures"]["rate"], found["figures"]["rate_in"]) == (0.0, None, {})
    assert found["why_empty"]["rate"] == (
        "“round_to(members * 100 / workers, 1)” cannot be reckoned: it divides by workers, which is 0."
    )
    assert set(found["why_empty"]) == {"rate", "rate_in.城东镇", "rate_in.城西镇"}
    assert "rate" not in sent["data"]
    assert "除数 workers 为0" in sent["why_empty"]["rate"]
    sheet = house.by("郑书记").read(f"/api/v1/rounds/{round_['id']}/sheet")
    assert set(sheet["why_empty"]) == set(found["why_empty"])

    report(house, round_, of="刘洋", workers=80, members=60)
    (found,) = opened(house, "2026-03-10T11:00:00+08:00")
    assert (found["figures"]["rate"], found["figures"]["rate_in"]) == (75.0, {"城西镇": 75.0})
    assert set(found["why_empty"]) == {"rate_in.城东镇"}


@pytest.mark.parametrize(
    ("language", "says", "hint"),
    [
        (
            "en",
            "Nothing can be divided by 0.",
            "Divide by a field or a figure; where that is 0, the result stays empty.",
        ),
        ("zh", "不能除以0。", "请除以字段或者统计数；它为0时，结果留空。"),
    ],
)
def test_a_formula_that_always_divides_by_zero_is_refused_with_its_line(
    stored_house: House, language: str, says: str, hint: str
) -> None:
    wrong = MONTH.replace('value: "round_to(members * 100 / workers, 1)"}\npeople', 'value: "members / 0"}\npeople')
    wrong = wrong.replace("members_in * 100 / workers_in", "members_in * 100 / 0")

    refused = put(stored_house, wrong, language)

    assert problem(refused) == (422, "definition_wrong")
    (entry,) = refused.json["errors"]
    line = 1 + next(number for number, text in enumerate(wrong.splitlines()) if "/ 0" in text)
    assert (entry["at"], entry["place"]) == (f"definition.yaml:{line}", "round.figures.rate_in.value")
    source = "“round_to(members_in * 100 / 0, 1)”" + (": " if language == "en" else "：")
    assert (entry["code"], entry["message"], entry["hint"]) == ("bad_expression", f"{source}{says}", hint)


# --- a cadence on 31 February


@pytest.mark.parametrize(
    ("term", "language", "says"),
    [
        ("31 February at 09:00", "en", "there is no such day in any year; the last of that month is “29 February”"),
        ("31 February at 09:00", "zh", "哪一年都没有这一天；那个月最后一天写作“29 February”"),
        ("every 31 February", "en", "there is no such day in any year; the last of that month is “29 February”"),
        ("day 32 of the month", "en", "a month has no day 32; “day 31” is the last of every month"),
        ("day 32 of the month", "zh", "一个月里没有32日；“day 31”就是每个月的最后一天"),
    ],
)
def test_a_cadence_on_31_february_is_refused_with_its_line(
    stored_house: House, term: str, language: str, says: str
) -> None:
    house = stored_house
    put(house, MONTH)
    line = 1 + MONTH.splitlines().index("  opens: day 10 of the month at 09:00")

    refused = put(house, MONTH.replace("day 10 of the month at 09:00", term), language)

    assert problem(refused) == (422, "definition_wrong")
    (entry,) = refused.json["errors"]
    assert (entry["at"], entry["place"], entry["code"]) == (f"definition.yaml:{line}", "round.opens", "bad_term")
    assert says in entry["message"]
    assert len(opened(house, "2026-03-10T09:00:00+08:00")) == 1  # the version that was there goes on


def test_day_31_opens_on_the_last_day_of_a_shorter_month(stored_house: House) -> None:
    house = stored_house
    put(house, MONTH.replace("day 10 of the month at 09:00", "day 31 of the month at 09:00"))
    coming = house.by("王芳").each("/api/v1/cadences/coming?until=2027-03-05T00:00:00%2B08:00")
    assert [one["nominal"][5:] for one in coming][:2] == ["03-31", "04-30"]
    house.at("2027-02-01T09:00:00+08:00")
    coming = house.by("王芳").each("/api/v1/cadences/coming?until=2027-03-05T00:00:00%2B08:00")
    assert [one["nominal"] for one in coming] == ["2027-02-28"]


# --- a year whose holidays are not published


def test_terms_in_a_year_without_published_holidays_are_marked_provisional(stored_house: House) -> None:
    house = stored_house
    put(house, MONTH)
    *_, april = opened(house, "2026-04-10T09:00:00+08:00")
    assert april["provisional"] == []
    house.at("2026-12-09T09:00:00+08:00")
    house.tick()

    (december, *_) = opened(house, "2026-12-10T09:00:00+08:00")

    assert (december["data"]["due_on"], december["provisional"]) == ("2027-01-06", ["due_on", "told_on"])
    (case,) = house.by("王芳").each(f"/api/v1/rounds/{december['id']}/cases")
    assert (case["tasks"][0]["due_at"], case["tasks"][0]["provisional"]) == ("2027-01-06T16:00:00.000000Z", True)
    coming = house.by("王芳").each("/api/v1/cadences/coming?until=2027-01-31T00:00:00%2B08:00")
    assert [(one["nominal"], one["provisional"]) for one in coming] == [("2027-01-10", True)]
    warnings = house.by("王芳", **{"Accept-Language": "zh"}).read("/api/v1/calendar")["warnings"]
    assert warnings == ["2027年的调休安排尚未公布，该年的时间可能还会变动。"]

    days = [
        {"day": "2027-01-05", "kind": "rest", "name": "元旦"},
        {"day": "2027-01-10", "kind": "work", "name": "补元旦"},
    ]
    house.by("管理员").do("/api/v1/calendar", {"days": days}, method="PUT")

    (december, *_) = opened(house, "2026-12-10T09:05:00+08:00")
    assert (december["data"]["due_on"], december["provisional"]) == ("2027-01-06", [])  # as it was announced


# --- a budget that does not divide


def test_a_budget_that_does_not_divide_is_granted_to_the_fen(stored_house: House) -> None:
    house = stored_house
    assert put(house, FUNDS, key="funds").status_code == 201
    body = {"definition": "funds", "data": {"budget": 100.01}}
    round_ = house.by("郑书记").do("/api/v1/rounds", body, status=201)
    for who, members in (("王芳", 1), ("王芳", 1), ("刘洋", 1)):
        case = house.by(who).do("/api/v1/cases", {"definition": "funds", "round": round_["id"]}, status=201)
        house.by(who).do(f"{task_of(case)}/decision", {"trigger": "submit", "data": {"members": members}})

    shared = house.by("郑书记").do(f"/api/v1/rounds/{round_['id']}/sittings/sharing")

    cases = sorted(house.by("郑书记").each(f"/api/v1/rounds/{round_['id']}/cases"), key=lambda case: case["number"])
    parts = [case["figures"]["sharing"] for case in cases]
    assert [part["base"] for part in parts] == [20.01, 20.0, 20.0]
    assert [part["merit"] for part in parts] == [13.34, 13.33, 13.33]
    assert [part["allocated"] for part in parts] == [33.35, 33.33, 33.33]
    assert sum(round(part["allocated"] * 100) for part in parts) == 10001
    assert shared["figures"]["granted"] == 100.01


# --- a unit merged in mid-month


def test_a_unit_merged_in_mid_month_reports_once(stored_house: House) -> None:
    house = stored_house
    admin = house.by("管理员")
    mill = {"name": "银河纺织", "level": "enterprise", "parent": house.places["城东镇"]}
    mill = admin.do("/api/v1/organisations", mill, status=201)
    publish(house.office.database, house.office.versions, shipped("monthly_report"), calendar=chinese_calendar())
    (march,) = opened(house, "2026-03-25T09:00:00+08:00", "monthly_report")
    assert march["figures"]["expected"] == 3.0

    admin.do(f"/api/v1/organisations/{mill['id']}", {"ended": True}, method="PATCH")
    opened(house, "2026-03-26T09:00:00+08:00", "monthly_report")
    (case,) = (case for case in admin.each(f"/api/v1/rounds/{march['id']}/cases") if case["unit"]["name"] == "银河纺织")
    assert [holder["name"] for holder in case["tasks"][0]["assignees"]] != []
    body = {"data": {"merged_into": house.places["金彭车业"]}, "opinion": "三月二十五日并入"}
    merged = house.by("李强").do(f"/api/v1/cases/{case['id']}/triggers/merge", body)

    assert (merged["state"], merged["unit"]["name"], merged["tasks"]) == ("merged", "银河纺织", [])
    (march,) = opened(house, "2026-03-26T10:00:00+08:00", "monthly_report")
    assert march["figures"]["expected"] == 2.0
    (april, _) = opened(house, "2026-04-24T09:00:00+08:00", "monthly_report")
    assert (april["cases"], april["figures"]["expected"]) == (2, 2.0)


# --- a report sent twice


def a_week(house: House) -> tuple[str, Any, dict[str, Any]]:
    """The address of a report's task, who hands it in, and what he sends."""
    post = {"person": house.people["路人"], "role": "instructor", "organisation": house.places["城东镇"]}
    house.by("管理员").do("/api/v1/posts", post, status=201)
    publish(house.office.database, house.office.versions, shipped("weekly_dispatch"), calendar=chinese_calendar())
    (round_,) = opened(house, "2026-03-16T09:00:00+08:00", "weekly_dispatch")
    (case,) = house.by("路人").each(f"/api/v1/rounds/{round_['id']}/cases")
    data = {
        "work": [{"what": "走访六家企业", "state": "done"}],
        "visits": 6,
        "visited": "六家",
        "founded": 1,
        "joined": 12,
    }
    data["plan"] = [{"what": "指导换届", "by": "2026-03-20"}]
    return task_of(case), house.by("路人"), {"trigger": "submit", "data": data}


def a_month(house: House) -> tuple[str, Any, dict[str, Any]]:
    publish(house.office.database, house.office.versions, shipped("monthly_report"), calendar=chinese_calendar())
    (round_,) = opened(house, "2026-03-25T09:00:00+08:00", "monthly_report")
    (case,) = house.by("王芳").each(f"/api/v1/rounds/{round_['id']}/cases")
    ones = ("unions", "legal_persons", "congress", "open_affairs", "contracts", "wage_agreements", "women_agreements")
    noughts = ("studios", "homes_qualified", "homes_advanced", "homes_model", "stations", "visits")
    people = {"workers": 150, "members": 120, "migrant_members": 40, "contract_workers": 150, "wage_workers": 150}
    data = {**dict.fromkeys(ones, 1), **dict.fromkeys(noughts, 0), **people, "women_workers": 60}
    return task_of(case), house.by("王芳"), {"trigger": "submit", "data": data, "opinion": "人数按实际填报"}


@pytest.mark.parametrize("report_of", [a_week, a_month])
def test_a_report_sent_twice_is_counted_once(stored_house: House, report_of: Any) -> None:
    path, sender, body = report_of(stored_house)

    first = sender.post(f"{path}/decision", body, headers={"Idempotency-Key": "report"})
    replayed = sender.post(f"{path}/decision", body, headers={"Idempotency-Key": "report"})
    again = sender.post(f"{path}/decision", body, headers={"Accept-Language": "en"})

    assert (first.status_code, first.json["state"]) == (200, "submitted"), first.text
    assert (replayed.status_code, replayed.headers["Idempotent-Replayed"]) == (200, "true")
    assert (replayed.json["id"], replayed.json["version"]) == (first.json["id"], first.json["version"])
    assert problem(again) == (409, "task_closed")
    (round_,) = stored_house.by("郑书记").each(f"/api/v1/rounds?definition={first.json['definition']}")
    assert round_["figures"]["reported"] == 1.0
    assert round_["figures"]["reported_in"] == {"城东镇": 1.0, "城西镇": 0.0}


# --- a month in which nothing was reported


def test_what_a_missing_report_never_said_is_compared_with_nothing(stored_house: House) -> None:
    house = stored_house
    numbers = {"members": 120, "workers": 150}
    house.by("管理员").do(f"/api/v1/organisations/{house.places['金彭车业']}", numbers, method="PATCH")
    _, _, body = a_month(house)
    opened(house, "2026-04-07T09:00:00+08:00", "monthly_report")
    (april, _) = opened(house, "2026-04-24T09:00:00+08:00", "monthly_report")
    (case,) = house.by("王芳").each(f"/api/v1/rounds/{april['id']}/cases")
    (missing,) = (
        one for one in house.by("王芳").each("/api/v1/cases?definition=monthly_report") if one["round"] != april["id"]
    )

    data = {name: value for name, value in body["data"].items() if name != "workers"}
    data |= {"enterprises": 3, "helped": 2, "helped_amount": 5000, "dues_collected": 800, "dues_handed_up": 400}
    sent = house.by("王芳").do(f"{task_of(case)}/decision", {"trigger": "submit", "data": data})

    assert (missing["state"], sent["state"]) == ("missing", "submitted")
