"""The public register of honours."""

from collections.abc import Mapping
from typing import Final

from marshmallow import fields

from workflow.api.schemas.common import LabelSchema, NamedSchema, PageQuery, Shown, one_of, some, text
from workflow.api.schemas.values import Id, Text, Whole
from workflow.records.honours import State

#: As the public reads them, of the states of the register.
STATES: Final[Mapping[State, str]] = {
    "valid": "valid",
    "suspended": "suspended",
    "revoked": "withdrawn",
    "expired": "expired",
}


def _day(said: str, *, always: bool = False) -> fields.String:
    return fields.String(metadata={"format": "date", "description": said}, allow_none=not always)


class DecisionSchema(Shown):
    """By what an honour was suspended or withdrawn."""

    number = some("of the document, else of the case")
    title = fields.Nested(LabelSchema)


class HonourSchema(Shown):
    """One honour of the register; nothing personal but the name."""

    code = text("what its certificate is checked by")
    honour = text("which one, like `model_worker`")
    honour_label = fields.Nested(LabelSchema)
    level = some("like `district`")
    level_label = fields.Nested(LabelSchema, allow_none=True)
    name = some("of the person or the unit that holds it, as on the certificate; null once erased")
    unit = fields.Nested(NamedSchema, allow_none=True)
    granted_on = _day("as it stands on the certificate", always=True)
    valid_until = _day("its last day; null: without end")
    state = one_of(*STATES.values())
    state_since = _day("when it was suspended or withdrawn, or the last day of one that ran out")
    suspended_until = _day("null: until it is restored")
    decision = fields.Nested(DecisionSchema, allow_none=True, metadata={"description": "what suspended or withdrew it"})


class HonourQuery(PageQuery):
    q = Text(metadata={"description": "words of the name"})
    honour = Text()
    year = Whole(1900, 9998, metadata={"description": "in which it was granted"})
    unit = Id()
    state = Text(among=tuple(STATES.values()))
