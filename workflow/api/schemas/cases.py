"""Cases: started, shown, their events and timers, drafts, attachments."""

from marshmallow import fields

from workflow.api.schemas.common import (
    Body,
    LabelSchema,
    NamedSchema,
    PageQuery,
    ProblemSchema,
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
from workflow.api.schemas.rounds import RoundSchema
from workflow.api.schemas.tasks import SENSES, TaskSchema
from workflow.api.schemas.values import Id, Map, Text, Uuid

#: What an act on a task answers with: the case; of a sitting, the round.
CASE_OR_ROUND = "CaseOrRound"


class AnytimeSchema(Shown):
    """What this reader may do here without a task: `POST /api/v1/cases/{id}/triggers/{trigger}`."""

    trigger = text()
    label = fields.Nested(LabelSchema)
    sense = one_of(*SENSES)
    leads_to = text()
    opinion = yes_no("an opinion is demanded")


class NoticeObjectionSchema(Shown):
    number = count()
    state = one_of("open", "dismissed", "joined", "partly", "upheld", "retracted", "closed")
    at = instant()


class CaseNoticeSchema(Shown):
    """The publication that the case is in."""

    id = text("of the notice, as in /api/v1/notices/{id}")
    begins = instant()
    ends = instant("as now reckoned")
    held_since = instant("its clock stands", allow_none=True)
    objections = listed(NoticeObjectionSchema)


class IncidentNoteSchema(Shown):
    """What could not go on by itself."""

    id = text("for administrators: POST /api/v1/incidents/{id}/retry")
    code = text()
    message = text()


class DifferenceSchema(Shown):
    field = text()
    before = fields.Raw(allow_none=True, metadata={"description": "the value when it was returned"})
    now = fields.Raw(allow_none=True, metadata={"description": "the value now"})


class CaseSchema(Shown):
    """One run of a definition, as this reader sees it."""

    id = text()
    number = some()
    definition = text("its key")
    definition_version = count()
    title = fields.Nested(LabelSchema)
    state = text()
    state_label = fields.Nested(LabelSchema)
    version = count("the number of its events; in quotes, its ETag")
    head = text("the first 16 hex digits of the head of its chain")
    subject = text("the line that names it")
    data = values("the form; personal values are masked, what this reader may not see is left out")
    round = some("the id of its round")
    unit = fields.Nested(NamedSchema)
    starter = fields.Nested(NamedSchema, allow_none=True)
    concerned = fields.Nested(NamedSchema, allow_none=True)
    started_at = instant()
    ended_at = instant(allow_none=True)
    suspended = yes_no()
    figures = values("what each state left behind, by state and name")
    why_empty = values("computed fields that cannot be reckoned, by name, and why: nothing divides by 0")
    provisional = listed(fields.String(), "its dates in a year whose working days are not published yet; they may move")
    tasks = listed(TaskSchema, "all that are open")
    anytime = listed(AnytimeSchema)
    notice = fields.Nested(CaseNoticeSchema, allow_none=True)
    incidents = listed(IncidentNoteSchema)
    changed = fields.List(
        fields.Nested(DifferenceSchema),
        metadata={"absent": True, "description": "what was written since the last return; not in lists"},
    )
    receipt = fields.String(
        allow_none=True, metadata={"absent": True, "description": "of a secret vote, shown to the voter once"}
    )


class StartBody(Body):
    definition = Text(required=True, metadata={"description": "key of a definition"})
    unit = Id(
        allow_none=True,
        metadata={"description": "for which organisation; absent: where the starter acts, if that is one"},
    )
    round = Uuid(allow_none=True, metadata={"description": "absent: the round that is open, if that is one"})
    data = Map(load_default=dict, metadata={"description": "fields of the first form by name"})


class CaseQuery(PageQuery):
    definition = Text()
    state = Text()
    unit = Id()
    round = Uuid()
    q = Text(
        least=0, metadata={"description": "the beginning of a number, a name, a unit, or of how they are read aloud"}
    )


class SignalBody(Body):
    name = Text(required=True, metadata={"description": "one of the names that the state waits for"})
    data = Map(load_default=dict)


class DraftBody(Body):
    data = Map(required=True, metadata={"description": "what is typed so far; it is not looked at"})


class DraftSchema(Shown):
    data = values("as it was kept")
    saved = count("how often it was kept; 0: never")


class DecidedSchema(Shown):
    """What became of one decision of many."""

    task = text()
    status = count("as if it had been sent alone")
    case = fields.Raw(
        metadata={
            "absent": True,
            "oneOf": [{"$ref": "#/components/schemas/Case"}, {"$ref": "#/components/schemas/Round"}],
        }
    )
    problem = fields.Nested(ProblemSchema, metadata={"absent": True})


class DecisionsSchema(Shown):
    items = listed(DecidedSchema, "in the order in which they came")


class MoveSchema(Shown):
    state = text("the state that was entered")
    trigger = some()
    came_from = some()


class SaidSchema(Shown):
    kind = text("opinion, reason, comment")
    text = text()


class EventSchema(Shown):
    """One line of the history: one act."""

    seq = count()
    at = instant()
    as_of = instant("when it was due, of what the clock did late", allow_none=True)
    by = fields.Nested(NamedSchema, allow_none=True)
    acting_as = fields.Nested(NamedSchema, allow_none=True)
    acting_for = fields.Nested(NamedSchema, allow_none=True)
    service = some("clock, effect …, where the service itself acted")
    command = values("what was asked: kind, task, trigger …")
    moves = listed(MoveSchema)
    texts = listed(SaidSchema, "what was said with it")
    hash = text('SHA-256("event\\n" ‖ previous ‖ body), in hex')
    previous = text("of the first event: derived from the id")
    body = some("the stored bytes that are hashed; null where fields of it are withheld from this reader")


class TimerSchema(Shown):
    """What is due."""

    kind = text("due, reminder, escalation, notice_end, until, resume, opening, announce, closes, sitting")
    at = instant()
    due = instant("the deadline that a reminder speaks of", allow_none=True)
    state = some()


class AttachmentSchema(Shown):
    id = text("stands in a field of type `files`")
    name = text()
    size = count("bytes")
    media_type = text("by its content")
    sha256 = text()
    at = instant()


def shape_of(shown: dict[str, object]) -> type[CaseSchema | RoundSchema]:
    return RoundSchema if "sittings" in shown else CaseSchema
