"""Who asks, in which language, with which key and upon which version."""

from contextlib import suppress
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from flask import current_app, g, request
from sqlalchemy import Connection

from workflow.cases.contexts import context_of
from workflow.cases.office import Office
from workflow.engine.context import Actor, Context
from workflow.engine.permit import is_top_administrator
from workflow.engine.subject import Subject
from workflow.errors import Malformed, NotPermitted, NotSignedIn, WorkflowError
from workflow.people.credentials import person_of_session, person_of_token
from workflow.text import Language, as_language, sentence

#: The cookie of a browser that is signed in, and how long it may rest.
SESSION = "yangguang_session"
SESSION_RESTS = timedelta(hours=4)
_PAGE = 50
_LONGEST_KEY = 200
_LANGUAGES = ("zh", "zh-CN", "zh-Hans", "en", "en-US", "en-GB")


def office() -> Office:
    return cast("Office", current_app.extensions["office"])


def signed_in() -> Actor:
    """The person of the bearer token or the session; raises NotSignedIn."""
    actor = whoever()
    if actor.person is None:
        raise NotSignedIn
    return actor


def whoever() -> Actor:
    """The person of the bearer token or the session, or the public.

    A token that is none is refused rather than overlooked; a session that has ended leaves the public.
    """
    if "actor" not in g:
        g.actor = _actor()
    return cast("Actor", g.actor)


def operator() -> Actor:
    """An administrator at the top: publishing, clock, messages, incidents and calendar are his."""
    actor = signed_in()
    with office().database.read() as connection:
        if not is_top_administrator(context_for(connection)):
            raise NotPermitted(sentence("Only administrators at the top may do this."))
    return actor


def language() -> Language:
    """What was chosen on a page; else what the client asks for; else the person's own; else Chinese."""
    if "language" in g:
        return cast("Language", g.language)
    wanted = request.accept_languages.best_match(_LANGUAGES) if request.accept_languages else None
    if wanted is not None:
        return as_language(wanted)
    actor = _known_actor()
    known = office().directories.known() if actor is not None and actor.person is not None else None
    person = known.persons.get(actor.person) if known is not None and actor is not None and actor.person else None
    return person.language if person is not None else "zh"


def _known_actor() -> Actor | None:
    """Who asks, as far as that is known by now; of an address that is none nobody has looked yet."""
    if request.endpoint is None:
        with suppress(WorkflowError):
            return whoever()
    found: Actor | None = g.get("actor")
    return found


def request_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= _LONGEST_KEY:
        raise Malformed(sentence("An Idempotency-Key has 1 to {most} characters.", most=_LONGEST_KEY))
    return key


def expected_version() -> int | None:
    """The version of If-Match; one that is no version of ours matches nothing."""
    if not request.if_match or request.if_match.star_tag:
        return None
    tags = list(request.if_match)
    return int(tags[0]) if len(tags) == 1 and tags[0].isascii() and tags[0].isdigit() and len(tags[0]) < 10 else -1  # noqa: PLR2004 -- no case has so many events


def context_for(connection: Connection, subject: Subject | None = None, actor: Actor | None = None) -> Context:
    """For whoever looks: the time, the directory and the calendar of one moment."""
    return context_of(office(), connection, actor or whoever(), subject)


def page_size(query: dict[str, Any]) -> int:
    return query.get("limit") or _PAGE


def _actor() -> Actor:
    header = request.headers.get("Authorization")
    if header is None:
        return _of_session(request.cookies.get(SESSION))
    kind, _, token = header.partition(" ")
    if kind.casefold() != "bearer" or not token.strip():
        raise NotSignedIn(sentence("Sign in with a bearer token: Authorization: Bearer …"))
    with office().database.read() as connection:
        now = office().database.now(connection)
        person = person_of_token(connection, token.strip(), at=now)
        if person is None:
            raise NotSignedIn(sentence("This token is not valid, has run out, or was revoked."))
        office().directory(connection)  # so that his language is known
    return Actor(person=person)


def _of_session(cookie: str | None) -> Actor:
    person = person_of_session(office().database, cookie, rests=SESSION_RESTS) if cookie else None
    return Actor(public=True) if person is None else Actor(person=person)


def refuse_other_sites() -> None:
    """What a page of another site has a browser send is refused, as the browser's session would come with it.

    Browsers say where a request comes from (Fetch Metadata, else Origin); programs that are none say nothing.
    """
    came_from = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if came_from is not None:
        other = came_from not in ("same-origin", "none")
    else:
        other = origin is not None and urlsplit(origin).netloc != request.host
    if other:
        raise NotPermitted(sentence("This was sent by a page of another site; open it here and send it again."))
