"""What is decided about all cases of a round at once."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from workflow.definition.expression import Expression
from workflow.definition.model.words import Group
from workflow.definition.term.values import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    name: str
    when: Expression | None = None
    at_most: Fraction | None = None  #: of those ranked together


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    by: tuple[tuple[str, bool], ...]  #: name, and whether the lowest comes first
    within: str | None = None
    seats: Expression | None = None
    tie: tuple[Literal["ballot", "lot"], ...] = ()
    grades: tuple[Grade, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str
    portion: Fraction
    by: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocate:
    budget: Expression
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class CalledBy:
    who: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    until: Literal["all"] | Term | CalledBy = "all"
    latest: Term | None = None
    rank: Rank | None = None
    draw: Fraction | None = None
    allocate: Allocate | None = None
