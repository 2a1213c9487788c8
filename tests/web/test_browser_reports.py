"""The month and a definition at a browser: found from the side bar, fit for everybody, within a telephone's width."""

import pytest
from playwright.sync_api import Browser

from tests.api.house import House
from tests.web.browsing import visitor
from tests.web.test_reports import month

__all__ = ["month"]

pytestmark = pytest.mark.browser

WIDER_THAN_THE_WINDOW = "document.documentElement.scrollWidth > window.innerWidth"


def test_month_is_opened_from_the_side_bar_and_projected(
    chromium: Browser, month: House, passwords: House, address: str
) -> None:
    leader = visitor(chromium, address).sign_in("郑书记")
    leader.page.locator(".side").get_by_text("每月一汇报").click()
    assert leader.flaws() == ""
    leader.picture("month")
    leader.page.get_by_text("开会投屏").click()
    assert leader.flaws() == ""
    assert leader.page.locator(".side").count() == 0
    leader.page.keyboard.press("Escape")
    leader.page.locator(".side").wait_for()


@pytest.mark.parametrize("path", ["/reports/monthly_report", "/definitions", "/definitions/monthly_report"])
def test_pages_are_fit_for_a_telephone_in_the_dark(
    chromium: Browser, month: House, passwords: House, address: str, path: str
) -> None:
    leader = visitor(chromium, address, narrow=True, dark=True, scripts=True).sign_in("郑书记")
    page = leader.open(path)
    assert leader.flaws() == ""
    assert not page.evaluate(WIDER_THAN_THE_WINDOW)
    leader.picture(f"phone{path.replace('/', '-')}")
