"""How people act in a forecast; every number that it assumes stands here.

- **When.** Whoever holds a task answers after a share of the time that he has, from opening to the deadline: triangular
  between 0 and 1.25, most often 0.8, so that about one in nine is late. Without a deadline he has two working days. The
  answer falls into office hours, 9:00 to 17:00 of a working day.
- **What.** The definition's own forward path, in the order in which it is written: 93 of 100 answers are the first forward
  trigger that is not refused; 5 send back, 2 stop, where the state offers that. Ballots: 90 of 100 votes are the first
  choice, a recorded tally is nine tenths for it. Cards give 70 to 95 of 100 points. Nobody objects to a notice.
- **Others.** A signal, a sitting that somebody calls and called cases come within five working days; called cases end as
  the stories say, else in `done`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from workflow.calendar import at_time, day_of, end_of
from workflow.definition.expression import ExpressionFailed
from workflow.definition.model import Ballot, CalledBy, Definition, Score, State, Tasks, Wait
from workflow.definition.words import FIRED
from workflow.engine.activities import tasks
from workflow.engine.simulating.chance import Chance
from workflow.engine.stories.acting import acts_of
from workflow.engine.stories.book import Book, Story
from workflow.engine.stories.naming import Naming
from workflow.engine.stories.world import World
from workflow.engine.stories.wrong import StoryWrong
from workflow.engine.subject import Entry, Holder, Task
from workflow.engine.who import Asking, everyone, resolve
from workflow.errors import WorkflowError

LATEST, LIKELY = 1.25, 0.8  #: shares of the time that somebody has
WITHOUT_DEADLINE = 2  #: working days
LATER = 5  #: the same, for what nobody in particular is asked
BACK, STOP = 0.05, 0.02
FIRST_CHOICE = 0.9
POINTS = (0.7, 0.95)
ELECTORATE = 100
_OPENS, _CLOSES = time(9), time(17)
_SOON = timedelta(microseconds=1)  #: 24:00 is the beginning of the next day for whoever gets work then


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody means to do about something open, and when."""

    key: tuple[object, ...]  #: what is open: a task, a wait, a gathering
    at: datetime
    ways: tuple[Mapping[str, Any], ...]  #: as steps of a story: the first that is not refused is taken


