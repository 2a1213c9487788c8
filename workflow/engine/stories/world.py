"""The world of a story: a dictionary where the service has a database, and the same loop of acts and effects over it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from msgspec.structs import replace as altered

from workflow.calendar import Calendar, day_of
from workflow.definition.form import Kept
from workflow.definition.model import PUBLIC, Definition
from workflow.engine import permit
from workflow.engine.changes import Change, Effect, LateObjection, Left, Started, Told
from workflow.engine.commands import (
    CaseCommand,
    CastVote,
    CloseBallot,
    Command,
    FireTimer,
    Gather,
    Lapse,
    OpenRound,
    ReckonAgain,
    RoundCommand,
    SetRound,
    Start,
)
from workflow.engine.context import CLOCK, Actor, Context, Lot, SeededLot
from workflow.engine.directory import Directory, Principal
from workflow.engine.moving import is_stopped
from workflow.engine.names import names_by_link
from workflow.engine.once import OnceKey, once_values
from workflow.engine.opening import cases_to_open
from workflow.engine.rounds.deciding import sitting_of
from workflow.engine.rounds.sitting import on_paper
from workflow.engine.rounds.step import RoundStep, answer_of, as_settled, step_round
from workflow.engine.rounds.work import RoundWork
from workflow.engine.step import step
from workflow.engine.stories.boxes import Boxes, ballot_of
from workflow.engine.stories.clock import earliest, numbered
from workflow.engine.stories.known import Known
from workflow.engine.stories.wrong import StoryWrong
from workflow.engine.subject import Case, CaseFacts, Entry, Holder, Round, Task
from workflow.engine.voting import entry_of_task, is_secret, seal
from workflow.engine.who import STARTER_LINK
from workflow.errors import GuardFailed, InvalidData, NotPermitted, Refused, Twice, WorkflowError
from workflow.text import sentence

_SERVICE = Actor(service="story")
#: A clock that fires so often without coming to rest never will.
_MOST_TIMERS = 100_000

Todo = list[tuple[str, Change]]  #: changes whose effects are to be done, each with the subject that ordered it


@dataclass(slots=True)
class Happened:
    """What was told and done since the last look."""

    told: list[Holder] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stated:
    """A computed value that a story gives: it stands for as long as it would reckon to the same by itself."""

    value: Kept
    by_itself: Kept


@dataclass(slots=True)
class World:
    """A clock, a directory, rounds and their cases."""

    definition: Definition
    calendar: Calendar
    directory: Directory
    now: datetime
    lot: Lot = field(default_factory=lambda: SeededLot("story"))
    facts: Mapping[str, Kept] = field(default_factory=dict)
    previous: Mapping[str, Kept] | None = None
    cases: dict[str, Case] = field(default_factory=dict)
    rounds: dict[str, Round] = field(default_factory=dict)
    stated: dict[str, dict[str, Stated]] = field(default_factory=dict)  #: by case and computed field
    happened: Happened = field(default_factory=Happened)
    history: dict[str, list[tuple[Change, ...]]] = field(default_factory=dict)  #: the changes of each act, by subject
    observe: Callable[[str, bool], None] | None = None
    taken: set[tuple[str, str]] = field(default_factory=set)  #: (state, trigger)
    boxes: Boxes = field(default_factory=Boxes)
    _once: dict[OnceKey, str] = field(default_factory=dict)
    _known: Known = field(default_factory=Known)

    # --- acting

    def act(self, subject: str, command: Command, actor: Actor) -> None:
        """One act upon a case or a round, and all that follows from it. Raises what refuses it; then nothing changed."""
        self._commit(lambda: self._act(subject, command, actor))
        self.advance(self.now)

    def start(self, command: Start, actor: Actor) -> Case:
        """Begin a case; one that `once` forbids is refused with the number of the first."""
        self._commit(lambda: self._start(command, actor))
        self.advance(self.now)
        return self.cases[command.id]

    def open_round(
        self, data: Mapping[str, Any], actor: Actor, *, unit: Principal | None = None, with_cases: bool = True
    ) -> None:
        """Open a round at the organisation that is named, else at the first of its level where the actor may."""
        self._commit(lambda: self._open_round(data, actor, unit, with_cases=with_cases))
        self.advance(self.now)

    def vote(self, subject: str, command: CastVote, actor: Actor) -> None:
        """An open vote is an act; a secret one goes into a box, and the last one orders the closing."""
        held = self.subject(subject)
        if not is_secret(held, command.task):
            self.act(subject, command, actor)
            return
        if self.boxes.put(subject, seal(self.definition, held, command, self.context(actor, subject))):
            self.act(subject, CloseBallot(task=command.task), CLOCK)

    def give(self, case: Case, changes: Sequence[Change]) -> None:
        """A case that is already there; whether it sits is looked at when all are."""

        def give() -> Todo:
            self._keep_once(case)
            self.cases[case.id] = case
            return [(case.id, change) for change in changes if not _is_effect(change, "gather")]

        self._commit(give)

    def gather(self) -> None:
        """Look whether what is there can be decided together."""
        for name in list(self.rounds):
            self.act(name, Gather(), _SERVICE)

    # --- looking

    @property
    def today(self) -> date:
        return day_of(self.now)

    @property
    def round(self) -> Round | None:
        """The round that was opened last."""
        return next(reversed(self.rounds.values()), None)

    def subject(self, name: str) -> Case | Round:
        return self.rounds[name] if name in self.rounds else self.cases[name]

    def snapshot(self) -> tuple[object, ...]:
        """All that an act may change."""
        return dict(self.cases), dict(self.rounds), self._once, self.boxes.envelopes

    def may(self, actor: Actor, subject: str, task: Task) -> bool:
        """Whether somebody may act on an open task."""
        cases, context = self.cases_of(subject, task), self.context(actor, subject)
        return permit.why_not(self.definition, self.subject(subject), task, cases, context) is None

    def voted(self, subject: str, entry: Entry) -> tuple[Holder, ...]:
        """Who has voted: of a secret ballot it is the box that knows."""
        return (entry.ballot.voted or self.boxes.voted(subject, entry)) if entry.ballot is not None else ()

    def voted_on(self, place: str, task: int, actor: Actor) -> tuple[str, ...]:
        """The cases of a sitting on which somebody has a vote."""
        if actor.holder is None or entry_of_task(self.rounds[place], task) is None:
            return ()
        work = RoundWork(self.definition, self.context(actor, place), self.rounds[place])
        return tuple(case.id for case in on_paper(sitting_of(work, task), actor.holder))

    def cases_of(self, subject: str, task: Task) -> tuple[Case | CaseFacts, ...]:
        """The case that a task is of, or those of its sitting."""
        held = self.subject(subject)
        if isinstance(held, Case):
            return (held,)
        sitting = next((found for found in held.sittings if task in found.entry.tasks), None)
        return tuple(self._known.of(self.definition, self.cases[case]) for case in (sitting.cases if sitting else ()))

    def cases_in(self, round_: Round) -> tuple[CaseFacts, ...]:
        return self._known.of_round(self.definition, round_, self.cases.values())

    def kept(self, place: str, name: str) -> Kept:
        """What a field holds; `round.x` is a field of the round."""
        held = self.subject(place)
        if name.startswith("round."):
            round_ = self.rounds.get(held.round or "") if isinstance(held, Case) else held
            return round_.data.get(name.removeprefix("round.")) if round_ else None
        return held.data.get(name)

    def by_name(self, subject: str, holder: Holder) -> Holder:
        """A holder; one who is known by a link only by his name, and who began by one as the public."""
        if holder == STARTER_LINK:
            return PUBLIC
        case = self.cases.get(subject)
        return (
            names_by_link(self.definition, case).get(holder, holder)
            if case is not None and isinstance(holder, str)
            else holder
        )

    def context(self, actor: Actor, subject: str = "", task: int | None = None) -> Context:
        """What a step upon a subject may know; without a subject the round is that which was opened last."""
        case = self.cases.get(subject)
        round_ = self.rounds.get(case.round or "") if case else self.rounds.get(subject, self.round)
        return Context(
            now=self.now,
            directory=self.directory,
            calendar=self.calendar,
            actor=actor,
            lot=self.lot,
            round=self._known.view(round_, self.cases_in(round_), (self.now, self.directory)) if round_ else None,
            facts=self.facts,
            previous=self.previous,
            observe=self.observe,
            tally=self.boxes.tally(subject, self.subject(subject), task) if subject and task is not None else None,
            stated={name: stated.by_itself for name, stated in self.stated.get(subject, {}).items()},
        )

    # --- time

    def advance(self, to: datetime) -> None:
        """Go from due time to due time; what is due at `to` has happened afterwards."""
        for _ in range(_MOST_TIMERS):
            found = earliest(self.rounds.values(), self.cases.values(), to)
            if found is None:
                self.now = max(self.now, to)
                return
            subject, timer = found
            self.now = max(self.now, timer.at)
            self._commit(lambda subject=subject, timer=timer: self._act(subject, FireTimer(timer=timer.id), CLOCK))  # type: ignore[misc]
        raise StoryWrong(sentence("the clock does not come to rest"))

    # --- what an act does

    def _commit(self, doing: Callable[[], Todo]) -> None:
        """All of it or nothing; then what follows."""
        before = dict(self.cases), dict(self.rounds), self._once, set(self.taken)
        acts = {subject: len(made) for subject, made in self.history.items()}
        try:
            todo = doing()
        except Exception:
            self.cases, self.rounds, self._once, self.taken = before
            self.history = {subject: made[: acts[subject]] for subject, made in self.history.items() if subject in acts}
            raise
        self._follow(todo)

    def _act(self, subject: str, command: Command, actor: Actor) -> Todo:
        context = self.context(actor, subject, ballot_of(self.subject(subject), command))
        if subject in self.rounds:
            return self._act_on_round(subject, command, context)  # type: ignore[arg-type]  # a command of a round
        return self._act_on_case(subject, command, context)  # type: ignore[arg-type]  # a command of a case

    def _act_on_case(self, name: str, command: CaseCommand, context: Context) -> Todo:
        done = step(self.definition, self.cases[name], command, context)
        self._keep_once(done.subject)
        self.cases[name] = altered(done.subject, seq=done.subject.seq + 1) if done.changes else done.subject
        self.stated[name] = {
            field: stated
            for field, stated in self.stated.get(name, {}).items()
            if self.cases[name].data.get(field) == stated.value
        }
        return self._noted(name, done.changes)

    def _act_on_round(self, name: str, command: RoundCommand, context: Context) -> Todo:
        done = step_round(self.definition, self.rounds[name], command, context)
        self.rounds[name] = altered(done.subject, seq=done.subject.seq + 1) if done.changes else done.subject
        return [*self._noted(name, done.changes), *self._settle(done, context)]

    def _settle(self, done: RoundStep, context: Context) -> Todo:
        """Each case of a sitting answers with its own step, together with the round's."""
        todo: Todo = []
        for settled in done.settled:
            own = self.context(_SERVICE, settled.case)
            command = answer_of(settled, chosen=done.chosen)
            context = as_settled(self.definition, context, done.subject, (self.cases[settled.case],))
            try:
                todo += self._act_on_case(settled.case, command, replace(own, round=context.round))
            except Refused as refused:
                reason = refused.because or str(refused)
                named = sentence("{case}: {reason}", case=self.cases[settled.case].subject, reason=reason)
                raise GuardFailed(named) from refused
            context = as_settled(self.definition, context, done.subject, (self.cases[settled.case],))
        return todo

    def _start(self, command: Start, actor: Actor, round_: Round | None = None) -> Todo:
        round_ = round_ or self._round_to_start_in(command, actor)
        context = self.context(actor, round_.id if round_ else "")
        done = step(self.definition, None, command, context)
        number = self.next_number()
        changes = [altered(made, number=number) if isinstance(made, Started) else made for made in done.changes]
        case = altered(done.subject, number=number, seq=1)
        self._keep_once(case)
        self.cases[case.id] = case
        return self._noted(case.id, changes)

    def _round_to_start_in(self, command: Start, actor: Actor) -> Round | None:
        """The latest that takes cases, of the unit's own branch where there are several."""
        rounds = list(reversed(self.rounds.values()))
        if len(rounds) < 2:  # noqa: PLR2004 -- several
            return rounds[0] if rounds else None
        try:
            unit, _ = permit.may_start(self.definition, command.unit, self.context(actor))
        except WorkflowError:
            unit = command.unit or 0
        own = [round_ for round_ in rounds if self.directory.is_within(unit, round_.unit)] or rounds
        return next((round_ for round_ in own if round_.closed_at is None), own[0])

    def _open_round(self, data: Mapping[str, Any], actor: Actor, unit: Principal | None, *, with_cases: bool) -> Todo:
        rules = self.definition.round
        here = [o.id for o in self.directory.organisations.values() if rules and rules.at in (o.level, o.kind)]
        refused: WorkflowError = InvalidData(())
        name = "round" if not self.rounds else f"round {len(self.rounds) + 1}"
        for place in [unit] if unit is not None else here or [0]:
            try:
                context = replace(self.context(actor), round=None)
                done = step_round(self.definition, None, OpenRound(id=name, unit=place, data=data), context)
            except NotPermitted as error:
                refused = error
                continue
            if any(r.unit == place and r.nominal == done.subject.nominal for r in self.rounds.values()):
                raise Twice(sentence("This round is open already: {number}.", number=done.subject.title_zh))
            self.rounds[name] = altered(done.subject, seq=1)
            todo = self._noted(name, done.changes)
            return [(name, made) for _, made in todo if with_cases or not _is_effect(made, "open_cases")]
        raise refused

    def next_number(self) -> str:
        """As the definition numbers its cases; without that, in the order in which they begin."""
        begun = sum(day_of(case.started_at).year == self.today.year for case in self.cases.values())
        return numbered(self.definition.number or "{seq:04}", self.today, begun + 1)

    # --- what follows

    def _follow(self, todo: Todo) -> None:
        """Effects after the commit, in order."""
        while todo:
            subject, change = todo.pop(0)
            if isinstance(change, Told):
                self.happened.told += [self.by_name(change.case or subject, who) for who in change.who]
            elif isinstance(change, LateObjection):
                self.happened.effects.append(Effect(kind="start", arguments={"definition": change.definition}))
            elif isinstance(change, Effect):
                self.happened.effects.append(self._as_named(subject, change))
                todo += self._do(subject, change)

    def _as_named(self, subject: str, effect: Effect) -> Effect:
        """The same with names where it has links."""
        whom = {key: [self.by_name(subject, who) for who in effect.arguments.get(key, ())] for key in ("to", "from")}
        return altered(effect, arguments={**effect.arguments, **{key: who for key, who in whom.items() if who}})

    def _do(self, subject: str, effect: Effect) -> Todo:
        arguments = effect.arguments
        match effect.kind:
            case "gather":
                return self._act(arguments["round"], Gather(), _SERVICE)
            case "lapse":
                return [made for case in arguments["cases"] for made in self._act(case, Lapse(), _SERVICE)]
            case "set_round" if (round_ := self.cases[subject].round) is not None:
                return self._act(round_, SetRound(values=arguments["values"]), _SERVICE)
            case "reckon_again":
                own = [case.id for case in self.cases_in(self.rounds[arguments["round"]]) if not case.ended]
                return [made for case in own for made in self._act(case, ReckonAgain(), _SERVICE)]
            case "open_cases":
                return self._open_cases(self.rounds[arguments["round"]])
        return []

    def _open_cases(self, round_: Round) -> Todo:
        todo: Todo = []
        for opening in list(cases_to_open(self.definition, round_.unit, self.context(_SERVICE, round_.id))):
            command = Start(
                id=f"case-{len(self.cases) + 1}",
                unit=opening.unit,
                starter=opening.starter,
                concerned=opening.concerned,
            )
            try:
                todo += self._start(command, _SERVICE, round_)
            except Twice:
                continue
        return [*todo, *self._act(round_.id, Gather(), _SERVICE)]

    def _noted(self, subject: str, changes: Sequence[Change]) -> Todo:
        if changes:
            self.history.setdefault(subject, []).append(tuple(changes))
        self.taken |= {(change.state, change.trigger) for change in changes if isinstance(change, Left)}
        return [(subject, change) for change in changes]

    def _keep_once(self, case: Case) -> None:
        """No second case with the same values, unless the first was cancelled or ended by a stop trigger."""
        others = {key: first for key, first in self._once.items() if first != case.id}
        key = None if is_stopped(self.definition, case) else once_values(self.definition, case)
        if key in others:
            raise Twice(number=self.cases[others[key]].number)
        self._once = others if key is None else {**others, key: case.id}


def _is_effect(change: Change, kind: str) -> bool:
    return isinstance(change, Effect) and change.kind == kind
