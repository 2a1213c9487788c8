"""Where people, roles or units have changed is kept until open tasks there were resolved again."""

import pytest

from tests.people.district import District, forget, loaded, places_touched
from workflow.people.changing import changing, forget_touched
from workflow.people.organisations import add_organisation, change_organisation
from workflow.people.persons import add_person, change_person
from workflow.people.posts import appoint
from workflow.store import Database


def test_each_place_stands_there_once(database: Database, district: District) -> None:
    for name in ("a", "b", "c"):
        change_organisation(database, district.works, name=name)

    assert places_touched(database) == sorted([district.east, district.works])


def test_what_is_touched_after_it_was_looked_at_stays(database: Database, district: District) -> None:
    """A sweep that resolved with an older directory forgets no newer change."""
    change_organisation(database, district.west, name="a")
    change_organisation(database, district.works, name="a")
    swept = loaded(database).number
    appoint(database, person=district.li, role="examiner", organisation=district.works)

    with database.write() as connection:
        forget_touched(connection, swept)

    assert places_touched(database) == [district.works]


def test_nothing_is_touched_by_what_touches_nobody(database: Database, district: District) -> None:
    before = loaded(database).number

    add_person(database, name="赵敏")

    assert places_touched(database) == []
    assert loaded(database).number == before + 1


def test_failed_change_touches_nothing(database: Database, district: District) -> None:
    def fail() -> None:
        with changing(database) as change:
            change.touch([district.works])
            raise InterruptedError

    before = loaded(database).number
    with pytest.raises(InterruptedError):
        fail()

    assert places_touched(database) == []
    assert loaded(database).number == before


def test_forgetting_twice_is_forgetting_once(database: Database, district: District) -> None:
    add_organisation(database, name="a", level="b")
    forget(database)
    forget(database)

    assert places_touched(database) == []


def test_person_without_posts_touches_his_employer(database: Database, district: District) -> None:
    key = add_person(database, name="赵敏", employer=district.works)
    forget(database)

    change_person(database, key, mobile="13800000001")

    assert places_touched(database) == [district.works]
