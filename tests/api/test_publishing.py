"""Publishing a definition over HTTP."""

import base64
from email import message_from_bytes
from email.policy import SMTP

import pytest

from tests.api.caller import places, problem
from tests.api.definitions import HEARING
from tests.api.house import LEAVE, House, task_of

STORIES = """
units: {示范区: {level: district}, 城东镇: {level: township, in: 示范区}, 金彭车业: {level: enterprise, in: 城东镇}}
cast: {王芳: {union_chair: 金彭车业}}
stories:
  - story: she fills it in
    on: 2026-03-02 09:00
    steps:
      - {by: 王芳, start: {name: 张伟, contact: a@b.example, amount: 1}}
    expect: {state: draft}
"""
SIMPLE = """
key: simple
title: {zh: 简单, en: Simple}
subject: "{name}"
start: {role: union_chair, at: enterprise}
people: {chair: {role: union_chair, at: township}}
fields: {name: {type: text, label: {zh: 名, en: Name}, required: true}}
states:
  draft: {task: {who: starter, edit: [name]}, to: {submit: review}}
  review: {task: {who: chair}, tell: [{who: starter, text: hello}], to: {approve: granted}}
  granted: {end: {zh: 完, en: Done}}
"""


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_new_text_is_a_new_version_and_the_same_is_not(stored_house: House) -> None:
    admin = stored_house.by("管理员")
    path = "/api/v1/definitions/simple"

    first = admin.put(path, {"definition": SIMPLE})
    same = admin.put(path, {"definition": SIMPLE})
    other = admin.put(path, {"definition": SIMPLE.replace("简单", "容易")})
    back = admin.put(path, {"definition": SIMPLE})

    assert [answer.status_code for answer in (first, same, other, back)] == [201, 200, 201, 201]
    assert [answer.json["version"] for answer in (first, same, other, back)] == [1, 1, 2, 3]
    versions = admin.read(f"{path}/versions")["items"]
    assert [one["version"] for one in versions] == [3, 2, 1]
    assert versions[0]["sha256"] == versions[2]["sha256"]
    assert versions[0]["by"] == stored_house.people["管理员"]


def test_yaml_alone_is_taken_as_it_is(house: House) -> None:
    sent = house.by("管理员").call(
        "PUT", "/api/v1/definitions/simple", data=SIMPLE.encode(), content_type="application/yaml"
    )
    assert (sent.status_code, sent.json["key"], sent.json["version"]) == (201, "simple", 1)


def test_version_keeps_stories_and_texts_which_come_in_base64(stored_house: House) -> None:
    house = stored_house
    admin = house.by("管理员")
    letter = "关于{subject}\n您好，材料已收到。"
    texts = {"hello.txt": base64_of(letter), "hello.en.txt": base64_of("About {subject}\nReceived.")}
    stories = STORIES.replace("{name: 张伟, contact: a@b.example, amount: 1}", "{name: 张伟}")

    admin.do(
        "/api/v1/definitions/simple",
        {"definition": SIMPLE, "stories": stories, "texts": texts},
        method="PUT",
        status=201,
    )

    (version,) = admin.read("/api/v1/definitions/simple/versions")["items"]
    assert (version["definition"], version["stories"], version["texts"]) == (SIMPLE, stories, texts)
    case = house.by("王芳").do("/api/v1/cases", {"definition": "simple", "data": {"name": "张伟"}}, status=201)
    house.by("王芳").do(f"{task_of(case)}/decision", {"trigger": "submit"})
    house.tick()
    mails = [message_from_bytes(mail.read_bytes(), policy=SMTP) for mail in house.mails.folder.glob("*.eml")]
    bodies = [body.get_content() for mail in mails if (body := mail.get_body(("plain",))) is not None]
    assert any("您好，材料已收到。" in body for body in bodies)


@pytest.mark.parametrize(
    ("texts", "at"),
    [
        ({"a.txt": "not base64!"}, "/texts/a.txt"),
        ({"a.txt": base64.b64encode(b"\xff\xfe\x00").decode()}, "/texts/a.txt"),
        ({"../a.txt": base64_of("x")}, "/texts/../a.txt"),
        ({"definition.yaml": base64_of("x")}, "/texts/definition.yaml"),
        ({"a.txt": 7}, "/texts/a.txt"),
    ],
)
def test_text_that_is_none_is_told(house: House, texts: dict[str, object], at: str) -> None:
    refused = house.by("管理员").put("/api/v1/definitions/simple", {"definition": SIMPLE, "texts": texts})
    assert refused.status_code == 422
    assert [place.replace("~1", "/") for place in places(refused)] == [at]


