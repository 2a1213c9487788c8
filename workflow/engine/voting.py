"""Secret votes: checked like any vote, but kept in envelopes outside the case until it is closed."""

from dataclasses import dataclass

from workflow.definition.model import Ballot, Definition
from workflow.engine import permit
from workflow.engine.activities.ballot import check_vote
from workflow.engine.commands import CastVote
from workflow.engine.context import Context
from workflow.engine.rounds.deciding import paper_of, sitting_of
from workflow.engine.rounds.work import RoundWork
from workflow.engine.subject import Case, Entry, Holder, Round, Vote
from workflow.engine.work import CaseWork
from workflow.errors import NotOffered, Suspended
from workflow.text import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedVote:
    """A vote that may be cast, the box it belongs to, and all who may put one there."""

    vote: Vote
    entry: int
    poll: int
    electorate: tuple[Holder, ...]
    changeable: bool


def entry_of_task(subject: Case | Round, task: int) -> Entry | None:
    """The entry that an open task belongs to."""
    entries = [subject.entry] if isinstance(subject, Case) else [sitting.entry for sitting in subject.sittings]
    return next((entry for entry in entries if entry and any(open_task.id == task for open_task in entry.tasks)), None)


def is_secret(subject: Case | Round, task: int) -> bool:
    entry = entry_of_task(subject, task)
    return entry is not None and entry.ballot is not None and entry.ballot.secret


def seal(definition: Definition, subject: Case | Round, command: CastVote, context: Context) -> SealedVote:
    """The vote for the box; raises what forbids it. Whether somebody has voted already only the box knows."""
    if subject.suspended is not None:
        raise Suspended
    if isinstance(subject, Case):
        work = CaseWork(definition, context, subject)
        task, authority = permit.of_task(definition, subject, command.task, (subject,), context)
        rules, entry = work.state.activity, work.entry
        if task.kind != "ballot" or not isinstance(rules, Ballot) or authority.by is None:
            raise NotOffered(trigger=sentence("vote"))
        vote = check_vote(work, rules, command, authority.by)
    else:
        inner = sitting_of(RoundWork(definition, context, subject), command.task)
        rules, entry = inner.state.activity, inner.entry
        assert isinstance(rules, Ballot)
        vote, _ = paper_of(definition, subject, inner, command, context)
    assert entry.ballot is not None
    return SealedVote(
        vote=vote,
        entry=entry.number,
        poll=entry.ballot.poll,
        electorate=entry.ballot.electorate,
        changeable=rules.changeable,
    )
