"""One sitting: its task or ballot is opened for all cases that wait in a state, and what it decides is settled for each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace as with_other

from workflow.definition.model import Ballot, Gather, Task
from workflow.engine.activities import ballot, task
from workflow.engine.changes import (
    BallotClosed,
    CaseLeftSitting,
    IncidentRaised,
    Settled,
    SittingClosed,
    SittingFigures,
    SittingOpened,
)
from workflow.engine.clocks import synchronise
from workflow.engine.following import order, tell_all
from workflow.engine.rounds.allocation import allocate
from workflow.engine.rounds.ranking import Ranking, draw, grade, rank
from workflow.engine.subject import CaseFacts, Entry, Figure, Incident, Sitting, Vote
from workflow.engine.values import holds
from workflow.engine.who import why_recused
from workflow.engine.work import Fired, RoundWork, SittingWork, asking, close_task
from workflow.errors import Refused

ByCase = dict[str, dict[str, Figure]]


def open_sitting(outer: RoundWork, state: str, cases: Sequence[CaseFacts]) -> None:
    """Open the state's work once for all of these; without an activity they are settled by figures at once."""
    number = outer.round.next_sitting
    entry = Entry(number=number, state=state, at=outer.context.now)
    sitting = Sitting(number=number, state=state, cases=tuple(case.id for case in cases), entry=entry)
    outer.order(SittingOpened(sitting=sitting))
    work = SittingWork(outer, number)
    for effect in work.state.do:
        order(work, effect)
    tell_all(work, work.state.tell)
    match work.state.activity:
        case Task() as rules:
            _reckon_at_opening(work)
            task.open(work, rules)
            synchronise(work)
        case Ballot() as rules:
            ballot.open(work, rules)
            synchronise(work)
        case Gather():
            _reckon_at_opening(work)
            settle(work, {case.id: "gathered" for case in work.cases}, dict(work.sitting.figures))


def refresh(work: SittingWork) -> None:
    """Cases that went away leave the sitting; its figures are reckoned anew, lots excepted."""
    here = {case.id for case in work.cases}
    gone = [case for case in work.sitting.cases if case not in here]
    for case in gone:
        work.order(CaseLeftSitting(number=work.number, case=case))
    if not gone:
        return
    if not here:
        for open_task in work.entry.tasks:
            close_task(work, open_task, "not_needed")
        work.order(SittingClosed(number=work.number))
    elif isinstance(work.state.activity, Task):
        _reckon_at_opening(work)


def decide(work: SittingWork, fired: Fired) -> None:
    """A task's trigger for all, with its exceptions."""
    triggers = {case.id: fired.exceptions.get(case.id, fired.trigger) for case in work.cases}
    figures = {case: dict(found) for case, found in work.sitting.figures.items()}
    for case in triggers:
        own = figures.setdefault(case, {})
        if fired.by is not None:
            own["decider"] = fired.by
    settle(work, triggers, figures)


def close(work: SittingWork, votes: Sequence[Vote]) -> None:
    """A ballot's papers: pass or fail for each case, ranked, with a second ballot among those tied at the last seat."""
    rules, open_ballot = work.state.activity, work.entry.ballot
    assert isinstance(rules, Ballot)
    assert open_ballot is not None
    electorate = len(open_ballot.electorate)
    second = bool(open_ballot.cases)
    papers: dict[str, Figure] = {"cast": len(votes), "present": len(votes), "electorate": electorate}
    by_case = {case.id: _tally_of(work, rules, votes, case) for case in work.cases}
    work.do(BallotClosed(counts={name: count for name, count in papers.items() if isinstance(count, int)}))
    if second:
        _finish(
            work, dict(work.sitting.figures), {case: by_case[case] for case in open_ballot.cases if case in by_case}
        )
    else:
        outcome(work, papers, by_case)


def outcome(work: SittingWork, papers: Mapping[str, Figure], by_case: ByCase) -> None:
    """What the counts say of each case; without a quorum the vote is invalid for all."""
    rules = work.state.activity
    assert isinstance(rules, Ballot)
    first = work.cases[0]
    whole = {**by_case[first.id], **papers}
    if not holds(rules.quorum, with_other(work.values(whole), case=first), work.context):
        trigger = "invalid" if "invalid" in work.state.to else "fail"
        settle(work, {case.id: trigger for case in work.cases}, by_case)
        return
    for case in work.cases:
        passes = holds(rules.passes, with_other(work.values(by_case[case.id]), case=case), work.context)
        by_case[case.id]["trigger"] = "pass" if passes else "fail"
    _finish(work, by_case, {})


