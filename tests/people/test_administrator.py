"""The first administrator, and who may change the directory."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.people.district import BEFORE, DAY, LATER, NOW, District, loaded
from workflow.errors import NotSignedIn
from workflow.people.administrator import ensure_administrator, may_administer
from workflow.people.credentials import check_password, issue_token, person_of_token
from workflow.people.organisations import add_organisation
from workflow.people.persons import change_person, end_person
from workflow.people.posts import appoint, dismiss
from workflow.store import Database


def test_empty_database_gets_a_top_and_an_administrator(database: Database) -> None:
    admin = ensure_administrator(database, "示范区总工会", at=BEFORE)

    directory = loaded(database)
    (top,) = directory.organisations.values()
    assert (top.name, top.level, top.parent) == ("示范区总工会", "district", None)
    assert directory.persons[admin].login == "admin"
    assert may_administer(directory, admin, top.id, NOW)
    assert directory.number == 1


def test_administrator_comes_to_the_top_that_is_there(database: Database, district: District) -> None:
    admin = ensure_administrator(database, "另一个", at=NOW)

    directory = loaded(database)
    assert len(directory.organisations) == 4
    assert may_administer(directory, admin, district.top, NOW)
    assert may_administer(directory, admin, district.works, NOW)


def test_again_changes_nothing(database: Database) -> None:
    admin = ensure_administrator(database, "示范区总工会")
    change_person(database, admin, name="陈主任")
    before = loaded(database)

    assert ensure_administrator(database, "别的") == admin

    after = loaded(database)
    assert (after.number, after.persons, after.organisations) == (before.number, before.persons, before.organisations)


def test_administrator_who_was_dismissed_does_not_come_back(database: Database) -> None:
    """Who may administer is the district's to decide."""
    admin = ensure_administrator(database, "示范区总工会", at=BEFORE)
    (top,) = loaded(database).organisations
    dismiss(database, person=admin, role="administrator", organisation=top, at=NOW)

    ensure_administrator(database, "示范区总工会", at=LATER)

    assert not may_administer(loaded(database), admin, top, LATER)


def test_several_processes_make_one(database: Database) -> None:
    with ThreadPoolExecutor(6) as threads:
        found = set(threads.map(lambda _: ensure_administrator(database, "示范区总工会"), range(6)))

    assert len(found) == 1
    assert len(loaded(database).organisations) == 1
    assert loaded(database).number == 1


def test_administrator_signs_in_by_token_only(database: Database) -> None:
    admin = ensure_administrator(database, "示范区总工会")

    for password in ("", "admin", "administrator"):
        with pytest.raises(NotSignedIn):
            check_password(database, "admin", password)
    token = issue_token(database, "admin")
    with database.read() as connection:
        assert person_of_token(connection, token, at=database.now(connection)) == admin


def test_administrators_of_a_branch_administer_it_and_nothing_else(database: Database, district: District) -> None:
    appoint(database, person=district.li, role="administrator", organisation=district.east, at=NOW)

    directory = loaded(database)
    assert may_administer(directory, district.li, district.east, NOW)
    assert may_administer(directory, district.li, district.works, NOW)
    assert not may_administer(directory, district.li, district.west, NOW)
    assert not may_administer(directory, district.li, district.top, NOW)
    assert not may_administer(directory, district.li, district.works, NOW - DAY)


def test_nobody_administers_by_another_role_or_at_no_place(database: Database, district: District) -> None:
    other = add_organisation(database, name="别的总工会", level="district")
    admin = ensure_administrator(database, "示范区总工会", at=BEFORE)

    directory = loaded(database)
    assert not may_administer(directory, district.wang, district.works, NOW)
    assert not may_administer(directory, admin, None, NOW)
    assert not may_administer(directory, admin, 99999, NOW)
    assert not may_administer(directory, 99999, district.top, NOW)
    assert not may_administer(directory, admin, other, NOW)


def test_administrator_who_left_administers_nothing(database: Database, district: District) -> None:
    admin = ensure_administrator(database, "示范区总工会", at=BEFORE)
    end_person(database, admin, at=NOW)

    assert may_administer(loaded(database), admin, district.top, NOW - DAY)
    assert not may_administer(loaded(database), admin, district.top, NOW)
