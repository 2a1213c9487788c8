"""Starting and filling in: drafts, files, looking through, handing in; and whatever people do that nobody meant."""

import io
import re
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.api.house import House
from tests.web.conftest import PASSWORD
from workflow.api.asking import SESSION
from workflow.people.credentials import begin_session, set_password

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 64
PDF = b"%PDF-1.7\n%%EOF\n"
PROGRAM = b"MZ\x90\0" + b"\0" * 200
TRICK = "<script>alert(1)</script>\"'{{7*7}}"
RARE = "𠮷𡘙𣲷䶮㐂𬭊𬬻𫟹𡱝𠅤" * 4
LEAVE = {"kind": "annual", "reason": "回老家探亲", "from_on": "2026-03-20", "days": "2", "stand_in": ""}


@dataclass
class Clerk:
    """Somebody at a browser without scripts, with a form open."""

    house: House
    name: str
    client: FlaskClient
    form: str = ""

    def sign_in(self) -> None:
        session = begin_session(self.house.office.database, self.house.people[self.name], lasts=timedelta(hours=12))
        self.client.set_cookie(SESSION, session)

    def begin(self, key: str = "one") -> TestResponse:
        answer = self.client.post("/start/leave_request", data={"key": key})
        self.form = answer.headers["Location"]
        return answer

    def send(self, act: str, values: Any = None, **more: Any) -> TestResponse:
        typed = {**LEAVE, **(values or {})}
        data = {**{f"has.{name}": "" for name in (*typed, "proof")}, **typed, "act": act, **more}
        boundary, body = encode_multipart(data)
        return self.client.post(self.form, data=body, content_type=f"multipart/form-data; boundary={boundary}")

    def see(self, rest: str = "") -> str:
        return self.client.get(self.form + rest).text

    def submit(self, **more: Any) -> TestResponse:
        return self.client.post(f"{self.form}/submit", data={"trigger": "submit", **more})

    @property
    def case(self) -> Any:
        case_id = self.form.split("/")[2].rpartition(".")[0]
        return self.house.by(self.name).read(f"/api/v1/cases/{case_id}")


def a_clerk(house: House, name: str) -> Clerk:
    found = Clerk(house, name, house.app.test_client())
    found.sign_in()
    return found


@pytest.fixture
def wang(house: House) -> Clerk:
    found = a_clerk(house, "王芳")
    found.begin()
    return found


def a_file(content: bytes, name: str) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


# --- starting


def test_catalogue_has_what_one_may_start_and_is_searched_by_pinyin(wang: Clerk) -> None:
    assert 'href="/start/leave_request"' in wang.client.get("/start").text
    assert 'href="/start/leave_request"' in wang.client.get("/start?q=qingjia").text
    assert 'href="/start/leave_request"' not in wang.client.get("/start?q=劳模").text
    assert 'href="/start/leave_request"' not in a_clerk(wang.house, "路人").client.get("/start").text


def test_catalogue_shows_the_draft_on_top(wang: Clerk) -> None:
    wang.send("save")
    assert f'href="{wang.form}"' in wang.client.get("/start").text


def test_beginning_twice_with_one_key_begins_one_case(wang: Clerk) -> None:
    first = wang.form
    assert wang.begin().headers["Location"] == first
    assert len(wang.house.by("王芳").read("/api/v1/cases")["items"]) == 1


def test_who_may_not_start_reads_why(house: House) -> None:
    answer = a_clerk(house, "路人").client.post("/start/leave_request", data={"key": "x"})
    assert (answer.status_code, 'role="alert"' in answer.text) == (403, True)


# --- filling in


def test_draft_is_there_again_and_the_case_has_it_when_handed_in(wang: Clerk) -> None:
    assert wang.send("save").status_code == 303
    assert 'value="回老家探亲"' in wang.see()
    assert wang.case["data"].get("reason") is None

    assert wang.send("review").headers["Location"] == f"{wang.form}/review"
    assert "回老家探亲" in wang.see("/review")
    assert wang.submit(key="k").status_code == 303
    assert (wang.case["state"], wang.case["data"]["reason"]) == ("township_review", "回老家探亲")


def test_form_says_how_far_it_is(wang: Clerk) -> None:
    assert '<progress id="progress" max="4" value="0"' in wang.see()
    wang.send("save", {"kind": "sick"})
    assert '<progress id="progress" max="5" value="4"' in wang.see()  # of the sick a note is asked for


def test_all_that_is_wrong_is_told_at_once_and_leads_to_its_field(wang: Clerk) -> None:
    wang.send("save", {"reason": "事" * 41, "from_on": "2026-03-01", "days": "90", "kind": "sick"})
    for page in (wang.see("/review"), wang.see("?checked=1")):
        links = re.findall(r'href="[^"#]*#(\w+)">', page)
        assert {"reason", "from_on", "days", "proof"} <= set(links)
    assert wang.see("?checked=1").count('aria-invalid="true"') == 4
    assert "disabled" in wang.see("/review")


