"""The inbox: what waits for whom, the earliest deadline first, with the case beside it; and deciding."""

import secrets
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import context_for, office, signed_in
from workflow.api.problems import status_of
from workflow.api.subjects import seen, seen_task, task_of
from workflow.api.tasks import OPERATIONS, decide_task
from workflow.cases.involvement import PARTS
from workflow.cases.versions import Version
from workflow.definition.model import Fields
from workflow.definition.words import OPERATIONS as OPERATION_WORDS
from workflow.engine.operations.offered import offered
from workflow.engine.subject import Case, Subject
from workflow.errors import NotFound, TaskClosed, WorkflowError
from workflow.web.deciding import Bar, Typed, bar_of, body_of, wrong_of
from workflow.web.desk import desk_page
from workflow.web.involvement import entries_of
from workflow.web.lists import TABS, Listed, listed, narrowed
from workflow.web.looking import CaseShown, look, named_apart
from workflow.web.pages import is_part, page, pages, reader
from workflow.web.sitting import SittingShown, sitting_shown

blueprint = pages("inbox", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """The case of a task, with what may be done."""

    task: dict[str, Any]
    case: CaseShown | None
    bar: Bar | None
    sitting: SittingShown | None = None  #: of a sitting's task: one for all its cases
    operations: tuple[str, ...] = ()  #: beside deciding


@blueprint.get("/inbox")
def inbox() -> Response:
    """What waits, on a wide page with the first case; or one of the other lists."""
    signed_in()
    for part in PARTS:
        if request.args.get("list") == part:
            with office().database.read() as connection:
                found = entries_of(connection, part)
            return desk_page("entries.html", here="inbox", part=part, found=found, tabs=TABS)
    with office().database.read() as connection:
        shown = listed(connection)
        first = shown.first if not request.args.get("many") else None
        pane = _pane(connection, first) if first else None
    return _answered(shown, pane, opened=False)


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
        shown = None if is_part() else listed(connection)
    return _answered(shown, pane, opened=True)


@blueprint.post("/t/<task_id>/decision")
def decide(task_id: str) -> BaseResponse:
    """Decides and goes on to the next; what is refused comes back with what was typed."""
    actor = signed_in()
    following = _following(task_id)
    try:
        with office().database.read() as connection:
            held, version, _, _ = seen_task(connection, task_id)
        body = body_of(_fields(held.subject, version), request.form)
        decide_task(task_id, body, actor, request.form.get("key") or None, None)
    except (NotFound, TaskClosed):
        return gone(task_id)
    except WorkflowError as error:
        return _refused(task_id, error)
    did = {"done": task_id, "did": body["trigger"], **narrowed().query}
    if following is None:
        return redirect(url_for("page_inbox.inbox", **did), code=303)
    return redirect(url_for("page_inbox.task", task_id=following, **did), code=303)


def _fields(subject: Subject, version: Version) -> Fields:
    """What may be written with a task: fields of the case, of a sitting those of the round."""
    rules = version.definition.round
    return version.definition.fields if isinstance(subject, Case) or rules is None else rules.fields


def _refused(task_id: str, error: WorkflowError) -> Response:
    with office().database.read() as connection:
        pane = _pane(connection, task_id, Typed(request.form, wrong_of(error, reader())))
        shown = listed(connection)
    return _answered(shown, pane, opened=True, status=status_of(error))


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


def _answered(shown: Listed | None, pane: Pane | None, *, opened: bool, status: int = 200) -> Response:
    values = {
        "listed": shown,
        "pane": pane,
        "tabs": TABS,
        "query": narrowed().query,
        "operation_words": OPERATION_WORDS,
        "opened": opened,
        "many": bool(request.args.get("many")),
        "ticked": request.args.getlist("ticked"),
        "toast": _toast(),
        "key": secrets.token_hex(16),
    }
    if is_part() and shown is None:
        return page("pane.html", status, **values)
    return desk_page("inbox.html", status, here="inbox", **values)


def _toast() -> dict[str, str] | None:
    """What was just done, with a way to take it back while nobody went on from it."""
    done, did = request.args.get("done"), request.args.get("did", "")
    if not done or request.method == "POST":
        return None
    with office().database.read() as connection:
        try:
            context = context_for(connection)
            held, version, _ = seen(connection, task_of(done)[0])
        except NotFound:
            return None
    case = held.subject
    operation = OPERATIONS.get(request.args.get("operated", ""))
    trigger = version.definition.triggers.get(did)
    words = OPERATION_WORDS[operation].say(reader()) if operation else trigger.label.say(reader()) if trigger else did
    undo = isinstance(case, Case) and case.undo is not None and case.undo.by == context.actor.person
    name = named_apart(case.subject)[0] if isinstance(case, Case) else ""
    return {
        "name": name,
        "words": " ".join(part for part in (words, name) if part),
        "case": case.id if undo else "",
    }


def _pane(connection: Connection, task_id: str, typed: Typed | None = None) -> Pane:
    held, version, context, found = seen_task(connection, task_id)
    case = held.subject
    speaks = reader()
    if not isinstance(case, Case):
        sitting = sitting_shown(connection, held, version, context, found, typed, speaks)
        return Pane(task=sitting.task, case=None, bar=None, sitting=sitting)
    shown = look(connection, held, version, context, speaks)
    view = next(one for one in shown.view["tasks"] if one["id"] == task_id)
    bar = bar_of(version.definition, view, shown, typed, speaks)
    operations = offered(version.definition, case, found) if view["may"] else ()
    return Pane(task=view, case=shown, bar=bar, operations=operations)


def _following(task_id: str) -> str | None:
    """The task that stands below this one, or the first."""
    with office().database.read() as connection:
        ids = [row.id for row in listed(connection).rows]
    if task_id in ids:
        place = ids.index(task_id)
        rest = ids[place + 1 :] + ids[:place]
        return rest[0] if rest else None
    return ids[0] if ids else None
