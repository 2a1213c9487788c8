"""Renews the pictures of the README from the demonstration: plays it, serves it, looks at its pages with a chromium."""

import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "pictures"
ADDRESS, PORT = "http://127.0.0.1:8765", "8765"
PATIENCE = 600  #: seconds until the demonstration is played


@dataclass(frozen=True, kw_only=True)
class Shot:
    name: str
    login: str | None
    path: str
    width: int = 1440
    height: int = 900
    dark: bool = False


SHOTS = (
    Shot(name="sign-in", login=None, path="/sign-in"),
    Shot(name="inbox", login="liqiang", path="/inbox"),
    Shot(name="inbox-dark", login="liqiang", path="/inbox?language=en", dark=True),
    Shot(name="inbox-phone", login="liqiang", path="/inbox", width=390, height=844),
    Shot(name="dispatch", login="zhaomin", path="/reports/weekly_dispatch"),
    Shot(name="definition", login="admin", path="/definitions/model_worker"),
    Shot(name="notices", login=None, path="/notices"),
    Shot(name="honours", login=None, path="/honours"),
)


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with served(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for shot in SHOTS:
            taken(browser, shot)
        browser.close()


@contextmanager
def served() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, ROOT / "service.py", "demo", "--port", PORT]
        server = subprocess.Popen([*command, "--database", f"sqlite:///{folder}/demo.db"], cwd=folder)  # noqa: S603 -- our own command
        try:
            wait()
            yield
        finally:
            server.terminate()
            server.wait()


def wait() -> None:
    for _ in range(PATIENCE):
        try:
            urllib.request.urlopen(f"{ADDRESS}/healthz").close()
        except OSError:
            time.sleep(1)
        else:
            return
    raise SystemExit("The demonstration did not answer in time.")


def taken(browser: Browser, shot: Shot) -> None:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.dark else "light",
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    page = context.new_page()
    if shot.login:
        page.goto(f"{ADDRESS}/sign-in")
        page.locator(f"form[action='/demo/as']:has(input[value='{shot.login}']) button").click()
    page.goto(ADDRESS + shot.path)
    page.screenshot(path=TARGET / f"{shot.name}.png")
    context.close()


if __name__ == "__main__":
    main()
