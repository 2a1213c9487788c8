"""A step's verb as the commands that its person would give."""

from collections.abc import Callable, Mapping
from typing import Any

from workflow.definition.form import is_empty
from workflow.definition.model import Ballot, Definition
from workflow.definition.term.reading import TermWrong, parse_span
from workflow.engine.commands import (
    CallHasEnded,
    CallTogether,
    CastVote,
    CloseBallot,
    CloseRound,
    Command,
    Decide,
    Fire,
    Object,
    Operate,
    RecordTally,
    Retract,
    Retry,
    ScoreCard,
    Signal,
    Start,
)
from workflow.engine.context import CLOCK
from workflow.engine.operations import OPERATIONS
from workflow.engine.stories.aiming import ANY_KIND, Aim, Aiming, Kinds
from workflow.engine.stories.book import Story
from workflow.engine.stories.naming import Naming
from workflow.engine.stories.world import World
from workflow.engine.subject import Case, Round

Act = Callable[[], None]
_NAMES_PERSON = frozenset({"delegate", "transfer", "add_signer", "remove_signer", "copy", "reassign"})
_OF_TASKS = frozenset({"claim", "release", "delegate", "transfer", "add_signer", "recuse", "extend", "pause"})


def acts_of(world: World, naming: Naming, story: Story, verb: str, does: Mapping[str, Any], person: Any) -> list[Act]:
    """What the step does, ready to be done. Where it holds no task, all that it may have meant: each must be refused."""
    doing = Doing(world, naming, story, does, person)
    return _VERBS[verb](doing) if verb in _VERBS else doing.operate(verb)


