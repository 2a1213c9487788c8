"""A step in the making: the subject as it stands, the changes so far, and what every activity needs to make more.

The same activities work upon a case and upon a sitting of a round; these are the two kinds of work.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, Protocol

from workflow.calendar import end_of
from workflow.definition.form import as_moment
from workflow.definition.model import Definition, Fields, Group, State
from workflow.definition.term.values import Anchor, Anchors
from workflow.engine.apply import apply
from workflow.engine.changes import (
    Change,
    EntryChange,
    Noted,
    TaskChanged,
    TaskClosed,
    TaskOpened,
    TimerCleared,
    TimerSet,
    Told,
)
from workflow.engine.context import Context
from workflow.engine.directory import Principal
from workflow.engine.subject import (
    Case,
    CaseFacts,
    Entry,
    Figure,
    Holder,
    Kept,
    Round,
    Task,
    Timer,
    TimerKind,
)
from workflow.engine.values import CaseValues, RoundValues
from workflow.engine.who import Asking, Found, resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """As whom somebody acts: the person or link, the principal that gives him the right, and for whom he stands in."""

    by: Holder | None
    principal: Holder | None = None
    absent: Principal | None = None


@dataclass(frozen=True, slots=True)
class Fired:
    """A trigger that goes off now, with the figures that the state leaves."""

    trigger: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    by: Holder | None = None
    chosen: bool = False  #: a person picked it: a refusal is told to him and is no incident
    to: str | None = None
    then: Literal["again", "resume"] | None = None
    exceptions: Mapping[str, str] = field(default_factory=dict)


class Place(Protocol):
    """Where something is told and done: a case, a sitting, or a round as a whole."""

    @property
    def definition(self) -> Definition: ...
    @property
    def context(self) -> Context: ...
    @property
    def state_name(self) -> str | None: ...
    @property
    def unit(self) -> Principal: ...
    @property
    def cases(self) -> tuple[Case | CaseFacts, ...]: ...
    @property
    def fields(self) -> Fields: ...
    @property
    def data(self) -> Mapping[str, Kept]: ...
    @property
    def anchors(self) -> Anchors: ...

    def order(self, change: Change) -> None:
        """A change of the subject itself, or something to be done afterwards."""
        ...

    def values(self) -> CaseValues | RoundValues:
        """What expressions see; of a sitting, by its first case."""
        ...


class Work(Place, Protocol):
    """What an activity may do with the entry that it is in."""

    @property
    def subject(self) -> Case | Round: ...
    @property
    def state(self) -> State: ...
    @property
    def entry(self) -> Entry: ...
    @property
    def next_task(self) -> int: ...
    @property
    def next_timer(self) -> int: ...

    def do(self, change: EntryChange) -> None:
        """Make a change in the entry."""
        ...

    def values(self, own: Mapping[str, Figure] | None = None) -> CaseValues:
        """With the figures that the state is about to leave."""
        ...


@dataclass(slots=True)
class CaseWork:
    """A step of a case."""

    definition: Definition
    context: Context
    case: Case
    changes: list[Change] = field(default_factory=list)
    begun: Entry | None = field(init=False)  #: the entry as the step found it

    def __post_init__(self) -> None:
        self.begun = self.case.entry

    @property
    def subject(self) -> Case:
        return self.case

    @property
    def state(self) -> State:
        return self.definition.states[self.case.state]

    @property
    def state_name(self) -> str:
        return self.case.state

    @property
    def entry(self) -> Entry:
        assert self.case.entry is not None
        return self.case.entry

    @property
    def unit(self) -> Principal:
        return self.case.unit

    @property
    def cases(self) -> tuple[Case | CaseFacts, ...]:
        return (self.case,)

    @property
    def fields(self) -> Fields:
        return self.definition.fields

    @property
    def data(self) -> Mapping[str, Kept]:
        return self.case.data

    @property
    def next_task(self) -> int:
        return self.case.next_task

    @property
    def next_timer(self) -> int:
        return self.case.next_timer

    @property
    def anchors(self) -> Anchors:
        return case_anchors(self.definition, self.case, self.context)

    def do(self, change: Change) -> None:
        self.order(change)

    def order(self, change: Change) -> None:
        applied = apply(self.case, change)
        assert isinstance(applied, Case)
        self.case = applied
        self.changes.append(change)

    def values(self, own: Mapping[str, Figure] | None = None) -> CaseValues:
        return CaseValues(self.definition, self.case, self.context, own or {})

    def savepoint(self) -> tuple[Case, int, Context]:
        return self.case, len(self.changes), self.context

    def restore(self, mark: tuple[Case, int, Context]) -> None:
        """Undo what was done since a savepoint."""
        self.case, count, self.context = mark
        del self.changes[count:]


# --- what every activity does


def find(work: Work, group: Group, *, task: Task | None = None, rising: bool = True) -> Found:
    """The people of a state's work, recusal and lots included; the lot's result is kept with the entry."""
    return resolve(group, replace(asking(work, taken_out=task.taken_out if task else ()), rising=rising))


def asking(work: Work, taken_out: tuple[Holder, ...] = ()) -> Asking:
    return replace(asking_to_tell(work), state=work.state.name, taken_out=taken_out, drawn=dict(work.entry.drawn))


def asking_to_tell(place: Place) -> Asking:
    """Who is meant where recusal and lots are not."""
    return Asking(definition=place.definition, context=place.context, unit=place.unit, cases=place.cases)


def open_task(work: Work, task: Task) -> None:
    work.do(TaskOpened(task=task))
    tell(work, task.everyone, "task", task=task)


def change_task(work: Work, task: Task) -> None:
    work.do(TaskChanged(task=task))


def close_task(
    work: Work,
    task: Task,
    why: Literal["decided", "not_needed", "expired", "replaced"],
    by: Holder | None = None,
    trigger: str | None = None,
) -> None:
    work.do(TaskClosed(task=task.id, why=why, by=by, trigger=trigger))


def set_timer(
    work: Work, kind: TimerKind, at: datetime, *, rule: int | None = None, due: datetime | None = None
) -> None:
    work.do(TimerSet(timer=Timer(id=work.next_timer, kind=kind, at=at, rule=rule, due=due)))


def clear_timers(work: Work, *kinds: TimerKind) -> None:
    for timer in work.entry.timers:
        if not kinds or timer.kind in kinds:
            work.do(TimerCleared(timer=timer.id))


def tell(
    work: Work,
    who: tuple[Holder, ...],
    kind: Literal["task", "reminder", "escalation", "returned", "ended", "state", "objection", "urged", "delegated"],
    *,
    task: Task | None = None,
    text: str | None = None,
    due: datetime | None = None,
    case: str | None = None,
) -> None:
    if who:
        work.order(
            Told(
                who=tuple(dict.fromkeys(who)),
                kind=kind,
                task=task.id if task else None,
                text=text,
                state=work.state.name,
                due=task.due if task and due is None else due,
                late=work.context.late,
                case=case,
            )
        )


def note(
    work: Work, kind: Literal["opinion", "reason", "comment", "remark", "warning"], text: str, task: int | None = None
) -> None:
    if text:
        work.order(Noted(kind=kind, text=text, task=task))


# --- moments


def case_anchors(definition: Definition, case: Case, context: Context) -> Anchors:
    def anchor(named: Anchor) -> datetime | None:
        match named.kind:
            case "entered":
                return case.entry.at if case.entry else None
            case "started":
                return case.started_at
            case "opened":
                return context.round.round.opened_at if context.round else None
            case "state":
                return case.entered.get(named.name)
            case "field":
                return field_moment(definition.fields, case.data, named.name)
            case "round":
                rules = definition.round
                return (
                    field_moment(rules.fields, context.round.round.data, named.name)
                    if rules and context.round
                    else None
                )
        return None

    return anchor


def field_moment(fields: Fields, data: Mapping[str, Kept], name: str) -> datetime | None:
    """The instant in a date or moment field; a date is its 24:00."""
    kept = data.get(name)
    if kept is None and name in fields:
        kept = fields[name].constant
    if kept is None:
        return None
    return end_of(date.fromisoformat(str(kept))) if fields[name].type == "date" else as_moment(kept)
