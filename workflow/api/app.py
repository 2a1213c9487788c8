"""The API upon a Flask application: blueprints, problems, the OpenAPI document, health."""

from typing import Any

from flask import Flask, Response, request
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from workflow.api import (
    attachments,
    ballots,
    cadences,
    calendar,
    cases,
    credentials,
    definitions,
    health,
    honours,
    links,
    me,
    notices,
    operators,
    rounds,
    tasks,
)
from workflow.api.bodies import guard
from workflow.api.directory import BLUEPRINTS as DIRECTORY
from workflow.api.doors import PARAMETERS, PROBLEMS
from workflow.api.problems import answer, answer_http, answer_unforeseen
from workflow.api.schemas.cases import CASE_OR_ROUND
from workflow.api.schemas.common import ProblemSchema
from workflow.cases.office import Office
from workflow.clock.settable import Delivery
from workflow.errors import Malformed, WorkflowError
from workflow.messages.settings import MailSettings

MOST_UPLOAD = 32 * 1024 * 1024
_FORMS = 1024 * 1024
_DESCRIPTION = """Approvals and recognition decided in the sunlight.

Sign in with a bearer token: `POST /api/v1/tokens` gives one for a login and its password.

A write upon a case or a round may carry `Idempotency-Key` (sent again, it gets the answer of then) and `If-Match`.
Lists are `{items, next}` and page by `limit` and `after`; a cursor holds only for the filter and order it came from.
Moments are UTC. Errors are problem documents (RFC 9457) in Chinese or English by `Accept-Language`, else by the person.
"""


class _Api(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest, with problem documents for what it refuses and for what it documents."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = "Problem"

    def handle_http_exception(self, error: HTTPException) -> Response:
        return answer_http(error)

    def _register_responses(self) -> None:
        """Private in the library, hence its pin and the test of the document."""
        content = {"application/problem+json": {"schema": self.ERROR_SCHEMA}}
        for status, words in PROBLEMS.items():
            self.spec.components.response(f"Problem{status}", {"description": words, "content": content})
        self.spec.components.response("Problem", {"description": "Any other problem.", "content": content})

    def _register_etag_headers(self) -> None:
        """Ours stand in `doors`."""

    def _register_pagination_header(self) -> None:
        """Lists have `next` in their body."""


def build(office_: Office, delivery: Delivery, mails: MailSettings) -> Flask:
    """The API alone; `workflow.web` adds the pages. The settable clock has messages delivered on its way."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config |= {
        "API_TITLE": "Yangguang 阳光",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {
            "security": [{"bearer": []}],
            "servers": [{"url": "/"}],
            "info": {"description": _DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        },
        "MAX_CONTENT_LENGTH": MOST_UPLOAD,
        "MAX_FORM_MEMORY_SIZE": _FORMS,
    }
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the fields of a form stand in their order
    app.extensions |= {"office": office_, "delivery": delivery, "mails": mails}
    app.before_request(guard)
    app.after_request(_headers)
    _document(app)
    app.register_error_handler(WorkflowError, answer)
    app.register_error_handler(Exception, _unforeseen)
    return app


def _document(app: Flask) -> None:
    """Registers the calls, and what the document says beside them."""
    api = _Api(app)
    components = api.spec.components
    components.security_scheme(
        "bearer",
        {"type": "http", "scheme": "bearer", "description": "of POST /api/v1/tokens, or of the command `token`"},
    )
    for name, (where, called, words) in PARAMETERS.items():
        components.parameter(name, where, {"name": called, **words})
    references = [{"$ref": f"#/components/schemas/{name}"} for name in ("Case", "Round")]
    components.schema(CASE_OR_ROUND, {"oneOf": references, "description": "The case; of a sitting, the round."})
    modules = (me, definitions, cases, tasks, ballots, rounds, cadences, notices, honours, links, attachments)
    blueprints = (*(module.blueprint for module in modules), *DIRECTORY)
    for blueprint in (*blueprints, credentials.blueprint, operators.blueprint, calendar.blueprint, health.blueprint):
        api.register_blueprint(blueprint)


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
    if request.endpoint != "web.static":
        response.headers.setdefault("Cache-Control", "private, no-store")
    response.vary.add("Accept-Language")
    return response
