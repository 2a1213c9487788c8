"""What is to happen to each candidate of a season, beside the straight way. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final, Literal

from workflow.demo.candidates import Candidate
from workflow.demo.district import Place

Turn = Literal[
    "straight",
    "returned",  # by the township, once, for correction
    "declines",
    "fails",  # at the workers' meeting
    "refused",  # by the township
    "vetoed",  # by a department
    "falsified",  # found at the first review
    "below",  # the least score
    "withdraws",
    "leaves",  # the unit, while departments are asked
    "silent",  # a department answers only after it was escalated
]

#: How an objection at the public notice ends, where it ends.
Answer = Literal["dismissed", "upheld", "open"]

#: State → when people begin to act on the case there.
Pauses = Mapping[str, datetime]

#: Nobody acts before the demo stops.
NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    candidate: Candidate
    turn: Turn = "straight"
    acts_from: Pauses = field(default_factory=dict)

    def pauses(self, state: str, now: datetime) -> bool:
        return state in self.acts_from and now < self.acts_from[state]


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """A call with its dates, and how many take each turn; the others go straight."""

    year: int
    opens: datetime
    closes_on: date
    meeting_on: date
    ends: datetime  #: until then it is played
    candidates: int
    registered: bool = False  #: whether some of them have accounts
    turns: Mapping[Turn, int]
    seats: int
    pauses: Sequence[tuple[int, Pauses]] = ()  #: how many pause where
    everyone: Pauses = field(default_factory=dict)  #: where all pause
    himself: int = 0  #: how many put themselves forward
    near: Mapping[str, int] = field(default_factory=dict)  #: state → how many who pause there a visitor has to do with
    lots_from: datetime = NEVER  #: when the office calls the lots together
    sittings: Mapping[str, int] = field(default_factory=dict)  #: of a state, how many are acted in; absent: all
    sent_back: int = 0  #: how many of the list the leaders send back to the meeting
    objections: Sequence[Answer] = ()  #: to the first candidates whom the public reads of


def scripts_of(season: Season, candidates: Sequence[Candidate], near: Sequence[Place]) -> list[Script]:
    """Heads of enterprises take the silent turn, as only they have many departments to wait for.

    `near` are the units that a visitor of the demo has to do with.
    """
    scripts = [Script(candidate=candidate, acts_from=season.everyone) for candidate in candidates]
    for place in range(season.himself):
        scripts[place] = replace(scripts[place], acts_from={"acceptance": NEVER})
    free = [place for place in range(season.himself, len(scripts)) if candidates[place].category in _ELIGIBLE]
    heads = [place for place in range(season.himself, len(scripts)) if candidates[place].category == "head"]
    for turn in [turn for turn, number in season.turns.items() for _ in range(number)]:
        place = heads.pop() if turn == "silent" and heads else free.pop()
        scripts[place] = replace(scripts[place], turn=turn)
    for number, pauses in season.pauses:
        units = near[: season.near.get(next(iter(pauses)), 0)]
        for own in range(number):
            place = free.pop()
            candidate = candidates[place]
            if own < len(units):
                candidate = replace(candidate, unit=units[own], industry=units[own].industry or candidate.industry)
            scripts[place] = replace(scripts[place], candidate=candidate, acts_from={**season.everyone, **pauses})
    return scripts


def seats_of(season: Season, candidates: Iterable[Candidate]) -> dict[str, int]:
    """The seats of the call by industry, in proportion to those nominated; one at least."""
    counts: dict[str, int] = {}
    total = 0
    for candidate in candidates:
        counts[candidate.industry] = counts.get(candidate.industry, 0) + 1
        total += 1
    return {industry: max(1, count * season.seats // total) for industry, count in counts.items()}


_ELIGIBLE: Final = ("worker", "migrant", "technician")
