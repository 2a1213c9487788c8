"""What a whole list must keep to, in words, and whether it does now."""

from collections.abc import Iterator
from dataclasses import dataclass

from workflow.definition.explaining.expressions import condition
from workflow.definition.explaining.vocabulary import Vocabulary
from workflow.definition.expression import Expression, ExpressionFailed
from workflow.definition.model import Definition
from workflow.engine.context import Context
from workflow.engine.values import RoundValues
from workflow.errors import said
from workflow.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    words: str
    holds: bool | None  #: none: it cannot be reckoned yet, as a share of nothing


def quotas(definition: Definition, context: Context, speaks: Language, state: str | None = None) -> tuple[Quota, ...]:
    """The conditions on the round alone under which its lists go on; each once. Of one state, or of all that sit."""
    return tuple(dict.fromkeys(_quotas(definition, context, speaks, state)))


def _quotas(definition: Definition, context: Context, speaks: Language, state: str | None) -> Iterator[Quota]:
    words = Vocabulary(definition=definition)
    for found in definition.states.values():
        if found.together is None or state not in (None, found.name):
            continue
        for targets in found.to.values():
            for target in targets:
                if target.when is not None and all(path[0] == "round" for path in target.when.paths):
                    holds = _holds(target.when, definition, context)
                    yield Quota(words=said(condition(target.when, words), speaks), holds=holds)


def _holds(expression: Expression, definition: Definition, context: Context) -> bool | None:
    try:
        return expression.holds(RoundValues(definition, context), context.calendar)
    except ExpressionFailed:
        return None
