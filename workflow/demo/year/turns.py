"""Whose turn it is in an open piece of work, and what he may say. Moves are pure; the desk carries them out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from workflow.calendar import ZONE, Calendar
from workflow.engine.commands import CastVote, Command, Decide, RecordTally, ScoreCard
from workflow.engine.context import Actor
from workflow.engine.directory import Directory, Organisation
from workflow.engine.subject import Case, Entry, Round, Task

#: Who does what; of a vote, one after another.
Act = tuple[Actor, Command]
#: What is done now; nothing where whoever holds the task takes his time.
Move = Callable[["Turn"], Sequence[Act]]
Moves = Mapping[str, Move]

NOTHING: Final[Sequence[Act]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An open task of a case, or of a sitting with its cases."""

    case: Case  #: of a sitting, the first by number
    cases: Sequence[Case]
    round: Round | None
    entry: Entry
    task: Task
    actors: Sequence[Actor]
    directory: Directory
    calendar: Calendar
    now: datetime
    scan: Callable[[str], str]  #: a file of this name, attached to the case; its id

    @property
    def unit(self) -> Organisation:
        return self.directory.organisations[self.case.unit]

    @property
    def data(self) -> Mapping[str, Any]:
        return self.case.data

    @property
    def today(self) -> str:
        return f"{self.now.astimezone(ZONE):%Y-%m-%d}"

    @property
    def times(self) -> int:
        """How often the case has left this state before."""
        return int(str(self.case.left.get(self.entry.state, {}).get("times", 0)))

    def is_due(self, days: float, most: float) -> bool:
        """Whether he has had it long enough: between so many days and so many, each case its own."""
        after = days + (most - days) * self.chance(f"{self.entry.state} {self.entry.number} {self.task.name}")
        return self.now >= self.entry.at + timedelta(days=after)

    def is_before(self, days: float) -> bool:
        """Whether the deadline is nearer than so many days, or over."""
        return self.task.due is not None and self.now >= self.task.due - timedelta(days=days)

    def chance(self, of: str) -> float:
        """From 0 to 1, always the same for this case and what it is about."""
        return Random(f"{self.case.definition}/{self.case.number}/{of}").random()  # noqa: S311 -- a demo that can be repeated

    def pick(self, of: str, among: Sequence[Any]) -> Any:
        return among[int(self.chance(of) * len(among))]

    def holder(self, role: str, organisation: int | None = None) -> int | None:
        """Who holds a post at the case's unit or above it, the nearest first."""
        for place in self.directory.climb(organisation or self.case.unit):
            post = self.directory.post(role, place.id)
            holders = self.directory.holders(post.id, self.now) if post is not None else ()
            if holders:
                return holders[0]
        return None

    def login(self, actor: Actor) -> str | None:
        return self.directory.persons[actor.person].login if actor.person is not None else None

    def decide(self, trigger: str, opinion: str = "", **data: Any) -> Sequence[Act]:
        return self.acts(Decide(task=self.task.id, trigger=trigger, opinion=opinion, data=data))

    def decide_together(
        self, trigger: str, opinion: str, data: Mapping[str, Any], exceptions: Mapping[str, str] | None = None
    ) -> Sequence[Act]:
        command = Decide(
            task=self.task.id, trigger=trigger, opinion=opinion, data=data, exceptions=dict(exceptions or {})
        )
        return self.acts(command)

    def score(self, score: Mapping[str, int], **data: Any) -> Sequence[Act]:
        return [(actor, ScoreCard(task=self.task.id, score=score, data=data)) for actor in self.actors]

    def record(self, counts: Mapping[str, int], **data: Any) -> Sequence[Act]:
        return self.acts(RecordTally(task=self.task.id, counts=counts, data=data))

    def vote(self, choices: Sequence[str]) -> Sequence[Act]:
        """One after another, by turns."""
        return [
            (actor, CastVote(task=self.task.id, choice=choices[place % len(choices)]))
            for place, actor in enumerate(self.actors)
        ]

    def acts(self, command: Command) -> Sequence[Act]:
        return [(self.actors[0], command)] if self.actors else NOTHING


def after(days: float, most: float, move: Move) -> Move:
    """The same, once somebody has had it for between so many days and so many."""
    return lambda turn: move(turn) if turn.is_due(days, most) else NOTHING


def saying(trigger: str, opinion: str = "", **data: Any) -> Move:
    return lambda turn: turn.decide(trigger, opinion, **data)
