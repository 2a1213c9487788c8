"""One opening of a definition, and its cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflow.definition.expression import Expression
from workflow.definition.model.effects import Do, Tell
from workflow.definition.model.fields import Fields
from workflow.definition.model.words import Group
from workflow.definition.term.values import Repeat, Term
from workflow.text import Label


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
