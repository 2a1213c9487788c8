"""The inbox: what waits for whom, the earliest deadline first, with the case beside it; and deciding."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import context_for, office, signed_in
from workflow.api.paging import cursor, place_of
from workflow.api.problems import status_of
from workflow.api.subjects import Rounds, seen, seen_task, task_of
from workflow.api.tasks import decide_task
from workflow.cases.listing import InboxRow, inbox_page, reader_of
from workflow.engine.context import Context
from workflow.engine.permit import open_task
from workflow.engine.subject import Case, Task
from workflow.errors import NotFound, TaskClosed, WorkflowError
from workflow.messages.wording import Wording
from workflow.store.metadata import NEVER
from workflow.text import Label, Language, Sentence, sentence
from workflow.web.deadlines import Deadline, deadline_of
from workflow.web.deciding import Bar, Typed, bar_of, body_of, wrong_of
from workflow.web.desk import desk_page
from workflow.web.looking import CaseShown, look, named_apart, wording_of
from workflow.web.pages import is_part, page, pages, reader

blueprint = pages("inbox", __name__)

_PAGE = 30
#: Within so many days a deadline stands under "this week and next".
_NEAR = timedelta(days=14)
_GROUPS: dict[str, Sentence] = {
    "late": sentence("Overdue"),
    "soon": sentence("Due today or next working day"),
    "near": sentence("This week and next"),
    "later": sentence("Later"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    id: str
    name: str
    rest: str
    title: Label
    asked: Label
    origin: str
    since: str
    again: bool  #: it was returned once
    taken: str | None  #: by whom
    deadline: Deadline | None
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    count: int
    next: str | None
    first: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """The case of a task, with what may be done."""

    task: dict[str, Any]
    case: CaseShown | None
    bar: Bar | None
    following: str | None = None


@blueprint.get("/inbox")
def inbox() -> Response:
    """The list; on a wide page with its first case."""
    signed_in()
    with office().database.read() as connection:
        listed = _listed(connection)
        pane = _pane(connection, listed.first) if listed.first else None
    return _answered(listed, pane, opened=False)


@blueprint.get("/t/<task_id>")
def task(task_id: str) -> BaseResponse:
    """One task with its case; one that is closed leads to its case, where one sees what became of it."""
    signed_in()
    with office().database.read() as connection:
        try:
            pane = _pane(connection, task_id)
        except NotFound:
            subject = task_id.rpartition(".")[0]
            return redirect(url_for("page_cases.case", case_id=subject or "none", gone=1), code=303)
        listed = None if is_part() else _listed(connection)
    return _answered(listed, pane, opened=True)


@blueprint.post("/t/<task_id>/decision")
def decide(task_id: str) -> BaseResponse:
    """Decides and goes on to the next; what is refused comes back with what was typed."""
    actor = signed_in()
    following = _following(task_id)
    try:
        with office().database.read() as connection:
            _, version, _, _ = seen_task(connection, task_id)
        body = body_of(version.definition, request.form)
        decide_task(task_id, body, actor, request.form.get("key") or None, None)
    except (NotFound, TaskClosed):
        return gone(task_id)
    except WorkflowError as error:
        return _refused(task_id, error)
    did = {"done": task_id, "did": body["trigger"]}
    if following is None:
        return redirect(url_for("page_inbox.inbox", **did), code=303)
    return redirect(url_for("page_inbox.task", task_id=following, **did), code=303)


def _refused(task_id: str, error: WorkflowError) -> Response:
    with office().database.read() as connection:
        pane = _pane(connection, task_id, Typed(request.form, wrong_of(error, reader())))
        listed = _listed(connection)
    return _answered(listed, pane, opened=True, status=status_of(error))


def gone(task_id: str) -> BaseResponse:
    """Closed already. By oneself: sent twice. By somebody else: what was typed stands on his case as a comment to send."""
    subject, opinion = task_id.rpartition(".")[0], request.form.get("opinion", "").strip()
    actor = signed_in()
    with office().database.read() as connection:
        try:
            held, _, _ = seen(connection, task_of(task_id)[0])
        except NotFound:
            return redirect(url_for("page_inbox.inbox"), code=303)
    if isinstance(held.subject, Case) and held.subject.last_decider == actor.person:
        return redirect(url_for("page_cases.case", case_id=subject, done=request.form.get("trigger")), code=303)
    return redirect(url_for("page_cases.case", case_id=subject, gone=1, remark=opinion or None), code=303)


def _answered(listed: Listed | None, pane: Pane | None, *, opened: bool, status: int = 200) -> Response:
    values = {"listed": listed, "pane": pane, "opened": opened, "toast": _toast(), "key": secrets.token_hex(16)}
    if is_part() and listed is None:
        return page("pane.html", status, **values)
    return desk_page("inbox.html", status, here="inbox", **values)


def _toast() -> dict[str, str] | None:
    """What was just done, with a way to take it back while nobody went on from it."""
    done, did = request.args.get("done"), request.args.get("did", "")
    if not done:
        return None
    values["owner"] = "decision"
    with office().database.read() as connection:
        try:
            context = context_for(connection)
            held, version, _ = seen(connection, task_of(done)[0])
        except NotFound:
            return None
    case = held.subject
    trigger = version.definition.triggers.get(did)
    undo = isinstance(case, Case) and case.undo is not None and case.undo.by == context.actor.person
    name = named_apart(case.subject)[0] if isinstance(case, Case) else ""
    return {
        "words": " ".join(part for part in (trigger.label.say(reader()) if trigger else did, name) if part),
        "case": case.id if undo else "",
    }


def _pane(connection: Connection, task_id: str, typed: Typed | None = None) -> Pane:
    held, version, context, found = seen_task(connection, task_id)
    case = held.subject
    speaks = reader()
    if not isinstance(case, Case):
        return Pane(task={"id": task_id, "round": case.id, "kind": found.kind}, case=None, bar=None)
    shown = look(connection, held, version, context, speaks)
    view = next(one for one in shown.view["tasks"] if one["id"] == task_id)
    bar = bar_of(version.definition, view, shown, typed, speaks)
    return Pane(task=view, case=shown, bar=bar)


def _following(task_id: str) -> str | None:
    """The task that stands below this one, or the first."""
    with office().database.read() as connection:
        listed = _listed(connection)
    ids = [row.id for _, rows in listed.groups for row in rows]
    if task_id in ids:
        place = ids.index(task_id)
        rest = ids[place + 1 :] + ids[:place]
        return rest[0] if rest else None
    return ids[0] if ids else None


def _listed(connection: Connection) -> Listed:
    actor = signed_in()
    assert actor.person is not None
    definition = request.args.get("definition") or None
    context = context_for(connection)
    who = reader_of(context.directory, actor.person, context.now)
    place = place_of(request.args.get("after") or None, definition, (datetime, UUID, int))
    found = inbox_page(connection, who, limit=_PAGE + 1, after=place, definition=definition)
    rounds = Rounds(connection, context)
    rows = [row for one in found[:_PAGE] if (row := _row(connection, one, rounds, reader())) is not None]
    last = found[_PAGE - 1] if len(found) > _PAGE else None
    after = cursor((last.due_at or NEVER, last.held.subject.id, last.task), definition) if last else None
    groups = tuple((_GROUPS[name].say(reader()), tuple(group)) for name, group in groupby(rows, lambda row: row.group))
    return Listed(groups=groups, count=len(rows), next=after, first=rows[0].id if rows else None)


def _row(connection: Connection, one: InboxRow, rounds: Rounds, speaks: Language) -> Row | None:
    subject = one.held.subject
    found = open_task(subject, one.task)
    if found is None:
        return None
    version = office().versions.get(connection, subject.definition, subject.version)
    context = rounds.context_of(subject)
    wording = wording_of(context, speaks)
    if isinstance(subject, Case):
        name, rest = named_apart(subject.subject)
        state = subject.state
    else:
        name, rest = (subject.title_zh if speaks == "zh" else subject.title_en), ""
        state = next(s.state for s in subject.sittings if any(t.id == found.id for t in s.entry.tasks))
    deadline = deadline_of(found.due, found.opened_at, wording)
    return Row(
        id=f"{subject.id}.{found.id}",
        name=name or version.definition.title.say(speaks),
        rest=rest,
        title=version.definition.title,
        asked=version.definition.states[state].label,
        origin=_origin(subject, context) if isinstance(subject, Case) else "",
        since=wording.day(found.opened_at.date()),
        again=isinstance(subject, Case) and subject.returned is not None,
        taken=_taken(found, context),
        deadline=deadline,
        group=_group(found, deadline, wording),
    )


def _origin(case: Case, context: Context) -> str:
    holder = case.last_decider or case.starter
    return context.directory.name_of(holder) if isinstance(holder, int) else ""


def _taken(task: Task, context: Context) -> str | None:
    """By a colleague who is at it."""
    if task.claimed_by is None or task.claimed_by == context.actor.person:
        return None
    return context.directory.name_of(task.claimed_by)


def _group(task: Task, deadline: Deadline | None, wording: Wording) -> str:
    if deadline is None or task.due is None:
        return "later"
    if deadline.urgency == "late":
        return "late"
    if deadline.urgency in ("today", "tomorrow"):
        return "soon"
    return "near" if task.due - wording.now <= _NEAR else "later"
