"""Denied unless said otherwise: every call there is, by nobody, by a stranger, by an administrator of another branch."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest

from tests.api.caller import Caller, problem
from tests.api.contract import Answer
from tests.api.definitions import HEARING
from tests.api.hearing import at_notice, code_of
from tests.api.house import LEAVE, House, task_of
from tests.api.rounds import a_round, nominated, publish_selection

#: Who may be refused a call.
OTHERS = ("路人", "西镇管理员")


@dataclass(frozen=True, kw_only=True)
class Try:
    """A call that would succeed for the right person."""

    path: str
    body: Any = None
    file: bool = False
    open_to: frozenset[str] = field(default_factory=frozenset)  #: of the others, who may after all


EVERYBODY = frozenset(OTHERS)
WEST = frozenset(("西镇管理员",))


def tries(house: House) -> dict[str, Try]:
    """One for each call of the document, upon things of the eastern branch."""
    case = house.leave()
    task = case["tasks"][0]["id"]
    round_ = a_round(house)
    nominated(house, round_, "甲", 1)
    hearing = at_notice(house)
    notice = house.by(None).read("/api/v1/notices")["items"][0]["id"]
    receipt = house.by(None).do(f"/api/v1/notices/{notice}/objections", {"text": "有误"}, status=201)["receipt"]
    scan = {"file": (BytesIO(b"%PDF-1.4\n%%EOF\n"), "a.pdf")}
    sent = house.by("王芳").call("POST", f"/api/v1/cases/{case['id']}/attachments", data=scan)
    people, places = house.people, house.places
    dates = {"begins": "2026-03-10T00:00:00+08:00", "ends": "2026-03-20T00:00:00+08:00"}
    delegation = house.by("王芳").do(
        "/api/v1/delegations", {"from": people["王芳"], "to": people["李强"], **dates}, status=201
    )["id"]
    post = next(one["id"] for one in house.by("管理员").each("/api/v1/posts") if one["person"] == people["王芳"])
    house.tick()
    message = house.by("管理员").read("/api/v1/messages")["items"][0]["id"]
    own, wang = f"/api/v1/cases/{case['id']}", people["王芳"]
    table = {
        "get /api/v1/me": Try(path="/api/v1/me", open_to=EVERYBODY),
        "get /api/v1/definitions": Try(path="/api/v1/definitions", open_to=EVERYBODY),
        "get /api/v1/definitions/{key}": Try(path="/api/v1/definitions/hearing", open_to=EVERYBODY),
        "get /api/v1/definitions/{key}/versions": Try(path="/api/v1/definitions/hearing/versions", open_to=EVERYBODY),
        "put /api/v1/definitions/{key}": Try(path="/api/v1/definitions/hearing", body={"definition": HEARING + " "}),
        "post /api/v1/cases": Try(path="/api/v1/cases", body={"definition": "leave_request", "data": LEAVE}),
        "get /api/v1/cases": Try(path="/api/v1/cases", open_to=EVERYBODY),
        "get /api/v1/cases/{case_id}": Try(path=own),
        "get /api/v1/cases/{case_id}/events": Try(path=f"{own}/events"),
        "get /api/v1/cases/{case_id}/timers": Try(path=f"{own}/timers"),
        "get /api/v1/cases/{case_id}/ballots": Try(path=f"{own}/ballots"),
        "get /api/v1/cases/{case_id}/draft": Try(path=f"{own}/draft"),
        "put /api/v1/cases/{case_id}/draft": Try(path=f"{own}/draft", body={"data": {}}),
        "post /api/v1/cases/{case_id}/triggers/{name}": Try(path=f"{own}/triggers/withdraw", body={}),
        "post /api/v1/cases/{case_id}/signals": Try(path=f"{own}/signals", body={"name": "paid"}),
        "post /api/v1/cases/{case_id}/withdraw": Try(path=f"{own}/withdraw", body={}),
        "post /api/v1/cases/{case_id}/{operation}": Try(path=f"{own}/comment", body={"text": "x"}),
        "post /api/v1/cases/{case_id}/attachments": Try(path=f"{own}/attachments", file=True),
        "get /api/v1/cases/{case_id}/attachments/{attachment_id}": Try(path=f"{own}/attachments/{sent.json['id']}"),
        "get /api/v1/tasks": Try(path="/api/v1/tasks", open_to=EVERYBODY),
        "get /api/v1/tasks/{task_id}": Try(path=f"/api/v1/tasks/{task}"),
        "post /api/v1/tasks/{task_id}/decision": Try(
            path=f"/api/v1/tasks/{task}/decision", body={"trigger": "approve"}
        ),
        "post /api/v1/decisions": Try(path="/api/v1/decisions", body={"items": [{"task": task, "trigger": "approve"}]}),
        "post /api/v1/tasks/{task_id}/ballot": Try(path=f"/api/v1/tasks/{task}/ballot", body={"vote": "yes"}),
        "get /api/v1/tasks/{task_id}/votes": Try(path=f"/api/v1/tasks/{task}/votes"),
        "post /api/v1/tasks/{task_id}/close": Try(path=f"/api/v1/tasks/{task}/close", body={}),
        "post /api/v1/tasks/{task_id}/score": Try(path=f"/api/v1/tasks/{task}/score", body={"score": {"need": 1}}),
        "post /api/v1/tasks/{task_id}/{operation}": Try(path=f"/api/v1/tasks/{task}/claim", body={}),
        "get /api/v1/rounds": Try(path="/api/v1/rounds", open_to=EVERYBODY),
        "post /api/v1/rounds": Try(
            path="/api/v1/rounds", body={"definition": "selection", "data": round_["data"], "unit": places["示范区"]}
        ),
        "get /api/v1/rounds/{round_id}": Try(path=f"/api/v1/rounds/{round_['id']}", open_to=WEST),
        "get /api/v1/rounds/{round_id}/cases": Try(path=f"/api/v1/rounds/{round_['id']}/cases", open_to=WEST),
        "get /api/v1/rounds/{round_id}/events": Try(path=f"/api/v1/rounds/{round_['id']}/events", open_to=WEST),
        "get /api/v1/rounds/{round_id}/sheet": Try(path=f"/api/v1/rounds/{round_['id']}/sheet", open_to=WEST),
        "post /api/v1/rounds/{round_id}/sittings/{state}": Try(
            path=f"/api/v1/rounds/{round_['id']}/sittings/ranking", body={}
        ),
        "post /api/v1/rounds/{round_id}/correct": Try(
            path=f"/api/v1/rounds/{round_['id']}/correct", body={"data": {"seats": 2}, "reason": "x"}
        ),
        "post /api/v1/rounds/{round_id}/close": Try(path=f"/api/v1/rounds/{round_['id']}/close", body={}),
        "get /api/v1/cadences": Try(path="/api/v1/cadences", open_to=EVERYBODY),
        "get /api/v1/cadences/coming": Try(path="/api/v1/cadences/coming", open_to=EVERYBODY),
        "post /api/v1/cadences/{key}/pause": Try(path="/api/v1/cadences/selection/pause", body={"reason": "x"}),
        "post /api/v1/cadences/{key}/resume": Try(path="/api/v1/cadences/selection/resume", body={"reason": "x"}),
        "post /api/v1/cadences/{key}/skip": Try(
            path="/api/v1/cadences/selection/skip", body={"nominal": "2026-03-16", "reason": "x"}
        ),
        "get /api/v1/organisations": Try(path="/api/v1/organisations", open_to=EVERYBODY),
        "get /api/v1/organisations/{organisation_id}": Try(
            path=f"/api/v1/organisations/{places['金彭车业']}", open_to=EVERYBODY
        ),
        "post /api/v1/organisations": Try(
            path="/api/v1/organisations", body={"name": "新", "level": "enterprise", "parent": places["城东镇"]}
        ),
        "patch /api/v1/organisations/{organisation_id}": Try(
            path=f"/api/v1/organisations/{places['金彭车业']}", body={"name": "改"}
        ),
        "get /api/v1/people": Try(path="/api/v1/people", open_to=EVERYBODY),
        "get /api/v1/people/{person_id}": Try(path=f"/api/v1/people/{wang}", open_to=EVERYBODY),
        "post /api/v1/people": Try(path="/api/v1/people", body={"name": "新", "employer": places["金彭车业"]}),
        "patch /api/v1/people/{person_id}": Try(path=f"/api/v1/people/{wang}", body={"email": "x@evil.example"}),
        "post /api/v1/people/{person_id}/invitation": Try(path=f"/api/v1/people/{wang}/invitation", body={}),
        "get /api/v1/posts": Try(path="/api/v1/posts", open_to=EVERYBODY),
        "get /api/v1/posts/{post_id}": Try(path=f"/api/v1/posts/{post}", open_to=EVERYBODY),
        "post /api/v1/posts": Try(
            path="/api/v1/posts",
            body={"person": people["路人"], "role": "administrator", "organisation": places["城东镇"]},
        ),
        "patch /api/v1/posts/{post_id}": Try(path=f"/api/v1/posts/{post}", body={"ended": True}),
        "get /api/v1/delegations": Try(path="/api/v1/delegations", open_to=EVERYBODY),
        "get /api/v1/delegations/{delegation_id}": Try(path=f"/api/v1/delegations/{delegation}"),
        "post /api/v1/delegations": Try(path="/api/v1/delegations", body={"from": wang, "to": people["路人"], **dates}),
        "patch /api/v1/delegations/{delegation_id}": Try(
            path=f"/api/v1/delegations/{delegation}", body={"ended": True}
        ),
        "delete /api/v1/tokens": Try(path="/api/v1/tokens", open_to=EVERYBODY),
        "get /api/v1/messages": Try(path="/api/v1/messages"),
        "post /api/v1/messages/{message_id}/retry": Try(path=f"/api/v1/messages/{message}/retry", body={}),
        "get /api/v1/incidents": Try(path="/api/v1/incidents"),
        "post /api/v1/incidents/{incident_id}/retry": Try(path=f"/api/v1/incidents/{hearing['id']}.1/retry", body={}),
        "get /api/v1/clock": Try(path="/api/v1/clock", open_to=EVERYBODY),
        "put /api/v1/clock": Try(path="/api/v1/clock", body={"now": "2026-04-09T09:00:00+08:00"}),
        "get /api/v1/calendar": Try(path="/api/v1/calendar", open_to=EVERYBODY),
        "put /api/v1/calendar": Try(path="/api/v1/calendar", body={"days": []}),
    }
    public = {
        "get /api/v1/notices": Try(path="/api/v1/notices"),
        "get /api/v1/notices/{notice_id}": Try(path=f"/api/v1/notices/{notice}"),
        "post /api/v1/notices/{notice_id}/objections": Try(
            path=f"/api/v1/notices/{notice}/objections", body={"text": "又有误"}
        ),
        "get /api/v1/objections/{receipt}": Try(path=f"/api/v1/objections/{receipt}"),
        "post /api/v1/objections/{receipt}/retract": Try(path=f"/api/v1/objections/{receipt}/retract", body={}),
        "post /api/v1/links": Try(path="/api/v1/links", body={"definition": "hearing", "contact": "a@b.example"}),
        "get /api/v1/links/{code}": Try(path=f"/api/v1/links/{code_of(house)}"),
        "get /api/v1/links/{code}/ballot": Try(path=f"/api/v1/links/{code_of(house)}/ballot"),
        "get /api/v1/links/{code}/votes": Try(path=f"/api/v1/links/{code_of(house)}/votes"),
        "post /api/v1/links/{code}": Try(path=f"/api/v1/links/{code_of(house)}", body={"trigger": "withdraw"}),
        "post /api/v1/tokens": Try(path="/api/v1/tokens", body={"login": "a", "password": "b"}),
        "post /api/v1/passwords": Try(path="/api/v1/passwords", body={"code": "a", "password": "b"}),
        "post /api/v1/passwords/forgotten": Try(path="/api/v1/passwords/forgotten", body={"login": "a"}),
        "get /api/v1/cadences/feed.ics": Try(path="/api/v1/cadences/feed.ics"),
        "get /api/v1/honours": Try(path="/api/v1/honours"),
        "get /api/v1/honours/{code}": Try(path="/api/v1/honours/none"),
        "get /healthz": Try(path="/healthz"),
        "get /readyz": Try(path="/readyz"),
        "get /metrics": Try(path="/metrics"),
    }
    return {
        **table,
        **{name: Try(path=one.path, body=one.body, open_to=frozenset(("public",))) for name, one in public.items()},
    }


def tried(caller: Caller, name: str, one: Try) -> Answer:
    method = name.partition(" ")[0].upper()
    if one.file:
        return caller.call(method, one.path, data={"file": (BytesIO(b"%PDF-1.4\n%%EOF\n"), "a.pdf")})
    return caller.call(method, one.path) if one.body is None else caller.call(method, one.path, one.body)


@pytest.fixture
def district(house: House) -> House:
    return publish_selection(house)


def test_no_call_is_forgotten_here(district: House) -> None:
    described = {f"{method} {path}" for method, path, _ in district.contract.operations()}
    assert set(tries(district)) == described


def test_nobody_gets_in_without_a_token(district: House) -> None:
    for name, one in tries(district).items():
        answer = tried(district.by(None), name, one)
        if "public" not in one.open_to:
            assert problem(answer) == (401, "not_signed_in"), name


def test_what_needs_no_token_says_so_in_the_document(district: House) -> None:
    public = {name for name, one in tries(district).items() if "public" in one.open_to}
    declared = {
        f"{method} {path}"
        for method, path, operation in district.contract.operations()
        if operation.get("security") == []
    }
    assert public == declared


@pytest.mark.parametrize("who", OTHERS)
def test_others_are_refused_and_nothing_has_happened(district: House, who: str) -> None:
    """Each call would succeed for the right person; to others it is refused, or hidden."""
    table = tries(district)
    caller, admin = district.by(who), district.by("管理员")
    before = snapshot(admin)
    let_in: list[str] = []
    for name, one in table.items():
        if "public" in one.open_to or who in one.open_to:
            continue
        answer = tried(caller, name, one)
        if name == "post /api/v1/decisions":
            assert [item["status"] for item in answer.json["items"]] == [404]
        elif answer.status_code not in (403, 404):
            let_in.append(f"{name}: {answer.status_code} {answer.text[:200]}")
    assert let_in == []
    assert snapshot(admin) == before


def snapshot(admin: Caller) -> list[Any]:
    """All that an administrator sees, but for what looks at the clock."""
    cases = [(case["id"], case["version"], case["head"]) for case in admin.each("/api/v1/cases")]
    rounds = [(one["id"], one["version"], one["head"]) for one in admin.each("/api/v1/rounds")]
    lists = ("organisations", "people", "posts", "delegations", "definitions")
    directory = [list(admin.read(f"/api/v1/{name}")["items"]) for name in lists]
    return [cases, rounds, directory, admin.read("/api/v1/calendar"), len(list(admin.each("/api/v1/messages")))]


def test_lists_hold_nothing_of_others(district: House) -> None:
    tries(district)
    for path in ("cases", "tasks", "rounds", "delegations"):
        assert district.by("路人").read(f"/api/v1/{path}")["items"] == [], path
    west = district.by("西镇管理员")
    assert west.read("/api/v1/cases")["items"] == []
    assert west.read("/api/v1/tasks")["items"] == []
    (round_,) = west.read("/api/v1/rounds")["items"]
    assert west.read(f"/api/v1/rounds/{round_['id']}/cases")["items"] == []


def test_administrator_sees_his_branch_whole(stored_house: House) -> None:
    house = stored_house
    case = house.leave()
    west = house.leave(by="刘洋")
    assert [one["id"] for one in house.by("东镇管理员").read("/api/v1/cases")["items"]] == [case["id"]]
    assert [one["id"] for one in house.by("西镇管理员").read("/api/v1/cases")["items"]] == [west["id"]]
    assert {one["id"] for one in house.by("管理员").read("/api/v1/cases")["items"]} == {case["id"], west["id"]}
    assert house.by("东镇管理员").read(f"/api/v1/cases/{case['id']}")["state"] == "township_review"
    refused = house.by("东镇管理员").refused(f"{task_of(case)}/decision", {"trigger": "approve"})
    assert refused == (403, "not_permitted")


@pytest.mark.parametrize("reader", ["路人", "西镇管理员", "王芳"])
def test_nobody_reads_how_others_are_reached(house: House, reader: str) -> None:
    people = {one["name"]: (one["email"], one["mobile"]) for one in house.by(reader).each("/api/v1/people")}
    known = {name for name, reached in people.items() if reached != (None, None)}
    assert known == {"路人": set(), "西镇管理员": {"刘洋"}, "王芳": {"王芳"}}[reader]
    assert house.by(reader).get("/api/v1/people?email=admin@union.example").status_code == 403
    assert house.by(reader).get("/api/v1/people?mobile=13900000001").status_code == 403


def test_administrators_at_the_top_read_how_everybody_is_reached(house: House) -> None:
    admin = house.by("管理员")
    people = {one["name"]: one["email"] for one in admin.each("/api/v1/people")}
    assert people["王芳"] == "wangfang@union.example"
    assert people["Ann"] == "ann@union.example"
    assert [one["name"] for one in admin.read("/api/v1/people?email=liqiang@union.example")["items"]] == ["李强"]
    assert [one["name"] for one in admin.read("/api/v1/people?mobile=13900000001")["items"]] == ["李强"]


def test_nobody_decides_on_his_own_request(house: House) -> None:
    """The chair of the township stands in for the chair of the enterprise, and is recused all the same."""
    dates = {"begins": "2026-03-09T00:00:00+08:00", "ends": "2026-04-01T00:00:00+08:00"}
    house.by("李强").do(
        "/api/v1/delegations", {"from": house.people["李强"], "to": house.people["王芳"], **dates}, status=201
    )
    case = house.leave()
    refused = house.by("王芳").post(
        f"{task_of(case)}/decision", {"trigger": "approve"}, headers={"Accept-Language": "en"}
    )
    assert problem(refused) == (403, "not_permitted")
    assert "Recused" in refused.json["detail"]


def test_caller_cannot_say_who_he_is_in_a_body(house: House) -> None:
    wang = house.by("王芳")
    for extra in ({"starter": 1}, {"state": "granted"}, {"id": "x"}, {"number": "X"}, {"version": 1}):
        refused = wang.refused("/api/v1/cases", {"definition": "leave_request", "data": LEAVE, **extra})
        assert refused == (422, "data")
    for extra in ({"by": 1}, {"actor": 1}, {"at": "2020-01-01T00:00:00Z"}):
        case = house.leave()
        assert house.by("李强").refused(f"{task_of(case)}/decision", {"trigger": "approve", **extra}) == (422, "data")
