"""Definitions: what can be started, published versions."""

from marshmallow import fields

from workflow.api.schemas.common import (
    Body,
    LabelSchema,
    Shown,
    count,
    instant,
    json_schema,
    listed,
    one_of,
    some,
    text,
    yes_no,
)
from workflow.api.schemas.tasks import SENSES
from workflow.api.schemas.values import Map, Text

MOST_TEXT = 400_000
MOST_TEXTS = 100


class DefinitionLineSchema(Shown):
    """A kind of work, in its newest version."""

    key = text()
    version = count()
    sha256 = text("of all its texts together")
    title = fields.Nested(LabelSchema)
    about = fields.Nested(LabelSchema, allow_none=True)
    published_at = instant()
    start = yes_no("this reader may start a case of it somewhere")
    has_rounds = yes_no()


class StateSchema(Shown):
    name = text()
    label = fields.Nested(LabelSchema)
    end = yes_no()
    together = yes_no("decided about all cases of a round at once")


class TriggerNameSchema(Shown):
    name = text()
    label = fields.Nested(LabelSchema)
    sense = one_of(*SENSES)


class DefinitionSchema(DefinitionLineSchema):
    form = json_schema("JSON Schema of all fields")
    start_form = json_schema("JSON Schema of what is filled in first")
    round_form = json_schema("JSON Schema of the fields of a round", allow_none=True)
    states = listed(StateSchema)
    triggers = listed(TriggerNameSchema)
    diagram = text("Mermaid")
    drawing = fields.Nested(LabelSchema, metadata={"description": "the diagram as SVG"})
    guide = fields.Nested(LabelSchema, metadata={"description": "the procedure in plain words"})


class PublishBody(Body):
    definition = Text(MOST_TEXT, required=True, metadata={"description": "the text of definition.yaml"})
    stories = Text(MOST_TEXT, allow_none=True, metadata={"description": "the text of stories.yaml"})
    texts = Map(
        Text(2_000_000),
        most=MOST_TEXTS,
        load_default=dict,
        metadata={"description": "texts of mails and documents, columns.yaml: name of the file → its bytes in base64"},
    )


class VersionSchema(Shown):
    """One published text, which never changes."""

    key = text()
    version = count()
    sha256 = text("of all its texts together")
    published_at = instant()
    by = fields.Integer(allow_none=True, metadata={"description": "id of who published it; null: the service"})
    definition = text("the text of definition.yaml")
    stories = some("the text of stories.yaml")
    texts = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "name of a file → its bytes in base64"}
    )
