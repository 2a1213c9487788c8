"""What a ballot asks of one person, how many votes it takes to count, and what a recorded tally would come to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import Ballot, Definition
from workflow.engine.activities import ballot
from workflow.engine.context import Context
from workflow.engine.permit import in_group
from workflow.engine.rounds.ranking import Ranking, rank
from workflow.engine.rounds.sitting import standing_as, why_no_vote_on
from workflow.engine.rounds.work import RoundWork, SittingWork
from workflow.engine.subject import Case, CaseFacts, Figure, Holder, Round, Sitting
from workflow.engine.values import CaseValues, holds
from workflow.engine.who import why_recused
from workflow.engine.work import CaseWork, asking
from workflow.text import Sentence

#: A hall with more voters than this is asked for its quorum in steps of its own.
_MOST_TRIED = 100_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A case on the paper of a sitting; with the reason for which this person has no vote on it."""

    case: CaseFacts
    recused: Sentence | None


def paper_for(definition: Definition, round_: Round, sitting: Sitting, person: Holder, context: Context) -> list[Asked]:
    """All cases that are voted on, in the order of their numbers; of a second ballot the tied alone."""
    work = SittingWork(RoundWork(definition, context, round_), sitting.number)
    rules, held = work.state.activity, sitting.entry.ballot
    assert isinstance(rules, Ballot)
    asked = [case for case in work.cases if held is None or not held.cases or case.id in held.cases]
    stand = standing_as(work, rules)
    return [Asked(case, why_no_vote_on(work, stand, person, case)) for case in asked]


def why_no_vote(
    definition: Definition, subject: Case | Round, sitting: Sitting | None, context: Context
) -> Sentence | None:
    """The reason for which somebody stands aside who would have a vote otherwise."""
    work = _work(definition, subject, sitting, context)
    rules, person = work.state.activity, context.actor.holder
    assert isinstance(rules, Ballot)
    if person is None or in_group(definition, rules.who, work.unit, work.cases, context) is None:
        return None
    reasons = (why_recused(person, name, asking(work)) for name in rules.who)
    return next((reason for reason in reasons if reason is not None), None)


def votes_needed(
    definition: Definition, subject: Case | Round, sitting: Sitting | None, context: Context
) -> int | None:
    """The fewest votes with which an open ballot counts; none where it has no quorum, or no number of votes is enough."""
    work = _work(definition, subject, sitting, context)
    rules, held = work.state.activity, work.entry.ballot
    if not isinstance(rules, Ballot) or held is None or rules.quorum is None or held.cases:
        return None
    electorate = len(held.electorate)
    return _fewest(work, rules, electorate)


def recorded(
    definition: Definition, subject: Case | Round, sitting: Sitting | None, counts: Mapping[str, int], context: Context
) -> tuple[str, dict[str, Figure]]:
    """The trigger that a tally would fire and its figures; nothing is written. Raises InvalidData for what is no tally."""
    work = _work(definition, subject, sitting, context)
    rules = work.state.activity
    assert isinstance(rules, Ballot)
    found = ballot.checked_tally(rules, counts)
    return ballot.outcome(work, rules, found, work.cases[0] if sitting is not None else None), found


def standing(definition: Definition, round_: Round, sitting: Sitting, context: Context) -> dict[str, dict[str, Figure]]:
    """What the first ballot gave while a second one is held: the tied share a place and are not seated yet."""
    work = SittingWork(RoundWork(definition, context, round_), sitting.number)
    together = work.state.together
    figures = {case: dict(found) for case, found in sitting.figures.items()}
    passed = [case for case in work.cases if figures.get(case.id, {}).get("trigger") == "pass"]
    if together is None or together.rank is None or not passed:
        return figures
    ranking = Ranking(definition, replace(together.rank, tie=()), sitting.state, work.context, figures)
    for case, found in rank(ranking, passed, second_ballot=False).figures.items():
        figures[case] |= found
    return figures


def seats_of(definition: Definition, state: str, case: CaseFacts, context: Context) -> int | None:
    """The seats of the group that a case belongs to; none where there is no such number."""
    together = definition.states[state].together
    if together is None or together.rank is None or together.rank.seats is None:
        return None
    try:
        found = together.rank.seats.evaluate(CaseValues(definition, case, context), context.calendar)
    except ExpressionFailed:
        return None
    return int(found) if isinstance(found, float) else None


def _work(
    definition: Definition, subject: Case | Round, sitting: Sitting | None, context: Context
) -> CaseWork | SittingWork:
    if isinstance(subject, Case):
        return CaseWork(definition, context, subject)
    assert sitting is not None
    return SittingWork(RoundWork(definition, context, subject), sitting.number)


def _fewest(work: CaseWork | SittingWork, rules: Ballot, electorate: int) -> int | None:
    """By halving, as what is enough with few votes is enough with more."""
    low, high = 0, min(electorate, _MOST_TRIED)
    if not _counts(work, rules, high, electorate):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _counts(work, rules, middle, electorate) else (middle + 1, high)
    return low


def _counts(work: CaseWork | SittingWork, rules: Ballot, cast: int, electorate: int) -> bool:
    papers: dict[str, Figure] = {**dict.fromkeys(rules.choices, 0), "cast": cast, "present": cast}
    values = replace(work.values({**papers, "electorate": electorate}), case=work.cases[0])
    return holds(rules.quorum, values, work.context)
