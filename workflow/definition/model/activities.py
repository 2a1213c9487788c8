"""What a state opens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflow.definition.expression import Expression
from workflow.definition.model.words import Alternatives, Group
from workflow.definition.term.values import Span, Term
from workflow.text import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend:
    by: Span
    times: int = 1
    agreed_by: Group = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """Triggers that fire at once where nobody is left, or one of the holders already decided."""

    vacant: str | None = None
    decided_before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    who: Group
    edit: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    due: Alternatives[Term] = ()
    opinion: tuple[str, ...] | None = None  #: triggers that demand one, in place of back and stop
    automatic: Automatic = Automatic()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOf:
    """One entry of `tasks`."""

    name: str
    task: Task
    each: bool = False  #: one task for each of the people
    per_organisation: bool = False
    when: Expression | None = None
    after: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)  #: words of one's own → trigger


@dataclass(frozen=True, slots=True)
class Tasks:
    entries: tuple[TaskOf, ...]


DecideRule = Literal["all", "any", "in_turn", "most"]
Decide = DecideRule | tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    who: Group = ()
    recorded_by: Group = ()
    secret: bool = False
    choices: Mapping[str, Label]
    items: Mapping[str, Label] = field(default_factory=dict)
    of: str | None = None  #: a table whose rows are voted on
    choose: int | None = None
    seats: Expression | None = None
    quorum: Expression | None = None
    passes: Expression | None = None
    due: Alternatives[Term] = ()
    closed_by: Group = ()
    changeable: bool = False
    hide_groups_under: int | None = None
    edit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    who: Group
    criteria: Mapping[str, int]  #: most points
    labels: Mapping[str, Label] = field(default_factory=dict)
    drop: tuple[Literal["highest", "lowest"], ...] = ()
    at_least: int = 1
    due: Alternatives[Term] = ()
    edit: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Objections:
    who: Group
    sign: int = 1
    due: Alternatives[Term] = ()
    extend: Extend | None = None
    clock: Literal["hold", "again", "run"] = "hold"
    anonymous: bool = False
    correct: tuple[str, ...] = ()
    late: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    length: Alternatives[Term]
    where: tuple[str, ...] = ("public",)
    show: tuple[str, ...] = ()
    objections: Objections | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    until: Alternatives[Term] = ()
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    definition: str
    each: str | None = None  #: a table field, or a name of people
    each_people: bool = False
    unit: str | None = None  #: an organisation field, `row.column`, or a level
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Calls:
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Gather:
    """No activity: a sitting that decides by figures."""


@dataclass(frozen=True, slots=True)
class End:
    label: Label


Activity = Task | Tasks | Ballot | Score | Notice | Wait | Calls | Gather | End
