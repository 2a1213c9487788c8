"""Posts are roles at organisations; who holds one, and when, is kept for good."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.people.district import BEFORE, DAY, LATER, NOW, District, forget, loaded, places_touched, wrong
from workflow.engine.directory import Holding
from workflow.errors import InvalidData, NotFound
from workflow.people.changing import changing
from workflow.people.organisations import end_organisation
from workflow.people.persons import add_person, end_person
from workflow.people.posts import appoint, appoint_many, dismiss, ensure_post
from workflow.store import Database

MOMENT = timedelta(microseconds=1)


def test_appointed_person_holds_the_post_from_then_on(database: Database, district: District) -> None:
    held = appoint(database, person=district.li, role="examiner", organisation=district.top, at=NOW)

    directory = loaded(database)
    post = directory.post("examiner", district.top)
    assert post is not None
    assert held == Holding(person=district.li, post=post.id, since=NOW)
    assert directory.holders(post.id, NOW - MOMENT) == ()
    assert directory.holders(post.id, NOW) == (district.li,)
    assert directory.has_role(district.li, "examiner", district.works, NOW)
    assert places_touched(database) == [district.top]


def test_post_is_made_once_and_may_have_many_holders(database: Database, district: District) -> None:
    first = appoint(database, person=district.li, role="examiner", organisation=district.top, at=NOW)
    second = appoint(database, person=district.wang, role="examiner", organisation=district.top, at=BEFORE)

    assert first.post == second.post
    assert loaded(database).holders(first.post, LATER) == (district.wang, district.li)


def test_appointing_again_changes_nothing(database: Database, district: District) -> None:
    first = appoint(database, person=district.li, role="examiner", organisation=district.top, at=NOW)
    before = loaded(database)

    assert appoint(database, person=district.li, role=" examiner ", organisation=district.top, at=LATER) == first

    assert loaded(database).holdings == before.holdings
    assert loaded(database).number == before.number


def test_dismissed_person_held_the_post_until_then(database: Database, district: District) -> None:
    dismiss(database, person=district.wang, role="union_chair", organisation=district.works, at=NOW)

    directory = loaded(database)
    post = directory.post("union_chair", district.works)
    assert post is not None
    assert directory.holders(post.id, NOW - MOMENT) == (district.wang,)
    assert directory.holders(post.id, NOW) == ()
    assert places_touched(database) == [district.works]


def test_dismissed_person_may_come_back(database: Database, district: District) -> None:
    dismiss(database, person=district.wang, role="union_chair", organisation=district.works, at=NOW)

    appoint(database, person=district.wang, role="union_chair", organisation=district.works, at=LATER)

    directory = loaded(database)
    assert [directory.posts_of(district.wang, at) != () for at in (NOW - DAY, NOW, LATER - DAY, LATER)] == [
        True,
        False,
        False,
        True,
    ]


def test_dismissed_and_appointed_at_the_same_moment(database: Database, district: District) -> None:
    for _ in range(2):
        appoint(database, person=district.li, role="examiner", organisation=district.top, at=NOW)
        dismiss(database, person=district.li, role="examiner", organisation=district.top, at=NOW)
    held = appoint(database, person=district.li, role="examiner", organisation=district.top, at=NOW)

    assert loaded(database).holders(held.post, NOW) == (district.li,)


def test_dismissing_twice_is_dismissing_once(database: Database, district: District) -> None:
    dismiss(database, person=district.wang, role="union_chair", organisation=district.works, at=NOW)
    before = loaded(database).number

    dismiss(database, person=district.wang, role="union_chair", organisation=district.works, at=LATER)

    assert loaded(database).number == before
    assert [held.until for held in loaded(database).holdings if held.person == district.wang] == [NOW]


def test_who_never_held_it_is_not_dismissed(database: Database, district: District) -> None:
    def of_post() -> None:
        dismiss(database, person=district.li, role="union_chair", organisation=district.works)

    def of_no_post() -> None:
        dismiss(database, person=district.li, role="astronaut", organisation=district.works)

    assert wrong(of_post) == wrong(of_no_post) == [("/person", "unknown")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"person": 99999}, ("/person", "unknown")),
        ({"person": None}, ("/person", "required")),
        ({"organisation": 99999}, ("/organisation", "unknown")),
        ({"role": ""}, ("/role", "required")),
        ({"role": "r" * 61}, ("/role", "data")),
        ({"role": "chair\nman"}, ("/role", "data")),
        ({"since": "2026-01-01"}, ("/since", "unknown_key")),
    ],
)
def test_what_cannot_be_right_is_refused(
    values: dict[str, Any], expected: tuple[str, str], database: Database, district: District
) -> None:
    given: Any = {"person": district.li, "role": "examiner", "organisation": district.top, **values}

    assert wrong(lambda: appoint(database, **given)) == [expected]

    assert loaded(database).post("examiner", district.top) is None


def test_organisation_is_no_person_nor_the_other_way_round(database: Database, district: District) -> None:
    assert wrong(lambda: appoint(database, person=district.top, role="a", organisation=district.li)) == [
        ("/person", "unknown"),
        ("/organisation", "unknown"),
    ]


def test_nobody_is_appointed_who_has_left_nor_where_all_is_over(database: Database, district: District) -> None:
    end_person(database, district.wang, at=NOW)
    end_organisation(database, district.west, at=NOW)

    assert wrong(lambda: appoint(database, person=district.wang, role="a", organisation=district.west, at=LATER)) == [
        ("/person", "ended"),
        ("/organisation", "ended"),
    ]


def test_post_that_nobody_holds_is_made_when_it_is_needed(database: Database, district: District) -> None:
    before = loaded(database).number

    post = ensure_post(database, "reviewer", district.west)

    directory = loaded(database)
    assert directory.post("reviewer", district.west) == directory.posts[post]
    assert directory.holders(post, NOW) == ()
    assert directory.number == before + 1
    assert places_touched(database) == [district.west]
    assert ensure_post(database, "reviewer", district.west) == post
    assert loaded(database).number == before + 1


def test_post_is_made_within_the_transaction_of_another(database: Database, district: District) -> None:
    def fail() -> None:
        with database.write() as connection:
            ensure_post(connection, "reviewer", district.west)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert loaded(database).post("reviewer", district.west) is None

    with database.write() as connection:
        post = ensure_post(connection, "reviewer", district.west)
        assert ensure_post(connection, "reviewer", district.west) == post

    assert post in loaded(database).posts


def test_post_wanted_by_many_at_once_is_made_once(database: Database, district: District) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: ensure_post(database, "reviewer", district.west), range(16)))

    assert len(found) == 1


def test_post_of_no_organisation_is_refused(database: Database, district: District) -> None:
    with pytest.raises(NotFound):
        ensure_post(database, "reviewer", 99999)
    with pytest.raises(InvalidData):
        ensure_post(database, "", district.west)


def test_appointments_of_an_import_say_all_that_is_wrong(database: Database, district: District) -> None:
    rows: Any = [
        {"person": district.li, "role": "examiner", "organisation": district.top},
        {"person": 99999, "role": "examiner", "organisation": district.top},
        {"person": district.li, "role": "", "organisation": district.top},
    ]

    def bring_in() -> None:
        with changing(database) as change:
            appoint_many(change, rows)

    assert wrong(bring_in) == [("/2/role", "required"), ("/1/person", "unknown")]


def test_import_appoints_each_once(database: Database, district: District) -> None:
    """One of them holds his post already, another stands there twice."""
    qian = add_person(database, name="钱进")
    forget(database)
    with changing(database, NOW) as change:
        held = appoint_many(
            change,
            [
                {"person": district.li, "role": "reviewer", "organisation": district.east},
                {"person": qian, "role": "reviewer", "organisation": district.east},
                {"person": qian, "role": "reviewer", "organisation": district.west},
                {"person": qian, "role": "reviewer", "organisation": district.west},
            ],
        )

    directory = loaded(database)
    assert [each.since for each in held] == [BEFORE, NOW, NOW, NOW]
    assert held[2] == held[3]
    assert directory.holders(held[0].post, NOW) == (district.li, qian)
    assert len(directory.posts_of(qian, NOW)) == 2
    assert places_touched(database) == sorted([district.east, district.west])
