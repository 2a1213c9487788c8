"""Persons are added, changed and ended, never deleted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any

import pytest

from tests.people.district import BEFORE, DAY, LATER, NOW, District, loaded, places_touched, wrong
from workflow.engine.directory import Person
from workflow.errors import InvalidData, NotFound
from workflow.people.changing import changing
from workflow.people.delegations import delegate
from workflow.people.organisations import add_organisation, end_organisation
from workflow.people.persons import add_person, add_persons, change_person, end_person
from workflow.people.posts import appoint
from workflow.store import Database


def test_person_comes_into_the_directory(database: Database, district: District) -> None:
    key = add_person(
        database,
        name="赵敏",
        login="zhaomin",
        email="zhao.min@example.org",
        mobile="138 0000-0001",
        language="en",
        employer=district.works,
        born_on=date(1988, 5, 1),
        columns={"category": "worker"},
        at=NOW,
    )

    assert loaded(database).persons[key] == Person(
        id=key,
        name="赵敏",
        login="zhaomin",
        mobile="13800000001",
        email="zhao.min@example.org",
        language="en",
        employer=district.works,
        born_on=date(1988, 5, 1),
        columns={"category": "worker"},
    )
    assert places_touched(database) == [district.works]


def test_person_needs_a_name_only(database: Database) -> None:
    key = add_person(database, name="赵敏")

    assert loaded(database).persons[key] == Person(id=key, name="赵敏")


#: What is wrong with a value, and where it is told.
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "/name"),
    ({"name": "赵\r\n敏"}, "/name"),
    ({"name": "敏" * 101}, "/name"),
    ({"login": "zhao min"}, "/login"),
    ({"login": "zhao\u3000min"}, "/login"),
    ({"login": "z" * 61}, "/login"),
    ({"login": "zhao\x00"}, "/login"),
    ({"email": "zhao.min"}, "/email"),
    ({"email": "zhao@example"}, "/email"),
    ({"email": "zhao@example.org\nBcc: all@example.org"}, "/email"),
    ({"email": "zhao@example.org\n"}, "/email"),
    ({"email": "zhao\x00@example.org"}, "/email"),
    ({"email": "赵敏 <zhao@example.org>"}, "/email"),
    ({"email": "z" * 200 + "@example.org"}, "/email"),
    ({"mobile": "12345"}, "/mobile"),
    ({"mobile": "+8613800000001"}, "/mobile"),
    ({"mobile": "13800000001\n"}, "/mobile"),
    ({"language": "fr"}, "/language"),
    ({"employer": 99999}, "/employer"),
    ({"born_on": "1988-02-30"}, "/born_on"),
    ({"born_on": "1850-01-01"}, "/born_on"),
    ({"born_on": "2999-01-01"}, "/born_on"),
    ({"columns": {"age": 3}}, "/columns/age"),
    ({"password": "hunter2hunter2"}, "/password"),
    ({"id": 3}, "/id"),
]


def test_what_cannot_be_right_is_refused(database: Database, district: District) -> None:
    before = loaded(database)
    given: Any = {"name": "赵敏"}
    key: Any = district.wang

    added = [{at for at, _ in wrong(partial(add_person, database, **{**given, **values}))} for values, _ in WRONG]
    changed = [{at for at, _ in wrong(partial(change_person, database, key, **values))} for values, _ in WRONG]

    assert added == changed == [{at} for _, at in WRONG]
    assert (loaded(database).organisations, loaded(database).persons) == (before.organisations, before.persons)
    assert loaded(database).number == before.number


def test_taken_login_is_refused(database: Database, district: District) -> None:
    assert wrong(lambda: add_person(database, name="王方", login="wangfang")) == [("/login", "twice")]
    assert wrong(lambda: change_person(database, district.li, login="wangfang")) == [("/login", "twice")]


def test_login_of_one_who_left_stays_taken(database: Database, district: District) -> None:
    """A history names who did it by login too."""
    end_person(database, district.wang)

    assert wrong(lambda: add_person(database, name="王方", login="wangfang")) == [("/login", "twice")]


def test_own_login_may_be_given_again(database: Database, district: District) -> None:
    change_person(database, district.wang, login="wangfang", name="王芳芳")

    assert loaded(database).persons[district.wang].name == "王芳芳"


def test_one_login_for_two_at_once_goes_to_one(database: Database) -> None:
    def add(_: int) -> int | None:
        try:
            return add_person(database, name="赵敏", login="zhaomin")
        except InvalidData:
            return None

    with ThreadPoolExecutor(8) as threads:
        added = [key for key in threads.map(add, range(8)) if key is not None]

    assert list(loaded(database).persons) == added
    assert len(added) == 1
    assert loaded(database).number == 1


def test_change_leaves_what_is_not_named(database: Database, district: District) -> None:
    change_person(database, district.wang, mobile="13800000001", columns={"category": "head", "grade": 2})
    change_person(database, district.wang, email="wang@example.org", columns={"grade": None})

    found = loaded(database).persons[district.wang]
    assert (found.login, found.mobile, found.email) == ("wangfang", "13800000001", "wang@example.org")
    assert found.columns == {"category": "head"}


def test_none_empties_and_language_falls_back(database: Database, district: District) -> None:
    change_person(database, district.wang, employer=None, language="en")
    nothing: Any = None
    change_person(database, district.wang, language=nothing, login=None)

    found = loaded(database).persons[district.wang]
    assert (found.employer, found.language, found.login) == (None, "zh", None)


def test_change_touches_posts_and_employers(database: Database, district: District) -> None:
    """Where he holds a post, where he was employed, and where he is now."""
    appoint(database, person=district.li, role="examiner", organisation=district.top)
    other = add_organisation(database, name="汇英科技", level="enterprise", parent=district.west)
    change_person(database, district.li, employer=district.works)

    assert set(places_touched(database)) >= {district.top, district.east, district.works}

    change_person(database, district.li, employer=other)

    assert set(places_touched(database)) >= {district.top, district.east, district.works, other}


def test_employer_that_was_ended_may_stay_but_not_be_given(database: Database, district: District) -> None:
    end_organisation(database, district.works, at=NOW)

    change_person(database, district.wang, employer=district.works, name="王芳芳", at=LATER)

    assert loaded(database).persons[district.wang].name == "王芳芳"
    assert wrong(lambda: change_person(database, district.li, employer=district.works, at=LATER)) == [
        ("/employer", "ended")
    ]


def test_ended_person_stays_but_holds_nothing(database: Database, district: District) -> None:
    end_person(database, district.wang, at=NOW)

    directory = loaded(database)
    assert directory.name_of(district.wang) == "王芳"
    assert directory.is_here(district.wang, NOW - DAY)
    assert not directory.is_here(district.wang, NOW)
    assert len(directory.posts_of(district.wang, NOW - DAY)) == 1
    assert directory.posts_of(district.wang, NOW) == ()
    assert directory.members(district.works, NOW) == ()
    assert places_touched(database) == [district.works]


def test_ended_person_stands_in_for_nobody_and_nobody_for_him(database: Database, district: District) -> None:
    qian = add_person(database, name="钱进", at=BEFORE)
    delegate(database, from_person=district.li, to_person=district.wang, begins=BEFORE, ends=LATER, at=BEFORE)
    delegate(database, from_person=district.wang, to_person=qian, begins=BEFORE, ends=LATER, at=BEFORE)

    end_person(database, district.wang, at=NOW)

    directory = loaded(database)
    assert directory.absent(qian, "leave", NOW - DAY) == (district.wang,)
    assert directory.absent(qian, "leave", NOW) == ()
    assert directory.standing_in_for(district.li, "leave", NOW) == ()
    assert set(places_touched(database)) == {district.works, district.east}


def test_ending_twice_is_ending_once(database: Database, district: District) -> None:
    end_person(database, district.wang, at=NOW)
    before = loaded(database).number

    end_person(database, district.wang, at=LATER)

    assert loaded(database).persons[district.wang].until == NOW
    assert loaded(database).number == before


def test_unknown_person_is_not_found(database: Database, district: District) -> None:
    with pytest.raises(NotFound):
        change_person(database, 99999, name="a")
    with pytest.raises(NotFound):
        end_person(database, district.works)


def test_register_says_all_that_is_wrong_row_by_row(database: Database, district: District) -> None:
    rows: Any = [
        {"name": "一", "login": "one"},
        {"name": "二", "login": "wangfang"},
        {"name": "三", "login": "one", "mobile": "1"},
        {"name": "四", "employer": district.li},
    ]

    def bring_in() -> None:
        with changing(database) as change:
            add_persons(change, rows)

    before = loaded(database).persons
    assert sorted(wrong(bring_in)) == [
        ("/0/login", "twice"),
        ("/1/login", "twice"),
        ("/2/login", "twice"),
        ("/2/mobile", "data"),
        ("/3/employer", "unknown"),
    ]
    assert loaded(database).persons == before


def test_register_gives_ids_in_the_order_of_its_rows(database: Database) -> None:
    with changing(database) as change:
        keys = add_persons(change, [{"name": f"第{number}"} for number in range(1500)])

    persons = loaded(database).persons
    assert [persons[key].name for key in keys] == [f"第{number}" for number in range(1500)]
