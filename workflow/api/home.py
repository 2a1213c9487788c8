"""`/`: where the API document, the notices and the mails are; the page of each error; the addresses that mails name."""

from string import Formatter

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workflow.api.asking import office
from workflow.cases.noticing import count_notices
from workflow.clock.settable import is_demo
from workflow.errors import NotFound, WorkflowError
from workflow.messages.settings import MailSettings
from workflow.text import Language, as_language, say

blueprint = Blueprint("home", __name__)

_OTHER = {"zh": {"tag": "en", "name": "English"}, "en": {"tag": "zh", "name": "中文"}}


@blueprint.get("/")
def home() -> str:
    """One small page until the pages come."""
    reader = _reader()
    with office().database.read() as connection:
        running = count_notices(connection)
    return render_template(
        "home.html",
        reader=reader,
        say=say,
        running=running,
        demo=is_demo(office()),
        mails=_where(current_app.extensions["mails"], reader),
        other=_OTHER[reader],
    )


@blueprint.get("/problems/<code>")
def problem(code: str) -> str:
    """The page of an error: what it says, and for programmers what it means."""
    reader = _reader()
    found = next((kind for kind in _kinds(WorkflowError) if kind.code == code), None)
    if found is None:
        raise NotFound
    facts = {name: "…" for _, name, _, _ in Formatter().parse(found.saying.template) if name}
    said = say(found.saying.template, reader, **facts)
    meaning = " ".join((found.__doc__ or "").split())
    return render_template("problem.html", reader=reader, code=code, said=said, meaning=meaning)


@blueprint.get("/t/<task_id>")
def task(task_id: str) -> Response:
    """The address of a task in a mail."""
    return redirect(url_for("tasks.task", task_id=task_id))


@blueprint.get("/l/<code>")
def link(code: str) -> Response:
    """The address of a link in a mail; looking never uses it up."""
    return redirect(url_for("links.look", code=code))


@blueprint.get("/cases/<case_id>")
def case(case_id: str) -> Response:
    """The address of a case in a mail."""
    return redirect(url_for("cases.case", case_id=case_id))


@blueprint.get("/rounds/<round_id>")
def round_(round_id: str) -> Response:
    """The address of a round in a mail."""
    return redirect(url_for("rounds.one_round", round_id=round_id))


@blueprint.get("/inbox")
def inbox() -> Response:
    """The address of the inbox in a mail."""
    return redirect(url_for("tasks.inbox", mine="true"))


@blueprint.get("/me")
def me() -> Response:
    """The address of the reader's own things in a mail."""
    return redirect(url_for("me.me"))


@blueprint.get("/objections")
def objections() -> Response:
    """The address in the mail to somebody who has objected: what is published."""
    return redirect(url_for("notices.notices"))


@blueprint.get("/password/<code>")
def password(code: str) -> str:
    """The address of an invitation: how to give oneself a password with its code."""
    return render_template("password.html", reader=_reader(), say=say, code=code)


def _reader() -> Language:
    return as_language(request.args.get("lang") or request.accept_languages.best_match(["zh", "zh-CN", "en"]) or "zh")


def _where(mails: MailSettings, reader: Language) -> str:
    if mails.host is None:
        return say("No mail server is named, so they lie as files in {folder}.", reader, folder=str(mails.folder))
    return say("They go out by {host}.", reader, host=mails.host)


def _kinds(root: type[WorkflowError]) -> list[type[WorkflowError]]:
    return [root, *(kind for below in root.__subclasses__() for kind in _kinds(below))]
