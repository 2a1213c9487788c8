"""What bad input gets: a clear answer that says what to do, nothing half done, no traceback."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.caller import places, problem
from tests.api.house import LEAVE, House, task_of
from workflow.clock.settable import mark
from workflow.people.credentials import issue_token, revoke_token

HUGE = 10**30
#: Ids of nothing.
NOBODY = "0190d2c8-7c1e-7b3a-9a51-2f6d0c3e4b5a"
NESTED = '{"a":' * 60 + "1" + "}" * 60


def raw(house: House, path: str, body: bytes | str, *, kind: str = "application/json", method: str = "POST") -> Any:
    return house.by("管理员").call(method, path, data=body, content_type=kind)


# --- bodies


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "nonsense",
        '{"definition": NaN}',
        '{"definition": "leave_request", "data": {"days": Infinity}}',
        '{"definition": "leave_request", "data": {"days": 1e999}}',
        '{"definition": "leave_request", "data": {"days": ' + "9" * 5000 + "}}",
        '{"definition": "leave_request", "definition": "leave_request"}',
        b'{"definition": "\xff\xfe"}',
        NESTED,
        "[" * 100_000,
    ],
    ids=["empty", "cut", "nonsense", "nan", "infinity", "huge-float", "huge-whole", "twice", "utf8", "nested", "deep"],
)
def test_body_that_is_no_json_cannot_be_read(house: House, body: str | bytes) -> None:
    refused = raw(house, "/api/v1/cases", body)
    wanted = (422, "data") if body == "" else (400, "malformed")
    assert problem(refused) == wanted


@pytest.mark.parametrize("body", ["[]", '"x"', "1", "null", "true"])
def test_body_that_is_no_object_says_so(house: House, body: str) -> None:
    refused = raw(house, "/api/v1/cases", body)
    assert (problem(refused), places(refused)) == ((422, "data"), ["/"])


def test_body_of_another_kind_says_what_is_taken(house: House) -> None:
    refused = raw(house, "/api/v1/cases", "definition=leave_request", kind="text/plain")
    assert problem(refused) == (400, "malformed")
    assert "application/json" in refused.json["detail"]


def test_body_that_is_too_large_is_refused_before_it_is_read(house: House) -> None:
    refused = raw(house, "/api/v1/cases", '{"definition": "' + "x" * 1_100_000 + '"}')
    assert problem(refused) == (413, "too_large")
    announced = {"CONTENT_LENGTH": str(10**9)}
    huge = house.by("管理员").call(
        "POST", "/api/v1/cases", data=b"{}", content_type="application/json", environ_overrides=announced
    )
    assert problem(huge) == (413, "too_large")


def test_unknown_name_in_a_body_is_told_with_what_would_be_right(house: House) -> None:
    refused = house.by("王芳").post(
        "/api/v1/cases", {"defintion": "leave_request", "colour": "red"}, headers={"Accept-Language": "en"}
    )
    errors = {entry["at"]: entry for entry in refused.json["errors"]}
    assert refused.status_code == 422
    assert (errors["/definition"]["code"], errors["/definition"]["message"]) == ("required", "This is needed.")
    assert errors["/defintion"]["hint"] == "Did you mean “definition”?"
    assert errors["/colour"]["hint"] == "Known here: definition, unit, round, data."


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"definition": 7}, "/definition"),
        ({"definition": ["leave_request"]}, "/definition"),
        ({"definition": None}, "/definition"),
        ({"definition": ""}, "/definition"),
        ({"definition": "x" * 300}, "/definition"),
        ({"definition": "leave_request", "unit": "3"}, "/unit"),
        ({"definition": "leave_request", "unit": True}, "/unit"),
        ({"definition": "leave_request", "unit": 1.5}, "/unit"),
        ({"definition": "leave_request", "unit": -1}, "/unit"),
        ({"definition": "leave_request", "unit": HUGE // 10**10}, "/unit"),
        ({"definition": "leave_request", "round": "monday"}, "/round"),
        ({"definition": "leave_request", "data": []}, "/data"),
        ({"definition": "leave_request", "data": {"days": {"a": 1}}}, "/data/days"),
        ({"definition": "leave_request", "data": {"days": 10**20}}, "/data/days"),
        ({"definition": "leave_request", "data": {"reason": "a\u0000b"}}, "/data/reason"),
        ({"definition": "leave_request", "data": {"reason": "a\u202eb\u0007"}}, "/data/reason"),
        ({"definition": "leave_request", "data": {"state": "granted"}}, "/data/state"),
        ({"definition": "leave_request", "data": {"short_leave": 30}}, "/data/short_leave"),
    ],
    ids=str,
)
def test_value_that_cannot_be_taken_is_told_at_its_place(house: House, body: dict[str, Any], at: str) -> None:
    refused = house.by("王芳").post("/api/v1/cases", body)
    assert (refused.status_code, places(refused)) == (422, [at])
    assert list(house.by("王芳").each("/api/v1/cases")) == []


def test_half_of_a_character_is_refused_wherever_it_stands(stored_house: House) -> None:
    house = stored_house
    case = house.leave()
    for body in ('{"trigger": "approve", "opinion": "\\ud800"}', '{"trigger": "\\udfff"}', '{"\\ud800": 1}'):
        refused = house.by("李强").call("POST", f"{task_of(case)}/decision", data=body, content_type="application/json")
        assert problem(refused) == (422, "data"), body
    assert house.by("李强").read(f"/api/v1/cases/{case['id']}")["version"] == case["version"]


@pytest.mark.parametrize("path", ["/api/v1/definitions/a%00b", "/api/v1/cases?q=%00", "/api/v1/people?name=a%00"])
def test_address_with_a_sign_that_cannot_be_read_is_refused(stored_house: House, path: str) -> None:
    assert problem(stored_house.by("管理员").get(path)) == (400, "malformed")


# --- parameters


PARAMETERS = {
    "cases?unit=x": "/unit",
    "cases?unit=99999999999999999999": "/unit",
    "cases?unit=-1": "/unit",
    "cases?unit=٣": "/unit",
    "cases?round=1": "/round",
    "cases?limit=0": "/limit",
    "cases?limit=201": "/limit",
    "cases?limit=1e3": "/limit",
    "cases?state=" + "x" * 201: "/state",
    "cases?colour=red": "/colour",
    "cases?after=x": "/after",
    "me?verbose=1": "/verbose",
    "tasks?mine=maybe": "/mine",
    "tasks?mine=false": "/mine",
    "organisations?parent=18446744073709551616": "/parent",
    "posts?person=9007199254740992": "/person",
    "delegations?from=0": "/from",
    "notices?ended=1": "/ended",
    "messages?state=lost": "/state",
    "rounds?state=shut": "/state",
}


def test_parameter_that_cannot_be_taken_is_told(stored_house: House) -> None:
    admin = stored_house.by("管理员")
    told = {path: admin.get(f"/api/v1/{path}") for path in PARAMETERS}
    found = {path: [entry["at"] for entry in refused.json.get("errors", ())] for path, refused in told.items()}
    assert found == {path: [at] for path, at in PARAMETERS.items()}
    assert {refused.status_code for refused in told.values()} == {422}


def test_unknown_parameter_is_told_with_what_would_be_right(house: House) -> None:
    refused = house.by("管理员").get("/api/v1/cases?defnition=x", headers={"Accept-Language": "en"})
    assert refused.json["errors"][0]["hint"] == "Did you mean “definition”?"


def test_words_that_are_looked_for_are_only_words(stored_house: House) -> None:
    stored_house.leave()
    admin = stored_house.by("管理员")
    for words in ("%", "_", "'", '"', "\\", "a' or '1'='1", "；", "😀", "a b c d e"):
        assert admin.get("/api/v1/cases", query_string={"q": words}).json["items"] == [], words
        assert admin.get("/api/v1/people", query_string={"name": words}).json["items"] == [], words
        assert admin.get("/api/v1/organisations", query_string={"name": words}).json["items"] == [], words


# --- tokens


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Bearer ", "Basic YWRtaW46YWRtaW4=", "Bearer a b", "nonsense", "Bearer 中"]
)
def test_token_that_is_none_is_refused_also_where_none_is_needed(house: House, header: str) -> None:
    public = house.by(None)
    header = header.encode().decode("latin-1")
    refused = public.get("/api/v1/me", headers={"Authorization": header})
    assert problem(refused) == (401, "not_signed_in")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_absent_revoked_and_expired_tokens_are_refused(stored_house: House) -> None:
    house = stored_house
    database = house.office.database
    assert problem(house.by(None).get("/api/v1/me")) == (401, "not_signed_in")
    with database.read() as connection:
        now = database.now(connection)
    short = issue_token(database, "wangfang", until=now + timedelta(hours=1))
    header = {"Authorization": f"Bearer {short}"}
    assert house.by(None).get("/api/v1/me", headers=header).status_code == 200
    house.at("2026-03-09T11:30:00+08:00")
    assert problem(house.by(None).get("/api/v1/me", headers=header)) == (401, "not_signed_in")
    long = issue_token(database, "wangfang")
    revoke_token(database, long)
    revoked = house.by(None).get("/api/v1/me", headers={"Authorization": f"Bearer {long}"})
    assert problem(revoked) == (401, "not_signed_in")


def test_token_of_somebody_who_has_left_opens_nothing(stored_house: House) -> None:
    house = stored_house
    assert house.by("刘洋").get("/api/v1/me").status_code == 200
    house.by("管理员").do(f"/api/v1/people/{house.people['刘洋']}", {"ended": True}, method="PATCH")
    assert problem(house.by("刘洋").get("/api/v1/me")) == (401, "not_signed_in")


# --- ids


ADDRESSES = [
    "cases/{}",
    "cases/{}/events",
    "cases/{}/timers",
    "cases/{}/draft",
    "cases/{}/attachments/{}",
    "rounds/{}",
    "rounds/{}/cases",
    "rounds/{}/events",
    "tasks/{}",
    "notices/{}",
    "objections/{}",
    "links/{}",
    "definitions/{}",
    "definitions/{}/versions",
    "posts/{}",
]


def test_id_that_is_none_is_not_found(stored_house: House) -> None:
    admin = stored_house.by("管理员")
    found: dict[str, int] = {}
    for address in ADDRESSES:
        for wrong in ("x", "1", "..", NOBODY, f"{NOBODY}.1", f"{NOBODY}.99999999999999999999", "0" * 400):
            path = "/api/v1/" + address.replace("{}", wrong)
            response = admin.get(path, checked=False)
            if response.json["code"] != "not_found":
                found[path] = response.status_code
    assert found == {}


def test_number_that_is_none_is_not_found(stored_house: House) -> None:
    admin = stored_house.by("管理员")
    for number in ("0", "1000000", "9007199254740993", "99999999999999999999999", "-1", "x"):
        for kind in ("organisations", "people", "delegations"):
            path = f"/api/v1/{kind}/{number}"
            assert problem(admin.get(path, checked=False)) == (404, "not_found"), path
            assert problem(admin.patch(path, {"ended": True}, checked=False)) == (404, "not_found"), path


def test_nothing_of_operators_is_tried_again_that_is_not_there(stored_house: House) -> None:
    admin = stored_house.by("管理员")
    for path in ("messages/{}/retry", "incidents/{}/retry", "incidents/{}.x/retry", "incidents/{}.1.1.1/retry"):
        for wrong in ("x", "00", NOBODY, f"{NOBODY}.1", f"{NOBODY}.1.1", "1.1"):
            assert admin.refused(f"/api/v1/{path.format(wrong)}") == (404, "not_found"), path


def test_unknown_organisation_and_person_are_told_by_field(stored_house: House) -> None:
    admin = stored_house.by("管理员")
    for path, body, at in (
        ("organisations", {"name": "新单位", "level": "enterprise", "parent": 777777}, "/parent"),
        ("people", {"name": "新人", "employer": 777777}, "/employer"),
        ("posts", {"person": 777777, "role": "r", "organisation": stored_house.places["示范区"]}, "/person"),
        ("posts", {"person": stored_house.people["王芳"], "role": "r", "organisation": 777777}, "/organisation"),
    ):
        refused = admin.post(f"/api/v1/{path}", body)
        assert (refused.status_code, places(refused)) == (422, [at])
    started = stored_house.by("王芳").post(
        "/api/v1/cases", {"definition": "leave_request", "data": LEAVE, "unit": 777777}
    )
    assert started.status_code in (403, 422)


# --- cases


def test_trigger_that_leads_nowhere_is_refused_and_nothing_is_done(stored_house: House) -> None:
    house = stored_house
    case = house.leave()
    li = house.by("李强")
    assert li.refused(f"{task_of(case)}/decision", {"trigger": "publish"}) == (409, "not_offered")
    assert li.refused(f"{task_of(case)}/decision", {"trigger": "expired"}) == (409, "not_offered")
    assert li.refused(f"/api/v1/cases/{case['id']}/triggers/approve", {}) == (409, "not_offered")
    assert li.refused(f"{task_of(case)}/decision", {"trigger": "approve", "to": "granted"})[0] in (200, 409, 422)


def test_definition_that_is_none_starts_nothing(house: House) -> None:
    assert house.by("王芳").refused("/api/v1/cases", {"definition": "holiday"}) == (404, "not_found")


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH"])
def test_method_that_is_not_taken_is_told(house: House, method: str) -> None:
    response = house.by("管理员").call(method, "/api/v1/me", checked=False)
    assert problem(response) == (405, "wrong_method")
    assert "GET" in response.headers["Allow"]
    assert house.app.test_client().get(response.json["type"]).status_code == 200


def test_address_that_is_none_is_told(house: House) -> None:
    assert problem(house.by(None).get("/api/v1/nothing", checked=False)) == (404, "not_found")


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: c@d.example", "a@b.example\nSubject: x", "a b@c", "@", "a@b"])
def test_mail_address_with_a_line_break_is_refused(stored_house: House, address: str) -> None:
    admin = stored_house.by("管理员")
    refused = admin.post("/api/v1/people", {"name": "新人", "email": address})
    assert (refused.status_code, places(refused)) == (422, ["/email"])
    changed = admin.patch(f"/api/v1/people/{stored_house.people['王芳']}", {"email": address})
    assert (changed.status_code, places(changed)) == (422, ["/email"])
    assert admin.read(f"/api/v1/people/{stored_house.people['王芳']}")["email"] == "wangfang@union.example"


@pytest.mark.parametrize(
    "moment",
    [
        "2026-03-09T09:00:00+08:00",
        "2020-01-01T00:00:00Z",
        "2026-03-10",
        "tomorrow",
        "2026-03-10T09:00:00",
        "9999-12-31T23:59:59Z",
        "2040-01-01T00:00:00Z",
        7,
        None,
    ],
)
def test_clock_is_not_set_backwards_nor_to_what_is_no_moment(house: House, moment: Any) -> None:
    admin = house.by("管理员")
    before = admin.read("/api/v1/clock")["now"]
    refused = admin.put("/api/v1/clock", {"now": moment})
    assert (refused.status_code, places(refused)) == (422, ["/now"])
    assert admin.read("/api/v1/clock")["now"] >= before


def test_clock_of_a_real_service_is_not_there(house: House) -> None:

    mark(house.office, "real")
    assert problem(house.by("管理员").get("/api/v1/clock")) == (404, "not_found")
    refused = house.by("管理员").refused("/api/v1/clock", {"now": "2027-01-01T00:00:00Z"}, method="PUT")
    assert refused == (404, "not_found")


def test_every_problem_has_its_page(house: House) -> None:
    for code in ("malformed", "not_signed_in", "not_found", "not_permitted", "data", "opinion", "stale", "too_large"):
        for language in ("zh", "en"):
            shown = house.app.test_client().get(f"/problems/{code}?language={language}")
            assert (shown.status_code, shown.headers["Content-Language"]) == (200, language)
    assert house.app.test_client().get("/problems/nonsense").status_code == 404
