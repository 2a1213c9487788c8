"""Cases: the list, and one case: where it is, whose turn it is, until when, how it came here, what may be done."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import context_for, office, signed_in
from workflow.api.paging import cursor, place_of
from workflow.api.subjects import case_id_of, follow_at_once, seen_case, uuid_of
from workflow.calendar import local
from workflow.cases.acting import act
from workflow.cases.listing import CaseFilter, case_page, reader_of
from workflow.cases.withdrawing import withdraw
from workflow.engine.commands import Fire, Operate
from workflow.engine.subject import Case
from workflow.errors import WorkflowError
from workflow.text import Label
from workflow.web.deciding import Wrong, what_may_come, wrong_of
from workflow.web.desk import desk_page
from workflow.web.looking import look, named_apart, wording_of
from workflow.web.pages import pages, reader
from workflow.web.timeline import Line
from workflow.web.travelling import drawn

blueprint = pages("cases", __name__)

_HISTORIES: dict[str, Callable[[Line], bool]] = {
    "weighty": lambda line: line.weighty,
    "all": lambda _: True,
    "opinions": lambda line: bool(line.texts),
}

_PAGE = 50
#: What may be done upon a case from its page; each with the field of its form that says why, or with what.
OPERATIONS = ("take-back", "urge", "comment", "cancel", "suspend", "resume")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    id: str
    number: str
    name: str
    rest: str
    title: Label
    state: Label
    unit: str
    since: str
    ended: bool


@blueprint.get("/cases")
def cases() -> Response:
    """All that the reader may see, the latest first; by words, definition, state."""
    actor = signed_in()
    assert actor.person is not None
    asked = {name: request.args.get(name, "").strip()[:100] or None for name in ("definition", "state", "q")}
    wanted = CaseFilter(definition=asked["definition"], state=asked["state"], words=asked["q"])
    place = place_of(request.args.get("after") or None, wanted, (datetime, UUID))
    speaks = reader()
    rows = []
    with office().database.read() as connection:
        context = context_for(connection)
        who = reader_of(context.directory, actor.person, context.now)
        found = case_page(connection, who, wanted, limit=_PAGE + 1, after=place)
        wording = wording_of(context, speaks)
        for held in found[:_PAGE]:
            case_ = held.subject
            assert isinstance(case_, Case)
            version = office().versions.get(connection, case_.definition, case_.version)
            name, rest = named_apart(case_.subject)
            rows.append(
                Row(
                    id=case_.id,
                    number=case_.number or "",
                    name=name or version.definition.title.say(speaks),
                    rest=rest,
                    title=version.definition.title,
                    state=version.definition.states[case_.state].label,
                    unit=context.directory.name_of(case_.unit),
                    since=wording.day(local(case_.started_at).date()),
                    ended=case_.ended_at is not None,
                )
            )
    last = found[_PAGE - 1].subject if len(found) > _PAGE else None
    after = cursor((last.started_at, last.id), wanted) if isinstance(last, Case) else None
    more = (
        url_for("page_cases.cases", after=after, definition=asked["definition"], state=asked["state"], q=asked["q"])
        if after
        else None
    )
    return desk_page("cases.html", here="cases", rows=rows, more=more, words=asked["q"], asked=asked)


@blueprint.get("/cases/<case_id>")
def case(case_id: str) -> Response:
    return _shown(case_id)


@blueprint.post("/cases/<case_id>/triggers/<name>")
def fire(case_id: str, name: str) -> BaseResponse:
    """One of its `anytime` triggers."""
    actor, opinion = signed_in(), request.form.get("opinion", "")
    try:
        if name == "withdraw":
            key = request.form.get("key") or None
            withdraw(office(), uuid_of(case_id), actor=actor, opinion=opinion, key=key, expected=None)
        else:
            _act(case_id, Fire(trigger=name, opinion=opinion))
    except WorkflowError as error:
        return _shown(case_id, wrong_of(error, reader()), 409)
    return _back(case_id, name)


@blueprint.post("/cases/<case_id>/<any('" + "','".join(OPERATIONS) + "'):operation>")
def operate(case_id: str, operation: str) -> BaseResponse:
    text = request.form.get("text", "").strip()
    command = Operate(operation=operation.replace("-", "_"), reason=text)  # type: ignore[arg-type]  # one of the addresses
    try:
        _act(case_id, command)
    except WorkflowError as error:
        return _shown(case_id, wrong_of(error, reader()), 409)
    return _back(case_id, operation)


def _act(case_id: str, command: Fire | Operate) -> None:
    subject = case_id_of(case_id)
    act(office(), subject, command, actor=signed_in(), key=request.form.get("key") or None)
    follow_at_once(subject)


def _back(case_id: str, done: str) -> BaseResponse:
    return redirect(url_for("page_cases.case", case_id=case_id, done=done), code=303)


def _shown(case_id: str, wrong: Wrong | None = None, status: int = 200) -> Response:
    signed_in()
    with office().database.read() as connection:
        held, version, context = seen_case(connection, case_id)
        shown = look(connection, held, version, context, reader())
        case_ = held.subject
        assert isinstance(case_, Case)
        everything = request.args.get("line") == "all"
        line = drawn(version.definition, case_, shown.stored, reader(), everything=everything)
        coming = tuple(what_may_come(version.definition, shown, reader()))
        actor = context.actor.person
        may: dict[str, Any] = {
            "take_back": case_.undo is not None and case_.undo.by == actor,
            "urge": case_.ended_at is None and actor in (case_.starter, case_.last_decider),
            "tasks": [task for task in shown.view["tasks"] if task["may"]],
        }
    history = request.args.get("history", "weighty")
    lines = tuple(filter(_HISTORIES.get(history, _HISTORIES["weighty"]), shown.lines))
    return desk_page(
        "case.html",
        status,
        here="cases",
        case=shown,
        history=history,
        lines=lines,
        line=line,
        everything=everything,
        coming=coming,
        may=may,
        wrong=wrong or Wrong(),
        gone=request.args.get("gone"),
        remark=request.args.get("remark", "")[:2000],
        key=secrets.token_hex(16),
    )
