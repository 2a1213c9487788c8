"""Cases: start, look, fire, and what may be done with one outside its tasks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from sqlalchemy import select

from workflow.api import schemas
from workflow.api.asking import context_for, expected_version, office, page_size, request_key, signed_in, whoever
from workflow.api.paging import cursor, place_of
from workflow.api.showing import case_line, event_view, moment
from workflow.api.subjects import Answer, answered, seen, task_of, uuid_of, view
from workflow.cases.acting import act
from workflow.cases.drafts import save_draft, saved_draft
from workflow.cases.entries import timers_of
from workflow.cases.history import unseal
from workflow.cases.listing import CaseFilter, case_page
from workflow.cases.starting import NewCase, start_case
from workflow.cases.tables import disclosure, event
from workflow.cases.withdrawing import withdraw
from workflow.engine.commands import Fire, Operate, Signal
from workflow.engine.permit import why_not
from workflow.engine.subject import Case
from workflow.errors import NotFound, NotPermitted
from workflow.store.chain import first_previous
from workflow.store.metadata import instant_text

blueprint = Blueprint("cases", __name__, url_prefix="/api/v1/cases", description="Cases")

#: Addresses of the operations upon a case; `_` is `-` in addresses.
OPERATIONS = ("take-back", "urge", "copy", "comment", "correct", "paper", "cancel", "suspend", "resume", "reassign")


@blueprint.post("")
@blueprint.arguments(schemas.StartBody)
@blueprint.response(201, schemas.CaseSchema)
def start(body: dict[str, Any]) -> Answer:
    """Begin a case."""
    new = NewCase(definition=body["definition"], unit=body.get("unit"), round_id=body.get("round"), data=body["data"])
    outcome = start_case(office(), new, actor=signed_in(), key=request_key())
    shown, status, headers = answered(outcome, 201)
    return shown, status, {**headers, "Location": f"/api/v1/cases/{outcome.case.id}"}


@blueprint.get("")
@blueprint.arguments(schemas.CaseQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.CaseSchema))
def cases(query: dict[str, Any]) -> dict[str, Any]:
    """Cases that the reader may see, the latest first."""
    actor = signed_in()
    wanted = CaseFilter(
        definition=query.get("definition"),
        state=query.get("state"),
        unit=query.get("unit"),
        round_id=query.get("round"),
        words=query.get("q"),
    )
    limit = page_size(query.get("limit"))
    place = place_of(query.get("after"), wanted, (datetime, UUID))
    with office().database.read() as connection:
        context = context_for(connection)
        assert actor.person is not None
        principals = context.directory.principals(actor.person, wanted.definition or "", context.now)
        held = case_page(connection, principals, wanted, limit=limit, after=place)
        items = []
        for one in held:
            assert isinstance(one.subject, Case)
            version = office().versions.get(connection, one.subject.definition, one.subject.version)
            items.append({**case_line(version, one.subject, one.head, context), "tasks": []})
    last = held[-1].subject if len(held) == limit else None
    return {"items": items, "next": cursor((last.started_at, last.id), wanted) if isinstance(last, Case) else None}


@blueprint.get("/<case_id>")
@blueprint.response(200, schemas.CaseSchema)
def case(case_id: str) -> Answer:
    """One case with its open tasks."""
    with office().database.read() as connection:
        held, version, context = seen(connection, uuid_of(case_id))
        if not isinstance(held.subject, Case):
            raise NotFound
        return view(connection, held, version, context), 200, {"ETag": f'"{held.subject.seq}"'}


@blueprint.get("/<case_id>/events")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.EventSchema))
def events(query: dict[str, Any], case_id: str) -> dict[str, Any]:
    """The history, from the first event on, each with its hash."""
    with office().database.read() as connection:
        held, _, context = seen(connection, uuid_of(case_id))
        return history_page(connection, held.subject.id, query, context)


def history_page(connection: Any, subject: str, query: dict[str, Any], context: Any) -> dict[str, Any]:
    limit = page_size(query.get("limit"))
    place = place_of(query.get("after"), subject, (int,))
    after = place[0] if place else 0
    rows = (
        select(event.c.seq, event.c.body, event.c.hash, disclosure.c["values"])
        .select_from(
            event.outerjoin(disclosure, (disclosure.c.case_id == event.c.case_id) & (disclosure.c.seq == event.c.seq))
        )
        .where(event.c.case_id == UUID(subject), event.c.seq >= after)
        .order_by(event.c.seq)
        .limit(limit + 1)
    )
    found = connection.execute(rows).all()
    items: list[dict[str, Any]] = []
    previous = first_previous(UUID(subject))
    for row in found:
        if row.seq > after:
            one, changes = unseal(row.body.encode(), row[3])
            items.append(event_view(one, changes, row.body.encode(), bytes(row.hash), previous, context))
        previous = bytes(row.hash)
    items = items[:limit]
    more = bool(found) and found[-1].seq > (items[-1]["seq"] if items else after)
    return {"items": items, "next": cursor((items[-1]["seq"],), subject) if more and items else None}


@blueprint.get("/<case_id>/timers")
@blueprint.response(200, schemas.page_of(schemas.TimerSchema))
def timers(case_id: str) -> dict[str, Any]:
    """What is due when."""
    with office().database.read() as connection:
        held, _, _ = seen(connection, uuid_of(case_id))
    found = sorted(timers_of(held.subject), key=lambda timer: timer.at)
    state = held.subject.state if isinstance(held.subject, Case) else None
    items = [{"kind": t.kind, "at": instant_text(t.at), "due": moment(t.due), "state": t.name or state} for t in found]
    return {"items": items, "next": None}


@blueprint.put("/<case_id>/draft")
@blueprint.arguments(schemas.DraftBody)
@blueprint.response(200, schemas.DraftSchema)
def draft(body: dict[str, Any], case_id: str) -> dict[str, Any]:
    """Keep what is typed: no event, no version. Only who holds a task of the case has something to type."""
    actor = signed_in()
    subject = uuid_of(case_id)
    with office().database.read() as connection:
        held, version, context = seen(connection, subject)
    case_ = held.subject
    if not isinstance(case_, Case):
        raise NotFound
    tasks = case_.entry.tasks if case_.entry else ()
    if all(why_not(version.definition, case_, task, (case_,), context) is not None for task in tasks):
        raise NotPermitted
    assert actor.person is not None
    with office().database.write() as connection:
        saved = save_draft(connection, subject, actor.person, body["data"], office().database.now(connection))
    return {"data": body["data"], "saved": saved}


@blueprint.get("/<case_id>/draft")
@blueprint.response(200, schemas.DraftSchema)
def kept_draft(case_id: str) -> dict[str, Any]:
    """What was kept of one's own typing."""
    actor = signed_in()
    assert actor.person is not None
    with office().database.read() as connection:
        seen(connection, uuid_of(case_id))
        found = saved_draft(connection, uuid_of(case_id), actor.person)
    return {"data": found or {}, "saved": 0 if found is None else 1}


