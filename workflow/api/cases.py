"""Cases: start, look, fire, and what may be done with one outside its tasks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from workflow.api.asking import context_for, expected_version, office, page_size, request_key, signed_in
from workflow.api.doors import Door, acts, begins, refuses
from workflow.api.history import history_page
from workflow.api.paging import cursor, place_of
from workflow.api.results import results
from workflow.api.schemas.ballots import ResultSchema
from workflow.api.schemas.cases import (
    CaseQuery,
    CaseSchema,
    DraftBody,
    DraftSchema,
    EventSchema,
    SignalBody,
    StartBody,
    TimerSchema,
)
from workflow.api.schemas.common import PageQuery, page_of
from workflow.api.schemas.tasks import FireBody, OperationBody
from workflow.api.showing import moment
from workflow.api.subjects import (
    Answer,
    Rounds,
    answered,
    case_id_of,
    etag,
    full_view,
    seen_case,
    task_of,
    uuid_of,
    view,
)
from workflow.cases.acting import act
from workflow.cases.drafts import save_draft, saved_draft
from workflow.cases.entries import timers_of
from workflow.cases.listing import CaseFilter, case_page, reader_of
from workflow.cases.starting import NewCase, start_case
from workflow.cases.withdrawing import withdraw
from workflow.engine.commands import Fire, Operate, Signal
from workflow.engine.permit import why_not
from workflow.engine.subject import Case
from workflow.errors import InvalidData, NotPermitted, Problem
from workflow.store.metadata import instant_text
from workflow.text import sentence

blueprint = Door("cases", __name__, url_prefix="/api/v1/cases", description="Cases")

#: Addresses of the operations upon a case; `_` is `-` in addresses.
OPERATIONS = ("take-back", "urge", "copy", "comment", "correct", "paper", "cancel", "suspend", "resume", "reassign")


@blueprint.post("")
@begins
@blueprint.arguments(
    StartBody, example={"definition": "leave_request", "data": {"kind": "annual", "reason": "探亲", "days": 2}}
)
@blueprint.response(201, CaseSchema)
def start(body: dict[str, Any]) -> Answer:
    """Begin a case.

    Of a definition with rounds: in the round that is named, else in the one that takes cases.
    """
    new = NewCase(definition=body["definition"], unit=body.get("unit"), round_id=body.get("round"), data=body["data"])
    outcome = start_case(office(), new, actor=signed_in(), key=request_key())
    shown, status, headers = answered(outcome, 201)
    return shown, status, {**headers, "Location": f"/api/v1/cases/{outcome.case.id}"}


@blueprint.get("")
@blueprint.arguments(CaseQuery, location="query")
@blueprint.response(200, page_of(CaseSchema))
def cases(query: dict[str, Any]) -> dict[str, Any]:
    """Cases that the reader may see, the latest first; filtered by definition, state, unit, round and words."""
    actor = signed_in()
    wanted = CaseFilter(
        definition=query.get("definition"),
        state=query.get("state"),
        unit=query.get("unit"),
        round_id=query.get("round"),
        words=query.get("q"),
    )
    limit = page_size(query)
    place = place_of(query.get("after"), wanted, (datetime, UUID))
    items: list[dict[str, Any]] = []
    with office().database.read() as connection:
        context = context_for(connection)
        assert actor.person is not None
        reader = reader_of(context.directory, actor.person, context.now)
        held = case_page(connection, reader, wanted, limit=limit + 1, after=place)
        rounds = Rounds(connection, context)
        for one in held[:limit]:
            version = office().versions.get(connection, one.subject.definition, one.subject.version)
            items.append(view(connection, one, version, rounds.context_of(one.subject)))
    last = held[limit - 1].subject if len(held) > limit else None
    return {"items": items, "next": cursor((last.started_at, last.id), wanted) if isinstance(last, Case) else None}


@blueprint.get("/<case_id>")
@blueprint.response(200, CaseSchema)
def case(case_id: str) -> Answer:
    """One case with its open tasks, as this reader sees it."""
    signed_in()
    with office().database.read() as connection:
        held, version, context = seen_case(connection, case_id)
        return full_view(connection, held, version, context), 200, etag(held.subject)


@blueprint.get("/<case_id>/events")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(EventSchema))
def events(query: dict[str, Any], case_id: str) -> dict[str, Any]:
    """The history, from the first event on, each with its hash."""
    signed_in()
    with office().database.read() as connection:
        held, version, context = seen_case(connection, case_id)
        return history_page(connection, held, version, context, query)


@blueprint.get("/<case_id>/ballots")
@blueprint.response(200, page_of(ResultSchema))
def ballots(case_id: str) -> dict[str, Any]:
    """Its ballots: of one that runs the turnout, for those who oversee the case; of a closed one the result."""
    signed_in()
    with office().database.read() as connection:
        held, version, context = seen_case(connection, case_id)
        assert isinstance(held.subject, Case)
        return {"items": results(connection, version, held.subject, context), "next": None}


@blueprint.get("/<case_id>/timers")
@blueprint.response(200, page_of(TimerSchema))
def timers(case_id: str) -> dict[str, Any]:
    """What is due when, the earliest first."""
    signed_in()
    with office().database.read() as connection:
        held, _, _ = seen_case(connection, case_id)
    case_ = held.subject
    found = sorted(timers_of(case_), key=lambda timer: timer.at)
    state = case_.state if isinstance(case_, Case) else None
    items = [{"kind": t.kind, "at": instant_text(t.at), "due": moment(t.due), "state": t.name or state} for t in found]
    return {"items": items, "next": None}


@blueprint.put("/<case_id>/draft")
@refuses(403)
@blueprint.arguments(DraftBody)
@blueprint.response(200, DraftSchema)
def draft(body: dict[str, Any], case_id: str) -> dict[str, Any]:
    """Keep what is typed: no event, no version, and nothing is looked at; for who holds a task of the case."""
    return {"data": body["data"], "saved": keep_draft(case_id, body["data"])}


def keep_draft(case_id: str, data: dict[str, Any], expected: int | None = None) -> int:
    """How often it was kept. Raises NotPermitted, TooLarge; Stale where it is not the `expected` one that it follows."""
    actor = signed_in()
    with office().database.read() as connection:
        held, version, context = seen_case(connection, case_id)
    case_ = held.subject
    assert isinstance(case_, Case)
    assert actor.person is not None
    tasks = case_.entry.tasks if case_.entry else ()
    if all(why_not(version.definition, case_, task, (case_,), context) is not None for task in tasks):
        raise NotPermitted(sentence("Only who holds a task of this case keeps a draft."))
    with office().database.write() as connection:
        now = office().database.now(connection)
        return save_draft(connection, uuid_of(case_id), actor.person, data, now, expected=expected)


@blueprint.get("/<case_id>/draft")
@blueprint.response(200, DraftSchema)
def kept_draft(case_id: str) -> dict[str, Any]:
    """What was kept of one's own typing; it is forgotten with the decision."""
    actor = signed_in()
    assert actor.person is not None
    with office().database.read() as connection:
        seen_case(connection, case_id)
        found = saved_draft(connection, uuid_of(case_id), actor.person)
    return {"data": found.data if found else {}, "saved": found.number if found else 0}


