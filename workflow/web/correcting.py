"""Moving the dates of a round, or mending another of its fields, with a reason that all concerned read."""

import secrets
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from workflow.api.asking import office, signed_in
from workflow.api.bodies import taken, unfit
from workflow.api.problems import status_of
from workflow.api.schemas.rounds import CorrectBody
from workflow.api.subjects import follow_at_once, round_id_of, seen_round, uuid_of
from workflow.cases.acting import act
from workflow.cases.versions import Version
from workflow.definition.form import shown
from workflow.definition.model import Field
from workflow.engine.commands import Operate
from workflow.engine.subject import Round
from workflow.errors import InvalidData, WorkflowError
from workflow.web.deciding import Wrong, wrong_of
from workflow.web.desk import desk_page
from workflow.web.inputs import Filled, inputs_of, sent_values
from workflow.web.pages import pages, reader

blueprint = pages("correcting", __name__)


@blueprint.get("/rounds/<round_id>/correct")
def correction(round_id: str) -> Response:
    signed_in()
    return _form(round_id)


@blueprint.post("/rounds/<round_id>/correct")
def correct(round_id: str) -> BaseResponse:
    actor = signed_in()
    try:
        with office().database.read() as connection:
            held, version, _ = seen_round(connection, round_id)
        assert isinstance(held.subject, Round)
        body = _body(held.subject, version)
        command = Operate(operation="correct", reason=body["reason"], data=body["data"])
        act(office(), round_id_of(round_id), command, actor=actor, key=request.form.get("key") or None)
    except WorkflowError as error:
        return _form(round_id, wrong_of(error, reader()), status_of(error))
    follow_at_once(uuid_of(round_id))
    return redirect(url_for("page_rounds.one_round", round_id=round_id), code=303)


def _form(round_id: str, wrong: Wrong | None = None, status: int = 200) -> Response:
    speaks, found = reader(), wrong or Wrong()
    with office().database.read() as connection:
        held, version, _ = seen_round(connection, round_id)
    round_ = held.subject
    assert isinstance(round_, Round)
    fields = _fields(version)
    sent = sent_values(fields, request.form) if request.form else {}
    return desk_page(
        "round_correct.html",
        status,
        here="rounds",
        round_id=round_id,
        name=round_.title_zh if speaks == "zh" else round_.title_en,
        inputs=inputs_of(fields, Filled({**_as_shown(round_, fields), **sent}, found.fields), speaks),
        reason=request.form.get("reason", ""),
        wrong=found,
        key=request.form.get("key") or secrets.token_hex(16),
    )


def _body(round_: Round, version: Version) -> dict[str, Any]:
    """The fields that were changed, as a program would send them. Raises InvalidData."""
    form = request.form
    if wrong := list(unfit(form.to_dict(), "")):
        raise InvalidData(tuple(wrong))
    fields = [one for one in _fields(version) if f"has.{one.name}" in form]
    before = _as_shown(round_, fields)
    data = {name: value for name, value in sent_values(fields, form).items() if not _is_same(value, before.get(name))}
    return taken(CorrectBody(), {"data": data, "reason": form.get("reason", "")})


def _fields(version: Version) -> list[Field]:
    rules = version.definition.round
    return [one for one in rules.fields.values() if not one.computed] if rules is not None else []


def _as_shown(round_: Round, fields: list[Field]) -> dict[str, Any]:
    return {one.name: shown(one, round_.data.get(one.name)) for one in fields}


def _is_same(sent: Any, before: Any) -> bool:
    """A page sends texts, whatever they stand for."""
    return sent == before or str(sent) == str(before)
