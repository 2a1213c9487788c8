"""Errors as RFC 9457 problem documents, in the reader's language: the one table that gives each class its status."""

from typing import Any

import structlog
from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException

from workflow import errors
from workflow.api.asking import language
from workflow.errors import Problem, ProblemsFound, WorkflowError, said
from workflow.text import Language, say, sentence

log = structlog.get_logger()

STATUS: dict[type[WorkflowError], int] = {
    errors.DefinitionWrong: 422,
    errors.Malformed: 400,
    errors.NotSignedIn: 401,
    errors.NotFound: 404,
    errors.NotPermitted: 403,
    errors.InvalidData: 422,
    errors.KeyReused: 422,
    errors.Refused: 409,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.TooOften: 429,
    errors.Busy: 503,
    errors.CannotRun: 503,
}

_TITLES = {
    400: sentence("The request cannot be read."),
    401: sentence("Please sign in."),
    403: sentence("Not permitted."),
    404: sentence("Not found."),
    405: sentence("This address does not take this method."),
    409: sentence("Refused as things stand."),
    412: sentence("Decided upon an older version."),
    413: sentence("Too large."),
    415: sentence("This kind of body is not taken here."),
    422: sentence("The data need another look."),
    429: sentence("Too many requests."),
    500: sentence("Something went wrong; it was noted."),
    503: sentence("Not now; please try again."),
}


def status_of(error: WorkflowError) -> int:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_of(error: WorkflowError, reader: Language) -> dict[str, Any]:
    """The document of one error."""
    status = status_of(error)
    body: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": _title(status, reader),
        "status": status,
        "detail": error.say(reader),
        "code": error.code,
    }
    if isinstance(error, ProblemsFound):
        body["errors"] = [_entry(problem, reader) for problem in error.problems]
    return body


def answer(error: WorkflowError) -> Response:
    body = problem_of(error, language())
    response = jsonify(body)
    response.status_code = body["status"]
    response.content_type = "application/problem+json"
    if response.status_code == 401:  # noqa: PLR2004 -- HTTP
        response.headers["WWW-Authenticate"] = "Bearer"
    if response.status_code == 503:  # noqa: PLR2004 -- HTTP
        response.headers["Retry-After"] = "1"
    return response


def answer_http(error: HTTPException) -> Response:
    """What the framework refuses: an unknown address, a body that is no JSON, fields that do not fit."""
    status = error.code or 500
    reader = language()
    messages = getattr(error, "data", {}).get("messages") if hasattr(error, "data") else None
    code = {400: "malformed", 404: "not_found", 422: "data", 413: "too_large"}.get(status, f"http_{status}")
    entries: list[dict[str, Any]] = []
    if messages:
        entries = list(_flat(messages))
        if any("Invalid JSON" in entry["message"] or "JSON body" in entry["message"] for entry in entries):
            status, code = 400, "malformed"
    body: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": _title(status, reader),
        "status": status,
        "detail": "; ".join(f"{entry['at']}: {entry['message']}" for entry in entries) or _title(status, reader),
        "code": code,
    }
    if entries:
        body["errors"] = entries
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    for name, value in (getattr(error, "data", {}) or {}).get("headers", {}).items() if hasattr(error, "data") else ():
        response.headers[name] = value
    return response


def answer_unforeseen(error: Exception) -> Response:
    """A mistake of ours: noted with its trace for operators, told without it."""
    log.error("unforeseen", path=request.path, method=request.method, exc_info=error)
    reader = language()
    body = {
        "type": "/problems/error",
        "title": _title(500, reader),
        "status": 500,
        "detail": _title(500, reader),
        "code": "error",
    }
    response = jsonify(body)
    response.status_code = 500
    response.content_type = "application/problem+json"
    return response


def _title(status: int, reader: Language) -> str:
    known = _TITLES.get(status)
    return known.say(reader) if known else say("Refused.", reader)


def _entry(problem: Problem, reader: Language) -> dict[str, Any]:
    entry: dict[str, Any] = {"at": problem.at, "code": problem.code, "message": said(problem.text, reader)}
    if problem.hint is not None:
        entry["hint"] = said(problem.hint, reader)
    if problem.line is not None:
        entry["line"] = problem.line
    return entry


def _flat(messages: Any, at: str = "") -> Any:
    if isinstance(messages, dict):
        for name, below in messages.items():
            place = at if name in ("json", "query", "headers", "form", "files", "_schema") else f"{at}/{name}"
            yield from _flat(below, place)
    elif isinstance(messages, list):
        for message in messages:
            yield from _flat(message, at)
    else:
        yield {"at": at or "/", "code": "data", "message": str(messages)}
