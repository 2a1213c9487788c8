"""Who is told, and what is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workflow.definition.expression import Expression
from workflow.definition.model.words import Group


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
