"""One sitting: its task or ballot is opened for all cases that wait in a state, and what it decides is settled for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_other

from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import Ballot, Gather, Task
from workflow.engine import subject as s
from workflow.engine.activities import ballot, expire, task
from workflow.engine.changes import (
    BallotClosed,
    CaseLeftSitting,
    IncidentCleared,
    IncidentRaised,
    Settled,
    SittingClosed,
    SittingFigures,
    SittingOpened,
)
from workflow.engine.clocks import synchronise
from workflow.engine.following import do_all, tell_all
from workflow.engine.rounds.allocation import allocate
from workflow.engine.rounds.ranking import Ranking, draw, grade, rank
from workflow.engine.rounds.work import RoundWork, SittingWork
from workflow.engine.subject import CaseFacts, Entry, Figure, Holder, Incident, Sitting, Vote, number_order
from workflow.engine.values import holds
from workflow.engine.who import resolve, why_recused
from workflow.engine.work import Fired, asking, asking_to_tell, close_task
from workflow.errors import GuardFailed, Refused, Vacant
from workflow.text import Sentence

ByCase = dict[str, dict[str, Figure]]
#: Who stands under each of the names that vote.
Standing = Mapping[str, frozenset[Holder]]


def open_sitting(outer: RoundWork, state: str, cases: Sequence[CaseFacts]) -> None:
    """Open the state's work once for all of these; without an activity they are settled by figures at once."""
    number = outer.round.next_sitting
    entry = Entry(number=number, state=state, at=outer.context.now)
    sitting = Sitting(number=number, state=state, cases=tuple(case.id for case in cases), entry=entry)
    outer.order(SittingOpened(sitting=sitting))
    work = SittingWork(outer, number)
    do_all(work, work.state.do)
    tell_all(work, work.state.tell)
    match work.state.activity:
        case Task() as rules:
            reckon(work)
            task.open(work, rules)
            note_vacancies(work)
            synchronise(work)
            if fired := _at_once(work, rules):
                decide(work, fired)
        case Ballot() as rules:
            ballot.open(work, rules)
            note_vacancies(work)
            synchronise(work)
            if _is_past_due(work):
                close(work, ())
        case Gather():
            reckon(work)
            settle(work, {case.id: "gathered" for case in work.cases}, dict(work.sitting.figures))


def refresh(work: SittingWork) -> None:
    """Cases that went away leave the sitting; its figures are reckoned anew, lots excepted.

    What cannot be reckoned any more is an incident; until it is retried no figure stands on which a guard could rely.
    """
    here = {case.id for case in work.cases}
    gone = [case for case in work.sitting.cases if case not in here]
    for case in gone:
        work.order(CaseLeftSitting(number=work.number, case=case))
    if not gone:
        return
    if not here:
        for open_task in work.entry.tasks:
            close_task(work, open_task, "not_needed")
        clear_incidents(work.outer, work.state.name)
        work.order(SittingClosed(number=work.number))
    elif isinstance(work.state.activity, Task):
        reckon_again(work)
    else:
        _without_the_tied(work)


def reckon_again(work: SittingWork) -> None:
    """The figures of an open sitting with a task, as its cases are now."""
    mark = work.outer.savepoint()
    try:
        reckon(work)
    except (Refused, ExpressionFailed) as failed:
        work.outer.restore(mark)
        work.order(SittingFigures(number=work.number, figures={}, lots=work.sitting.lots))
        raise_incident(work.outer, failed, work.state.name)


def decide(work: SittingWork, fired: Fired) -> None:
    """A task's trigger for all, with its exceptions."""
    triggers = {case.id: fired.exceptions.get(case.id, fired.trigger) for case in work.cases}
    figures = {case: dict(found) for case, found in work.sitting.figures.items()}
    deciders = {case: (fired.by,) for case in triggers if fired.by is not None}
    settle(work, triggers, figures, deciders, decided=fired.by, chosen=fired)


def close(work: SittingWork, votes: Sequence[Vote], voted: Sequence[Holder] = ()) -> None:
    """A ballot's papers: pass or fail for each case, ranked, with a second ballot among those tied at the last seat."""
    rules, open_ballot = work.state.activity, work.entry.ballot
    assert isinstance(rules, Ballot)
    assert open_ballot is not None
    electorate = len(open_ballot.electorate)
    papers: dict[str, Figure] = {"cast": len(votes), "present": len(votes), "electorate": electorate}
    stand = standing_as(work, rules)
    by_case = {case.id: _tally_of(work, rules, votes, case, stand) for case in work.cases}
    voters = {
        case.id: tuple(person for person in voted if why_no_vote_on(work, stand, person, case) is None)
        for case in work.cases
    }
    outcome(work, papers, by_case, voters)


