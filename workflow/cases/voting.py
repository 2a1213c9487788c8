"""Casting a vote: an open one is an act of the case, a secret one goes into an envelope and into no event."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from workflow.cases.acting import Outcome, act, fire_due
from workflow.cases.contexts import context_of
from workflow.cases.effects import SERVICE
from workflow.cases.office import Office
from workflow.cases.polls import Box, Receipt, cast_vote, has_voted, how_many_voted, is_closed
from workflow.cases.reading import load
from workflow.cases.requests import request_of
from workflow.engine.commands import CastVote, CloseBallot
from workflow.engine.context import Actor
from workflow.engine.sight import may_see
from workflow.engine.subject import Case
from workflow.engine.voting import SealedVote, is_secret, seal
from workflow.errors import Closed, NotFound, TaskClosed
from workflow.text import sentence


@dataclass(frozen=True, slots=True)
class Voted:
    """An open vote's outcome, or the receipt of a secret one."""

    outcome: Outcome | None
    receipt: Receipt | None = None
    last: bool = False  #: a secret one with which all have voted


def vote(
    office: Office,
    subject: UUID,
    command: CastVote,
    *,
    actor: Actor,
    key: str | None = None,
    expected: int | None = None,
) -> Voted:
    """Casts a vote, once for each key; the last voter's act orders the closing. Raises Closed where it is too late."""
    fire_due(office, subject)
    box = Box(subject, command.task)
    found = _sealed(office, box, command, actor)
    if found is None:
        return Voted(act(office, subject, command, actor=actor, key=key, expected=expected))
    sealed, now = found
    request = request_of(actor, key or uuid4().hex)
    receipt = cast_vote(office, box, sealed.vote, changeable=sealed.changeable, request=request, now=now)
    last = _all_have_voted(office, box, sealed)
    if last:
        _close(office, box)
    return Voted(None, receipt, last=last)


def _sealed(office: Office, box: Box, command: CastVote, actor: Actor) -> tuple[SealedVote, datetime] | None:
    """The vote for the box; none where the ballot is an open one."""
    with office.database.read() as connection:
        found = load(connection, box.subject)
        if found is None:
            raise NotFound
        held = found[0]
        if not is_secret(held, box.number):
            if actor.holder is not None and is_closed(connection, box):
                _say_whether_it_counted(has_voted(connection, box, actor.holder))
            return None
        version = office.versions.get(connection, held.definition, held.version)
        context = context_of(office, connection, actor, held)
    if isinstance(held, Case) and not may_see(version.definition, held, context):
        raise NotFound
    return seal(version.definition, held, command, context), context.now


def _say_whether_it_counted(counted: bool | None) -> None:
    """To whoever had a vote here: whose connection broke learns what became of it."""
    if counted is not None:
        raise Closed(
            sentence("This ballot is closed; your vote was counted.")
            if counted
            else sentence("This ballot is closed; no vote of yours was counted.")
        )


def _all_have_voted(office: Office, box: Box, sealed: SealedVote) -> bool:
    """By number alone: only who may vote has an envelope, and whoever loses his vote loses it too."""
    with office.database.read() as connection:
        return how_many_voted(connection, box) >= len(sealed.electorate)


def _close(office: Office, box: Box) -> None:
    try:
        act(office, box.subject, CloseBallot(task=box.number), actor=SERVICE, key=f"close {box.number}")
    except (Closed, TaskClosed):
        return
