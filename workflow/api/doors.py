"""A blueprint whose calls stand in the OpenAPI document whole: what each asks for, answers, and how it may be refused."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, TypeVar

from flask_smorest import Blueprint
from flask_smorest.utils import deepupdate

from workflow.api.bodies import Parser

View = TypeVar("View", bound=Callable[..., Any])

#: What each part of an address is.
PARTS: dict[str, dict[str, Any]] = {
    "case_id": {"description": "id of a case", "schema": {"type": "string", "format": "uuid"}},
    "round_id": {"description": "id of a round", "schema": {"type": "string", "format": "uuid"}},
    "attachment_id": {"description": "id of an attachment", "schema": {"type": "string", "format": "uuid"}},
    "task_id": {"description": "{case}.{n}", "schema": {"type": "string"}},
    "notice_id": {"description": "{case}.{n}", "schema": {"type": "string"}},
    "post_id": {"description": "{post}.{person}", "schema": {"type": "string"}},
    "incident_id": {"description": "as the list of incidents has it", "schema": {"type": "string"}},
    "message_id": {"description": "as the list of messages has it", "schema": {"type": "string"}},
    "organisation_id": {"description": "id of an organisation"},
    "person_id": {"description": "id of a person"},
    "delegation_id": {"description": "id of a delegation"},
    "key": {"description": "key of a definition", "example": "leave_request"},
    "name": {"description": "one of the case's `anytime`"},
    "state": {"description": "a state that is decided together"},
    "operation": {"description": "the operation; `_` is `-` in addresses"},
    "receipt": {"description": "the code that came with the objection"},
    "code": {"description": "the code of the link, or the number of the certificate"},
}
#: Of the document's components, by name.
IDEMPOTENCY_KEY = "IdempotencyKey"
IF_MATCH = "IfMatch"
PARAMETERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "IdempotencyKey": (
        "header",
        "Idempotency-Key",
        {
            "description": "a text of the client's own for this act: sent again, it gets the answer of then with "
            "`Idempotent-Replayed: true`, and nothing is done twice. With another body it is refused (422).",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        },
    ),
    "IfMatch": (
        "header",
        "If-Match",
        {
            "description": "an ETag: the act is refused (412) where the case or round has moved since",
            "schema": {"type": "string"},
            "example": '"7"',
        },
    ),
}
HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {"description": "the version in quotes, for If-Match", "schema": {"type": "string"}},
    "Idempotent-Replayed": {"description": "true: the answer of then", "schema": {"type": "string", "enum": ["true"]}},
    "Location": {"description": "its address", "schema": {"type": "string", "format": "uri-reference"}},
}
#: How calls may be refused, in words.
PROBLEMS: dict[int, str] = {
    400: "Cannot be read: no JSON, nested too deep, a sign that cannot be kept.",
    401: "Nobody is signed in, or the token is not valid.",
    403: "This person may not do this.",
    404: "Not there, or not to be seen: the two are told alike.",
    409: "Refused as things stand; `code` says why: not_offered, guard, task_closed, suspended, closed, twice, vacant, loop.",
    412: "The case or round has moved since it was read.",
    413: "Too large.",
    422: "The data do not fit, an opinion is wanted, or the key was used for another request; `errors` says where.",
    429: "Too many tries; Retry-After says when to come back.",
    503: "Not now: busy, or the database cannot be reached. Nothing was done; Retry-After says when to come back.",
}


class Door(Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest's, with what holds for every call said once."""

    ARGUMENTS_PARSER = Parser()

    def arguments(self, schema: Any, *, location: str = "json", **more: Any) -> Any:
        """A body of which nothing is demanded may be left out."""
        if location == "json":
            more.setdefault("required", any(field.required for field in schema().load_fields.values()))
        return super().arguments(schema, location=location, **more)

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Registers the call with its address in words, its id, and the refusals that its shape brings with it."""
        parts = [part for part in PARTS if f"<{part}>" in rule or f":{part}>" in rule]
        options["parameters"] = [
            {"in": "path", "name": part, "required": True, **deepcopy(PARTS[part])} for part in parts
        ]
        _describe(view_func, self._shape(view_func, bool(parts)), beneath=True)
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)

    def _shape(self, view: Any, named: bool) -> dict[str, Any]:
        told: Mapping[str, Any] = getattr(view, "_apidoc", {})
        wanted = told.get("arguments", {}).get("parameters", ())
        statuses = {400, 422, 503}
        if told.get("manual_doc", {}).get("security") != []:
            statuses.add(401)
        if named:
            statuses.add(404)
        if any(one["in"] != "query" for one in wanted) or "requestBody" in told.get("manual_doc", {}):
            statuses.add(413)
        summary = " ".join((view.__doc__ or "").split())
        return {"operationId": f"{self.name}_{view.__name__}", "description": summary, **refused(*statuses)}


def refused(*statuses: int) -> dict[str, Any]:
    return {"responses": {status: {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}}


def refuses(*statuses: int) -> Callable[[View], View]:
    """How else a call may be refused than its shape says."""
    return _describing(refused(*statuses))


def public(view: View) -> View:
    """A call for anybody, without signing in."""
    return _describing({"security": []})(view)


def acts(view: View) -> View:
    """An act upon a case or a round: repeatable by its key, and upon the version that was read."""
    return _describing({"parameters": [IDEMPOTENCY_KEY, IF_MATCH], **refused(403, 404, 409, 412), **_answers("ETag")})(
        view
    )


def begins(view: View) -> View:
    """Something new, made once for each key."""
    return _describing(
        {"parameters": [IDEMPOTENCY_KEY], **refused(403, 404, 409), **_answers("ETag", "Location", status=201)}
    )(view)


def keyed(view: View) -> View:
    """Repeatable by its key."""
    return _describing({"parameters": [IDEMPOTENCY_KEY], **refused(403, 404, 409)})(view)


def _answers(*names: str, status: int = 200) -> dict[str, Any]:
    """The headers of an answer, beside its schema."""
    headers = {name: HEADERS[name] for name in (*names, "Idempotent-Replayed")}
    return {"answers": {status: headers}}


def _describing(words: dict[str, Any]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        _describe(view, words)
        return view

    return decorate


def _describe(view: Any, words: dict[str, Any], *, beneath: bool = False) -> None:
    """Adds to what the document says of a call; `beneath`: what is said already stays."""
    words = deepcopy(words)
    answers = words.pop("answers", {})
    told: dict[str, Any] = deepcopy(getattr(view, "_apidoc", {}))
    known = told.get("manual_doc", {})
    told["manual_doc"] = deepupdate(words, known) if beneath else deepupdate(known, words)
    for status, headers in answers.items():
        for answer in told.get("response", {}).get("responses", {}).get(status, ()):
            answer["headers"] = {**headers, **(answer.get("headers") or {})}
    view._apidoc = told  # noqa: SLF001 -- where flask-smorest keeps it