def outcome(
    work: SittingWork,
    papers: Mapping[str, Figure],
    by_case: ByCase,
    voters: Mapping[str, tuple[Holder, ...]],
    *,
    decided: Holder | None = None,
) -> None:
    """What the counts say of each case; without a quorum the vote is invalid for all.

    Of a second ballot among the tied it is their order, nothing else.
    """
    rules, held = work.state.activity, work.entry.ballot or s.Ballot()
    assert isinstance(rules, Ballot)
    if work.entry.ballot is not None:
        work.do(BallotClosed(counts={name: count for name, count in papers.items() if isinstance(count, int)}))
    counted = _Outcome(held, voters, decided)
    if held.cases:
        second = {case: by_case[case] for case in held.cases if case in by_case}
        _finish(work, dict(work.sitting.figures), second, counted)
        return
    first = work.cases[0]
    whole = {**by_case[first.id], **papers}
    if not holds(rules.quorum, with_other(work.values(whole), case=first), work.context):
        trigger = "invalid" if "invalid" in work.state.to else "fail"
        settle(work, {case.id: trigger for case in work.cases}, by_case, voters, decided=decided)
        return
    for case in work.cases:
        passes = holds(rules.passes, with_other(work.values(by_case[case.id]), case=case), work.context)
        by_case[case.id]["trigger"] = "pass" if passes else "fail"
    _finish(work, by_case, None, counted)


def settle(
    work: SittingWork,
    triggers: Mapping[str, str],
    figures: ByCase,
    deciders: Mapping[str, tuple[Holder, ...]] | None = None,
    *,
    decided: Holder | None = None,
    chosen: Fired | None = None,
) -> None:
    """What was decided for each case; the sitting is over.

    Those that stop or go back answer first, so that a quota of the whole list sees it without them; then in order of
    place, then number.
    """
    for open_task in work.entry.tasks:
        close_task(work, open_task, "decided", decided)
    clear_incidents(work.outer, work.state.name)

    def turn(case: CaseFacts) -> tuple[object, ...]:
        forward = work.definition.sense(triggers[case.id]) == "forward"
        return forward, _place(figures, case), number_order(case)

    for case in sorted(work.cases, key=turn):
        own = {name: value for name, value in figures.get(case.id, {}).items() if name != "trigger"}
        if decided is not None:
            own["decider"] = decided
        picked = chosen is not None and triggers[case.id] == chosen.trigger
        work.order(
            Settled(
                case=case.id,
                entry=case.entry,
                trigger=triggers[case.id],
                figures=own,
                deciders=(deciders or {}).get(case.id, ()),
                to=chosen.to if picked and chosen else None,
                then=chosen.then if picked and chosen else None,
            )
        )
    work.order(SittingClosed(number=work.number))


def on_paper(work: SittingWork, person: Holder) -> tuple[CaseFacts, ...]:
    """The cases on which a person has a vote."""
    rules, open_ballot = work.state.activity, work.entry.ballot
    if not isinstance(rules, Ballot) or open_ballot is None:
        return ()
    asked = [case for case in work.cases if not open_ballot.cases or case.id in open_ballot.cases]
    stand = standing_as(work, rules)
    return tuple(case for case in asked if why_no_vote_on(work, stand, person, case) is None)


def standing_as(work: SittingWork, rules: Ballot) -> Standing:
    """Who stands under each of the names that vote, recused or not."""
    return {name: frozenset(resolve((name,), asking_to_tell(work)).persons) for name in rules.who}


def why_no_vote_on(work: SittingWork, stand: Standing, person: Holder, case: CaseFacts) -> Sentence | None:
    """The reason for which a person has no vote on a case: he is recused under every name under which he stands."""
    asked = with_other(asking(work), cases=(case,))
    names = [name for name, persons in stand.items() if person in persons] or list(stand)
    reasons = [why_recused(person, name, asked) for name in names]
    return reasons[0] if reasons and all(reason is not None for reason in reasons) else None


# --- the administrators' list


def raise_incident(
    outer: RoundWork, failed: Refused | ExpressionFailed, trigger: str | None = None, number: int | None = None
) -> None:
    """Put something on the administrators' list; of two alike the later stands. `trigger` is the state that could not sit."""
    refused = failed if isinstance(failed, Refused) else GuardFailed(failed.reason)
    for known in outer.round.incidents:
        if (known.code, known.trigger, known.task) == (refused.code, trigger, number):
            if known.zh == refused.say("zh"):
                return
            outer.order(IncidentCleared(number=known.number))
    incident = Incident(
        number=max((known.number for known in outer.round.incidents), default=0) + 1,
        code=refused.code,
        at=outer.context.now,
        trigger=trigger,
        task=number,
        zh=refused.say("zh"),
        en=refused.say("en"),
    )
    outer.order(IncidentRaised(incident=incident))


