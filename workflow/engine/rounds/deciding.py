"""What persons do in a sitting: decide for all with exceptions, vote on a paper, record a tally, close a ballot."""

from collections.abc import Mapping, Sequence

from workflow.definition import words
from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import Ballot, Definition, Task
from workflow.engine import permit
from workflow.engine.activities import ballot
from workflow.engine.changes import VoteTaken
from workflow.engine.commands import CastVote, CloseBallot, Decide, RecordTally
from workflow.engine.context import Context
from workflow.engine.rounds import sitting
from workflow.engine.rounds.life import rules_of
from workflow.engine.subject import Figure, Round, Vote
from workflow.engine.work import Authority, Fired, RoundWork, SittingWork, note
from workflow.engine.writing import demand_opinion, write_round
from workflow.errors import Closed, GuardFailed, InvalidData, NotFound, NotOffered, NotPermitted, Problem, Refused
from workflow.text import sentence


def sitting_of(work: RoundWork, number: int) -> SittingWork:
    for open_sitting in work.round.sittings:
        if any(task.id == number for task in open_sitting.entry.tasks):
            return SittingWork(work, open_sitting.number)
    permit.of_task(work.definition, work.round, number, (), work.context)
    raise NotFound


def decide(work: RoundWork, command: Decide) -> Authority:
    """One trigger for all, with exceptions; the opinion is for the whole."""
    inner = sitting_of(work, command.task)
    task, authority = permit.of_task(work.definition, work.round, command.task, inner.cases, work.context)
    rules = inner.state.activity
    if not isinstance(rules, Task):
        raise NotOffered(trigger=command.trigger)
    _check_triggers(inner, command)
    names = tuple(name.removeprefix("round.") for name in rules.edit)
    data = {name.removeprefix("round."): value for name, value in command.data.items()}
    write_round(work, data, names)
    used = {command.trigger, *command.exceptions.values()}
    senses = {work.definition.sense(trigger) for trigger in used}
    if work.definition.sense(command.trigger) == "forward":
        _demand(work, names)
    wanted = senses - {"forward"} != set() if rules.opinion is None else bool(used & set(rules.opinion))
    demand_opinion(command.opinion, wanted=wanted)
    note(inner, "opinion", command.opinion, task.id)
    sitting.decide(inner, Fired(command.trigger, by=authority.by, chosen=True, exceptions=command.exceptions))
    return authority


def _check_triggers(inner: SittingWork, command: Decide) -> None:
    offered = [trigger for trigger in inner.state.to if trigger not in words.FIRED]
    if command.trigger not in offered:
        raise NotOffered(trigger=command.trigger)
    here = {case.id for case in inner.cases}
    problems = [
        Problem(f"/except/{case}", "data", sentence("This case does not sit here, or the trigger leads nowhere."))
        for case, trigger in command.exceptions.items()
        if case not in here or trigger not in offered
    ]
    if problems:
        raise InvalidData(tuple(problems))


def _demand(work: RoundWork, names: tuple[str, ...]) -> None:
    rules = rules_of(work.definition)
    missing = [
        rules.fields[name]
        for name in names
        if rules.fields[name].required is True and work.round.data.get(name) is None
    ]
    if missing:
        raise InvalidData(
            tuple(
                Problem(f"/data/{f.name}", "required", sentence("“{field}” is needed.", field=f.label)) for f in missing
            )
        )


def vote(work: RoundWork, command: CastVote) -> Authority:
    inner = sitting_of(work, command.task)
    authority = may_vote(work.definition, work.round, inner, command.task, work.context)
    rules, open_ballot = inner.state.activity, inner.entry.ballot
    assert isinstance(rules, Ballot)
    assert authority.by is not None
    paper = ballot.check_vote(inner, rules, command, authority.by, tuple(case.id for case in inner.cases))
    inner.do(VoteTaken(vote=paper))
    open_ballot = inner.entry.ballot
    if open_ballot is not None and all(voter in open_ballot.voted for voter in open_ballot.electorate):
        count(inner, open_ballot.votes)
    return authority


