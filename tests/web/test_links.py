"""The pages where mails lead: each is there, works by plain forms, and tells nobody what is not his."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.hearing import EMAIL, FORM, OBJECTION, at_consent, at_notice, code_of
from tests.api.house import House
from tests.api.polling import Poll, a_poll
from workflow.clock.settable import mark
from workflow.messages import addresses

#: A script within the page: the policy of contents lets none run.
SCRIPT_OF_ITS_OWN = re.compile(r"<script(?! src=)|\son\w+=|javascript:")
CASE = "5e7c0a52-3f0e-5d0b-9a3e-8a1f8f0f6d2c"


class Page(HTMLParser):
    """The inputs of a page by name, with what stands in them, and its buttons."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inputs: dict[str, Any] = {}
        self.choices: dict[str, list[str]] = {}
        self.buttons: list[str] = []
        self._area: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name = found.get("name", "")
        if tag == "input" and found.get("type") in ("radio", "checkbox"):
            self.choices.setdefault(name, []).append(found["value"])
            if "checked" in found:
                self.inputs[name] = [*self.inputs.get(name, []), found["value"]]
        elif tag == "input":
            self.inputs[name] = found.get("value", "")
        elif tag == "textarea":
            self._area, self.inputs[name] = name, ""
        elif tag == "select":
            self.inputs.setdefault(name, "")
        elif tag == "button":
            self.buttons.append(found.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.inputs[self._area] += data


def shown(house: House, path: str) -> TestResponse:
    return house.app.test_client().get(path)


def sent(house: House, path: str, **values: object) -> TestResponse:
    """The page's own form with these values, as a browser sends it."""
    page = Page(shown(house, path).text)
    return house.app.test_client().post(path, data={**page.inputs, **values}, follow_redirects=True)


@pytest.mark.parametrize(
    "address",
    [
        addresses.task_page("", CASE, 3),
        addresses.subject_page("", CASE, is_round=False),
        addresses.subject_page("", CASE, is_round=True),
        addresses.inbox_page(""),
        addresses.own_page(""),
        addresses.objection_page(""),
        addresses.password_page("", "a<b>-code"),
        "/",
        "/password",
    ],
)
def test_every_address_of_a_mail_leads_to_a_page(house: House, address: str) -> None:
    page = shown(house, address)
    assert page.status_code in (200, 401)  # who is not signed in is asked to
    assert page.mimetype == "text/html"
    assert SCRIPT_OF_ITS_OWN.search(page.text) is None
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Frame-Options"] == "DENY"


def test_home_of_a_real_service_says_nothing_of_its_machine(house: House) -> None:
    assert str(house.mails.folder) in shown(house, "/").text
    mark(house.office, "real")
    real = shown(house, "/")
    assert (real.status_code, str(house.mails.folder) in real.text) == (200, False)


def test_page_of_a_link_that_is_none_says_so(house: House) -> None:
    page = shown(house, "/l/ABCD?language=en")
    assert (page.status_code, "This link is not valid" in page.text, page.mimetype) == (404, True, "text/html")


def test_link_is_answered_by_its_page(stored_house: House) -> None:
    house = stored_house
    at_consent(house)
    path = f"/l/{code_of(house)}"

    first = shown(house, path)
    page = Page(first.text)
    assert page.buttons == ["agree", "decline"]
    assert (page.inputs["account"], EMAIL in first.text, "内部评级" in first.text) == ("", True, False)
    refused = sent(house, path, account="x" * 40, trigger="agree")
    assert refused.status_code == 422
    assert 'id="account-wrong"' in refused.text
    assert Page(refused.text).inputs["account"] == "x" * 40
    silent = sent(house, path, trigger="decline", account="6222")
    assert (silent.status_code, 'role="alert"' in silent.text) == (422, True)
    assert Page(silent.text).inputs["account"] == "6222"
    done = sent(house, path, account="6222 0000", trigger="agree")
    assert (done.status_code, 'class="done ' in done.text, Page(done.text).buttons) == (200, True, [])
    assert house.by("王芳").read("/api/v1/cases")["items"][0]["data"]["account"] == "6222 0000"
    assert Page(shown(house, path).text).buttons == []


def test_button_pressed_twice_is_one_answer(house: House) -> None:
    at_consent(house)
    path = f"/l/{code_of(house)}"
    form = {**Page(shown(house, path).text).inputs, "trigger": "agree"}
    pages = [house.app.test_client().post(path, data=form, follow_redirects=True) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]


def test_public_start_is_filled_in_on_its_page(house: House) -> None:
    house.by(None).post("/api/v1/links", {"definition": "hearing", "contact": EMAIL})
    house.tick()
    path = f"/l/{code_of(house)}?language=en"
    family = {"family.0.who": "妻", "family.0.age": "41", "family.1.who": "", "family.1.age": ""}

    page = Page(shown(house, path).text)
    assert page.choices["kinds"] == ["illness", "fire"]
    assert page.choices["employed"] == ["true", "false"]
    begun = sent(
        house, path, **{**FORM, **family, "kinds": ["illness", "fire"], "employed": "false", "since": "2026-01-01"}
    )
    assert begun.status_code == 200, begun.text
    kept = Page(begun.text)
    assert (kept.buttons, kept.inputs["family.0.who"], kept.inputs["amount"]) == (["submit"], "妻", "800")
    handed_in = sent(house, path, trigger="submit", amount="500", **{"family.0.who": "", "family.0.age": ""})
    assert handed_in.status_code == 200
    code = path.removeprefix("/l/").partition("?")[0]
    data = house.by(None).read(f"/api/v1/links/{code}")["data"]
    assert (data["amount"], data["kinds"], data["employed"], data.get("family")) == (
        500,
        ["illness", "fire"],
        False,
        None,
    )


def test_pages_escape_what_people_wrote(house: House) -> None:
    wang = house.by("王芳")
    name = "<script>alert(1)</script>"[:20]
    case = wang.do("/api/v1/cases", {"definition": "hearing", "data": {**FORM, "name": name}}, status=201)
    wang.do(f"/api/v1/tasks/{case['tasks'][0]['id']}/decision", {"trigger": "submit"})
    house.tick()
    page = shown(house, f"/l/{code_of(house)}")
    assert SCRIPT_OF_ITS_OWN.search(page.text) is None
    assert "&lt;script&gt;" in page.text


def test_objection_is_followed_and_taken_back_on_its_page(house: House) -> None:
    at_notice(house)
    notice = house.by(None).read("/api/v1/notices")["items"][0]["id"]
    receipt = house.by(None).do(f"/api/v1/notices/{notice}/objections", {"text": OBJECTION}, status=201)["receipt"]
    client = house.app.test_client()

    found = client.post("/objections?language=en", data={"receipt": receipt.lower()})
    assert (found.status_code, "It is being examined" in found.text, OBJECTION in found.text) == (200, True, False)
    taken = client.post("/objections?language=en", data={"receipt": receipt, "retract": "yes"})
    assert "You have taken it back." in taken.text
    assert client.post("/objections", data={"receipt": "ABCD"}).status_code == 404
    assert client.post("/objections", data={}).status_code == 404


def test_form_that_is_too_large_or_cannot_be_kept_is_refused(house: House) -> None:
    at_consent(house)
    path = f"/l/{code_of(house)}"
    assert sent(house, path, account="a\x00b", trigger="agree").status_code == 422
    assert sent(house, path, opinion="x" * 2_000_000, trigger="agree").status_code == 413
    assert sent(house, path, opinion="x" * 20_001, trigger="decline").status_code == 422


# --- a ballot by link


def test_page_says_that_the_vote_is_in_and_after_the_closing_what_came_of_it(poll: Poll) -> None:
    path, client = poll.link(poll.members[0]), poll.house.app.test_client()
    page = f"/l/{path.rpartition('/')[2]}"
    before = client.get(f"{page}?language=en").text
    receipt = poll.house.by(None).do(path, {"vote": "satisfied"})["receipt"]
    after = client.get(f"{page}?language=en").text
    early = client.get(f"{page}/votes").text
    poll.close()
    closed = client.get(f"{page}?language=en").text

    assert ("Your vote is in." in before, "Your vote is in." in after) == (False, True)
    assert (receipt in after, receipt in early) == (False, False)
    assert "your vote was counted" in closed
    assert "<dt>Satisfied</dt><dd>1</dd>" in closed
    assert receipt in client.get(f"{page}/votes").text


def test_result_is_told_by_branch_and_small_branches_stand_together(poll: Poll) -> None:
    for member in poll.members:
        poll.vote(member, "satisfied")
    page = f"/l/{poll.link(poll.members[0]).rpartition('/')[2]}"
    poll.close()
    closed = shown(poll.house, page).text
    assert "一分会" in closed
    assert '<th scope="row">一分会</th>' not in closed  # three voted there


def test_page_does_not_ask_again_where_a_vote_stays(stored_house: House) -> None:
    poll = a_poll(stored_house, changeable="false")
    path, client = poll.link(poll.members[0]), stored_house.app.test_client()
    page = f"/l/{path.rpartition('/')[2]}?language=en"
    before = client.get(page).text
    stored_house.by(None).do(path, {"vote": "satisfied"})
    assert ("<form" in before, "<form" in client.get(page).text) == (True, False)


def test_votes_of_a_guessed_link_are_not_there(house: House) -> None:
    assert shown(house, "/l/ABCDEFGH23456789/votes").status_code == 404