def test_what_is_asked_for_is_answered_in_a_word(wang: Clerk) -> None:
    wang.send("save", {"kind": "personal", "days": "6"})
    assert "说明" in wang.see("/review")
    assert (wang.submit().status_code, wang.case["state"]) == (422, "draft")
    assert (wang.submit(opinion="照顾老人").status_code, wang.case["state"]) == (303, "township_review")


def test_returned_form_shows_why_and_what_stood_there(wang: Clerk) -> None:
    wang.send("save")
    wang.submit()
    li = wang.house.by("李强")
    li.do(f"/api/v1/tasks/{wang.case['tasks'][0]['id']}/decision", {"trigger": "return", "opinion": "请写明去哪里"})
    wang.form = f"/t/{wang.case['tasks'][0]['id']}/form"
    wang.send("save", {"reason": "回四川探亲"})
    page = wang.see()
    assert "请写明去哪里" in page
    assert "回老家探亲" in page
    assert 'value="回四川探亲"' in page


def test_later_of_two_windows_is_told_and_loses_nothing(wang: Clerk) -> None:
    wang.send("save", {"reason": "第一个窗口"}, kept="0")
    answer = wang.send("save", {"reason": "第二个窗口"}, kept="0")
    assert (answer.status_code, 'value="第二个窗口"' in answer.text) == (412, True)
    assert wang.send("keep", {"reason": "第二个窗口"}, kept="0").status_code == 412
    assert 'value="第一个窗口"' in wang.see()
    assert wang.send("save", {"reason": "第二个窗口"}, kept="1").status_code == 303
    assert 'value="第二个窗口"' in wang.see()


def test_typing_is_kept_and_answered_with_its_number(wang: Clerk) -> None:
    told = wang.send("keep", kept="0").get_json()
    assert (told["number"], told["needed"], told["given"]) == (1, 4, 4)


def test_form_of_somebody_else_cannot_be_opened(wang: Clerk) -> None:
    other = Clerk(wang.house, "刘洋", wang.house.app.test_client(), wang.form)
    other.sign_in()
    wang.send("save")
    assert "回老家探亲" not in other.client.get(wang.form, follow_redirects=True).text
    assert other.send("save", {"reason": "别人写的"}).status_code == 303
    assert 'value="回老家探亲"' in wang.see()


# --- files


def test_file_is_taken_looked_at_and_removed(wang: Clerk) -> None:
    wang.send("upload", **{"upload.proof": a_file(JPEG, "假条.jpg")})
    address = re.findall(r'href="(/cases/[\w-]+/files/[\w-]+)"', wang.see())
    assert len(address) == 1
    seen = wang.client.get(address[0], buffered=True)
    assert (seen.mimetype, seen.headers["Content-Disposition"].startswith("inline")) == ("image/jpeg", True)
    assert "default-src 'none'" in seen.headers["Content-Security-Policy"]
    assert a_clerk(wang.house, "路人").client.get(address[0]).status_code == 404

    attachment = address[0].rpartition("/")[2]
    wang.send(f"drop.proof.{attachment}", proof=attachment)
    assert (address[0] in wang.see(), wang.client.get(address[0]).status_code) == (False, 404)


def test_file_goes_up_by_itself_while_the_form_is_open(wang: Clerk) -> None:
    answer = wang.client.post(f"{wang.form}/files", data={"field": "proof", "file": a_file(PDF, "假条.pdf")})
    assert (answer.status_code, 'name="proof"' in answer.text) == (201, True)


def test_thirty_megabyte_photograph_is_refused_and_stays_listed(wang: Clerk) -> None:
    answer = wang.send("upload", **{"upload.proof": a_file(JPEG + b"\0" * 30 * 2**20, "照片.jpg")})
    assert (answer.status_code, "超过10MB" in answer.text, "照片.jpg" in answer.text) == (422, True, True)
    assert 'value="回老家探亲"' in answer.text


def test_executable_renamed_to_pdf_is_refused_and_stays_listed(wang: Clerk) -> None:
    answer = wang.send("upload", **{"upload.proof": a_file(PROGRAM, "师徒合同.exe.pdf")})
    assert (answer.status_code, "名为PDF" in answer.text, "师徒合同.exe.pdf" in answer.text) == (422, True, True)
    alone = wang.client.post(f"{wang.form}/files", data={"field": "proof", "file": a_file(PROGRAM, "合同.pdf")})
    assert alone.status_code == 422
    assert wang.case["data"].get("proof") is None


def test_wrong_kind_and_too_many_files_are_refused_with_the_reason(wang: Clerk) -> None:
    answer = wang.send("upload", **{"upload.proof": a_file(b"text", "说明.txt")})
    assert (answer.status_code, "pdf" in answer.text) == (422, True)
    many = [a_file(PDF, f"{number}.pdf") for number in range(21)]
    assert "最多20个文件" in wang.send("upload", **{"upload.proof": many}).text


# --- what nobody meant


def test_double_click_on_submit_hands_in_once(wang: Clerk) -> None:
    wang.send("save")
    first, second = wang.submit(key="k"), wang.submit(key="k")
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.headers["Location"] == first.headers["Location"]
    events = wang.house.by("王芳").read(f"/api/v1/cases/{wang.case['id']}/events")["items"]
    assert len(events) == 2


