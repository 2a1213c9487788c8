"""A definition as frozen values: what the loader makes of the file, and all that the engine knows of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Generic, Literal, TypeVar

from workflow.definition.expression import Expression
from workflow.definition.term.values import Repeat, Span, Term
from workflow.text import Label

T = TypeVar("T")

#: Targets that are no states: the state before, and any state passed.
PREVIOUS = "previous"
ANY_STATE = "any"
#: The end that every definition has.
CANCELLED = "cancelled"
#: People that every definition has.
STARTER = "starter"
PUBLIC = "public"
UP = "up"

#: Names of people; several names mean all of them together.
Group = tuple[str, ...]
Sense = Literal["forward", "back", "stop"]
Then = Literal["again", "resume", "choice"]


@dataclass(frozen=True, slots=True)
class Alternative(Generic[T]):
    """One item of a list that stands for one value: the first whose `when` holds is taken."""

    value: T
    when: Expression | None = None


Alternatives = tuple[Alternative[T], ...]


# --- people ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoleAt:
    """Holders of a role at the organisation of a level or kind, found by climbing."""

    role: str
    at: str
    scope: Literal["own", "every", "another"] = "own"
    of: str | None = None  #: the field whose organisation the climb begins from


@dataclass(frozen=True, slots=True)
class InField:
    """The person or persons in a field, or whom the contact in another field reaches."""

    field: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """All registered members of the unit."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Whoever decided last in a state."""

    state: str


@dataclass(frozen=True, slots=True)
class Named:
    """People that stand under another name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a people entry."""

    spec: RoleAt | InField | Members | Decided | Named
    when: Expression | None = None
    draw: int | None = None
    vacant: Literal["up", "hold"] = "hold"


@dataclass(frozen=True, slots=True)
class People:
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recuse:
    starter: Group = ()
    concerned: Group | None = None  #: None: nobody is; empty: all are
    same_unit: Group = ()
    same_branch: Group = ()
    declared: Group = ()
    twice: tuple[str, ...] = ()  #: states


# --- fields ------------------------------------------------------------------------------------------------------------

FieldType = Literal[
    "text",
    "long_text",
    "integer",
    "number",
    "percent",
    "money",
    "date",
    "moment",
    "yes_no",
    "choice",
    "choices",
    "person",
    "persons",
    "organisation",
    "mobile",
    "email",
    "id_number",
    "files",
    "table",
    "number_each",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a field is taken from: the register, the case before, other cases, honours, an indicator."""

    kind: Literal["register", "previous", "cases", "honours", "indicator"]
    name: str  #: the column, field, definition, honour or indicator
    states: tuple[str, ...] = ()
    passed: str | None = None
    overdue: str | None = None
    same: tuple[str, ...] = ()
    take: Literal["count", "sum", "latest"] = "count"
    value: str | None = None
    within: Span | None = None
    of: Literal["unit", "concerned", "starter"] = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plausible:
    """A comparison that asks for a remark where it does not hold."""

    source: str
    rule: Literal["not below", "not above", "within"]
    of: float | str  #: a number, a field, or `previous`
    percent: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    name: str
    type: FieldType
    label: Label
    required: bool | Expression = False
    min: object = None
    max: object = None
    default: object = None
    personal: bool = False
    sensitive: bool = False
    see: Group = ()
    heading: Label | None = None
    help: Label | None = None
    value: Expression | None = None
    constant: object = None  #: a parameter of the definition, as kept
    term: Alternatives[Term] = ()
    source: Source | None = None
    override: bool = False
    plausible: tuple[Plausible, ...] = ()
    options: Mapping[str, Label] = field(default_factory=dict)
    accept: tuple[str, ...] = ()
    max_size: int | None = None  #: bytes
    columns: "Mapping[str, Field]" = field(default_factory=dict)
    of: str | None = None

    @property
    def computed(self) -> bool:
        return self.value is not None or self.constant is not None

    @property
    def private(self) -> bool:
        """Whether its value is kept out of the history's text and can be erased."""
        return self.personal or self.sensitive or any(column.private for column in self.columns.values())


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    that: Expression
    say: Label | None
    otherwise: Literal["refuse", "ask", "warn"] = "refuse"


# --- states ------------------------------------------------------------------------------------------------------------


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
    extend: "Extend | None" = None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    name: str
    when: Expression | None = None
    at_most: Fraction | None = None  #: of those ranked together


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    by: tuple[tuple[str, bool], ...]  #: name, and whether the lowest comes first
    within: str | None = None
    seats: Expression | None = None
    tie: tuple[Literal["ballot", "lot"], ...] = ()
    grades: tuple[Grade, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str
    portion: Fraction
    by: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocate:
    budget: Expression
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class CalledBy:
    who: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    until: Literal["all"] | Term | CalledBy = "all"
    latest: Term | None = None
    rank: Rank | None = None
    draw: Fraction | None = None
    allocate: Allocate | None = None


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
class Extend:
    by: Span
    times: int = 1
    agreed_by: Group = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    who: Group
    text: str | None = None
    when: Expression | None = None


EffectKind = Literal[
    "grant", "revoke", "suspend", "restore", "benefit", "start", "open", "document", "indicators", "set"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Do:
    """An effect as written: its arguments are names, texts, terms and expressions."""

    kind: EffectKind
    arguments: Mapping[str, object]
    when: Expression | None = None
    each: str | None = None  #: a table: once for each row


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


# --- rounds ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EachCase:
    """Which cases open with a round: for each person of a role, each unit of a level, each holder of an honour."""

    kind: Literal["role", "unit", "honour"]
    name: str  #: the role, the level or kind, or the honour
    at: str | None = None
    scope: Literal["own", "every", "another"] = "every"
    when: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    name: str
    label: Label
    kind: Literal["count", "sum", "value"]
    expression: Expression
    states: tuple[str, ...] | None = None  #: only cases in these
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRules:
    title: Label
    at: str
    opens_by: Group = ()
    opens_at: Term | Repeat | None = None
    rest_day: Literal["next", "previous", "keep"] = "next"
    announce: Term | None = None
    cases: EachCase | None = None
    closes: str | None = None
    fields: Fields = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    tell: tuple[Tell, ...] = ()
    do: tuple[Do, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    key: str
    title: Label
    about: Label | None = None
    number: str | None = None
    subject: str | None = None
    start: tuple[Entry, ...] = ()
    concerns: str | None = None
    once: tuple[str, ...] = ()
    see: Group = ()
    round: RoundRules | None = None
    people: Mapping[str, People] = field(default_factory=dict)
    recuse: Recuse = Recuse()
    fields: Fields = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    states: Mapping[str, State]
    anytime: Mapping[str, Anytime] = field(default_factory=dict)
    triggers: Mapping[str, Trigger] = field(default_factory=dict)
    operations: Mapping[str, Tuning] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    renames: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def first_state(self) -> str:
        return next(iter(self.states))

    def sense(self, trigger: str) -> Sense:
        known = self.triggers.get(trigger)
        return known.sense if known else "forward"

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other
