"""Problems and pages in the reader's language: what the client asks for, else the person's own, else Chinese."""

import pytest

from tests.api.house import House


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-Hans", "zh"),
        ("fr-FR,fr;q=0.9", "zh"),
        ("fr,en;q=0.5", "en"),
        ("*", "zh"),
        ("nonsense;;;", "zh"),
    ],
)
def test_problem_is_told_in_the_language_that_is_asked_for(house: House, wanted: str, language: str) -> None:
    told = house.by(None).get("/api/v1/me", headers={"Accept-Language": wanted})
    assert told.headers["Content-Language"] == language
    assert told.json["title"] == {"zh": "请登录。", "en": "Please sign in."}[language]
    assert "Accept-Language" in told.headers["Vary"]


def test_problem_is_told_in_the_person_s_own_language(house: House) -> None:
    titles = {
        name: house.by(name).get("/api/v1/cases/x", headers=headers).json["title"]
        for name, headers in (("Ann", {}), ("王芳", {}), ("路人", {"Accept-Language": "en"}))
    }
    assert titles == {"Ann": "Not found.", "王芳": "没有找到。", "路人": "Not found."}
    asked = house.by("Ann").get("/api/v1/cases/x", headers={"Accept-Language": "zh"})
    assert asked.json["title"] == "没有找到。"


def test_what_is_wrong_with_each_field_is_told_in_the_same_language(house: House) -> None:
    told = house.by("Ann").post("/api/v1/people", {"name": 7, "mobile": "1"}).json
    assert [entry["message"] for entry in told["errors"]] == ["A text is wanted."]
    told = house.by("Ann").post("/api/v1/delegations", {"from": 1, "to": 2, "begins": "x", "ends": None}).json
    assert {entry["at"]: entry["message"] for entry in told["errors"]} == {
        "/begins": "A moment with its zone is wanted, like 2026-03-09T14:00:00+08:00.",
        "/ends": "This must not be empty.",
    }


def test_why_not_and_warnings_are_told_in_the_reader_s_language(house: House) -> None:
    case = house.leave(days=9)
    house.by("李强").do(f"/api/v1/tasks/{case['tasks'][0]['id']}/decision", {"trigger": "approve"})
    path = f"/api/v1/cases/{case['id']}"
    zheng = house.by("郑书记").read("/api/v1/tasks")["items"][0]["id"]
    house.by("郑书记").do(f"/api/v1/tasks/{zheng}/claim")
    assert house.by("Ann").read(path)["tasks"][0]["why_not"] == "郑书记 has claimed this task."


@pytest.mark.parametrize(("wanted", "language"), [("zh", "zh-CN"), ("en", "en")])
def test_pages_speak_both_languages(house: House, wanted: str, language: str) -> None:
    client = house.app.test_client()
    for path in ("/", "/sign-in", "/password", "/password/x", "/objections", "/notices", "/problems/guard"):
        for page in (
            client.get(f"{path}?language={wanted}"),
            client.get(path, headers={"Accept-Language": wanted}),
        ):
            assert page.status_code == 200, path
            assert f'<html lang="{language}">' in page.text, path
