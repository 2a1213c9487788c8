"""A path told as a story: who does what, as it could stand in `stories.yaml`.

The cast is made up, and the forms hold what is required; where conditions steer the path, its author fills in the rest.
"""

from workflow.definition.loading.document import written
from workflow.definition.model import Definition
from workflow.definition.proving.acting import Stage
from workflow.definition.proving.cast import Cast, opened_with_the_round
from workflow.definition.proving.exploration import Refuted
from workflow.definition.proving.filling import data_of, round_of

_BEGINS = "2026-07-06 09:00"
_CASE = "一号"


def tell(definition: Definition, claim: str, refuted: Refuted) -> str:
    """The text of a `stories.yaml` with this one story."""
    cast = Cast(definition, refuted.casting)
    steps = Stage(definition, cast, refuted.casting.acting).play(refuted.path, refuted.pauses)
    for name in refuted.casting.one_person:
        cast.one(name)
    begins = definition.start or opened_with_the_round(definition)
    given = {} if begins else {_CASE: {"unit": cast.unit(), "state": definition.first_state}}
    last = refuted.path[-1].move.to.state if refuted.path else definition.first_state
    lines = [
        f"units: {written(cast.units())}",
        f"cast: {written(cast.people)}",
        *([f"round: {written(round_of(definition))}"] if definition.round else []),
        f"data: {written(data_of(definition, refuted.path))}",
        "stories:",
        f"  - story: {written(f'against {claim}')}",
        f"    on: {_BEGINS}",
        *([f"    given: {written(given)}"] if given else []),
        *(["    steps:"] if steps else []),
        *(f"      - {written(step)}" for step in steps),
        f"    expect: {written({'state': last})}",
    ]
    return "\n".join(lines) + "\n"
