"""Definitions as pages: drawn, in words, proved, compared, simulated; and published, or refused with the line that is wrong."""

from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.house import DEFINITIONS, House
from workflow.cases.versions import Texts

KEY = "leave_request"


def shipped(key: str) -> Texts:
    folder = DEFINITIONS / key
    return Texts(definition=(folder / "definition.yaml").read_text(), stories=(folder / "stories.yaml").read_text())


def shown(house: House, path: str, by: str | None = "管理员", language: str = "en") -> TestResponse:
    headers = {"Authorization": f"Bearer {house.by(by).token}"} if by else {}
    return house.app.test_client().get(f"{path}{'&' if '?' in path else '?'}language={language}", headers=headers)


def sent(house: House, by: str = "管理员", **values: Any) -> TestResponse:
    path = "/definitions/publish?language=en"
    return house.app.test_client().post(path, data=values, headers={"Authorization": f"Bearer {house.by(by).token}"})


def newest(house: House) -> Texts:
    with house.office.database.read() as connection:
        return house.office.versions.newest(connection, KEY).texts


@pytest.fixture
def published(house: House) -> House:
    texts = shipped(KEY)
    assert sent(house, definition=texts.definition, stories=texts.stories).status_code == 303
    return house


def test_catalogue_and_definition_are_for_whoever_is_signed_in(published: House) -> None:
    assert shown(published, "/definitions", by=None).status_code == 401
    assert f'href="/definitions/{KEY}"' in shown(published, "/definitions", by="王芳").text
    page = shown(published, f"/definitions/{KEY}", by="王芳")
    assert page.status_code == 200
    assert "<svg" in page.text
    assert "Every way ends in" in page.text
    assert "/definitions/publish" not in page.text
    assert "/definitions/publish" in shown(published, f"/definitions/{KEY}").text
    assert shown(published, "/definitions/nothing").status_code == 404
    assert shown(published, f"/definitions/{KEY}?version=7").status_code == 404


def test_claims_and_stories_are_tried_again(published: House) -> None:
    page = shown(published, f"/definitions/{KEY}/checked")
    assert "all 6 hold" in page.text
    assert "all are as told" in page.text


def test_a_new_version_says_what_is_other(published: House) -> None:
    texts = shipped(KEY)
    longer = texts.definition.replace("title: {zh: ", "title: {zh: 新的", 1).replace("en: ", "en: New ", 1)
    assert longer != texts.definition
    done = sent(published, definition=longer, stories=texts.stories, key=KEY)
    assert (done.status_code, done.location) == (303, f"/definitions/{KEY}?done=published&part=versions")
    page = shown(published, f"/definitions/{KEY}?part=versions").text
    assert "What is other in version 3 than in 2" in page
    assert "<ins>New " in page
    again = sent(published, definition=longer, stories=texts.stories, key=KEY)
    assert "done=same" in again.location
    assert "The first version" in shown(published, f"/definitions/{KEY}?part=versions&version=1").text


def test_what_is_wrong_is_said_with_its_line_and_nothing_typed_is_lost(house: House) -> None:
    texts = shipped(KEY)
    broken = texts.definition + "\nunheard_of: 1\n"
    answer = sent(house, definition=broken, stories=texts.stories)
    assert answer.status_code == 422
    assert f"definition.yaml:{broken.count(chr(10))}" in answer.text
    assert "unheard_of: 1" in answer.text
    assert newest(house).stories is None  # as it was before


def test_a_claim_that_does_not_hold_and_a_story_that_fails_are_not_published(house: House) -> None:
    texts = shipped(KEY)
    refuted = texts.definition.replace("\nprove:", "\nprove:\n  - never granted after township_review", 1)
    answer = sent(house, definition=refuted, stories=texts.stories)
    assert answer.status_code == 422
    assert "does not hold" in answer.text

    assert texts.stories is not None
    failing = texts.stories.replace("state: granted, told", "state: refused, told", 1)
    assert failing != texts.stories
    answer = sent(house, definition=texts.definition, stories=failing)
    assert answer.status_code == 422
    assert "stories.yaml:" in answer.text


def test_files_stand_in_place_of_what_was_typed(house: House) -> None:
    texts = shipped(KEY)
    assert texts.stories is not None
    files = [
        (BytesIO(texts.definition.encode()), "definition.yaml"),
        (BytesIO(texts.stories.encode()), "stories.yaml"),
        (BytesIO("您好".encode()), "hello.zh.txt"),
    ]
    assert sent(house, definition="nonsense", files=files).status_code == 303
    assert newest(house).texts == {"hello.zh.txt": "您好"}
    wrong = sent(house, definition="x", files=[(BytesIO(b"\xff\xfe\x00"), "definition.yaml")])
    assert wrong.status_code == 422
    assert "UTF-8" in wrong.text


def test_publishing_is_for_administrators_at_the_top(house: House) -> None:
    texts = shipped(KEY)
    for who in ("王芳", "东镇管理员"):
        assert shown(house, "/definitions/publish", by=who).status_code == 403
        assert sent(house, by=who, definition=texts.definition).status_code == 403


def test_simulation_and_texts(published: House) -> None:
    page = shown(published, f"/definitions/{KEY}/simulation?from=2026-09-28&days=20")
    assert page.status_code == 200
    assert 'value="2026-09-28"' in page.text
    assert '<ol class="calendar">' in page.text
    assert shown(published, f"/definitions/{KEY}/simulation?from=tomorrow").status_code == 422
    text = shown(published, f"/definitions/{KEY}/2/definition.yaml")
    assert (text.mimetype, text.text) == ("application/yaml", shipped(KEY).definition)
    assert shown(published, f"/definitions/{KEY}/3/definition.yaml").status_code == 404
    assert "<th" in shown(published, f"/definitions/{KEY}?part=rights").text
    assert 'id="stories-1"' in shown(published, f"/definitions/{KEY}?part=source").text
