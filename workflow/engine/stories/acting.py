"""A step's verb as the command that its person would give."""

from collections.abc import Callable, Mapping
from typing import Any

from workflow.definition.form import is_empty
from workflow.definition.model import Ballot, Definition, Notice, Score, Task, Tasks
from workflow.engine import permit
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
    ScoreCard,
    Signal,
    Start,
)
from workflow.engine.context import CLOCK
from workflow.engine.operations import OPERATIONS
from workflow.engine.stories.book import Story
from workflow.engine.stories.naming import Naming
from workflow.engine.stories.world import ROUND, World
from workflow.engine.subject import Case
from workflow.engine.subject import Task as OpenTask
from workflow.errors import NotFound

Act = Callable[[], None]
_NAMES_PERSON = frozenset({"delegate", "transfer", "add_signer", "remove_signer", "copy", "reassign"})


def act_of(world: World, naming: Naming, story: Story, verb: str, does: Mapping[str, Any], person: Any) -> Act:
    """What the step does, ready to be done."""
    doing = Doing(world, naming, story, does, person)
    found = _VERBS.get(verb)
    if found is not None:
        return found(doing)
    operation = "go_on" if verb == "resume" and doing.is_paused() else verb
    if operation in OPERATIONS:
        return doing.operate(operation, does[verb])
    raise KeyError(f"there is no verb {verb}")


