"""The voters of a ballot by branch (分会), as far as that may be told: never so few that what they voted is known of each.

Branches are merged and never left out. What is told is always a partition of all voters into parts that are large enough,
and whatever is subtracted from it is a union of such parts again; the result merges further what the turnout had told, so
that the two together say no more than the turnout does (docs/decisions/0016).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from msgspec import Struct

from workflow.engine.directory import Directory, Principal
from workflow.engine.subject import Holder


class BranchCounts(Struct, frozen=True, kw_only=True):
    """What is told of one branch, or of several together."""

    units: tuple[Principal, ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Branches:
    """One branch, or several that are told together, and who votes there."""

    units: tuple[Principal, ...]
    voters: tuple[Holder, ...]


def by_turnout(voters: Sequence[Holder], least: int, *, unit: Principal, directory: Directory) -> tuple[Branches, ...]:
    """Each branch with so many voters, the smaller ones with the next, in the order of the directory."""
    return _merged(tuple(_branches(voters, unit, directory)), least, lambda one: len(one.voters))


def by_result(told: Sequence[Branches], least: int, voted: Collection[Holder]) -> tuple[Branches, ...]:
    """The same of which so many have voted."""
    return _merged(told, least, lambda one: sum(voter in voted for voter in one.voters))


def branch_of(voter: Holder, unit: Principal, directory: Directory) -> Principal:
    """The organisation directly below the unit to which somebody belongs; the unit itself for all others."""
    person = directory.persons.get(voter) if isinstance(voter, int) else None
    branch = unit
    for place in directory.climb(person.employer if person is not None else None):
        if place.id == unit:
            return branch
        branch = place.id
    return unit


def _branches(voters: Sequence[Holder], unit: Principal, directory: Directory) -> Iterator[Branches]:
    found: dict[Principal, list[Holder]] = {}
    for voter in voters:
        found.setdefault(branch_of(voter, unit, directory), []).append(voter)
    for place in (unit, *(child.id for child in directory.below(unit))):
        if place in found:
            yield Branches((place,), tuple(found[place]))


def _merged(branches: Sequence[Branches], least: int, size: Callable[[Branches], int]) -> tuple[Branches, ...]:
    """The next is added until there are enough; what is left at the end goes to the last."""
    found: list[Branches] = []
    rest: Branches | None = None
    for one in branches:
        rest = one if rest is None else _together(rest, one)
        if size(rest) >= least:
            found.append(rest)
            rest = None
    if rest is not None:
        found = [*found[:-1], _together(found[-1], rest)] if found else [rest]
    return tuple(found)


def _together(one: Branches, other: Branches) -> Branches:
    return Branches((*one.units, *other.units), (*one.voters, *other.voters))
