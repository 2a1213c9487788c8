"""Lists are filtered and paged by key, a statement a page."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.people.district import BEFORE, DAY, LATER, NOW, District, counting, wrong
from workflow.people.changing import changing
from workflow.people.delegations import delegate, end_delegation
from workflow.people.listing import (
    ListedDelegation,
    ListedOrganisation,
    ListedPerson,
    ListedPost,
    Page,
    list_delegations,
    list_organisations,
    list_persons,
    list_posts,
)
from workflow.people.organisations import add_organisation, change_organisation, end_organisation
from workflow.people.persons import add_person, add_persons, end_person
from workflow.people.posts import appoint, dismiss, ensure_post
from workflow.store import Database

Listing = Callable[..., Page[Any]]


def ids(database: Database, listing: Listing, **filters: Any) -> list[int]:
    with database.read() as connection:
        return [item.id for item in listing(connection, **filters).items]


def all_pages(connection: Connection, listing: Listing, limit: int, **filters: Any) -> list[Any]:
    page = listing(connection, limit=limit, **filters)
    found = list(page.items)
    while page.next is not None:
        assert len(page.items) == limit
        page = listing(connection, limit=limit, after=page.next, **filters)
        found += page.items
    return found


def test_organisation_is_listed_with_the_one_above(database: Database, district: District) -> None:
    change_organisation(database, district.works, members=80, columns={"grade": "A"})

    with database.read() as connection:
        (found,) = list_organisations(connection, level="enterprise").items

    assert found == ListedOrganisation(
        id=district.works,
        name="金彭车业",
        level="enterprise",
        kind=None,
        parent=district.east,
        parent_name="城东镇",
        members=80,
        workers=None,
        columns={"grade": "A"},
        proposed=False,
        since=BEFORE,
        until=None,
    )


def test_organisations_are_filtered(database: Database, district: District) -> None:
    tax = add_organisation(database, name="税务局_100%", level="bureau", kind="tax", parent=district.top)
    end_organisation(database, district.west, at=NOW)

    assert ids(database, list_organisations, level="township") == [district.east, district.west]
    assert ids(database, list_organisations, level="township", at=NOW) == [district.east]
    assert ids(database, list_organisations, level="township", at=NOW - DAY) == [district.east, district.west]
    assert ids(database, list_organisations, kind="tax") == [tax]
    assert ids(database, list_organisations, parent=district.top) == [district.east, district.west, tax]
    assert ids(database, list_organisations, name="城") == [district.east, district.west]
    assert ids(database, list_organisations, name="_100%") == [tax]
    assert ids(database, list_organisations, name="%") == [tax]
    assert ids(database, list_organisations, name="城", level="bureau") == []


def test_person_is_listed_with_his_employer(database: Database, district: District) -> None:
    with database.read() as connection:
        (found,) = list_persons(connection, login="wangfang").items

    assert found == ListedPerson(
        id=district.wang,
        name="王芳",
        login="wangfang",
        email=None,
        mobile=None,
        language="zh",
        employer=district.works,
        employer_name="金彭车业",
        born_on=None,
        columns={},
        since=BEFORE,
        until=None,
    )


def test_persons_are_filtered(database: Database, district: District) -> None:
    anna = add_person(database, name="Anna Wang")
    end_person(database, district.li, at=NOW)

    assert ids(database, list_persons, name="强") == [district.li]
    assert ids(database, list_persons, name="强", at=NOW) == []
    assert ids(database, list_persons, name="anna WANG") == [anna]
    assert ids(database, list_persons, login="wang") == []
    assert ids(database, list_persons, employer=district.works) == [district.wang]


def test_post_is_listed_with_each_who_holds_or_held_it(database: Database, district: District) -> None:
    dismiss(database, person=district.wang, role="union_chair", organisation=district.works, at=NOW)
    appoint(database, person=district.li, role="union_chair", organisation=district.works, at=NOW)

    with database.read() as connection:
        found = list_posts(connection, role="union_chair").items

    (post,) = {each.id for each in found}
    common: Any = {"id": post, "role": "union_chair", "organisation": district.works, "organisation_name": "金彭车业"}
    assert found == (
        ListedPost(**common, person=district.wang, person_name="王芳", since=BEFORE, until=NOW),
        ListedPost(**common, person=district.li, person_name="李强", since=NOW, until=None),
    )


def test_posts_are_filtered(database: Database, district: District) -> None:
    vacant = ensure_post(database, "reviewer", district.west)
    dismiss(database, person=district.wang, role="union_chair", organisation=district.works, at=NOW)

    with database.read() as connection:
        everything = list_posts(connection).items
        still = list_posts(connection, at=NOW).items
        of_li = list_posts(connection, person=district.li).items
        at_works = list_posts(connection, organisation=district.works, at=NOW).items

    assert [each.person for each in everything] == [district.wang, district.li, None]
    assert [each.person for each in still] == [None, district.li, None]
    assert [each.role for each in of_li] == ["reviewer"]
    assert [(each.role, each.person, each.since) for each in at_works] == [("union_chair", None, None)]
    assert everything[-1].id == vacant


def test_delegation_is_listed_with_both_names(database: Database, district: District) -> None:
    key = delegate(
        database, from_person=district.li, to_person=district.wang, begins=NOW, ends=LATER, definition="leave", at=NOW
    )

    with database.read() as connection:
        found = list_delegations(connection, definition="leave").items

    assert found == (
        ListedDelegation(
            id=key,
            from_person=district.li,
            from_name="李强",
            to_person=district.wang,
            to_name="王芳",
            begins=NOW,
            ends=LATER,
            definition="leave",
            ended_at=None,
        ),
    )


def test_delegations_are_filtered(database: Database, district: District) -> None:
    first = delegate(database, from_person=district.li, to_person=district.wang, begins=NOW, ends=LATER, at=NOW)
    second = delegate(database, from_person=district.wang, to_person=district.li, begins=NOW, ends=LATER, at=NOW)
    end_delegation(database, first, at=NOW + DAY)

    assert ids(database, list_delegations) == [first, second]
    assert ids(database, list_delegations, from_person=district.li) == [first]
    assert ids(database, list_delegations, to_person=district.li) == [second]
    assert ids(database, list_delegations, definition="leave") == []
    assert ids(database, list_delegations, at=NOW) == [first, second]
    assert ids(database, list_delegations, at=NOW + DAY) == [second]
    assert ids(database, list_delegations, at=LATER) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_have_each_once_and_in_order(limit: int, database: Database, district: District) -> None:
    for moment in (NOW, NOW + DAY, NOW + 2 * DAY):
        dismiss(database, person=district.wang, role="union_chair", organisation=district.works, at=moment)
        appoint(database, person=district.wang, role="union_chair", organisation=district.works, at=moment + DAY / 2)
        delegate(database, from_person=district.li, to_person=district.wang, begins=NOW, ends=LATER, at=NOW)
    appoint(database, person=district.li, role="union_chair", organisation=district.works, at=NOW)
    ensure_post(database, "reviewer", district.west)
    ensure_post(database, "reviewer", district.top)

    with database.read() as connection:
        for listing in (list_organisations, list_persons, list_posts, list_delegations):
            whole = listing(connection, limit=200)
            assert whole.next is None
            assert all_pages(connection, listing, limit) == list(whole.items)
        assert len(list_posts(connection).items) == 8
        assert len(all_pages(connection, list_posts, limit, organisation=district.works)) == 5


@pytest.mark.parametrize("listing", [list_organisations, list_persons, list_posts, list_delegations])
def test_page_is_one_statement_however_long(listing: Listing, database: Database, district: District) -> None:
    with changing(database) as change:
        add_persons(change, [{"name": f"第{number}", "employer": district.works} for number in range(30)])

    for limit in (1, 3, 200):
        with database.read() as connection, counting(connection) as statements:
            listing(connection, limit=limit)
        assert len(statements) == 1


@pytest.mark.parametrize("listing", [list_organisations, list_persons, list_posts, list_delegations])
def test_cursor_that_is_none_is_refused(listing: Listing, database: Database) -> None:
    cursors = ("", "x", "-1", "1.5", "9" * 30, "١", "1_2", "1_2_", "1_x_y", "1_2_2026-03-09")
    with database.read() as connection:
        found = [wrong(partial(listing, connection, after=cursor)) for cursor in cursors]

    assert found == [[("/after", "data")]] * len(cursors)


@pytest.mark.parametrize("unfit", ["\x00", "a\nb", "\ud800"])
def test_what_cannot_stand_in_a_register_is_not_found(unfit: str, database: Database, district: District) -> None:
    assert ids(database, list_organisations, name=unfit) == []
    assert ids(database, list_organisations, level=unfit) == []
    assert ids(database, list_persons, login=unfit) == []
    assert ids(database, list_posts, role=unfit) == []
    assert ids(database, list_delegations, definition=unfit) == []
