"""Idempotency-Key and If-Match: an act may be sent again, and nothing is decided upon what has moved."""

from typing import Any

from tests.api.caller import Caller, problem
from tests.api.house import LEAVE, House, task_of
from tests.api.rounds import ROUND, publish_selection


def keyed(caller: Caller, path: str, body: Any, key: str) -> tuple[int, Any, str | None]:
    answer = caller.post(path, body, headers={"Idempotency-Key": key})
    return answer.status_code, answer.json, answer.headers.get("Idempotent-Replayed")


def test_start_sent_again_is_one_case(stored_house: House) -> None:
    wang = stored_house.by("王芳")
    body = {"definition": "leave_request", "data": LEAVE}

    first = keyed(wang, "/api/v1/cases", body, "start")
    again = keyed(wang, "/api/v1/cases", body, "start")

    assert (first[0], first[2]) == (201, None)
    assert again == (201, first[1], "true")
    assert len(list(wang.each("/api/v1/cases"))) == 1
    assert keyed(wang, "/api/v1/cases", {**body, "data": {}}, "start")[:2][0] == 422
    other = keyed(stored_house.by("刘洋"), "/api/v1/cases", body, "start")
    assert (other[0], other[1]["id"] != first[1]["id"]) == (201, True)


def test_decision_sent_again_gets_the_answer_of_then(stored_house: House) -> None:
    house = stored_house
    case, li = house.leave(), house.by("李强")
    path, body = f"{task_of(case)}/decision", {"trigger": "return", "opinion": "请写明"}

    first = keyed(li, path, body, "d")
    resubmitted = house.by("王芳").read(f"/api/v1/cases/{case['id']}")["tasks"][0]["id"]
    house.by("王芳").do(f"/api/v1/tasks/{resubmitted}/decision", {"trigger": "submit"})
    again = keyed(li, path, body, "d")

    assert (first[0], first[1]["state"]) == (200, "draft")
    assert (again[0], again[2], again[1]["version"], again[1]["state"]) == (200, "true", first[1]["version"], "draft")
    assert len(list(li.each(f"/api/v1/cases/{case['id']}/events"))) == 4


def test_key_of_one_request_is_refused_for_another(stored_house: House) -> None:
    house = stored_house
    case, li = house.leave(), house.by("李强")
    path = f"{task_of(case)}/decision"
    keyed(li, path, {"trigger": "return", "opinion": "一"}, "k")

    for body in ({"trigger": "return", "opinion": "二"}, {"trigger": "approve"}):
        refused = li.post(path, body, headers={"Idempotency-Key": "k"})
        assert problem(refused) == (422, "key_reused")
    comment = li.post(f"/api/v1/cases/{case['id']}/comment", {"text": "x"}, headers={"Idempotency-Key": "k"})
    assert problem(comment) == (422, "key_reused")


def test_same_key_of_another_person_is_another(stored_house: House) -> None:
    house = stored_house
    case = house.leave()
    path = f"/api/v1/cases/{case['id']}/comment"
    for name in ("王芳", "李强"):
        assert keyed(house.by(name), path, {"text": "好"}, "same")[2] is None
    assert len(list(house.by("王芳").each(f"/api/v1/cases/{case['id']}/events"))) == 4


def test_refused_act_leaves_its_key_free(stored_house: House) -> None:
    house = stored_house
    case, li = house.leave(), house.by("李强")
    path = f"{task_of(case)}/decision"
    assert keyed(li, path, {"trigger": "return"}, "k")[0] == 422
    assert keyed(li, path, {"trigger": "approve"}, "k")[0] == 200


def test_key_has_a_length(house: House) -> None:
    wang = house.by("王芳")
    body = {"definition": "leave_request", "data": LEAVE}
    assert keyed(wang, "/api/v1/cases", body, "x" * 201)[0] == 400
    assert keyed(wang, "/api/v1/cases", body, "")[0] == 400
    assert keyed(wang, "/api/v1/cases", body, "x" * 200)[0] == 201


def test_round_opened_again_is_one_round(stored_house: House) -> None:
    house = publish_selection(stored_house)
    body = {"definition": "selection", "data": ROUND}
    first = keyed(house.by("郑书记"), "/api/v1/rounds", body, "r")
    again = keyed(house.by("郑书记"), "/api/v1/rounds", body, "r")
    assert (first[0], again) == (201, (201, first[1], "true"))


def test_version_that_has_moved_is_refused(stored_house: House) -> None:
    house = stored_house
    case, li = house.leave(), house.by("李强")
    path = f"/api/v1/cases/{case['id']}"
    tag = li.get(path).headers["ETag"]
    assert tag == f'"{case["version"]}"'
    house.by("王芳").do(f"{path}/comment", {"text": "请尽快"})

    stale = li.post(f"{task_of(case)}/decision", {"trigger": "approve"}, headers={"If-Match": tag})

    assert problem(stale) == (412, "stale")
    assert li.read(path)["state"] == "township_review"
    now = li.get(path).headers["ETag"]
    decided = li.post(f"{task_of(case)}/decision", {"trigger": "approve"}, headers={"If-Match": now})
    assert (decided.status_code, decided.headers["ETag"]) == (200, f'"{decided.json["version"]}"')


def test_if_match_of_what_is_no_version_matches_nothing(house: House) -> None:
    case, li = house.leave(), house.by("李强")
    for tag in ('"x"', '"1", "2"', 'W/"2"', '"-1"', '"99999999999999999999"', '"٣"'.encode().decode("latin-1")):
        refused = li.post(f"{task_of(case)}/decision", {"trigger": "approve"}, headers={"If-Match": tag})
        assert problem(refused) == (412, "stale"), tag
    assert li.post(f"{task_of(case)}/decision", {"trigger": "approve"}, headers={"If-Match": "*"}).status_code == 200


def test_version_is_for_if_match_only_so_a_case_is_always_shown_anew(house: House) -> None:
    """What stands in it depends on the reader and on the hour; a tag that says neither may not spare the answer."""
    case, wang = house.leave(), house.by("王芳")
    path = f"/api/v1/cases/{case['id']}"
    tag = wang.get(path).headers["ETag"]
    again = wang.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.json["id"]) == (200, case["id"])
    assert "no-store" in again.headers["Cache-Control"]
