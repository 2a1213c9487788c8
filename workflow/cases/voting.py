"""Casting a vote: an open one is an act of the case, a secret one goes into an envelope and into no event."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from workflow.cases.acting import Outcome, act, fire_due
from workflow.cases.contexts import context_of
from workflow.cases.effects import SERVICE
from workflow.cases.office import Office
from workflow.cases.polls import cast_vote, who_has_voted
from workflow.cases.reading import load
from workflow.engine.commands import CastVote, CloseBallot
from workflow.engine.context import Actor
from workflow.engine.sight import may_see
from workflow.engine.subject import Case, Round
from workflow.engine.voting import SealedVote, is_secret, seal
from workflow.errors import Closed, NotFound, TaskClosed
from workflow.text import sentence


@dataclass(frozen=True, slots=True)
class Voted:
    """An open vote's outcome, or the receipt of a secret one."""

    outcome: Outcome | None
    receipt: str | None = None


def vote(
    office: Office,
    subject: UUID,
    command: CastVote,
    *,
    actor: Actor,
    key: str | None = None,
    expected: int | None = None,
) -> Voted:
    """Casts a vote; the last voter's act orders the closing. Raises Closed where it is too late."""
    fire_due(office, subject)
    with office.database.read() as connection:
        found = load(connection, subject)
    if found is None:
        raise NotFound
    if not is_secret(found[0], command.task):
        return Voted(act(office, subject, command, actor=actor, key=key, expected=expected))
    sealed, now = _seal(office, found[0], command, actor)
    receipt = cast_vote(office.database, subject, command.task, sealed.vote, changeable=sealed.changeable, now=now)
    if receipt is None:
        raise _why_not(office, subject, command, sealed)
    if _all_have_voted(office, subject, command.task, sealed):
        _close(office, subject, command.task)
    return Voted(None, receipt)


def _seal(office: Office, held: Case | Round, command: CastVote, actor: Actor) -> tuple[SealedVote, datetime]:
    with office.database.read() as connection:
        version = office.versions.get(connection, held.definition, held.version)
        context = context_of(office, connection, actor, held)
    if isinstance(held, Case) and not may_see(version.definition, held, context):
        raise NotFound
    return seal(version.definition, held, command, context), context.now


def _why_not(office: Office, subject: UUID, command: CastVote, sealed: SealedVote) -> Closed:
    with office.database.read() as connection:
        voted = who_has_voted(connection, subject, command.task)
    if str(sealed.vote.by) in voted:
        return Closed(sentence("You have voted already; a vote cannot be changed here."))
    return Closed(sentence("This ballot is closed."))


def _all_have_voted(office: Office, subject: UUID, task: int, sealed: SealedVote) -> bool:
    with office.database.read() as connection:
        return {str(voter) for voter in sealed.electorate} <= who_has_voted(connection, subject, task)


def _close(office: Office, subject: UUID, task: int) -> None:
    try:
        act(office, subject, CloseBallot(task=task), actor=SERVICE, key=f"close {task}")
    except (Closed, TaskClosed):
        return
