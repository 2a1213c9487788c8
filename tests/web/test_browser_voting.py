"""A member votes at a telephone, the hall looks on; the pages are fit for everybody."""

import pytest
from playwright.sync_api import Browser, expect

from tests.api.house import House
from tests.web.browsing import visitor
from tests.web.voting import a_choice

pytestmark = pytest.mark.browser


def test_member_votes_and_the_hall_sees_one_paper_more(chromium: Browser, passwords: House, address: str) -> None:
    round_ = a_choice(passwords)
    task = round_["tasks"][0]["id"]
    hall = visitor(chromium, address).sign_in("郑书记")
    screen = hall.open(f"/rounds/{round_['id']}/meeting/choice")
    screen.set_viewport_size({"width": 1920, "height": 1080})
    expect(screen.locator(".hall-count b")).to_have_text("0")

    member = visitor(chromium, address, narrow=True).sign_in("刘洋")
    paper = member.open(f"/t/{task}/ballot")
    assert member.flaws() == ""
    paper.locator(".choice", has_text="赞成").first.click()
    member.picture("ballot_narrow")
    paper.get_by_role("button", name="看一遍，再投出").last.click()
    assert member.flaws() == ""
    paper.get_by_role("button", name="投出选票").click()
    expect(paper.locator("h1")).to_have_text("已经收到")
    assert member.flaws() == ""

    expect(screen.locator(".hall-count b")).to_have_text("1", timeout=10_000)
    assert hall.flaws() == ""
    hall.picture("meeting_voting")
    screen.keyboard.press("Space")
    expect(screen.locator("#closing")).to_be_visible()
    assert (hall.said, member.said) == ([], [])
