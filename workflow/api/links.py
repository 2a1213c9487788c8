"""What a person without an account was asked, by a link with a code: seen as often as he likes, answered once."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import Connection

from workflow.api import schemas
from workflow.api.asking import context_for, language, office, request_key
from workflow.api.showing import label, task_view
from workflow.api.subjects import Answer, answered, task_of
from workflow.cases.acting import act
from workflow.cases.effects import follow
from workflow.cases.links import Link, find, issue
from workflow.cases.reading import load
from workflow.cases.starting import NewCase, start_case
from workflow.cases.voting import vote
from workflow.engine.commands import CastVote, Command, Decide, Fire, ScoreCard
from workflow.engine.forms import form_of
from workflow.engine.permit import in_group, open_task
from workflow.engine.sight import shown_data
from workflow.engine.subject import Case
from workflow.engine.who import contact_of
from workflow.errors import InvalidData, NotFound, Problem
from workflow.messages.enqueuing import enqueue_link
from workflow.text import sentence

blueprint = Blueprint("links", __name__, url_prefix="/api/v1/links", description="People without an account")


@blueprint.post("")
@blueprint.doc(security=[])
@blueprint.arguments(schemas.LinkBody)
@blueprint.response(202)
def ask(body: dict[str, Any]) -> tuple[str, int]:
    """Ask for a link: to start what the public may start, or anew for a task. Says the same whether there is one or not."""
    with office().database.write() as connection:
        now = office().database.now(connection)
        found = _start_link(connection, body) if body.get("definition") else _task_link(connection, body)
        if found is not None:
            link, title = found
            enqueue_link(connection, body["contact"], issue(connection, link, now), title, now)
    return "", 202


@blueprint.get("/<code>")
@blueprint.doc(security=[])
@blueprint.response(200, schemas.LinkSchema)
def look(code: str) -> dict[str, Any]:
    """What is asked; looking never uses it up."""
    with office().database.read() as connection:
        link = _find(connection, code)
        if link.case_id is None:
            return _start_view(connection, link)
        return _case_view(connection, link)


@blueprint.post("/<code>")
@blueprint.doc(security=[])
@blueprint.arguments(schemas.LinkAnswer)
@blueprint.response(200, schemas.CaseSchema)
def reply(body: dict[str, Any], code: str) -> Answer | tuple[dict[str, Any], int]:
    """Answer: a trigger with the form, a vote, a score card; or start what the link is for."""
    with office().database.read() as connection:
        link = _find(connection, code)
    if link.case_id is None:
        new = NewCase(definition=link.definition or "", unit=link.unit, round_id=link.round_id, data=body["data"])
        return answered(start_case(office(), new, actor=link.actor, key=request_key() or code), actor=link.actor)
    if body.get("vote") is not None or body["rows"]:
        command = CastVote(task=link.task or 0, choice=body.get("vote"), items=body["items"], rows=tuple(body["rows"]))
        voted = vote(office(), link.case_id, command, actor=link.actor, key=request_key())
        follow(office(), link.case_id)
        return {"receipt": voted.receipt}, 200
    return answered(
        act(office(), link.case_id, _command(link, body), actor=link.actor, key=request_key()), actor=link.actor
    )


def _command(link: Link, body: dict[str, Any]) -> Command:
    if body["score"]:
        return ScoreCard(task=link.task or 0, score=body["score"], data=body["data"], opinion=body["opinion"])
    trigger = body.get("trigger")
    if not trigger:
        raise InvalidData((Problem("/trigger", "required", sentence("What is your answer?")),))
    assert link.case_id is not None
    with office().database.read() as connection:
        case = _case(connection, link)
        version = office().versions.get(connection, case.definition, case.version)
    if open_task(case, link.task or 0) is None and trigger in version.definition.anytime:
        return Fire(trigger=trigger, opinion=body["opinion"], data=body["data"])
    if trigger in version.definition.anytime and trigger not in version.definition.states[case.state].to:
        return Fire(trigger=trigger, opinion=body["opinion"], data=body["data"])
    return Decide(task=link.task or 0, trigger=trigger, opinion=body["opinion"], data=body["data"])


def _find(connection: Connection, code: str) -> Link:
    found = find(connection, code, office().database.now(connection))
    if found is None:
        raise NotFound(sentence("This link is not valid, or not any more."))
    return found


def _case(connection: Connection, link: Link) -> Case:
    assert link.case_id is not None
    found = load(connection, link.case_id)
    if found is None or not isinstance(found[0], Case):
        raise NotFound
    return found[0]


def _case_view(connection: Connection, link: Link) -> dict[str, Any]:
    case = _case(connection, link)
    version = office().versions.get(connection, case.definition, case.version)
    context = context_for(connection, case, link.actor)
    found = open_task(case, link.task or 0)
    state = version.definition.states[case.state]
    edit: tuple[str, ...] = ()
    shown = None
    if found is not None:
        shown = task_view(version, case, found, context, language())
        edit = tuple(shown["edit"])
    anytime = [
        rule.name
        for rule in version.definition.anytime.values()
        if case.state in rule.states and in_group(version.definition, rule.by, case.unit, (case,), context) is not None
    ]
    return {
        "open": found is not None,
        "title": label(version.definition.title),
        "subject": case.subject,
        "state": case.state,
        "state_label": label(state.label),
        "task": shown,
        "form": form_of(version.definition).json_schema(edit),
        "data": shown_data(version.definition, case, context),
        "anytime": anytime,
    }


def _start_view(connection: Connection, link: Link) -> dict[str, Any]:
    version = office().versions.newest(connection, link.definition or "")
    first = version.definition.states[version.definition.first_state]
    return {
        "open": True,
        "title": label(version.definition.title),
        "subject": None,
        "state": None,
        "state_label": None,
        "task": None,
        "form": form_of(version.definition).json_schema(first.edit),
        "data": None,
        "anytime": [],
    }


def _start_link(connection: Connection, body: dict[str, Any]) -> tuple[Link, Any] | None:
    """Of what the public may start; the unit is the round's."""
    version = office().versions.newest(connection, body["definition"])
    if not any(getattr(entry.spec, "name", None) == "public" for entry in version.definition.start):
        raise NotFound
    round_id, unit = body.get("round"), None
    if round_id is not None:
        found = load(connection, round_id)
        if found is None:
            raise NotFound
        unit = found[0].unit
    tops = [place.id for place in office().directory(connection).organisations.values() if place.parent is None]
    link = Link(
        case_id=None,
        task=None,
        holder=None,
        definition=version.key,
        round_id=round_id,
        unit=unit if unit is not None else tops[0] if tops else None,
    )
    return link, version.definition.title


def _task_link(connection: Connection, body: dict[str, Any]) -> tuple[Link, Any] | None:
    """A new code for a task, sent to the contact that stands in the case and to no other."""
    if not body.get("task"):
        raise InvalidData((Problem("/task", "required", sentence("For which task, or which definition?")),))
    case_id, number = task_of(body["task"])
    found = load(connection, case_id)
    case = found[0] if found else None
    task = open_task(case, number) if isinstance(case, Case) else None
    if not isinstance(case, Case) or task is None:
        return None
    for holder in task.everyone:
        if isinstance(holder, str) and contact_of(holder, case) == body["contact"].strip():
            version = office().versions.get(connection, case.definition, case.version)
            return Link(case_id=case_id, task=number, holder=holder), version.definition.title
    return None
