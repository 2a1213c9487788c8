"""Ranking within groups, seats, ties, grades and lots. Sums on what the round knows of its cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from math import ceil, floor

from workflow.definition.form import Kept
from workflow.definition.model import Definition, Grade, Rank
from workflow.engine.context import Context
from workflow.engine.subject import CaseFacts, Figure, number_order
from workflow.engine.values import CaseValues, holds
from workflow.errors import GuardFailed
from workflow.text import sentence

Figures = Mapping[str, Mapping[str, Figure]]  #: by case


@dataclass(frozen=True, slots=True)
class Ranked:
    """Place and seat of each case; or, before there are any, the tied for whom a second ballot is wanted."""

    figures: dict[str, dict[str, Figure]]
    lots: dict[str, int]
    tied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a ranking needs to know."""

    definition: Definition
    rule: Rank
    state: str
    context: Context
    counts: Figures = field(default_factory=dict)  #: what a ballot gave each case
    second: Figures = field(default_factory=dict)  #: what a second ballot gave the tied
    lots: Mapping[str, int] = field(default_factory=dict)  #: lots drawn before stay


def rank(ranking: Ranking, cases: Sequence[CaseFacts], *, second_ballot: bool) -> Ranked:
    """Order by the named figures within each value of a field; equal ones share a place unless a ballot or lot parts them.

    A tie that touches the last seat asks for a second ballot first, where the rule has one and it was not held.
    """
    groups = [(_seats(ranking, group), _equals(ranking, group)) for group in _groups(ranking, cases)]
    if second_ballot and "ballot" in ranking.rule.tie:
        tied = tuple(case for seats, equals in groups if seats is not None for case in _touching(equals, seats))
        if tied:
            return Ranked({}, dict(ranking.lots), tied)
    lots = dict(ranking.lots)
    figures: dict[str, dict[str, Figure]] = {}
    for seats, equals in groups:
        figures |= _places(_parted(ranking, equals, lots), seats)
    return Ranked(figures, lots)


def grade(ranking: Ranking, cases: Sequence[CaseFacts], figures: dict[str, dict[str, Figure]]) -> None:
    """Each in order of place, then number, gets the first grade whose condition holds and that has room.

    Raises ExpressionFailed where a condition cannot be reckoned: it chooses no other grade.
    """
    for group in _groups(ranking, cases):
        room = {rule.name: _room(rule, len(group)) for rule in ranking.rule.grades}
        for case in sorted(group, key=lambda case: (_place(figures, case), number_order(case))):
            for rule in ranking.rule.grades:
                if room[rule.name] > 0 and _deserves(ranking, rule, case, figures[case.id]):
                    room[rule.name] -= 1
                    figures[case.id]["grade"] = rule.name
                    break


def draw(context: Context, portion: Fraction, state: str, cases: Sequence[CaseFacts]) -> dict[str, dict[str, Figure]]:
    """So many by lot, rounded up."""
    ordered = context.lot.order([case.id for case in cases], f"draw {state}")
    chosen = set(ordered[: ceil(portion * len(cases))])
    return {case.id: {"drawn": case.id in chosen} for case in cases}


def _groups(ranking: Ranking, cases: Iterable[CaseFacts]) -> list[list[CaseFacts]]:
    within = ranking.rule.within
    if within is None:
        return [list(cases)] if cases else []
    keyed = sorted(cases, key=lambda case: (str(case.data.get(within, "")), number_order(case)))
    return [list(group) for _, group in groupby(keyed, key=lambda case: str(case.data.get(within, "")))]


def _seats(ranking: Ranking, group: Sequence[CaseFacts]) -> int | None:
    """Free seats of a group: those that cases of earlier sittings hold, unless stopped since, are not free."""
    if ranking.rule.seats is None:
        return None
    values = CaseValues(ranking.definition, group[0], ranking.context)
    seats = ranking.rule.seats.evaluate(values, ranking.context.calendar)
    if not isinstance(seats, float):
        raise GuardFailed(
            sentence("“{source}”: it is not known how many seats there are.", source=ranking.rule.seats.source)
        )
    within = ranking.rule.within
    key: Kept = group[0].data.get(within) if within else None
    view = ranking.context.round
    ids = {case.id for case in group}
    taken = [
        case
        for case in (view.cases if view else None) or ()
        if case.id not in ids
        and (within is None or case.data.get(within) == key)
        and case.left.get(ranking.state, {}).get("seated") is True
        and not case.stopped
        and case.state != ranking.state
    ]
    return max(0, floor(seats) - len(taken))


