"""A score card: each criterion with its weight, bands and evidence beside; or one steps aside."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

from flask import Response, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import office, signed_in
from workflow.api.ballots import hand_in
from workflow.api.bodies import taken, unfit
from workflow.api.problems import status_of
from workflow.api.schemas.tasks import ScoreBody
from workflow.api.subjects import seen_task
from workflow.cases.listing import inbox_page, reader_of
from workflow.definition.model import Field, Score
from workflow.engine.permit import open_task
from workflow.engine.subject import Case
from workflow.errors import InvalidData, NotFound, Problem, ProblemsFound, TaskClosed, WorkflowError
from workflow.text import Label, Language, sentence
from workflow.web.deadlines import deadline_of
from workflow.web.deciding import Wrong
from workflow.web.inputs import Filled, inputs_of, sent_values
from workflow.web.looking import look, named_apart, wording_of
from workflow.web.pages import page, pages, reader
from workflow.web.papers import Form, Opened, opened_in, rules_in_words

blueprint = pages("scores", __name__)

_BANDS: tuple[tuple[Label, float], ...] = (
    (Label("突出", "Outstanding"), 0.9),
    (Label("较好", "Good"), 0.75),
    (Label("一般", "Fair"), 0.6),
    (Label("不足", "Weak"), 0.0),
)
_MOST_CARDS = 50
_DATA, _SCORE = "/data/", "/score/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """From so many points on, as a share of the most."""

    words: str
    least: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    name: str
    words: str
    most: int
    bands: tuple[Band, ...]
    value: str
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Another card of the same person that waits."""

    task: str
    words: str


@blueprint.get("/t/<task_id>/score")
def score(task_id: str) -> Response:
    signed_in()
    with office().database.read() as connection:
        return _page(connection, task_id, Form())


@blueprint.post("/t/<task_id>/score")
def hand(task_id: str) -> BaseResponse:
    """Hands the card in and goes on to the next; what is refused keeps what was marked."""
    actor, form = signed_in(), request.form
    try:
        with office().database.read() as connection:
            opened = _opened(connection, task_id)
            others = _cards(connection, opened, task_id)
        hand_in(task_id, _body(opened, form), actor, form.get("key") or None, None)
    except (NotFound, TaskClosed):
        return redirect(url_for("page_inbox.task", task_id=task_id), code=303)
    except WorkflowError as error:
        with office().database.read() as connection:
            return _page(connection, task_id, form, error)
    waiting = [one for one in others if one.task != task_id]
    if waiting:
        return redirect(url_for("page_scores.score", task_id=waiting[0].task), code=303)
    return redirect(url_for("page_inbox.inbox"), code=303)


def _opened(connection: Connection, task_id: str) -> Opened:
    opened = opened_in(*seen_task(connection, task_id))
    if opened.task.kind != "score" or not isinstance(opened.rules, Score):
        raise NotFound
    return opened


def _page(connection: Connection, task_id: str, form: Form, error: WorkflowError | None = None) -> Response:
    opened, speaks = _opened(connection, task_id), reader()
    shown = look(connection, opened.held, opened.version, opened.context, speaks)
    view = next(one for one in shown.view["tasks"] if one["id"] == task_id)
    above, wrong = _wrong(error, speaks)
    fields = _fields(opened)
    sent = sent_values(fields, form) if form else {}
    criteria = tuple(_criteria(opened, form, wrong, speaks))
    return page(
        "score.html",
        200 if error is None else status_of(error),
        title=view["state_label"][speaks],
        about=shown.view["title"][speaks],
        deadline=deadline_of(opened.task.due, opened.task.opened_at, wording_of(opened.context, speaks)),
        task=view,
        case=shown,
        cards=_cards(connection, opened, task_id),
        criteria=criteria,
        most=sum(one.most for one in criteria),
        inputs=inputs_of(fields, Filled({**shown.view["data"], **sent}, wrong), speaks),
        rules=list(rules_in_words(opened.version.definition, opened.state, speaks)),
        wrong=Wrong(above=tuple(above)),
        opinion=form.get("opinion", ""),
        recused=form.get("recused", ""),
        key=form.get("key") or secrets.token_hex(16),
    )


