"""A step's verb as the commands that its person would give."""

from collections.abc import Callable, Mapping
from typing import Any

from workflow.definition.model import Ballot
from workflow.engine.commands import (
    CallHasEnded,
    CallTogether,
    CastVote,
    CloseBallot,
    CloseRound,
    Decide,
    Fire,
    Object,
    RecordTally,
    Retract,
    Retry,
    ScoreCard,
    Signal,
    Start,
)
from workflow.engine.context import CLOCK
from workflow.engine.operations import OPERATIONS
from workflow.engine.stories.aiming import Aim, Kinds
from workflow.engine.stories.book import Story
from workflow.engine.stories.doing import Act, Doing
from workflow.engine.stories.naming import Naming
from workflow.engine.stories.operating import operate
from workflow.engine.stories.world import World
from workflow.engine.stories.wrong import StoryWrong
from workflow.engine.subject import Case, Round
from workflow.text import sentence


def acts_of(world: World, naming: Naming, story: Story, verb: str, does: Mapping[str, Any], person: Any) -> list[Act]:
    """What the step does, ready to be done. Where it holds no task, all that it may have meant: each must be refused."""
    doing = Acting(world, naming, story, does, person)
    return _VERBS[verb](doing) if verb in _VERBS else operate(doing, verb)


class Acting(Doing):
    """The verbs of a step."""

    def start(self) -> list[Act]:
        first = self.definition.states[self.definition.first_state]
        given = self.naming.values(self.definition.fields, dict(self.does["start"] or {}))
        for name in first.edit:
            if name in self.definition.fields and name not in given and name in self.story.data:
                given |= self.naming.values(self.definition.fields, {name: self.story.data[name]})
        unit, called = self.does.get("unit"), self.does.get("case")
        command = Start(
            id=f"case-{len(self.world.cases) + 1}", unit=self.naming.unit(unit) if unit else None, data=given
        )

        def start() -> None:
            case = self.world.start(command, self.actor)
            self.naming.call(case, str(called) if called else None)
            self.naming.say_empty(case.id, given)

        return [start]

    def decide(self, key: str = "do") -> list[Act]:
        trigger = str(self.does[key])
        kinds: Kinds = ("task", "signer", "objection") if key == "do" else ("objection", "signer", "task")
        others: Kinds = ("ballot", "record", "score")  # where nothing is decided: who tries is told so
        aims = self.aiming.aims((*kinds, *others), lambda aim: self.aiming.offers(aim, trigger))
        if not self.aiming.offers(aims[0], trigger) and self._is_anytime(trigger):
            return [self._fire(trigger)]
        exceptions = {
            self.naming.find(str(case)) or str(case): str(other)
            for case, other in dict(self.does.get("except") or {}).items()
        }
        return [
            self.act(
                aim.place,
                Decide(
                    task=aim.number,
                    trigger=trigger,
                    opinion=self.opinion,
                    data=self.data(aim.place, self.aiming.editable(aim)),
                    to=self.to,
                    then=self.does.get("then"),
                    exceptions=exceptions,
                ),
            )
            for aim in aims
        ]

    def _is_anytime(self, trigger: str) -> bool:
        """Whether it is meant as one that needs no task: offered here so, or not otherwise."""
        rule = self.definition.anytime.get(trigger)
        if rule is None:
            return False
        state = self.world.cases[self.aiming.case()].state
        return state in rule.states or trigger not in self.definition.states[state].to

    def _fire(self, trigger: str) -> Act:
        case = self.aiming.case()
        command = Fire(
            trigger=trigger,
            opinion=self.opinion,
            data=self.data(case, self.definition.anytime[trigger].edit),
            to=self.to,
            then=self.does.get("then"),
        )
        return self.act(case, command)

    def record(self) -> list[Act]:
        return [self._record(aim) for aim in self.aiming.aims(("record",))]

    def _record(self, aim: Aim) -> Act:
        """One tally for all, in a sitting one for each case; the counts of a further question stand under its name."""
        counts = dict(self.does["record"] or {})
        sits = isinstance(self.world.subject(aim.place), Round)
        of_cases = {name: found for name, found in counts.items() if sits and isinstance(found, dict)}
        command = RecordTally(
            task=aim.number,
            counts={} if of_cases else _flat(counts),
            by_case={self.naming.case(case): _flat(found) for case, found in of_cases.items()},
            data=self.data(aim.place, self.aiming.editable(aim)),
            opinion=self.opinion,
        )
        return self.act(aim.place, command)

    def vote(self) -> list[Act]:
        return [self._vote(aim) for aim in self.aiming.aims(("ballot",))]

    def _vote(self, aim: Aim) -> Act:
        given = self.does["vote"]
        rows = tuple(self._row(aim.place, one) for one in given) if isinstance(given, list) else ()
        choice: str | None = None
        votes: dict[str, str] = {}
        if isinstance(given, dict):
            votes = {self.naming.case(case): _word(word) for case, word in given.items()}
        elif aim.place in self.world.rounds:
            votes = dict.fromkeys(self.world.voted_on(aim.place, aim.number, self.actor), _word(given))
        elif not isinstance(given, list):
            choice = _word(given)
        items = {str(item): _word(word) for item, word in dict(self.does.get("with") or {}).items()}
        command = CastVote(task=aim.number, choice=choice, items=items, rows=rows, votes=votes)
        return lambda: self.world.vote(aim.place, command, self.actor)

    def _row(self, place: str, row: Any) -> int:
        held = self.world.subject(place)
        if isinstance(row, int):
            return row
        rules = self.definition.states[held.state].activity if isinstance(held, Case) else None
        rows = held.data.get(rules.of or "") or [] if isinstance(rules, Ballot) else []
        number = self.naming.numbers.get(str(row))
        found = (
            n
            for n, cells in enumerate(rows)
            if row in cells.values() or (number is not None and number in cells.values())
        )
        return next(found, len(rows))

    def score(self) -> list[Act]:
        return [
            self.act(
                aim.place,
                ScoreCard(
                    task=aim.number,
                    score=dict(self.does["score"] or {}),
                    data=self.data(aim.place, self.aiming.editable(aim)),
                    opinion=self.opinion,
                ),
            )
            for aim in self.aiming.aims(("score",))
        ]

    def object_to(self) -> list[Act]:
        somebody = "群众" if self.person == "public" else str(self.person)
        named = str(self.does["name"] or "") or None if "name" in self.does else somebody
        command = Object(
            text=str(self.does["object"]),
            name=named,
            contact=str(self.does["contact"]) if self.does.get("contact") else None,
            evidence=tuple(str(file) for file in self.does.get("evidence") or ()),
        )
        return [self.act(self.aiming.case(), command)]

    def retract(self) -> list[Act]:
        case = self.world.cases[self.aiming.case()]
        objections = case.entry.notice.objections if case.entry and case.entry.notice else ()
        number = max((o.number for o in objections if o.state == "open"), default=0)
        return [self.act(case.id, Retract(objection=number))]

    def signal(self) -> list[Act]:
        """It comes from an outside program, whoever is named."""
        command = Signal(name=str(self.does["signal"]), data=dict(self.does.get("with") or {}))
        return [lambda: self.world.act(self.aiming.case(), command, self.naming.service)]

    def ended(self) -> list[Act]:
        """What called cases came to, by end state; the first that are still open."""
        case = self.aiming.case()
        ends = [str(state) for state, count in dict(self.does["ended"] or {}).items() for _ in range(count)]
        data = self.naming.values({}, dict(self.does.get("with") or {}))

        def end() -> None:
            for state in ends:
                entry = self.world.cases[case].entry
                number = next((call.number for call in entry.calls if call.ended is None), 0) if entry else 0
                self.world.act(case, CallHasEnded(number=number, state=state, data=data), CLOCK)

        return [end]

    def open_round(self) -> list[Act]:
        rules, unit = self.definition.round, self.does.get("unit")
        data = self.naming.values(rules.fields if rules else {}, dict(self.does["open"] or {}))
        owner = self.naming.unit(unit) if unit else None
        return [lambda: self.world.open_round(data, self.actor, unit=owner)]

    def call_together(self) -> list[Act]:
        return [self.act(self.round(), CallTogether(state=str(self.does["call_together"])))]

    def close(self) -> list[Act]:
        name = str(self.does["close"])
        if name == "round":
            return [self.act(self.round(), CloseRound())]
        if not isinstance(getattr(self.definition.states.get(name), "activity", None), Ballot):
            raise StoryWrong(sentence("{name} is no state with a ballot", name=name))
        found = next((aim for aim in self.aiming.open(("ballot",)) if aim.entry and aim.entry.state == name), None)
        aim = found or Aim(self.round() if self.definition.states[name].together else self.aiming.case())
        return [self.act(aim.place, CloseBallot(task=aim.number))]

    def retry(self) -> list[Act]:
        """What could not go on is fired again: of the case that is named, else the first that stands on the list."""
        places = [self.aiming.case()] if self.does.get("case") else [*self.world.cases, *self.world.rounds]
        waiting = [(place, incident) for place in places for incident in self.world.subject(place).incidents]
        place, number = (waiting[0][0], waiting[0][1].number) if waiting else (self.aiming.case(), 0)
        return [self.act(place, Retry(incident=number))]


def _flat(counts: Mapping[str, Any]) -> dict[str, int]:
    """`chair: {good: 9}` as the count `chair.good`."""
    found: dict[str, int] = {}
    for name, count in counts.items():
        found |= {f"{name}.{choice}": n for choice, n in count.items()} if isinstance(count, dict) else {name: count}
    return found


def _word(choice: Any) -> str:
    """YAML keeps `yes` and `no` as words; true and false are meant likewise."""
    return {True: "yes", False: "no"}[choice] if isinstance(choice, bool) else str(choice)


_VERBS: dict[str, Callable[[Acting], list[Act]]] = {
    "start": Acting.start,
    "do": Acting.decide,
    "answer": lambda doing: doing.decide("answer"),
    "record": Acting.record,
    "vote": Acting.vote,
    "score": Acting.score,
    "object": Acting.object_to,
    "retract": Acting.retract,
    "signal": Acting.signal,
    "ended": Acting.ended,
    "open": Acting.open_round,
    "call_together": Acting.call_together,
    "close": Acting.close,
    "retry": Acting.retry,
}
#: Every verb of a story: those above, and the operations of section 9.
VERBS = frozenset(_VERBS) | (frozenset(OPERATIONS) - {"go_on"})
