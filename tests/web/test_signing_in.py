"""Signing in with a browser: sessions, what is typed while one ends, other sites, language and theme."""

import re

import pytest
from flask.testing import FlaskClient

from tests.api.house import House
from tests.web.conftest import PASSWORD
from workflow.clock.settable import mark, set_cast

WANG = {"login": "wangfang", "password": PASSWORD}


@pytest.fixture
def browser(passwords: House) -> FlaskClient:
    return passwords.app.test_client()


def test_inbox_asks_who_is_not_signed_in_and_leads_back(browser: FlaskClient) -> None:
    asked = browser.get("/inbox?definition=leave_request")
    assert (asked.status_code, 'name="next" value="/inbox?definition=leave_request"' in asked.text) == (401, True)

    signed_in = browser.post("/sign-in", data={**WANG, "next": "/inbox?definition=leave_request"})
    assert (signed_in.status_code, signed_in.headers["Location"]) == (303, "/inbox?definition=leave_request")
    cookie = next(c for c in signed_in.headers.getlist("Set-Cookie") if c.startswith("yangguang_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert browser.get("/inbox").status_code == 200
    assert browser.get("/api/v1/me").json["person"]["login"] == "wangfang"  # type: ignore[index]


def test_wrong_password_says_neither_which_and_five_lock(browser: FlaskClient) -> None:
    answers = [
        browser.post("/sign-in", data={"login": login, "password": "wrong wrong"}) for login in ("wangfang", "x")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].text.replace('value="wangfang"', "") == answers[1].text.replace('value="x"', "")
    for _ in range(4):
        browser.post("/sign-in", data={"login": "wangfang", "password": "wrong wrong"})
    assert browser.post("/sign-in", data=WANG).status_code == 429


def test_session_ends_when_it_rests_and_when_it_is_left(passwords: House, browser: FlaskClient) -> None:
    browser.post("/sign-in", data=WANG)
    passwords.at("2026-03-09T13:59:00+08:00")
    assert browser.get("/inbox").status_code == 200
    passwords.at("2026-03-09T18:01:00+08:00")
    assert browser.get("/inbox").status_code == 401

    browser.post("/sign-in", data={**WANG, "stay": "yes"})
    passwords.at("2026-03-12T09:00:00+08:00")
    assert browser.get("/inbox").status_code == 200
    kept = browser.get_cookie("yangguang_session")
    assert kept is not None
    browser.post("/sign-out")
    browser.set_cookie("yangguang_session", kept.value)
    assert browser.get("/inbox").status_code == 401


def test_expired_session_loses_nothing_of_what_was_typed(passwords: House, browser: FlaskClient) -> None:
    case = passwords.leave()
    qiang = {"login": "liqiang", "password": PASSWORD}
    browser.post("/sign-in", data=qiang)
    passwords.at("2026-03-10T10:00:00+08:00")
    address = f"/t/{case['tasks'][0]['id']}/decision"
    sent = {"trigger": "approve", "opinion": "情况属实\n同意", "key": "k1"}
    asked = browser.post(address, data=sent)
    assert (asked.status_code, "情况属实" in asked.text) == (401, True)

    again = browser.post("/sign-in", data={**qiang, "next": address, **{f"kept.{n}": v for n, v in sent.items()}})
    assert (again.status_code, f'action="{address}"' in again.text, "情况属实\n同意" in again.text) == (200, True, True)
    assert browser.post(address, data=sent).status_code == 303
    events = passwords.by("李强").read(f"/api/v1/cases/{case['id']}/events")["items"]
    assert events[-1]["texts"] == [{"kind": "opinion", "text": "情况属实\n同意"}]


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_what_another_site_sends_is_refused(passwords: House, browser: FlaskClient, headers: dict[str, str]) -> None:
    case = passwords.leave()
    browser.post("/sign-in", data={"login": "liqiang", "password": PASSWORD})
    task = case["tasks"][0]["id"]
    assert browser.post(f"/t/{task}/decision", data={"trigger": "approve"}, headers=headers).status_code == 403
    sent = browser.post(f"/api/v1/tasks/{task}/decision", json={"trigger": "approve"}, headers=headers)
    assert sent.status_code == 403
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    assert browser.post(f"/t/{task}/decision", data={"trigger": "approve"}, headers=own).status_code == 303


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_site(browser: FlaskClient, address: str) -> None:
    signed_in = browser.post("/sign-in", data={**WANG, "next": address})
    assert signed_in.headers["Location"] == "/inbox"


def test_demo_is_looked_at_as_anybody_of_its_cast(passwords: House, browser: FlaskClient) -> None:
    set_cast(passwords.office, ["liqiang", "zheng"])
    shown = browser.get("/sign-in").text
    assert re.findall(r'action="/demo/as"><input type="hidden" name="login" value="(\w+)"', shown) == [
        "liqiang",
        "zheng",
    ]
    browser.post("/demo/as", data={"login": "zheng", "next": "/cases"})
    assert browser.get("/api/v1/me").json["person"]["name"] == "郑书记"  # type: ignore[index]
    assert browser.post("/demo/as", data={"login": "wangfang"}).status_code == 404
    mark(passwords.office, "real")
    assert browser.post("/demo/as", data={"login": "liqiang"}).status_code == 404


def test_language_and_theme_are_remembered(browser: FlaskClient) -> None:
    assert "登录" in browser.get("/sign-in").text
    assert 'lang="en"' in browser.get("/sign-in?language=en").text
    assert 'lang="en"' in browser.get("/sign-in").text
    browser.post("/sign-in", data=WANG)
    assert "To do" in browser.get("/inbox").text
    browser.post("/theme", data={"theme": "dark", "next": "/inbox"})
    assert 'data-theme="dark"' in browser.get("/inbox").text
    browser.post("/theme", data={"theme": "system", "next": "/inbox"})
    assert "data-theme" not in browser.get("/inbox").text


def test_first_load_of_a_page_is_small_and_its_files_are_kept(passwords: House, browser: FlaskClient) -> None:
    passwords.leave()
    browser.post("/sign-in", data={"login": "liqiang", "password": PASSWORD})
    page = browser.get("/inbox")
    assert "style=" not in page.text
    files = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text))
    size = len(page.data)
    for name in files:
        with browser.get(name) as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            size += len(answer.data)
    assert size < 150_000
