"""A form from the catalogue to its paper, in chromium: kept as one types, though the session ends in between."""

import pytest
from playwright.sync_api import Browser

from tests.api.house import House
from tests.web.browsing import visitor
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.browser


def test_leave_is_started_typed_and_handed_in(chromium: Browser, passwords: House, address: str) -> None:
    clerk = visitor(chromium, address).sign_in("王芳")
    page, flaws = clerk.page, {}
    for name, path in (("start", "/start"), ("begin", "/start/leave_request")):
        clerk.open(path)
        clerk.picture(name)
        flaws[name] = clerk.flaws()
    page.locator(".begin .main").click()
    page.get_by_label("年休假").check()
    page.locator("#reason").fill("回老家探亲")
    page.locator("#from_on").fill("2026-03-20")
    page.locator("#days").fill("2")
    page.locator("#given", has_text="4 / 4").wait_for()

    page.context.clear_cookies()
    page.locator("#stand_in").fill("赵师傅")
    page.locator("#signed-out").wait_for(state="visible")
    page.locator("#sign-in-again [name=login]").fill("wangfang")
    page.locator("#sign-in-again [name=password]").fill(PASSWORD)
    page.locator("#sign-in-again .main").click()
    page.locator("#signed-out").wait_for(state="hidden")
    clerk.picture("form")
    flaws["form"] = clerk.flaws()

    page.locator(".fill-bar .main").click()
    clerk.picture("form-review")
    flaws["review"] = clerk.flaws()
    page.locator("button[value=submit]").click()
    page.wait_for_url("**/cases/**")
    case = passwords.by("王芳").read("/api/v1/cases")["items"][0]
    assert (case["state"], case["data"]["stand_in"]) == ("township_review", "赵师傅")
    clerk.open(f"/cases/{case['id']}/form")
    clerk.picture("approval-form")
    flaws["paper"] = clerk.flaws()
    assert {name: found for name, found in flaws.items() if found} == {}
