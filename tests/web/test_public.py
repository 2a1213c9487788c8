"""What anybody sees without an account: notices and objecting, the register, certificates, guides, refusals."""

import re
from io import BytesIO

import pytest
from werkzeug.test import Client, TestResponse

from tests.api.definitions import HEARING
from tests.api.hearing import EMAIL, FORM, OBJECTION, at_notice, code_of
from tests.api.house import House, task_of
from tests.web.test_links import SCRIPT_OF_ITS_OWN, Page
from workflow.calendar import chinese_calendar
from workflow.cases.versions import Texts, publish

#: Forty signs of the extensions B and C of Han, each of four bytes.
RARE = "".join(chr(0x20000 + number) for number in range(20)) + "".join(chr(0x2A700 + number) for number in range(20))
EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 200
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SCRIPT = "<script>alert(1)</script>"
OVER = "2026-03-18T09:00:00+08:00"


@pytest.fixture
def noticed(stored_house: House) -> tuple[House, str]:
    """A notice runs; its address."""
    at_notice(stored_house)
    (one,) = stored_house.by(None).read("/api/v1/notices")["items"]
    return stored_house, f"/notices/{one['id']}"


@pytest.fixture
def client(noticed: tuple[House, str]) -> Client:
    return noticed[0].app.test_client()


def objected(client: Client, path: str, key: str | None = None, **values: object) -> TestResponse:
    """The page's own form with these values; evidence as (bytes, name)."""
    form = {**Page(client.get(f"{path}/object").text).inputs, "signed": "no", "text": OBJECTION, **values}
    if key is not None:
        form["key"] = key
    return client.post(f"{path}/object", data=form, content_type="multipart/form-data")


def code_shown(page: str) -> str:
    found = re.search(r"(?:[2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", page)
    assert found is not None
    return found[0]


# --- notices


def test_notice_says_who_until_when_and_how_it_came_here(noticed: tuple[House, str], client: Client) -> None:
    page = client.get(noticed[1]).text.replace(" ", "")
    assert ("关于张伟的公示" in page, "剩5个工作日" in page) == (True, True)
    assert ("表决" in page, "2人中2人投票" in page, "2人评分" in page) == (True, True, True)
    assert ("<svg" in page, "提出异议" in page) == (True, True)
    listed = client.get("/notices").text
    assert noticed[1] in listed


def test_notice_shows_what_is_published_and_nothing_personal(noticed: tuple[House, str], client: Client) -> None:
    page = client.get(noticed[1]).text
    assert ("800" in page, EMAIL in page, "郑书记" in page, "6222" in page) == (True, False, False, False)


def test_running_notice_may_be_kept_by_others_and_sets_no_cookie(noticed: tuple[House, str], client: Client) -> None:
    page = client.get(noticed[1])
    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert ("Set-Cookie" in page.headers, "X-Robots-Tag" in page.headers, 'name="robots"' in page.text) == (
        False,
        False,
        False,
    )
    assert {"Accept-Language", "Cookie"} <= {one.strip() for one in page.headers["Vary"].split(",")}
    assert len(page.data) < 60_000
    chosen = client.get(f"{noticed[1]}?language=en")
    assert (chosen.headers["Cache-Control"], "Set-Cookie" in chosen.headers) == ("private, no-store", True)


def test_ended_notice_is_not_found_by_search_engines_and_takes_no_objection(
    noticed: tuple[House, str], client: Client
) -> None:
    house, path = noticed
    house.at(OVER)
    house.tick()
    page = client.get(f"{path}?language=en")
    assert (page.headers["X-Robots-Tag"], 'content="noindex"' in page.text) == ("noindex", True)
    assert ("It is over" in page.text, f"{path}/object" in page.text) == (True, False)
    assert (path in client.get("/notices").text, path in client.get("/notices?state=ended").text) == (False, True)


