"""Tasks: the inbox, decisions one or many, votes and score cards, and what a holder may do beside deciding."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from workflow.api import schemas
from workflow.api.asking import context_for, expected_version, language, office, page_size, request_key, signed_in
from workflow.api.paging import cursor, place_of
from workflow.api.problems import problem_of
from workflow.api.showing import sitting_task_view, task_view
from workflow.api.subjects import Answer, answered, seen, seen_task, task_of, view
from workflow.cases.acting import act
from workflow.cases.contexts import with_round
from workflow.cases.drafts import forget_draft
from workflow.cases.effects import follow
from workflow.cases.listing import InboxRow, inbox_page
from workflow.cases.versions import Version
from workflow.cases.voting import vote
from workflow.engine.commands import CastVote, CloseBallot, Decide, Operate, RecordTally, ScoreCard
from workflow.engine.context import Actor, Context
from workflow.engine.permit import open_task
from workflow.engine.subject import Case, Round, Subject, Task
from workflow.errors import InvalidData, Problem, WorkflowError
from workflow.store.metadata import NEVER
from workflow.text import sentence

blueprint = Blueprint("tasks", __name__, url_prefix="/api/v1", description="Tasks")

OPERATIONS = (
    "claim",
    "release",
    "delegate",
    "transfer",
    "add-signer",
    "remove-signer",
    "recuse",
    "extend",
    "pause",
    "resume",
    "reassign",
)


@blueprint.get("/tasks")
@blueprint.arguments(schemas.TaskQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.TaskSchema))
def inbox(query: dict[str, Any]) -> dict[str, Any]:
    """What the reader has to do, the earliest deadline first."""
    actor = signed_in()
    definition = query.get("definition")
    limit = page_size(query.get("limit"))
    place = place_of(query.get("after"), definition, (datetime, UUID, int))
    with office().database.read() as connection:
        context = context_for(connection)
        assert actor.person is not None
        principals = context.directory.principals(actor.person, definition or "", context.now)
        rows = inbox_page(connection, principals, limit=limit, after=place, definition=definition)
        rounds: dict[str, Context] = {}
        items = [shown for row in rows if (shown := _row_view(connection, row, context, rounds)) is not None]
    last = rows[-1] if len(rows) == limit else None
    after = None if last is None else cursor((last.due_at or NEVER, last.held.subject.id, last.task), definition)
    return {"items": items, "next": after}


@blueprint.get("/tasks/<task_id>")
@blueprint.response(200, schemas.TaskSchema)
def task(task_id: str) -> dict[str, Any]:
    """One open task."""
    with office().database.read() as connection:
        held, version, context, found = seen_task(connection, task_id)
        return _view_of(version, held.subject, found, context)


@blueprint.post("/tasks/<task_id>/decision")
@blueprint.arguments(schemas.DecisionBody)
@blueprint.response(200, schemas.CaseOrRoundSchema)
def decide(body: dict[str, Any], task_id: str) -> Answer:
    """Decide: a trigger, an opinion, the form."""
    return _decide(task_id, body, signed_in(), request_key(), expected_version())


@blueprint.post("/decisions")
@blueprint.arguments(schemas.DecisionsBody)
@blueprint.response(200, schemas.DecisionsSchema)
def decide_many(body: dict[str, Any]) -> dict[str, Any]:
    """Many decisions at once, each checked on its own."""
    actor, key = signed_in(), request_key()
    return {
        "items": [_one_of_many(item, actor, None if key is None else f"{key}#{item['task']}") for item in body["items"]]
    }


@blueprint.post("/tasks/<task_id>/ballot")
@blueprint.arguments(schemas.BallotBody)
@blueprint.response(200, schemas.CaseOrRoundSchema)
def ballot(body: dict[str, Any], task_id: str) -> Answer:
    """A vote, in a sitting a paper; or the tally of a ballot that was held in a hall."""
    subject, number = task_of(task_id)
    actor = signed_in()
    if body.get("record") is not None:
        outcome = act(
            office(), subject, _tally(number, body), actor=actor, key=request_key(), expected=expected_version()
        )
        return answered(outcome)
    command = CastVote(
        task=number, choice=body.get("vote"), items=body["items"], rows=tuple(body["rows"]), votes=body["votes"]
    )
    command = _for_all(subject, command, body)
    voted = vote(office(), subject, command, actor=actor, key=request_key(), expected=expected_version())
    if voted.outcome is not None:
        return answered(voted.outcome)
    follow(office(), subject)
    with office().database.read() as connection:
        held, version, context = seen(connection, subject)
        shown = {**view(connection, held, version, context), "receipt": voted.receipt}
    return shown, 200, {"ETag": f'"{held.subject.seq}"'}


@blueprint.post("/tasks/<task_id>/close")
@blueprint.arguments(schemas.ReasonBody)
@blueprint.response(200, schemas.CaseOrRoundSchema)
def close(_: dict[str, Any], task_id: str) -> Answer:
    """Close a ballot before all have voted."""
    subject, number = task_of(task_id)
    command = CloseBallot(task=number)
    return answered(act(office(), subject, command, actor=signed_in(), key=request_key(), expected=expected_version()))


@blueprint.post("/tasks/<task_id>/score")
@blueprint.arguments(schemas.ScoreBody)
@blueprint.response(200, schemas.CaseSchema)
def score(body: dict[str, Any], task_id: str) -> Answer:
    """A score card; or the reason for which one steps aside."""
    subject, number = task_of(task_id)
    command: Operate | ScoreCard = ScoreCard(
        task=number, score=body["score"], data=body["data"], opinion=body["opinion"]
    )
    if body.get("recused"):
        command = Operate(operation="recuse", task=number, reason=body["recused"])
    return answered(act(office(), subject, command, actor=signed_in(), key=request_key(), expected=expected_version()))


@blueprint.post("/tasks/<task_id>/<any('" + "','".join(OPERATIONS) + "'):operation>")
@blueprint.arguments(schemas.OperationBody)
@blueprint.response(200, schemas.CaseOrRoundSchema)
def operate(body: dict[str, Any], task_id: str, operation: str) -> Answer:
    """One of the built-in operations upon a task."""
    subject, number = task_of(task_id)
    command = Operate(
        operation=operation.replace("-", "_"),  # type: ignore[arg-type]  # one of the addresses
        task=number,
        person=body.get("person"),
        kind=body.get("kind"),
        reason=body["reason"] or body["opinion"],
        days=body.get("days"),
    )
    return answered(act(office(), subject, command, actor=signed_in(), key=request_key(), expected=expected_version()))


def _decide(task_id: str, body: dict[str, Any], actor: Actor, key: str | None, expected: int | None) -> Answer:
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
    if actor.person is not None:
        with office().database.write() as connection:
            forget_draft(connection, subject, actor.person)
    return answered(outcome)


def _one_of_many(item: dict[str, Any], actor: Actor, key: str | None) -> dict[str, Any]:
    try:
        shown, status, _ = _decide(item["task"], item, actor, key, None)
    except WorkflowError as error:
        problem = problem_of(error, language())
        return {"task": item["task"], "status": problem["status"], "problem": problem}
    return {"task": item["task"], "status": status, "case": shown}


def _tally(number: int, body: dict[str, Any]) -> RecordTally:
    record = body["record"]
    by_case = {case: counts for case, counts in record.items() if isinstance(counts, dict)}
    plain = {name: count for name, count in record.items() if not isinstance(count, dict)}
    return RecordTally(task=number, counts=plain, by_case=by_case, data=body["data"], opinion=body["opinion"])


def _for_all(subject: UUID, command: CastVote, body: dict[str, Any]) -> CastVote:
    """In a sitting a single vote is one on all its cases."""
    if body["votes"] or body.get("vote") is None:
        return command
    with office().database.read() as connection:
        held, _, _ = seen(connection, subject)
    if not isinstance(held.subject, Round):
        return command
    for sitting in held.subject.sittings:
        if any(task.id == command.task for task in sitting.entry.tasks):
            open_ballot = sitting.entry.ballot
            cases = open_ballot.cases if open_ballot and open_ballot.cases else sitting.cases
            return CastVote(task=command.task, votes=dict.fromkeys(cases, str(body["vote"])))
    raise InvalidData((Problem("/votes", "required", sentence("A vote for each case is wanted.")),))


def _row_view(connection: Any, row: InboxRow, context: Context, rounds: dict[str, Context]) -> dict[str, Any] | None:
    subject = row.held.subject
    found = open_task(subject, row.task)
    if found is None:
        return None
    version = office().versions.get(connection, subject.definition, subject.version)
    round_id = subject.round if isinstance(subject, Case) else subject.id
    if round_id is not None:
        if round_id not in rounds:
            rounds[round_id] = with_round(connection, context, subject)
        context = rounds[round_id]
    return _view_of(version, subject, found, context)


def _view_of(version: Version, subject: Subject, found: Task, context: Context) -> dict[str, Any]:
    if isinstance(subject, Case):
        return task_view(version, subject, found, context, language())
    sitting = next(s for s in subject.sittings if any(t.id == found.id for t in s.entry.tasks))
    return sitting_task_view(version, subject, sitting, found, context, language())
