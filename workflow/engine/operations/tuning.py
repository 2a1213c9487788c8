"""How a definition limits the built-in operations."""

from workflow.definition.model import Definition, State, Tuning
from workflow.engine.work import Work


def tuning(work: Work, operation: str) -> Tuning:
    """How the state, else the definition, limits an operation."""
    return tuned(work.definition, work.state, operation)


def tuned(definition: Definition, state: State | None, operation: str) -> Tuning:
    own = state.operations.get(operation) if state else None
    return own or definition.operations.get(operation) or Tuning()
