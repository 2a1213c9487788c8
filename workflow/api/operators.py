"""For operators: messages, incidents, the settable clock of a demo."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from flask import current_app
from sqlalchemy import RowMapping

from workflow.api.asking import language, office, operator, page_size, request_key, signed_in
from workflow.api.doors import Door, keyed, refuses
from workflow.api.paging import cursor, place_of
from workflow.api.schemas.common import PageQuery, Reason, page_of
from workflow.api.schemas.operators import ClockBody, ClockSchema, IncidentSchema, MessageQuery, MessageSchema
from workflow.api.showing import label, moment
from workflow.api.subjects import follow_at_once, number_of, uuid_of
from workflow.cases.acting import act
from workflow.cases.effects import try_again
from workflow.cases.listing import IncidentRow, failed_effects, open_incidents
from workflow.clock.settable import go_to, is_demo
from workflow.clock.ticking import now_of
from workflow.engine.commands import Retry
from workflow.engine.subject import Case
from workflow.errors import NotFound
from workflow.messages.delivering import retry
from workflow.messages.listing import Message, list_messages
from workflow.store.metadata import instant_text
from workflow.text import sentence

_DIGEST = 32

blueprint = Door("operators", __name__, url_prefix="/api/v1", description="For operators")


@blueprint.get("/messages")
@refuses(403)
@blueprint.arguments(MessageQuery, location="query")
@blueprint.response(200, page_of(MessageSchema))
def messages(query: dict[str, Any]) -> dict[str, Any]:
    """What goes out, the latest first: pending, delivered, dropped (nobody wants it any more), dead (given up)."""
    operator()
    state, limit = query.get("state"), page_size(query)
    place = place_of(query.get("after"), state, (datetime, str))
    after = (place[0], _digest(place[1])) if place else None
    with office().database.read() as connection:
        found = list_messages(connection, state, limit=limit + 1, after=after)
    last = found[limit - 1] if len(found) > limit else None
    items = [_message_view(one) for one in found[:limit]]
    return {"items": items, "next": cursor((last.created_at, last.id.hex()), state) if last else None}


@blueprint.post("/messages/<message_id>/retry")
@keyed
@blueprint.arguments(Reason)
@blueprint.response(204)
def retry_message(_: dict[str, Any], message_id: str) -> None:
    """Send a dead letter again, under the same Message-ID."""
    operator()
    retry(office(), _digest(message_id))


@blueprint.get("/incidents")
@refuses(403)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(IncidentSchema))
def incidents(query: dict[str, Any]) -> dict[str, Any]:
    """What could not go on by itself: first the effects that were given up, then cases and rounds, the earliest first."""
    operator()
    limit = page_size(query)
    place = place_of(query.get("after"), None, (datetime, UUID, int))
    with office().database.read() as connection:
        rows = open_incidents(connection, limit=limit + 1, after=place)
        given_up = failed_effects(connection) if place is None else []
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": [*map(_effect_view, given_up), *map(_incident_view, rows[:limit])],
        "next": cursor((last.at, last.case_id, last.number), None) if last else None,
    }


@blueprint.post("/incidents/<incident_id>/retry")
@keyed
@blueprint.arguments(Reason)
@blueprint.response(204)
def retry_incident(_: dict[str, Any], incident_id: str) -> None:
    """Have what was refused, or what an act ordered and was given up, tried again."""
    actor = operator()
    case_id, *numbers = incident_id.split(".")
    match numbers:
        case [number]:
            act(office(), uuid_of(case_id), Retry(incident=number_of(number)), actor=actor, key=request_key())
        case [seq, number]:
            try_again(office(), uuid_of(case_id), number_of(seq), number_of(number))
        case _:
            raise NotFound
    follow_at_once(uuid_of(case_id))


@blueprint.get("/clock")
@refuses(404)
@blueprint.response(200, ClockSchema)
def clock() -> dict[str, Any]:
    """The time of a demo's clock; a real service has none that can be set (404)."""
    signed_in()
    _need_demo()
    return {"now": instant_text(now_of(office()))}


@blueprint.put("/clock")
@refuses(403, 404)
@blueprint.arguments(ClockBody, example={"now": "2026-03-11T09:00:00+08:00"})
@blueprint.response(200, ClockSchema)
def set_clock(body: dict[str, Any]) -> dict[str, Any]:
    """Go from due time to due time up to `now`; everything due has happened, mails included, before this answers."""
    operator()
    _need_demo()
    go_to(office(), body["now"], current_app.extensions["delivery"])
    return {"now": instant_text(now_of(office()))}


def _need_demo() -> None:
    if not is_demo(office()):
        raise NotFound(sentence("Only the clock of a demo can be set."))


def _digest(text: str) -> bytes:
    """The id of a message. Raises NotFound for what is none."""
    try:
        found = bytes.fromhex(text)
    except ValueError as wrong:
        raise NotFound from wrong
    if len(found) != _DIGEST:
        raise NotFound
    return found


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


def _incident_view(row: IncidentRow) -> dict[str, Any]:
    subject = row.held.subject if row.held is not None else None
    facts = msgspec.json.decode(row.facts)
    return {
        "id": f"{row.case_id}.{row.number}",
        "case": str(row.case_id),
        "number": subject.number if isinstance(subject, Case) else None,
        "subject": subject.subject if isinstance(subject, Case) else subject.title_zh if subject else None,
        "code": row.code,
        "message": facts.get(language()) or row.code,
        "at": instant_text(row.at),
    }


def _effect_view(row: RowMapping) -> dict[str, Any]:
    return {
        "id": f"{row['case_id']}.{row['seq']}.{row['no']}",
        "case": str(row["case_id"]),
        "number": None,
        "subject": row["kind"],
        "code": "effect",
        "message": row["error"],
        "at": None,
    }