def clear_incidents(outer: RoundWork, state: str) -> None:
    for known in outer.round.incidents:
        if known.trigger == state:
            outer.order(IncidentCleared(number=known.number))


def note_vacancies(work: SittingWork) -> None:
    """A task without a holder is an incident, until somebody is found."""
    for open_task in work.entry.tasks:
        known = [i for i in work.outer.round.incidents if i.code == Vacant.code and i.task == open_task.id]
        if not open_task.everyone and not known:
            raise_incident(work.outer, Vacant(), work.state.name, open_task.id)
        for incident in known if open_task.everyone else ():
            work.order(IncidentCleared(number=incident.number))


# --- parts


def _at_once(work: SittingWork, rules: Task) -> Fired | None:
    """What fires by itself: nobody is left who may, or the deadline is past already."""
    if rules.automatic.vacant is not None and not any(open_task.everyone for open_task in work.entry.tasks):
        return Fired(rules.automatic.vacant)
    return expire(work) if _is_past_due(work) else None


def _is_past_due(work: SittingWork) -> bool:
    return any(open_task.due is not None and open_task.due <= work.context.now for open_task in work.entry.tasks)


def _without_the_tied(work: SittingWork) -> None:
    """A second ballot with fewer than two of the tied left has nothing to decide any more."""
    tied = work.entry.ballot.cases if work.entry.ballot else ()
    if tied and sum(case.id in tied for case in work.cases) < 2:  # noqa: PLR2004 -- it takes two to be tied
        work.do(BallotClosed(counts={}))
        _finish(work, dict(work.sitting.figures), {}, _Outcome(s.Ballot(), {}, None))


def _tally_of(
    work: SittingWork, rules: Ballot, votes: Sequence[Vote], case: CaseFacts, stand: Standing
) -> dict[str, Figure]:
    """The votes on one case; who is recused for it has none. A secret vote names nobody: it was cast without that case."""
    open_ballot = work.entry.ballot
    voters = open_ballot.electorate if open_ballot else ()
    recused = {person for person in voters if why_no_vote_on(work, stand, person, case) is not None}
    given = [vote for vote in votes if case.id in vote.votes and vote.by not in recused]
    cast = [Vote(by=vote.by, choice=vote.votes[case.id]) for vote in given]
    return ballot.tally(rules, cast, len([person for person in voters if person not in recused]))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The ballot that was counted, who voted on each case, and who recorded it."""

    ballot: s.Ballot
    voters: Mapping[str, tuple[Holder, ...]]
    recorded_by: Holder | None


def _finish(work: SittingWork, figures: ByCase, second: ByCase | None, outcome: _Outcome) -> None:
    """Rank those that pass; a tie at the last seat opens a second ballot, once."""
    together = work.state.together
    assert together is not None
    figures = {case: dict(found) for case, found in figures.items()}
    passed = [case for case in work.cases if figures[case.id].get("trigger") == "pass"]
    if together.rank is not None and passed:
        ranking = Ranking(
            work.definition, together.rank, work.state.name, work.context, figures, second or {}, work.sitting.lots
        )
        ranked = rank(ranking, passed, second_ballot=second is None)
        if ranked.tied:
            work.order(SittingFigures(number=work.number, figures=figures, lots=work.sitting.lots))
            ballot.open_second(work, ranked.tied, outcome.ballot)
            synchronise(work)
            return
        _take(figures, ranked.figures)
        if together.rank.grades:
            grade(ranking, passed, figures)
        work.order(SittingFigures(number=work.number, figures=figures, lots=ranked.lots))
    _draw_and_allocate(work, passed, figures)
    triggers = {case.id: str(figures[case.id]["trigger"]) for case in work.cases}
    settle(work, triggers, figures, outcome.voters, decided=outcome.recorded_by)


def reckon(work: SittingWork) -> None:
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
        if together.rank.grades:
            grade(ranking, work.cases, figures)
    _draw_and_allocate(work, work.cases, figures)
    work.order(SittingFigures(number=work.number, figures=figures, lots=lots))


def _draw_and_allocate(work: SittingWork, cases: Sequence[CaseFacts], figures: ByCase) -> None:
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
