"""What is to happen to each candidate of a season, beside the straight way. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, Literal, TypeVar

from workflow.demo.candidates import Candidate

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
    "objected",  # at the public notice, dismissed
    "upheld",  # the same, upheld
    "held",  # the same, not answered yet
    "late",  # departments answer so late that the meeting is held without him
]


Word = TypeVar("Word", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    candidate: Candidate
    turn: Turn = "straight"
    waits_in: str | None = None  #: where nobody acts until the demo stops
    answers_from: datetime | None = None  #: before which no department answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """A call with its dates, and how many take each turn; the others go straight."""

    year: int
    opens: datetime
    closes_on: date
    meeting_on: date
    ends: datetime  #: until then it is played
    candidates: int
    turns: Mapping[Turn, int]
    waits: Mapping[str, int]  #: state → how many wait there
    seats: int
    late_until: datetime | None = None  #: when the departments of the late ones answer
    himself: int = 0  #: how many put themselves forward
    sittings: Mapping[str, int] = field(default_factory=dict)  #: of a state, how many are acted in; absent: all
    sent_back: int = 0  #: how many of the list the leaders send back to the meeting


def scripts_of(season: Season, candidates: Sequence[Candidate]) -> list[Script]:
    """Heads of enterprises take the silent turn, as only they have many departments to wait for."""
    scripts = [Script(candidate=candidate) for candidate in candidates]
    for place in range(season.himself):
        scripts[place] = replace(scripts[place], waits_in="acceptance")
    free = [place for place in range(season.himself, len(scripts)) if candidates[place].category in _ELIGIBLE]
    heads = [place for place in range(season.himself, len(scripts)) if candidates[place].category == "head"]
    for turn in _each(season.turns):
        place = heads.pop() if turn == "silent" and heads else free.pop()
        answers_from = season.late_until if turn == "late" else None
        scripts[place] = replace(scripts[place], turn=turn, answers_from=answers_from)
    for state in _each(season.waits):
        place = free.pop()
        scripts[place] = replace(scripts[place], waits_in=state)
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


def _each(numbers: Mapping[Word, int]) -> Iterator[Word]:
    """Each word as often as its number says."""
    for word, number in numbers.items():
        yield from (word for _ in range(number))
