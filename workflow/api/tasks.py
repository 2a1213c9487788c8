"""Tasks: the inbox, decisions one or many, and what a holder may do beside deciding."""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from flask import Response

from workflow.api.asking import context_for, expected_version, language, office, page_size, request_key, signed_in
from workflow.api.doors import Door, acts, keyed
from workflow.api.objecting import with_objections
from workflow.api.paging import cursor, place_of
from workflow.api.problems import problem_of, unforeseen_problem
from workflow.api.schemas.cases import CASE_OR_ROUND, DecisionsSchema, shape_of
from workflow.api.schemas.common import page_of
from workflow.api.schemas.tasks import DecisionBody, DecisionsBody, OperationBody, TaskQuery, TaskSchema
from workflow.api.showing import sitting_task_view, task_view
from workflow.api.subjects import Answer, Rounds, answered, either, seen_task, task_of
from workflow.cases.acting import act
from workflow.cases.drafts import forget_draft, saved_draft
from workflow.cases.listing import InboxRow, inbox_page, reader_of
from workflow.cases.versions import Version
from workflow.engine.commands import Decide, Operate
from workflow.engine.context import Actor, Context
from workflow.engine.permit import open_task
from workflow.engine.subject import Case, Subject, Task
from workflow.errors import WorkflowError
from workflow.store.metadata import NEVER

log = structlog.get_logger()

blueprint = Door("tasks", __name__, url_prefix="/api/v1", description="Tasks")

#: By address, with the engine's word for each; `resume` ends a pause.
OPERATIONS = {
    "claim": "claim",
    "release": "release",
    "delegate": "delegate",
    "transfer": "transfer",
    "add-signer": "add_signer",
    "remove-signer": "remove_signer",
    "recuse": "recuse",
    "extend": "extend",
    "pause": "pause",
    "resume": "go_on",
    "reassign": "reassign",
}


@blueprint.get("/tasks")
@blueprint.arguments(TaskQuery, location="query")
@blueprint.response(200, page_of(TaskSchema))
def inbox(query: dict[str, Any]) -> dict[str, Any]:
    """The inbox: what the reader has to do, the earliest deadline first; tasks of sittings too."""
    actor = signed_in()
    definition = query.get("definition")
    limit = page_size(query)
    place = place_of(query.get("after"), definition, (datetime, UUID, int))
    with office().database.read() as connection:
        context = context_for(connection)
        assert actor.person is not None
        reader = reader_of(context.directory, actor.person, context.now)
        rows = inbox_page(connection, reader, limit=limit + 1, after=place, definition=definition)
        rounds = Rounds(connection, context)
        items = [shown for row in rows[:limit] if (shown := _row_view(connection, row, rounds)) is not None]
    last = rows[limit - 1] if len(rows) > limit else None
    after = None if last is None else cursor((last.due_at or NEVER, last.held.subject.id, last.task), definition)
    return {"items": items, "next": after}


@blueprint.get("/tasks/<task_id>")
@blueprint.response(200, TaskSchema)
def task(task_id: str) -> dict[str, Any]:
    """One open task, for whoever may read its case; one that is closed is not there any more."""
    signed_in()
    with office().database.read() as connection:
        held, version, context, found = seen_task(connection, task_id)
        shown = _view_of(version, held.subject, found, context)
        return _with_objection(connection, held.subject, shown)


@blueprint.post("/tasks/<task_id>/decision")
@acts
@blueprint.arguments(DecisionBody, example={"trigger": "approve", "opinion": "情况属实", "data": {}})
@blueprint.response(200, CASE_OR_ROUND)
def decide(body: dict[str, Any], task_id: str) -> Response:
    """Decide: a trigger, an opinion, the form.

    Of an objection's task: dismissed, joined (with `to`), partly, upheld; of an added signer's: agree, disagree. A
    delegate's answer and the holder's confirmation go the same way. Answers with the case; of a sitting, with the round.
    """
    return either(decide_task(task_id, body, signed_in(), request_key(), expected_version()))


