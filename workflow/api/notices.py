"""What the public sees and says, without signing in: notices, objections, and what became of them."""

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g, request
from sqlalchemy import Connection

from workflow.api import evidence
from workflow.api.asking import context_for, office, page_size, request_key, whoever
from workflow.api.bodies import taken
from workflow.api.doors import Door, keyed, public
from workflow.api.paging import cursor, place_of
from workflow.api.schemas.common import Reason, page_of
from workflow.api.schemas.notices import NoticeQuery, NoticeSchema, ObjectionBody, ObjectionSchema, ReceiptSchema
from workflow.api.showing import label, moment, working_days_left
from workflow.api.subjects import follow_at_once, number_of, uuid_of
from workflow.cases.acting import act
from workflow.cases.links import ALPHABET, digest_of, grouped, new_code
from workflow.cases.noticing import Notice, Objected, find_notice, find_objection, notice_page
from workflow.definition.model import Notice as NoticeRules
from workflow.definition.model import Objections
from workflow.engine.commands import Object, Retract
from workflow.engine.context import PUBLIC_ACTOR, Actor, Context
from workflow.engine.permit import names_of
from workflow.errors import Closed, NotFound
from workflow.store.metadata import instant_text
from workflow.text import sentence

blueprint = Door("notices", __name__, url_prefix="/api/v1", description="Notices and objections, public")

_LENGTH = 16
#: The state of an objection that came after the end of its notice.
_LATE = "late"


@blueprint.get("/notices")
@public
@blueprint.arguments(NoticeQuery, location="query")
@blueprint.response(200, page_of(NoticeSchema))
def notices(query: dict[str, Any]) -> dict[str, Any]:
    """What is published, the one that ends first at the top; a round's notices as one list, each with its own clock.

    Notices of a unit are found by their link only.
    """
    return published(query)


