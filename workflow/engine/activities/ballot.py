"""A vote: held in a hall and recorded, or cast here, openly or secretly."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from workflow.definition.expression import Expression
from workflow.definition.model import Ballot
from workflow.engine import subject as s
from workflow.engine.activities.task import keep_lots
from workflow.engine.branches import BranchCounts, by_result, by_turnout
from workflow.engine.changes import BallotClosed, BallotOpened, VoteTaken
from workflow.engine.clocks import deadline
from workflow.engine.commands import CastVote
from workflow.engine.subject import Figure, Holder, Task, Vote
from workflow.engine.values import holds
from workflow.engine.who import Found, resolve
from workflow.engine.work import Authority, Fired, Work, asking, asking_to_tell, close_task, open_task
from workflow.errors import Closed, InvalidData, NotPermitted, Problem
from workflow.text import sentence

_ENTERED = ("electorate", "present")


def open(work: Work, rules: Ballot) -> None:  # noqa: A001 -- the activities' common word
    found = recorders(work, rules) if rules.recorded_by else voters(work, rules)
    keep_lots(work, found)
    if not rules.recorded_by:
        work.do(BallotOpened(ballot=s.Ballot(electorate=found.persons, secret=rules.secret)))
    _open_task(work, rules, found.holders if rules.recorded_by else found.persons)


def _open_task(work: Work, rules: Ballot, holders: tuple[Holder, ...]) -> None:
    due = deadline(work, rules.due, work.context.now)
    open_task(
        work,
        Task(
            id=work.next_task,
            name=work.state.name,
            kind="record" if rules.recorded_by else "ballot",
            holders=holders,
            opened_at=work.context.now,
            due=due.at if due else None,
            clock=due.clock if due else "fixed",
        ),
    )


def voters(work: Work, rules: Ballot, taken_out: tuple[Holder, ...] = ()) -> Found:
    """Who may vote; in a sitting, on one case at least."""
    return resolve(rules.who, replace(asking(work, taken_out), on_each=True))


def recorders(work: Work, rules: Ballot) -> Found:
    """Who enters what was voted in a hall; recusal is not meant."""
    return resolve(rules.recorded_by, asking_to_tell(work))


def open_second(work: Work, cases: tuple[str, ...], first: s.Ballot) -> None:
    """A second ballot among the tied (加投), by those of the first, or a second tally from the hall."""
    rules = work.state.activity
    assert isinstance(rules, Ballot)
    holders = first.electorate
    for task in work.entry.tasks:
        holders = task.holders if task.kind == "record" else holders
        close_task(work, task, "decided")
    second = s.Ballot(electorate=first.electorate, secret=rules.secret, poll=first.poll + 1, cases=cases)
    work.do(BallotOpened(ballot=second))
    _open_task(work, rules, holders)


def check_vote(work: Work, rules: Ballot, command: CastVote, voter: Holder) -> Vote:
    """The vote that a person may cast; raises when he may not, or it is none."""
    _check_voter(work, rules, voter)
    if rules.of is not None:
        return _rows(work, rules, command, voter)
    choices = [command.choice, *command.items.values()]
    wrong = [choice for choice in choices if choice not in rules.choices]
    unknown = [item for item in command.items if item not in rules.items]
    if wrong or unknown:
        raise _invalid(rules, "/vote" if command.choice in wrong else "/items")
    return Vote(by=voter, choice=command.choice, items=dict(command.items))


def check_paper(
    work: Work, rules: Ballot, command: CastVote, voter: Holder, asked: Collection[str], own: Collection[str]
) -> Vote:
    """In a sitting, a paper with a vote for each case that is his to vote on; what is left out is an abstention.

    A vote on a case for which he is recused is not his; with no other it is no paper.
    """
    _check_voter(work, rules, voter)
    wrong = [case for case, choice in command.votes.items() if case not in asked or choice not in rules.choices]
    if wrong:
        raise _invalid(rules, f"/votes/{wrong[0]}")
    if command.votes and not set(own) & command.votes.keys():
        raise NotPermitted(sentence("You have no vote here."))
    left_out = "abstain" if "abstain" in rules.choices else None
    votes = {case: command.votes.get(case, left_out) for case in own}
    missing = [case for case, choice in votes.items() if choice is None]
    if missing:
        raise _invalid(rules, f"/votes/{missing[0]}")
    return Vote(by=voter, votes={case: choice for case, choice in votes.items() if choice is not None})


def _check_voter(work: Work, rules: Ballot, voter: Holder) -> None:
    ballot = work.entry.ballot
    if ballot is None:
        raise Closed(sentence("This ballot is closed."))
    if voter not in ballot.electorate:
        raise NotPermitted(sentence("You have no vote here."))
    if voter in ballot.voted and not rules.changeable:
        raise Closed(sentence("You have voted already; a vote cannot be changed here."))


def take_vote(work: Work, rules: Ballot, command: CastVote, authority: Authority) -> None:
    """An open vote is an act of the case."""
    assert authority.by is not None
    work.do(VoteTaken(vote=check_vote(work, rules, command, authority.by)))


def combine(work: Work, rules: Ballot) -> Fired | None:
    """An open ballot closes when all have voted."""
    ballot = work.entry.ballot
    if ballot is None or rules.recorded_by:
        return None
    if not ballot.electorate or not all(voter in ballot.voted for voter in ballot.electorate):
        return None
    return close(work, rules)


def close(work: Work, rules: Ballot) -> Fired | None:
    """Count what was cast; of a secret ballot the envelopes that were opened for it."""
    ballot = work.entry.ballot
    if ballot is None:
        return None
    cast = _cast(work, ballot)
    votes = tuple(cast.values())
    counts = tally(rules, votes, len(ballot.electorate))
    work.do(BallotClosed(counts=_whole(counts), branches=tuple(_by_branch(work, rules, ballot, cast))))
    for task in work.entry.tasks:
        close_task(work, task, "decided")
    if rules.of is not None:
        return _elect(work, rules, votes, counts)
    return Fired(outcome(work, rules, counts), counts)


def _cast(work: Work, ballot: s.Ballot) -> Mapping[Holder, Vote]:
    """The votes by voter: the open ones, or those of the envelopes that were opened for the closing."""
    if not ballot.secret:
        return {vote.by: vote for vote in ballot.votes}
    work.context.need("tally")
    opened = work.context.tally
    return dict(zip(opened.voted, opened.votes, strict=True)) if opened is not None else {}


def _by_branch(work: Work, rules: Ballot, ballot: s.Ballot, cast: Mapping[Holder, Vote]) -> Iterator[BranchCounts]:
    """The counts of branches that are large enough; smaller ones are counted with the next."""
    least = rules.hide_groups_under
    if least is None:
        return
    told = by_turnout(ballot.electorate, least, unit=work.unit, directory=work.context.directory)
    for part in by_result(told, least, cast):
        votes = [cast[voter] for voter in part.voters if voter in cast]
        yield BranchCounts(units=part.units, counts=_whole(tally(rules, votes, len(part.voters))))


def _whole(counts: Mapping[str, Figure]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if isinstance(count, int)}


def checked_tally(rules: Ballot, counts: Mapping[str, int], at: str = "/record") -> dict[str, Figure]:
    known = (*_ENTERED, *rules.choices, *(f"{item}.{choice}" for item in rules.items for choice in rules.choices))
    problems = [
        Problem(f"{at}/{name}", "unknown_key", sentence("There is no such count here."))
        for name in counts
        if name not in known
    ]
    problems += [
        Problem(f"{at}/{name}", "data", sentence("A whole number, not below zero, is wanted."))
        for name, count in counts.items()
        if isinstance(count, bool) or not isinstance(count, int) or count < 0 or count > 10**9
    ]
    if problems:
        raise InvalidData(tuple(problems))
    found = {name: counts.get(name, 0) for name in rules.choices}
    cast = sum(found.values())
    present = counts.get("present", cast)
    electorate = counts.get("electorate", 0)
    if cast > present:
        problems.append(
            Problem(
                f"{at}/present",
                "data",
                sentence("{cast} votes, but only {present} were present.", cast=cast, present=present),
            )
        )
    if present > electorate:
        problems.append(
            Problem(
                f"{at}/electorate",
                "data",
                sentence("{present} present, but only {electorate} may vote.", present=present, electorate=electorate),
            )
        )
    if problems:
        raise InvalidData(tuple(problems))
    items = {name: counts.get(name, 0) for name in known if "." in name}
    return {**found, **items, "cast": cast, "present": present, "electorate": electorate}


def tally(rules: Ballot, votes: Sequence[Vote], electorate: int) -> dict[str, Figure]:
    """The counts that `quorum` and `pass` see."""
    found = Counter(dict.fromkeys(rules.choices, 0))
    found.update(vote.choice for vote in votes if vote.choice is not None)
    items = Counter({f"{item}.{choice}": 0 for item in rules.items for choice in rules.choices})
    items.update(f"{item}.{choice}" for vote in votes for item, choice in vote.items.items())
    items.update(f"votes.{row}" for vote in votes for row in vote.rows)
    cast = len(votes) if rules.of else found.total()
    return {**found, **items, "cast": cast, "present": cast, "electorate": electorate}


def outcome(work: Work, rules: Ballot, counts: Mapping[str, Figure], case: s.Case | s.CaseFacts | None = None) -> str:
    """pass, fail, or invalid without a quorum (fail where `to` lacks it)."""
    if not _holds(work, rules.quorum, counts, case):
        return "invalid" if "invalid" in work.state.to else "fail"
    return "pass" if _holds(work, rules.passes, counts, case) else "fail"


def _holds(
    work: Work, rule: Expression | None, counts: Mapping[str, Figure], case: s.Case | s.CaseFacts | None
) -> bool:
    values = work.values(counts)
    return holds(rule, values if case is None else replace(values, case=case), work.context)


def _rows(work: Work, rules: Ballot, command: CastVote, voter: Holder) -> Vote:
    assert rules.of is not None
    rows = work.cases[0].data.get(rules.of) or []
    most = rules.choose or len(rows)
    if (
        len(set(command.rows)) != len(command.rows)
        or len(command.rows) > most
        or not set(command.rows) <= set(range(len(rows)))
    ):
        raise InvalidData(
            (Problem("/rows", "data", sentence("At most {most} rows of the table, each once.", most=most)),)
        )
    return Vote(by=voter, rows=command.rows)


def _elect(work: Work, rules: Ballot, votes: Sequence[Vote], counts: dict[str, Figure]) -> Fired:
    """Rows that satisfy `pass` are elected by votes up to the seats; all seats filled: pass."""
    assert rules.of is not None
    rows = work.cases[0].data.get(rules.of) or []
    given = Counter(row for vote in votes for row in vote.rows)
    able = [row for row in range(len(rows)) if _holds(work, rules.passes, {**counts, "votes": given[row]}, None)]
    seats = int(rules.seats.number(work.values(counts), work.context.calendar)) if rules.seats else len(able)
    ordered = sorted(able, key=lambda row: (-given[row], row))
    elected = ordered[:seats]
    if len(ordered) > seats > 0 and given[ordered[seats]] == given[ordered[seats - 1]]:
        elected = [row for row in elected if given[row] > given[ordered[seats]]]
    figures: dict[str, Figure] = {**counts, "elected": len(elected), "rows": ",".join(map(str, sorted(elected)))}
    figures |= {f"votes.{row}": given[row] for row in range(len(rows))}
    if not _holds(work, rules.quorum, counts, None):
        return Fired("invalid" if "invalid" in work.state.to else "fail", figures)
    return Fired("pass" if seats > 0 and len(elected) == seats else "fail", figures)


def _invalid(rules: Ballot, at: str) -> InvalidData:
    return InvalidData(
        (Problem(at, "data", sentence("One of these is wanted: {choices}.", choices=list(rules.choices.values()))),)
    )
