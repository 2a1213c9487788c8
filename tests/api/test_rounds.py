"""Rounds over HTTP: opened, nominated in, called together, decided with exceptions, corrected, closed."""

import pytest

from tests.api.caller import places, problem
from tests.api.house import House
from tests.api.rounds import ROUND, a_round, nominated, publish_selection


@pytest.fixture
def selection(stored_house: House) -> House:
    return publish_selection(stored_house)


def test_round_is_opened_by_whom_the_definition_names(selection: House) -> None:
    body = {"definition": "selection", "data": ROUND}
    assert selection.by("王芳").refused("/api/v1/rounds", body)[0] in (403, 422)
    opened = selection.by("郑书记").post("/api/v1/rounds", body)
    assert opened.status_code == 201
    assert opened.headers["Location"] == f"/api/v1/rounds/{opened.json['id']}"
    assert (opened.json["state"], opened.json["title"]["zh"]) == ("open", "2026年先进评选")
    assert opened.json["closes_at"] == "2026-03-31T16:00:00.000000Z"
    lacking = selection.by("郑书记").post("/api/v1/rounds", {"definition": "selection", "data": {"seats": "many"}})
    assert set(places(lacking)) >= {"/data/seats"}
    assert selection.by("郑书记").refused("/api/v1/rounds", {"definition": "leave_request"})[0] in (403, 409, 422)


def test_cases_of_a_round_are_ranked_decided_and_told(selection: House) -> None:
    zheng = selection.by("郑书记")
    round_ = a_round(selection)
    path = f"/api/v1/rounds/{round_['id']}"
    ids = [nominated(selection, round_, name, points)["id"] for name, points in (("甲", 60), ("乙", 80), ("丙", 70))]

    assert zheng.read(path)["figures"] == {"nominated": 3}
    assert [case["id"] for case in zheng.each(f"{path}/cases", limit=1)] == sorted(ids)
    assert {case["id"] for case in zheng.each(f"/api/v1/cases?round={round_['id']}")} == set(ids)
    assert selection.by("王芳").refused(f"{path}/sittings/ranking", {}) == (403, "not_permitted")
    zheng.do(f"{path}/sittings/ranking", {"reason": "到期"})
    states = {case["subject"]: case["state"] for case in zheng.each(f"{path}/cases")}
    assert states == {"甲": "out", "乙": "list", "丙": "out"}
    sitting = zheng.do(f"{path}/sittings/list", {})
    assert [one["state"] for one in sitting["sittings"]] == ["list"]
    (task,) = zheng.read("/api/v1/tasks")["items"]
    assert (task["case"], task["cases"], task["triggers"], task["may"]) == (
        round_["id"],
        [ids[1]],
        ["approve", "reject"],
        True,
    )
    assert [(one["trigger"], one["opinion"]) for one in task["outlook"]] == [("approve", False), ("reject", True)]
    assert zheng.read(f"/api/v1/tasks/{task['id']}") == task
    decided = zheng.do(
        f"/api/v1/tasks/{task['id']}/decision", {"trigger": "approve", "data": {"round.note": "一致同意"}}
    )
    assert (decided["id"], decided["data"]["note"]) == (round_["id"], "一致同意")
    assert zheng.read(f"/api/v1/cases/{ids[1]}")["state"] == "chosen"
    events = list(zheng.each(f"{path}/events", limit=2))
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["body"] for event in events)


def test_exceptions_of_a_sitting_are_decided_otherwise(selection: House) -> None:
    zheng = selection.by("郑书记")
    round_ = a_round(selection, seats=2)
    first = nominated(selection, round_, "甲", 90)["id"]
    second = nominated(selection, round_, "乙", 80, by="刘洋")["id"]
    for state in ("ranking", "list"):
        zheng.do(f"/api/v1/rounds/{round_['id']}/sittings/{state}", {})
    (task,) = zheng.read("/api/v1/tasks")["items"]
    path = f"/api/v1/tasks/{task['id']}/decision"
    body = {"trigger": "approve", "except": {second: "reject"}}
    assert zheng.refused(path, body) == (422, "opinion")
    assert zheng.refused(path, {**body, "opinion": "x", "except": {"nobody": "reject"}})[0] in (409, 422)
    zheng.do(path, {**body, "opinion": "材料不实"})
    states = {case: zheng.read(f"/api/v1/cases/{case}")["state"] for case in (first, second)}
    assert states == {first: "chosen", second: "out"}


