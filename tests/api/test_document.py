"""The OpenAPI document: valid, whole, and about every call there is."""

import re
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate

from tests.api.contract import Contract
from tests.api.house import House
from workflow.api.app import build as build_api

#: What design names as calls; each must be there.
CALLS = """
GET /api/v1/me
GET /api/v1/definitions
GET /api/v1/definitions/{key}
GET /api/v1/definitions/{key}/versions
PUT /api/v1/definitions/{key}
POST /api/v1/cases
GET /api/v1/cases
GET /api/v1/cases/{case_id}
GET /api/v1/cases/{case_id}/events
GET /api/v1/cases/{case_id}/timers
PUT /api/v1/cases/{case_id}/draft
GET /api/v1/tasks
GET /api/v1/tasks/{task_id}
POST /api/v1/tasks/{task_id}/decision
POST /api/v1/decisions
POST /api/v1/tasks/{task_id}/{operation}
POST /api/v1/tasks/{task_id}/close
POST /api/v1/cases/{case_id}/triggers/{name}
POST /api/v1/cases/{case_id}/{operation}
POST /api/v1/cases/{case_id}/withdraw
POST /api/v1/cases/{case_id}/signals
POST /api/v1/tasks/{task_id}/ballot
POST /api/v1/tasks/{task_id}/score
GET /api/v1/rounds
POST /api/v1/rounds
GET /api/v1/rounds/{round_id}
GET /api/v1/rounds/{round_id}/cases
GET /api/v1/rounds/{round_id}/events
GET /api/v1/rounds/{round_id}/sheet
POST /api/v1/rounds/{round_id}/sittings/{state}
POST /api/v1/rounds/{round_id}/correct
POST /api/v1/rounds/{round_id}/close
GET /api/v1/notices
POST /api/v1/notices/{notice_id}/objections
GET /api/v1/objections/{receipt}
GET /api/v1/honours
GET /api/v1/honours/{code}
POST /api/v1/objections/{receipt}/retract
POST /api/v1/links
GET /api/v1/links/{code}
POST /api/v1/links/{code}
POST /api/v1/cases/{case_id}/attachments
GET /api/v1/cases/{case_id}/attachments/{attachment_id}
GET /api/v1/organisations
POST /api/v1/organisations
PATCH /api/v1/organisations/{organisation_id}
GET /api/v1/people
POST /api/v1/people
PATCH /api/v1/people/{person_id}
GET /api/v1/posts
POST /api/v1/posts
PATCH /api/v1/posts/{post_id}
GET /api/v1/delegations
POST /api/v1/delegations
PATCH /api/v1/delegations/{delegation_id}
GET /api/v1/messages
POST /api/v1/messages/{message_id}/retry
GET /api/v1/incidents
POST /api/v1/incidents/{incident_id}/retry
GET /api/v1/clock
PUT /api/v1/clock
GET /api/v1/calendar
PUT /api/v1/calendar
GET /healthz
GET /readyz
GET /metrics
"""


def routes(app: Flask) -> set[tuple[str, str]]:
    """Method and address of every route, as the document writes them."""
    return {
        (method.lower(), re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", str(rule)))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_document_is_valid_openapi(contract: Contract) -> None:
    assert contract.document["openapi"] == "3.1.0"
    validate(contract.document)


def test_document_has_every_call(house: House) -> None:
    described = {(method, path) for method, path, _ in house.contract.operations()}
    served = routes(build_api(house.office, house.delivery, house.mails)) - {("get", "/api/openapi.json")}
    assert served == described


def test_every_call_of_the_contract_is_there(contract: Contract) -> None:
    described = {f"{method.upper()} {path}" for method, path, _ in contract.operations()}
    assert set(CALLS.split("\n")) - described == {""}


def test_each_call_says_what_it_does_and_how_it_may_be_refused(contract: Contract) -> None:
    lacking: list[str] = []
    for method, path, operation in contract.operations():
        statuses = set(operation["responses"])
        public = operation.get("security") == []
        wanted = {"503", "default"} | (set() if public else {"401"}) | ({"404"} if "{" in path else set())
        if not path.startswith("/api/"):
            wanted = {"503", "default"}
        for what, there in (
            ("a summary", operation.get("summary")),
            ("a description", len(operation.get("description", "")) > 10),
            ("an id", operation.get("operationId")),
            ("a success", any(status.startswith("2") for status in statuses)),
            ("its refusals", wanted <= statuses),
            ("its body", method not in ("post", "put", "patch") or "requestBody" in operation),
        ):
            if not there:
                lacking.append(f"{method} {path} lacks {what}")
    assert lacking == []


def test_ids_of_calls_are_unique(contract: Contract) -> None:
    ids = [operation["operationId"] for _, _, operation in contract.operations()]
    assert sorted(ids) == sorted(set(ids))


def test_each_part_of_an_address_and_each_parameter_is_described(contract: Contract) -> None:
    lacking = [
        f"{path}: {parameter['name']}"
        for path, methods in contract.document["paths"].items()
        for found in (methods, *(methods[method] for method in methods if method != "parameters"))
        for parameter in map(contract.resolved, found.get("parameters", ()))
        if parameter["in"] != "query" and not parameter.get("description")
    ]
    assert lacking == []


def test_answers_are_described_to_the_last_name(contract: Contract) -> None:
    """A schema without a type, or an object of which nothing is said, tells a client nothing."""
    vague = [
        f"{name}.{key}"
        for name, schema in contract.document["components"]["schemas"].items()
        for key, described in schema.get("properties", {}).items()
        if not said(described)
    ]
    assert vague == []


def said(described: dict[str, Any]) -> bool:
    if {"$ref", "anyOf", "oneOf"} & described.keys():
        return True
    if described.get("type") in ("object", ["object", "null"]):
        return "description" in described or "additionalProperties" in described
    return "type" in described or "description" in described


@pytest.mark.parametrize("path", ["/api/v1/cases", "/api/v1/tasks", "/api/v1/people", "/api/v1/notices"])
def test_lists_are_items_and_next(contract: Contract, path: str) -> None:
    schema = contract.operation("GET", path)["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(contract.resolved(schema)["properties"]) == {"items", "next"}


def test_writes_upon_cases_and_rounds_are_repeatable(contract: Contract) -> None:
    lacking = [
        path
        for method, path, operation in contract.operations()
        if method == "post"
        and re.match(r"/api/v1/(cases|rounds|tasks|decisions)", path)
        and "attachments" not in path
        and "Idempotency-Key" not in {contract.resolved(one)["name"] for one in operation.get("parameters", ())}
    ]
    assert lacking == []