def may_vote(definition: Definition, round_: Round, inner: SittingWork, number: int, context: Context) -> Authority:
    """A voter's right in a sitting; recusal is looked at case by case when votes are counted."""
    task = permit.open_task(round_, number)
    person = context.actor.holder
    if task is None or task.kind != "ballot":
        permit.of_task(definition, round_, number, (), context)
        raise NotOffered(trigger=sentence("vote"))
    open_ballot = inner.entry.ballot
    if open_ballot is None or person not in open_ballot.electorate:
        raise NotPermitted(sentence("You have no vote here."))
    return Authority(by=person, principal=person)


def count(inner: SittingWork, votes: Sequence[Vote]) -> None:
    """What the count would fire and is refused leaves the sitting as it is, on the administrators' list."""
    mark = inner.outer.savepoint()
    try:
        sitting.close(inner, votes)
    except (Refused, ExpressionFailed) as failed:
        inner.outer.restore(mark)
        refused = failed if isinstance(failed, Refused) else GuardFailed(failed.reason)
        sitting.raise_incident(inner.outer, refused, inner.state.name)


def close_ballot(work: RoundWork, command: CloseBallot) -> Authority:
    inner = sitting_of(work, command.task)
    rules, open_ballot = inner.state.activity, inner.entry.ballot
    if not isinstance(rules, Ballot) or open_ballot is None:
        raise Closed(sentence("This ballot is closed."))
    authority = Authority(by=None)
    if work.context.actor.service is None:
        if not rules.closed_by:
            raise NotPermitted(sentence("Nobody closes this ballot by hand."))
        authority = permit.need_group(work.definition, rules.closed_by, work.round.unit, (), work.context)
    count(inner, votes_of(inner))
    return authority


def votes_of(inner: SittingWork) -> Sequence[Vote]:
    """The votes that count: open ones, or those of the envelopes that were opened."""
    open_ballot = inner.entry.ballot
    assert open_ballot is not None
    if not open_ballot.secret:
        return open_ballot.votes
    inner.context.need("tally")
    return inner.context.tally.votes if inner.context.tally else ()


def record(work: RoundWork, command: RecordTally) -> Authority:
    """A recorded tally for all cases alike, or one for each."""
    inner = sitting_of(work, command.task)
    task, authority = permit.of_task(work.definition, work.round, command.task, inner.cases, work.context)
    rules = inner.state.activity
    if task.kind != "record" or not isinstance(rules, Ballot):
        raise NotOffered(trigger=sentence("record"))
    names = tuple(name.removeprefix("round.") for name in rules.edit)
    write_round(work, {name.removeprefix("round."): value for name, value in command.data.items()}, names)
    _demand(work, names)
    note(inner, "opinion", command.opinion, task.id)
    by_case = _tallies(inner, rules, command)
    papers = _whole(by_case)
    mark = work.savepoint()
    try:
        sitting.outcome(inner, papers, by_case)
    except (Refused, ExpressionFailed) as failed:
        work.restore(mark)
        refused = failed if isinstance(failed, Refused) else GuardFailed(failed.reason)
        sitting.raise_incident(work, refused, inner.state.name)
    return authority


def _tallies(inner: SittingWork, rules: Ballot, command: RecordTally) -> dict[str, dict[str, Figure]]:
    ids = [case.id for case in inner.cases]
    unknown = set(command.by_case) - set(ids)
    missing = [case for case in ids if case not in command.by_case and not command.counts]
    if unknown or missing:
        where = min(unknown or missing)
        text = sentence("A tally for each case of the sitting is wanted, or one for all.")
        raise InvalidData((Problem(f"/record/{where}", "data", text),))
    return {
        case: ballot.checked_tally(rules, command.by_case.get(case, command.counts), f"/record/{case}") for case in ids
    }


def _whole(by_case: Mapping[str, Mapping[str, Figure]]) -> dict[str, Figure]:
    """Papers and all who may vote, of recorded tallies: the largest that stands there."""
    whole: dict[str, Figure] = {}
    for name in ("cast", "present", "electorate"):
        whole[name] = max((int(str(counts[name])) for counts in by_case.values()), default=0)
    return whole
