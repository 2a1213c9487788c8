"""The sittings of a round as its history tells them: what was put to whom, how each ballot was counted, what was settled."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from workflow.cases.history import Event, unseal
from workflow.cases.polls import Box
from workflow.cases.results import choices_of, votes_of
from workflow.cases.tables import event
from workflow.engine import changes as c
from workflow.engine.subject import Figure

_AT_ONCE = 500


@dataclass(kw_only=True)
class Poll:
    """One ballot of a sitting: the first, or a second one among the tied."""

    task: int
    secret: bool
    cases: tuple[str, ...] = ()  #: of a second one, the tied
    votes: dict[str, Counter[str]] = field(default_factory=dict)  #: of an open one: case → choice → how many
    counts: dict[str, int] | None = None  #: of the papers; none while it runs


@dataclass(kw_only=True)
class Sat:
    """One sitting, from its opening on."""

    number: int
    state: str
    cases: tuple[str, ...]
    opened_at: datetime
    closed_at: datetime | None = None
    polls: list[Poll] = field(default_factory=list)
    figures: dict[str, dict[str, Figure]] = field(default_factory=dict)  #: case → what it was settled with
    triggers: dict[str, str] = field(default_factory=dict)


def sittings_of(connection: Connection, round_id: UUID, state: str | None = None) -> list[Sat]:
    """All that were opened, the first first; those of one state alone where that is asked."""
    rows = (
        select(event.c.body)
        .where(event.c.case_id == round_id, event.c.body.contains("sitting", autoescape=True))
        .order_by(event.c.seq)
    )
    found: dict[int, Sat] = {}
    for body in connection.scalars(rows):
        one, changes = unseal(body.encode(), None)
        for change in changes:
            _read(one, change, found)
    return [sat for sat in found.values() if state is None or sat.state == state]


def votes_by_case(connection: Connection, round_id: UUID, poll: Poll) -> dict[str, Counter[str]]:
    """Of a counted ballot the votes by case; those of a secret one as they lie behind their receipts."""
    if not poll.secret or poll.counts is None:
        return poll.votes
    found: dict[str, Counter[str]] = {case: Counter() for case in poll.cases}
    after = ""
    while votes := votes_of(connection, Box(round_id, poll.task), after=after, limit=_AT_ONCE):
        for vote in votes:
            for case, choice in choices_of(vote).get("votes", {}).items():
                found.setdefault(case, Counter())[choice] += 1
        after = votes[-1].receipt
    return found


def _read(one: Event, change: c.Change, found: dict[int, Sat]) -> None:
    match change:
        case c.SittingOpened(sitting=sitting):
            sat = Sat(number=sitting.number, state=sitting.state, cases=sitting.cases, opened_at=one.at)
            found[sitting.number] = sat
        case c.InSitting(number=number, change=inner) if number in found:
            _read_inner(inner, found[number])
        case c.Settled(case=case, trigger=trigger, figures=figures):
            for sat in found.values():
                if sat.closed_at is None and case in sat.cases:
                    sat.figures[case], sat.triggers[case] = figures, trigger
        case c.SittingClosed(number=number) if number in found:
            found[number].closed_at = one.at


def _read_inner(change: c.Change, sat: Sat) -> None:
    """A ballot's opening goes before its task's."""
    match change:
        case c.BallotOpened(ballot=opened):
            sat.polls.append(Poll(task=0, secret=opened.secret, cases=opened.cases))
        case c.TaskOpened(task=task) if sat.polls and task.kind == "ballot" and not sat.polls[-1].task:
            sat.polls[-1].task = task.id
        case c.VoteTaken(vote=vote) if sat.polls:
            for case, choice in vote.votes.items():
                sat.polls[-1].votes.setdefault(case, Counter())[choice] += 1
        case c.BallotClosed(counts=counts) if sat.polls:
            sat.polls[-1].counts = counts
