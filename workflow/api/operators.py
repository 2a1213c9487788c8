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
from workflow.api.showing import moment
from workflow.cases.acting import act
from workflow.cases.listing import failed_effects, open_incidents
from workflow.clock.settable import go_to, is_demo
from workflow.clock.ticking import now_of
from workflow.engine.commands import Retry
from workflow.engine.permit import is_administrator
from workflow.engine.subject import Case
from workflow.errors import NotFound, NotPermitted
from workflow.messages.outbox import list_messages, send_again
from workflow.store.metadata import instant_text
from workflow.text import sentence

blueprint = Blueprint("operators", __name__, url_prefix="/api/v1", description="Operators")


@blueprint.get("/messages")
@blueprint.arguments(schemas.MessageQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.MessageSchema))
def messages(query: dict[str, Any]) -> dict[str, Any]:
    """Messages by state: pending, sent, dead."""
    _operator()
    limit = page_size(query.get("limit"))
    place = place_of(query.get("after"), query.get("state"), (str,))
    with office().database.read() as connection:
        page = list_messages(connection, state=query.get("state"), limit=limit, after=place[0] if place else None)
    items = [
        {
            "id": one.id.hex(),
            "recipient": one.recipient,
            "channel": one.channel,
            "subject": one.subject,
            "state": one.state,
            "attempts": one.attempts,
            "error": one.error,
            "created_at": moment(one.created_at),
            "delivered_at": moment(one.delivered_at),
        }
        for one in page.items
    ]
    return {"items": items, "next": cursor((page.next,), query.get("state")) if page.next else None}


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
    send_again(office(), number)


@blueprint.get("/incidents")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.IncidentSchema))
def incidents(query: dict[str, Any]) -> dict[str, Any]:
    """What could not go on by itself, in the branches that the reader administers."""
    signed_in()
    limit = page_size(query.get("limit"))
    place = place_of(query.get("after"), None, (datetime,))
    reader = language()
    with office().database.read() as connection:
        context = context_for(connection)
        rows = open_incidents(connection, limit=limit, after=place[0] if place else None)
        items = []
        for row in rows:
            if row.held is None or not is_administrator(row.held.subject.unit, context):
                continue
            facts = msgspec.json.decode(row.facts)
            subject = row.held.subject
            items.append(
                {
                    "id": f"{row.case_id}.{row.number}",
                    "case": str(row.case_id),
                    "number": subject.number if isinstance(subject, Case) else None,
                    "subject": subject.subject if isinstance(subject, Case) else subject.title_zh,
                    "code": row.code,
                    "message": facts.get(reader) or row.code,
                    "at": instant_text(row.at),
                }
            )
        if _is_operator(context) and place is None:
            items += [_failed(one) for one in failed_effects(connection, limit=limit)]
    return {"items": items, "next": cursor((rows[-1].at,), None) if len(rows) == limit else None}


@blueprint.post("/incidents/<incident_id>/retry")
@blueprint.arguments(schemas.ReasonBody)
@blueprint.response(204)
def retry_incident(_: dict[str, Any], incident_id: str) -> None:
    """Have what was refused tried again."""
    actor = signed_in()
    subject, _dot, number = incident_id.partition(".")
    if not number.isdigit():
        raise NotFound
    try:
        case_id = UUID(subject)
    except ValueError as wrong:
        raise NotFound from wrong
    act(office(), case_id, Retry(incident=int(number)), actor=actor, key=request_key())


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
    go_to(office(), body["now"], current_app.extensions["deliver"])
    return {"now": instant_text(now_of(office()))}


def _operator() -> None:
    """Administrators at the top: publishing, clock, messages."""
    signed_in()
    with office().database.read() as connection:
        if not _is_operator(context_for(connection)):
            raise NotPermitted(sentence("Only administrators at the top may do this."))


def _is_operator(context: Any) -> bool:
    tops = (place.id for place in context.directory.organisations.values() if place.parent is None)
    return any(is_administrator(top, context) for top in tops)


def _demo() -> None:
    if not is_demo(office()):
        raise NotFound


def _failed(row: Any) -> dict[str, Any]:
    return {
        "id": f"{row['case_id']}.effect.{row['seq']}.{row['no']}",
        "case": str(row["case_id"]),
        "number": None,
        "subject": row["kind"],
        "code": "effect",
        "message": row["error"],
        "at": "",
    }
