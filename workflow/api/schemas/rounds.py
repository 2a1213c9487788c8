"""Rounds: opened, shown, moved."""

from marshmallow import fields

from workflow.api.schemas.common import (
    Body,
    LabelSchema,
    NamedSchema,
    PageQuery,
    Shown,
    count,
    instant,
    listed,
    one_of,
    text,
    values,
)
from workflow.api.schemas.tasks import TaskSchema
from workflow.api.schemas.values import Day, Id, LongText, Map, Text

STATES = ("open", "closed", "over")


class RoundIncidentSchema(Shown):
    id = text("for administrators: POST /api/v1/incidents/{id}/retry")
    code = text()
    message = text()


class SittingSchema(Shown):
    """One act upon all cases that wait in a state marked `together`."""

    number = count()
    state = text()
    state_label = fields.Nested(LabelSchema)
    cases = listed(fields.String(), "ids")
    opened_at = instant()
    second_ballot = listed(fields.String(), "of a second ballot: the tied")
    figures = values("case → its figures, where they came at the opening")


class RoundSchema(Shown):
    """One opening of a definition, with its dates, seats and cases."""

    id = text()
    definition = text("its key")
    definition_version = count()
    title = fields.Nested(LabelSchema)
    state = one_of(*STATES)
    version = count("the number of its events; in quotes, its ETag")
    head = text("the first 16 hex digits of the head of its chain")
    data = values("its fields")
    figures = values("counts and sums over its cases, as they are now")
    unit = fields.Nested(NamedSchema)
    opened_at = instant()
    closes_at = instant("no case is started after it", allow_none=True)
    closed_at = instant(allow_none=True)
    over_at = instant("closed, and its last case has ended", allow_none=True)
    cases = count("how many")
    sittings = listed(SittingSchema, "that are open")
    tasks = listed(TaskSchema, "of its sittings")
    incidents = listed(RoundIncidentSchema)
    receipt = fields.String(
        allow_none=True, metadata={"absent": True, "description": "of a secret vote, shown to the voter once"}
    )


class RoundBody(Body):
    definition = Text(required=True, metadata={"description": "key of a definition that has rounds"})
    unit = Id(
        allow_none=True,
        metadata={"description": "the organisation that owns it; absent: where the opener acts, if that is one"},
    )
    data = Map(load_default=dict, metadata={"description": "fields of the round by name"})
    nominal = Day(
        allow_none=True, metadata={"description": "the date by which it is known, as of a past period; absent: today"}
    )


class RoundQuery(PageQuery):
    definition = Text()
    state = Text(among=STATES)


class CorrectBody(Body):
    data = Map(required=True, metadata={"description": "the fields that change"})
    reason = LongText(load_default="", metadata={"description": "is demanded; all concerned read it"})
