"""What rounds know of their cases, put together once for each move of a case."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from workflow.definition.model import Definition
from workflow.engine.context import RoundView
from workflow.engine.directory import Directory
from workflow.engine.facts import case_facts
from workflow.engine.subject import Case, CaseFacts, Round


@dataclass(slots=True)
class Known:
    _found: dict[str, tuple[Case, CaseFacts]] = field(default_factory=dict)
    _views: dict[str, tuple[tuple[datetime, Directory], RoundView]] = field(default_factory=dict)

    def view(self, round_: Round, cases: tuple[CaseFacts, ...], moment: tuple[datetime, Directory]) -> RoundView:
        """A round with its cases; what these add to its figures is reckoned once a moment."""
        before = self._views.get(round_.id)
        same = before is not None and before[0][0] == moment[0] and before[0][1] is moment[1]
        seen = RoundView(round_, cases, added=before[1].added if before is not None and same else {})
        self._views[round_.id] = moment, seen
        return seen

    def of_round(self, definition: Definition, round_: Round, cases: Iterable[Case]) -> tuple[CaseFacts, ...]:
        own = [(case, self._found.get(case.id)) for case in cases if case.round == round_.id]
        return tuple([known[1] if known and known[0] is case else self.of(definition, case) for case, known in own])

    def of(self, definition: Definition, case: Case) -> CaseFacts:
        known = self._found.get(case.id)
        if known is None or known[0] is not case:
            known = self._found[case.id] = case, case_facts(definition, case)
        return known[1]
