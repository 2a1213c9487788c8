"""What opens by itself, over HTTP: as a list, for calendar programs, paused, resumed, skipped, a past period by hand."""

from typing import Any

from icalendar import Calendar

from tests.api.house import House
from workflow.calendar import chinese_calendar
from workflow.cases.versions import Texts, Versions, publish

WEEKLY = """
key: weekly
title: {zh: 周调度, en: Weekly dispatch}
round:
  title: {zh: "{year}年{month}月{day}日调度", en: "Dispatch of {day}/{month}/{year}"}
  at: township
  opens: every Monday at 09:00
  cases: {each: {unit: enterprise}}
people:
  unit: {role: union_chair, at: enterprise}
states:
  report: {task: {who: unit}, to: {submit: filed}}
  filed: {end: {zh: 已报, en: Filed}}
"""
COMING = "/api/v1/cadences/coming"


def begin(house: House) -> None:
    house.office.versions = Versions()
    publish(house.office.database, house.office.versions, Texts(definition=WEEKLY), calendar=chinese_calendar())
    house.tick()


def opens(house: House, until: str = "2026-04-08T00:00:00%2B08:00") -> list[Any]:
    return list(house.by("王芳").each(f"{COMING}?until={until}", limit=2))


def test_what_is_coming_is_listed_page_by_page(house: House) -> None:
    begin(house)
    found = opens(house)
    assert [(one["nominal"], one["opens_at"], one["moved"]) for one in found] == [
        ("2026-03-16", "2026-03-16T01:00:00.000000Z", False),
        ("2026-03-23", "2026-03-23T01:00:00.000000Z", False),
        ("2026-03-30", "2026-03-30T01:00:00.000000Z", False),
        ("2026-04-06", "2026-04-07T01:00:00.000000Z", True),
    ]
    assert found[0]["title"] == {"zh": "2026年3月16日调度", "en": "Dispatch of 16/3/2026"}
    assert [unit["name"] for unit in found[0]["units"]] == ["城东镇", "城西镇"]


def test_a_calendar_program_reads_the_feed_without_signing_in(house: House) -> None:
    begin(house)
    answer = house.by(None, **{"Accept-Language": "en"}).get("/api/v1/cadences/feed.ics")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert len(events) > 40
    assert str(events[0]["SUMMARY"]) == "Dispatch of 16/3/2026"
    assert events[0].decoded("DTSTART").isoformat() == "2026-03-16T09:00:00+08:00"
    assert len({str(event["UID"]) for event in events}) == len(events)


def test_a_skipped_occurrence_stays_in_the_list_and_leaves_the_feed(house: House) -> None:
    begin(house)
    shown = house.by("管理员").do("/api/v1/cadences/weekly/skip", {"nominal": "2026-03-16", "reason": "全区集中培训"})
    assert [(act["kind"], act["nominal"], act["by"]["name"]) for act in shown["acts"]] == [
        ("skipped", "2026-03-16", "管理员")
    ]
    assert [one["skipped"] for one in opens(house)] == [True, False, False, False]
    feed = Calendar.from_ical(house.by(None).get("/api/v1/cadences/feed.ics").data)
    assert feed.walk("VEVENT")[0].decoded("DTSTART").isoformat() == "2026-03-23T09:00:00+08:00"


def test_pausing_and_resuming_are_for_administrators_at_the_top_and_have_a_reason(house: House) -> None:
    begin(house)
    for name in ("王芳", "东镇管理员"):
        assert house.by(name).refused("/api/v1/cadences/weekly/pause", {"reason": "无"}) == (403, "not_permitted")
    assert house.by("管理员").refused("/api/v1/cadences/weekly/pause", {})[0] == 422
    paused = house.by("管理员").do("/api/v1/cadences/weekly/pause", {"reason": "机构改革"})
    assert paused["paused_at"] is not None
    assert paused["next_at"] is None
    assert opens(house) == []
    assert house.by("管理员").refused("/api/v1/cadences/weekly/pause", {"reason": "再停"}) == (409, "not_offered")
    house.by("管理员").do("/api/v1/cadences/weekly/resume", {"reason": "恢复"})
    house.tick()
    (shown,) = house.by("王芳").read("/api/v1/cadences")["items"]
    assert (shown["definition"], shown["next_at"]) == ("weekly", "2026-03-16T01:00:00.000000Z")
    assert (shown["opens"], shown["at"]) == ("every Monday at 09:00", "township")


def test_a_past_period_is_opened_by_hand_once(house: House) -> None:
    begin(house)
    body = {"definition": "weekly", "unit": house.places["城东镇"], "nominal": "2026-03-02"}
    opened = house.by("东镇管理员").do("/api/v1/rounds", body, status=201)
    assert opened["title"]["en"] == "Dispatch of 2/3/2026"
    assert house.by("东镇管理员").refused("/api/v1/rounds", body) == (409, "twice")


def test_wrong_dates_and_unknown_definitions_are_answered(house: House) -> None:
    begin(house)
    admin = house.by("管理员")
    wrong = {"nominal": "2026-03-18", "reason": "无"}
    assert admin.refused("/api/v1/cadences/weekly/skip", wrong) == (422, "data")
    assert admin.refused("/api/v1/cadences/weekly/skip", {"nominal": "31 February", "reason": "无"})[0] == 422
    assert admin.refused("/api/v1/cadences/leave_request/pause", {"reason": "无"}) == (404, "not_found")
    assert admin.refused("/api/v1/cadences/nothing/pause", {"reason": "无"}) == (404, "not_found")
    far = admin.get(f"{COMING}?until=2099-01-01T00:00:00Z")
    assert far.status_code == 422
    assert "400" in far.json["errors"][0]["message"]
