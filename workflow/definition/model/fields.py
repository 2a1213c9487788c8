"""What is filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from workflow.definition.expression import Expression
from workflow.definition.model.words import Alternatives, Group
from workflow.definition.term.values import Span, Term
from workflow.text import Label

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
