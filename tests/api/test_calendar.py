"""The calendar's overrides: read by all, set at the top, for what is reckoned later."""

from typing import Any

import pytest

from tests.api.caller import places, problem
from tests.api.house import House

DAYS = [
    {"day": "2026-03-10", "kind": "rest", "name": "停电检修"},
    {"day": "2026-03-14", "kind": "work", "name": "补3月10日"},
]


def test_overrides_move_what_is_reckoned_later_and_nothing_that_was_announced(stored_house: House) -> None:
    house = stored_house
    admin = house.by("管理员")
    before = house.leave()["tasks"][0]["due_at"]

    answer = admin.put("/api/v1/calendar", {"days": DAYS})

    assert (answer.status_code, answer.json["days"]) == (200, DAYS)
    assert before == "2026-03-12T16:00:00.000000Z"
    assert house.leave()["tasks"][0]["due_at"] == "2026-03-13T16:00:00.000000Z"
    assert house.by("路人").read("/api/v1/calendar")["days"] == DAYS
    (first, *_) = [task["due_at"] for task in house.by("李强").read("/api/v1/tasks")["items"]]
    assert first == before
    assert admin.do("/api/v1/calendar", {"days": []}, method="PUT")["days"] == []
    assert house.leave()["tasks"][0]["due_at"] == before


def test_years_that_are_not_published_are_warned_of(house: House) -> None:
    admin = house.by("管理员")
    shown = admin.read("/api/v1/calendar", headers={"Accept-Language": "en"})
    assert 2026 in shown["published"]
    assert shown["warnings"] == ["The make-up days of 2027 are not published yet; moments in it may still move."]
    far = [{"day": "2031-10-01", "kind": "rest", "name": "国庆节"}]
    assert len(admin.do("/api/v1/calendar", {"days": far}, method="PUT")["warnings"]) == 2
    made_up = [*far, {"day": "2031-10-11", "kind": "work", "name": "补国庆"}]
    assert 2031 in admin.do("/api/v1/calendar", {"days": made_up}, method="PUT")["published"]


def test_calendar_that_somebody_else_has_changed_is_not_overwritten(stored_house: House) -> None:
    admin = stored_house.by("管理员")
    tag = admin.get("/api/v1/calendar").headers["ETag"]
    changed = admin.put("/api/v1/calendar", {"days": DAYS}, headers={"If-Match": tag})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"1"')
    stale = admin.put("/api/v1/calendar", {"days": []}, headers={"If-Match": tag})
    assert problem(stale) == (412, "stale")
    assert admin.read("/api/v1/calendar")["days"] == DAYS


@pytest.mark.parametrize(
    ("days", "at"),
    [
        ("all", "/days"),
        ([{"day": "2026-02-30", "kind": "rest", "name": "x"}], "/days/0/day"),
        ([{"day": "2026-03-10", "kind": "holiday", "name": "x"}], "/days/0/kind"),
        ([{"day": "2026-03-10", "kind": "rest"}], "/days/0/name"),
        ([{"day": "2026-03-10", "kind": "rest", "name": "x", "colour": 1}], "/days/0/colour"),
        ([DAYS[0], DAYS[0]], "/days"),
        ([{"day": "2026-03-10T00:00:00Z", "kind": "rest", "name": "x"}], "/days/0/day"),
    ],
)
def test_days_that_cannot_be_taken_are_told(house: House, days: Any, at: str) -> None:
    refused = house.by("管理员").put("/api/v1/calendar", {"days": days})
    assert (refused.status_code, places(refused)) == (422, [at])


def test_calendar_is_set_at_the_top_only(house: House) -> None:
    for name in ("东镇管理员", "王芳", "路人"):
        assert house.by(name).refused("/api/v1/calendar", {"days": []}, method="PUT") == (403, "not_permitted")
