"""The world of a story: a dictionary where the service has a database, and the same loop of acts and effects over it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from msgspec.structs import replace as altered

from workflow.calendar import ZONE, Calendar, end_of
from workflow.definition.form import Kept
from workflow.definition.model import Definition
from workflow.engine import permit
from workflow.engine.changes import Change, Effect, LateObjection, Left, Told
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
    Settle,
    Start,
)
from workflow.engine.context import CLOCK, Actor, Context, RoundView, SeededLot, Tally
from workflow.engine.directory import Directory, Holding, Organisation, Person, Post, StandIn
from workflow.engine.facts import case_facts
from workflow.engine.moving import is_stopped
from workflow.engine.once import once_values
from workflow.engine.opening import cases_to_open
from workflow.engine.rounds.step import RoundStep, step_round
from workflow.engine.step import step
from workflow.engine.subject import Case, CaseFacts, Entry, Holder, Round, Task, Timer, Vote
from workflow.engine.voting import entry_of_task, is_secret, seal
from workflow.errors import Closed, GuardFailed, Refused, Twice
from workflow.text import sentence

T = TypeVar("T")

ROUND = "round"
_ORDER = ("due", "reminder", "escalation", "notice_end", "until", "resume", "opening", "announce", "closes", "sitting")
_SERVICE = Actor(service="story")


@dataclass(frozen=True, slots=True)
class ListedLot:
    """The order that a story gives, whatever is drawn; what it does not name follows by a fixed seed."""

    listed: tuple[object, ...] = ()
    seed: str = "story"

    def order(self, items: Sequence[T], purpose: str) -> list[T]:
        first = [item for name in self.listed for item in items if item == name]
        return first + [item for item in SeededLot(self.seed).order(items, purpose) if item not in first]


@dataclass(slots=True)
class Happened:
    """What was told and done since the last look."""

    told: list[Holder] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)


@dataclass(slots=True)
class World:
    """A clock, a directory, one round and its cases."""

    definition: Definition
    calendar: Calendar
    directory: Directory
    now: datetime
    lot: ListedLot = field(default_factory=ListedLot)
    facts: Mapping[str, Kept] = field(default_factory=dict)
    previous: Mapping[str, Kept] | None = None
    cases: dict[str, Case] = field(default_factory=dict)
    round: Round | None = None
    happened: Happened = field(default_factory=Happened)
    observe: Callable[[str, bool], None] | None = None
    taken: set[tuple[str, str]] = field(default_factory=set)  #: (state, trigger)
    _envelopes: dict[tuple[str, int, int], dict[Holder, Vote]] = field(default_factory=dict)
    _once: dict[tuple[object, ...], str] = field(default_factory=dict)

    # --- acting

    def act(self, subject: str, command: Command, actor: Actor) -> None:
        """One act upon a case or the round, and all that follows from it. Raises what refuses it; then nothing changed."""
        before = dict(self.cases), self.round, dict(self._once)
        try:
            todo = self._act(subject, command, actor)
        except Exception:
            self.cases, self.round, self._once = before
            raise
        self._follow(todo)

    def start(self, command: Start, actor: Actor) -> Case:
        """Begin a case; one that `once` forbids is refused with the number of the first."""
        done = step(self.definition, None, command, self.context(actor))
        number = str(len(self.cases) + 1)
        case = altered(done.subject, number=f"{int(number):04}", seq=1)
        self._keep_once(case)
        self.cases[case.id] = case
        self._note(done.changes)
        self._follow(list(done.changes))
        return self.cases[case.id]

    def open_round(self, data: Mapping[str, Any], actor: Actor) -> None:
        rules = self.definition.round
        if rules is None:
            return
        unit = next((o.id for o in self.directory.organisations.values() if rules.at in (o.level, o.kind)), 0)
        done = step_round(self.definition, None, OpenRound(id=ROUND, unit=unit, data=data), self.context(actor))
        self.round = done.subject
        self._follow(list(done.changes))

    def vote(self, subject: str, command: CastVote, actor: Actor) -> None:
        """An open vote is an act; a secret one goes into a box, and the last one orders the closing."""
        held = self.subject(subject)
        if not is_secret(held, command.task):
            self.act(subject, command, actor)
            return
        sealed = seal(self.definition, held, command, self.context(actor))
        box = self._envelopes.setdefault((subject, sealed.entry, sealed.poll), {})
        if sealed.vote.by in box and not sealed.changeable:
            raise Closed(sentence("You have voted already; a vote cannot be changed here."))
        box[sealed.vote.by] = sealed.vote
        if set(sealed.electorate) <= box.keys():
            self.act(subject, CloseBallot(task=command.task), CLOCK)

    def give(self, case: Case, changes: Sequence[Change]) -> None:
        """A case that is already there."""
        self._keep_once(case)
        self.cases[case.id] = case
        self._follow(list(changes))

    def may(self, person: int, subject: str, task: Task) -> bool:
        """Whether a person may act on an open task."""
        held, context = self.subject(subject), self.context(Actor(person=person))
        return permit.why_not(self.definition, held, task, self.cases_of(subject, task), context) is None

    def voted(self, subject: str, entry: Entry) -> tuple[Holder, ...]:
        """Who has voted: of a secret ballot it is the box that knows."""
        if entry.ballot is None:
            return ()
        return entry.ballot.voted or tuple(self._envelopes.get((subject, entry.number, entry.ballot.poll), ()))

    def cases_of(self, subject: str, task: Task) -> tuple[Case | CaseFacts, ...]:
        """The case that a task is of, or those of its sitting."""
        held = self.subject(subject)
        if isinstance(held, Case):
            return (held,)
        sitting = next((found for found in held.sittings if task in found.entry.tasks), None)
        return tuple(case_facts(self.definition, self.cases[case]) for case in (sitting.cases if sitting else ()))

    def subject(self, name: str) -> Case | Round:
        if name == ROUND:
            assert self.round is not None
            return self.round
        return self.cases[name]

    def context(self, actor: Actor, subject: str = "", task: int | None = None) -> Context:
        view = None
        if self.round is not None:
            view = RoundView(self.round, tuple(case_facts(self.definition, case) for case in self._of_round()))
        return Context(
            now=self.now,
            directory=self.directory,
            calendar=self.calendar,
            actor=actor,
            lot=self.lot,
            round=view,
            facts=self.facts,
            previous=self.previous,
            observe=self.observe,
            tally=self._tally(subject, task),
        )

    # --- time

    def advance(self, to: datetime) -> None:
        """Go from due time to due time; what is due at `to` has happened afterwards."""
        while (found := self._earliest(to)) is not None:
            subject, timer = found
            self.now = max(self.now, timer.at)
            self.act(subject, FireTimer(timer=timer.id), CLOCK)
        self.now = max(self.now, to)

    def _earliest(self, to: datetime) -> tuple[str, Timer] | None:
        """The next timer; of several at one instant by kind, then by case number."""
        due = [
            (timer.at, _ORDER.index(timer.kind), number, timer.id, subject, timer)
            for subject, number, timer in self._timers()
            if timer.at <= to
        ]
        if not due:
            return None
        first = min(due, key=lambda entry: entry[:4])
        return first[4], first[5]

    def _timers(self) -> Iterator[tuple[str, str, Timer]]:
        if self.round is not None and self.round.suspended is None:
            for timer in (*self.round.timers, *(t for sitting in self.round.sittings for t in sitting.entry.timers)):
                yield ROUND, "", timer
        for case in self.cases.values():
            if case.entry is not None and case.suspended is None:
                for timer in case.entry.timers:
                    yield case.id, case.number or "", timer

    # --- what follows

    def _act(self, subject: str, command: Command, actor: Actor) -> list[Change]:
        task = getattr(command, "task", None)
        if isinstance(command, FireTimer):
            task = self._ballot_task(subject)
        context = self.context(actor, subject, task)
        if subject == ROUND:
            return self._act_on_round(command, context)  # type: ignore[arg-type]  # a command of a round
        return self._act_on_case(subject, command, context)  # type: ignore[arg-type]  # a command of a case

    def _act_on_case(self, name: str, command: CaseCommand, context: Context) -> list[Change]:
        done = step(self.definition, self.cases[name], command, context)
        self._keep_once(done.subject)
        self.cases[name] = altered(done.subject, seq=done.subject.seq + 1) if done.changes else done.subject
        self._note(done.changes)
        return list(done.changes)

    def _act_on_round(self, command: RoundCommand, context: Context) -> list[Change]:
        done = step_round(self.definition, self.round, command, context)
        self.round = done.subject
        return [*done.changes, *self._settle(done, context)]

    def _settle(self, done: RoundStep, context: Context) -> list[Change]:
        """Each case of a sitting answers with its own step, together with the round's."""
        changes: list[Change] = []
        inner = replace(context, actor=_SERVICE)
        for settled in done.settled:
            command = Settle(entry=settled.entry, trigger=settled.trigger, figures=settled.figures, chosen=done.chosen)
            try:
                changes += self._act_on_case(settled.case, command, inner)
            except Refused as refused:
                raise GuardFailed(
                    sentence(
                        "{case}: {reason}",
                        case=self.cases[settled.case].subject,
                        reason=refused.because or str(refused),
                    )
                ) from refused
        return changes

    def _follow(self, todo: list[Change]) -> None:
        """Effects after the commit; those of one round are gathered once."""
        while todo:
            change = todo.pop(0)
            if isinstance(change, Told):
                self.happened.told += change.who
            elif isinstance(change, LateObjection):
                self.happened.effects.append(Effect(kind="start", arguments={"definition": change.definition}))
            elif isinstance(change, Effect):
                self.happened.effects.append(change)
                todo += self._do(change)

    def _do(self, effect: Effect) -> list[Change]:
        match effect.kind:
            case "gather":
                return self._act(ROUND, Gather(), _SERVICE)
            case "lapse":
                lapsed = [self._act(case, Lapse(), _SERVICE) for case in effect.arguments["cases"]]
                return [change for changes in lapsed for change in changes]
            case "set_round":
                return self._act(ROUND, SetRound(values=effect.arguments["values"]), _SERVICE)
            case "reckon_again":
                moved = [
                    self._act(case.id, ReckonAgain(), _SERVICE) for case in self._of_round() if case.ended_at is None
                ]
                return [change for changes in moved for change in changes]
            case "open_cases":
                self._open_cases()
        return []

    def _open_cases(self) -> None:
        assert self.round is not None
        for opening in list(cases_to_open(self.definition, self.round.unit, self.context(_SERVICE))):
            command = Start(
                id=f"case-{len(self.cases) + 1}",
                unit=opening.unit,
                starter=opening.starter,
                concerned=opening.concerned,
            )
            try:
                self.start(command, _SERVICE)
            except Twice:
                continue

    def _note(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if isinstance(change, Left):
                self.taken.add((change.state, change.trigger))

    def _keep_once(self, case: Case) -> None:
        """No second case with the same values, unless the first was cancelled or ended by a stop trigger."""
        others = {key: first for key, first in self._once.items() if first != case.id}
        key = None if is_stopped(self.definition, case) else once_values(self.definition, case)
        if key in others:
            raise Twice(number=self.cases[others[key]].number)
        self._once = others if key is None else {**others, key: case.id}

    def _of_round(self) -> list[Case]:
        return [case for case in self.cases.values() if case.round == ROUND]

    def _ballot_task(self, subject: str) -> int | None:
        held = self.subject(subject)
        entries = [held.entry] if isinstance(held, Case) else [sitting.entry for sitting in held.sittings]
        return next(
            (t.id for entry in entries if entry and entry.ballot for t in entry.tasks if t.kind == "ballot"), None
        )

    def _tally(self, subject: str, task: int | None) -> Tally | None:
        """The opened box of a secret ballot that may close by this act."""
        if not subject or task is None:
            return None
        entry = entry_of_task(self.subject(subject), task)
        if entry is None or entry.ballot is None or not entry.ballot.secret:
            return None
        box = self._envelopes.get((subject, entry.number, entry.ballot.poll), {})
        able = {voter: vote for voter, vote in box.items() if voter in entry.ballot.electorate}
        return Tally(votes=tuple(able.values()), voted=tuple(able))


# --- building a world


_OWN_KEYS = frozenset({"works_at", "mobile", "email", "stands_in", "born_on", "language"})


def build_directory(units: Mapping[str, Any], cast: Mapping[str, Any]) -> tuple[Directory, dict[str, int]]:
    """Units and cast as a directory, and the number of each name."""
    names = {name: number for number, name in enumerate((*units, *cast), 1)}
    organisations = {names[name]: _organisation(name, dict(keys or {}), names) for name, keys in units.items()}
    persons = {names[name]: _person(name, dict(keys or {}), names, units) for name, keys in cast.items()}
    posts: dict[int, Post] = {}
    holdings: list[Holding] = []
    stand_ins: list[StandIn] = []
    by_name: dict[tuple[str, int], int] = {}
    for name, keys in cast.items():
        for key, value in dict(keys or {}).items():
            if key == "stands_in":
                stand_ins += [
                    _stand_in(names[name], one, names) for one in (value if isinstance(value, list) else [value])
                ]
                continue
            for unit in value if isinstance(value, list) else [value]:
                if key not in _OWN_KEYS and isinstance(unit, str) and unit in units:
                    post = by_name.setdefault((key, names[unit]), 100_000 + len(by_name))
                    posts[post] = Post(id=post, role=key, organisation=names[unit])
                    holdings.append(Holding(person=names[name], post=post))
    return Directory(organisations, persons, posts, tuple(holdings), tuple(stand_ins)), names


def _organisation(name: str, keys: dict[str, Any], names: Mapping[str, int]) -> Organisation:
    parent = keys.pop("in", None)
    level, kind = str(keys.pop("level", "")), keys.pop("kind", None)
    return Organisation(id=names[name], name=name, level=level, kind=kind, parent=names.get(str(parent)), columns=keys)


def _person(name: str, keys: dict[str, Any], names: Mapping[str, int], units: Mapping[str, Any]) -> Person:
    born = keys.get("born_on")
    columns = {key: value for key, value in keys.items() if key not in _OWN_KEYS and not _is_unit(value, units)}
    return Person(
        id=names[name],
        name=name,
        login=name,
        mobile=str(keys["mobile"]) if "mobile" in keys else None,
        email=str(keys["email"]) if "email" in keys else None,
        employer=names.get(str(keys.get("works_at"))),
        born_on=date.fromisoformat(str(born)) if born else None,
        columns=columns,
    )


def _is_unit(value: Any, units: Mapping[str, Any]) -> bool:
    return all(str(one) in units for one in (value if isinstance(value, list) else [value]))


def _stand_in(person: int, keys: Mapping[str, Any], names: Mapping[str, int]) -> StandIn:
    ends = keys.get("to")
    return StandIn(
        person=person,
        absent=names.get(str(keys.get("for")), 0),
        begins=moment(str(keys.get("from", "2000-01-01"))),
        ends=moment(str(ends), end=True) if ends else None,
        definition=keys.get("definition"),
    )


def moment(text: str, *, end: bool = False) -> datetime:
    """A date or a moment of a story; a date is its beginning, or its 24:00."""
    if len(text.strip()) <= len("2026-03-01"):
        day = date.fromisoformat(text.strip())
        return end_of(day) if end else datetime.combine(day, datetime.min.time(), ZONE)
    if text.strip().endswith("24:00"):
        return end_of(date.fromisoformat(text.split(maxsplit=1)[0]))
    return datetime.fromisoformat(text.strip()).replace(tzinfo=ZONE)
