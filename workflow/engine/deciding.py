"""What persons do with open work: decide, vote, record, mark, object, answer an objection, fire at any time."""

from workflow.definition import words
from workflow.definition.model import ANY_STATE, Ballot, Notice, Score, Target, TaskOf, Tasks
from workflow.definition.model import Task as TaskRules
from workflow.engine import permit, signing
from workflow.engine.activities import ballot, notice, score, tasks
from workflow.engine.changes import Decided, MayTakeBack
from workflow.engine.commands import (
    CastVote,
    CloseBallot,
    Decide,
    Fire,
    Object,
    RecordTally,
    Retract,
    ScoreCard,
)
from workflow.engine.moving import run
from workflow.engine.subject import Answer, Case, Task
from workflow.engine.work import Authority, CaseWork, Fired, close_task, note
from workflow.engine.writing import demand, demand_opinion, write
from workflow.errors import Closed, InvalidData, NotOffered, NotPermitted, Problem
from workflow.text import sentence


def decide(work: CaseWork, command: Decide) -> Authority:
    task, authority = permit.of_task(work.definition, work.case, command.task, work.cases, work.context)
    match task.kind:
        case "objection":
            _examine(work, task, command, authority)
        case "signer":
            _sign(work, task, command, authority)
        case "task":
            _answer(work, task, command, authority)
        case _:
            raise NotOffered(trigger=command.trigger)
    return authority


def fire(work: CaseWork, command: Fire) -> Authority:
    """An `anytime` trigger: it needs no task, and closes whatever the state had open."""
    rules = work.definition.anytime.get(command.trigger)
    if rules is None or work.case.state not in rules.states:
        raise NotOffered(trigger=work.definition.trigger_called(command.trigger))
    authority = permit.need_group(work.definition, rules.by, work.case.unit, work.cases, work.context)
    _check_targets(work.case, rules.targets, command.to, command.then)
    sense = work.definition.sense(rules.name)
    write(work, command.data, rules.edit, command.opinion)
    if sense == "forward":
        demand(work, rules.edit, command.opinion)
    usual = sense != "forward" and rules.name != "withdraw"
    demand_opinion(command.opinion, wanted=usual if rules.opinion is None else rules.opinion)
    note(work, "opinion", command.opinion)
    run(work, Fired(rules.name, by=authority.by, chosen=True, to=command.to, then=command.then))
    return authority


def vote(work: CaseWork, command: CastVote) -> Authority:
    """An open vote; a secret one is checked by `check_vote` and goes into an envelope, not into the case."""
    task, authority = permit.of_task(work.definition, work.case, command.task, work.cases, work.context)
    rules = work.state.activity
    if task.kind != "ballot" or not isinstance(rules, Ballot):
        raise NotOffered(trigger=sentence("vote"))
    ballot.take_vote(work, rules, command, authority)
    if authority.by is not None:
        work.order(Decided(state=work.case.state, by=authority.by))
    run(work)
    return authority


def record(work: CaseWork, command: RecordTally) -> Authority:
    """A tally with the minutes; entering it counts as forward."""
    task, authority = permit.of_task(work.definition, work.case, command.task, work.cases, work.context)
    rules = work.state.activity
    if task.kind != "record" or not isinstance(rules, Ballot):
        raise NotOffered(trigger=sentence("record"))
    write(work, command.data, rules.edit, command.opinion)
    counts = ballot.checked_tally(rules, command.counts)
    demand(work, rules.edit, command.opinion)
    note(work, "opinion", command.opinion, task.id)
    close_task(work, task, "decided", authority.by)
    if authority.by is not None:
        work.order(Decided(state=work.case.state, by=authority.by))
    trigger = ballot.outcome(work, rules, counts)
    run(work, Fired(trigger, counts, by=authority.by))
    return authority


def mark(work: CaseWork, command: ScoreCard) -> Authority:
    task, authority = permit.of_task(work.definition, work.case, command.task, work.cases, work.context)
    rules = work.state.activity
    if task.kind != "score" or not isinstance(rules, Score) or authority.by is None:
        raise NotOffered(trigger=sentence("score"))
    write(work, command.data, rules.edit, command.opinion)
    demand(work, rules.edit, command.opinion)
    note(work, "opinion", command.opinion, task.id)
    score.take_card(work, rules, dict(command.score), authority.by)
    close_task(work, task, "decided", authority.by)
    work.order(Decided(state=work.case.state, by=authority.by))
    run(work)
    return authority


def close_ballot(work: CaseWork, command: CloseBallot) -> Authority:
    rules = work.state.activity
    task = permit.open_task(work.case, command.task)
    if not isinstance(rules, Ballot) or task is None or task.kind != "ballot":
        raise Closed(sentence("This ballot is closed."))
    authority = Authority(by=None)
    if work.context.actor.service is None:
        if not rules.closed_by:
            raise NotPermitted(sentence("Nobody closes this ballot by hand."))
        authority = permit.need_group(work.definition, rules.closed_by, work.case.unit, work.cases, work.context)
    run(work, ballot.close(work, rules))
    return authority


def object_to(work: CaseWork, command: Object) -> Authority:
    """What the public says against a notice that runs."""
    rules = work.state.activity
    if not isinstance(rules, Notice):
        raise Closed(sentence("No notice of this case runs now."))
    notice.take_objection(work, rules, command)
    run(work)
    return Authority(by=work.context.actor.holder)