def test_held_days_are_drawn_and_explained(noticed: tuple[House, str], client: Client) -> None:
    house, path = noticed
    objected(client, path)
    house.at("2026-03-11T10:00:00+08:00")
    page = client.get(f"{path}?language=en").text
    assert page.count('<li class="held">') == 2  # Tuesday and Wednesday
    assert ("Clock held" in page, OBJECTION in page) == (True, False)
    assert "Objections received: 1; answered: 0" in page


@pytest.mark.parametrize("path", ["/notices/5e7c0a52-3f0e-5d0b-9a3e-8a1f8f0f6d2c.1", "/notices/x", "/notices/x/object"])
def test_notice_that_is_guessed_is_not_there(house: House, path: str) -> None:
    page = house.app.test_client().get(path, headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype, "Set-Cookie" in page.headers) == (404, "text/html", False)


# --- objecting


def test_objection_without_a_name_is_entered_and_its_code_shown_once(
    noticed: tuple[House, str], client: Client
) -> None:
    house, path = noticed
    sent = objected(client, path, evidence=(BytesIO(PDF), "台账.pdf"))
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{path}/objected")
    first, again = client.get(f"{path}/objected").text, client.get(f"{path}/objected").text
    code = code_shown(first)
    assert code not in again
    assert house.by(None).read(f"/api/v1/objections/{code}")["state"] == "open"
    found = client.post("/objections?language=en", data={"receipt": code}).text
    assert ("Being examined" in found, OBJECTION in found) == (True, False)
    (task,) = house.by("郑书记").read("/api/v1/tasks?definition=hearing")["items"]
    seen = house.by("郑书记").read(f"/api/v1/cases/{task['case']}")["tasks"][0]["objection"]
    assert (seen["text"], seen["name"], len(seen["evidence"])) == (OBJECTION, None, 1)


def test_objection_of_somebody_who_is_signed_in_has_no_name_either(noticed: tuple[House, str]) -> None:
    house, path = noticed
    client = house.app.test_client()
    wang = house.by("王芳")
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {wang.token}"
    assert objected(client, path).status_code == 303
    case = wang.read("/api/v1/cases")["items"][0]["id"]
    history = house.by("管理员").read(f"/api/v1/cases/{case}/events?limit=200")["items"]
    (taken,) = [one for one in history if one["command"]["kind"] == "object"]
    assert taken["by"] is None


def test_named_objection_wants_a_name_and_keeps_what_was_typed(noticed: tuple[House, str], client: Client) -> None:
    refused = objected(client, noticed[1], signed="named", contact=EMAIL)
    page = Page(refused.text)
    assert (refused.status_code, 'id="name-wrong"' in refused.text) == (422, True)
    assert (page.inputs["text"].strip(), page.inputs["contact"]) == (OBJECTION, EMAIL)


def test_objection_sent_twice_is_one_with_one_code(noticed: tuple[House, str], client: Client) -> None:
    path, codes = noticed[1], []
    for _ in range(2):
        assert objected(client, path, key="pressed twice").status_code == 303
        codes.append(code_shown(client.get(f"{path}/objected").text))
    assert codes[0] == codes[1]
    assert "收到异议1件" in client.get(path).text


def test_executable_that_is_called_a_pdf_is_refused_and_nothing_typed_is_lost(
    noticed: tuple[House, str], client: Client
) -> None:
    refused = objected(client, noticed[1], evidence=(BytesIO(EXECUTABLE), "台账.pdf"))
    assert (refused.status_code in (400, 422), 'role="alert"' in refused.text) == (True, True)
    assert Page(refused.text).inputs["text"].strip() == OBJECTION
    assert "收到异议" not in client.get(noticed[1]).text


def test_empty_and_unprintable_objections_are_refused(noticed: tuple[House, str], client: Client) -> None:
    assert objected(client, noticed[1], text="  ").status_code == 422
    assert objected(client, noticed[1], text="a\x00b").status_code == 422
    assert objected(client, noticed[1], text="x" * 20_001).status_code == 422


