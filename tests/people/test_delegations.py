"""Who stands in for whom, from when until when, for what."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.people.district import BEFORE, DAY, LATER, NOW, District, forget, loaded, places_touched, wrong
from workflow.engine.directory import Directory, Principal
from workflow.errors import NotFound
from workflow.people.delegations import delegate, end_delegation
from workflow.people.persons import end_person
from workflow.store import Database

MOMENT = timedelta(microseconds=1)


def stands_in(database: Database, district: District, definition: str | None = None) -> int:
    """王芳 for 李强, from now until later."""
    return delegate(
        database,
        from_person=district.li,
        to_person=district.wang,
        begins=NOW,
        ends=LATER,
        definition=definition,
        at=BEFORE,
    )


def for_li(directory: Directory, district: District, definition: str, at: datetime) -> set[Principal]:
    """As whom 王芳 may act in his place."""
    found = directory.principals(district.wang, definition, at)
    return {principal for principal, absent in found.items() if absent == district.li}


def test_stand_in_acts_as_the_other_and_his_posts_for_that_time(database: Database, district: District) -> None:
    stands_in(database, district)

    directory = loaded(database)
    post = directory.post("reviewer", district.east)
    assert post is not None
    assert for_li(directory, district, "leave", NOW - MOMENT) == set()
    assert for_li(directory, district, "leave", NOW) == {district.li, post.id}
    assert for_li(directory, district, "leave", LATER - MOMENT) == {district.li, post.id}
    assert for_li(directory, district, "leave", LATER) == set()


def test_stand_in_for_one_definition_only(database: Database, district: District) -> None:
    stands_in(database, district, definition="leave")

    directory = loaded(database)
    assert for_li(directory, district, "leave", NOW) != set()
    assert for_li(directory, district, "model_worker", NOW) == set()


def test_stand_in_ends_when_it_is_called_off(database: Database, district: District) -> None:
    delegation = stands_in(database, district)

    end_delegation(database, delegation, at=NOW + DAY)

    directory = loaded(database)
    assert for_li(directory, district, "leave", NOW) != set()
    assert for_li(directory, district, "leave", NOW + DAY) == set()


def test_stand_in_called_off_before_it_begins_never_was(database: Database, district: District) -> None:
    end_delegation(database, stands_in(database, district), at=BEFORE)

    assert for_li(loaded(database), district, "leave", NOW) == set()


def test_calling_off_twice_or_too_late_changes_nothing(database: Database, district: District) -> None:
    delegation = stands_in(database, district)
    end_delegation(database, delegation, at=NOW + DAY)
    before = loaded(database).number

    end_delegation(database, delegation, at=NOW + 2 * DAY)
    end_delegation(database, delegation, at=LATER + DAY)

    assert loaded(database).number == before
    assert for_li(loaded(database), district, "leave", NOW + DAY) == set()


def test_delegation_touches_the_posts_of_the_absent(database: Database, district: District) -> None:
    delegation = stands_in(database, district)
    assert places_touched(database) == [district.east]
    forget(database)

    end_delegation(database, delegation, at=NOW)
    assert places_touched(database) == [district.east]


def test_each_raises_the_number_by_one(database: Database, district: District) -> None:
    before = loaded(database).number

    end_delegation(database, stands_in(database, district), at=NOW)

    assert loaded(database).number == before + 2


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"from_person": 99999}, ("/from", "unknown")),
        ({"to_person": 99999}, ("/to", "unknown")),
        ({"to_person": None}, ("/to", "required")),
        ({"begins": None}, ("/begins", "required")),
        ({"ends": NOW}, ("/ends", "data")),
        ({"ends": NOW - DAY}, ("/ends", "data")),
        ({"begins": "tomorrow"}, ("/begins", "data")),
        ({"definition": "d" * 61}, ("/definition", "data")),
        ({"definition": "a\nb"}, ("/definition", "data")),
        ({"at": LATER}, ("/ends", "data")),
    ],
)
def test_what_cannot_be_right_is_refused(
    values: dict[str, Any], expected: tuple[str, str], database: Database, district: District
) -> None:
    given: Any = {"from_person": district.li, "to_person": district.wang, "begins": NOW, "ends": LATER, "at": BEFORE}

    assert wrong(lambda: delegate(database, **{**given, **values})) == [expected]

    assert loaded(database).stand_ins == ()


def test_nobody_stands_in_for_himself(database: Database, district: District) -> None:
    def oneself() -> None:
        delegate(database, from_person=district.li, to_person=district.li, begins=NOW, ends=LATER, at=BEFORE)

    assert wrong(oneself) == [("/to", "data")]


def test_who_has_left_stands_in_for_nobody(database: Database, district: District) -> None:
    end_person(database, district.wang, at=BEFORE)

    assert wrong(lambda: stands_in(database, district)) == [("/to", "ended")]


def test_unknown_delegation_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        end_delegation(database, 77)