def retract(work: CaseWork, command: Retract) -> Authority:
    rules = work.state.activity
    if not isinstance(rules, Notice):
        raise Closed(sentence("This objection has been answered already."))
    run(work, notice.retract(work, rules, command.objection))
    return Authority(by=work.context.actor.holder)


def task_rules(work: CaseWork, task: Task) -> TaskRules:
    """What the definition says of an open task: its fields, its deadline, its opinions."""
    activity = work.state.activity
    if isinstance(activity, TaskRules):
        return activity
    assert isinstance(activity, Tasks)
    return tasks.entry_of(activity, task).task


def offered(work: CaseWork, task: Task) -> tuple[str, ...]:
    """The triggers, and words of its own, that a person may pick for a task."""
    if task.kind == "objection":
        return notice.ANSWERS
    if task.kind == "signer":
        return ("agree", "disagree")
    if task.kind != "task":
        return ()
    activity = work.state.activity
    entry: TaskOf | None = tasks.entry_of(activity, task) if isinstance(activity, Tasks) else None
    own = tuple(entry.answers) if entry else ()
    return (*(trigger for trigger in work.state.to if trigger not in words.FIRED), *own)


def complete(work: CaseWork, task: Task, answer: Answer) -> None:
    """A task is decided: its trigger fires, or is joined with the other answers."""
    close_task(work, task, "decided", answer.by, answer.trigger)
    if answer.by is not None:
        work.order(Decided(state=work.case.state, by=answer.by))
    activity = work.state.activity
    if isinstance(activity, Tasks):
        tasks.answer(work, activity, task, answer)
        run(work)
    else:
        run(work, Fired(answer.trigger, by=answer.by, chosen=True, to=answer.to, then=answer.then))


def _answer(work: CaseWork, task: Task, command: Decide, authority: Authority) -> None:
    if command.trigger not in offered(work, task):
        raise NotOffered(trigger=work.definition.trigger_called(command.trigger))
    activity = work.state.activity
    words_of_entry = tasks.entry_of(activity, task).answers if isinstance(activity, Tasks) else {}
    trigger = words_of_entry.get(command.trigger, command.trigger)
    rules = task_rules(work, task)
    _check_targets(work.case, work.state.to[trigger], command.to, command.then)
    if authority.by is not None and isinstance(authority.by, int):
        work.order(MayTakeBack(by=authority.by))
    write(work, command.data, rules.edit, command.opinion)
    sense = work.definition.sense(trigger)
    if sense == "forward":
        demand(work, rules.edit, command.opinion)
    usual = sense != "forward" and trigger != "withdraw"
    listed = rules.opinion is not None and (trigger in rules.opinion or command.trigger in rules.opinion)
    confirms = task.proposed is not None and task.proposed.trigger == trigger  # whose opinion the delegate has given
    demand_opinion(command.opinion, wanted=(usual if rules.opinion is None else listed) and not confirms)
    note(work, "opinion", command.opinion, task.id)
    answer = Answer(
        trigger=trigger,
        by=authority.by,
        at=work.context.now,
        word=command.trigger if command.trigger != trigger else None,
        to=command.to,
        then=command.then,
    )
    done = signing.answered(work, task, answer)
    if done is not None:
        complete(work, *done)


def _sign(work: CaseWork, task: Task, command: Decide, authority: Authority) -> None:
    done = signing.signed(work, task, command, authority)
    if authority.by is not None:
        work.order(Decided(state=work.case.state, by=authority.by))
    if done is not None:
        complete(work, *done)
    else:
        run(work)


def _examine(work: CaseWork, task: Task, command: Decide, authority: Authority) -> None:
    """An examiner's answer to an objection; the last of those who say “partly” mends the fields."""
    rules = work.state.activity
    assert isinstance(rules, Notice)
    assert rules.objections is not None
    if command.trigger not in notice.ANSWERS:
        raise NotOffered(trigger=work.definition.trigger_called(command.trigger))
    if authority.by is None:
        raise NotPermitted
    demand_opinion(command.opinion, wanted=command.trigger == "upheld")
    if notice.is_last(work, rules, task, command.trigger, authority.by) and command.trigger == "partly":
        write(work, command.data, rules.objections.correct, command.opinion)
        demand(work, rules.objections.correct, command.opinion)
    note(work, "opinion", command.opinion, task.id)
    work.order(Decided(state=work.case.state, by=authority.by))
    answered = notice.answer(work, rules, task, command.trigger, authority.by, command.to)
    run(work, notice.follow(work, rules, command.trigger) if answered else None)


def _check_targets(case: Case, targets: tuple[Target, ...], to: str | None, then: str | None) -> None:
    """`to` belongs to a target that the decider picks, `then` to a return that leaves it to him."""
    if any(target.to == ANY_STATE for target in targets):
        if to == case.state or to not in case.path:
            code = "required" if to is None else "data"
            raise InvalidData((Problem("/to", code, sentence("To which state? It is one that the case has passed.")),))
    elif to is not None:
        raise InvalidData((Problem("/to", "data", sentence("Where this leads is not to be chosen.")),))
    if then is not None and not any(target.then == "choice" for target in targets):
        raise InvalidData((Problem("/then", "data", sentence("What follows is not to be chosen here.")),))