def settle(work: SittingWork, triggers: Mapping[str, str], figures: ByCase) -> None:
    """What was decided for each case, in order of place, then number; the sitting is over."""
    for open_task in work.entry.tasks:
        close_task(work, open_task, "decided")
    cases = work.cases
    for case in sorted(cases, key=lambda case: (_place(figures, case), case.number or "", case.id)):
        own = {name: value for name, value in figures.get(case.id, {}).items() if name != "trigger"}
        work.order(Settled(case=case.id, entry=case.entry, trigger=triggers[case.id], figures=own))
    work.order(SittingClosed(number=work.number))


def raise_incident(outer: RoundWork, refused: Refused, trigger: str | None = None) -> None:
    number = max((incident.number for incident in outer.round.incidents), default=0) + 1
    incident = Incident(
        number=number,
        code=refused.code,
        at=outer.context.now,
        trigger=trigger,
        zh=refused.say("zh"),
        en=refused.say("en"),
    )
    outer.order(IncidentRaised(incident=incident))


def _tally_of(work: SittingWork, rules: Ballot, votes: Sequence[Vote], case: CaseFacts) -> dict[str, Figure]:
    """The votes on one case; who is recused for it has none."""
    able = [vote for vote in votes if not _is_recused(work, rules, vote, case)]
    ballot_open = work.entry.ballot
    electorate = (
        [p for p in ballot_open.electorate if not _is_recused(work, rules, Vote(by=p), case)] if ballot_open else []
    )
    choices = [Vote(by=vote.by, choice=vote.votes.get(case.id)) for vote in able]
    return ballot.tally(rules, choices, len(electorate))


def _is_recused(work: SittingWork, rules: Ballot, vote: Vote, case: CaseFacts) -> bool:
    asked = with_other(asking(work), cases=(case,))
    return all(why_recused(vote.by, name, asked) is not None for name in rules.who) and bool(rules.who)


def _finish(work: SittingWork, figures: ByCase, second: ByCase) -> None:
    """Rank those that pass; a tie at the last seat opens a second ballot, once."""
    together = work.state.together
    assert together is not None
    figures = {case: dict(found) for case, found in figures.items()}
    passed = [case for case in work.cases if figures[case.id].get("trigger") == "pass"]
    if together.rank is not None and passed:
        ranking = Ranking(
            work.definition, together.rank, work.state.name, work.context, figures, second, work.sitting.lots
        )
        ranked = rank(ranking, passed, second_ballot=not second)
        if ranked.tied and not second:
            work.order(SittingFigures(number=work.number, figures=figures, lots=ranked.lots))
            ballot.open_second(work, ranked.tied)
            synchronise(work)
            return
        _take(figures, ranked.figures)
        _grade(work, ranking, passed, figures)
        work.order(SittingFigures(number=work.number, figures=figures, lots=ranked.lots))
    _draw_and_allocate(work, passed, figures)
    settle(work, {case.id: str(figures[case.id]["trigger"]) for case in work.cases}, figures)


def _reckon_at_opening(work: SittingWork) -> None:
    """Of a sitting with a task or none, the figures come at its opening."""
    together = work.state.together
    assert together is not None
    figures: ByCase = {case.id: {} for case in work.cases}
    lots = dict(work.sitting.lots)
    if together.rank is not None:
        ranking = Ranking(work.definition, together.rank, work.state.name, work.context, lots=lots)
        ranked = rank(ranking, work.cases, second_ballot=False)
        lots = ranked.lots
        _take(figures, ranked.figures)
        _grade(work, ranking, list(work.cases), figures)
    _draw_and_allocate(work, list(work.cases), figures)
    work.order(SittingFigures(number=work.number, figures=figures, lots=lots))


def _grade(work: SittingWork, ranking: Ranking, cases: list[CaseFacts], figures: ByCase) -> None:
    del work
    if ranking.rule.grades:
        grade(ranking, cases, figures)


def _draw_and_allocate(work: SittingWork, cases: list[CaseFacts], figures: ByCase) -> None:
    together = work.state.together
    assert together is not None
    if together.draw is not None:
        drawn_before = {case: {"drawn": own["drawn"]} for case, own in work.sitting.figures.items() if "drawn" in own}
        _take(figures, drawn_before or draw(work.context, together.draw, work.state.name, cases))
    if together.allocate is not None and cases:
        _take(figures, allocate(work.definition, together.allocate, cases, figures, work.context))


def _take(figures: ByCase, more: Mapping[str, Mapping[str, Figure]]) -> None:
    for case, found in more.items():
        if case in figures:
            figures[case] |= found


def _place(figures: ByCase, case: CaseFacts) -> int:
    place = figures.get(case.id, {}).get("place")
    return place if isinstance(place, int) else 10**9
