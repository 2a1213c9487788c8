"""Links, votes, score cards, notices, objections and signals over HTTP."""

from io import BytesIO

import pytest

from tests.api.caller import places, problem
from tests.api.definitions import COMPLAINT, HEARING
from tests.api.hearing import EMAIL, FORM, OBJECTION, at_consent, at_meeting, at_notice, code_of
from tests.api.house import House, task_of
from workflow.calendar import chinese_calendar
from workflow.cases.versions import Texts, publish


def test_person_without_an_account_answers_by_his_link(stored_house: House) -> None:
    at_consent(stored_house)
    anybody = stored_house.by(None)
    path = f"/api/v1/links/{code_of(stored_house)}"

    asked = anybody.read(path)
    assert (asked["open"], asked["subject"], asked["state"]) == (True, "张伟", "consent")
    assert list(asked["form"]["properties"]) == ["account"]
    assert asked["data"]["contact"] == EMAIL
    assert "secret_note" not in asked["data"]
    assert asked["anytime"] == ["withdraw"]
    assert anybody.read(path) == asked
    wrong = anybody.post(path, {"trigger": "agree", "data": {"amount": 9999}})
    assert places(wrong) == ["/data/amount"]
    case = anybody.do(path, {"trigger": "agree", "data": {"account": "6222"}})
    assert case["state"] == "meeting"
    assert (anybody.read(path)["open"], anybody.read(path)["task"]) == (False, None)
    assert anybody.refused(path, {"trigger": "agree"}) == (409, "task_closed")
    assert anybody.refused(path, {}) == (422, "data")


