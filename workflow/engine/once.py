"""`once`: no second case with the same values."""

from workflow.definition.form import is_empty
from workflow.definition.model import Definition
from workflow.engine.subject import Case

OnceKey = tuple[object, ...]


def once_values(definition: Definition, case: Case) -> OnceKey | None:
    """The values that only one case may have; none where one of them is empty, as an empty one never counts."""
    if not definition.once:
        return None
    values: list[object] = []
    for name in definition.once:
        match name:
            case "unit":
                value: object = case.unit
            case "starter":
                value = case.starter
            case "concerned":
                value = case.concerned
            case "round":
                value = case.round
            case _:
                value = case.data.get(name)
        if is_empty(value):
            return None
        values.append(str(value))
    return tuple(values)
