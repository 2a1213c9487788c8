"""What the public sees and says."""

from marshmallow import fields

from workflow.api.schemas.common import (
    Body,
    LabelSchema,
    PageQuery,
    Shown,
    instant,
    listed,
    one_of,
    some,
    text,
    yes_no,
)
from workflow.api.schemas.values import LongText, Many, Text, Uuid, YesNo


class ShownFieldSchema(Shown):
    """A published field; personal ones are masked."""

    name = text()
    label = fields.Nested(LabelSchema)
    value = fields.Raw(allow_none=True, metadata={"description": "as the field's type has it"})
    option = fields.Nested(LabelSchema, metadata={"absent": True, "description": "of a choice, in words"})


class NoticeRulesSchema(Shown):
    """How is objected."""

    open = yes_no("objections are taken now")
    anonymous = yes_no("without a name too")
    clock = one_of("hold", "again", "run", said="what an objection does to the notice's clock")


class NoticeSchema(Shown):
    """A publication."""

    id = text("{case}.{n}")
    case = text()
    round = some()
    number = some()
    definition = text()
    title = fields.Nested(LabelSchema)
    state_label = fields.Nested(LabelSchema)
    where = text("public, or unit: found by its link only")
    begins = instant()
    ends = instant("as now reckoned")
    held_since = instant("its clock stands", allow_none=True)
    ended_at = instant(allow_none=True)
    working_days_left = fields.Integer(allow_none=True)
    shown = listed(ShownFieldSchema)
    objections = fields.Nested(NoticeRulesSchema, allow_none=True)


class NoticeQuery(PageQuery):
    round = Uuid(metadata={"description": "a round's notices as one list"})
    definition = Text()
    ended = YesNo(metadata={"description": "those that are over"})


class EvidenceBody(Body):
    name = Text(required=True, metadata={"description": "of the file, with its ending"})
    content = Text(900_000, required=True, metadata={"description": "its bytes in base64"})


class ObjectionBody(Body):
    text = LongText(least=1, required=True, metadata={"description": "what is said against it"})
    name = Text(100, least=0, allow_none=True, metadata={"description": "of the objector"})
    contact = Text(least=0, allow_none=True, metadata={"description": "e-mail or mobile, to be told the answer"})
    evidence = Many(
        fields.Nested(EvidenceBody),
        10,
        load_default=list,
        metadata={"description": "larger files: multipart/form-data"},
    )


class ReceiptSchema(Shown):
    receipt = text("a code, shown once; it follows the objection")
    number = fields.Integer(
        allow_none=True, metadata={"description": "of the objection; null: it came late and is a matter of its own"}
    )


class ObjectionSchema(Shown):
    """What became of an objection."""

    state = one_of("open", "dismissed", "joined", "partly", "upheld", "retracted", "closed", "late")
    at = instant()
    answered_at = instant(allow_none=True)
    joined = fields.Integer(allow_none=True, metadata={"description": "to which earlier one"})
    notice = some("null of a late one")
    examiners = listed(fields.String(), "who has answered")
