"""The directory over HTTP: organisations, people, posts, who stands in. Ended, never deleted."""

import pytest

from tests.api.caller import places, problem
from tests.api.house import House, task_of


def test_branch_is_built_and_used_at_once(stored_house: House) -> None:
    """A new township with its chair and an enterprise below it: the next request for leave goes to him."""
    house = stored_house
    admin = house.by("管理员")
    town = admin.do(
        "/api/v1/organisations", {"name": "城南镇", "level": "township", "parent": house.places["示范区"]}, status=201
    )
    works = {"name": "南港船厂", "level": "enterprise", "kind": "shipyard", "parent": town["id"], "members": 40}
    works = admin.do("/api/v1/organisations", works, status=201)
    body = {
        "name": "周涛",
        "login": "zhoutao",
        "email": "zhoutao@union.example",
        "language": "en",
        "employer": town["id"],
    }
    chair = admin.do("/api/v1/people", body, status=201)
    for person, role, place in (
        (chair["id"], "union_chair", town["id"]),
        (house.people["路人"], "union_chair", works["id"]),
    ):
        post = admin.do("/api/v1/posts", {"person": person, "role": role, "organisation": place}, status=201)
        assert post["id"] == f"{post['post']}.{post['person']}"

    case = house.leave(by="路人")

    assert case["unit"]["name"] == "南港船厂"
    assert [holder["name"] for holder in case["tasks"][0]["assignees"]] == ["城南镇 union_chair"]
    assert admin.read("/api/v1/organisations?level=township&name=南")["items"] == [town]
    assert admin.read(f"/api/v1/organisations?parent={town['id']}")["items"] == [works]
    assert admin.read("/api/v1/organisations?kind=shipyard")["items"] == [works]
    assert admin.read("/api/v1/people?login=zhoutao&language=en")["items"] == [chair]
    assert admin.read(f"/api/v1/people?employer={town['id']}")["items"] == [chair]
    assert [one["role"] for one in admin.each(f"/api/v1/posts?person={chair['id']}")] == ["union_chair"]
    assert len(list(admin.each("/api/v1/posts?role=union_chair", limit=1))) == 5


def test_administrator_of_a_branch_changes_his_branch_only(house: House) -> None:
    east, admin = house.by("东镇管理员"), house.by("管理员")
    below = {"name": "新厂", "level": "enterprise", "parent": house.places["城东镇"]}
    made = east.do("/api/v1/organisations", below, status=201)
    assert east.do(f"/api/v1/organisations/{made['id']}", {"members": 7}, method="PATCH")["members"] == 7
    to_the_west = {"parent": house.places["城西镇"]}
    assert east.refused(f"/api/v1/organisations/{made['id']}", to_the_west, method="PATCH") == (403, "not_permitted")
    assert east.refused("/api/v1/organisations", {"name": "市", "level": "city"}) == (403, "not_permitted")
    assert (
        admin.do(f"/api/v1/organisations/{made['id']}", to_the_west, method="PATCH")["parent"] == house.places["城西镇"]
    )


def test_change_of_an_organisation_is_made_whole_or_not_at_all(stored_house: House) -> None:
    """A name that would be taken and an end that is refused: neither has happened."""
    admin = stored_house.by("管理员")
    path = f"/api/v1/organisations/{stored_house.places['城东镇']}"
    refused = admin.patch(path, {"name": "改了名", "ended": True})
    assert problem(refused) == (422, "data")
    assert admin.read(path)["name"] == "城东镇"
    wrong = admin.patch(path, {"members": -1, "parent": 777777})
    assert set(places(wrong)) == {"/members"}
    circle = admin.patch(path, {"parent": stored_house.places["金彭车业"], "members": 3})
    assert (places(circle), admin.read(path)["members"]) == (["/parent"], None)


def test_change_of_a_person_is_made_whole_or_not_at_all(stored_house: House) -> None:
    admin = stored_house.by("管理员")
    path = f"/api/v1/people/{stored_house.people['李强']}"
    refused = admin.patch(path, {"name": "改了名", "login": "wangfang", "ended": True})
    assert (problem(refused), places(refused)) == ((422, "data"), ["/login"])
    assert (admin.read(path)["name"], admin.read(path)["ended_at"]) == ("李强", None)


