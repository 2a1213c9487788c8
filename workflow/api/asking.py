"""Who asks, in which language, with which key and upon which version; and how much an edge takes."""

import re
from dataclasses import dataclass
from typing import Any, cast

from flask import current_app, g, request

from workflow.cases.contexts import context_of
from workflow.cases.office import Office
from workflow.engine.context import Actor, Context
from workflow.engine.subject import Subject
from workflow.errors import Malformed, NotSignedIn, TooLarge
from workflow.people.credentials import person_of_token
from workflow.text import Language, as_language, sentence

MOST_JSON = 1_000_000
DEEPEST = 40
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_PAGE = 50
_LARGEST_PAGE = 200


def office() -> Office:
    return cast("Office", current_app.extensions["office"])


def signed_in() -> Actor:
    """The person of the bearer token; raises NotSignedIn."""
    actor = whoever()
    if actor.person is None:
        raise NotSignedIn
    return actor


def whoever() -> Actor:
    """The person of the bearer token, or the public. A token that is none is refused rather than overlooked."""
    if "actor" not in g:
        g.actor = _actor()
    return cast("Actor", g.actor)


def language() -> Language:
    """The person's own; else what the client asks for, Chinese first."""
    actor = g.get("actor")
    if actor is not None and actor.person is not None:
        known = office().directories.known()
        person = known.persons.get(actor.person) if known else None
        if person is not None and not request.headers.get("Accept-Language"):
            return person.language
    return as_language(request.accept_languages.best_match(["zh", "zh-CN", "en"]) or "zh")


def request_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= 200:  # noqa: PLR2004 -- bounded like every input
        raise Malformed(sentence("An Idempotency-Key has 1 to 200 characters."))
    return key


def expected_version() -> int | None:
    """The version of If-Match; one that is no version of ours matches nothing."""
    if not request.if_match or request.if_match.star_tag:
        return None
    tags = list(request.if_match)
    return int(tags[0]) if len(tags) == 1 and tags[0].isdigit() else -1


@dataclass(frozen=True, slots=True)
class Looking:
    """A reader with the time, the directory and the calendar of one moment."""

    context: Context
    language: Language


def context_for(connection: Any, subject: Subject | None = None, actor: Actor | None = None) -> Context:
    return context_of(office(), connection, actor or whoever(), subject)


def page_size(limit: int | None) -> int:
    return _PAGE if limit is None else min(max(limit, 1), _LARGEST_PAGE)


def guard_body() -> None:
    """Before anything is read: a body of a kind that is taken, bounded, and not nested without end."""
    if request.method not in ("POST", "PUT", "PATCH"):
        return
    if request.mimetype in ("multipart/form-data", "application/yaml", "application/x-yaml"):
        return
    length = request.content_length
    if length is not None and length > MOST_JSON:
        raise TooLarge(limit=f"{MOST_JSON} bytes")
    body = request.get_data(cache=True)
    if len(body) > MOST_JSON:
        raise TooLarge(limit=f"{MOST_JSON} bytes")
    if body and request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise Malformed(sentence("Send JSON, with Content-Type: application/json."))
    if _depth(body) > DEEPEST:
        raise Malformed(sentence("This is nested more than {most} deep.", most=DEEPEST))


def _depth(body: bytes) -> int:
    """How deep brackets are nested; signs within texts do not count."""
    deepest = depth = 0
    for sign in re.findall(rb"[\[\]{}]", _STRINGS.sub(b"", body)):
        depth += 1 if sign in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _actor() -> Actor:
    header = request.headers.get("Authorization")
    if header is None:
        return Actor(public=True)
    kind, _, token = header.partition(" ")
    if kind.casefold() != "bearer" or not token.strip():
        raise NotSignedIn(sentence("Sign in with a bearer token: Authorization: Bearer …"))
    with office().database.read() as connection:
        now = office().database.now(connection)
        person = person_of_token(connection, token.strip(), at=now)
        if person is None:
            raise NotSignedIn(sentence("This token is not valid, or was revoked."))
        directory = office().directory(connection)
    if not directory.is_here(person, now):
        raise NotSignedIn(sentence("This person has left."))
    return Actor(person=person)
