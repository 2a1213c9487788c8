"""A budget in parts, each part by its weights, in whole fen that sum to it exactly (largest remainder)."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from workflow.definition.expression import Expression, ExpressionFailed
from workflow.definition.model import Allocate, Definition
from workflow.engine.context import Context
from workflow.engine.subject import CaseFacts, Figure, number_order
from workflow.engine.values import CaseValues, keep_number
from workflow.errors import GuardFailed
from workflow.text import sentence


def allocate(
    definition: Definition,
    rule: Allocate,
    cases: Sequence[CaseFacts],
    figures: Mapping[str, Mapping[str, Figure]],
    context: Context,
) -> dict[str, dict[str, Figure]]:
    """Each part's amount for each case, and their sum, in yuan. Raises GuardFailed where there is nothing to allocate (by)."""
    ordered = sorted(cases, key=lambda case: (_place(figures, case), number_order(case)))
    budget = _reckon(definition, rule.budget, ordered[0], figures, context)
    if budget is None or budget < 0:
        raise GuardFailed(sentence("“{source}”: there is no budget to allocate.", source=rule.budget.source))
    weights = {
        part.name: [
            max(Fraction(0), _reckon(definition, part.by, case, figures, context) or Fraction(0)) for case in ordered
        ]
        for part in rule.parts
    }
    parts = [part for part in rule.parts if any(weights[part.name])]
    if not any(part.portion for part in parts):
        raise GuardFailed(sentence("There is nothing to allocate by: no part has a weight above zero."))
    amounts = share(_fen(budget), [part.portion for part in parts])
    found: dict[str, dict[str, Figure]] = {case.id: {part.name: 0 for part in rule.parts} for case in ordered}
    totals = dict.fromkeys((case.id for case in ordered), 0)
    for part, amount in zip(parts, amounts, strict=True):
        for case, fen in zip(ordered, share(amount, weights[part.name]), strict=True):
            found[case.id][part.name] = _yuan(fen)
            totals[case.id] += fen
    for number, total in totals.items():
        found[number]["allocated"] = _yuan(total)
    return found


def share(amount: int, weights: Sequence[Fraction]) -> list[int]:
    """Whole numbers in proportion to the weights that sum to the amount; equal remainders as they are written."""
    total = sum(weights)
    exact = [amount * weight / total for weight in weights]
    whole = [int(part) for part in exact]
    by_remainder = sorted(range(len(weights)), key=lambda n: (whole[n] - exact[n], n))
    for n in by_remainder[: amount - sum(whole)]:
        whole[n] += 1
    return whole


def _reckon(
    definition: Definition,
    expression: Expression,
    case: CaseFacts,
    figures: Mapping[str, Mapping[str, Figure]],
    context: Context,
) -> Fraction | None:
    """A weight or the budget; what fails gives nothing."""
    try:
        value = expression.evaluate(CaseValues(definition, case, context, figures.get(case.id, {})), context.calendar)
    except ExpressionFailed:
        return None
    return Fraction(Decimal(repr(value))) if isinstance(value, float) else None


def _fen(yuan: Fraction) -> int:
    exact = Decimal(yuan.numerator) / Decimal(yuan.denominator) * 100
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def _yuan(fen: int) -> Figure:
    return keep_number(Decimal(fen) / 100)


def _place(figures: Mapping[str, Mapping[str, Figure]], case: CaseFacts) -> int:
    place = figures.get(case.id, {}).get("place")
    return place if isinstance(place, int) else 0
