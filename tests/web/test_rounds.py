"""Rounds, their sittings, the projected meeting, and the turnout of a poll for whoever oversees it."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.api.house import House, task_of
from tests.api.polling import Poll
from tests.web.voting import a_choice, cases_of, vote


@pytest.fixture
def choice(house: House) -> dict[str, Any]:
    return a_choice(house)


def meeting(round_: dict[str, Any]) -> str:
    return f"/rounds/{round_['id']}/meeting/choice"


def reviewed(house: House, seats: int = 2) -> dict[str, Any]:
    """A list that waits for the office."""
    round_ = a_choice(house, seats)
    for who in ("郑书记", "Ann"):
        vote(house, round_, who, 陈立新="yes", 韩冬="yes")
    zheng = house.by("郑书记")
    zheng.do(f"{task_of(round_)}/close")
    found: dict[str, Any] = zheng.do(f"/api/v1/rounds/{round_['id']}/sittings/review")
    return found


def test_rounds_are_listed_for_those_who_may_see_them(house: House, choice: dict[str, Any]) -> None:
    assert choice["title"]["zh"] in house.by("王芳").get("/rounds").text
    assert choice["title"]["zh"] not in house.by("路人").get("/rounds").text
    assert house.by("路人").get(f"/rounds/{choice['id']}").status_code == 404
    assert house.by(None).get("/rounds").status_code == 401


def test_round_shows_its_fields_cases_and_what_sits(house: House, choice: dict[str, Any]) -> None:
    page = house.by("郑书记").get(f"/rounds/{choice['id']}").text
    for words in ("名额", "推荐人数", "陈立新", "韩冬", "评选会", "收票", "投屏"):
        assert words in page

    own = house.by("王芳").get(f"/rounds/{choice['id']}").text
    assert ("陈立新" in own, "韩冬" in own, "收票" in own, "投屏" in own) == (True, False, False, False)


def test_calling_together_is_offered_to_whom_it_is_given(house: House) -> None:
    round_ = reviewed(house)
    zheng = house.by("郑书记")
    assert zheng.post(f"/rounds/{round_['id']}/sittings/choice").status_code == 409
    refused = house.by("王芳").post(f"/rounds/{round_['id']}/close")
    assert refused.status_code == 403
    assert zheng.post(f"/rounds/{round_['id']}/close").status_code == 303
    assert zheng.read(f"/api/v1/rounds/{round_['id']}")["state"] != "open"


def test_dates_are_moved_with_a_reason(house: House, choice: dict[str, Any]) -> None:
    zheng, at = house.by("郑书记"), f"/rounds/{choice['id']}/correct"
    assert 'value="2026-03-31"' in zheng.get(at).text

    sent = {"has.closes_on": "", "closes_on": "2026-04-10", "has.seats": "", "seats": "1", "reason": ""}
    silent = zheng.post(at, data=sent)
    assert (silent.status_code, 'value="2026-04-10"' in silent.text) == (422, True)
    assert zheng.post(at, data={**sent, "reason": "材料准备时间不足"}).status_code == 303
    assert zheng.read(f"/api/v1/rounds/{choice['id']}")["data"]["closes_on"] == "2026-04-10"
    assert house.by("王芳").post(at, data={**sent, "reason": "x", "closes_on": "2026-04-11"}).status_code == 403


def test_whole_list_is_decided_with_an_exception(house: House) -> None:
    round_ = reviewed(house)
    ids, zheng = cases_of(house, round_), house.by("郑书记")
    (task,) = [one["id"] for one in round_["tasks"]]
    pane = zheng.get(f"/t/{task}").text
    assert ("陈立新" in pane, "第1名" in pane, "2票中2票" in pane) == (True, True, True)
    assert 'name="note"' in pane

    sent = {"trigger": "approve", f"except.{ids['韩冬']}": "reject", "has.note": "", "note": "四月十日会议"}
    silent = zheng.post(f"/t/{task}/decision", data=sent)
    assert silent.status_code == 422
    assert "四月十日会议" in silent.text
    assert re.search(r'<option value="reject" selected>', silent.text)

    done = zheng.post(f"/t/{task}/decision", data={**sent, "opinion": "韩冬材料不全"})
    assert done.status_code == 303
    states = {name: zheng.read(f"/api/v1/cases/{case}")["state"] for name, case in ids.items()}
    assert states == {"陈立新": "chosen", "韩冬": "out"}
    assert zheng.read(f"/api/v1/rounds/{round_['id']}")["data"]["note"] == "四月十日会议"


def test_meeting_shows_how_many_have_voted_and_never_who(house: House, choice: dict[str, Any]) -> None:
    vote(house, choice, "Ann", 陈立新="yes")

    hall = house.by("郑书记").get(meeting(choice)).text
    assert re.search(r"<b>1</b>\s*<span>/ 4人已投", hall)
    assert re.findall(r'<i class="([a-z ]*)"></i>', hall) == ["today", "left needed", "left", "left"]
    assert "满2张有效，还差1张" in hall
    assert "Ann" not in hall
    part = house.by("郑书记").get(meeting(choice), headers={"HX-Request": "true"}).text
    assert part.strip().startswith("<div")
    assert house.by("王芳").get(meeting(choice)).status_code == 403
    assert house.by("郑书记").get(f"/rounds/{choice['id']}/meeting/review").status_code == 404


def test_tie_at_the_last_seat_is_shown_and_parted_by_a_second_ballot(house: House, choice: dict[str, Any]) -> None:
    zheng = house.by("郑书记")
    for who in ("郑书记", "Ann"):
        vote(house, choice, who, 陈立新="yes", 韩冬="yes")
    closed = zheng.post(
        f"/rounds/{choice['id']}/ballots/{choice['tasks'][0]['id']}/close",
        data=urlencode({"back": "choice"}),
        content_type="application/x-www-form-urlencoded",
    )
    assert (closed.status_code, closed.headers["Location"]) == (303, meeting(choice))
    tie = zheng.get(meeting(choice)).text
    assert tie.count('class="verdict">同票') == 2
    assert ("第二轮投票" in tie, "/ 4人已投" in tie) == (True, True)

    second = zheng.read(f"/api/v1/rounds/{choice['id']}")
    vote(house, second, "郑书记", 陈立新="yes", 韩冬="no")
    vote(house, second, "Ann", 陈立新="yes", 韩冬="yes")
    zheng.do(f"{task_of(second)}/close")

    result = zheng.get(meeting(choice)).text
    assert "1人入选" in result
    assert re.findall(r'<li class="(\w+)( last)?">', result) == [("seated", " last"), ("outside", "")]
    box = result[result.index("第二轮投票") :]
    assert ("2票" in box, "1票" in box) == (True, True)
    first = re.findall(r'class="votes"><b>(\d+)</b> / (\d+)', result)
    assert first == [("2", "2"), ("2", "2")]


def test_ballot_is_closed_by_whom_the_definition_names(house: House, choice: dict[str, Any]) -> None:
    at = f"/rounds/{choice['id']}/ballots/{choice['tasks'][0]['id']}/close"
    assert house.by("王芳").post(at).status_code == 403
    assert house.by("王芳").read(f"/api/v1/rounds/{choice['id']}")["sittings"][0]["state"] == "choice"


def test_chair_sees_turnout_by_branch_then_the_result_and_no_names(poll: Poll) -> None:
    house = poll.house
    for member in poll.members[3:8]:
        poll.vote(member, "satisfied", organisation="basically")
    at = f"/cases/{poll.case}/ballots"

    runs = house.by("王芳").get(at).text
    assert ("5 <small>/ 19人已投" in runs, "还差8人才有效（满13人）" in runs) == (True, True)
    assert "提醒还没投的14人" in runs
    assert "会员" not in re.sub(r"会员评议|会员评家", "", runs.split("<main")[1])

    assert house.by("王芳").post(f"{at}/remind", data={"key": "a"}).status_code == 303
    again = house.by("王芳").post(f"{at}/remind", data={"key": "b"})
    assert again.status_code == 409

    poll.close()
    over = house.by("王芳").get(at).text
    assert "提醒还没投的" not in over
    assert "按分会" in over
    assert "基本满意" in over
