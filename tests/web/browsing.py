"""A person at a browser: signs in, opens pages, takes pictures of them; what is not fit for everybody is told."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.api.house import PEOPLE
from tests.web.conftest import PASSWORD

OUTPUT = Path(__file__).parents[2] / "test-output"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@dataclass(kw_only=True)
class Visitor:
    """One browser window of somebody, or of nobody who is signed in."""

    page: Page
    address: str
    said: list[str] = field(default_factory=list)  #: what the console said

    def sign_in(self, name: str) -> "Visitor":
        self.open("/sign-in")
        self.page.locator("#login").fill(PEOPLE[name]["login"])
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator("main form .main").click()
        return self

    def open(self, path: str) -> Page:
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status < 500
        return self.page

    def picture(self, name: str) -> None:
        OUTPUT.mkdir(exist_ok=True)
        self.page.screenshot(path=OUTPUT / f"{name}.png", full_page=True, caret="initial")

    def flaws(self) -> str:
        """What axe finds on the page that is open; empty where nothing is wrong."""
        found = Axe().run(self.page)
        return str(found.generate_report()) if found.violations_count else ""


def visitor(
    chromium: Browser,
    address: str,
    *,
    narrow: bool = False,
    dark: bool = False,
    scripts: bool = True,
    locale: Literal["zh-CN", "en-GB"] = "zh-CN",
) -> Visitor:
    size: Any = NARROW if narrow else WIDE
    context = chromium.new_context(
        java_script_enabled=scripts,
        viewport=size,
        color_scheme="dark" if dark else "light",
        locale=locale,
        timezone_id="Asia/Shanghai",
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    found = Visitor(page=page, address=address)
    page.on("console", lambda message: found.said.append(message.text))
    page.on("pageerror", lambda error: found.said.append(str(error)))
    return found
