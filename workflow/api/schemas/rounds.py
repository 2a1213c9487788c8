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
    some,
    text,
    values,
    yes_no,
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


class ClosingSchema(Shown):
    """The figures of a round that was over, fixed under a hash."""

    at = instant()
    sha256 = text("over the canonical text of its figures and of each case's id, number of events and head")
    reopened_at = instant("since when they hold no more; null: they hold", allow_none=True)
    reopened = listed(fields.String(), "ids of the cases that were opened again; in their histories stands the reason")


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
    figures = values("counts and sums over its cases, as they are now; of a round that is over, as they were fixed")
    why_empty = values("figures that cannot be reckoned, by name (`name.group`), and why: nothing divides by 0")
    provisional = listed(fields.String(), "its dates in a year whose working days are not published yet; they may move")
    unit = fields.Nested(NamedSchema)
    opened_at = instant()
    closes_at = instant("no case is started after it", allow_none=True)
    closed_at = instant(allow_none=True)
    over_at = instant("closed, and its last case has ended", allow_none=True)
    closings = listed(ClosingSchema, "each time it was over, the first first")
    cases = count("how many")
    sittings = listed(SittingSchema, "that are open")
    tasks = listed(TaskSchema, "of its sittings")
    incidents = listed(RoundIncidentSchema)
    receipt = fields.String(
        allow_none=True, metadata={"absent": True, "description": "of a secret vote, shown to the voter once"}
    )


class ColumnSchema(Shown):
    """A field of the cases."""

    name = text()
    label = fields.Nested(LabelSchema)
    type = text("of the field, as definitions say it")


class RowSchema(Shown):
    """One case of the sheet."""

    case = text("its id")
    number = some()
    unit = fields.Nested(NamedSchema)
    starter = text("who reports, by name")
    state = text()
    state_label = fields.Nested(LabelSchema)
    late = yes_no("not handed in though its time is over, or once in a state called `late` or `missing`")
    values = values("of the columns, by name; what is empty or not to be seen is absent")


class GroupSchema(Shown):
    label = fields.Nested(LabelSchema)
    value = fields.Float()


class SheetFigureSchema(Shown):
    """A figure of the round: a number, or one for each group."""

    name = text()
    label = fields.Nested(LabelSchema)
    by = some("a level of organisations or a field; null: one number")
    value = fields.Float(allow_none=True, metadata={"description": "null where there is none, as a share of nothing"})
    groups = listed(GroupSchema, allow_none=True)


class CoverageSchema(Shown):
    """How many have reported, as the figures `reported` and `expected` of the round say it.

    Of a round without them: of the cases that were not stopped, those that have left their first state.
    """

    reported = count()
    expected = count()
    said = fields.Nested(LabelSchema)


class SheetSchema(Shown):
    """A round as a table."""

    title = fields.Nested(LabelSchema)
    at = instant("as of when")
    columns = listed(ColumnSchema, "the fields of the cases, in their order")
    rows = listed(RowSchema, "late ones first, then those with problems, then those that ask for help; each by number")
    figures = listed(SheetFigureSchema, "of the whole round")
    why_empty = values("figures that cannot be reckoned, by name (`name.group`), and why")
    coverage = fields.Nested(CoverageSchema)
    closing = fields.Nested(
        ClosingSchema, allow_none=True, metadata={"description": "null: the figures are not fixed, they still move"}
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
