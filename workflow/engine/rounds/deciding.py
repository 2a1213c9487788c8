"""What persons do in a sitting: decide for all with exceptions, vote on a paper, record a tally, close a ballot."""

from collections.abc import Mapping, Sequence

from workflow.definition import words
from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import Ballot, Definition, Task
from workflow.engine import permit, signing
from workflow.engine.activities import ballot
from workflow.engine.changes import SittingFigures, VoteTaken
from workflow.engine.commands import CastVote, CloseBallot, Decide, RecordTally
from workflow.engine.context import Context
from workflow.engine.rounds import dates, sitting
from workflow.engine.rounds.fields import demand_of_sitting, write_round
from workflow.engine.rounds.work import RoundWork, SittingWork
from workflow.engine.subject import Answer, Figure, Holder, Round, Vote
from workflow.engine.subject import Task as OpenTask
from workflow.engine.work import Authority, Fired, close_task, note
from workflow.engine.writing import demand_opinion
from workflow.errors import Closed, InvalidData, NotFound, NotOffered, NotPermitted, Problem, Refused
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
        raise NotOffered(trigger=work.definition.trigger_called(command.trigger))
    if task.kind == "signer":
        done = signing.signed(inner, task, command, authority)
        if done is not None:
            complete(inner, *done)
        return authority
    _check_triggers(inner, command)
    _write(inner, rules.edit, command.data)
    used = {command.trigger, *command.exceptions.values()}
    senses = {work.definition.sense(trigger) for trigger in used}
    if work.definition.sense(command.trigger) == "forward":
        demand_of_sitting(work, rules.edit)
    wanted = senses - {"forward"} != set() if rules.opinion is None else bool(used & set(rules.opinion))
    confirms = task.proposed is not None and task.proposed.trigger == command.trigger
    demand_opinion(command.opinion, wanted=wanted and not confirms)
    note(inner, "opinion", command.opinion, task.id)
    exceptions = dict(command.exceptions)
    if task.proposed is not None and confirms and not exceptions:
        exceptions = task.proposed.exceptions
    answer = Answer(
        trigger=command.trigger,
        by=authority.by,
        at=work.context.now,
        to=command.to,
        then=command.then,
        exceptions=exceptions,
    )
    done = signing.answered(inner, task, answer)
    if done is not None:
        complete(inner, *done)
    return authority


def complete(inner: SittingWork, task: OpenTask, answer: Answer) -> None:
    close_task(inner, task, "decided", answer.by, answer.trigger)
    fired = Fired(
        answer.trigger, by=answer.by, chosen=True, to=answer.to, then=answer.then, exceptions=answer.exceptions
    )
    sitting.decide(inner, fired)


def _write(inner: SittingWork, edit: tuple[str, ...], data: Mapping[str, object]) -> None:
    """Fields of the round, by either name; what hangs on its dates follows them."""
    names = tuple(name.removeprefix("round.") for name in edit)
    before = inner.outer.round.data
    write_round(inner.outer, {name.removeprefix("round."): value for name, value in data.items()}, names)
    if inner.outer.round.data != before:
        dates.follow(inner.outer)


def _check_triggers(inner: SittingWork, command: Decide) -> None:
    offered = [trigger for trigger in inner.state.to if trigger not in words.FIRED]
    if command.trigger not in offered:
        raise NotOffered(trigger=inner.definition.trigger_called(command.trigger))
    here = {case.id for case in inner.cases}
    problems = [
        Problem(f"/except/{case}", "data", sentence("This case does not sit here, or the trigger leads nowhere."))
        for case, trigger in command.exceptions.items()
        if case not in here or trigger not in offered
    ]
    if problems:
        raise InvalidData(tuple(problems))


def vote(work: RoundWork, command: CastVote) -> Authority:
    inner = sitting_of(work, command.task)
    paper, authority = paper_of(work.definition, work.round, inner, command, work.context)
    inner.do(VoteTaken(vote=paper))
    open_ballot = inner.entry.ballot
    if open_ballot is not None and all(voter in open_ballot.voted for voter in open_ballot.electorate):
        count(inner)
    return authority


