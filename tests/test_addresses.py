"""Every address that a mail names is answered, until the pages come by what the API has under it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import service
from workflow.messages import addresses


@pytest.fixture
def client(empty_sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    monkeypatch.setenv("YANGGUANG_FILES", str(tmp_path / "files"))
    house = service.open_house(empty_sqlite_url, create=True)
    yield house.application().test_client()
    house.office.database.dispose()


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        (addresses.task_page("", "5e7c0a52-3f0e-5d0b-9a3e-8a1f8f0f6d2c", 3), "/api/v1/tasks/"),
        (addresses.subject_page("", "5e7c0a52-3f0e-5d0b-9a3e-8a1f8f0f6d2c", is_round=False), "/api/v1/cases/"),
        (addresses.subject_page("", "5e7c0a52-3f0e-5d0b-9a3e-8a1f8f0f6d2c", is_round=True), "/api/v1/rounds/"),
        (addresses.link_page("", "a-code"), "/api/v1/links/a-code"),
        (addresses.inbox_page(""), "/api/v1/tasks?mine=true"),
        (addresses.objection_page(""), "/api/v1/notices"),
        (addresses.own_page(""), "/api/v1/me"),
    ],
)
def test_address_leads_to_what_it_names(client: FlaskClient, address: str, leads_to: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(leads_to)


@pytest.mark.parametrize(("language", "wanted"), [("zh", "密码"), ("en", "Give yourself a password")])
def test_invitation_says_how_to_get_a_password(client: FlaskClient, language: str, wanted: str) -> None:
    answer = client.get(addresses.password_page("", "a<b>-code"), headers={"Accept-Language": language})

    assert answer.status_code == 200
    assert wanted in answer.text
    assert "a&lt;b&gt;-code" in answer.text
