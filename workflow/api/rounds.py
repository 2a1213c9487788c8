"""Rounds: opened, looked at, called together, their dates moved, closed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from workflow.api import schemas
from workflow.api.asking import context_for, expected_version, language, office, page_size, request_key, signed_in
from workflow.api.cases import history_page
from workflow.api.paging import cursor, place_of
from workflow.api.showing import case_line, round_view
from workflow.api.subjects import Answer, answered, seen, uuid_of, view
from workflow.cases.acting import act
from workflow.cases.contexts import with_round
from workflow.cases.listing import cases_of_round, round_page
from workflow.cases.starting import open_round
from workflow.engine.commands import CallTogether, CloseRound, Operate
from workflow.engine.sight import may_see, may_see_round
from workflow.engine.subject import Case, Round
from workflow.errors import NotFound

blueprint = Blueprint("rounds", __name__, url_prefix="/api/v1/rounds", description="Rounds")


@blueprint.get("")
@blueprint.arguments(schemas.RoundQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.RoundSchema))
def rounds(query: dict[str, Any]) -> dict[str, Any]:
    """Rounds that the reader may see, the latest first."""
    signed_in()
    filters = (query.get("definition"), query.get("state"))
    limit = page_size(query.get("limit"))
    place = place_of(query.get("after"), filters, (datetime, UUID))
    items: list[dict[str, Any]] = []
    with office().database.read() as connection:
        context = context_for(connection)
        held = round_page(connection, filters[0], limit=limit, after=place)
        for one in held:
            assert isinstance(one.subject, Round)
            version = office().versions.get(connection, one.subject.definition, one.subject.version)
            own = with_round(connection, context, one.subject)
            if may_see_round(version.definition, one.subject, own):
                shown = round_view(version, one.subject, one.head, own, language())
                if filters[1] in (None, shown["state"]):
                    items.append(shown)
    last = held[-1].subject if len(held) == limit else None
    return {"items": items, "next": cursor((last.opened_at, last.id), filters) if isinstance(last, Round) else None}


@blueprint.post("")
@blueprint.arguments(schemas.RoundBody)
@blueprint.response(201, schemas.RoundSchema)
def open_one(body: dict[str, Any]) -> Answer:
    """Open a round with its dates, seats and quotas."""
    outcome = open_round(
        office(), body["definition"], actor=signed_in(), unit=body.get("unit"), data=body["data"], key=request_key()
    )
    shown, status, headers = answered(outcome, 201)
    return shown, status, {**headers, "Location": f"/api/v1/rounds/{outcome.round.id}"}


@blueprint.get("/<round_id>")
@blueprint.response(200, schemas.RoundSchema)
def one_round(round_id: str) -> Answer:
    """One round with its fields, figures and sittings."""
    with office().database.read() as connection:
        held, version, context = seen(connection, uuid_of(round_id))
        if not isinstance(held.subject, Round):
            raise NotFound
        return view(connection, held, version, context), 200, {"ETag": f'"{held.subject.seq}"'}


@blueprint.get("/<round_id>/cases")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.CaseSchema))
def cases(query: dict[str, Any], round_id: str) -> dict[str, Any]:
    """The cases of a round that the reader may see."""
    signed_in()
    limit = page_size(query.get("limit"))
    place = place_of(query.get("after"), round_id, (UUID,))
    items: list[dict[str, Any]] = []
    with office().database.read() as connection:
        _, version, context = seen(connection, uuid_of(round_id))
        held = cases_of_round(connection, uuid_of(round_id), limit=limit, after=place[0] if place else None)
        for one in held:
            assert isinstance(one.subject, Case)
            if may_see(version.definition, one.subject, context):
                items.append({**case_line(version, one.subject, one.head, context), "tasks": []})
    last = held[-1].subject if len(held) == limit else None
    return {"items": items, "next": cursor((last.id,), round_id) if last else None}


@blueprint.get("/<round_id>/events")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.EventSchema))
def events(query: dict[str, Any], round_id: str) -> dict[str, Any]:
    """The history of a round."""
    with office().database.read() as connection:
        held, _, context = seen(connection, uuid_of(round_id))
        return history_page(connection, held.subject.id, query, context)


@blueprint.post("/<round_id>/sittings/<state>")
@blueprint.arguments(schemas.ReasonBody)
@blueprint.response(200, schemas.RoundSchema)
def call_together(_: dict[str, Any], round_id: str, state: str) -> Answer:
    """Call a sitting together, where the definition lets a person do it."""
    command = CallTogether(state=state)
    return answered(
        act(office(), uuid_of(round_id), command, actor=signed_in(), key=request_key(), expected=expected_version())
    )


@blueprint.post("/<round_id>/correct")
@blueprint.arguments(schemas.CorrectBody)
@blueprint.response(200, schemas.RoundSchema)
def correct(body: dict[str, Any], round_id: str) -> Answer:
    """Move dates, or mend other fields, with a reason; all concerned are told."""
    command = Operate(operation="correct", reason=body["reason"], data=body["data"])
    return answered(
        act(office(), uuid_of(round_id), command, actor=signed_in(), key=request_key(), expected=expected_version())
    )


@blueprint.post("/<round_id>/close")
@blueprint.arguments(schemas.ReasonBody)
@blueprint.response(200, schemas.RoundSchema)
def close(_: dict[str, Any], round_id: str) -> Answer:
    """Close a round by hand; cases that never left their first state lapse."""
    return answered(
        act(
            office(), uuid_of(round_id), CloseRound(), actor=signed_in(), key=request_key(), expected=expected_version()
        )
    )
