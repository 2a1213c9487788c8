"""States, and where each trigger leads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflow.definition.expression import Expression
from workflow.definition.model.activities import (
    Activity,
    Ballot,
    Decide,
    End,
    Extend,
    Notice,
    Objections,
    Score,
    Task,
    Tasks,
)
from workflow.definition.model.effects import Do, Tell
from workflow.definition.model.together import Together
from workflow.definition.model.words import Group, Sense, Then
from workflow.definition.term.values import Repeat, Span, Term
from workflow.text import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    name: str
    label: Label
    sense: Sense


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    to: str  #: a state, PREVIOUS or ANY_STATE
    when: Expression | None = None
    say: Label | None = None
    then: Then = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remind:
    at: Term | Repeat
    to: Group = ()  #: empty: those who still have to act
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    at: Term
    to: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """How a built-in operation is limited: forbidden, or given to people, kinds, fields, a span."""

    never: bool = False
    by: Group | None = None
    kinds: tuple[str, ...] | None = None
    edit: tuple[str, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    name: str
    label: Label
    activity: Activity
    together: Together | None = None
    decide: Decide = "all"
    remind: tuple[Remind, ...] = ()
    escalate: tuple[Escalate, ...] = ()
    extend: Extend | None = None
    pause: int | None = None  #: calendar days in all
    clock: Literal["again", "goes_on"] = "again"
    operations: Mapping[str, Tuning] = field(default_factory=dict)
    tell: tuple[Tell, ...] = ()
    do: tuple[Do, ...] = ()
    to: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)

    @property
    def is_end(self) -> bool:
        return isinstance(self.activity, End)

    @property
    def edit(self) -> tuple[str, ...]:
        """Fields that may be written in this state, by whoever."""
        match self.activity:
            case Task(edit=edit) | Ballot(edit=edit) | Score(edit=edit):
                return edit
            case Tasks(entries=entries):
                return tuple(dict.fromkeys(name for entry in entries for name in entry.task.edit))
            case Notice(objections=Objections(correct=correct)):
                return correct
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Anytime:
    name: str
    by: Group
    targets: tuple[Target, ...]
    states: tuple[str, ...]  #: where it is offered
    edit: tuple[str, ...] = ()
    opinion: bool | None = None
