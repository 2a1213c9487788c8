"""Deciding from the page, when things go wrong: twice, too late, of somebody else, many at once."""

import re
from typing import Any

from tests.api.contract import Answer
from tests.api.house import House


def send(house: House, by: str, path: str, **form: Any) -> Answer:
    return house.by(by).post(path, data=form, checked=False)


def state_of(house: House, case: dict[str, Any]) -> str:
    return str(house.by("管理员").read(f"/api/v1/cases/{case['id']}")["state"])


def task_id(case: dict[str, Any]) -> str:
    return str(case["tasks"][0]["id"])


def events_of(house: House, case: dict[str, Any]) -> int:
    return len(list(house.by("王芳").each(f"/api/v1/cases/{case['id']}/events")))


def test_double_click_decides_once(house: House) -> None:
    case = house.leave()
    address = f"/t/{task_id(case)}/decision"

    first = send(house, "李强", address, trigger="approve", key="k1")
    second = send(house, "李强", address, trigger="approve", key="k1")

    assert (first.status_code, second.status_code) == (303, 303)
    assert state_of(house, case) == "granted"
    assert events_of(house, case) == 3


def test_back_after_deciding_changes_nothing(house: House) -> None:
    """The page that was gone back to sends another answer, under another key or the old one."""
    case = house.leave()
    address = f"/t/{task_id(case)}/decision"
    send(house, "李强", address, trigger="approve", key="k1")

    for key in ("k1", "k2"):
        again = send(house, "李强", address, trigger="reject", opinion="人手不够", key=key)
        assert again.status_code in (303, 409)
    assert state_of(house, case) == "granted"


def test_task_that_somebody_else_decided_keeps_what_was_typed(house: House) -> None:
    case = house.leave()
    house.by("管理员").do(f"/api/v1/tasks/{task_id(case)}/reassign", {"person": house.people["刘洋"], "reason": "出差"})
    house.by("刘洋").do(f"/api/v1/tasks/{task_id(case)}/decision", {"trigger": "approve"})

    late = send(house, "李强", f"/t/{task_id(case)}/decision", trigger="return", opinion="请写明日期", key="k1")

    assert late.status_code in (303, 403)
    assert state_of(house, case) == "granted"


def test_guessed_task_tells_nothing(house: House) -> None:
    case = house.leave()
    for guessed in (f"{case['id']}.999", "5e7c0a52-3f0e-5d0b-9a3e-8a1f8f0f6d2c.1", "x", task_id(case)):
        for path in (f"/t/{guessed}", f"/t/{guessed}/transfer"):
            seen = house.by("路人").get(path)
            assert seen.status_code in (303, 404), path
            assert "回老家探亲" not in seen.text
        many = house.by("路人").get(f"/inbox/many?task={guessed}")
        assert "回老家探亲" not in many.text
    assert send(house, "路人", f"/t/{task_id(case)}/decision", trigger="approve").status_code in (303, 403, 404)
    assert state_of(house, case) == "township_review"


def test_many_are_looked_at_before_anything_is_done(house: House) -> None:
    first, second = house.leave(reason="参加技能比赛"), house.leave()
    asked = f"/inbox/many?task={task_id(first)}&task={task_id(second)}"

    looked = house.by("李强").get(f"{asked}&trigger=approve")
    returned = house.by("李强").get(f"{asked}&trigger=return")

    assert looked.status_code == 200
    assert ("参加技能比赛" in looked.text, "回老家探亲" in looked.text) == (True, True)
    assert "这个答复要填写意见。" in returned.text
    assert (state_of(house, first), state_of(house, second)) == ("township_review", "township_review")


def test_one_of_many_that_is_refused_hinders_no_other(house: House) -> None:
    first, second = house.leave(reason="参加技能比赛"), house.leave()
    house.by("李强").do(f"/api/v1/tasks/{task_id(second)}/decision", {"trigger": "reject", "opinion": "人手不够"})
    tasks = [task_id(first), task_id(second)]

    done = send(house, "李强", "/inbox/many", task=tasks, trigger="approve", key="k1")
    again = send(house, "李强", "/inbox/many", task=tasks, trigger="approve", key="k1")

    assert (done.status_code, again.status_code) == (200, 200)
    assert len(re.findall('class="late"', done.text)) == 1
    assert (state_of(house, first), state_of(house, second)) == ("granted", "refused")
    assert events_of(house, first) == 3


def test_nothing_ticked_is_told(house: House) -> None:
    assert house.by("李强").get("/inbox/many").status_code == 422
    assert "请先勾选事项。" in house.by("李强").get("/inbox/many").text


def test_task_is_passed_on_to_a_person_who_was_looked_for(house: House) -> None:
    case = house.leave()
    address = f"/t/{task_id(case)}/transfer"

    looked = send(house, "李强", address, who="刘", reason="出差", look="1")
    without = send(house, "李强", address, person=str(house.people["刘洋"]), reason=" ", key="k1")
    done = send(house, "李强", address, person=str(house.people["刘洋"]), reason="出差", key="k2")

    assert ("刘洋" in looked.text, "出差" in looked.text) == (True, True)
    assert without.status_code == 422
    assert done.status_code == 303
    assert house.by("刘洋").read("/api/v1/tasks")["items"][0]["id"] == task_id(case)


def test_operation_of_somebody_elses_task_is_refused_with_what_was_typed(house: House) -> None:
    case = house.leave()
    refused = send(house, "王芳", f"/t/{task_id(case)}/recuse", reason="是我本人的假", key="k1")
    assert refused.status_code == 403
    assert "是我本人的假" in refused.text