def _criteria(opened: Opened, form: Form, wrong: dict[str, list[str]], speaks: Language) -> Iterator[Criterion]:
    rules = opened.rules
    assert isinstance(rules, Score)
    for name, most in rules.criteria.items():
        label = rules.labels.get(name)
        yield Criterion(
            name=name,
            words=label.say(speaks) if label else name,
            most=most,
            bands=tuple(_bands(most, speaks)),
            value=form.get(f"score.{name}", "") or form.get(f"band.{name}", ""),
            wrong=tuple(wrong.get(f"score.{name}", ())),
        )


def _bands(most: int, speaks: Language) -> Iterator[Band]:
    """The four bands of a criterion; those for which there is no whole point are left out."""
    above = most
    for label, share in _BANDS:
        least = ceil(most * share)
        if least <= above:
            yield Band(words=label.say(speaks), least=least, most=above)
            above = least - 1


def _cards(connection: Connection, opened: Opened, task_id: str) -> list[Card]:
    """The cards that wait for the same person in the same round, this one among them."""
    case, context = opened.held.subject, opened.context
    assert isinstance(case, Case)
    assert context.actor.person is not None
    who = reader_of(context.directory, context.actor.person, context.now)
    found = inbox_page(connection, who, limit=_MOST_CARDS, definition=case.definition)
    cards = [
        Card(task=f"{other.id}.{row.task}", words=named_apart(other.subject)[0] or other.number or "–")
        for row in found
        if isinstance(other := row.held.subject, Case)
        and other.round == case.round
        and (waiting := open_task(other, row.task)) is not None
        and waiting.kind == "score"
    ]
    return cards if any(one.task == task_id for one in cards) else []


def _fields(opened: Opened) -> list[Field]:
    rules = opened.rules
    assert isinstance(rules, Score)
    return [opened.version.definition.fields[name] for name in rules.edit]


def _body(opened: Opened, form: Form) -> dict[str, Any]:
    """What the page sent, as a program would send it: the number where one was written, else that of the band."""
    if wrong := list(unfit(form.to_dict(), "")):
        raise InvalidData(tuple(wrong))
    if form.get("step") == "recuse":
        reason = form.get("recused", "").strip()
        if not reason:
            raise InvalidData((Problem("/recused", "required", sentence("Say why you step aside.")),))
        return taken(ScoreBody(), {"recused": reason})
    rules = opened.rules
    assert isinstance(rules, Score)
    given = {name: form.get(f"score.{name}", "").strip() or form.get(f"band.{name}", "") for name in rules.criteria}
    fields = [one for one in _fields(opened) if f"has.{one.name}" in form]
    score_ = {name: _points(text, name, rules) for name, text in given.items()}
    return taken(ScoreBody(), {"score": score_, "data": sent_values(fields, form), "opinion": form.get("opinion", "")})


def _points(text: str, name: str, rules: Score) -> int:
    """Raises InvalidData where it is no whole number of points."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(rules.criteria[name]))):
        words = sentence("Whole points from 0 to {most} are wanted.", most=rules.criteria[name])
        raise InvalidData((Problem(f"{_SCORE}{name}", "data", words),))
    return int(text)


def _wrong(error: WorkflowError | None, speaks: Language) -> tuple[list[dict[str, str]], dict[str, list[str]]]:
    """What was refused: at its criterion or field, and all of it above."""
    if error is None:
        return [], {}
    if not isinstance(error, ProblemsFound):
        return [{"words": error.say(speaks), "field": ""}], {}
    above: list[dict[str, str]] = []
    fields: dict[str, list[str]] = {}
    for problem in error.problems:
        name = problem.at.removeprefix(_DATA).strip("/").replace("/", ".")
        fields.setdefault(name, []).append(problem.say(speaks))
        above.append({"words": problem.say(speaks), "field": name})
    return above, fields