def _equals(ranking: Ranking, group: Sequence[CaseFacts]) -> list[list[CaseFacts]]:
    """Groups of equals, best first."""
    keys = {case.id: _key(ranking, case) for case in group}
    ordered = sorted(group, key=lambda case: keys[case.id])
    return [list(same) for _, same in groupby(ordered, key=lambda case: keys[case.id])]


def _parted(ranking: Ranking, equals: list[list[CaseFacts]], lots: dict[str, int]) -> list[list[CaseFacts]]:
    """What is still equal, by lot where the rule has one."""
    if "lot" not in ranking.rule.tie:
        return equals
    parted: list[list[CaseFacts]] = []
    for same in equals:
        parted += [[case] for case in _by_lot(ranking, same, lots)] if len(same) > 1 else [same]
    return parted


def _by_lot(ranking: Ranking, same: list[CaseFacts], lots: dict[str, int]) -> list[CaseFacts]:
    """A lot that was drawn stays, whoever leaves the sitting afterwards."""
    if not all(case.id in lots for case in same):
        order = ranking.context.lot.order([case.id for case in same], f"tie {ranking.state}")
        lots |= {case: place for place, case in enumerate(order)}
    return sorted(same, key=lambda case: lots[case.id])


def _key(ranking: Ranking, case: CaseFacts) -> tuple[tuple[int, float], ...]:
    """What a case is ordered by: highest first, what cannot be reckoned last; then, of the tied, the second ballot."""
    values = CaseValues(ranking.definition, case, ranking.context, ranking.counts.get(case.id, {}))
    key: list[tuple[int, float]] = []
    for name, lowest in ranking.rule.by:
        root, *members = name.split(".")
        value = values(root, frozenset(members))
        for member in members:
            value = value.get(member) if isinstance(value, dict) else None
        key.append(_as_key(value, lowest=lowest))
    second = ranking.second.get(case.id, {})
    names = [(name, lowest) for name, lowest in ranking.rule.by if name in second] or [
        (n, False) for n in [*second][:1]
    ]
    return (*key, *(_as_key(second[name], lowest=lowest) for name, lowest in names))


def _as_key(value: object, *, lowest: bool) -> tuple[int, float]:
    if isinstance(value, datetime):
        value = value.timestamp()
    if not isinstance(value, bool | int | float):
        return 1, 0.0
    return 0, float(value) if lowest else -float(value)


def _touching(equals: list[list[CaseFacts]], seats: int) -> list[str]:
    """The tied among whom the last seat would have to be shared."""
    before = 0
    for same in equals:
        if before < seats < before + len(same):
            return [case.id for case in same]
        before += len(same)
    return []


def _places(ordered: list[list[CaseFacts]], seats: int | None) -> dict[str, dict[str, Figure]]:
    """Equal ones share a place, and none of them is seated beyond the seats."""
    figures: dict[str, dict[str, Figure]] = {}
    before = 0
    for same in ordered:
        seated = None if seats is None else before + len(same) <= seats
        for case in same:
            figures[case.id] = {"place": before + 1, "seated": seated}
        before += len(same)
    return figures


def _room(rule: Grade, count: int) -> int:
    return count if rule.at_most is None else floor(rule.at_most * count)


def _deserves(ranking: Ranking, rule: Grade, case: CaseFacts, own: Mapping[str, Figure]) -> bool:
    figures = {**ranking.counts.get(case.id, {}), **own}
    return holds(rule.when, CaseValues(ranking.definition, case, ranking.context, figures), ranking.context)


def _place(figures: Mapping[str, Mapping[str, Figure]], case: CaseFacts) -> int:
    place = figures.get(case.id, {}).get("place")
    return place if isinstance(place, int) else 0