def test_dates_are_moved_with_a_reason(selection: House) -> None:
    zheng, round_ = selection.by("郑书记"), a_round(selection)
    path = f"/api/v1/rounds/{round_['id']}/correct"
    body = {"data": {"closes_on": "2026-04-10"}}
    assert zheng.refused(path, body) == (422, "opinion")
    moved = zheng.do(path, {**body, "reason": "材料准备时间不足"})
    assert moved["closes_at"] == "2026-04-10T16:00:00.000000Z"
    assert selection.by("王芳").refused(path, {**body, "reason": "x"}) == (403, "not_permitted")
    wrong = zheng.post(path, {"data": {"colour": 1, "closes_on": "soon"}, "reason": "x"})
    assert set(places(wrong)) == {"/data/colour", "/data/closes_on"}


def test_nomination_outside_the_dates_is_refused_with_the_dates(selection: House) -> None:
    round_ = a_round(selection)
    selection.by("管理员").do("/api/v1/clock", {"now": "2026-04-02T09:00:00+08:00"}, method="PUT")
    body = {"definition": "selection", "round": round_["id"], "data": {"name": "甲", "points": 1}}
    refused = selection.by("王芳").post("/api/v1/cases", body)
    assert problem(refused) == (409, "closed")
    assert "2026-03-31" in refused.json["detail"]
    assert selection.by("郑书记").read(f"/api/v1/rounds/{round_['id']}")["state"] in ("closed", "over")
    assert [one["id"] for one in selection.by("郑书记").each("/api/v1/rounds?state=open")] == []


def test_round_is_closed_by_hand_and_what_was_not_handed_in_lapses(selection: House) -> None:
    round_ = a_round(selection)
    body = {"definition": "selection", "round": round_["id"], "data": {"name": "甲", "points": 1}}
    case = selection.by("王芳").do("/api/v1/cases", body, status=201)
    closed = selection.by("郑书记").do(f"/api/v1/rounds/{round_['id']}/close", {})
    assert closed["state"] in ("closed", "over")
    assert selection.by("王芳").read(f"/api/v1/cases/{case['id']}")["state"] == "cancelled"


def test_second_nomination_of_one_person_names_the_first(selection: House) -> None:
    round_ = a_round(selection)
    first = nominated(selection, round_, "甲", 1)
    body = {"definition": "selection", "round": round_["id"], "data": {"name": "甲", "points": 2}}
    refused = selection.by("刘洋").post("/api/v1/cases", body)
    assert problem(refused) == (409, "twice")
    assert first["number"] in refused.json["detail"]


def test_address_of_a_case_is_none_of_a_round(selection: House) -> None:
    zheng, round_ = selection.by("郑书记"), a_round(selection)
    case = nominated(selection, round_, "甲", 1)
    for path in (
        f"cases/{round_['id']}",
        f"rounds/{case['id']}",
        f"cases/{round_['id']}/events",
        f"rounds/{case['id']}/cases",
    ):
        assert problem(zheng.get(f"/api/v1/{path}")) == (404, "not_found")
    for path in (f"cases/{round_['id']}/signals", f"rounds/{case['id']}/close", f"cases/{round_['id']}/comment"):
        assert zheng.refused(f"/api/v1/{path}", {"name": "x"} if "signals" in path else {}) == (404, "not_found")
    assert zheng.refused(f"/api/v1/tasks/{round_['id']}.1/score", {"score": {"a": 1}}) == (409, "not_offered")
