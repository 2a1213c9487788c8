"""The API upon a Flask application: blueprints, problems, the OpenAPI document, health."""

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, request
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from workflow.api import (
    attachments,
    cases,
    credentials,
    definitions,
    directory,
    home,
    links,
    me,
    notices,
    operators,
    rounds,
    schemas,
    tasks,
)
from workflow.api.asking import guard_body, office
from workflow.api.problems import answer, answer_http, answer_unforeseen
from workflow.cases.office import Office
from workflow.clock.settable import Delivery
from workflow.errors import Malformed, WorkflowError
from workflow.messages.settings import MailSettings

MOST_UPLOAD = 32 * 1024 * 1024
_DESCRIPTION = (
    "Approvals and recognition decided in the sunlight. A write may carry Idempotency-Key and If-Match; lists are "
    "`{items, next}` and page by `limit` and `after`; errors are problem documents (RFC 9457)."
)


class _Api(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest, with problem documents for what it refuses and for what it documents."""

    ERROR_SCHEMA = schemas.ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        return answer_http(error)

    def _register_responses(self) -> None:
        """Private in the library, hence its pin and the test of the document."""
        problem = {
            "description": "a problem document",
            "content": {"application/problem+json": {"schema": self.ERROR_SCHEMA}},
        }
        for status in HTTPStatus:
            if status.value >= 400:  # noqa: PLR2004 -- HTTP
                self.spec.components.response(status.name, {**problem, "description": status.phrase})
        self.spec.components.response("DEFAULT_ERROR", problem)
        self.spec.components.response("NOT_MODIFIED", {"description": "Not modified"})


def build(office_: Office, delivery: Delivery, mails: MailSettings) -> Flask:
    """The application for WSGI servers. The settable clock has messages delivered on its way."""
    app = Flask(__name__)
    app.config |= {
        "API_TITLE": "Yangguang 阳光",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {
            "security": [{"bearer": []}],
            "info": {"description": _DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        },
        "MAX_CONTENT_LENGTH": MOST_UPLOAD,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "JSON_SORT_KEYS": False,
    }
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider
    app.extensions["office"] = office_
    app.extensions["delivery"] = delivery
    app.extensions["mails"] = mails
    app.before_request(guard_body)
    app.after_request(_headers)
    api = _Api(app)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for module in (
        me,
        definitions,
        cases,
        tasks,
        rounds,
        notices,
        links,
        attachments,
        directory,
        credentials,
        operators,
    ):
        api.register_blueprint(module.blueprint)
    app.register_blueprint(home.blueprint)
    app.register_error_handler(WorkflowError, answer)
    app.register_error_handler(Exception, _unforeseen)
    app.get("/healthz")(_health)
    return app


def _health() -> tuple[Response, int]:
    """Whether the process answers and its database can be asked."""
    with office().database.read() as connection:
        office().database.now(connection)
    return jsonify({"status": "ok"}), 200


def _unforeseen(error: Exception) -> Any:
    if isinstance(error, HTTPException):
        return answer_http(error)
    if isinstance(error, RecursionError):
        return answer(Malformed())
    return answer_unforeseen(error)


def _headers(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    )
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response