@blueprint.post("/<case_id>/triggers/<name>")
@blueprint.arguments(schemas.FireBody)
@blueprint.response(200, schemas.CaseSchema)
def fire(body: dict[str, Any], case_id: str, name: str) -> Answer:
    """An `anytime` trigger."""
    command = Fire(trigger=name, opinion=body["opinion"], data=body["data"], to=body.get("to"), then=body.get("then"))
    return answered(
        act(office(), uuid_of(case_id), command, actor=whoever(), key=request_key(), expected=expected_version())
    )


@blueprint.post("/<case_id>/signals")
@blueprint.arguments(schemas.SignalBody)
@blueprint.response(200, schemas.CaseSchema)
def signal(body: dict[str, Any], case_id: str) -> Answer:
    """What an outside program tells a case that waits for it."""
    command = Signal(name=body["name"], data=body["data"])
    return answered(
        act(office(), uuid_of(case_id), command, actor=signed_in(), key=request_key(), expected=expected_version())
    )


@blueprint.post("/<case_id>/withdraw")
@blueprint.arguments(schemas.FireBody)
@blueprint.response(200, schemas.CaseSchema)
def withdraw_case(body: dict[str, Any], case_id: str) -> Answer:
    """`withdraw`, where the state offers it to this person."""
    outcome = withdraw(
        office(),
        uuid_of(case_id),
        actor=signed_in(),
        opinion=body["opinion"],
        key=request_key(),
        expected=expected_version(),
    )
    return answered(outcome)


@blueprint.post("/<case_id>/<any('" + "','".join(OPERATIONS) + "'):operation>")
@blueprint.arguments(schemas.OperationBody)
@blueprint.response(200, schemas.CaseSchema)
def operate(body: dict[str, Any], case_id: str, operation: str) -> Answer:
    """One of the built-in operations upon a case."""
    subject = uuid_of(case_id)
    task = task_of(body["task"])[1] if body.get("task") else None
    command = Operate(
        operation=operation.replace("-", "_"),  # type: ignore[arg-type]  # one of the addresses
        task=task if task is not None else _only_task(subject, operation),
        person=body.get("person"),
        kind=body.get("kind"),
        reason=body["reason"] or body["opinion"] or body["text"],
        data=body["data"],
        date=body["date"].isoformat() if body.get("date") else None,
        archive=body.get("archive"),
        days=body.get("days"),
    )
    return answered(act(office(), subject, command, actor=signed_in(), key=request_key(), expected=expected_version()))


def _only_task(subject: UUID, operation: str) -> int | None:
    """Reassigning names a task; where only one is open it need not be said."""
    if operation != "reassign":
        return None
    with office().database.read() as connection:
        held, _, _ = seen(connection, subject)
    found = held.subject
    tasks = found.entry.tasks if isinstance(found, Case) and found.entry else ()
    return tasks[0].id if len(tasks) == 1 else None