def test_answer_by_a_link_may_be_sent_again(stored_house: House) -> None:
    at_consent(stored_house)
    path, key = f"/api/v1/links/{code_of(stored_house)}", {"Idempotency-Key": "k"}
    body = {"trigger": "agree", "data": {"account": "6222"}}
    first = stored_house.by(None).post(path, body, headers=key)
    again = stored_house.by(None).post(path, body, headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json["version"] == first.json["version"]


def test_link_fires_what_its_case_offers_at_any_time(house: House) -> None:
    at_consent(house)
    case = house.by(None).do(f"/api/v1/links/{code_of(house)}", {"trigger": "withdraw"})
    assert case["state"] == "withdrawn"


def test_link_that_only_informs_shows_its_case(house: House) -> None:
    at_notice(house)
    house.tick()
    path = f"/api/v1/links/{code_of(house)}"
    shown = house.by(None).read(path)
    assert (shown["open"], shown["state"], shown["subject"], shown["task"]) == (False, "published", "张伟", None)
    assert house.by(None).refused(path, {"trigger": "agree"}) == (409, "task_closed")


@pytest.mark.parametrize("code", ["ABCD-EFGH-2345-6789", "x", "%E4%B8%AD", "..", "a" * 500])
def test_code_that_is_none_opens_nothing(house: House, code: str) -> None:
    anybody = house.by(None)
    assert problem(anybody.get(f"/api/v1/links/{code}"))[0] == 404
    assert anybody.refused(f"/api/v1/links/{code}", {"trigger": "agree"})[0] == 404


def test_new_link_goes_only_where_the_case_says(stored_house: House) -> None:
    case = at_consent(stored_house)
    anybody, before = stored_house.by(None), code_of(stored_house)
    task = case["tasks"][0]["id"]

    for contact in (EMAIL, "somebody@else.example"):
        assert anybody.post("/api/v1/links", {"task": task, "contact": contact}).status_code == 202
    stored_house.tick()

    assert len(list(stored_house.mails.folder.glob("*.eml"))) == 2
    assert code_of(stored_house) != before
    assert anybody.read(f"/api/v1/links/{code_of(stored_house)}")["open"] is True
    assert anybody.refused("/api/v1/links", {"task": task, "contact": "a@b.example\r\nBcc: c@d.example"})[0] == 422
    assert anybody.refused("/api/v1/links", {"contact": EMAIL}) == (422, "data")
    assert anybody.refused("/api/v1/links", {"definition": "leave_request", "contact": EMAIL}) == (422, "data")


def test_nobody_fills_a_stranger_s_mailbox_with_links(stored_house: House) -> None:
    anybody = stored_house.by(None)
    body = {"definition": "hearing", "contact": EMAIL}
    for _ in range(3):
        assert anybody.post("/api/v1/links", body).status_code == 202
    stored_house.tick()
    assert len(list(stored_house.mails.folder.glob("*.eml"))) == 1
    stored_house.at("2026-03-09T10:10:00+08:00")
    assert anybody.post("/api/v1/links", body).status_code == 202
    stored_house.tick()
    assert len(list(stored_house.mails.folder.glob("*.eml"))) == 2


def test_public_starts_by_a_link_and_goes_on_by_it(stored_house: House) -> None:
    anybody = stored_house.by(None)
    assert anybody.post("/api/v1/links", {"definition": "hearing", "contact": EMAIL}).status_code == 202
    stored_house.tick()
    path = f"/api/v1/links/{code_of(stored_house)}"

    asked = anybody.read(path)
    assert (asked["open"], asked["task"], "name" in asked["form"]["properties"]) == (True, None, True)
    started = anybody.do(path, {"data": FORM})
    assert started["state"] == "draft"
    assert anybody.do(path, {"data": FORM})["id"] == started["id"]
    assert anybody.refused(path, {"data": {**FORM, "name": "李四"}}) == (409, "closed")
    assert anybody.read(path)["task"]["triggers"] == ["submit"]
    assert anybody.do(path, {"trigger": "submit", "data": {"amount": 500}})["state"] == "consent"
    assert anybody.read(path)["anytime"] == ["withdraw"]


def test_whoever_started_by_a_link_is_told_how_it_ended_where_the_link_went(stored_house: House) -> None:
    anybody, neighbour = stored_house.by(None), "neighbour@home.example"
    anybody.post("/api/v1/links", {"definition": "hearing", "contact": neighbour})
    stored_house.tick()
    path = f"/api/v1/links/{code_of(stored_house)}"
    anybody.do(path, {"data": FORM})
    anybody.do(path, {"trigger": "submit", "data": {"amount": 500}})
    assert anybody.do(path, {"trigger": "withdraw", "opinion": "已另行解决"})["state"] == "withdrawn"
    stored_house.tick()

    told = [one for one in stored_house.by("管理员").each("/api/v1/messages") if one["kind"] == "ended"]
    mails = [file.read_text() for file in stored_house.mails.folder.glob("*.eml")]
    assert [one["state"] for one in told if one["person"] is None] == ["delivered"]
    assert len([mail for mail in mails if f"To: {neighbour}" in mail]) >= 2


def test_secret_vote_is_answered_with_a_receipt_and_stands_in_no_event(stored_house: House) -> None:
    case = at_meeting(stored_house)
    zheng, ann = stored_house.by("郑书记"), stored_house.by("Ann")
    path = f"{task_of(case)}/ballot"

    voted = zheng.do(path, {"vote": "no"})
    assert voted["receipt"]
    assert zheng.refused(path, {"vote": "yes"}) == (409, "closed")
    assert stored_house.by("王芳").refused(path, {"vote": "yes"}) == (403, "not_permitted")
    assert ann.refused(path, {"vote": "maybe"})[0] == 422
    ended = ann.do(path, {"vote": "yes"})
    assert ended["state"] == "refused"
    figures = stored_house.by("王芳").read(f"/api/v1/cases/{case['id']}")["figures"]["meeting"]
    assert (figures["yes"], figures["no"]) == (1, 1)
    events = list(stored_house.by("王芳").each(f"/api/v1/cases/{case['id']}/events"))
    assert [event["by"] for event in events if event["command"]["kind"] in ("cast_vote", "close_ballot")] == [None]


def test_ballot_is_closed_before_all_have_voted(house: House) -> None:
    case = at_meeting(house)
    assert house.by("郑书记").refused(f"{task_of(case)}/close") == (403, "not_permitted")
    house.by("郑书记").do(f"{task_of(case)}/ballot", {"vote": "yes"})
    closed = house.by("王芳").do(f"{task_of(case)}/close")
    assert (closed["state"], closed["entered" if "entered" in closed else "version"]) == ("meeting", closed["version"])


def test_score_cards_are_bounded_by_their_criteria(house: House) -> None:
    case = at_meeting(house)
    for leader in ("郑书记", "Ann"):
        case = house.by(leader).do(f"{task_of(case)}/ballot", {"vote": "yes"})
    path = f"/api/v1/tasks/{house.by('Ann').read('/api/v1/tasks')['items'][0]['id']}/score"
    ann = house.by("Ann")
    for wrong in ({"need": 11}, {"need": -1}, {"need": 1.5}, {"beauty": 3}, {}):
        assert ann.refused(path, {"score": wrong})[0] == 422, wrong
    ann.do(path, {"score": {"need": 10}})
    assert ann.refused(path, {"score": {"need": 9}}) == (409, "task_closed")


def test_notice_is_read_by_everybody_and_hides_what_is_personal(stored_house: House) -> None:
    case = at_notice(stored_house)
    anybody = stored_house.by(None)

    (notice,) = anybody.read("/api/v1/notices")["items"]

    assert (notice["case"], notice["objections"]["open"], notice["working_days_left"]) == (case["id"], True, 5)
    assert {one["name"]: one["value"] for one in notice["shown"]} == {"name": "张伟", "unit": "金彭车业", "amount": 800}
    assert anybody.read(f"/api/v1/notices/{notice['id']}") == notice
    assert anybody.read("/api/v1/notices?ended=true")["items"] == []
    assert anybody.get(f"/api/v1/cases/{case['id']}").status_code == 401


def test_objection_holds_the_notice_and_its_code_follows_it(stored_house: House) -> None:
    case = at_notice(stored_house)
    anybody, path = stored_house.by(None), f"/api/v1/cases/{case['id']}"
    notice = anybody.read("/api/v1/notices")["items"][0]

    given = anybody.do(f"/api/v1/notices/{notice['id']}/objections", {"text": OBJECTION, "contact": EMAIL}, status=201)

    follow = f"/api/v1/objections/{given['receipt']}"
    assert anybody.read(follow)["state"] == "open"
    assert anybody.read(follow.lower().replace("/api", "/api"))["state"] == "open"
    assert anybody.read("/api/v1/notices")["items"][0]["held_since"] is not None
    leaders = [stored_house.by("郑书记"), stored_house.by("Ann")]
    task = leaders[0].read("/api/v1/tasks")["items"][0]
    assert (task["kind"], task["objection"]["text"], task["objection"]["name"]) == ("objection", OBJECTION, None)
    seen = stored_house.by("王芳").read(path)
    assert (seen["tasks"][0]["objection"], OBJECTION in str(seen)) == (None, False)
    for leader in leaders:
        answered = leader.do(f"/api/v1/tasks/{task['id']}/decision", {"trigger": "dismissed", "opinion": "当天有签到"})
    assert answered["notice"]["held_since"] is None
    assert (anybody.read(follow)["state"], anybody.read(follow)["examiners"]) == ("dismissed", ["郑书记", "Ann"])
    assert anybody.refused(f"{follow}/retract") == (409, "closed")


def test_objection_sent_again_is_one_objection_with_one_code(stored_house: House) -> None:
    at_notice(stored_house)
    anybody = stored_house.by(None)
    notice = anybody.read("/api/v1/notices")["items"][0]["id"]
    path, key = f"/api/v1/notices/{notice}/objections", {"Idempotency-Key": "once"}

    def send(text: str = OBJECTION) -> tuple[int, str]:
        form = {"text": text, "evidence": (BytesIO(b"%PDF-1.4\n%%EOF\n"), "photo.pdf")}
        answer = anybody.call("POST", path, data=form, headers=key)
        return answer.status_code, answer.json.get("receipt", answer.json.get("code"))

    first, again, other = send(), send(), send("另一件事")

    assert first[0] == 201
    assert again == first
    assert other == (422, "key_reused")
    assert anybody.read(f"/api/v1/objections/{first[1]}")["state"] == "open"
    task = stored_house.by("Ann").read("/api/v1/tasks")["items"][0]
    (evidence,) = task["objection"]["evidence"]
    file = stored_house.by("Ann").get(f"/api/v1/cases/{task['case']}/attachments/{evidence}")
    assert file.data.startswith(b"%PDF")


def test_objection_is_taken_back_by_its_code(house: House) -> None:
    at_notice(house)
    anybody = house.by(None)
    notice = anybody.read("/api/v1/notices")["items"][0]["id"]
    evidence = [{"name": "a.txt", "content": "5rWL6K+V5LiA5LiL"}]
    given = anybody.do(f"/api/v1/notices/{notice}/objections", {"text": OBJECTION, "evidence": evidence}, status=201)
    taken = anybody.do(f"/api/v1/objections/{given['receipt']}/retract")
    assert taken["state"] == "retracted"
    assert anybody.do(f"/api/v1/objections/{given['receipt']}/retract")["state"] == "retracted"
    assert anybody.read("/api/v1/notices")["items"][0]["held_since"] is None


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({}, "/text"),
        ({"text": ""}, "/text"),
        ({"text": " "}, "/text"),
        ({"text": "x", "evidence": [{"name": "a.pdf", "content": "!"}]}, "/evidence/0/content"),
        ({"text": "x", "evidence": ["a"]}, "/evidence/0"),
        ({"text": "x", "mobile": "1"}, "/mobile"),
        ({"text": "a\u0000b"}, "/text"),
    ],
)
def test_objection_that_cannot_be_taken_says_where(house: House, body: dict[str, object], at: str) -> None:
    at_notice(house)
    anybody = house.by(None)
    notice = anybody.read("/api/v1/notices")["items"][0]["id"]
    refused = anybody.post(f"/api/v1/notices/{notice}/objections", body)
    assert (refused.status_code, places(refused)) == (422, [at])