def paper_of(
    definition: Definition, round_: Round, inner: SittingWork, command: CastVote, context: Context
) -> tuple[Vote, Authority]:
    """The paper of somebody who may vote in a sitting, on the cases for which he is not recused."""
    task = permit.open_task(round_, command.task)
    person = context.actor.holder
    if task is None or task.kind != "ballot":
        permit.of_task(definition, round_, command.task, (), context)
        raise NotOffered(trigger=sentence("vote"))
    rules, open_ballot = inner.state.activity, inner.entry.ballot
    if person is None or open_ballot is None or person not in open_ballot.electorate:
        raise NotPermitted(sentence("You have no vote here."))
    assert isinstance(rules, Ballot)
    asked = open_ballot.cases or tuple(case.id for case in inner.cases)
    own = [case.id for case in sitting.on_paper(inner, person)]
    return ballot.check_paper(inner, rules, command, person, asked, own), Authority(by=person, principal=person)


def count(inner: SittingWork) -> None:
    """What the count would fire and is refused leaves the sitting as it is, on the administrators' list."""
    mark = inner.outer.savepoint()
    try:
        sitting.close(inner, *_votes_of(inner))
    except (Refused, ExpressionFailed) as failed:
        inner.outer.restore(mark)
        sitting.raise_incident(inner.outer, failed, inner.state.name)


def close_ballot(work: RoundWork, command: CloseBallot) -> Authority:
    task = permit.open_task(work.round, command.task)
    if task is None or task.kind != "ballot":
        raise Closed(sentence("This ballot is closed."))
    inner = sitting_of(work, command.task)
    rules = inner.state.activity
    assert isinstance(rules, Ballot)
    authority = Authority(by=None)
    if work.context.actor.service is None:
        if not rules.closed_by:
            raise NotPermitted(sentence("Nobody closes this ballot by hand."))
        authority = permit.need_group(work.definition, rules.closed_by, work.round.unit, (), work.context)
    count(inner)
    return authority


def _votes_of(inner: SittingWork) -> tuple[Sequence[Vote], Sequence[Holder]]:
    """The votes that count and who gave them: open ones, or those of the envelopes that were opened."""
    open_ballot = inner.entry.ballot
    assert open_ballot is not None
    if not open_ballot.secret:
        return open_ballot.votes, open_ballot.voted
    inner.context.need("tally")
    tally = inner.context.tally
    if tally is None:
        raise Refused(sentence("The envelopes of this ballot were not opened."))
    return tally.votes, tally.voted


def record(work: RoundWork, command: RecordTally) -> Authority:
    """A recorded tally for all cases alike, or one for each; of a second one, for the tied."""
    inner = sitting_of(work, command.task)
    task, authority = permit.of_task(work.definition, work.round, command.task, inner.cases, work.context)
    rules = inner.state.activity
    if task.kind != "record" or not isinstance(rules, Ballot):
        raise NotOffered(trigger=sentence("record"))
    _write(inner, rules.edit, command.data)
    demand_of_sitting(work, rules.edit)
    note(inner, "opinion", command.opinion, task.id)
    by_case = _tallies(inner, rules, command)
    if inner.entry.ballot is None:
        inner.order(SittingFigures(number=inner.number, figures=by_case, lots=inner.sitting.lots))
    mark = work.savepoint()
    try:
        sitting.outcome(inner, _whole(by_case), by_case, {}, decided=authority.by)
    except (Refused, ExpressionFailed) as failed:
        work.restore(mark)
        sitting.raise_incident(work, failed, inner.state.name)
    return authority


def count_again(inner: SittingWork) -> None:
    """What was voted or recorded, once more. Raises what refuses it still."""
    recorded = {case: dict(found) for case, found in inner.sitting.figures.items()}
    if inner.entry.tasks and inner.entry.tasks[0].kind == "ballot":
        sitting.close(inner, *_votes_of(inner))
    elif inner.entry.ballot is None and recorded:
        sitting.outcome(inner, _whole(recorded), recorded, {})


def _tallies(inner: SittingWork, rules: Ballot, command: RecordTally) -> dict[str, dict[str, Figure]]:
    tied = inner.entry.ballot.cases if inner.entry.ballot else ()
    ids = [case.id for case in inner.cases if not tied or case.id in tied]
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
