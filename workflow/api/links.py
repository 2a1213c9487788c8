"""What a person without an account was asked, by a link with a code: seen as often as he likes, answered once."""

from typing import Any

from flask import Response
from sqlalchemy import Connection

from workflow.api.asking import language, office, request_key
from workflow.api.doors import Door, keyed, public
from workflow.api.linked import answer, behind, look_at
from workflow.api.schemas.cases import CASE_OR_ROUND
from workflow.api.schemas.links import LinkAnswer, LinkBody, LinkSchema
from workflow.api.subjects import either, task_of
from workflow.cases.links import Link, issue
from workflow.cases.reading import load
from workflow.cases.versions import Version
from workflow.definition.model import PUBLIC, Named
from workflow.engine.permit import open_task
from workflow.engine.subject import Case, Round
from workflow.engine.who import contact_of
from workflow.errors import InvalidData, NotFound, Problem
from workflow.messages.addresses import channel_of
from workflow.messages.enqueuing import enqueue_link, was_sent_a_link_lately
from workflow.text import Label, sentence

blueprint = Door("links", __name__, url_prefix="/api/v1/links", description="People without an account")


@blueprint.post("")
@public
@blueprint.arguments(LinkBody, example={"definition": "model_worker", "contact": "zhangwei@example.org"})
@blueprint.response(202, description="If it is so, a link is on its way")
def ask(body: dict[str, Any]) -> Response:
    """Ask for a link: to start what the public may start, or anew for a task that is one's own.

    A link for a task goes to the contact that stands in its case and to no other; the answer is the same either way.
    """
    contact = body["contact"].strip()
    if channel_of(contact) is None:
        text = sentence("An e-mail address or a mobile number is wanted.")
        raise InvalidData((Problem("/contact", "data", text),))
    if bool(body.get("definition")) == bool(body.get("task")):
        raise InvalidData((Problem("/task", "required", sentence("For which task, or which definition?")),))
    with office().database.write() as connection:
        now = office().database.now(connection)
        found = _start_link(connection, body) if body.get("definition") else _task_link(connection, body, contact)
        if found is not None and not was_sent_a_link_lately(connection, contact, now):
            link, title = found
            enqueue_link(connection, contact, issue(connection, link, now), title, now, language=language())
    return Response(status=202)


@blueprint.get("/<code>")
@public
@blueprint.response(200, LinkSchema)
def look(code: str) -> dict[str, Any]:
    """What is asked; looking never uses it up. Of a link that only informs, `open` is false and the case is shown."""
    with office().database.read() as connection:
        return look_at(behind(connection, code))


@blueprint.post("/<code>")
@public
@keyed
@blueprint.arguments(LinkAnswer, example={"trigger": "agree", "data": {}})
@blueprint.response(200, CASE_OR_ROUND)
def reply(body: dict[str, Any], code: str) -> Response:
    """Answer: a `trigger` with the form, a `vote`, a `score` card; or start what the link is for, with `data`."""
    return either(answer(code, body, request_key()))


def _start_link(connection: Connection, body: dict[str, Any]) -> tuple[Link, Label]:
    """Of what the public may start; the unit is the round's."""
    version = _startable(connection, body["definition"])
    round_id, unit = body.get("round"), None
    if round_id is not None:
        found = load(connection, round_id)
        if found is None or not isinstance(found[0], Round) or found[0].definition != version.key:
            text = sentence("There is no such round of this definition.")
            raise InvalidData((Problem("/round", "data", text),))
        unit = found[0].unit
    tops = [place.id for place in office().directory(connection).organisations.values() if place.parent is None]
    link = Link(
        case_id=None,
        task=None,
        holder=None,
        definition=version.key,
        round_id=round_id,
        unit=unit if unit is not None else tops[0] if tops else None,
        contact=body["contact"].strip(),
    )
    return link, version.definition.title


def _startable(connection: Connection, key: str) -> Version:
    try:
        version = office().versions.newest(connection, key)
    except NotFound:
        version = None
    starts = version.definition.start if version is not None else ()
    if version is None or not any(isinstance(entry.spec, Named) and entry.spec.name == PUBLIC for entry in starts):
        text = sentence("There is nothing of this name that the public may start.")
        raise InvalidData((Problem("/definition", "unknown", text),))
    return version


def _task_link(connection: Connection, body: dict[str, Any], contact: str) -> tuple[Link, Label] | None:
    """A new code for a task, sent to the contact that stands in the case and to no other."""
    case_id, number = task_of(body["task"])
    found = load(connection, case_id)
    case = found[0] if found else None
    task = open_task(case, number) if isinstance(case, Case) else None
    if not isinstance(case, Case) or task is None:
        return None
    for holder in task.everyone:
        if isinstance(holder, str) and contact_of(holder, case) == contact:
            version = office().versions.get(connection, case.definition, case.version)
            return Link(case_id=case_id, task=number, holder=holder), version.definition.title
    return None
