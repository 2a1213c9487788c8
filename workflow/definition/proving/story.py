"""A path told as a story: who does what, as it could stand in `stories.yaml`.

The cast is made up, and the forms hold what is required; where conditions steer the path, its author fills in the rest.
"""

import json
import re

from workflow.definition.model import Definition
from workflow.definition.proving.acting import Stage
from workflow.definition.proving.cast import Cast, opened_with_the_round
from workflow.definition.proving.exploration import Refuted
from workflow.definition.proving.filling import data_of, round_of

_BEGINS = "2026-07-06 09:00"
_CASE = "一号"
#: Read by YAML as the text it is, in flow style too.
_PLAIN = re.compile(r"(?!(?:true|false|null)$)[^\W\d][\w.]*(?: [\w.]+)*|\d{1,9}(?: [a-z]+)+|\d{4}-\d\d-\d\d")


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


def written(value: object) -> str:
    """In the flow style of YAML, quoted only where it must be."""
    match value:
        case dict():
            return "{" + ", ".join(f"{written(key)}: {written(entry)}" for key, entry in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(written, value)) + "]"
        case bool():
            return str(value).lower()
        case str() if not _PLAIN.fullmatch(value):
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)