def test_everybody_changes_how_he_is_reached_himself(house: House) -> None:
    wang = house.by("王芳")
    path = f"/api/v1/people/{house.people['王芳']}"
    assert (
        wang.do(path, {"email": "new@union.example", "language": "en"}, method="PATCH")["email"] == "new@union.example"
    )
    assert wang.refused(path, {"name": "王方"}, method="PATCH") == (403, "not_permitted")
    assert wang.refused(path, {"employer": house.places["渤海果业"]}, method="PATCH") == (403, "not_permitted")
    assert wang.get("/api/v1/nothing", checked=False).json["title"] == "Not found."


def test_what_has_ended_stays_in_the_register(stored_house: House) -> None:
    house = stored_house
    admin = house.by("管理员")
    posts = list(admin.each(f"/api/v1/posts?person={house.people['李强']}"))
    case = house.leave()

    ended = admin.do(f"/api/v1/posts/{posts[0]['id']}", {"ended": True}, method="PATCH")

    assert ended["ended_at"] is not None
    house.tick()
    assert admin.do(f"/api/v1/posts/{posts[0]['id']}", {"ended": True}, method="PATCH") == ended
    holders = house.by("王芳").read(f"/api/v1/cases/{case['id']}")["tasks"][0]["assignees"]
    assert holders == []
    assert house.by("李强").refused(f"{task_of(case)}/decision", {"trigger": "approve"})[0] in (403, 404)


def test_stand_in_acts_meanwhile_and_both_are_named(stored_house: House) -> None:
    house = stored_house
    li, zheng = house.by("李强"), house.by("郑书记")
    dates = {"begins": "2026-03-09T00:00:00+08:00", "ends": "2026-03-21T00:00:00+08:00"}
    body = {"from": house.people["李强"], "to": house.people["郑书记"], **dates, "definition": "leave_request"}

    made = li.do("/api/v1/delegations", body, status=201)

    assert made["begins"] == "2026-03-08T16:00:00.000000Z"
    assert [one["name"] for one in zheng.read("/api/v1/me")["stands_in_for"]] == ["李强"]
    assert zheng.read("/api/v1/delegations")["items"] == [made]
    assert zheng.read(f"/api/v1/delegations/{made['id']}") == made
    assert house.by("管理员").read(f"/api/v1/delegations?from={house.people['李强']}")["items"] == [made]
    assert house.by("管理员").read(f"/api/v1/delegations?to={house.people['李强']}")["items"] == []
    case = house.leave()
    zheng.do(f"{task_of(case)}/decision", {"trigger": "approve"})
    event = zheng.read(f"/api/v1/cases/{case['id']}/events")["items"][-1]
    assert (event["by"]["name"], event["acting_for"]["name"]) == ("郑书记", "李强")
    off = li.do(f"/api/v1/delegations/{made['id']}", {"ended": True}, method="PATCH")
    assert off["ended_at"] is not None
    assert zheng.refused(f"{task_of(house.leave())}/decision", {"trigger": "approve"}) == (403, "not_permitted")
    assert zheng.read("/api/v1/me")["stands_in_for"] == []


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"ends": "2026-03-08T00:00:00+08:00"}, "/ends"),
        ({"begins": "2026-03-25T00:00:00+08:00"}, "/ends"),
        ({"to": 777777}, "/to"),
        ({"begins": "2026-03-09"}, "/begins"),
        ({"from": None}, "/from"),
    ],
)
def test_delegation_that_cannot_be_is_told(house: House, changes: dict[str, object], at: str) -> None:
    body = {
        "from": house.people["李强"],
        "to": house.people["郑书记"],
        "begins": "2026-03-09T00:00:00+08:00",
        "ends": "2026-03-21T00:00:00+08:00",
        **changes,
    }
    refused = house.by("管理员").post("/api/v1/delegations", body)
    assert (refused.status_code, places(refused)) == (422, [at])


def test_me_says_where_i_act_and_how_much_waits(stored_house: House) -> None:
    house = stored_house
    house.leave()
    me = house.by("李强").read("/api/v1/me")
    assert me["person"] == {"id": house.people["李强"], "name": "李强", "login": "liqiang", "language": "zh"}
    assert [(post["role"], post["organisation"]["name"]) for post in me["posts"]] == [("union_chair", "城东镇")]
    assert (me["tasks"], me["administers"]) == (1, [])
    assert [one["name"] for one in house.by("东镇管理员").read("/api/v1/me")["administers"]] == ["城东镇"]
