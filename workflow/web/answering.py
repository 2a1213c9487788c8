"""The page of a link: what is asked of somebody without an account, answered by a form without scripts."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import office
from workflow.api.bodies import taken, unfit
from workflow.api.linked import Behind, answer, behind, look_at
from workflow.api.problems import status_of
from workflow.api.schemas.links import LinkAnswer
from workflow.definition.model import Field
from workflow.engine.subject import Case
from workflow.errors import InvalidData, NotFound, ProblemsFound, WorkflowError
from workflow.messages.wording import Wording
from workflow.text import Language
from workflow.web.inputs import Filled, Input, inputs_of, sent_values, written
from workflow.web.pages import page, pages, reader
from workflow.web.polls import poll_behind

blueprint = pages("answering", __name__)

_DATA = "/data/"


@blueprint.get("/l/<code>")
def link(code: str) -> Response:
    """What is asked; looking never uses it up."""
    return _page(code, done=request.args.get("done") == "1")


@blueprint.post("/l/<code>")
def reply(code: str) -> BaseResponse:
    """The same as POST /api/v1/links/{code}; what is refused comes back with what was typed."""
    with office().database.read() as connection:
        found = behind(connection, code)
    try:
        body = _body(found)
        shown, _, _ = answer(code, body, request.form.get("key") or None)
    except NotFound:
        raise
    except WorkflowError as error:
        return _page(code, error=error)
    if shown.get("receipt"):
        return _page(code, done=True, receipt=shown["receipt"])
    return redirect(url_for("page_answering.link", code=code, done=1, language=request.args.get("language")), code=303)


def _body(found: Behind) -> dict[str, Any]:
    """What the page sent, as a program would send it."""
    form = request.form
    if wrong := list(unfit(form.to_dict(), "")):
        raise InvalidData(tuple(wrong))
    fields = _fields(found)
    shown = look_at(found)
    sent = sent_values(fields, form)
    body: dict[str, Any] = {
        "data": {name: value for name, value in sent.items() if value != _known(shown).get(name)},
        "opinion": form.get("opinion", ""),
        "votes": _starting("votes.", form),
        "items": _starting("items.", form),
        "rows": [int(row) for row in form.getlist("rows") if row.isascii() and row.isdigit()],
        "score": {name: _points(text) for name, text in _starting("score.", form).items()},
    }
    body |= {name: form[name] for name in ("trigger", "vote") if form.get(name)}
    return taken(LinkAnswer(), body)


def _starting(prefix: str, form: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in form.items() if name.startswith(prefix) and value}


def _points(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else text  # noqa: PLR2004 -- digits


def _page(code: str, *, done: bool = False, receipt: str | None = None, error: WorkflowError | None = None) -> Response:
    speaks = reader()
    with office().database.read() as connection:
        found = behind(connection, code)
        poll = poll_behind(connection, found, speaks)
    shown = look_at(found)
    asked = shown["open"] and not (receipt and done) and not (poll and poll.is_final)
    problems, wrong = _wrong(error, speaks)
    status = 200 if error is None else status_of(error)
    typed = sent_values(_fields(found), request.form) if error is not None else {}
    return page(
        "link.html",
        status,
        shown=shown,
        title=shown["title"][speaks],
        state=shown["state_label"][speaks] if shown["state_label"] else None,
        asked=asked,
        begins=found.subject is None,
        poll=poll,
        given=request.form,
        chosen_rows=request.form.getlist("rows"),
        done=done,
        receipt=receipt,
        problems=problems,
        due=_due(found, speaks),
        facts=_facts(found, shown, speaks),
        inputs=_inputs(found, Filled({**_known(shown), **typed}, wrong), speaks) if asked else [],
        triggers=_triggers(shown, speaks),
        cases=_cases(found),
        rows=_table_rows(found, shown, speaks),
        opinion=request.form.get("opinion", ""),
        key=request.form.get("key") or secrets.token_hex(16),
    )


def _wrong(error: WorkflowError | None, speaks: Language) -> tuple[list[str], dict[str, list[str]]]:
    """What was refused: at its field where there is one, else above."""
    if error is None:
        return [], {}
    if not isinstance(error, ProblemsFound):
        return [error.say(speaks)], {}
    above: list[str] = []
    fields: dict[str, list[str]] = {}
    for problem in error.problems:
        if problem.at.startswith(_DATA):
            name = problem.at.removeprefix(_DATA).replace("/", ".")
            fields.setdefault(name, []).append(problem.say(speaks))
        else:
            above.append(problem.say(speaks))
    return above, fields


def _known(shown: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = shown["data"] or {}
    return known


def _fields(found: Behind) -> list[Field]:
    """Those that may be written here."""
    definition = found.version.definition
    if found.subject is None:
        names: tuple[str, ...] = definition.states[definition.first_state].edit
    else:
        task = look_at(found)["task"]
        names = tuple(task["edit"]) if task else ()
    return [definition.fields[name] for name in names if name in definition.fields]


def _inputs(found: Behind, filled: Filled, speaks: Language) -> list[Input]:
    return inputs_of([one for one in _fields(found) if one.source is None], filled, speaks)


def _facts(found: Behind, shown: dict[str, Any], speaks: Language) -> list[tuple[str, str]]:
    """What is known of the case, but for what can be written here."""
    fields, own = found.version.definition.fields, {one.name for one in _fields(found)}
    values = _known(shown).items()
    return [
        (fields[name].label.say(speaks), written(fields[name], value, speaks))
        for name, value in values
        if name not in own and not fields[name].computed and fields[name].type not in ("files", "person", "persons")
    ]


def _due(found: Behind, speaks: Language) -> str | None:
    """By when, as mails say it."""
    due = found.task.due if found.task is not None else None
    wording = Wording(language=speaks, calendar=found.context.calendar, now=found.context.now)
    return None if due is None else wording.deadline(due)


def _triggers(shown: dict[str, Any], speaks: Language) -> list[dict[str, Any]]:
    """The buttons: forward first; what is offered without a task last."""
    outlook = shown["task"]["outlook"] if shown["task"] and shown["open"] else []
    found = [
        {"name": one["trigger"], "label": one["label"][speaks], "sense": one["sense"], "opinion": one["opinion"]}
        for one in outlook
    ]
    return sorted(found, key=lambda one: one["sense"] != "forward")


def _cases(found: Behind) -> list[tuple[str, str]]:
    """In a sitting: whom a vote is about."""
    view = found.context.round
    if found.sitting is None or view is None:
        return []
    ballot = found.sitting.entry.ballot
    asked = ballot.cases if ballot is not None and ballot.cases else found.sitting.cases
    directory = found.context.directory
    return [
        (one.id, f"{one.number or '–'} · {directory.name_of(one.unit)}") for one in view.cases or () if one.id in asked
    ]


def _table_rows(found: Behind, shown: dict[str, Any], speaks: Language) -> list[str]:
    """Of a ballot on the rows of a table: each row in words."""
    ballot = shown["task"]["ballot"] if shown["task"] else None
    if not ballot or not ballot["of"] or not isinstance(found.subject, Case):
        return []
    one = found.version.definition.fields[ballot["of"]]
    return [written(one, [row], speaks) for row in _known(shown).get(ballot["of"]) or []]
