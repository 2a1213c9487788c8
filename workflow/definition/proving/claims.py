"""Claims as frozen values; those about the order of events say how a mark follows the events of a path.

An event is a state, which is entered, or `state.trigger`, by which it is left. A mark is what a claim remembers of a
path so far, as a number from 0 on; none is a path that refutes it.
"""

from dataclasses import dataclass

from workflow.definition.term.values import Span

#: A state, or `state.trigger`.
Event = str
Mark = int


@dataclass(frozen=True, slots=True)
class OnlyAfter:
    """Each of the first was preceded by one of each group; with `since`, after that state was last entered."""

    firsts: tuple[Event, ...]
    groups: tuple[tuple[Event, ...], ...]
    since: str | None = None

    def follow(self, mark: Mark, event: Event) -> Mark | None:
        """A bit for each group of which one has happened."""
        if event in self.firsts and mark != (1 << len(self.groups)) - 1:
            return None
        if event == self.since:
            return 0
        for number, group in enumerate(self.groups):
            if event in group:
                mark |= 1 << number
        return mark


@dataclass(frozen=True, slots=True)
class NeverBoth:
    one: Event
    other: Event

    def follow(self, mark: Mark, event: Event) -> Mark | None:
        """A bit for each of the two."""
        mark |= (event == self.one) | (event == self.other) << 1
        return None if mark == 0b11 else mark  # noqa: PLR2004 -- both bits


@dataclass(frozen=True, slots=True)
class NeverAfter:
    later: Event
    earlier: Event

    def follow(self, mark: Mark, event: Event) -> Mark | None:
        """Whether the earlier one has happened."""
        if mark and event == self.later:
            return None
        return 1 if event == self.earlier else mark


@dataclass(frozen=True, slots=True)
class AtMost:
    event: Event
    times: int

    def follow(self, mark: Mark, event: Event) -> Mark | None:
        """How often it has happened."""
        if event != self.event:
            return mark
        return mark + 1 if mark < self.times else None


@dataclass(frozen=True, slots=True)
class Ends:
    """Every path ends, and where events are named, by one of these."""

    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Within:
    """From the first event to the next of the others passes no more than a span."""

    lasts: tuple[Event, ...]
    span: Span
    first: Event
    kept: bool = False  #: every `due` counts as kept


@dataclass(frozen=True, slots=True)
class NobodyTwice:
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class NeverDecides:
    people: str
    state: str


@dataclass(frozen=True, slots=True)
class OnlyBy:
    state: str
    people: str


Order = OnlyAfter | NeverBoth | NeverAfter | AtMost
Recusal = NobodyTwice | NeverDecides | OnlyBy
Claim = Order | Ends | Within | Recusal