def test_wrong_definition_is_told_whole_by_file_and_line_and_nothing_is_published(stored_house: House) -> None:
    admin = stored_house.by("Ann")
    assert admin.refused("/api/v1/definitions/simple", {"definition": SIMPLE}, method="PUT") == (403, "not_permitted")
    admin = stored_house.by("管理员", **{"Accept-Language": "en"})
    wrong = SIMPLE.replace("submit: review", "submit: reveiw").replace("who: chair}", "who: chairs}")

    refused = admin.put("/api/v1/definitions/simple", {"definition": wrong})

    assert problem(refused) == (422, "definition_wrong")
    told = {entry["at"]: entry for entry in refused.json["errors"]}
    assert {"definition.yaml:9", "definition.yaml:10"} <= set(told)
    first = told["definition.yaml:9"]
    assert (first["line"], first["place"], first["code"]) == (9, "states.draft.to.submit", "unknown_name")
    assert "review" in first["hint"]
    assert admin.get("/api/v1/definitions/simple").status_code == 404


def test_story_that_fails_is_told_by_its_own_file(house: House) -> None:
    stories = STORIES.replace("expect: {state: draft}", "expect: {state: granted}")
    refused = house.by("管理员").put("/api/v1/definitions/hearing", {"definition": HEARING, "stories": stories})
    assert problem(refused) == (422, "definition_wrong")
    assert [entry["code"] for entry in refused.json["errors"]] == ["story_failed"]
    assert refused.json["errors"][0]["at"].startswith("stories.yaml:")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: &x 1\nb: *x",
        "key: !!python/object:os.system x",
        "key: simple\nkey: simple",
        "[" * 200,
        "x" * 250_000,
        "- just\n- a list",
    ],
    ids=["empty", "alias", "tag", "twice", "deep", "large", "list"],
)
def test_text_that_is_no_definition_is_refused(house: House, text: str) -> None:
    sent = house.by("管理员").call(
        "PUT", "/api/v1/definitions/simple", data=text.encode(), content_type="application/yaml"
    )
    assert problem(sent) == (422, "definition_wrong")


def test_file_of_another_key_is_refused(house: House) -> None:
    refused = house.by("管理员").put("/api/v1/definitions/other", {"definition": SIMPLE})
    assert problem(refused) == (422, "definition_wrong")


def test_text_that_is_not_utf8_or_too_large_is_refused(house: House) -> None:
    admin = house.by("管理员")
    path = "/api/v1/definitions/simple"
    assert problem(admin.call("PUT", path, data=b"\xff\xfe", content_type="application/yaml")) == (400, "malformed")
    assert problem(admin.call("PUT", path, data=b"x" * 500_000, content_type="application/yaml")) == (413, "too_large")
    assert problem(admin.call("PUT", path, data=b"x", content_type="text/plain")) == (400, "malformed")


def test_running_case_keeps_its_version(house: House) -> None:
    admin = house.by("管理员")
    case = house.leave()
    text = admin.read("/api/v1/definitions/leave_request/versions")["items"][0]["definition"]
    changed = text.replace("township_review:\n    label: {zh: 镇街审批", "township_review:\n    label: {zh: 镇里审批")
    published = admin.do("/api/v1/definitions/leave_request", {"definition": changed}, method="PUT", status=201)
    assert published["version"] == 2
    assert house.by("王芳").read(f"/api/v1/cases/{case['id']}")["tasks"][0]["state_label"]["zh"] == "镇街审批"
    assert house.leave()["tasks"][0]["state_label"]["zh"] == "镇里审批"


def test_definition_shows_forms_diagram_and_procedure(house: House) -> None:
    shown = house.by("王芳").read("/api/v1/definitions/leave_request")
    assert list(shown["start_form"]["properties"]) == ["kind", "reason", "from_on", "days", "proof", "stand_in"]
    assert shown["start_form"]["required"] == ["kind", "reason", "from_on", "days"]
    kind, days = (shown["start_form"]["properties"][name] for name in ("kind", "days"))
    assert (kind["x-label"]["en"], kind["x-options"]["sick"]) == ("Kind", {"zh": "病假", "en": "Sick leave"})
    assert days["x-help"]["en"] == "Half a day is 0.5"
    assert shown["diagram"].startswith("flowchart")
    assert {name: text[:4] for name, text in shown["drawing"].items()} == {"zh": "<svg", "en": "<svg"}
    assert "township" in shown["drawing"]["en"].casefold()
    assert "township" in shown["guide"]["en"].casefold()
    listed = house.by("王芳").read("/api/v1/definitions")["items"]
    assert {one["key"]: one["start"] for one in listed} == {"hearing": True, "leave_request": True}
    others = house.by("郑书记").read("/api/v1/definitions")["items"]
    assert {one["key"]: one["start"] for one in others}["leave_request"] is False
    assert LEAVE.keys() <= set(shown["form"]["properties"])
