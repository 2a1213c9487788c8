"""For operators: messages, incidents, the clock, the calendar; and signing in."""

from marshmallow import fields

from workflow.api.schemas.common import (
    Body,
    LabelSchema,
    PageQuery,
    Shown,
    count,
    instant,
    listed,
    one_of,
    some,
    text,
)
from workflow.api.schemas.values import Day, Many, Moment, Text, Whole

MESSAGE_STATES = ("pending", "delivered", "dropped", "dead")


class ClockSchema(Shown):
    now = instant()


class ClockBody(Body):
    now = Moment(required=True, metadata={"description": "not before the clock's own; at most ten years on"})


class MessageSchema(Shown):
    """One message to one recipient; nothing of what it says of a case."""

    id = text()
    number = text("as it stands at the foot of the mail")
    message_id = text()
    kind = text("task, reminder, returned, ended …")
    person = fields.Integer(allow_none=True, metadata={"description": "id of the recipient, if he has an account"})
    contact = some("else where it went, masked")
    channel = one_of("mail", "sms")
    about = fields.Nested(LabelSchema, allow_none=True)
    state = one_of(*MESSAGE_STATES)
    attempts = count()
    error = some("why it did not go")
    reply = some("what the mail server said")
    created_at = instant()
    next_at = instant("when it is tried next", allow_none=True)
    delivered_at = instant(allow_none=True)


class MessageQuery(PageQuery):
    state = Text(among=MESSAGE_STATES)


class IncidentSchema(Shown):
    """What could not go on by itself: a case, or an effect that was given up."""

    id = text("{case}.{n}; of an effect {case}.{event}.{n}")
    case = text()
    number = some()
    subject = some()
    code = text("what refused it; `effect` of what was given up")
    message = text()
    at = instant(allow_none=True)


class CalendarQuery(PageQuery):
    year = Whole(1900, 2200)


class DayBody(Body):
    day = Day(required=True)
    kind = Text(among=("work", "rest"), required=True)
    name = Text(100, required=True, metadata={"description": "why: the holiday, or for which day this one is worked"})


class CalendarBody(Body):
    days = Many(
        fields.Nested(DayBody),
        2000,
        required=True,
        metadata={"description": "all days that differ; those left out no longer do"},
    )


class DaySchema(Shown):
    day = fields.String(metadata={"format": "date"})
    kind = one_of("work", "rest")
    name = text()


class CalendarSchema(Shown):
    """The days on which this office decides otherwise than the public holidays that the service knows."""

    days = listed(DaySchema, "by day")
    published = listed(fields.Integer(), "years whose make-up days are known")
    warnings = listed(fields.String(), "in the reader's language")


class TokenBody(Body):
    login = Text(required=True)
    password = Text(required=True, load_only=True, metadata={"format": "password"})


class TokenSchema(Shown):
    token = text("Authorization: Bearer …; nobody can read it again")


class PasswordBody(Body):
    code = Text(required=True, metadata={"description": "of the mail"})
    password = Text(
        required=True, load_only=True, metadata={"format": "password", "description": "ten characters or more"}
    )


class LoginBody(Body):
    login = Text(required=True)
