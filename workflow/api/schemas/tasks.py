"""Open work: what it is, who holds it, where each answer leads; and the answers."""

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
from workflow.api.schemas.values import Day, Id, LongText, Many, Map, Text, Whole, YesNo, refuse
from workflow.text import sentence

SENSES = ("forward", "back", "stop")
_FORM = {"description": "fields of the form by name; null empties one"}


class ConditionSchema(Shown):
    """A guard of a trigger, as it stands now."""

    source = text("the expression")
    say = fields.Nested(LabelSchema, allow_none=True)
    holds = fields.Boolean(allow_none=True, metadata={"description": "null where it cannot be reckoned"})
    to = text("the state that it leads to")


class TriggerSchema(Shown):
    """What one trigger would do now, and what it asks for."""

    trigger = text()
    label = fields.Nested(LabelSchema)
    sense = one_of(*SENSES)
    leads_to = some("the state that would be taken now, where that is certain")
    why_not = some("why it leads nowhere now")
    opinion = yes_no("an opinion is demanded")
    missing = listed(fields.String(), "required fields that are still empty")
    choose_state = listed(fields.String(), "of a return to any state passed: one of these as `to`")
    choose_then = yes_no("`then` is the decider's choice")
    conditions = listed(ConditionSchema)


class ComingSchema(Shown):
    """What happens if nobody acts."""

    at = instant()
    kind = one_of("expired", "closes", "reminder", "escalation", "clear", "resumes")
    to = some("the state that follows, or who is told")


class ChoiceSchema(Shown):
    name = text()
    label = fields.Nested(LabelSchema)


class BallotSchema(Shown):
    """How is voted."""

    secret = yes_no()
    choices = listed(ChoiceSchema, "what a vote may be")
    items = listed(ChoiceSchema, "further questions with the same choices")
    of = some("of a table: votes are for its rows")
    choose = fields.Integer(allow_none=True, metadata={"description": "how many rows at most"})
    changeable = yes_no("a vote may be given anew until it closes")


class ObjectionTaskSchema(Shown):
    """What is said against a notice, for those who examine it."""

    number = count()
    at = instant()
    state = one_of("open", "dismissed", "joined", "partly", "upheld", "retracted", "closed")
    text = text()
    name = some("of the objector, where he gave it")
    evidence = listed(fields.String(), "ids of attachments of the case")
    answers = values("examiner → his answer, until enough say the same")


class TaskSchema(Shown):
    """An open task, for whoever may read its case; why this reader may not act on it stands in `why_not`."""

    id = text("{case}.{n}")
    name = text()
    kind = one_of("task", "ballot", "record", "score", "objection", "signer")
    case = text("the case; of a sitting, the round")
    cases = fields.List(
        fields.String(),
        allow_none=True,
        metadata={"description": "in a sitting: the cases that are decided together, or voted on"},
    )
    state = text()
    state_label = fields.Nested(LabelSchema)
    definition = text()
    title = fields.Nested(LabelSchema)
    subject = text("the line that names the case")
    unit = fields.Nested(NamedSchema)
    triggers = listed(fields.String(), "what it may be decided with")
    outlook = listed(TriggerSchema, "the same, with where each leads and what it asks for")
    coming = listed(ComingSchema, "what happens if nobody acts, the next first")
    assignees = listed(NamedSchema, "who holds it; of a ballot, its voters are told themselves alone")
    claimed_by = fields.Nested(NamedSchema, allow_none=True)
    delegate = fields.Nested(NamedSchema, allow_none=True)
    proposed = some("what the delegate answered, for the holder to confirm")
    opened_at = instant()
    due_at = instant(allow_none=True)
    provisional = yes_no("the working days of the year of `due_at` are not published yet")
    edit = listed(fields.String(), "fields that may be written with it; of a round `round.x`")
    may = yes_no("this reader may act on it")
    why_not = some()
    objection = fields.Nested(ObjectionTaskSchema, allow_none=True)
    ballot = fields.Nested(BallotSchema, allow_none=True)
    criteria = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        allow_none=True,
        metadata={"description": "of a score card: the most points by criterion"},
    )


def _own(mine: bool) -> None:
    if not mine:
        raise refuse(sentence("Your own tasks are listed: say true, or leave it out."))


class TaskQuery(PageQuery):
    mine = YesNo(validate=_own, metadata={"description": "`true` or absent: one's own are listed", "enum": [True]})
    definition = Text()


class DecisionBody(Body):
    trigger = Text(required=True, metadata={"description": "one of the task's `triggers`"})
    opinion = LongText(load_default="")
    data = Map(load_default=dict, metadata=_FORM)
    to = Text(
        allow_none=True,
        metadata={
            "description": "the state returned to, where that is a choice; of an objection the earlier one's number"
        },
    )
    then = Text(allow_none=True, among=("again", "resume"), metadata={"description": "of a return"})
    exceptions = Map(
        Text(), data_key="except", load_default=dict, metadata={"description": "in a sitting: case → another trigger"}
    )


class ItemBody(DecisionBody):
    task = Text(required=True, metadata={"description": "{case}.{n}"})


class DecisionsBody(Body):
    items = Many(fields.Nested(ItemBody), least=1, required=True)


class FireBody(Body):
    opinion = LongText(load_default="")
    data = Map(load_default=dict, metadata=_FORM)
    to = Text(allow_none=True)
    then = Text(allow_none=True, among=("again", "resume"))


class OperationBody(Body):
    """Of these each operation takes what it needs; the call's description says which."""

    person = Id(allow_none=True, metadata={"description": "id of a person"})
    kind = Text(allow_none=True, among=("before", "beside", "after"), metadata={"description": "of an added signer"})
    reason = LongText(load_default="")
    opinion = LongText(load_default="", metadata={"description": "the same as `reason`"})
    text = LongText(load_default="", metadata={"description": "of a comment; the same as `reason`"})
    days = Whole(1, 3660, allow_none=True, metadata={"description": "of a pause, in calendar days"})
    data = Map(load_default=dict, metadata={"description": "the corrected fields by name"})
    date = Day(allow_none=True, metadata={"description": "when the sealed original came"})
    archive = Text(100, allow_none=True, metadata={"description": "its archive number"})
    task = Text(
        allow_none=True, metadata={"description": "{case}.{n}: which task is reassigned, where several are open"}
    )


class BallotBody(Body):
    vote = Text(allow_none=True, metadata={"description": "a choice; in a sitting the same for all its cases"})
    votes = Map(Text(), load_default=dict, metadata={"description": "in a sitting: case → choice"})
    items = Map(Text(), load_default=dict, metadata={"description": "further questions: item → choice"})
    rows = Many(Whole(), load_default=list, metadata={"description": "of a table: the numbers of its rows, from 0"})
    record = Map(
        allow_none=True,
        metadata={
            "description": "the tally of a ballot held in a hall: `electorate`, `present` and the choices; in a sitting "
            "one for all, or by case"
        },
    )
    data = Map(load_default=dict, metadata=_FORM)
    opinion = LongText(load_default="")


class ScoreBody(Body):
    score = Map(Whole(), load_default=dict, metadata={"description": "criterion → points"})
    recused = LongText(allow_none=True, metadata={"description": "the reason for stepping aside, in place of a card"})
    data = Map(load_default=dict, metadata=_FORM)
    opinion = LongText(load_default="")