def test_notice_that_ended_meanwhile_says_so_and_keeps_what_was_typed(
    noticed: tuple[House, str], client: Client
) -> None:
    house, path = noticed
    form = {**Page(client.get(f"{path}/object").text).inputs, "signed": "no", "text": OBJECTION}
    house.at(OVER)
    house.tick()
    refused = client.post(f"{path}/object", data=form)
    assert (refused.status_code, 'role="alert"' in refused.text) == (409, True)
    assert OBJECTION in refused.text


def test_script_in_texts_and_file_names_is_shown_as_it_was_written(noticed: tuple[House, str], client: Client) -> None:
    refused = objected(
        client, noticed[1], signed="named", text=SCRIPT, contact=SCRIPT, evidence=(BytesIO(PDF), f"{SCRIPT}.pdf")
    )
    assert SCRIPT_OF_ITS_OWN.search(refused.text) is None
    assert "&lt;script&gt;" in refused.text
    assert objected(client, noticed[1], text=SCRIPT, evidence=(BytesIO(PDF), f"{SCRIPT}.pdf")).status_code == 303


def test_code_that_is_guessed_finds_no_objection(house: House) -> None:
    client = house.app.test_client()
    wrong = client.post("/objections?language=en", data={"receipt": SCRIPT})
    assert (wrong.status_code, "There is no objection with this code" in wrong.text) == (404, True)
    assert SCRIPT not in wrong.text


def test_name_of_forty_rare_signs_stands_whole_on_its_page(house: House) -> None:
    text = HEARING.replace("required: true, max: 20}", "required: true, max: 40}", 1)
    publish(house.office.database, house.office.versions, Texts(definition=text), calendar=chinese_calendar())
    wang = house.by("王芳")
    case = wang.do("/api/v1/cases", {"definition": "hearing", "data": {**FORM, "name": RARE}}, status=201)
    wang.do(f"{task_of(case)}/decision", {"trigger": "submit"})
    house.tick()
    assert f">{RARE}</h1>" in house.app.test_client().get(f"/l/{code_of(house)}").text


# --- the register, certificates, guides


def test_register_finds_nothing_politely(house: House) -> None:
    page = house.app.test_client().get(f"/honours?q={SCRIPT}&year=abcd&state=x&language=en")
    assert (page.status_code, "Nothing matches" in page.text) == (200, True)
    assert SCRIPT_OF_ITS_OWN.search(page.text) is None


def test_certificate_that_is_none_is_told_as_a_slip_first(house: House) -> None:
    page = house.app.test_client().get("/verify/ABCO?language=en")
    assert (page.status_code, "No number has the sign O" in page.text) == (404, True)


def test_guides_say_each_procedure_in_words(house: House) -> None:
    client = house.app.test_client()
    assert "/guides/leave_request" in client.get("/guides").text
    guide = client.get("/guides/hearing?language=en")
    assert (guide.status_code, "How it starts" in guide.text, "Hardship aid" in guide.text) == (200, True, True)
    assert (client.get("/guides/none").status_code, "\\" in guide.text) == (404, False)


# --- refusals


def test_browser_is_told_by_a_page_what_a_program_is_told_by_a_document(house: House) -> None:
    client = house.app.test_client()
    page = client.get("/nowhere?language=en", headers={"Accept": "text/html,*/*"})
    assert (page.status_code, page.mimetype, "copied in full" in page.text) == (404, "text/html", True)
    assert client.get("/nowhere", headers={"Accept": "*/*"}).mimetype == "application/problem+json"
    assert client.get("/api/v1/nowhere", headers={"Accept": "text/html"}).mimetype == "application/problem+json"


def test_objection_that_is_too_large_is_refused_by_a_page(noticed: tuple[House, str], client: Client) -> None:
    large = client.post(f"{noticed[1]}/object", data={"text": "x" * 2_000_000}, headers={"Accept": "text/html"})
    assert (large.status_code, large.mimetype) == (413, "text/html")
