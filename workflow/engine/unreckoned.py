"""Why something reckoned has no value: a computed field of a case, a figure of a round."""

from collections.abc import Iterator
from typing import Final

from workflow.definition.model import Definition
from workflow.engine.context import Context
from workflow.engine.sight import seen_fields
from workflow.engine.subject import Case
from workflow.engine.values import CaseValues, values_of
from workflow.text import Sentence

#: Was looked up for the act that reckoned it, not for whoever looks now.
_LOOKED_UP: Final = frozenset({"previous", "round"})


def empty_fields(definition: Definition, case: Case, context: Context) -> Iterator[tuple[str, Sentence]]:
    """Of the fields that this person may see, by name."""
    for field in seen_fields(definition, case, context):
        if field.value is None or field.constant is not None or case.data.get(field.name) is not None:
            continue
        if _LOOKED_UP & {path[0] for path in field.value.paths}:
            continue
        why = field.value.why_empty(CaseValues(definition, case, context), context.calendar)
        if why is not None:
            yield field.name, why


def empty_figures(definition: Definition, context: Context) -> Iterator[tuple[str, Sentence]]:
    """By name, of a figure by groups as `name.group`."""
    for rule in definition.round.figures.values() if definition.round else ():
        if rule.kind != "value":
            continue
        for group, values in values_of(definition, rule, context):
            why = rule.expression.why_empty(values, context.calendar)
            if why is not None:
                yield f"{rule.name}.{group}" if group else rule.name, why
