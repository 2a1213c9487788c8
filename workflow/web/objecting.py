"""`/notices/{id}/object`: saying that something published is not so, named or not; the receipt is shown once."""

import secrets
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.bodies import taken, unfit
from workflow.api.notices import object_with
from workflow.api.problems import status_of
from workflow.api.schemas.notices import ObjectionBody
from workflow.engine.context import PUBLIC_ACTOR
from workflow.errors import InvalidData, NotFound, Problem, ProblemsFound, WorkflowError
from workflow.text import sentence
from workflow.web.codes import code_for
from workflow.web.notices import shown_notice
from workflow.web.pages import page, pages, reader

blueprint = pages("objecting", __name__)

#: Between sending and the page with the receipt the browser alone holds it; seconds.
_RECEIPT = "yangguang_receipt"
_HELD = 300
_MOST_KEY = 64
_NAMED = ("name", "contact")


@blueprint.get("/notices/<notice_id>/object")
def form(notice_id: str) -> Response:
    return _form(notice_id)


@blueprint.post("/notices/<notice_id>/object")
def send(notice_id: str) -> BaseResponse:
    """As somebody of the public, also where a browser is signed in: an objection without a name has none.

    What is refused comes back with what was typed; sent twice it is one objection, with one code.
    """
    key = request.form.get("key", "")[:_MOST_KEY] or secrets.token_hex(16)
    try:
        given, _ = object_with(notice_id, _body(), PUBLIC_ACTOR, key)
    except NotFound:
        raise
    except WorkflowError as error:
        return _form(notice_id, error)
    answer = redirect(url_for("page_objecting.receipt", notice_id=notice_id), code=303)
    answer.set_cookie(
        _RECEIPT,
        given["receipt"],
        max_age=_HELD,
        path=_way(notice_id),
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
    )
    return answer


@blueprint.get("/notices/<notice_id>/objected")
def receipt(notice_id: str) -> Response:
    """Once: whoever comes back here sees that it is gone."""
    one = shown_notice(notice_id)
    code = request.cookies.get(_RECEIPT)
    drawn = code_for(url_for("page_objections.objections")) if code else None
    answer = page("objected.html", here="notices", one=one, receipt=code, code=drawn)
    if code:
        answer.delete_cookie(_RECEIPT, path=_way(notice_id), httponly=True, samesite="Strict", secure=request.is_secure)
    return answer


def _way(notice_id: str) -> str:
    return url_for("page_objecting.receipt", notice_id=notice_id)


def _body() -> dict[str, Any]:
    """What the page sent, as a program would send it."""
    sent = {name: request.form.get(name, "").strip() for name in ("text", *_NAMED)}
    if wrong := tuple(unfit(sent, "")):
        raise InvalidData(wrong)
    signed = request.form.get("signed") == "named"
    if not sent["text"]:
        raise InvalidData((Problem("/text", "required", sentence("Write what is not so.")),))
    if signed and not sent["name"]:
        raise InvalidData((Problem("/name", "required", sentence("Write your name, or object without it.")),))
    shown = {"text": sent["text"], **{name: sent[name] for name in _NAMED if signed and sent[name]}}
    return taken(ObjectionBody(), shown)


def _form(notice_id: str, error: WorkflowError | None = None) -> Response:
    one = shown_notice(notice_id)
    return page(
        "object.html",
        200 if error is None else status_of(error),
        here="notices",
        one=one,
        problems=_problems(error),
        had_files=any(file.filename for file in request.files.getlist("evidence")),
        typed=request.form,
        key=request.form.get("key", "")[:_MOST_KEY] or secrets.token_hex(16),
    )


def _problems(error: WorkflowError | None) -> list[dict[str, str]]:
    """Each with the field that it is about."""
    if error is None:
        return []
    if not isinstance(error, ProblemsFound):
        return [{"field": "", "words": error.say(reader())}]
    found = [
        (problem.at.split("/")[1] if "/" in problem.at else "", problem.say(reader())) for problem in error.problems
    ]
    return [{"field": at if at in ("text", "evidence", *_NAMED) else "", "words": words} for at, words in found]
