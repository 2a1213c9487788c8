"""What rounds know of their cases, put together once for each move of a case."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from workflow.definition.model import Definition
from workflow.engine.facts import case_facts
from workflow.engine.subject import Case, CaseFacts, Round


@dataclass(slots=True)
class Known:
    _found: dict[str, tuple[Case, CaseFacts]] = field(default_factory=dict)

    def of_round(self, definition: Definition, round_: Round, cases: Iterable[Case]) -> tuple[CaseFacts, ...]:
        own = [(case, self._found.get(case.id)) for case in cases if case.round == round_.id]
        return tuple([known[1] if known and known[0] is case else self.of(definition, case) for case, known in own])

    def of(self, definition: Definition, case: Case) -> CaseFacts:
        known = self._found.get(case.id)
        if known is None or known[0] is not case:
            known = self._found[case.id] = case, case_facts(definition, case)
        return known[1]