def test_back_button_after_deciding_leads_to_the_case(wang: Clerk) -> None:
    wang.send("save")
    wang.submit()
    assert wang.client.get(f"{wang.form}/review", follow_redirects=True).request.path == f"/cases/{wang.case['id']}"
    assert wang.send("save", {"reason": "再改一次"}).status_code == 303
    assert wang.case["data"]["reason"] == "回老家探亲"


def test_task_that_somebody_else_just_decided_keeps_the_opinion(house: House) -> None:
    task = house.leave(days=5)["tasks"][0]["id"]
    house.by("李强").do(f"/api/v1/tasks/{task}/decision", {"trigger": "approve"})
    zheng = a_clerk(house, "郑书记")
    second = house.by("郑书记").read("/api/v1/tasks")["items"][0]["id"]
    house.by("Ann").do(f"/api/v1/tasks/{second}/decision", {"trigger": "approve"})

    sent = {"trigger": "reject", "opinion": "最近任务重，请改期", "key": "k"}
    page = zheng.client.post(f"/t/{second}/decision", data=sent, follow_redirects=True)
    assert page.request.path.startswith("/cases/")
    assert "最近任务重，请改期" in page.text


def test_session_that_ends_in_the_middle_of_a_long_form_loses_nothing(wang: Clerk) -> None:
    set_password(wang.house.office.database, wang.house.people["王芳"], PASSWORD)
    wang.house.at("2026-03-09T15:00:00+08:00")
    asked = wang.send("save", {"reason": "写了很久的事由", "stand_in": "赵师傅"})
    assert asked.status_code == 401
    assert wang.send("keep").status_code == 401
    kept = re.findall(r'name="(kept\.[^"]+)"[^>]*>\s*([^<]*)</textarea>', asked.text) or re.findall(
        r'name="(kept\.[^"]+)" value="([^"]*)"', asked.text
    )
    next_page = re.search(r'name="next" value="([^"]+)"', asked.text)
    assert next_page is not None
    again = wang.client.post(
        "/sign-in",
        data={"login": "wangfang", "password": PASSWORD, "next": next_page[1], **dict(kept)},
    )
    assert (again.status_code, "写了很久的事由" in again.text) == (200, True)
    sent = {name.removeprefix("kept."): value for name, value in kept}
    assert wang.client.post(wang.form, data=sent).status_code == 303
    assert 'value="写了很久的事由"' in wang.see()


@pytest.mark.parametrize("text", [TRICK, "javascript:alert(1)", "</textarea><script src=//x></script>"])
def test_script_in_every_field_and_file_name_is_only_text(wang: Clerk, text: str) -> None:
    typed: dict[str, Any] = dict.fromkeys(LEAVE, text)
    name = f"{text}.pdf".replace("/", "")
    answer = wang.send("save", typed, **{"upload.proof": a_file(PDF, name)})
    assert answer.status_code in (303, 422)
    for page in (wang.see("?checked=1"), wang.see("/review"), wang.client.get("/start").text):
        assert re.search(r"<script>alert|<script src=//x|(?:href|src)=.javascript", page) is None
    assert escape(text, quote=False).split("(")[0] in wang.see().replace("&#34;", '"').replace("&#39;", "'")
    refused = wang.send("upload", **{"upload.proof": a_file(PROGRAM, name)})
    assert "<script>alert" not in refused.text


def test_name_of_forty_rare_characters_is_kept_whole(wang: Clerk) -> None:
    wang.send("save", {"reason": RARE}, **{"upload.proof": a_file(PDF, f"{RARE}.pdf")})
    assert (f'value="{RARE}"' in wang.see(), f"{RARE}.pdf" in wang.see()) == (True, True)
    wang.submit()
    assert wang.case["data"]["reason"] == RARE
    assert RARE in wang.client.get(f"/cases/{wang.case['id']}/form").text


def test_sign_that_cannot_be_kept_is_told_at_its_field(wang: Clerk) -> None:
    answer = wang.send("save", {"reason": "坏\x01字", "stand_in": "赵师傅"})
    assert (answer.status_code, 'value="赵师傅"' in answer.text) == (422, True)


# --- names, and the paper


def test_names_are_suggested_by_pinyin_to_whoever_is_signed_in(wang: Clerk) -> None:
    assert "李强" in wang.client.get("/names/person?x=liq").text
    assert wang.house.app.test_client().get("/names/person?x=liq").status_code == 401


def test_approval_form_has_a_box_for_each_stage(wang: Clerk) -> None:
    wang.send("save", {"days": "5"})
    wang.submit()
    task = wang.case["tasks"][0]["id"]
    wang.house.by("李强").do(f"/api/v1/tasks/{task}/decision", {"trigger": "approve", "opinion": "工作已安排好"})
    paper = wang.client.get(f"/cases/{wang.case['id']}/form").text
    assert "工作已安排好" in paper
    assert paper.count('class="seal"') == 1
    assert paper.count('class="stamp"') == 1
    assert wang.case["head"][:4].upper() in paper