@dataclass(slots=True)
class People:
    """Those who act in one run."""

    world: World
    naming: Naming
    story: Story
    book: Book
    chance: Chance

    @property
    def definition(self) -> Definition:
        return self.world.definition

    def open_things(self) -> Iterator[tuple[tuple[object, ...], datetime, datetime | None]]:
        """What waits for somebody: its key, since when, and until when he has time."""
        for place, entry in self._entries():
            for task in entry.tasks:
                if task.kind == "ballot":
                    for holder in self._holders(task):
                        if holder not in self.world.voted(place, entry):
                            yield (place, entry.number, task.id, holder), task.opened_at, task.due
                elif task.everyone and not task.resting:
                    yield (place, entry.number, task.id), task.opened_at, task.due
            state = self.definition.states[entry.state]
            if isinstance(state.activity, Wait) and state.activity.signals:
                yield (place, entry.number, "signal"), entry.at, self._later(entry.at)
            if any(call.ended is None for call in entry.calls):
                yield (place, entry.number, "ended"), entry.at, self._later(entry.at)
            if entry.waiting and state.together and isinstance(state.together.until, CalledBy):
                yield (place, entry.number, "together"), entry.at, self._later(entry.at)

    def decide(self, key: tuple[object, ...], since: datetime, due: datetime | None) -> Deed:
        """When he does it, and what he would do, in the order in which he would try."""
        at = max(self._when(since, due), self.world.now)
        place, number = str(key[0]), key[1]
        entry = next(entry for where, entry in self._entries() if where == place and entry.number == number)
        match key[2:]:
            case ("signal",):
                ways = self._signals(entry)
            case ("ended",):
                ways = self._endings(entry)
            case ("together",):
                state = self.definition.states[entry.state]
                group = (
                    state.together.until.who if state.together and isinstance(state.together.until, CalledBy) else ()
                )
                ways = tuple({"call_together": entry.state, "by": name} for name in self._named(group))
            case (int(task), *_):
                opened = next(one for one in entry.tasks if one.id == task)
                ways = tuple(self._ways(place, entry, opened, key[3] if len(key) > 3 else None))  # noqa: PLR2004 -- a voter
        return Deed(key, at, ways)

    def do(self, deed: Deed) -> bool:
        """Try one way after the other; whether one was done."""
        for way in deed.ways:
            verb = next(key for key in way if key not in ("by", "opinion", "task", "case", "with", "to", "then"))
            try:
                acts_of(self.world, self.naming, self.story, verb, way, way.get("by"))[0]()
            except (WorkflowError, StoryWrong, ExpressionFailed):
                continue
            return True
        return False

    # --- when

    def _later(self, since: datetime) -> datetime:
        return end_of(self.world.calendar.add_working(day_of(since), LATER))

    def _when(self, since: datetime, due: datetime | None) -> datetime:
        """A share of the working days that he has, within office hours; of less than a day, of the hours."""
        calendar, share = self.world.calendar, self.chance.triangular(0, LIKELY, LATEST)
        first = day_of(since + _SOON)
        time_left = calendar.working_between(first, day_of(due)) if due is not None else WITHOUT_DEADLINE
        if time_left <= 0:
            return since + (due - since) * share if due is not None and due > since else since
        days, part = divmod(time_left * share, 1)
        day = calendar.add_working(first, int(days)) if days else calendar.next_working(first)
        opens = max(at_time(day, _OPENS), since)
        return opens + max(at_time(day, _CLOSES) - opens, timedelta()) * part

    # --- what

    def _ways(self, place: str, entry: Entry, task: Task, voter: object) -> Iterator[Mapping[str, Any]]:
        state = self.definition.states[entry.state]
        holders = self._holders(task) if voter is None else (voter,)
        for holder in holders:
            name = self._name(place, holder)
            for does in self._answers(state, task):
                yield {"by": name, **does}

    def _answers(self, state: State, task: Task) -> Iterator[Mapping[str, Any]]:
        rules = state.activity
        match task.kind, rules:
            case "ballot", Ballot(of=None):
                yield {"vote": self._choice(tuple(rules.choices)), **self._items(rules)}
            case "ballot", Ballot():
                yield {"vote": list(range(rules.choose or 1))}
            case "record", Ballot():
                yield {"record": _tally(rules)}
            case "score", Score():
                points = {name: self._points(most) for name, most in rules.criteria.items()}
                yield {"score": points}
            case "objection", _:
                yield {"answer": "dismissed"}
            case "signer", _:
                yield {"do": "agree"}
            case _:
                yield from self._triggers(state, task)

    def _triggers(self, state: State, task: Task) -> Iterator[Mapping[str, Any]]:
        offered = [trigger for trigger in state.to if trigger not in FIRED]
        own = tasks.entry_of(state.activity, task).answers if isinstance(state.activity, Tasks) else {}
        senses = {trigger: self.definition.sense(trigger) for trigger in offered}
        share = self.chance.share()
        wanted = "back" if share < BACK else "stop" if share < BACK + STOP else "forward"
        order = sorted(offered, key=lambda trigger: (senses[trigger] != wanted, senses[trigger] != "forward"))
        for trigger in [*order, *own]:
            opinion = "" if senses.get(trigger, "forward") == "forward" else "…"
            for remark in dict.fromkeys((opinion, "…")):
                yield {"do": trigger, "opinion": remark}

    def _choice(self, choices: tuple[str, ...]) -> str:
        return choices[0] if self.chance.share() < FIRST_CHOICE else self.chance.one_of(choices)

    def _items(self, rules: Ballot) -> Mapping[str, Any]:
        return {"with": {item: self._choice(tuple(rules.choices)) for item in rules.items}} if rules.items else {}

    def _points(self, most: int) -> int:
        least, best = POINTS
        return round(most * (least + (best - least) * self.chance.share()))

    def _signals(self, entry: Entry) -> tuple[Mapping[str, Any], ...]:
        rules = self.definition.states[entry.state].activity
        return tuple({"signal": name} for name in rules.signals) if isinstance(rules, Wait) else ()

    def _endings(self, entry: Entry) -> tuple[Mapping[str, Any], ...]:
        """Called cases end as the stories say."""
        left = sum(call.ended is None for call in entry.calls)
        told = (dict(step.does["ended"]) for story in self.book.stories for step in story.steps if "ended" in step.does)
        states = dict.fromkeys(state for ended in told for state in ended)
        return tuple({"ended": {state: left}} for state in (*states, "done"))

    # --- who

    def _entries(self) -> Iterator[tuple[str, Entry]]:
        for case in self.world.cases.values():
            if case.entry is not None and case.ended_at is None and case.suspended is None:
                yield case.id, case.entry
        for round_ in self.world.rounds.values():
            for sitting in round_.sittings:
                yield round_.id, sitting.entry

    def _holders(self, task: Task) -> tuple[Holder, ...]:
        asked = Asking(definition=self.definition, context=self.world.context(self.naming.service), unit=0)
        return tuple(everyone(task.everyone, asked))

    def _name(self, place: str, holder: object) -> str:
        known = self.world.by_name(place, holder)  # type: ignore[arg-type]  # a key holds it among other things
        return self.naming.name(known)

    def _named(self, group: tuple[str, ...]) -> Iterator[str]:
        for round_ in self.world.rounds.values():
            context = self.world.context(self.naming.service, round_.id)
            asking = Asking(definition=self.definition, context=context, unit=round_.unit)
            yield from (self.naming.name(person) for person in resolve(group, asking).persons)


def _tally(rules: Ballot) -> dict[str, int]:
    first = next(iter(rules.choices))
    return {"electorate": ELECTORATE, "present": ELECTORATE, first: int(ELECTORATE * FIRST_CHOICE)}
