"""Voting, marking, recording what a hall has voted: what is shown, what is refused, and that nothing typed is lost."""

import re
from io import BytesIO
from typing import Any

import pytest

from tests.api.caller import Caller
from tests.api.hearing import at_meeting
from tests.api.house import House
from tests.web.voting import a_choice, cases_of, in_the_hall, vote

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def form(**values: Any) -> dict[str, Any]:
    return {"key": "k" * 32, **values}


def address(subject: dict[str, Any], page: str) -> str:
    return f"/t/{subject['tasks'][0]['id']}/{page}"


def receipt_on(text: str) -> str:
    found = re.search(r'id="receipt">(.*?)</p>', text, re.DOTALL)
    assert found is not None
    return re.sub(r"<[^>]*>|\s", "", found[1])


@pytest.fixture
def choice(house: House) -> dict[str, Any]:
    return a_choice(house)


def test_paper_has_a_row_each_nothing_chosen_and_why_one_has_no_vote(house: House, choice: dict[str, Any]) -> None:
    shown = house.by("王芳").get(address(choice, "ballot"))

    assert shown.status_code == 200
    assert "checked" not in shown.text
    assert "没选的按“弃权”计" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    ids = cases_of(house, choice)
    assert f'name="votes.{ids["韩冬"]}"' in shown.text
    assert f'name="votes.{ids["陈立新"]}"' not in shown.text
    assert re.search(r"陈立新.*按规定回避，不计您的票", shown.text, re.DOTALL)


def test_paper_is_read_once_more_then_cast_and_its_receipt_shown_once(house: House, choice: dict[str, Any]) -> None:
    ids, zheng, at = cases_of(house, choice), house.by("郑书记"), address(choice, "ballot")
    filled = form(**{f"votes.{ids['韩冬']}": "yes"})

    again = zheng.post(at, data={**filled, "step": "look"})
    assert re.search(r"<dt>赞成</dt><dd>韩冬</dd>", again.text)
    assert re.search(r"<dt>没选</dt><dd>陈立新.*按“弃权”计", again.text, re.DOTALL)
    back = zheng.post(at, data={**filled, "step": "back"})
    assert f'name="votes.{ids["韩冬"]}" value="yes" checked' in back.text

    done = zheng.post(at, data={**filled, "step": "cast"})
    assert (done.status_code, len(receipt_on(done.text)) >= 32) == (200, True)
    assert "您已经投过票" in zheng.get(at).text
    assert receipt_on(done.text) not in zheng.get(at).text


def test_double_click_gets_the_same_receipt_and_a_second_paper_is_refused(house: House, choice: dict[str, Any]) -> None:
    ids, zheng, at = cases_of(house, choice), house.by("郑书记"), address(choice, "ballot")
    filled = {f"votes.{ids['韩冬']}": "yes", "step": "cast"}

    first, second = (zheng.post(at, data=form(**filled)) for _ in range(2))
    assert receipt_on(first.text) == receipt_on(second.text)

    other = zheng.post(at, data={**filled, "key": "another"})
    assert other.status_code == 409
    assert "您已经投过票" in other.text


def test_vote_after_the_closing_learns_what_became_of_it(house: House, choice: dict[str, Any]) -> None:
    ids, at = cases_of(house, choice), address(choice, "ballot")
    for who in ("郑书记", "Ann"):
        vote(house, choice, who, 韩冬="yes", 陈立新="no")
    house.by("郑书记").do(f"/api/v1/tasks/{choice['tasks'][0]['id']}/close")

    late = house.by("刘洋").post(at, data=form(**{f"votes.{ids['陈立新']}": "yes", "step": "cast"}))
    assert late.status_code == 409
    assert "投票已经结束，结果中没有您的票" in late.text
    assert house.by("郑书记").get(at).status_code == 200
    votes = house.by("郑书记").get(address(choice, "votes"))
    assert votes.text.count('class="code"') == 2


def test_recused_member_opens_the_ballot_and_is_told_why(house: House) -> None:
    choice = a_choice(house, nominees={"陈立新": "王芳", "丁慧": "王芳"})

    refused = house.by("王芳").get(address(choice, "ballot"))
    assert refused.status_code == 403
    assert "按规定回避：您在这里没有票" in refused.text
    cast = house.by("王芳").post(address(choice, "ballot"), data=form(step="cast"))
    assert cast.status_code == 403


