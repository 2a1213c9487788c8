"""What a step may know beside the subject: the time, who acts, the directory, the calendar, and facts of others."""

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, Protocol, TypeVar

from workflow.calendar import Calendar
from workflow.definition.form import Kept
from workflow.engine.directory import Directory, Principal
from workflow.engine.subject import CaseFacts, Holder, Round, Vote

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, somebody with a link, the public, or the service itself (the clock, an effect, an import)."""

    person: Principal | None = None
    link: Holder | None = None
    public: bool = False
    service: str | None = None

    @property
    def holder(self) -> Holder | None:
        return self.person if self.person is not None else self.link


PUBLIC_ACTOR = Actor(public=True)
CLOCK = Actor(service="clock")


#: A timer that fires later than this after it was due says so.
LATE = timedelta(minutes=5)

#: What a step may want beside the case's own row.
Fact = Literal["figures", "tally", "facts", "previous", "files"]


class Missing(Exception):
    """A step wants something that was not looked up."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        super().__init__(fact)


class Lot(Protocol):
    """Draws; the same seed gives the same order, so that a lot can be checked."""

    @property
    def seed(self) -> str: ...

    def order(self, items: Sequence[T], purpose: str) -> list[T]:
        """The items in the order in which they are drawn."""
        ...


@dataclass(frozen=True, slots=True)
class SeededLot:
    """By the SHA-256 of seed, purpose and item."""

    seed: str

    def order(self, items: Sequence[T], purpose: str) -> list[T]:
        return sorted(items, key=lambda item: hashlib.sha256(f"{self.seed}\n{purpose}\n{item}".encode()).digest())


@dataclass(frozen=True, slots=True)
class File:
    """An attachment, as far as a form asks."""

    name: str
    size: int
    media_type: str


#: To which group of a figure, and how much.
Added = tuple[str, Decimal]


@dataclass(frozen=True, eq=False)
class RoundView:
    """The round of a case and, where a guard or a sitting asks, what it knows of its cases."""

    round: Round
    cases: tuple[CaseFacts, ...] | None = None
    #: What each case adds to each figure, reckoned once; it stands for these very facts alone.
    added: dict[Hashable, dict[str, tuple[CaseFacts, Added | None]]] = field(default_factory=dict)
    groups: dict[Hashable, tuple[str, ...]] = field(default_factory=dict)  #: of each figure those that are always there


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A secret ballot whose envelopes were opened: who had voted, and in the same order what.

    So they lie side by side while it is counted, and nowhere else.
    """

    votes: tuple[Vote, ...]
    voted: tuple[Holder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    now: datetime  #: the moment it is reckoned from: a late timer's due time
    directory: Directory
    calendar: Calendar
    actor: Actor
    lot: Lot
    clock: datetime | None = None  #: the time on the clock, where it is later
    round: RoundView | None = None
    facts: Mapping[str, Kept] = field(default_factory=dict)  #: what fields with `from` find
    previous: Mapping[str, Kept] | None = None  #: the case before
    files: Mapping[str, File] | None = None  #: the attachments of the case; None: any is taken
    unread: frozenset[Fact] = frozenset()  #: what was not looked up; a step that wants it says so by Missing
    version: int = 1  #: the version a case starts with
    tally: Tally | None = None  #: of a secret ballot that closes now
    stated: Mapping[str, Kept] = field(
        default_factory=dict
    )  #: of a story: what computed fields that it gives reckon to
    observe: Callable[[str, bool], None] | None = None  #: told of each guard and whether it held: coverage of stories

    @property
    def late(self) -> bool:
        return self.clock is not None and self.clock - self.now > LATE

    def need(self, fact: Fact) -> None:
        """Raises Missing, if this was not looked up: the step is taken again with it, which is safe as it is pure."""
        if fact in self.unread:
            raise Missing(fact)
