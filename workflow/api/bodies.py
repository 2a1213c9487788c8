"""What comes in, before anything else looks at it: bounded, not nested without end, JSON as the standard has it."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from flask import current_app, g, request
from marshmallow import Schema, ValidationError, fields
from marshmallow.exceptions import SCHEMA
from webargs.core import missing
from webargs.flaskparser import FlaskParser

from workflow.api.asking import refuse_other_sites, signed_in
from workflow.definition.expression.kinds import nearest
from workflow.errors import InvalidData, Malformed, Problem, TooLarge, said
from workflow.text import Sentence, sentence

MOST_BODY = 1_000_000
#: A definition with the templates of its documents.
MOST_PUBLISHED = 8_000_000
DEEPEST = 40
_DIGITS = 25
_UPLOADS = ("multipart/form-data", "application/yaml", "application/x-yaml", "application/x-www-form-urlencoded")
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
#: Neither database nor history takes these: control characters, halves of characters.
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MARSHMALLOWS = ("json", "query", "form", "files", SCHEMA)


def guard() -> None:
    """Before each request: an address that can be looked up, somebody who is signed in unless the call is for anybody, and
    the body, which is read here once.
    """
    if _UNFIT.search(request.path) or any(
        _UNFIT.search(part) for pair in request.args.items(multi=True) for part in pair
    ):
        raise Malformed(sentence("There is a sign in the address that cannot be read."))
    if request.method not in ("GET", "HEAD", "OPTIONS") and "Authorization" not in request.headers:
        refuse_other_sites()
    described = getattr(current_app.view_functions.get(request.endpoint or ""), "_apidoc", None)
    if described is not None:
        if described["manual_doc"].get("security") != []:
            signed_in()
        _guard_parameters(described)
    if request.method in ("POST", "PUT", "PATCH"):
        _guard_size()
        if request.mimetype not in _UPLOADS:
            g.body = _json()


class Parser(FlaskParser):
    """webargs upon the body that was read; what does not fit is told in our words, each at its place."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}  # noqa: RUF012 -- as the class above has it

    def load_json(self, req: Any, schema: Schema) -> Any:
        del req, schema
        return g.get("body", missing)

    def load_querystring(self, req: Any, schema: Schema) -> Any:
        """A parameter without a value is as if it were not there."""
        known = {field.data_key or name for name, field in schema.load_fields.items()}
        return {name: value for name, value in req.args.items() if value or name not in known}

    def handle_error(self, error: ValidationError, req: Any, schema: Schema, **_: Any) -> NoReturn:
        del req
        raise InvalidData(tuple(problems_of(error, schema))) from error


def taken(schema: Schema, raw: Any) -> dict[str, Any]:
    """A body by its schema, where the call reads it itself."""
    try:
        found: dict[str, Any] = schema.load(raw)
    except ValidationError as error:
        raise InvalidData(tuple(problems_of(error, schema))) from error
    return found


def problems_of(error: ValidationError, schema: Schema) -> list[Problem]:
    """What marshmallow found, each at its JSON pointer; a name that is not known with what would be right."""
    return [_placed(problem, path, schema) for path, problem in _leaves(error.messages, ())]


def _placed(problem: Problem, path: tuple[str, ...], schema: Schema) -> Problem:
    at = "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in path) or "/"
    hint = problem.hint
    if problem.code == "unknown_key":
        hint = _known(path[-1], _schema_at(schema, path[:-1]))
    return Problem(at, problem.code, problem.text, hint)


def _known(name: str, schema: Schema) -> Sentence:
    names = [field.data_key or name for name, field in schema.load_fields.items()]
    close = nearest(name, names)
    if close is not None:
        return close
    return sentence("Known here: {names}.", names=names) if names else sentence("Nothing is wanted here.")


def _schema_at(schema: Schema, path: tuple[str, ...]) -> Schema:
    """The schema of a place, through lists and nested bodies."""
    for part in path:
        field = next((f for name, f in schema.load_fields.items() if part in (name, f.data_key)), None)
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            schema = inner.schema
    return schema


def _leaves(messages: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Problem]]:
    if isinstance(messages, dict):
        for name, below in messages.items():
            outside = name == SCHEMA or (not path and name in _MARSHMALLOWS)
            yield from _leaves(below, path if outside else (*path, str(name)))
    elif isinstance(messages, list):
        for message in messages:
            yield from _leaves(message, path)
    else:
        yield path, messages if isinstance(messages, Problem) else Problem("", "data", said(messages, "en"))


# --- the address


def _guard_parameters(described: Mapping[str, Any]) -> None:
    """A parameter that a call does not know is a mistake of the sender; those with a schema are told by it."""
    wanted = described.get("arguments", {}).get("parameters", ())
    if request.args and not any(one["in"] == "query" for one in wanted):
        unknown = sentence("There is nothing of this name here.")
        hint = sentence("Nothing is wanted here.")
        raise InvalidData(tuple(Problem(f"/{name}", "unknown_key", unknown, hint) for name in request.args))


def _guard_size() -> None:
    """Files may be as large as the application takes; all else is read into memory, announced or not."""
    if request.mimetype == "multipart/form-data":
        return
    most = MOST_PUBLISHED if request.endpoint == "definitions.publish_one" else MOST_BODY
    request.max_content_length = most
    if (request.content_length or 0) > most:
        raise TooLarge(limit=sentence("{most} bytes", most=most))


# --- JSON


def _json() -> Any:
    """The body as values, or `missing` where there is none."""
    body = request.get_data(cache=True)
    if not body:
        return missing
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise Malformed(sentence("Send JSON, with Content-Type: application/json."))
    if _depth(body) > DEEPEST:
        raise Malformed(sentence("This is nested more than {most} deep.", most=DEEPEST))
    found = _read(body)
    if wrong := list(unfit(found, "")):
        raise InvalidData(tuple(wrong))
    return found


def _read(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            parse_constant=_no_number,
            parse_float=_number,
            parse_int=_whole,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as wrong:
        raise Malformed(sentence("The text is not UTF-8.")) from wrong
    except json.JSONDecodeError as wrong:
        where = sentence(
            "This is no JSON; look at line {line}, column {column}.", line=wrong.lineno, column=wrong.colno
        )
        raise Malformed(where) from wrong


def _no_number(word: str) -> NoReturn:
    raise Malformed(sentence("{word} is no number in JSON.", word=word))


def _number(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise Malformed(sentence("A number is too large."))
    return found


def _whole(text: str) -> int:
    if len(text) > _DIGITS:
        raise Malformed(sentence("A number is too large."))
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed(sentence("“{name}” stands here twice.", name=twice[:40]))
    return found


def _depth(body: bytes) -> int:
    """How deep brackets are nested; signs within texts do not count."""
    deepest = depth = 0
    for sign in re.findall(rb"[\[\]{}]", _STRINGS.sub(b"", body)):
        depth += 1 if sign in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def unfit(value: Any, at: str) -> Iterator[Problem]:
    """Where a text has a sign that cannot be kept."""
    match value:
        case str():
            if _UNFIT.search(value):
                yield Problem(at or "/", "data", sentence("There is a sign in it that cannot be printed."))
        case dict():
            for name, below in value.items():
                if _UNFIT.search(name):
                    yield Problem(at or "/", "data", sentence("There is a sign in a name that cannot be printed."))
                else:
                    yield from unfit(below, f"{at}/{name}")
        case list():
            for number, below in enumerate(value):
                yield from unfit(below, f"{at}/{number}")
