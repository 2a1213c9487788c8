"""What the public sees and says, without signing in: notices, objections, and what became of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import request
from flask_smorest import Blueprint

from workflow.api import schemas
from workflow.api.asking import context_for, office, page_size, request_key, whoever
from workflow.api.paging import cursor, place_of
from workflow.api.showing import label, moment, working_days_left
from workflow.cases.acting import act
from workflow.cases.effects import follow
from workflow.cases.links import digest_of, grouped, new_code
from workflow.cases.noticing import Notice, find_notice, find_objection, notice_page
from workflow.definition.model import Notice as NoticeRules
from workflow.engine.commands import Object, Retract
from workflow.engine.context import PUBLIC_ACTOR, Context
from workflow.engine.permit import names_of
from workflow.errors import NotFound
from workflow.records.attachments import save_attachment
from workflow.store.metadata import instant_text

blueprint = Blueprint("notices", __name__, url_prefix="/api/v1", description="Notices and objections, public")


@blueprint.get("/notices")
@blueprint.doc(security=[])
@blueprint.arguments(schemas.NoticeQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.NoticeSchema))
def notices(query: dict[str, Any]) -> dict[str, Any]:
    """What is published now; a round's notices as one list, each with its own clock."""
    filters = (query.get("round"), query.get("definition"), query.get("ended", False))
    limit = page_size(query.get("limit"))
    place = place_of(query.get("after"), filters, (datetime, UUID))
    with office().database.read() as connection:
        context = context_for(connection, actor=PUBLIC_ACTOR)
        found = notice_page(
            connection, round_id=filters[0], definition=filters[1], ended=filters[2], limit=limit, after=place
        )
        items = [_view(connection, one, context) for one in found]
    last = found[-1] if len(found) == limit else None
    return {"items": items, "next": cursor((last.ends, last.case_id), filters) if last else None}


@blueprint.get("/notices/<notice_id>")
@blueprint.doc(security=[])
@blueprint.response(200, schemas.NoticeSchema)
def one_notice(notice_id: str) -> dict[str, Any]:
    """One notice; of the unit only, by its link."""
    case_id, entry = _ids(notice_id)
    with office().database.read() as connection:
        context = context_for(connection, actor=PUBLIC_ACTOR)
        found = find_notice(connection, case_id, entry)
        if found is None:
            raise NotFound
        return _view(connection, found, context)


@blueprint.post("/notices/<notice_id>/objections")
@blueprint.doc(security=[])
@blueprint.arguments(schemas.ObjectionBody, location="json_or_form")
@blueprint.response(201, schemas.ReceiptSchema)
def object_to(body: dict[str, Any], notice_id: str) -> tuple[dict[str, Any], int]:
    """Object, named or not, with evidence; the receipt's code is shown once."""
    case_id, entry = _ids(notice_id)
    with office().database.read() as connection:
        if find_notice(connection, case_id, entry) is None:
            raise NotFound
    code = new_code()
    command = Object(
        text=body["text"],
        name=body.get("name") or None,
        contact=body.get("contact") or None,
        evidence=tuple(_evidence(case_id)) or tuple(body["evidence"]),
        receipt=digest_of(code).hex(),
    )
    outcome = act(office(), case_id, command, actor=whoever(), key=request_key())
    follow(office(), case_id)
    notice = outcome.case.entry.notice if outcome.case.entry else None
    number = notice.objections[-1].number if notice and notice.objections else 0
    return {"receipt": grouped(code), "number": number}, 201


@blueprint.get("/objections/<receipt>")
@blueprint.doc(security=[])
@blueprint.response(200, schemas.ObjectionSchema)
def objection(receipt: str) -> dict[str, Any]:
    """What became of an objection."""
    return _became(receipt)


@blueprint.post("/objections/<receipt>/retract")
@blueprint.doc(security=[])
@blueprint.arguments(schemas.ReasonBody)
@blueprint.response(200, schemas.ObjectionSchema)
def retract(_: dict[str, Any], receipt: str) -> dict[str, Any]:
    """The objector takes it back."""
    with office().database.read() as connection:
        found = find_objection(connection, digest_of(receipt))
    if found is None:
        raise NotFound
    act(
        office(),
        found.case_id,
        Retract(objection=found.number),
        actor=PUBLIC_ACTOR,
        key=request_key() or f"retract {receipt}",
    )
    follow(office(), found.case_id)
    return _became(receipt)


def _became(receipt: str) -> dict[str, Any]:
    with office().database.read() as connection:
        context = context_for(connection, actor=PUBLIC_ACTOR)
        found = find_objection(connection, digest_of(receipt))
        if found is None:
            raise NotFound
        answered = found.objection
        return {
            "state": found.state,
            "at": instant_text(found.at),
            "answered_at": moment(answered.answered_at) if answered else None,
            "joined": answered.joined if answered else None,
            "notice": f"{found.case_id}.{found.entry}",
            "examiners": names_of([int(p) for p in answered.answers if p.isdigit()], context) if answered else [],
        }


def _ids(notice_id: str) -> tuple[UUID, int]:
    case_id, _, entry = notice_id.rpartition(".")
    try:
        return UUID(case_id), int(entry)
    except ValueError as wrong:
        raise NotFound from wrong


def _evidence(case_id: UUID) -> list[str]:
    """Files that came with a multipart objection."""
    return [
        str(save_attachment(office(), case_id, file.stream, file.filename or "evidence", by=None).id)
        for file in request.files.getlist("evidence")
        if file.filename
    ]


def _view(connection: Any, one: Notice, context: Context) -> dict[str, Any]:
    version = office().versions.get(connection, one.definition, one.version)
    state = version.definition.states[one.state]
    rules = state.activity if isinstance(state.activity, NoticeRules) else None
    running = one.ended_at is None and (one.held is not None or one.ends > context.now)
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
        "objections": None
        if rules is None or rules.objections is None
        else {"open": running, "anonymous": rules.objections.anonymous, "clock": rules.objections.clock},
    }
