"""Rounds that open by themselves: what is coming, and what was decided about it."""

from marshmallow import fields

from workflow.api.schemas.common import (
    Body,
    LabelSchema,
    NamedSchema,
    PageQuery,
    Shown,
    instant,
    listed,
    one_of,
    some,
    text,
)
from workflow.api.schemas.values import Day, Id, LongText, Moment


class CadenceActSchema(Shown):
    """What somebody decided about a cadence, or what could not be opened."""

    at = instant()
    by = fields.Nested(NamedSchema, allow_none=True)
    kind = one_of("paused", "resumed", "skipped", "failed")
    nominal = some("date of the occurrence")
    unit = fields.Nested(NamedSchema, allow_none=True)
    reason = text()


class CadenceSchema(Shown):
    """A definition whose rounds open by themselves."""

    definition = text("its key")
    title = fields.Nested(LabelSchema)
    opens = text("as the definition says it")
    at = text("the level whose organisations have a round each")
    next_at = instant("when the next occurrence opens", allow_none=True)
    paused_at = instant(allow_none=True)
    acts = listed(CadenceActSchema, "the newest first")


class OccurrenceSchema(Shown):
    """An occurrence that will open by itself."""

    definition = text("its key")
    title = fields.Nested(LabelSchema, metadata={"description": "of its rounds"})
    nominal = text("date by which it is known")
    opens_at = instant("the nominal date, or where that is a day of rest the working day it moves to")
    moved = fields.Boolean(metadata={"description": "off a day of rest"})
    skipped = fields.Boolean()
    provisional = fields.Boolean(metadata={"description": "the make-up days of its year are not published yet"})
    units = listed(NamedSchema, "where a round opens")


class OccurrenceQuery(PageQuery):
    until = Moment(metadata={"description": "at most 400 days ahead; absent: 92 days"})


class ReasonBody(Body):
    reason = LongText(required=True, metadata={"description": "stands in the list of what was decided"})


class SkipBody(ReasonBody):
    nominal = Day(required=True, metadata={"description": "date of the occurrence"})
    unit = Id(allow_none=True, metadata={"description": "the organisation; absent: all"})
