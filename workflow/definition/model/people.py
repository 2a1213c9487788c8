"""Who is meant by a name of people."""

from dataclasses import dataclass
from typing import Literal

from workflow.definition.expression import Expression
from workflow.definition.model.words import Group


@dataclass(frozen=True, slots=True)
class RoleAt:
    """Holders of a role at the organisation of a level or kind, found by climbing."""

    role: str
    at: str
    scope: Literal["own", "every", "another"] = "own"
    of: str | None = None  #: the field whose organisation the climb begins from


@dataclass(frozen=True, slots=True)
class InField:
    """The person or persons in a field, or whom the contact in another field reaches."""

    field: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """All registered members of the unit."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Whoever decided last in a state."""

    state: str


@dataclass(frozen=True, slots=True)
class Named:
    """People that stand under another name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a people entry."""

    spec: RoleAt | InField | Members | Decided | Named
    when: Expression | None = None
    draw: int | None = None
    vacant: Literal["up", "hold"] = "hold"


@dataclass(frozen=True, slots=True)
class People:
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recuse:
    starter: Group = ()
    concerned: Group | None = None  #: None: nobody is; empty: all are
    same_unit: Group = ()
    same_branch: Group = ()
    declared: Group = ()
    twice: tuple[str, ...] = ()  #: states
