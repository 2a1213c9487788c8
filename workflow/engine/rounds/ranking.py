"""Ranking within groups, seats, ties, grades and lots. Sums on what the round knows of its cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from math import ceil, floor

from workflow.definition.expression import ExpressionFailed
from workflow.definition.form import Kept
from workflow.definition.model import Definition, Grade, Rank
from workflow.engine.context import Context
from workflow.engine.subject import CaseFacts, Figure
from workflow.engine.values import CaseValues, holds

Figures = Mapping[str, Mapping[str, Figure]]  #: by case


@dataclass(frozen=True, slots=True)
class Ranked:
    """Place and seat of each case, and the tied for whom a second ballot is wanted."""

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

    A tie that touches the last seat asks for a second ballot where the rule has one and it was not held.
    """
    figures: dict[str, dict[str, Figure]] = {}
    lots = dict(ranking.lots)
    tied: list[str] = []
    for group in _groups(ranking, cases):
        seats = _seats(ranking, group)
        ordered = _ordered(ranking, group, lots)
        if seats is not None and second_ballot and "ballot" in ranking.rule.tie:
            tied += _touching(ordered, seats)
        figures |= _places(ordered, seats)
    return Ranked(figures, lots, tuple(tied))


def grade(ranking: Ranking, cases: Sequence[CaseFacts], figures: dict[str, dict[str, Figure]]) -> None:
    """Each in order of place, then number, gets the first grade whose condition holds and that has room."""
    for group in _groups(ranking, cases):
        room = {rule.name: _room(rule, len(group)) for rule in ranking.rule.grades}
        for case in sorted(group, key=lambda case: (_place(figures, case), case.number or "", case.id)):
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
    keyed = sorted(cases, key=lambda case: (str(case.data.get(within, "")), case.number or "", case.id))
    return [list(group) for _, group in groupby(keyed, key=lambda case: str(case.data.get(within, "")))]


def _seats(ranking: Ranking, group: Sequence[CaseFacts]) -> int | None:
    """Free seats of a group: those that cases of earlier sittings hold, unless stopped since, are not free."""
    if ranking.rule.seats is None:
        return None
    first = group[0]
    try:
        seats = ranking.rule.seats.evaluate(
            CaseValues(ranking.definition, first, ranking.context), ranking.context.calendar
        )
    except ExpressionFailed:
        seats = 0.0
    within = ranking.rule.within
    key: Kept = first.data.get(within) if within else None
    view = ranking.context.round
    ids = {case.id for case in group}
    taken = [
        case
        for case in (view.cases if view else None) or ()
        if case.id not in ids
        and (within is None or case.data.get(within) == key)
        and case.left.get(ranking.state, {}).get("seated") is True
        and not case.stopped
        and not (case.state == ranking.state and case.waiting)
    ]
    return max(0, int(float(str(seats or 0))) - len(taken))


def _ordered(ranking: Ranking, group: Sequence[CaseFacts], lots: dict[str, int]) -> list[list[CaseFacts]]:
    """Groups of equals, best first."""
    keys = {case.id: _key(ranking, case) for case in group}
    ordered = sorted(group, key=lambda case: keys[case.id])
    equals = [list(same) for _, same in groupby(ordered, key=lambda case: keys[case.id])]
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


def _key(ranking: Ranking, case: CaseFacts) -> tuple[tuple[int, float | str], ...]:
    """What a case is ordered by: highest first, what cannot be reckoned last, then the second ballot."""
    values = CaseValues(ranking.definition, case, ranking.context, ranking.counts.get(case.id, {}))
    key: list[tuple[int, float | str]] = []
    for name, lowest in ranking.rule.by:
        root, *members = name.split(".")
        value = values(root, frozenset(members))
        for member in members:
            value = value.get(member) if isinstance(value, dict) else None
        if isinstance(value, bool | float):
            key.append((0, float(value) if lowest else -float(value)))
        else:
            key.append((1, 0.0))
    for name, count in sorted(ranking.second.get(case.id, {}).items()):
        if name == "yes":
            key.append((0, -float(str(count))))
    if case.id not in ranking.second:
        key.append((0, 0.0))
    return tuple(key)


def _touching(ordered: list[list[CaseFacts]], seats: int) -> list[str]:
    """The tied among whom the last seat would have to be shared."""
    before = 0
    for same in ordered:
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
    try:
        return holds(rule.when, CaseValues(ranking.definition, case, ranking.context, figures), ranking.context)
    except ExpressionFailed:
        return False


def _place(figures: Mapping[str, Mapping[str, Figure]], case: CaseFacts) -> int:
    place = figures.get(case.id, {}).get("place")
    return place if isinstance(place, int) else 0
