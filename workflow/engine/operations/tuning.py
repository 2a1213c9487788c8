"""How a definition limits the built-in operations."""

from workflow.definition.model import State, Tuning
from workflow.engine.work import CaseWork


def tuning(work: CaseWork, operation: str) -> Tuning:
    """How the state, else the definition, limits an operation."""
    state: State = work.state
    return state.operations.get(operation) or work.definition.operations.get(operation) or Tuning()
