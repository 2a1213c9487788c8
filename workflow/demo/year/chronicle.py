"""What happened in the year, month by month, in sentences: read from the cases as they stand at the end. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from workflow.calendar import local
from workflow.engine.subject import Case
from workflow.text import Sentence, sentence

#: Of a definition, the state whose entering is told; how many did is added.
_MILESTONES: Final[Mapping[tuple[str, str], Sentence]] = {
    ("model_worker", "awarded"): sentence("model workers named"),
    ("model_worker_review", "told"): sentence("model workers reviewed and told their grade"),
    ("model_worker_review", "benefits_stopped"): sentence("model workers whose benefits stop for the year"),
    ("honour_withdrawal", "announced"): sentence("titles withdrawn, which the register keeps marked so"),
    ("benefit_year", "offered"): sentence("model workers offered the benefits of the year"),
    ("workers_home", "named"): sentence("workers' homes named"),
    ("members_evaluation", "closed"): sentence("homes that their members find good"),
    ("members_evaluation", "mending_plan"): sentence("homes that have to mend first"),
    ("collective_contract", "in_force"): sentence("collective contracts come into force"),
    ("collective_contract", "declined"): sentence("offers to bargain that were declined"),
    ("problem", "noted"): sentence("problems put on the list"),
    ("problem", "closed"): sentence("problems solved and checked"),
}
_REPORTS: Final[Mapping[str, Sentence]] = {
    "monthly_report": sentence("monthly reports asked for"),
    "weekly_dispatch": sentence("weekly reports asked for"),
}


def chronicle(cases: Iterable[Case]) -> Mapping[str, Sequence[Sentence]]:
    """The months in order, as in 2025-04; of each, one sentence for each thing that happened."""
    counted: dict[str, Counter[tuple[str, str]]] = {}
    told: dict[str, list[Sentence]] = {}
    by_report: dict[tuple[str, str], list[Case]] = {}
    funds: dict[str, list[Case]] = {}
    for case in cases:
        for definition, state in _MILESTONES:
            if case.definition == definition and state in case.entered:
                counted.setdefault(_month(case, state), Counter())[definition, state] += 1
        if case.definition in _REPORTS:
            by_report.setdefault((f"{local(case.started_at):%Y-%m}", case.definition), []).append(case)
        if case.definition == "union_assessment" and "closed" in case.entered:
            funds.setdefault(_month(case, "closed"), []).append(case)
    for (month, definition), own in by_report.items():
        told.setdefault(month, []).append(_reports(_REPORTS[definition], own))
    for month, own in funds.items():
        told.setdefault(month, []).append(_funds(own))
    for month, found in counted.items():
        lines = [
            sentence("{count} {what}", count=found[key], what=_MILESTONES[key]) for key in _MILESTONES if found[key]
        ]
        told.setdefault(month, []).extend(lines)
    return {month: told[month] for month in sorted(told)}


def _month(case: Case, state: str) -> str:
    return f"{local(case.entered[state]):%Y-%m}"


def _reports(what: Sentence, cases: Sequence[Case]) -> Sentence:
    late = sum("late" in case.entered for case in cases)
    missing = sum("missing" in case.entered for case in cases)
    return sentence(
        "{count} {what}, {late} of them late, {missing} missing when it was closed",
        count=len(cases),
        what=what,
        late=late,
        missing=missing,
    )


def _funds(cases: Sequence[Case]) -> Sentence:
    fen = sum(int(str(case.data.get("granted") or 0)) for case in cases)
    return sentence(
        "{count} unions assessed, and {amount} yuan shared out to the fen",
        count=len(cases),
        amount=f"{Decimal(fen) / 100:,.2f}",
    )
