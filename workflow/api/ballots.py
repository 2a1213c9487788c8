"""Votes, tallies and score cards."""

from typing import Any
from uuid import UUID

from flask import Response

from workflow.api.asking import expected_version, office, request_key, signed_in
from workflow.api.doors import Door, acts
from workflow.api.results import votes_page
from workflow.api.schemas.ballots import VoteSchema
from workflow.api.schemas.cases import CASE_OR_ROUND, CaseSchema
from workflow.api.schemas.common import PageQuery, Reason, page_of
from workflow.api.schemas.tasks import BallotBody, ScoreBody
from workflow.api.subjects import Answer, answered, either, etag, follow_at_once, full_view, seen, task_of
from workflow.cases.acting import act
from workflow.cases.polls import Box
from workflow.cases.voting import vote
from workflow.engine.commands import CastVote, CloseBallot, Command, Operate, RecordTally, ScoreCard
from workflow.engine.context import Actor
from workflow.engine.subject import Case, Round
from workflow.errors import InvalidData, NotOffered, Problem
from workflow.text import sentence

blueprint = Door("ballots", __name__, url_prefix="/api/v1/tasks", description="Votes and score cards")


@blueprint.post("/<task_id>/ballot")
@acts
@blueprint.arguments(BallotBody, example={"vote": "yes"})
@blueprint.response(200, CASE_OR_ROUND)
def ballot(body: dict[str, Any], task_id: str) -> Response:
    """Vote: `vote`, in a sitting `votes` by case, of a table `rows`; or `record` what a hall has voted.

    A secret vote stands in no event: its answer has a `receipt`, by which the voter finds his ballot after the closing.
    Sent again with its key while the ballot is open, it gets the same receipt; the version is not looked at.
    """
    subject, number = task_of(task_id)
    actor = signed_in()
    if body.get("record") is not None:
        return either(record_tally(task_id, body, actor, request_key(), expected_version()))
    choice, votes = body.get("vote"), body["votes"]
    if choice is not None and not votes:
        choice, votes = _for_all(subject, number, choice)
    command = CastVote(task=number, choice=choice, items=body["items"], rows=tuple(body["rows"]), votes=votes)
    return either(cast(subject, command, actor, request_key(), expected_version()))


@blueprint.get("/<task_id>/votes")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(VoteSchema))
def votes(query: dict[str, Any], task_id: str) -> dict[str, Any]:
    """The votes of a secret ballot that is closed, in the order of their receipts: anybody may count them again."""
    signed_in()
    box = Box(*task_of(task_id))
    with office().database.read() as connection:
        seen(connection, box.subject)
        return votes_page(connection, box, query)


@blueprint.post("/<task_id>/close")
@acts
@blueprint.arguments(Reason)
@blueprint.response(200, CASE_OR_ROUND)
def close(_: dict[str, Any], task_id: str) -> Response:
    """Close a ballot before all have voted, where the definition lets this person do it."""
    return either(close_ballot(task_id, signed_in(), request_key(), expected_version()))


@blueprint.post("/<task_id>/score")
@acts
@blueprint.arguments(ScoreBody, example={"score": {"deeds_shown": 34, "skill": 25, "integrity": 18, "recognition": 8}})
@blueprint.response(200, CaseSchema)
def score(body: dict[str, Any], task_id: str) -> Answer:
    """Hand in a score card; or `recused`, the reason for which one steps aside."""
    return hand_in(task_id, body, signed_in(), request_key(), expected_version())


def record_tally(task_id: str, body: dict[str, Any], actor: Actor, key: str | None, expected: int | None) -> Answer:
    """What a hall has voted, with the minutes."""
    subject, number = task_of(task_id)
    return _act(subject, tally_of(number, body), actor, key, expected)


def hand_in(task_id: str, body: dict[str, Any], actor: Actor, key: str | None, expected: int | None) -> Answer:
    """A score card; or the reason for which one steps aside."""
    subject, number = task_of(task_id)
    with office().database.read() as connection:
        held, _, _ = seen(connection, subject)
    if not isinstance(held.subject, Case):
        raise NotOffered(trigger=sentence("a score card"))
    if body.get("recused"):
        recusal = Operate(operation="recuse", task=number, reason=body["recused"])
        return _act(subject, recusal, actor, key, expected)
    card = ScoreCard(task=number, score=body["score"], data=body["data"], opinion=body["opinion"])
    return _act(subject, card, actor, key, expected)


def close_ballot(task_id: str, actor: Actor, key: str | None, expected: int | None) -> Answer:
    """Before all have voted."""
    subject, number = task_of(task_id)
    return _act(subject, CloseBallot(task=number), actor, key, expected)


def cast(subject: UUID, command: CastVote, actor: Actor, key: str | None = None, expected: int | None = None) -> Answer:
    """An open vote is an act; a secret one is answered with its receipt."""
    voted = vote(office(), subject, command, actor=actor, key=key, expected=expected)
    if voted.outcome is not None:
        return answered(voted.outcome, actor=actor)
    receipt = voted.receipt
    assert receipt is not None
    if voted.last:
        follow_at_once(subject)
    with office().database.read() as connection:
        held, version, context = seen(connection, subject, actor)
        shown = {**full_view(connection, held, version, context), "receipt": receipt.text}
    return shown, 200, {**etag(held.subject), **({"Idempotent-Replayed": "true"} if receipt.replayed else {})}


def _act(subject: UUID, command: Command, actor: Actor, key: str | None, expected: int | None) -> Answer:
    return answered(act(office(), subject, command, actor=actor, key=key, expected=expected))


def tally_of(number: int, body: dict[str, Any]) -> RecordTally:
    """A tally as a command: one for all, or one for each case of a sitting."""
    record = body["record"]
    if isinstance(record.get("counts"), dict):
        record = record["counts"]
    by_case = {case: _counts(counts, f"/{case}") for case, counts in record.items() if isinstance(counts, dict)}
    plain = _counts({name: count for name, count in record.items() if not isinstance(count, dict)}, "")
    return RecordTally(task=number, counts=plain, by_case=by_case, data=body["data"], opinion=body["opinion"])


def _counts(counts: dict[str, Any], at: str) -> dict[str, int]:
    wrong = [name for name, count in counts.items() if isinstance(count, bool) or not isinstance(count, int)]
    if wrong:
        text = sentence("A whole number is wanted.")
        raise InvalidData(tuple(Problem(f"/record{at}/{name}", "data", text) for name in wrong))
    return counts


def _for_all(subject: UUID, task: int, choice: str) -> tuple[str | None, dict[str, str]]:
    """In a sitting a single vote is one on all its cases."""
    with office().database.read() as connection:
        held, _, _ = seen(connection, subject)
    sittings = held.subject.sittings if isinstance(held.subject, Round) else ()
    for sitting in sittings:
        if any(one.id == task for one in sitting.entry.tasks):
            ballot_ = sitting.entry.ballot
            cases = ballot_.cases if ballot_ and ballot_.cases else sitting.cases
            return None, dict.fromkeys(cases, choice)
    return choice, {}