class Doing:
    """One step: who does it, upon which case, with which task."""

    def __init__(self, world: World, naming: Naming, story: Story, does: Mapping[str, Any], person: Any) -> None:
        self.world, self.naming, self.story, self.does = world, naming, story, does
        self.actor = naming.actor(person)
        self.person = person

    @property
    def definition(self) -> Definition:
        return self.world.definition

    # --- where

    def subject(self, *, kinds: tuple[str, ...] = ("task", "objection", "signer")) -> tuple[str, OpenTask | None]:
        """The case or round, and the open task that this person holds in it."""
        named = self.does.get("case")
        if named is not None:
            case = self.naming.case(named)
            return case, self._task(case, kinds) or self._sole_task(case, kinds)
        places = [*([ROUND] if self.world.round is not None else []), *self.world.cases]
        for place in places:
            task = self._task(place, kinds)
            if task is not None:
                return place, task
        case = self.naming.case(None)
        return case, self._sole_task(case, kinds)

    def case(self) -> str:
        return self.naming.case(self.does.get("case"))

    def is_paused(self) -> bool:
        held = self.world.cases.get(self.case()) if self.world.cases else None
        return held is not None and held.entry is not None and held.entry.paused is not None

    def _task(self, place: str, kinds: tuple[str, ...]) -> OpenTask | None:
        for task in self._open(place, kinds):
            cases = self._cases(place)
            held = self.world.subject(place)
            context = self.world.context(self.actor)
            if permit.why_not(self.definition, held, task, cases, context) is None:
                return task
        return None

    def _sole_task(self, place: str, kinds: tuple[str, ...]) -> OpenTask | None:
        """For a step that should be refused: the task that somebody else holds."""
        found = self._open(place, kinds)
        return found[0] if found else None

    def _open(self, place: str, kinds: tuple[str, ...]) -> list[OpenTask]:
        held = self.world.subject(place)
        entries = [held.entry] if isinstance(held, Case) else [sitting.entry for sitting in held.sittings]
        tasks = [task for entry in entries if entry for task in entry.tasks if task.kind in kinds]
        wanted = self.does.get("task")
        return [task for task in tasks if wanted in (None, task.name, f"{task.name}.{task.id}")]

    def _cases(self, place: str) -> tuple[Any, ...]:
        held = self.world.subject(place)
        if isinstance(held, Case):
            return (held,)
        view = self.world.context(self.actor).round
        ids = {case for sitting in held.sittings for case in sitting.cases}
        return tuple(case for case in (view.cases if view else None) or () if case.id in ids)

    # --- with what

    def data(self, place: str, editable: tuple[str, ...]) -> dict[str, Any]:
        """`with`, and what the story's `data` fills of that which is still empty."""
        fields = dict(self.definition.fields)
        rules = self.definition.round
        fields |= {f"round.{name}": field for name, field in rules.fields.items()} if rules else {}
        given = self.naming.values(fields, dict(self.does.get("with") or {}))
        held = self.world.subject(place)
        known = held.data
        for name in editable:
            short = name.removeprefix("round.")
            value = self.story.data.get(name)
            computed = name in fields and (fields[name].computed or fields[name].source is not None)
            if name not in given and value is not None and is_empty(known.get(short)) and not computed:
                given |= self.naming.values(fields, {name: value})
        return given

    def editable(self, place: str, task: OpenTask | None) -> tuple[str, ...]:
        held = self.world.subject(place)
        name = (
            held.state
            if isinstance(held, Case)
            else next((s.state for s in held.sittings if task and any(t.id == task.id for t in s.entry.tasks)), "")
        )
        state = self.definition.states.get(name)
        if state is None:
            return ()
        match state.activity:
            case Tasks(entries=entries):
                return next((entry.task.edit for entry in entries if task and entry.name == task.name), ())
            case Task(edit=edit) | Ballot(edit=edit) | Score(edit=edit):
                return edit
            case Notice(objections=objections) if objections is not None and self.does.get("answer") == "partly":
                return objections.correct
        return ()

    @property
    def opinion(self) -> str:
        return str(self.does.get("opinion") or "")

    def do(self, place: str, command: Command) -> Act:
        return lambda: self.world.act(place, command, self.actor)

    # --- verbs

    def start(self) -> Act:
        first = self.definition.states[self.definition.first_state]
        given = self.naming.values(self.definition.fields, dict(self.does["start"] or {}))
        for name in first.edit:
            if name in self.definition.fields and name not in given and name in self.story.data:
                given |= self.naming.values(self.definition.fields, {name: self.story.data[name]})
        unit = self.does.get("unit")
        command = Start(
            id=f"case-{len(self.world.cases) + 1}",
            unit=self.naming.numbers.get(str(unit)) if unit else None,
            data=given,
        )

        def start() -> None:
            case = self.world.start(command, self.actor)
            directory = self.world.directory
            concerned = directory.name_of(case.concerned) if isinstance(case.concerned, int) else None
            name = self.does.get("case")
            self.naming.call(
                case, str(name) if name else None, concerned, str(self.person), directory.name_of(case.unit)
            )

        return start

    def decide(self, key: str = "do") -> Act:
        trigger = str(self.does[key])
        place, task = self.subject(kinds=("task", "objection", "signer"))
        anytime = self.definition.anytime.get(trigger)
        held = self.world.subject(place)
        if task is None or (
            anytime is not None and isinstance(held, Case) and trigger not in self.definition.states[held.state].to
        ):
            return self.fire(trigger)
        cases = self.naming.cases
        exceptions = {
            cases.get(str(case), str(case)): str(t) for case, t in dict(self.does.get("except") or {}).items()
        }
        command = Decide(
            task=task.id,
            trigger=trigger,
            opinion=self.opinion,
            data=self.data(place, self.editable(place, task)),
            to=str(self.does["to"]) if "to" in self.does else None,
            then=self.does.get("then"),
            exceptions=exceptions,
        )
        return self.do(place, command)

    def fire(self, trigger: str) -> Act:
        case = self.case()
        anytime = self.definition.anytime.get(trigger)
        command = Fire(
            trigger=trigger,
            opinion=self.opinion,
            data=self.data(case, anytime.edit if anytime else ()),
            to=str(self.does["to"]) if "to" in self.does else None,
            then=self.does.get("then"),
        )
        if anytime is None:
            held = self.world.cases[case]
            closed = max((int(number) for number in held.closed), default=0)
            return self.do(case, Decide(task=closed, trigger=trigger, opinion=self.opinion))
        return self.do(case, command)

    def record(self) -> Act:
        place, task = self.subject(kinds=("record",))
        if task is None:
            raise NotFound
        counts = dict(self.does["record"] or {})
        by_case = {self.naming.case(case): dict(found) for case, found in counts.items() if isinstance(found, dict)}
        command = RecordTally(
            task=task.id,
            counts={} if by_case else counts,
            by_case=by_case,
            data=self.data(place, self.editable(place, task)),
            opinion=self.opinion,
        )
        return self.do(place, command)

    def vote(self) -> Act:
        place, task = self.subject(kinds=("ballot",))
        if task is None:
            raise NotFound
        vote = self.does["vote"]
        rows: tuple[int, ...] = ()
        choice, votes = None, {}
        if isinstance(vote, dict):
            votes = {self.naming.case(case): str(choice) for case, choice in vote.items()}
        elif isinstance(vote, list):
            rows = tuple(self._row(place, one) for one in vote)
        elif place == ROUND:
            held = self.world.round
            sitting = next(s for s in held.sittings if any(t.id == task.id for t in s.entry.tasks)) if held else None
            ballot = sitting.entry.ballot if sitting else None
            votes = dict.fromkeys(
                (ballot.cases if ballot and ballot.cases else sitting.cases) if sitting else (), str(vote)
            )
        else:
            choice = _word(vote)
        items = {str(item): _word(given) for item, given in dict(self.does.get("with") or {}).items()}
        command = CastVote(task=task.id, choice=choice, items=items, rows=rows, votes=votes)
        return lambda: self.world.vote(place, command, self.actor)

    def _row(self, place: str, row: Any) -> int:
        if isinstance(row, int):
            return row
        held = self.world.subject(place)
        assert isinstance(held, Case)
        rules = self.definition.states[held.state].activity
        assert isinstance(rules, Ballot)
        rows = held.data.get(rules.of or "") or []
        number = self.naming.numbers.get(str(row))
        return next(
            n
            for n, found in enumerate(rows)
            if row in found.values() or (number is not None and number in found.values())
        )

    def score(self) -> Act:
        place, task = self.subject(kinds=("score",))
        if task is None:
            raise NotFound
        command = ScoreCard(
            task=task.id,
            score=dict(self.does["score"]),
            data=self.data(place, self.editable(place, task)),
            opinion=self.opinion,
        )
        return self.do(place, command)

    def object_to(self) -> Act:
        somebody = "群众" if self.person == "public" else str(self.person)
        named = str(self.does["name"] or "") or None if "name" in self.does else somebody
        command = Object(
            text=str(self.does["object"]),
            name=named,
            evidence=tuple(str(file) for file in self.does.get("evidence") or ()),
        )
        return self.do(self.case(), command)

    def retract(self) -> Act:
        case = self.world.cases[self.case()]
        objections = case.entry.notice.objections if case.entry and case.entry.notice else ()
        number = max((o.number for o in objections if o.state == "open"), default=0)
        return self.do(case.id, Retract(objection=number))

    def signal(self) -> Act:
        case = self.case()
        command = Signal(name=str(self.does["signal"]), data=dict(self.does.get("with") or {}))
        return self.do(case, command)

    def ended(self) -> Act:
        """What called cases came to, by end state; the first that are still open."""
        case = self.case()
        ends = [str(state) for state, count in dict(self.does["ended"]).items() for _ in range(int(count))]
        data = self.naming.values({}, dict(self.does.get("with") or {}))

        def end() -> None:
            for state in ends:
                entry = self.world.cases[case].entry
                number = next((call.number for call in entry.calls if call.ended is None), 0) if entry else 0
                self.world.act(case, CallHasEnded(number=number, state=state, data=data), CLOCK)

        return end

    def open_round(self) -> Act:
        rules = self.definition.round
        assert rules is not None
        data = self.naming.values(rules.fields, dict(self.does["open"] or {}))
        return lambda: self.world.open_round(data, self.actor)

    def call_together(self) -> Act:
        return self.do(ROUND, CallTogether(state=str(self.does["call_together"])))

    def close(self) -> Act:
        name = str(self.does["close"])
        if name == "round":
            return self.do(ROUND, CloseRound())
        place, task = self.subject(kinds=("ballot",))
        if task is None:
            raise NotFound
        return self.do(place, CloseBallot(task=task.id))

    def operate(self, operation: str, value: Any) -> Act:
        """An operation by its name with its object or reason."""
        on_round = operation == "correct" and self._of_round()
        kinds = ("signer",) if operation == "remove_signer" else ("task", "record", "score", "ballot", "objection")
        place, task = (ROUND, None) if on_round else self.subject(kinds=kinds)
        person, kind = self._person(operation, value)
        if operation == "remove_signer" and task is not None and task.kind == "signer":
            task = next((t for t in self._open(place, ("task",)) if t.id == task.signs), task)
        reason = str(
            self.does.get("reason") or self.opinion or ("理由" if person is not None or value is True else value or "")
        )
        data = dict(self.does.get("with") or (value if isinstance(value, dict) and operation == "correct" else {}))
        rules = self.definition.round
        fields = rules.fields if on_round and rules else self.definition.fields
        command = Operate(
            operation=operation,  # type: ignore[arg-type]  # looked up in the table
            task=task.id if task else None,
            person=person,
            kind=kind,  # type: ignore[arg-type]  # before, beside, after
            reason=reason,
            data=self.naming.values(fields, {name.removeprefix("round."): v for name, v in data.items()}),
            date=str(self.does.get("date") or (value.get("date") if isinstance(value, dict) else "2026-01-01")),
            archive=str(self.does.get("archive") or (value.get("archive") if isinstance(value, dict) else value)),
            days=value if operation == "pause" and isinstance(value, int) and not isinstance(value, bool) else None,
        )
        return self.do(place, command)

    def _of_round(self) -> bool:
        names = dict(self.does.get("with") or {})
        if isinstance(self.does.get("correct"), dict):
            names |= self.does["correct"]
        rules = self.definition.round
        return (
            bool(names)
            and rules is not None
            and all(
                name.removeprefix("round.") in rules.fields and name not in self.definition.fields for name in names
            )
        )

    def _person(self, operation: str, value: Any) -> tuple[int | None, str | None]:
        if operation not in _NAMES_PERSON:
            return None, None
        kind = self.does.get("kind")
        if isinstance(value, dict):
            found = {str(key): name for key, name in value.items()}
            if "person" in found:
                return self.naming.person(found["person"]), str(found.get("kind", kind or "before"))
            (kind, value) = next(iter(found.items()))
        return self.naming.person(value), str(kind or "before")


def _word(choice: Any) -> str:
    """YAML keeps `yes` and `no` as words; true and false are meant likewise."""
    return {True: "yes", False: "no"}.get(choice, str(choice)) if isinstance(choice, bool) else str(choice)


_VERBS: dict[str, Callable[[Doing], Act]] = {
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
}
