"""Errors as RFC 9457 problem documents, in the reader's language: the one table that gives each class its status."""

from typing import Any

import structlog
from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException

from workflow import errors
from workflow.api.asking import language
from workflow.errors import Problem, ProblemsFound, WorkflowError, said
from workflow.text import Language, Sentence, sentence

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
UNFORESEEN = 500

_TITLES: dict[int, Sentence] = {
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
_OTHER = sentence("Refused.")

#: What the framework refuses before any of our code is asked, by the code that programs see.
FRAMEWORKS = {
    400: "malformed",
    404: "not_found",
    405: "wrong_method",
    408: "malformed",
    411: "malformed",
    413: "too_large",
    414: "too_large",
    415: "wrong_kind",
    431: "too_large",
}
#: The pages of those that are no class of ours.
HTTP_ONLY = {"wrong_method": 405, "wrong_kind": 415, "http": 400}


def status_of(error: WorkflowError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), UNFORESEEN)


def problem_of(error: WorkflowError, reader: Language) -> dict[str, Any]:
    """The document of one error."""
    body = _document(status_of(error), error.code, reader, error.say(reader))
    if isinstance(error, ProblemsFound):
        of_file = isinstance(error, errors.DefinitionWrong)
        body["errors"] = [_entry(problem, reader, of_file=of_file) for problem in error.problems]
    return body


def unforeseen_problem(reader: Language) -> dict[str, Any]:
    return _document(UNFORESEEN, WorkflowError.code, reader)


def answer(error: WorkflowError) -> Response:
    body = problem_of(error, language())
    if body["status"] == UNFORESEEN:
        log.error("unforeseen", path=request.path, method=request.method, exc_info=error)
    response = _response(body)
    if body["status"] == 401:  # noqa: PLR2004 -- HTTP
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.TooOften):
        response.headers["Retry-After"] = str(error.facts.get("seconds", 60))
    elif body["status"] == 503:  # noqa: PLR2004 -- HTTP
        response.headers["Retry-After"] = "1" if isinstance(error, errors.Busy) else "10"
    return response


def answer_http(error: HTTPException) -> Response:
    """What the framework refuses: an unknown address, another method, a body that is too large."""
    status = error.code or UNFORESEEN
    response = _response(_document(status, FRAMEWORKS.get(status, "http"), language()))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def answer_unforeseen(error: Exception) -> Response:
    """A mistake of ours: noted with its trace for operators, told without it."""
    log.error("unforeseen", path=request.path, method=request.method, exc_info=error)
    return _response(unforeseen_problem(language()))


def title_of(status: int, reader: Language) -> str:
    return _TITLES.get(status, _OTHER).say(reader)


def _document(status: int, code: str, reader: Language, detail: str | None = None) -> dict[str, Any]:
    title = title_of(status, reader)
    return {"type": f"/problems/{code}", "title": title, "status": status, "detail": detail or title, "code": code}


def _response(body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.status_code = body["status"]
    response.content_type = "application/problem+json"
    response.headers["Content-Language"] = language()
    return response


def _entry(problem: Problem, reader: Language, *, of_file: bool) -> dict[str, Any]:
    """`at` is a pointer; of a definition or its stories, the file and the line."""
    entry: dict[str, Any] = {"at": problem.at, "code": problem.code, "message": said(problem.text, reader)}
    if of_file:
        line = problem.line or 1
        entry |= {"at": f"{problem.file}:{line}", "line": line, "place": problem.at}
    if problem.hint is not None:
        entry["hint"] = said(problem.hint, reader)
    return entry
