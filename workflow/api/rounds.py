"""Rounds: opened, looked at, called together, their dates moved, closed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from workflow.api.asking import context_for, expected_version, language, office, page_size, request_key, signed_in
from workflow.api.doors import Door, acts, begins
from workflow.api.history import history_page
from workflow.api.paging import cursor, place_of
from workflow.api.schemas.cases import CaseSchema, EventSchema
from workflow.api.schemas.common import PageQuery, Reason, page_of
from workflow.api.schemas.rounds import CorrectBody, RoundBody, RoundQuery, RoundSchema, SheetSchema
from workflow.api.sheets import sheet_view
from workflow.api.showing import round_view
from workflow.api.subjects import Answer, answered, etag, round_id_of, seen_round, uuid_of, view
from workflow.cases.acting import act
from workflow.cases.contexts import with_round
from workflow.cases.listing import Held, every_case_of_round, round_page
from workflow.cases.starting import open_round
from workflow.engine.commands import CallTogether, CloseRound, Operate
from workflow.engine.context import Context
from workflow.engine.sight import may_see, may_see_round
from workflow.engine.subject import Case, Round
from workflow.records.sheets import sheet_of

blueprint = Door("rounds", __name__, url_prefix="/api/v1/rounds", description="Rounds")

#: Rows that are looked through in one statement, as a reader may see few of them.
_AT_ONCE = 200


@blueprint.get("")
@blueprint.arguments(RoundQuery, location="query")
@blueprint.response(200, page_of(RoundSchema))
def rounds(query: dict[str, Any]) -> dict[str, Any]:
    """Rounds that the reader may see, the latest first."""
    signed_in()
    definition, state = filters = (query.get("definition"), query.get("state"))
    limit = page_size(query)
    place = place_of(query.get("after"), filters, (datetime, UUID))
    items: list[dict[str, Any]] = []
    last: Round | None = None
    with office().database.read() as connection:
        context = context_for(connection)
        for round_, shown in rounds_seen(connection, context, definition, place):
            if state is not None and shown["state"] != state:
                continue
            if len(items) == limit:
                assert last is not None
                return {"items": items, "next": cursor((last.opened_at, last.id), filters)}
            items.append(shown)
            last = round_
    return {"items": items, "next": None}


@blueprint.post("")
@begins
@blueprint.arguments(RoundBody)
@blueprint.response(201, RoundSchema)
def open_one(body: dict[str, Any]) -> Answer:
    """Open a round with its dates, seats and quotas."""
    actor = signed_in()
    nominal = body.get("nominal")
    outcome = open_round(
        office(),
        body["definition"],
        actor=actor,
        unit=body.get("unit"),
        data=body["data"],
        nominal=nominal.isoformat() if nominal else None,
        key=request_key(),
    )
    shown, status, headers = answered(outcome, 201)
    return shown, status, {**headers, "Location": f"/api/v1/rounds/{outcome.round.id}"}


@blueprint.get("/<round_id>")
@blueprint.response(200, RoundSchema)
def one_round(round_id: str) -> Answer:
    """One round with its fields, figures and sittings."""
    signed_in()
    with office().database.read() as connection:
        held, version, context = seen_round(connection, round_id)
        return view(connection, held, version, context), 200, etag(held.subject)


@blueprint.get("/<round_id>/cases")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(CaseSchema))
def cases(query: dict[str, Any], round_id: str) -> dict[str, Any]:
    """The cases of a round that the reader may see."""
    signed_in()
    limit = page_size(query)
    place = place_of(query.get("after"), round_id, (UUID,))
    items: list[dict[str, Any]] = []
    last: Held | None = None
    with office().database.read() as connection:
        _, version, context = seen_round(connection, round_id)
        for held in every_case_of_round(connection, uuid_of(round_id), place[0] if place else None):
            assert isinstance(held.subject, Case)
            if not may_see(version.definition, held.subject, context):
                continue
            if len(items) == limit:
                assert last is not None
                return {"items": items, "next": cursor((last.subject.id,), round_id)}
            items.append(view(connection, held, version, context))
            last = held
    return {"items": items, "next": None}


@blueprint.get("/<round_id>/sheet")
@blueprint.response(200, SheetSchema)
def sheet(round_id: str) -> dict[str, Any]:
    """The round as a table: a row for each case that the reader may see, the figures, and how many have reported."""
    signed_in()
    with office().database.read() as connection:
        held, version, context = seen_round(connection, round_id)
        assert isinstance(held.subject, Round)
        return sheet_view(sheet_of(connection, held.subject, version.definition, context), context)


@blueprint.get("/<round_id>/events")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(EventSchema))
def events(query: dict[str, Any], round_id: str) -> dict[str, Any]:
    """The history of a round, from the first event on, each with its hash."""
    signed_in()
    with office().database.read() as connection:
        held, version, context = seen_round(connection, round_id)
        return history_page(connection, held, version, context, query)


@blueprint.post("/<round_id>/sittings/<state>")
@acts
@blueprint.arguments(Reason)
@blueprint.response(200, RoundSchema)
def call_together(_: dict[str, Any], round_id: str, state: str) -> Answer:
    """Call a sitting together, where the definition lets this person do it."""
    return _act(round_id, CallTogether(state=state))


@blueprint.post("/<round_id>/correct")
@acts
@blueprint.arguments(CorrectBody, example={"data": {"closes_on": "2026-04-10"}, "reason": "材料准备时间不足"})
@blueprint.response(200, RoundSchema)
def correct(body: dict[str, Any], round_id: str) -> Answer:
    """Move dates, or mend other fields, with a reason; all concerned are told."""
    return _act(round_id, Operate(operation="correct", reason=body["reason"], data=body["data"]))


@blueprint.post("/<round_id>/close")
@acts
@blueprint.arguments(Reason)
@blueprint.response(200, RoundSchema)
def close(_: dict[str, Any], round_id: str) -> Answer:
    """Close a round by hand; cases that never left their first state lapse."""
    return _act(round_id, CloseRound())


def _act(round_id: str, command: CallTogether | CloseRound | Operate) -> Answer:
    actor = signed_in()
    subject = round_id_of(round_id)
    return answered(act(office(), subject, command, actor=actor, key=request_key(), expected=expected_version()))


def rounds_seen(
    connection: Connection, context: Context, definition: str | None, place: tuple[Any, ...] | None
) -> Iterator[tuple[Round, dict[str, Any]]]:
    """All that the reader may see after a place, looked through page by page."""
    while True:
        held = round_page(connection, definition, limit=_AT_ONCE, after=place)
        for one in held:
            round_ = one.subject
            assert isinstance(round_, Round)
            version = office().versions.get(connection, round_.definition, round_.version)
            if may_see_round(version.definition, round_, context):
                own = with_round(connection, context, round_)
                yield round_, round_view(version, round_, one.head, own, language())
        if len(held) < _AT_ONCE:
            return
        last = held[-1].subject
        assert isinstance(last, Round)
        place = (last.opened_at, UUID(last.id))