def test_notice_that_is_over_takes_no_objection_and_keeps_no_file(house: House) -> None:
    case = at_notice(house)
    anybody = house.by(None)
    notice = anybody.read("/api/v1/notices")["items"][0]["id"]
    house.by("管理员").do("/api/v1/clock", {"now": "2026-03-20T09:00:00+08:00"}, method="PUT")
    form = {"text": OBJECTION, "evidence": (BytesIO(b"%PDF-1.4\n%%EOF\n"), "photo.pdf")}

    late = anybody.call("POST", f"/api/v1/notices/{notice}/objections", data=form)

    assert problem(late)[0] == 409
    assert not list((house.office.folder / "attachments" / case["id"]).glob("*"))
    assert [one["id"] for one in anybody.read("/api/v1/notices?ended=true")["items"]] == [notice]


def test_late_objection_is_a_matter_of_its_own_and_its_code_says_so(stored_house: House) -> None:
    house = stored_house
    late = HEARING.replace("anonymous: true}", "anonymous: true, late: complaint}")
    for text in (late, COMPLAINT):
        publish(house.office.database, house.office.versions, Texts(definition=text), calendar=chinese_calendar())
    at_notice(house)
    anybody, admin = house.by(None), house.by("管理员")
    notice = anybody.read("/api/v1/notices")["items"][0]["id"]
    admin.do("/api/v1/clock", {"now": "2026-03-20T09:00:00+08:00"}, method="PUT")

    given = anybody.do(f"/api/v1/notices/{notice}/objections", {"text": OBJECTION}, status=201)

    assert given["number"] is None
    follow = f"/api/v1/objections/{given['receipt']}"
    assert (anybody.read(follow)["state"], anybody.read(follow)["notice"]) == ("late", None)
    assert anybody.refused(f"{follow}/retract") == (409, "closed")
    (complaint,) = admin.read("/api/v1/cases?definition=complaint")["items"]
    assert complaint["data"]["matter"] == OBJECTION
    page = house.app.test_client().post("/objections?language=en", data={"receipt": given["receipt"]})
    assert "a matter of its own" in page.text


