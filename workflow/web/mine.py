"""One's own settings: how one is reached, language, theme and keys; where one acts, and who stands in."""

from datetime import date, datetime, time
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import context_for, office, signed_in
from workflow.api.bodies import taken, unfit
from workflow.api.credentials import send_code
from workflow.api.directory.delegations import change_delegation, let_stand_in
from workflow.api.directory.people import change_person, one_person
from workflow.api.problems import status_of
from workflow.api.schemas.directory import DelegationBody, PersonPatch
from workflow.api.subjects import number_of
from workflow.calendar import ZONE, day_of, end_of
from workflow.engine.directory import Principal
from workflow.errors import InvalidData, Problem, WorkflowError
from workflow.people.listing import list_delegations, list_persons
from workflow.text import sentence
from workflow.web.deciding import Wrong, wrong_of
from workflow.web.desk import desk_page
from workflow.web.looking import wording_of
from workflow.web.pages import keep, pages, reader

blueprint = pages("mine", __name__)

_MOST_FOUND = 20


@blueprint.get("/me")
def me() -> Response:
    return _shown()


@blueprint.post("/me")
def change() -> BaseResponse:
    """E-mail, mobile and language; what is refused comes back as it was typed."""
    me_, form = _me(), request.form
    try:
        _need_fit()
        body = {name: form.get(name, "").strip() or None for name in ("email", "mobile")}
        change_person(me_, taken(PersonPatch(), {**body, "language": form.get("language", "")}))
    except WorkflowError as error:
        return _shown(wrong_of(error, reader()), status_of(error))
    response = _back("changed")
    keep(response, "language", form["language"])
    return response


@blueprint.post("/me/keys")
def choose_keys() -> BaseResponse:
    """Single letters on or off, on this browser."""
    response = _back("changed")
    if request.form.get("keys") == "off":
        keep(response, "keys", "off")
    else:
        response.delete_cookie("keys")
    return response


@blueprint.post("/me/password")
def ask_for_password() -> BaseResponse:
    """The code for a new one goes to where he is reached."""
    send_code(_me())
    return _back("sent")


@blueprint.post("/me/stand-ins")
def add_stand_in() -> BaseResponse:
    """Somebody acts for the reader, whole days; a name that is not chosen yet is looked for."""
    me_, form = _me(), request.form
    if form.get("look") or not form.get("to"):
        return _shown()
    try:
        _need_fit()
        begins, ends = _day("begins"), _day("ends")
        raw = {
            "from": me_,
            "to": number_of(form["to"]),
            "begins": datetime.combine(begins, time(), ZONE).isoformat(),
            "ends": end_of(ends).isoformat(),
        }
        let_stand_in(taken(DelegationBody(), raw))
    except WorkflowError as error:
        return _shown(wrong_of(error, reader()), status_of(error))
    return _back("changed")


@blueprint.post("/me/stand-ins/<int:number>/end")
def end_stand_in(number: int) -> BaseResponse:
    signed_in()
    change_delegation(number, ended=True)
    return _back("changed")


def _me() -> Principal:
    person = signed_in().person
    assert person is not None
    return person


def _need_fit() -> None:
    if wrong := list(unfit(request.form.to_dict(), "")):
        raise InvalidData(tuple(wrong))


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError as wrong:
        text = sentence("A day is wanted here, as 2026-03-09.")
        raise InvalidData((Problem(f"/{name}", "data", text),)) from wrong


def _back(done: str) -> BaseResponse:
    return redirect(url_for("page_mine.me", done=done), code=303)


def _shown(wrong: Wrong | None = None, status: int = 200) -> Response:
    me_, form = _me(), request.form
    known = one_person(me_)
    with office().database.read() as connection:
        context = context_for(connection)
        directory, wording = context.directory, wording_of(context, reader())
        stand_ins = list_delegations(connection, of=me_, at=context.now, limit=50).items
        who = form.get("who", "").strip()[:100]
        found = list_persons(connection, name=who, at=context.now, limit=_MOST_FOUND).items if who else ()
    typed: dict[str, Any] = {**known, **form.to_dict()}
    return desk_page(
        "mine.html",
        status,
        here="me",
        me=known,
        typed=typed,
        wrong=wrong or Wrong(),
        posts=[(post.role, directory.name_of(post.organisation)) for post in directory.posts_of(me_, context.now)],
        stand_ins=[(one, wording.day(day_of(one.begins)), wording.day(day_of(one.ends))) for one in stand_ins],
        found=[one for one in found if one.id != me_],
        letters=request.cookies.get("keys") != "off",
        theme_chosen=request.cookies.get("theme", ""),
        done=request.args.get("done"),
    )