def published(query: dict[str, Any]) -> dict[str, Any]:
    """A page of them."""
    filters = (query.get("round"), query.get("definition"), query.get("ended", False))
    limit = page_size(query)
    place = place_of(query.get("after"), filters, (datetime, UUID))
    with office().database.read() as connection:
        context = context_for(connection, actor=PUBLIC_ACTOR)
        found = notice_page(
            connection, round_id=filters[0], definition=filters[1], ended=filters[2], limit=limit + 1, after=place
        )
        items = [notice_view(connection, one, context) for one in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return {"items": items, "next": cursor((last.ends, last.case_id), filters) if last else None}


@blueprint.get("/notices/<notice_id>")
@public
@blueprint.response(200, NoticeSchema)
def one_notice(notice_id: str) -> dict[str, Any]:
    """One notice; also one of a unit, for whoever has its link."""
    with office().database.read() as connection:
        context = context_for(connection, actor=PUBLIC_ACTOR)
        return notice_view(connection, notice_of(connection, notice_id), context)


@blueprint.post("/notices/<notice_id>/objections")
@public
@keyed
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "application/json": {"schema": ObjectionBody, "example": {"text": "主要创新成果由他人完成"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "text": {"type": "string"},
                        "name": {"type": "string"},
                        "contact": {"type": "string"},
                        "evidence": {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": 10},
                    },
                    "required": ["text"],
                }
            },
        },
    }
)
@blueprint.response(201, ReceiptSchema)
def object_to(notice_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Object to a notice, named or not, with evidence; the answer's code is shown once and follows the objection."""
    actor = whoever()
    body = taken(ObjectionBody(), g.get("body") if request.is_json else request.form.to_dict())
    receipt, replayed = object_with(notice_id, body, actor, request_key())
    return receipt, 201, {"Idempotent-Replayed": "true"} if replayed else {}


def object_with(notice_id: str, body: dict[str, Any], actor: Actor, key: str | None) -> tuple[dict[str, Any], bool]:
    """The receipt, and whether it is that of then. With the same key it is the same objection; its files came with the
    request.
    """
    files = evidence.sent(body)
    with office().database.read() as connection:
        found = notice_of(connection, notice_id)
        takes = _takes(connection, found, body, context_for(connection, actor=PUBLIC_ACTOR))
    code = new_code() if key is None else _code(notice_id, key)
    command = Object(
        text=body["text"],
        name=body.get("name") or None,
        contact=body.get("contact") or None,
        evidence=evidence.kept(found.case_id, files) if takes else (),
        receipt=digest_of(code).hex(),
    )
    outcome = act(office(), found.case_id, command, actor=actor, key=key)
    follow_at_once(found.case_id)
    notice = outcome.case.entry.notice if outcome.case.entry else None
    number = notice.objections[-1].number if notice and notice.objections else None
    return {"receipt": grouped(code), "number": number}, outcome.replayed


@blueprint.get("/objections/<receipt>")
@public
@blueprint.response(200, ObjectionSchema)
def objection(receipt: str) -> dict[str, Any]:
    """What became of an objection."""
    return became(receipt)


@blueprint.post("/objections/<receipt>/retract")
@public
@keyed
@blueprint.arguments(Reason)
@blueprint.response(200, ObjectionSchema)
def retract(_: dict[str, Any], receipt: str) -> dict[str, Any]:
    """Take an objection back; by whoever has its code."""
    take_back(receipt, request_key())
    return became(receipt)


def take_back(receipt: str, key: str | None) -> None:
    with office().database.read() as connection:
        found = _objected(connection, receipt)
    if found.state == _LATE:
        raise Closed(sentence("It came after the notice had ended and is examined as a matter of its own."))
    command = Retract(objection=found.number)
    act(office(), found.case_id, command, actor=PUBLIC_ACTOR, key=key or f"retract {found.number}")
    follow_at_once(found.case_id)


def became(receipt: str) -> dict[str, Any]:
    """What became of an objection, by the code that came with it. Raises NotFound."""
    with office().database.read() as connection:
        context = context_for(connection, actor=PUBLIC_ACTOR)
        found = _objected(connection, receipt)
    answered = found.objection
    return {
        "state": found.state,
        "at": instant_text(found.at),
        "answered_at": moment(answered.answered_at) if answered else None,
        "joined": answered.joined if answered else None,
        "notice": f"{found.case_id}.{found.entry}" if found.state != _LATE else None,
        "examiners": names_of([int(p) for p in answered.answers if p.isdigit()], context) if answered else [],
    }


def notice_view(connection: Connection, one: Notice, context: Context) -> dict[str, Any]:
    version = office().versions.get(connection, one.definition, one.version)
    state = version.definition.states[one.state]
    rules = objections_of(connection, one)
    running = _runs(one, context)
    return {
        "id": f"{one.case_id}.{one.entry}",
        "case": str(one.case_id),
        "round": str(one.round_id) if one.round_id else None,
        "number": one.number,
        "definition": one.definition,
        "title": label(version.definition.title),
        "state_label": label(state.label),
        "where": one.where,
        "begins": instant_text(one.begins),
        "ends": instant_text(one.ends),
        "held_since": moment(one.held),
        "ended_at": moment(one.ended_at),
        "working_days_left": working_days_left(context.calendar, context.now, one.ends) if running else None,
        "shown": one.shown,
        "objections": None if rules is None else {"open": running, "anonymous": rules.anonymous, "clock": rules.clock},
    }


def _runs(one: Notice, context: Context) -> bool:
    return one.ended_at is None and (one.held is not None or one.ends >= context.now)


def objections_of(connection: Connection, one: Notice) -> Objections | None:
    version = office().versions.get(connection, one.definition, one.version)
    rules = version.definition.states[one.state].activity
    return rules.objections if isinstance(rules, NoticeRules) else None


def _takes(connection: Connection, one: Notice, body: dict[str, Any], context: Context) -> bool:
    """Whether the objection is likely to be taken; what will be refused leaves no files behind."""
    rules = objections_of(connection, one)
    if rules is None or not body["text"].strip() or not (rules.anonymous or body.get("name")):
        return False
    return _runs(one, context) or rules.late is not None


def _code(notice_id: str, key: str) -> str:
    """Of a request that may come again: the same code, which nobody else can reckon."""
    digest = hmac.digest(office().secrets.key("receipt"), f"{notice_id}\n{key}".encode(), "sha256")
    return "".join(ALPHABET[sign % len(ALPHABET)] for sign in digest[:_LENGTH])


def notice_of(connection: Connection, notice_id: str) -> Notice:
    case_id, _, entry = notice_id.rpartition(".")
    found = find_notice(connection, uuid_of(case_id), number_of(entry))
    if found is None:
        raise NotFound
    return found


def _objected(connection: Connection, receipt: str) -> Objected:
    found = find_objection(connection, digest_of(receipt))
    if found is None:
        raise NotFound(sentence("There is no objection with this code; look whether it was copied in full."))
    return found
