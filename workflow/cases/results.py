"""The ballots of a case as its history tells them, and the votes of a secret one, in the order of their receipts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, select

from workflow.cases.history import unseal
from workflow.cases.polls import Box, who_has_voted
from workflow.cases.tables import ballot, event
from workflow.definition.model import Ballot, Definition
from workflow.engine.branches import BranchCounts, by_turnout
from workflow.engine.changes import BallotClosed, BallotOpened, TaskClosed, TaskOpened
from workflow.engine.directory import Directory
from workflow.engine.subject import Case, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a ballot came to."""

    at: datetime
    counts: dict[str, int]
    branches: tuple[BranchCounts, ...]
    root: str | None  #: of the votes of a secret one, as its event names it


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A ballot that was opened; while it runs, or where it was broken off, it is not counted."""

    task: Task
    secret: bool
    counted: Counted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretVote:
    """One vote of a secret ballot: what was chosen, and by the receipt its voter knows it as his."""

    receipt: str
    body: str


def ballots_of(connection: Connection, case: UUID) -> list[Held]:
    """All that were opened in a case, the first first."""
    rows = (
        select(event.c.body)
        .where(event.c.case_id == case, event.c.body.contains('"#":"ballot_', autoescape=True))
        .order_by(event.c.seq)
    )
    found: dict[int, Held] = {}
    for body in connection.scalars(rows):
        _read(body.encode(), found)
    return list(found.values())


def _read(body: bytes, found: dict[int, Held]) -> None:
    """What one event tells: a ballot's opening goes before its task's, and its closing too."""
    one, changes = unseal(body, None)
    secret, closed = False, None
    for change in changes:
        match change:
            case BallotOpened(ballot=opened):
                secret = opened.secret
            case TaskOpened(task=task) if task.kind == "ballot":
                found[task.id] = Held(task=task, secret=secret)
            case BallotClosed():
                closed = change
            case TaskClosed(task=number) if closed is not None and number in found:
                held, root = found[number], one.command.get("ballots")
                counted = Counted(at=one.at, counts=closed.counts, branches=closed.branches, root=root)
                found[number] = Held(task=held.task, secret=held.secret, counted=counted)
                closed = None


def turnout_of(
    connection: Connection, definition: Definition, case: Case, directory: Directory
) -> tuple[int, tuple[BranchCounts, ...]]:
    """Of the ballot that runs: how many have voted, and where it is told by branch, how many of each; never who."""
    entry, rules = case.entry, definition.states[case.state].activity
    if entry is None or entry.ballot is None or not isinstance(rules, Ballot):
        return 0, ()
    voters, voted = entry.ballot.electorate, {str(voter) for voter in entry.ballot.voted}
    if entry.ballot.secret:
        number = next(task.id for task in entry.tasks if task.kind == "ballot")
        voted = who_has_voted(connection, UUID(case.id), number)
    cast = sum(str(voter) in voted for voter in voters)
    if rules.hide_groups_under is None:
        return cast, ()
    parts = by_turnout(voters, rules.hide_groups_under, unit=case.unit, directory=directory)
    return cast, tuple(
        BranchCounts(
            units=part.units,
            counts={"electorate": len(part.voters), "cast": sum(str(voter) in voted for voter in part.voters)},
        )
        for part in parts
    )


def votes_of(connection: Connection, box: Box, *, after: str, limit: int) -> list[SecretVote]:
    """The votes of a closed secret ballot behind a receipt; none while it is open."""
    rows = (
        select(ballot.c.nonce, ballot.c.choice)
        .where(ballot.c.case_id == box.subject, ballot.c.poll == box.number, ballot.c.nonce > bytes.fromhex(after))
        .order_by(ballot.c.nonce)
        .limit(limit)
    )
    return [SecretVote(receipt=bytes(row.nonce).hex(), body=row.choice) for row in connection.execute(rows)]


def choices_of(vote: SecretVote) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(vote.body)
    return found
