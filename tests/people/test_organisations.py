"""Organisations are added, changed and ended; what cannot be right is refused by field."""

from functools import partial
from typing import Any

import pytest

from tests.people.district import BEFORE, DAY, LATER, NOW, District, loaded, places_touched, wrong
from workflow.engine.directory import Organisation
from workflow.errors import InvalidData, NotFound
from workflow.people.changing import changing
from workflow.people.organisations import add_organisation, add_organisations, change_organisation, end_organisation
from workflow.people.persons import add_person
from workflow.store import Database


def test_organisation_comes_into_the_directory(database: Database, district: District) -> None:
    key = add_organisation(
        database,
        name=" 汇英科技 ",
        level="enterprise",
        kind="tax",
        parent=district.west,
        members=120,
        workers=150,
        columns={"industry": "制造业", "quota": 2, "listed": True, "empty": None},
        at=NOW,
    )

    columns = {"members": 120, "workers": 150, "industry": "制造业", "quota": 2, "listed": True}
    assert loaded(database).organisations[key] == Organisation(
        id=key, name="汇英科技", level="enterprise", kind="tax", parent=district.west, columns=columns
    )


def test_every_change_raises_the_number_by_one(database: Database, district: District) -> None:
    before = loaded(database).number

    key = add_organisation(database, name="汇英科技", level="enterprise", parent=district.west)
    change_organisation(database, key, name="汇英")
    end_organisation(database, key)

    assert loaded(database).number == before + 3


def test_change_that_changes_nothing_leaves_the_number(database: Database, district: District) -> None:
    before = loaded(database).number

    change_organisation(database, district.works, name="金彭车业", columns={})
    change_organisation(database, district.works)

    assert loaded(database).number == before
    assert places_touched(database) == []


def test_added_organisation_touches_itself_and_the_one_above(database: Database, district: District) -> None:
    key = add_organisation(database, name="汇英科技", level="enterprise", parent=district.west)

    assert places_touched(database) == sorted([district.west, key])


def test_changes_leave_what_is_not_named(database: Database, district: District) -> None:
    change_organisation(database, district.works, members=80, columns={"industry": "制造业", "quota": 2})
    change_organisation(database, district.works, members=None, workers=90, columns={"quota": None, "grade": "A"})

    found = loaded(database).organisations[district.works]
    assert (found.name, found.columns) == ("金彭车业", {"workers": 90, "industry": "制造业", "grade": "A"})


def test_proposed_organisation_is_confirmed(database: Database, district: District) -> None:
    key = add_organisation(database, name="新企业", level="enterprise", parent=district.east, proposed=True)
    before = loaded(database).number

    change_organisation(database, key, proposed=False)

    assert loaded(database).number == before + 1


def test_moved_organisation_touches_both_branches(database: Database, district: District) -> None:
    change_organisation(database, district.works, parent=district.west)

    assert loaded(database).organisations[district.works].parent == district.west
    assert places_touched(database) == sorted([district.east, district.west, district.works])


def test_organisation_may_be_moved_to_the_top(database: Database, district: District) -> None:
    change_organisation(database, district.east, parent=None)

    assert loaded(database).organisations[district.east].parent is None


@pytest.mark.parametrize("below", ["top", "east", "works"])
def test_parent_within_its_own_branch_is_refused(below: str, database: Database, district: District) -> None:
    parent = getattr(district, below)

    assert wrong(lambda: change_organisation(database, district.top, parent=parent)) == [("/parent", "circle")]

    assert loaded(database).organisations[district.top].parent is None


def test_unknown_and_ended_parents_are_refused(database: Database, district: District) -> None:
    end_organisation(database, district.west, at=NOW)

    assert wrong(lambda: add_organisation(database, name="a", level="b", parent=district.west)) == [
        ("/parent", "ended")
    ]
    assert wrong(lambda: add_organisation(database, name="a", level="b", parent=99999)) == [("/parent", "unknown")]
    assert wrong(lambda: add_organisation(database, name="a", level="b", parent=district.wang)) == [
        ("/parent", "unknown")
    ]
    assert wrong(lambda: change_organisation(database, district.works, parent=district.west)) == [("/parent", "ended")]


