"""What a chromium without scripts sees of the pages where mails lead; pictures of them lie in test-output."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.api.hearing import EMAIL, at_consent, at_meeting, code_of
from tests.api.house import House

pytestmark = pytest.mark.browser

OUTPUT = Path(__file__).parents[2] / "test-output"
WIDE, NARROW = {"width": 1000, "height": 900}, {"width": 390, "height": 844}


def opened(chromium: Browser, url: str, size: dict[str, int], *, scripts: bool = False, dark: bool = False) -> Page:
    context = chromium.new_context(
        java_script_enabled=scripts,
        viewport=size,  # type: ignore[arg-type]  # width and height
        color_scheme="dark" if dark else "light",
        bypass_csp=scripts,
        locale="zh-CN",
    )
    page = context.new_page()
    answer = page.goto(url)
    assert answer is not None
    assert answer.status < 500
    return page


def picture(page: Page, name: str) -> None:
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=True)


def test_home_says_where_things_are(chromium: Browser, address: str) -> None:
    page = opened(chromium, f"{address}/?language=en", WIDE)
    assert page.get_by_role("link", name="Public notices").get_attribute("href") == "/notices"
    picture(page, "home")
    picture(opened(chromium, f"{address}/", WIDE, dark=True), "home-dark")
    picture(opened(chromium, f"{address}/t/5e7c0a52-3f0e-5d0b-9a3e-8a1f8f0f6d2c.3", WIDE), "task")


def test_link_is_answered_without_scripts(chromium: Browser, house: House, address: str) -> None:
    at_consent(house)
    page = opened(chromium, f"{address}/l/{code_of(house)}", NARROW)
    picture(page, "link-phone")
    page.get_by_role("button", name="不同意").click()
    assert page.get_by_role("alert").is_visible()
    picture(page, "link-refused-phone")
    page.get_by_label("账户").fill("6222 0000")
    page.get_by_role("button", name="同意", exact=True).click()
    assert page.locator(".done[role=status]").is_visible()
    picture(page, "link-done-phone")
    assert house.by("王芳").read("/api/v1/cases")["items"][0]["state"] == "meeting"


def test_public_start_is_filled_in_without_scripts(chromium: Browser, house: House, address: str) -> None:
    house.by(None).post("/api/v1/links", {"definition": "hearing", "contact": EMAIL})
    house.tick()
    page = opened(chromium, f"{address}/l/{code_of(house)}?language=en", WIDE)
    page.get_by_label("Name").fill("张伟")
    page.get_by_label("Illness").check()
    picture(page, "link-start")
    page.get_by_role("button", name="Begin").click()
    picture(page, "link-begun")
    assert page.get_by_label("Name").input_value() == "张伟"


def test_password_is_set_without_scripts(chromium: Browser, address: str) -> None:
    page = opened(chromium, f"{address}/password/none", WIDE)
    picture(page, "password")
    page.locator("#password").fill("correct horse battery")
    page.locator("#again").fill("correct horse battery")
    page.locator("main form .main").click()
    assert page.get_by_role("alert").is_visible()
    picture(page, "password-expired")


def test_pages_are_fit_for_everybody(chromium: Browser, house: House, address: str) -> None:
    at_meeting(house)
    house.by(None).post("/api/v1/links", {"definition": "hearing", "contact": EMAIL})
    house.tick()
    wrong: dict[str, str] = {}
    for path in ("/", "/password/x", "/password", "/objections", "/inbox", "/l/none", f"/l/{code_of(house)}"):
        for dark in (False, True):
            page = opened(chromium, f"{address}{path}", NARROW, scripts=True, dark=dark)
            found = Axe().run(page)
            if found.violations_count:
                wrong[f"{path} {'dark' if dark else 'light'}"] = found.generate_report()
    assert wrong == {}
