"""Links: what a person without an account is asked, and his answer."""

from marshmallow import fields

from workflow.api.schemas.common import (
    Body,
    LabelSchema,
    Shown,
    json_schema,
    listed,
    some,
    values,
    yes_no,
)
from workflow.api.schemas.tasks import TaskSchema
from workflow.api.schemas.values import LongText, Many, Map, Text, Uuid, Whole


class LinkBody(Body):
    contact = Text(required=True, metadata={"description": "an e-mail address or a mobile, where the link is sent"})
    definition = Text(allow_none=True, metadata={"description": "what the public may start"})
    round = Uuid(allow_none=True, metadata={"description": "in which round"})
    task = Text(allow_none=True, metadata={"description": "or {case}.{n}: a new link for a task that is his"})


class LinkSchema(Shown):
    """What is asked by a link."""

    open = yes_no("an answer is wanted, and taken")
    title = fields.Nested(LabelSchema)
    subject = some("the line that names the case")
    state = some()
    state_label = fields.Nested(LabelSchema, allow_none=True)
    task = fields.Nested(TaskSchema, allow_none=True)
    form = json_schema("JSON Schema of what may be filled in", allow_none=True)
    data = values("the form as it stands", allow_none=True)
    anytime = listed(fields.String(), "triggers that may be answered without a task")


class LinkAnswer(Body):
    trigger = Text(allow_none=True)
    opinion = LongText(load_default="")
    data = Map(load_default=dict, metadata={"description": "fields of `form` by name"})
    vote = Text(allow_none=True)
    votes = Map(Text(), load_default=dict, metadata={"description": "in a sitting: case → choice"})
    items = Map(Text(), load_default=dict, metadata={"description": "further questions: item → choice"})
    rows = Many(Whole(), load_default=list, metadata={"description": "of a table: the numbers of its rows, from 0"})
    score = Map(Whole(), load_default=dict, metadata={"description": "criterion → points"})