#: What is wrong with a value, and where it is told.
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "/name"),
    ({"name": "   "}, "/name"),
    ({"name": None}, "/name"),
    ({"name": "长" * 101}, "/name"),
    ({"name": "汇英\n科技"}, "/name"),
    ({"name": "汇英\x00科技"}, "/name"),
    ({"name": "汇英\t科技"}, "/name"),
    ({"name": "汇英\x85科技"}, "/name"),
    ({"name": "汇英\u2028科技"}, "/name"),
    ({"name": "汇英\u202e科技"}, "/name"),
    ({"name": "汇英\ud800"}, "/name"),
    ({"name": 7}, "/name"),
    ({"level": ""}, "/level"),
    ({"level": "l" * 61}, "/level"),
    ({"kind": "k" * 61}, "/kind"),
    ({"members": -1}, "/members"),
    ({"members": 1.5}, "/members"),
    ({"workers": "viele"}, "/workers"),
    ({"workers": 10**12}, "/workers"),
    ({"proposed": "yes"}, "/proposed"),
    ({"parent": True}, "/parent"),
    ({"parent": 2**70}, "/parent"),
    ({"columns": []}, "/columns"),
    ({"columns": {str(number): number for number in range(51)}}, "/columns"),
    ({"columns": {"name": "x"}}, "/columns/name"),
    ({"columns": {"": "x"}}, "/columns/"),
    ({"columns": {"a": {"b": 1}}}, "/columns/a"),
    ({"columns": {"a": "长" * 201}}, "/columns/a"),
    ({"columns": {"a": "x\x00"}}, "/columns/a"),
    ({"columns": {"a": float("nan")}}, "/columns/a"),
    ({"columns": {"a": 2**80}}, "/columns/a"),
    ({"colour": "red"}, "/colour"),
]


def test_what_cannot_be_right_is_refused(database: Database, district: District) -> None:
    before = loaded(database)
    given: Any = {"name": "汇英科技", "level": "enterprise"}
    key: Any = district.works

    added = [{at for at, _ in wrong(partial(add_organisation, database, **{**given, **values}))} for values, _ in WRONG]
    changed = [{at for at, _ in wrong(partial(change_organisation, database, key, **values))} for values, _ in WRONG]

    assert added == changed == [{at} for _, at in WRONG]
    assert (loaded(database).organisations, loaded(database).persons) == (before.organisations, before.persons)
    assert loaded(database).number == before.number


def test_all_that_is_wrong_is_said_at_once_in_both_languages(database: Database) -> None:
    given: Any = {"name": "", "members": -1, "parent": 7}

    with pytest.raises(InvalidData) as refused:
        add_organisation(database, **given)

    found = {problem.at: problem.code for problem in refused.value.problems}
    assert found == {"/name": "required", "/level": "required", "/members": "data", "/parent": "unknown"}
    assert "There is no such organisation." in refused.value.say("en")
    assert refused.value.say("zh")


def test_ended_organisation_stays_but_nobody_holds_a_post_there(database: Database, district: District) -> None:
    end_organisation(database, district.works, at=NOW)

    directory = loaded(database)
    post = directory.post("union_chair", district.works)
    assert post is not None
    assert directory.organisations[district.works].until == NOW
    assert directory.holders(post.id, NOW - DAY) == (district.wang,)
    assert directory.holders(post.id, NOW) == ()
    assert places_touched(database) == sorted([district.east, district.works])


def test_ending_twice_is_ending_once(database: Database, district: District) -> None:
    end_organisation(database, district.works, at=NOW)
    before = loaded(database).number

    end_organisation(database, district.works, at=LATER)

    assert loaded(database).organisations[district.works].until == NOW
    assert loaded(database).number == before


def test_organisation_with_others_below_is_not_ended(database: Database, district: District) -> None:
    assert wrong(lambda: end_organisation(database, district.east)) == [("/organisation", "not_empty")]

    end_organisation(database, district.works, at=NOW)
    end_organisation(database, district.east, at=LATER)

    assert loaded(database).organisations[district.east].until == LATER


@pytest.mark.parametrize("key", [0, -1, 99999, 2**80])
def test_unknown_organisation_is_not_found(key: int, database: Database) -> None:
    with pytest.raises(NotFound):
        change_organisation(database, key, name="a")
    with pytest.raises(NotFound):
        end_organisation(database, key)


def test_person_is_no_organisation(database: Database, district: District) -> None:
    with pytest.raises(NotFound):
        change_organisation(database, district.wang, name="a")


def test_register_comes_in_whole_or_not_at_all(database: Database) -> None:
    """The second and third rows are wrong; each is named."""
    rows: Any = [
        {"name": "一", "level": "township"},
        {"name": "", "level": "township"},
        {"name": "三", "level": "township", "parent": 77},
    ]

    def bring_in() -> None:
        with changing(database, BEFORE) as change:
            add_organisations(change, [{"name": "区", "level": "district"}])
            add_organisations(change, rows)

    assert wrong(bring_in) == [("/1/name", "required"), ("/2/parent", "unknown")]
    assert loaded(database).organisations == {}
    assert loaded(database).number == 0


def test_register_of_nothing_changes_nothing(database: Database) -> None:
    with changing(database) as change:
        assert add_organisations(change, []) == []

    assert loaded(database).number == 0


def test_ids_are_shared_with_persons(database: Database) -> None:
    first = add_organisation(database, name="区", level="district")
    second = add_person(database, name="王芳")
    third = add_organisation(database, name="镇", level="township", parent=first)

    assert len({first, second, third}) == 3