@blueprint.post("/decisions")
@keyed
@blueprint.arguments(DecisionsBody)
@blueprint.response(200, DecisionsSchema)
def decide_many(body: dict[str, Any]) -> dict[str, Any]:
    """Decide many tasks at once, each on its own: what refuses one hinders no other."""
    actor, key = signed_in(), request_key()
    return {"items": [_one_of_many(item, actor, key) for item in body["items"]]}


@blueprint.post("/tasks/<task_id>/<any('" + "','".join(OPERATIONS) + "'):operation>")
@acts
@blueprint.arguments(OperationBody)
@blueprint.response(200, CASE_OR_ROUND)
def operate(body: dict[str, Any], task_id: str, operation: str) -> Response:
    """Do one of the built-in operations upon a task.

    claim, release: an empty body. delegate: `person`. transfer, reassign: `person`, `reason`. add-signer: `kind`,
    `person`. remove-signer: `person`, or upon the signer's own task. recuse, extend, resume: `reason`. pause: `days`,
    `reason`.
    """
    return either(operate_task(task_id, operation, body, signed_in(), request_key(), expected_version()))


def operate_task(
    task_id: str, operation: str, body: dict[str, Any], actor: Actor, key: str | None, expected: int | None
) -> Answer:
    subject, number = task_of(task_id)
    command = Operate(
        operation=OPERATIONS[operation],  # type: ignore[arg-type]  # one of the engine's
        task=number,
        person=body.get("person"),
        kind=body.get("kind"),
        reason=body["reason"] or body["opinion"],
        days=body.get("days"),
    )
    return answered(act(office(), subject, command, actor=actor, key=key, expected=expected))


def decide_task(task_id: str, body: dict[str, Any], actor: Actor, key: str | None, expected: int | None) -> Answer:
    subject, number = task_of(task_id)
    command = Decide(
        task=number,
        trigger=body["trigger"],
        opinion=body["opinion"],
        data=body["data"],
        to=body.get("to"),
        then=body.get("then"),
        exceptions=body["exceptions"],
    )
    outcome = act(office(), subject, command, actor=actor, key=key, expected=expected)
    _forget_draft(subject, actor)
    return answered(outcome)


def _forget_draft(subject: UUID, actor: Actor) -> None:
    """The decision is made; a draft that could not be forgotten now is overwritten by the next."""
    if actor.person is None:
        return
    try:
        with office().database.read() as connection:
            kept = saved_draft(connection, subject, actor.person)
        if kept is not None:
            with office().database.write() as connection:
                forget_draft(connection, subject, actor.person)
    except WorkflowError as error:
        log.warning("draft_not_forgotten", case_id=str(subject), error=error.code)


def _one_of_many(item: dict[str, Any], actor: Actor, key: str | None) -> dict[str, Any]:
    """What goes wrong with one, even by a mistake of ours, is told there: the others may be decided already."""
    own_key = None if key is None else f"{key}#{item['task']}"
    try:
        shown, status, _ = decide_task(item["task"], item, actor, own_key, None)
    except WorkflowError as error:
        problem = problem_of(error, language())
    except Exception:
        log.exception("unforeseen", task=item["task"])
        problem = unforeseen_problem(language())
    else:
        return {"task": item["task"], "status": status, "case": shape_of(shown)().dump(shown)}
    return {"task": item["task"], "status": problem["status"], "problem": problem}


def _row_view(connection: Any, row: InboxRow, rounds: Rounds) -> dict[str, Any] | None:
    subject = row.held.subject
    found = open_task(subject, row.task)
    if found is None:
        return None
    version = office().versions.get(connection, subject.definition, subject.version)
    return _with_objection(connection, subject, _view_of(version, subject, found, rounds.context_of(subject)))


def _view_of(version: Version, subject: Subject, found: Task, context: Context) -> dict[str, Any]:
    if isinstance(subject, Case):
        return task_view(version, subject, found, context, language())
    sitting = next(s for s in subject.sittings if any(t.id == found.id for t in s.entry.tasks))
    return sitting_task_view(version, subject, sitting, found, context, language())


def _with_objection(connection: Any, subject: Subject, shown: dict[str, Any]) -> dict[str, Any]:
    if isinstance(subject, Case):
        with_objections(connection, subject, {"tasks": [shown]})
    return shown