class Doing:
    """One step: who does it, upon which case, with which task."""

    def __init__(self, world: World, naming: Naming, story: Story, does: Mapping[str, Any], person: Any) -> None:
        self.world, self.naming, self.story, self.does, self.person = world, naming, story, does, person
        self.actor = naming.actor(person)
        self.aiming = Aiming(world, naming, does, self.actor)

    @property
    def definition(self) -> Definition:
        return self.world.definition

    @property
    def opinion(self) -> str:
        return str(self.does.get("opinion") or "")

    @property
    def to(self) -> str | None:
        return str(self.does["to"]) if "to" in self.does else None

    def act(self, place: str, command: Command) -> Act:
        return lambda: self.world.act(place, command, self.actor)

    def data(self, place: str, editable: tuple[str, ...]) -> dict[str, Any]:
        """`with`, and what the story's `data` fills of that which is still empty."""
        fields = dict(self.definition.fields)
        rules = self.definition.round
        fields |= {f"round.{name}": field for name, field in rules.fields.items()} if rules else {}
        given = self.naming.values(fields, dict(self.does.get("with") or {}))
        self.naming.say_empty(place, given)
        for name in editable:
            field, value = fields.get(name), self.story.data.get(name)
            known = field is None or field.computed or field.source is not None
            said = name in given or self.naming.is_said_empty(place, name)
            if not said and not is_empty(value) and not known and is_empty(self.world.kept(place, name)):
                given |= self.naming.values(fields, {name: value})
        return given

    # --- verbs

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
        if isinstance(row, int) or not isinstance(held, Case):
            return int(row)
        rules = self.definition.states[held.state].activity
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
                    score=dict(self.does["score"]),
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
        ends = [str(state) for state, count in dict(self.does["ended"]).items() for _ in range(int(count))]
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
        return [self.act(self._round(), CallTogether(state=str(self.does["call_together"])))]

    def close(self) -> list[Act]:
        name = str(self.does["close"])
        if name == "round":
            return [self.act(self._round(), CloseRound())]
        if not isinstance(getattr(self.definition.states.get(name), "activity", None), Ballot):
            raise KeyError(f"{name} is no state with a ballot")
        found = next((aim for aim in self.aiming.open(("ballot",)) if aim.entry and aim.entry.state == name), None)
        aim = found or Aim(self._round() if self.definition.states[name].together else self.aiming.case())
        return [self.act(aim.place, CloseBallot(task=aim.number))]

    def _round(self) -> str:
        """The round of the case that is named; else the one that is his, of several the latest."""
        if self.does.get("case") is not None and (own := self.world.cases[self.aiming.case()].round):
            return own
        rounds = self.aiming.rounds()
        if not rounds:
            raise KeyError("there is no round")
        return rounds[0]

    def retry(self) -> list[Act]:
        """What could not go on is fired again: of the case that is named, else the first that stands on the list."""
        places = [self.aiming.case()] if self.does.get("case") else [*self.world.cases, *self.world.rounds]
        waiting = [(place, incident) for place in places for incident in self.world.subject(place).incidents]
        place, number = (waiting[0][0], waiting[0][1].number) if waiting else (self.aiming.case(), 0)
        return [self.act(place, Retry(incident=number))]

    # --- the built-in operations

    def operate(self, verb: str) -> list[Act]:
        """An operation by its name, with its object or reason."""
        if verb == "remove_signer":
            return [self._operation(verb, aim) for aim in self._signed()]
        if verb == "reassign":
            return [self._operation(verb, aim) for aim in self._to_be_given()]
        if verb in _OF_TASKS:
            return [self._operation(verb, aim) for aim in self.aiming.aims(ANY_KIND)]
        if verb == "correct" and self._is_of_round():
            return [self._operation(verb, Aim(self._round()))]
        paused = self._paused() if verb == "resume" else None
        return [self._operation("go_on", paused) if paused else self._operation(verb, Aim(self.aiming.case()))]

    def _paused(self) -> Aim | None:
        """A task whose clock was stopped, where no administrator has suspended the whole."""
        aims = self.aiming.open(ANY_KIND)
        here = (aim for aim in aims if self.world.subject(aim.place).suspended is None)
        return next((aim for aim in here if aim.entry and aim.entry.paused), None)

    def _operation(self, operation: str, aim: Aim) -> Act:
        value = self.does.get("resume" if operation == "go_on" else operation)
        person, kind = self._person(operation, value)
        data = dict(self.does.get("with") or (value if isinstance(value, dict) and operation == "correct" else {}))
        rules = self.definition.round
        fields = rules.fields if aim.place in self.world.rounds and rules else self.definition.fields
        own = value if isinstance(value, dict) and operation == "paper" else {}
        archive = self.does.get("archive", own.get("archive", value if isinstance(value, str) else None))
        command = Operate(
            operation=operation,  # type: ignore[arg-type]  # looked up in the table
            task=aim.number or None,
            person=person,
            kind=kind,  # type: ignore[arg-type]  # before, beside, after
            reason=self._reason(value, person),
            data=self.naming.values(fields, {name.removeprefix("round."): kept for name, kept in data.items()}),
            date=str(self.does.get("date", own.get("date", self.world.today))),
            archive=str(archive or "") or None,
            days=_days(value) if operation == "pause" else None,
        )
        return self.act(aim.place, command)

    def _reason(self, value: Any, person: int | None) -> str:
        """The reason beside it, else its own word; one that a step leaves out is given, unless its want is the point."""
        for key in ("reason", "opinion"):
            if key in self.does:
                return str(self.does[key] or "")
        if isinstance(value, str) and person is None:
            return value
        return "" if self.does.get("refused") == "opinion" else "理由"

    def _person(self, operation: str, value: Any) -> tuple[int | None, str | None]:
        if operation not in _NAMES_PERSON:
            return None, None
        kind = self.does.get("kind") or "before"
        if not isinstance(value, dict):
            return self.naming.person(value), str(kind)
        if "person" in value:
            return self.naming.person(value["person"]), str(value.get("kind", kind))
        own, name = next(iter(value.items()))
        return self.naming.person(name), str(own)

    def _signed(self) -> list[Aim]:
        """The task whose signer is meant."""
        person, _ = self._person("remove_signer", self.does["remove_signer"])
        aims = list(self.aiming.open(ANY_KIND))
        for aim in aims:
            signers = [task for task in aim.entry.tasks if task.signs == aim.number] if aim.entry else []
            asked = aim.task.after_signers if aim.task else ()
            if person in asked or any(task.holders == (person,) for task in signers):
                return [aim]
        return aims[:1] or [Aim(self.aiming.case())]

    def _to_be_given(self) -> list[Aim]:
        """The open task that is to be given to somebody: one that nobody holds before others."""
        aims = sorted(self.aiming.open(ANY_KIND), key=lambda aim: bool(aim.task and aim.task.everyone))
        return aims[:1] or [Aim(self.aiming.case())]

    def _is_of_round(self) -> bool:
        value, rules = self.does["correct"], self.definition.round
        names = {*(self.does.get("with") or {}), *(value if isinstance(value, dict) else ())}
        own = set(rules.fields) - set(self.definition.fields) if rules else set()
        return bool(names) and all(name.startswith("round.") or name in own for name in names)


def _flat(counts: Mapping[str, Any]) -> dict[str, int]:
    """`chair: {good: 9}` as the count `chair.good`."""
    found: dict[str, int] = {}
    for name, count in counts.items():
        found |= {f"{name}.{choice}": n for choice, n in count.items()} if isinstance(count, dict) else {name: count}
    return found


def _word(choice: Any) -> str:
    """YAML keeps `yes` and `no` as words; true and false are meant likewise."""
    return {True: "yes", False: "no"}[choice] if isinstance(choice, bool) else str(choice)


def _days(value: Any) -> int | None:
    """A number of days, or `30 days`; none where it is a reason."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return parse_span(str(value)).count
    except TermWrong:
        return None


_VERBS: dict[str, Callable[[Doing], list[Act]]] = {
    "start": Doing.start,
    "do": Doing.decide,
    "answer": lambda doing: doing.decide("answer"),
    "record": Doing.record,
    "vote": Doing.vote,
    "score": Doing.score,
    "object": Doing.object_to,
    "retract": Doing.retract,
    "signal": Doing.signal,
    "ended": Doing.ended,
    "open": Doing.open_round,
    "call_together": Doing.call_together,
    "close": Doing.close,
    "retry": Doing.retry,
}
#: Every verb of a story: those above, and the operations of section 9.
VERBS = frozenset(_VERBS) | (frozenset(OPERATIONS) - {"go_on"})
