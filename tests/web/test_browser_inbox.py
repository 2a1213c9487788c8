"""The inbox and a decision, in chromium: in Chinese and English, wide and narrow, with scripts and without."""

import pytest
from playwright.sync_api import Browser

from tests.api.house import House
from tests.web.browsing import visitor

pytestmark = pytest.mark.browser


def test_township_decides_in_three_clicks(chromium: Browser, passwords: House, address: str) -> None:
    first, second = passwords.leave(), passwords.leave(reason="参加技能比赛")
    reviewer = visitor(chromium, address).sign_in("李强")
    reviewer.picture("inbox")
    assert reviewer.flaws() == ""
    reviewer.page.get_by_role("link", name="参加技能比赛").click()
    reviewer.page.get_by_role("button", name="准假", exact=True).click()
    reviewer.page.get_by_role("status").filter(has_text="拿回").wait_for()
    reviewer.picture("inbox-decided")
    states = {case["id"]: case["state"] for case in passwords.by("李强").read("/api/v1/cases")["items"]}
    assert (states[second["id"]], states[first["id"]] == states[second["id"]]) != (second["state"], True)
    assert reviewer.said == []


def test_leader_sends_back_on_a_telephone_in_english(chromium: Browser, passwords: House, address: str) -> None:
    case = passwords.leave()
    reviewer = visitor(chromium, address, narrow=True, dark=True, locale="en-GB").sign_in("李强")
    reviewer.open("/inbox?language=en")
    reviewer.picture("inbox-phone")
    assert reviewer.flaws() == ""
    reviewer.page.get_by_role("link", name="回老家探亲").click()
    reviewer.page.get_by_role("button", name="Send back").click()
    assert reviewer.page.get_by_role("alert").is_visible()
    reviewer.page.get_by_label("Opinion").fill("请写明日期")
    reviewer.picture("inbox-phone-refused")
    reviewer.page.get_by_role("button", name="Send back").click()
    reviewer.page.wait_for_url("**/inbox**")
    assert passwords.by("王芳").read(f"/api/v1/cases/{case['id']}")["state"] == "draft"


def test_decision_without_scripts(chromium: Browser, passwords: House, address: str) -> None:
    case = passwords.leave()
    reviewer = visitor(chromium, address, scripts=False).sign_in("李强")
    reviewer.page.get_by_role("link", name="回老家探亲").click()
    reviewer.page.get_by_role("button", name="准假", exact=True).click()
    assert passwords.by("王芳").read(f"/api/v1/cases/{case['id']}")["state"] != case["state"]


def test_pages_of_a_case_are_fit_for_everybody(chromium: Browser, passwords: House, address: str) -> None:
    case = passwords.leave()
    wrong = {}
    for narrow in (False, True):
        for dark in (False, True):
            clerk = visitor(chromium, address, narrow=narrow, dark=dark).sign_in("王芳")
            for path in (f"/cases/{case['id']}", "/cases", "/cases?q=nobody", "/inbox"):
                clerk.open(path)
                wrong[(path, narrow, dark)] = clerk.flaws()
            clerk.open(f"/cases/{case['id']}")
            clerk.picture(f"case{'-phone' if narrow else ''}{'-dark' if dark else ''}")
    assert {place: found for place, found in wrong.items() if found} == {}
