"""Somebody of the public with a telephone: reads a notice, objects, keeps the code, looks up what became of it."""

import pytest
from playwright.sync_api import Browser

from tests.api.hearing import OBJECTION, at_notice
from tests.api.house import House
from tests.web.browsing import Visitor, visitor

pytestmark = pytest.mark.browser


def fit(who: Visitor, name: str) -> None:
    """The page has no flaw, takes no more than its width, and its picture is kept."""
    who.picture(name)
    assert who.flaws() == ""
    assert who.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_notice_is_read_and_objected_to_on_a_telephone(chromium: Browser, house: House, address: str) -> None:
    at_notice(house)
    who = visitor(chromium, address, narrow=True)
    who.open("/notices")
    fit(who, "notices-phone")
    who.page.locator(".posted a").click()
    fit(who, "notice-phone")
    who.page.locator(".fixed-bar a").click()
    who.page.locator("#text").fill(OBJECTION)
    assert not who.page.locator("#name").is_visible()
    who.page.reload()
    assert who.page.locator("#text").input_value() == OBJECTION  # kept in this tab
    fit(who, "object-phone")
    who.page.get_by_role("button", name="提交异议").dblclick()
    code = who.page.locator(".receipt .code").inner_text()
    fit(who, "objected-phone")
    who.page.get_by_role("link", name="我已保存").click()
    who.page.locator("#receipt").fill(code.lower())
    who.page.get_by_role("button", name="查询").click()
    assert who.page.get_by_role("heading", name="正在核查").is_visible()
    fit(who, "objection-phone")
    assert who.said == []


def test_objection_works_without_scripts(chromium: Browser, house: House, address: str) -> None:
    at_notice(house)
    who = visitor(chromium, address, scripts=False, locale="en-GB")
    who.open("/notices").locator(".posted a").click()
    who.picture("notice")
    who.page.get_by_role("link", name="Object").first.click()
    who.page.get_by_label("With my name").check()
    who.page.locator("#text").fill(OBJECTION)
    who.page.get_by_role("button", name="Send the objection").click()
    assert who.page.get_by_role("alert").is_visible()
    who.page.locator("#name").fill("张伟")
    who.page.get_by_role("button", name="Send the objection").click()
    assert who.page.locator(".receipt .code").is_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_of_the_public_are_fit_for_everybody(chromium: Browser, house: House, address: str, dark: bool) -> None:
    at_notice(house)
    wrong: dict[str, str] = {}
    paths = (
        "/",
        "/notices",
        "/honours",
        "/verify",
        "/verify/ABCO",
        "/guides",
        "/guides/hearing",
        "/problems/not_found",
    )
    for path in paths:
        who = visitor(chromium, address, dark=dark)
        who.open(path)
        if flaws := who.flaws():
            wrong[path] = flaws
    assert wrong == {}
