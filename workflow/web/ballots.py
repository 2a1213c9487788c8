"""Voting: a paper is filled in, read once more, cast; its receipt is shown once."""

import secrets
from typing import Any

from flask import Response, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import office, signed_in
from workflow.api.ballots import cast
from workflow.api.problems import status_of
from workflow.api.results import votes_page
from workflow.api.subjects import seen, seen_task, task_of
from workflow.cases.polls import Box, has_voted
from workflow.definition.model import Ballot
from workflow.engine.commands import CastVote
from workflow.engine.papers import why_no_vote
from workflow.engine.subject import Case
from workflow.errors import NotFound, ProblemsFound, WorkflowError
from workflow.text import Language, Sentence, say, sentence
from workflow.web.deadlines import deadline_of
from workflow.web.deciding import Wrong, wrong_of
from workflow.web.looking import wording_of
from workflow.web.pages import page, pages, reader
from workflow.web.papers import Form, Opened, Paper, body_of, is_in, opened_in, paper_of

blueprint = pages("ballots", __name__)

_COUNTED = sentence("This ballot is closed; your vote was counted.")
_NOT_COUNTED = sentence("This ballot is closed; no vote of yours was counted.")
_CLOSED = sentence("This ballot is closed.")
_VOTED = sentence("Your vote is in. It cannot be changed, and nobody sees what it says.")
_VOTED_CHANGEABLE = sentence("Your vote is in. What you cast now takes its place; the earlier receipt lapses.")


