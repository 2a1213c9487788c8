"""For operators: messages, incidents, the settable clock of a demo."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from flask import current_app
from flask_smorest import Blueprint

from workflow.api import schemas
from workflow.api.asking import context_for, language, office, page_size, request_key, signed_in
from workflow.api.paging import cursor, place_of
from workflow.api.showing import label, moment
from workflow.cases.acting import act
from workflow.cases.effects import follow, try_again
from workflow.cases.listing import failed_effects, open_incidents
from workflow.clock.settable import go_to, is_demo
from workflow.clock.ticking import now_of
from workflow.engine.commands import Retry
from workflow.engine.permit import is_top_administrator
from workflow.engine.subject import Case
from workflow.errors import NotFound, NotPermitted
from workflow.messages.delivering import retry
from workflow.messages.listing import Message, list_messages
from workflow.store.metadata import instant_text
from workflow.text import sentence

blueprint = Blueprint("operators", __name__, url_prefix="/api/v1", description="Operators")


@blueprint.get("/messages")
@blueprint.arguments(schemas.MessageQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.MessageSchema))
def messages(query: dict[str, Any]) -> dict[str, Any]:
    """What goes out, the latest first: pending, delivered, dropped (nobody wants it any more), dead (given up)."""
    _operator()
    state = query.get("state")
    limit = page_size(query.get("limit"))
    place = place_of(query.get("after"), state, (datetime, str))
    after = (place[0], bytes.fromhex(place[1])) if place else None
    with office().database.read() as connection:
        found = list_messages(connection, state, limit=limit, after=after)
    last = found[-1] if len(found) == limit else None
    items = [_message_view(one) for one in found]
    return {"items": items, "next": cursor((last.created_at, last.id.hex()), state) if last else None}


@blueprint.post("/messages/<message_id>/retry")
@blueprint.arguments(schemas.ReasonBody)
@blueprint.response(204)
def retry_message(_: dict[str, Any], message_id: str) -> None:
    """Send a dead letter again, under the same Message-ID."""
    _operator()
    try:
        number = bytes.fromhex(message_id)
    except ValueError as wrong:
        raise NotFound from wrong
    retry(office(), number)


@blueprint.get("/incidents")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.IncidentSchema))
def incidents(query: dict[str, Any]) -> dict[str, Any]:
    """What could not go on by itself: first the effects that were given up, then the cases, the latest first."""
    _operator()
    limit = page_size(query.get("limit"))
    place = place_of(query.get("after"), None, (datetime, UUID, int))
    with office().database.read() as connection:
        rows = open_incidents(connection, limit=limit, after=place)
        items = [_incident_view(row) for row in rows]
        given_up = failed_effects(connection) if place is None else []
    last = rows[-1] if len(rows) == limit else None
    return {
        "items": [*map(_effect_view, given_up), *items],
        "next": cursor((last.at, last.case_id, last.number), None) if last else None,
    }


@blueprint.post("/incidents/<incident_id>/retry")
@blueprint.arguments(schemas.ReasonBody)
@blueprint.response(204)
def retry_incident(_: dict[str, Any], incident_id: str) -> None:
    """Have what was refused, or what an act ordered and was given up, tried again."""
    _operator()
    case_id, numbers = _incident(incident_id)
    match numbers:
        case [number]:
            act(office(), case_id, Retry(incident=number), actor=signed_in(), key=request_key())
        case [seq, number]:
            try_again(office(), case_id, seq, number)
        case _:
            raise NotFound
    follow(office(), case_id)


@blueprint.get("/clock")
@blueprint.response(200, schemas.ClockSchema)
def clock() -> dict[str, Any]:
    """The time of a demo's clock."""
    _demo()
    return {"now": instant_text(now_of(office()))}


@blueprint.put("/clock")
@blueprint.arguments(schemas.ClockBody)
@blueprint.response(200, schemas.ClockSchema)
def set_clock(body: dict[str, Any]) -> dict[str, Any]:
    """Go from due time to due time up to `now`; everything due has happened, mails included, before this answers."""
    _operator()
    _demo()
    go_to(office(), body["now"], current_app.extensions["delivery"])
    return {"now": instant_text(now_of(office()))}


def _operator() -> None:
    """Administrators at the top: publishing, clock, messages, incidents, calendar."""
    signed_in()
    with office().database.read() as connection:
        if not is_top_administrator(context_for(connection)):
            raise NotPermitted(sentence("Only administrators at the top may do this."))


def _demo() -> None:
    if not is_demo(office()):
        raise NotFound


def _incident(text: str) -> tuple[UUID, list[int]]:
    """`case.number` of an incident, `case.seq.number` of an effect."""
    case_id, *numbers = text.split(".")
    try:
        return UUID(case_id), [int(number) for number in numbers]
    except ValueError as wrong:
        raise NotFound from wrong


def _message_view(one: Message) -> dict[str, Any]:
    reader = language()
    return {
        "id": one.id.hex(),
        "number": one.number,
        "message_id": one.message_id,
        "kind": one.kind,
        "person": one.person,
        "contact": one.contact,
        "channel": one.channel,
        "about": label(one.about) if one.about else None,
        "state": one.state,
        "attempts": one.attempts,
        "error": one.cause.say(reader) if one.cause else None,
        "reply": one.reply,
        "created_at": instant_text(one.created_at),
        "next_at": moment(one.next_at),
        "delivered_at": moment(one.delivered_at),
    }


def _incident_view(row: Any) -> dict[str, Any]:
    subject = row.held.subject
    facts = msgspec.json.decode(row.facts)
    return {
        "id": f"{row.case_id}.{row.number}",
        "case": str(row.case_id),
        "number": subject.number if isinstance(subject, Case) else None,
        "subject": subject.subject if isinstance(subject, Case) else subject.title_zh,
        "code": row.code,
        "message": facts.get(language()) or row.code,
        "at": instant_text(row.at),
    }


def _effect_view(row: Any) -> dict[str, Any]:
    return {
        "id": f"{row['case_id']}.{row['seq']}.{row['no']}",
        "case": str(row["case_id"]),
        "number": None,
        "subject": row["kind"],
        "code": "effect",
        "message": row["error"],
        "at": None,
    }