def test_case_goes_on_by_a_signal_from_outside(house: House) -> None:
    case = at_notice(house)
    path, admin = f"/api/v1/cases/{case['id']}/signals", house.by("管理员")
    assert admin.refused(path, {"name": "paid"})[0] == 409
    admin.do("/api/v1/clock", {"now": "2026-03-20T09:00:00+08:00"}, method="PUT")
    assert house.by("王芳").refused(path, {"name": "paid"}) == (403, "not_permitted")
    assert admin.refused(path, {"name": "lost"}) == (409, "not_offered")
    assert admin.do(path, {"name": "paid", "data": {}})["state"] == "granted"


def test_fields_kept_from_a_reader_stand_in_nothing_that_he_reads(house: House) -> None:
    """Also not in the stored bytes of the events, which are left out for him."""
    case = at_meeting(house)
    path = f"/api/v1/cases/{case['id']}"
    own = house.by("王芳").read(f"{path}/events")["items"]
    others = house.by("郑书记").read(f"{path}/events")["items"]
    assert all(event["body"] for event in own)
    assert [event["body"] for event in others] == [None] * len(own)
    assert [event["hash"] for event in others] == [event["hash"] for event in own]
    assert "secret_note" not in house.by("郑书记").read(path)["data"]
    assert house.by("郑书记").read(path)["data"]["contact"] == "z***@home.example"