@blueprint.after_request
def _keep_nothing(response: Response) -> Response:
    """No copy of a paper lies on the device."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/t/<task_id>/ballot")
def ballot(task_id: str) -> Response:
    """The paper, with nothing chosen; or why there is none."""
    signed_in()
    with office().database.read() as connection:
        try:
            opened = _opened(connection, task_id)
        except NotFound:
            return _closed(connection, task_id)
        why_not = _why_not(connection, task_id, opened)
        if why_not is not None:
            return _message(why_not.say(reader()), opened, 200 if is_in(connection, task_id, opened) else 403)
        return _asks(connection, task_id, opened, Form())


@blueprint.post("/t/<task_id>/ballot")
def vote(task_id: str) -> BaseResponse:
    """`look` shows the paper once more, `back` goes back to it, `cast` casts it; what is refused keeps what was chosen."""
    actor, form = signed_in(), request.form
    step = form.get("step")
    try:
        body = body_of(form)
        if step == "cast":
            subject, number = task_of(task_id)
            command = CastVote(
                task=number,
                choice=body.get("vote"),
                items=body["items"],
                rows=tuple(body["rows"]),
                votes=body["votes"],
            )
            shown, _, _ = cast(subject, command, actor, form.get("key") or None)
            return _done(task_id, shown.get("receipt"))
    except WorkflowError as error:
        return _refused(task_id, error)
    with office().database.read() as connection:
        try:
            opened = _opened(connection, task_id)
        except NotFound:
            return _closed(connection, task_id, 409)
        if step == "back":
            return _asks(connection, task_id, opened, form)
        return _looks(connection, task_id, opened)


@blueprint.get("/t/<task_id>/votes")
def votes(task_id: str) -> Response:
    """The votes of a secret ballot that is closed, by receipt: whoever has one finds his own, and anybody may count."""
    signed_in()
    box = Box(*task_of(task_id))
    with office().database.read() as connection:
        held, version, _ = seen(connection, box.subject)
        found = votes_page(connection, box, {"after": request.args.get("after"), "limit": 200})
        names = {
            name: label.say(reader())
            for state in version.definition.states.values()
            if isinstance(state.activity, Ballot)
            for name, label in state.activity.choices.items()
        }
    title = held.subject.subject if isinstance(held.subject, Case) else held.subject.title_zh
    more = url_for("page_ballots.votes", task_id=task_id, after=found["next"]) if found["next"] else None
    return page("votes.html", votes=found["items"], names=names, title=title, more=more)


def _opened(connection: Connection, task_id: str) -> Opened:
    """Raises NotFound where there is no such ballot, or it is closed."""
    opened = opened_in(*seen_task(connection, task_id))
    if opened.task.kind != "ballot" or not isinstance(opened.rules, Ballot):
        raise NotFound
    return opened


def _why_not(connection: Connection, task_id: str, opened: Opened) -> Sentence | None:
    """Why there is no paper for this person."""
    rules, held = opened.rules, opened.entry.ballot if opened.entry else None
    assert isinstance(rules, Ballot)
    if held is None:
        return _CLOSED
    if opened.context.actor.holder not in held.electorate:
        reason = why_no_vote(opened.version.definition, opened.held.subject, opened.sitting, opened.context)
        return (
            sentence("You have no vote here.")
            if reason is None
            else sentence("{reason}: you have no vote here.", reason=reason)
        )
    if is_in(connection, task_id, opened) and not rules.changeable:
        return _VOTED
    return None


def _asks(
    connection: Connection,
    task_id: str,
    opened: Opened,
    form: Form,
    wrong: Wrong | None = None,
    status: int = 200,
) -> Response:
    speaks = reader()
    again = is_in(connection, task_id, opened)
    return page(
        "ballot.html",
        status,
        **_frame(opened, speaks),
        task=task_id,
        paper=paper_of(connection, opened, form, speaks),
        wrong=wrong or Wrong(),
        again=_VOTED_CHANGEABLE if again else None,
        key=form.get("key") or secrets.token_hex(16),
    )


def _looks(connection: Connection, task_id: str, opened: Opened) -> Response:
    """The paper once more, by what was chosen; what is missing leads back to it."""
    form, speaks = request.form, reader()
    paper = paper_of(connection, opened, form, speaks)
    missing = _missing(paper)
    if missing:
        return _asks(connection, task_id, opened, form, Wrong(above=tuple(missing)), 422)
    said = [(label, [one.words for one in paper.asked if one.chosen == name], name) for name, label in paper.choices]
    return page(
        "ballot_again.html",
        **_frame(opened, speaks),
        task=task_id,
        paper=paper,
        chosen=said,
        silent=[one.words for one in paper.asked if one.chosen not in dict(paper.choices)],
        recused=[one for one in paper.questions if one.recused],
        sent=[(name, value) for name, value in form.items(multi=True) if name not in ("step", "key")],
        key=form.get("key") or secrets.token_hex(16),
    )


def _missing(paper: Paper) -> list[dict[str, str]]:
    """What has to be answered and is not: all where nothing stands for silence, the question that decides."""
    speaks, known = reader(), dict(paper.choices)
    if paper.most is not None and sum(chosen for _, chosen in paper.rows) > paper.most:
        return [{"words": say("At most {most} of these", speaks, most=paper.most), "field": "rows"}]
    asked = () if paper.left_out else (one for one in paper.asked if not one.name.startswith("items."))
    return [
        {"words": say("“{question}” is not answered yet.", speaks, question=one.words), "field": one.name}
        for one in asked
        if one.chosen not in known
    ]


def _done(task_id: str, receipt: str | None) -> BaseResponse:
    """The receipt stands on this answer and nowhere else; an open vote leads back to the inbox."""
    if receipt is None:
        return redirect(url_for("page_inbox.inbox"), code=303)
    return page("receipt.html", receipt=receipt, task=task_id)


def _refused(task_id: str, error: WorkflowError) -> Response:
    """With the paper as it was filled in, while it can be cast; else the sentence alone."""
    speaks, status = reader(), status_of(error)
    with office().database.read() as connection:
        try:
            opened = _opened(connection, task_id)
        except NotFound:
            return _message(error.say(speaks), None, status)
        if _why_not(connection, task_id, opened) is not None:
            return _message(error.say(speaks), opened, status)
        return _asks(connection, task_id, opened, request.form, _wrong(error, speaks), status)


def _wrong(error: WorkflowError, speaks: Language) -> Wrong:
    """At the input of the page, whose names are the pointers with points."""
    if not isinstance(error, ProblemsFound):
        return wrong_of(error, speaks)
    return Wrong(
        above=tuple(
            {"words": problem.say(speaks), "field": problem.at.strip("/").replace("/", ".")}
            for problem in error.problems
        )
    )


def _closed(connection: Connection, task_id: str, status: int = 200) -> Response:
    """To whoever had a vote: what became of it. Raises NotFound for who may not see what was voted on."""
    box = Box(*task_of(task_id))
    _, _, context = seen(connection, box.subject)
    holder = context.actor.holder
    counted = has_voted(connection, box, holder) if holder is not None else None
    words = _CLOSED if counted is None else _COUNTED if counted else _NOT_COUNTED
    return _message(words.say(reader()), None, status, task_id if counted else None)


def _message(words: str, opened: Opened | None, status: int, votes: str | None = None) -> Response:
    frame = _frame(opened, reader()) if opened is not None else {"title": say("Ballot", reader()), "about": ""}
    return page("booth_message.html", status, **frame, words=words, votes=votes)


def _frame(opened: Opened, speaks: Language) -> dict[str, Any]:
    """What stands on top of a paper."""
    subject = opened.held.subject
    if isinstance(subject, Case):
        about = subject.subject or opened.version.definition.title.say(speaks)
    else:
        about = subject.title_zh if speaks == "zh" else subject.title_en
    actor, directory = opened.context.actor, opened.context.directory
    return {
        "title": opened.version.definition.states[opened.state].label.say(speaks),
        "about": about,
        "deadline": deadline_of(opened.task.due, opened.task.opened_at, wording_of(opened.context, speaks)),
        "who": directory.name_of(actor.person) if actor.person is not None else "",
    }
