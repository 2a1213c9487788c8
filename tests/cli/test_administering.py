"""Tokens, verification, upgrades: what who runs the service types."""

import pytest
from sqlalchemy import delete, select, update

from tests.cli.conftest import Yangguang, serving
from tests.cli.district import NOMINATIONS, a_district, a_workbook
from workflow.cases.tables import cases, event
from workflow.people.credentials import person_of_token
from workflow.people.tables import person
from workflow.store import open_database


def test_upgrade_makes_a_database_with_an_administrator(yangguang: Yangguang, empty_url: str) -> None:
    said = yangguang("upgrade", "--database", empty_url)

    assert (said.code, said.out) == (0, "The database is of this version.\n")
    assert yangguang("token", "admin", "--database", empty_url).code == 0


def test_upgrade_again_changes_nothing(yangguang: Yangguang, empty_url: str) -> None:
    yangguang("upgrade", "--database", empty_url)

    said = yangguang("upgrade", "--database", empty_url)

    assert said.code == 0
    database = open_database(empty_url)
    with database.read() as connection:
        assert connection.scalars(select(person.c.login)).all() == ["admin"]
    database.dispose()


def test_token_is_printed_and_nothing_else(yangguang: Yangguang, empty_url: str) -> None:
    yangguang("upgrade", "--database", empty_url)

    said = yangguang("token", "admin", "--database", empty_url)

    assert (said.code, said.err) == (0, "")
    database = open_database(empty_url)
    with database.read() as connection:
        holder = person_of_token(connection, said.out.strip(), at=database.now(connection))
        assert connection.scalar(select(person.c.login).where(person.c.id == holder)) == "admin"
    database.dispose()


@pytest.mark.parametrize(
    "login", ["nobody", "", "admin\n", "a" * 300], ids=["unknown", "empty", "with a line break", "long"]
)
def test_token_of_nobody_is_refused(yangguang: Yangguang, sqlite_url: str, login: str) -> None:
    said = yangguang("token", "--database", sqlite_url, "--", login)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("There is nobody with the login “")


def test_verify_of_a_sound_database_ends_with_0(yangguang: Yangguang, empty_url: str) -> None:
    an_imported_round(yangguang, empty_url)

    said = yangguang("verify", "--database", empty_url)

    assert said.code == 0
    assert said.out.startswith("3 cases and rounds, 3 events: every chain and fold holds;")
    assert len(said.lines) == 1


def test_verify_says_in_chinese_what_it_found(yangguang: Yangguang, sqlite_url: str) -> None:
    said = yangguang("verify", "--database", sqlite_url, language="zh")

    assert said.code == 0
    assert "cases" not in said.out


def test_verify_names_what_is_broken_and_ends_with_1(yangguang: Yangguang, empty_url: str) -> None:
    an_imported_round(yangguang, empty_url)
    database = open_database(empty_url)
    with database.write() as connection:
        numbers = connection.execute(select(cases.c.id, cases.c.number).where(cases.c.number.is_not(None))).all()
        (altered, first), (lost, second) = numbers
        body = connection.scalar(select(event.c.body).where(event.c.case_id == altered))
        changed = str(body).replace("draft", "drafd")
        assert changed != body
        connection.execute(update(event).where(event.c.case_id == altered).values(body=changed))
        connection.execute(delete(event).where(event.c.case_id == lost))
    database.dispose()

    said = yangguang("verify", "--database", empty_url)

    assert said.code == 1
    assert sorted(said.lines[:-1]) == sorted(
        [
            f"{first} ({altered}): the chain breaks at event 1",
            f"{second} ({lost}): 0 events, but version 1",
        ]
    )
    assert "2 things are broken" in said.lines[-1]


def test_verify_reads_beside_a_running_service(yangguang: Yangguang, empty_url: str) -> None:
    an_imported_round(yangguang, empty_url)
    token = yangguang("token", "wangfang", "--database", empty_url).out.strip()

    with serving("run", "--database", empty_url) as running:
        before = yangguang("verify", "--database", empty_url)
        status, _ = running.ask("/api/v1/tasks?mine=true", token)
        after = yangguang("verify", "--database", empty_url)
        ended = running.end()

    assert (before.code, status, after.code, ended.code) == (0, 200, 0, 0)


def an_imported_round(yangguang: Yangguang, url: str) -> None:
    a_district(yangguang, url)
    book = a_workbook("nominations.xlsx", NOMINATIONS)
    assert yangguang("import", "nominations", book, "--definition", "outing", "--database", url).code == 0
