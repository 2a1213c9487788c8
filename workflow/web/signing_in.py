"""Signing in and out, for a browser; in a demo as anybody of its cast with one click. Language and theme are chosen here."""

from datetime import timedelta
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import SESSION, context_for, office, whoever
from workflow.clock.settable import cast_of_demo
from workflow.engine.directory import Principal
from workflow.errors import NotFound, NotSignedIn, TooOften
from workflow.people.credentials import begin_session, check_password, end_session, person_with_login
from workflow.web.asking_to_sign_in import ask_to_sign_in
from workflow.web.pages import THEMES, keep, page, pages, reader

blueprint = pages("signing_in", __name__)

_LASTS, _LASTS_LONG = timedelta(hours=12), timedelta(days=7)
_KEPT = "kept."
_LONGEST = 200


@blueprint.get("/sign-in")
def ask() -> Response:
    shown = ask_to_sign_in()
    return page("sign_in.html", **{**shown, "next_page": _inside(request.args.get("next"))})


@blueprint.post("/sign-in")
def sign_in() -> BaseResponse:
    """With a login and its password; the page says the same whichever of the two was wrong."""
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    try:
        person = check_password(office().database, login[:_LONGEST], password[:_LONGEST])
    except (NotSignedIn, TooOften) as wrong:
        shown: dict[str, Any] = ask_to_sign_in(wrong.say(reader()), login)
        kept = {"next_page": _inside(request.form.get("next")), "kept": _kept()}
        return page("sign_in.html", 429 if isinstance(wrong, TooOften) else 401, **{**shown, **kept})
    return _begin(person, lasts=_LASTS_LONG if request.form.get("stay") else _LASTS)


@blueprint.post("/demo/as")
def sign_in_as() -> BaseResponse:
    """As one of the cast; there is no such thing in a real service."""
    login = request.form.get("login", "")
    if login not in cast_of_demo(office()):
        raise NotFound
    with office().database.read() as connection:
        person = person_with_login(connection, login, at=office().database.now(connection))
    if person is None:
        raise NotFound
    _end()
    return _begin(person, lasts=_LASTS)


@blueprint.post("/sign-out")
def sign_out() -> BaseResponse:
    _end()
    response = redirect(url_for("page_signing_in.ask"), code=303)
    response.delete_cookie(SESSION)
    return response


@blueprint.post("/theme")
def choose_theme() -> BaseResponse:
    """Light, dark, or as the system has it."""
    theme = request.form.get("theme", "")
    response = redirect(_inside(request.form.get("next")), code=303)
    if theme in THEMES:
        keep(response, "theme", theme)
    else:
        response.delete_cookie("theme")
    return response


def _begin(person: Principal, *, lasts: timedelta) -> BaseResponse:
    """A new session, never one that was there before; what was typed before it is shown again, to be sent."""
    target, kept = _inside(request.form.get("next")), _kept()
    response: BaseResponse = page("sent_again.html", target=target, kept=kept) if kept else redirect(target, code=303)
    text = begin_session(office().database, person, lasts=lasts)
    age = int(lasts.total_seconds()) if lasts == _LASTS_LONG else None
    response.set_cookie(SESSION, text, max_age=age, httponly=True, samesite="Lax", secure=request.is_secure)
    if "language" not in request.cookies:
        with office().database.read() as connection:
            known = context_for(connection).directory.persons.get(person)
        if known is not None:
            keep(response, "language", known.language)
    return response


def _end() -> None:
    if whoever().person is not None and SESSION in request.cookies:
        end_session(office().database, request.cookies[SESSION])


def _kept() -> list[tuple[str, str]]:
    return [
        (name.removeprefix(_KEPT), value) for name, value in request.form.items(multi=True) if name.startswith(_KEPT)
    ]


def _inside(address: str | None) -> str:
    """An address of this service and of no other."""
    if address and address.startswith("/") and not address.startswith(("//", "/\\")) and "\n" not in address:
        return address
    return url_for("page_inbox.inbox")
