"""What the caller knows and a picture shows beside the definition: where a case has been, or how many cases stand where."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Returned:
    """A return that was taken, from a state to a state; the text says how often or when."""

    begin: str
    to: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A case on its way. Notes are short: a result, a date, “day 3”."""

    passed: Mapping[str, str]  #: a note by state, in the order of passing
    current: str  #: a state or an end
    note: str = ""  #: of the current one
    to_come: Mapping[str, str] = field(default_factory=dict)  #: notes of what lies ahead
    returns: tuple[Returned, ...] = ()
    possible: frozenset[str] | None = None  #: triggers that may be fired now; none: all of the current state


@dataclass(frozen=True, slots=True)
class Standing:
    """Open cases, and where they are listed."""

    count: int
    href: str = ""