def test_ballot_of_a_case_wants_an_answer(house: House) -> None:
    case = at_meeting(house)
    case = house.by("王芳").read(f"/api/v1/cases/{case['id']}")
    at, zheng = address(case, "ballot"), house.by("郑书记")

    silent = zheng.post(at, data=form(step="look"))
    assert (silent.status_code, "还没选" in silent.text) == (422, True)
    done = zheng.post(at, data=form(step="cast", vote="yes"))
    assert (done.status_code, bool(receipt_on(done.text))) == (200, True)
    assert house.by("路人").get(at).status_code == 404


def marking(house: House) -> tuple[Caller, str]:
    """A card that waits for 郑书记."""
    case = at_meeting(house)
    case = house.by("王芳").read(f"/api/v1/cases/{case['id']}")
    for who in ("郑书记", "Ann"):
        house.by(who).do(f"/api/v1/tasks/{case['tasks'][0]['id']}/ballot", {"vote": "yes"})
    zheng = house.by("郑书记")
    (task,) = zheng.read("/api/v1/tasks?definition=hearing")["items"]
    return zheng, f"/t/{task['id']}/score"


def test_score_card_shows_bands_and_refuses_points_out_of_range(house: House) -> None:
    zheng, at = marking(house)

    card = zheng.get(at)
    assert re.findall(r"<i>([^<]*)</i>", card.text) == ["9–10", "8", "6–7", "0–5"]

    wrong = zheng.post(at, data=form(**{"score.need": "11", "opinion": "确有困难"}))
    assert wrong.status_code == 422
    assert "请填写0至10的整数分" in wrong.text
    assert 'value="11"' in wrong.text
    assert "确有困难" in wrong.text
    assert zheng.post(at, data=form(**{"score.need": "eight"})).status_code == 422

    assert zheng.post(at, data=form(**{"score.need": "", "band.need": "8"})).status_code == 303
    assert zheng.read("/api/v1/tasks?definition=hearing")["items"] == []


def test_stepping_aside_wants_a_reason(house: House) -> None:
    zheng, at = marking(house)

    silent = zheng.post(at, data=form(step="recuse", recused=" "))
    assert (silent.status_code, "请写明回避的原因" in silent.text) == (422, True)
    assert zheng.post(at, data=form(step="recuse", recused="亲属")).status_code in (303, 403, 409)


def test_tally_says_what_it_would_come_to_before_it_is_recorded(house: House) -> None:
    wang, at = house.by("王芳"), address(in_the_hall(house), "record")
    counts = {"record.electorate": "120", "record.present": "96", "record.yes": "90", "record.no": "6"}

    assert "应到" in wang.get(at).text
    looked = wang.post(at, data=form(**counts, step="look"))
    assert re.search(r'class="good">通过</b>.*已通过', looked.text, re.DOTALL)
    few = wang.post(at, data=form(**{**counts, "record.present": "71", "record.yes": "65"}, step="look"))
    assert "表决无效" in few.text


def test_tally_with_more_votes_than_present_keeps_all_that_was_typed(house: House) -> None:
    wang, case = house.by("王芳"), in_the_hall(house)
    at = address(case, "record")
    counts = {"record.electorate": "120", "record.present": "50", "record.yes": "90", "record.no": "6"}
    minutes = {"files.minutes": (BytesIO(PDF), "大会记录.pdf")}

    wrong = wang.post(at, data=form(**counts, **minutes), content_type="multipart/form-data")
    assert wrong.status_code == 422
    assert "96" in wrong.text
    assert 'value="50"' in wrong.text
    assert "大会记录.pdf" in wrong.text
    kept = re.search(r'name="kept.minutes" value="([^"]*)"', wrong.text)
    assert kept is not None

    right = wang.post(at, data=form(**{**counts, "record.present": "96", "kept.minutes": kept[1]}))
    assert right.status_code == 303
    assert wang.read(f"/api/v1/cases/{case['id']}")["state"] == "adopted"