@blueprint.post("/<case_id>/triggers/<name>")
@acts
@blueprint.arguments(FireBody)
@blueprint.response(200, CaseSchema)
def fire(body: dict[str, Any], case_id: str, name: str) -> Answer:
    """Fire an `anytime` trigger."""
    command = Fire(trigger=name, opinion=body["opinion"], data=body["data"], to=body.get("to"), then=body.get("then"))
    return _act(case_id, command)


@blueprint.post("/<case_id>/signals")
@acts
@blueprint.arguments(SignalBody)
@blueprint.response(200, CaseSchema)
def signal(body: dict[str, Any], case_id: str) -> Answer:
    """Tell a case what it waits for, from outside."""
    return _act(case_id, Signal(name=body["name"], data=body["data"]))


@blueprint.post("/<case_id>/withdraw")
@acts
@blueprint.arguments(FireBody)
@blueprint.response(200, CaseSchema)
def withdraw_case(body: dict[str, Any], case_id: str) -> Answer:
    """Withdraw, where the state offers it to this person; else 409, naming `take-back` where that is open."""
    actor = signed_in()
    outcome = withdraw(
        office(),
        uuid_of(case_id),
        actor=actor,
        opinion=body["opinion"],
        key=request_key(),
        expected=expected_version(),
    )
    return answered(outcome)


@blueprint.post("/<case_id>/<any('" + "','".join(OPERATIONS) + "'):operation>")
@acts
@blueprint.arguments(OperationBody)
@blueprint.response(200, CaseSchema)
def operate(body: dict[str, Any], case_id: str, operation: str) -> Answer:
    """Do one of the built-in operations upon a case.

    take-back, urge: an empty body. copy: `person`. comment: `text`. correct: `data`, `reason`. paper: `date`, `archive`.
    cancel, suspend, resume: `reason`. reassign: `person`, `reason`, and `task` where several are open.
    """
    signed_in()
    command = Operate(
        operation=operation.replace("-", "_"),  # type: ignore[arg-type]  # one of the addresses
        task=_task(case_id, operation, body.get("task")),
        person=body.get("person"),
        reason=body["reason"] or body["opinion"] or body["text"],
        data=body["data"],
        date=body["date"].isoformat() if body.get("date") else None,
        archive=body.get("archive"),
    )
    return _act(case_id, command)


def _act(case_id: str, command: Fire | Signal | Operate) -> Answer:
    actor = signed_in()
    subject = case_id_of(case_id)
    outcome = act(office(), subject, command, actor=actor, key=request_key(), expected=expected_version())
    return answered(outcome)


def _task(case_id: str, operation: str, named: str | None) -> int | None:
    """Reassigning names a task; where only one is open it need not be said."""
    if named is not None:
        subject, number = task_of(named)
        if subject != uuid_of(case_id):
            raise InvalidData((Problem("/task", "data", sentence("This is no task of this case.")),))
        return number
    if operation != "reassign":
        return None
    with office().database.read() as connection:
        held, _, _ = seen_case(connection, case_id)
    found = held.subject
    tasks = found.entry.tasks if isinstance(found, Case) and found.entry else ()
    return tasks[0].id if len(tasks) == 1 else None
