"""What a person without an account was asked, by a link with a code: seen as often as he likes, answered once."""

from typing import Any

from flask import Response
from sqlalchemy import Connection

from workflow.api.asking import language, office, request_key
from workflow.api.doors import Door, keyed, public
from workflow.api.linked import answer, behind, box_behind, look_at, result_behind
from workflow.api.results import votes_page
from workflow.api.schemas.ballots import ResultSchema, VoteSchema
from workflow.api.schemas.cases import CASE_OR_ROUND
from workflow.api.schemas.common import PageQuery, page_of
from workflow.api.schemas.links import LinkAnswer, LinkBody, LinkSchema
from workflow.api.subjects import either, task_of
from workflow.cases.links import Link, issue
from workflow.cases.reading import load
from workflow.cases.versions import Version
from workflow.definition.model import PUBLIC, Named
from workflow.engine.directory import Directory
from workflow.engine.permit import open_task
from workflow.engine.subject import Case, Holder, Round
from workflow.engine.who import contact_of
from workflow.errors import InvalidData, NotFound, Problem
from workflow.messages.addresses import channel_of
from workflow.messages.enqueuing import enqueue_link, was_sent_a_link_lately
from workflow.messages.recipients import contact_of_person
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


@blueprint.get("/<code>/ballot")
@public
@blueprint.response(200, ResultSchema)
def ballot(code: str) -> dict[str, Any]:
    """What became of the ballot that the link is for, and whether his vote is in it."""
    with office().database.read() as connection:
        return result_behind(connection, code)


@blueprint.get("/<code>/votes")
@public
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(VoteSchema))
def votes(query: dict[str, Any], code: str) -> dict[str, Any]:
    """The votes of the secret ballot that the link is for, once it is closed: by his receipt he finds his own."""
    with office().database.read() as connection:
        return votes_page(connection, box_behind(connection, code), query)


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


def _contact(holder: Holder, case: Case, directory: Directory) -> str | None:
    """Where one without an account is reached; whoever has one signs in."""
    if isinstance(holder, str):
        return contact_of(holder, case)
    person = directory.persons.get(holder)
    reached = contact_of_person(person) if person is not None and person.login is None else None
    return reached[1] if reached is not None else None


def _task_link(connection: Connection, body: dict[str, Any], contact: str) -> tuple[Link, Label] | None:
    """A new code for a task, sent to the contact that stands in the case and to no other."""
    case_id, number = task_of(body["task"])
    found = load(connection, case_id)
    case = found[0] if found else None
    task = open_task(case, number) if isinstance(case, Case) else None
    if not isinstance(case, Case) or task is None:
        return None
    directory = office().directory(connection)
    for holder in task.everyone:
        if _contact(holder, case, directory) == contact:
            version = office().versions.get(connection, case.definition, case.version)
            return Link(case_id=case_id, task=number, holder=holder), version.definition.title
    return None
