"""The bodies that come in and go out, as the OpenAPI document shows them."""

from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

MESSAGE_STATES = ("pending", "delivered", "dropped", "dead")
_TEXT = validate.Length(max=20_000)
_SHORT = validate.Length(min=1, max=200)


class Strict(Schema):
    """What comes in: a name that is not known is a mistake of the sender, and is told."""

    class Meta:
        unknown = RAISE


def _label(**kwargs: Any) -> fields.Nested:
    return fields.Nested(LabelSchema, **kwargs)


class LabelSchema(Schema):
    zh = fields.String()
    en = fields.String()


class ProblemEntrySchema(Schema):
    at = fields.String(metadata={"description": "a JSON pointer, or the place in a file"})
    code = fields.String()
    message = fields.String()
    hint = fields.String()
    line = fields.Integer()


class ProblemSchema(Schema):
    """RFC 9457."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    code = fields.String()
    errors = fields.List(fields.Nested(ProblemEntrySchema))


class NamedSchema(Schema):
    """An organisation, person or post by id and name."""

    id = fields.Integer(allow_none=True)
    name = fields.String()
    kind = fields.String(metadata={"description": "organisation, person, post or link"})


class ConditionSchema(Schema):
    source = fields.String()
    say = fields.Nested(LabelSchema, allow_none=True)
    holds = fields.Boolean(allow_none=True)
    to = fields.String()


class TriggerSchema(Schema):
    """What one trigger would do now, and what it asks for."""

    trigger = fields.String()
    label = _label()
    sense = fields.String(metadata={"enum": ["forward", "back", "stop"]})
    leads_to = fields.String(allow_none=True)
    why_not = fields.String(allow_none=True)
    opinion = fields.Boolean(metadata={"description": "an opinion is demanded"})
    missing = fields.List(fields.String(), metadata={"description": "required fields that are empty"})
    choose_state = fields.List(fields.String())
    choose_then = fields.Boolean()
    conditions = fields.List(fields.Nested(ConditionSchema))


class ComingSchema(Schema):
    """What happens if nobody acts."""

    at = fields.String()
    kind = fields.String()
    to = fields.String(allow_none=True)


class TaskSchema(Schema):
    id = fields.String(metadata={"description": "{case}.{n}"})
    name = fields.String()
    kind = fields.String(metadata={"enum": ["task", "ballot", "record", "score", "objection", "signer"]})
    case = fields.String()
    state = fields.String()
    state_label = _label()
    triggers = fields.List(fields.String())
    outlook = fields.List(fields.Nested(TriggerSchema))
    coming = fields.List(fields.Nested(ComingSchema))
    assignees = fields.List(fields.Nested(NamedSchema))
    claimed_by = fields.Nested(NamedSchema, allow_none=True)
    delegate = fields.Nested(NamedSchema, allow_none=True)
    opened_at = fields.String()
    due_at = fields.String(allow_none=True)
    provisional = fields.Boolean(metadata={"description": "the working days of that year are not published yet"})
    edit = fields.List(fields.String())
    may = fields.Boolean()
    why_not = fields.String(allow_none=True)
    subject = fields.String()
    definition = fields.String()
    title = _label()
    unit = fields.Nested(NamedSchema)
    objection = fields.Raw(allow_none=True)
    ballot = fields.Raw(allow_none=True)
    criteria = fields.Raw(allow_none=True)


class CaseSchema(Schema):
    id = fields.String()
    number = fields.String(allow_none=True)
    definition = fields.String()
    definition_version = fields.Integer()
    title = _label()
    state = fields.String()
    state_label = _label()
    version = fields.Integer(metadata={"description": "number of events; the ETag"})
    head = fields.String(metadata={"description": "first 16 hex digits of the head of the chain"})
    subject = fields.String()
    data = fields.Dict(keys=fields.String())
    round = fields.String(allow_none=True)
    unit = fields.Nested(NamedSchema)
    starter = fields.Nested(NamedSchema, allow_none=True)
    concerned = fields.Nested(NamedSchema, allow_none=True)
    started_at = fields.String()
    ended_at = fields.String(allow_none=True)
    suspended = fields.Boolean()
    figures = fields.Dict(keys=fields.String())
    tasks = fields.List(fields.Nested(TaskSchema))
    anytime = fields.List(fields.Nested(TriggerSchema))
    notice = fields.Raw(allow_none=True)
    incidents = fields.List(fields.Raw())
    changed = fields.List(fields.Raw(), metadata={"description": "what was written since the last return"})
    receipt = fields.String()


class RoundSchema(Schema):
    id = fields.String()
    definition = fields.String()
    definition_version = fields.Integer()
    title = _label()
    state = fields.String(metadata={"enum": ["open", "closed", "over"]})
    version = fields.Integer()
    head = fields.String()
    data = fields.Dict(keys=fields.String())
    figures = fields.Dict(keys=fields.String())
    unit = fields.Nested(NamedSchema)
    opened_at = fields.String()
    closes_at = fields.String(allow_none=True)
    closed_at = fields.String(allow_none=True)
    over_at = fields.String(allow_none=True)
    cases = fields.Integer()
    sittings = fields.List(fields.Raw())
    tasks = fields.List(fields.Nested(TaskSchema))
    incidents = fields.List(fields.Raw())
    receipt = fields.String()


class CaseOrRoundSchema(CaseSchema):
    """The case; of a sitting, the round."""

    closes_at = fields.String(allow_none=True)
    closed_at = fields.String(allow_none=True)
    over_at = fields.String(allow_none=True)
    opened_at = fields.String()
    cases = fields.Integer()
    sittings = fields.List(fields.Raw())


@cache
def page_of(schema: type[Schema]) -> type[Schema]:
    """`{items, next}`."""
    name = schema.__name__.removesuffix("Schema") + "PageSchema"
    return Schema.from_dict(
        {"items": fields.List(fields.Nested(schema)), "next": fields.String(allow_none=True)}, name=name
    )


class PageQuery(Strict):
    limit = fields.Integer(validate=validate.Range(min=1, max=200))
    after = fields.String(validate=validate.Length(max=2000))


class StartBody(Strict):
    definition = fields.String(required=True, validate=_SHORT)
    unit = fields.Integer(allow_none=True)
    round = fields.UUID(allow_none=True)
    data = fields.Dict(keys=fields.String(), load_default=dict)


class CaseQuery(PageQuery):
    definition = fields.String(validate=_SHORT)
    state = fields.String(validate=_SHORT)
    unit = fields.Integer()
    round = fields.UUID()
    q = fields.String(validate=validate.Length(max=200))


class TaskQuery(PageQuery):
    mine = fields.Boolean()
    definition = fields.String(validate=_SHORT)


class DecisionBody(Strict):
    trigger = fields.String(required=True, validate=_SHORT)
    opinion = fields.String(load_default="", validate=_TEXT)
    data = fields.Dict(keys=fields.String(), load_default=dict)
    to = fields.String(allow_none=True, validate=_SHORT)
    then = fields.String(allow_none=True, validate=validate.OneOf(["again", "resume"]))
    exceptions = fields.Dict(keys=fields.String(), values=fields.String(), data_key="except", load_default=dict)


class ItemBody(DecisionBody):
    task = fields.String(required=True, validate=_SHORT)


class DecisionsBody(Strict):
    items = fields.List(fields.Nested(ItemBody), required=True, validate=validate.Length(min=1, max=200))


class DecidedSchema(Schema):
    task = fields.String()
    status = fields.Integer()
    case = fields.Nested(CaseOrRoundSchema)
    problem = fields.Nested(ProblemSchema)


class DecisionsSchema(Schema):
    items = fields.List(fields.Nested(DecidedSchema))


class FireBody(Strict):
    opinion = fields.String(load_default="", validate=_TEXT)
    data = fields.Dict(keys=fields.String(), load_default=dict)
    to = fields.String(allow_none=True, validate=_SHORT)
    then = fields.String(allow_none=True, validate=validate.OneOf(["again", "resume"]))


class OperationBody(Strict):
    person = fields.Integer(allow_none=True)
    kind = fields.String(allow_none=True, validate=validate.OneOf(["before", "beside", "after"]))
    reason = fields.String(load_default="", validate=_TEXT)
    opinion = fields.String(load_default="", validate=_TEXT)
    text = fields.String(load_default="", validate=_TEXT, metadata={"description": "of a comment"})
    days = fields.Integer(allow_none=True, validate=validate.Range(min=1, max=3660))
    data = fields.Dict(keys=fields.String(), load_default=dict)
    date = fields.Date(allow_none=True)
    archive = fields.String(allow_none=True, validate=_SHORT)
    task = fields.String(allow_none=True, validate=_SHORT)


class BallotBody(Strict):
    vote = fields.String(allow_none=True, validate=_SHORT)
    items = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    rows = fields.List(fields.Integer(), load_default=list, validate=validate.Length(max=200))
    votes = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    record = fields.Dict(keys=fields.String(), allow_none=True)
    data = fields.Dict(keys=fields.String(), load_default=dict)
    opinion = fields.String(load_default="", validate=_TEXT)


class ScoreBody(Strict):
    score = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)
    recused = fields.String(allow_none=True, validate=_TEXT, metadata={"description": "the reason for stepping aside"})
    data = fields.Dict(keys=fields.String(), load_default=dict)
    opinion = fields.String(load_default="", validate=_TEXT)


class SignalBody(Strict):
    name = fields.String(required=True, validate=_SHORT)
    data = fields.Dict(keys=fields.String(), load_default=dict)


class DraftBody(Strict):
    data = fields.Dict(keys=fields.String(), required=True)


class DraftSchema(Schema):
    data = fields.Dict(keys=fields.String())
    saved = fields.Integer()


class MoveSchema(Schema):
    state = fields.String()
    trigger = fields.String(allow_none=True)
    came_from = fields.String(allow_none=True)


class EventSchema(Schema):
    seq = fields.Integer()
    at = fields.String()
    as_of = fields.String(allow_none=True, metadata={"description": "when it was due, of what the clock did late"})
    by = fields.Nested(NamedSchema, allow_none=True)
    acting_as = fields.Nested(NamedSchema, allow_none=True)
    acting_for = fields.Nested(NamedSchema, allow_none=True)
    service = fields.String(allow_none=True)
    command = fields.Dict()
    moves = fields.List(fields.Nested(MoveSchema))
    texts = fields.List(fields.Raw(), metadata={"description": "opinions, reasons, comments"})
    hash = fields.String()
    previous = fields.String()
    body = fields.String(metadata={"description": "the stored bytes that are hashed"})


class TimerSchema(Schema):
    kind = fields.String()
    at = fields.String()
    due = fields.String(allow_none=True)
    state = fields.String(allow_none=True)


class RoundBody(Strict):
    definition = fields.String(required=True, validate=_SHORT)
    unit = fields.Integer(allow_none=True)
    data = fields.Dict(keys=fields.String(), load_default=dict)


class RoundQuery(PageQuery):
    definition = fields.String(validate=_SHORT)
    state = fields.String(validate=_SHORT)


class CorrectBody(Strict):
    data = fields.Dict(keys=fields.String(), required=True)
    reason = fields.String(load_default="", validate=_TEXT)


class ReasonBody(Strict):
    reason = fields.String(load_default="", validate=_TEXT)


class NoticeSchema(Schema):
    id = fields.String()
    case = fields.String()
    round = fields.String(allow_none=True)
    number = fields.String(allow_none=True)
    definition = fields.String()
    title = _label()
    state_label = _label()
    where = fields.String()
    begins = fields.String()
    ends = fields.String()
    held_since = fields.String(allow_none=True)
    ended_at = fields.String(allow_none=True)
    working_days_left = fields.Integer(allow_none=True)
    shown = fields.List(fields.Raw())
    objections = fields.Raw(allow_none=True)


class NoticeQuery(PageQuery):
    round = fields.UUID()
    definition = fields.String(validate=_SHORT)
    ended = fields.Boolean()


class ObjectionBody(Strict):
    text = fields.String(required=True, validate=validate.Length(min=1, max=20_000))
    name = fields.String(allow_none=True, validate=validate.Length(max=100))
    contact = fields.String(allow_none=True, validate=validate.Length(max=200))
    evidence = fields.List(fields.String(), load_default=list, validate=validate.Length(max=10))


class ReceiptSchema(Schema):
    receipt = fields.String(metadata={"description": "shown once; it follows the objection"})
    number = fields.Integer()


class ObjectionSchema(Schema):
    state = fields.String()
    at = fields.String()
    answered_at = fields.String(allow_none=True)
    joined = fields.Integer(allow_none=True)
    notice = fields.String()
    examiners = fields.List(fields.String())


class LinkBody(Strict):
    definition = fields.String(allow_none=True, validate=_SHORT)
    round = fields.UUID(allow_none=True)
    task = fields.String(allow_none=True, validate=_SHORT)
    contact = fields.String(required=True, validate=validate.Length(min=1, max=200))


class LinkSchema(Schema):
    open = fields.Boolean()
    title = _label()
    subject = fields.String(allow_none=True)
    state = fields.String(allow_none=True)
    state_label = fields.Nested(LabelSchema, allow_none=True)
    task = fields.Nested(TaskSchema, allow_none=True)
    form = fields.Raw(allow_none=True)
    data = fields.Dict(allow_none=True)
    anytime = fields.List(fields.String())


class LinkAnswer(Strict):
    trigger = fields.String(allow_none=True, validate=_SHORT)
    opinion = fields.String(load_default="", validate=_TEXT)
    data = fields.Dict(keys=fields.String(), load_default=dict)
    vote = fields.String(allow_none=True, validate=_SHORT)
    items = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    rows = fields.List(fields.Integer(), load_default=list, validate=validate.Length(max=200))
    score = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)


class AttachmentSchema(Schema):
    id = fields.String()
    name = fields.String()
    size = fields.Integer()
    media_type = fields.String()
    sha256 = fields.String()
    at = fields.String()


class OrganisationBody(Strict):
    name = fields.String(required=True, validate=_SHORT)
    level = fields.String(required=True, validate=_SHORT)
    kind = fields.String(allow_none=True, validate=_SHORT)
    parent = fields.Integer(allow_none=True)
    members = fields.Integer(allow_none=True)
    workers = fields.Integer(allow_none=True)


class OrganisationPatch(Strict):
    name = fields.String(validate=_SHORT)
    kind = fields.String(allow_none=True, validate=_SHORT)
    parent = fields.Integer(allow_none=True)
    members = fields.Integer(allow_none=True)
    workers = fields.Integer(allow_none=True)
    proposed = fields.Boolean()
    ended = fields.Boolean()


class OrganisationSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    level = fields.String()
    kind = fields.String(allow_none=True)
    parent = fields.Integer(allow_none=True)
    members = fields.Integer(allow_none=True)
    workers = fields.Integer(allow_none=True)
    proposed = fields.Boolean()
    ended_at = fields.String(allow_none=True)


class OrganisationQuery(PageQuery):
    name = fields.String(validate=_SHORT)
    level = fields.String(validate=_SHORT)
    kind = fields.String(validate=_SHORT)
    parent = fields.Integer()


class PersonBody(Strict):
    name = fields.String(required=True, validate=_SHORT)
    login = fields.String(allow_none=True, validate=_SHORT)
    email = fields.String(allow_none=True, validate=validate.Length(max=200))
    mobile = fields.String(allow_none=True, validate=validate.Length(max=40))
    language = fields.String(validate=validate.OneOf(["zh", "en"]))
    employer = fields.Integer(allow_none=True)
    born_on = fields.Date(allow_none=True)


class PersonPatch(Strict):
    name = fields.String(validate=_SHORT)
    login = fields.String(allow_none=True, validate=_SHORT)
    email = fields.String(allow_none=True, validate=validate.Length(max=200))
    mobile = fields.String(allow_none=True, validate=validate.Length(max=40))
    language = fields.String(validate=validate.OneOf(["zh", "en"]))
    employer = fields.Integer(allow_none=True)
    born_on = fields.Date(allow_none=True)
    ended = fields.Boolean()


class PersonSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    login = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    mobile = fields.String(allow_none=True)
    language = fields.String()
    employer = fields.Integer(allow_none=True)
    ended_at = fields.String(allow_none=True)


class PersonQuery(PageQuery):
    name = fields.String(validate=_SHORT)
    login = fields.String(validate=_SHORT)


class PostBody(Strict):
    person = fields.Integer(required=True)
    role = fields.String(required=True, validate=_SHORT)
    organisation = fields.Integer(required=True)


class PostPatch(Strict):
    ended = fields.Boolean(required=True)


class PostSchema(Schema):
    id = fields.String(metadata={"description": "{post}.{person}: one holding of a post"})
    post = fields.Integer()
    person = fields.Integer()
    role = fields.String()
    organisation = fields.Integer()
    begins_at = fields.String()
    ended_at = fields.String(allow_none=True)


class PostQuery(PageQuery):
    person = fields.Integer()
    role = fields.String(validate=_SHORT)
    organisation = fields.Integer()


class DelegationBody(Strict):
    from_ = fields.Integer(required=True, data_key="from")
    to = fields.Integer(required=True)
    begins = fields.AwareDateTime(required=True)
    ends = fields.AwareDateTime(required=True)
    definition = fields.String(allow_none=True, validate=_SHORT)


class DelegationSchema(Schema):
    id = fields.Integer()
    from_ = fields.Integer(data_key="from")
    to = fields.Integer()
    begins = fields.String()
    ends = fields.String()
    definition = fields.String(allow_none=True)
    ended_at = fields.String(allow_none=True)


class DefinitionSchema(Schema):
    key = fields.String()
    version = fields.Integer()
    sha256 = fields.String()
    title = _label()
    about = fields.Nested(LabelSchema, allow_none=True)
    published_at = fields.String()
    start = fields.Boolean(metadata={"description": "this reader may start a case of it somewhere"})
    has_rounds = fields.Boolean()
    form = fields.Raw(metadata={"description": "JSON Schema of all fields"})
    start_form = fields.Raw(metadata={"description": "JSON Schema of what is filled in first"})
    round_form = fields.Raw(allow_none=True)
    states = fields.List(fields.Raw())
    triggers = fields.List(fields.Raw())
    diagram = fields.String(metadata={"description": "Mermaid"})
    guide = fields.Nested(LabelSchema)


class PublishBody(Strict):
    definition = fields.String(required=True, validate=validate.Length(min=1, max=400_000))
    stories = fields.String(allow_none=True, validate=validate.Length(max=400_000))
    texts = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class VersionSchema(Schema):
    key = fields.String()
    version = fields.Integer()
    sha256 = fields.String()
    published_at = fields.String()
    by = fields.Integer(allow_none=True)
    definition = fields.String()
    stories = fields.String(allow_none=True)


class ClockSchema(Schema):
    now = fields.String()


class ClockBody(Strict):
    now = fields.AwareDateTime(required=True)


class MessageSchema(Schema):
    id = fields.String()
    number = fields.String(metadata={"description": "as it stands at the foot of the mail"})
    message_id = fields.String()
    kind = fields.String()
    person = fields.Integer(allow_none=True)
    contact = fields.String(allow_none=True, metadata={"description": "masked"})
    channel = fields.String()
    about = fields.Nested(LabelSchema, allow_none=True)
    state = fields.String()
    attempts = fields.Integer()
    error = fields.String(allow_none=True)
    reply = fields.String(allow_none=True, metadata={"description": "what the mail server said"})
    created_at = fields.String()
    next_at = fields.String(allow_none=True)
    delivered_at = fields.String(allow_none=True)


class MessageQuery(PageQuery):
    state = fields.String(validate=validate.OneOf(MESSAGE_STATES))


class TokenBody(Strict):
    login = fields.String(required=True, validate=_SHORT)
    password = fields.String(required=True, validate=_SHORT, load_only=True)


class TokenSchema(Schema):
    token = fields.String()


class PasswordBody(Strict):
    code = fields.String(required=True, validate=_SHORT)
    password = fields.String(required=True, validate=_SHORT, load_only=True)


class NothingBody(Strict):
    pass


class LoginBody(Strict):
    login = fields.String(required=True, validate=_SHORT)


class IncidentSchema(Schema):
    id = fields.String()
    case = fields.String()
    number = fields.String(allow_none=True)
    subject = fields.String(allow_none=True)
    code = fields.String()
    message = fields.String()
    at = fields.String(allow_none=True)


class MeSchema(Schema):
    person = fields.Raw()
    posts = fields.List(fields.Raw())
    stands_in_for = fields.List(fields.Nested(NamedSchema))
    administers = fields.List(fields.Nested(NamedSchema))
    tasks = fields.Integer(metadata={"description": "open tasks, counted to 100"})
