"""What bodies have in common: how strict they are, labels, who, problems, pages."""

from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, fields

from workflow.api.schemas.values import Text, Whole
from workflow.errors import Problem
from workflow.text import sentence

_ERRORS: dict[str, Any] = {
    "unknown": Problem("", "unknown_key", sentence("There is nothing of this name here.")),
    "type": Problem("", "data", sentence("A JSON object is wanted.")),
}


class Body(Schema):
    """What comes in: a name that is not known is a mistake of the sender, and is told."""

    error_messages: dict[str, Any] = _ERRORS

    class Meta:
        unknown = RAISE


class Query(Body):
    """The same in an address, where everything is text."""

    reads_text = True


class Shown(Schema):
    """What goes out: every name is there, with null where it is empty, unless it says that it may be absent."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        del field_name
        field_obj.required = not field_obj.metadata.get("absent", False)


class Nothing(Body):
    """A body that says nothing; it may be left out."""


class Reason(Body):
    reason = Text(20_000, least=0, load_default="", metadata={"description": "why; shown in the history"})


class PageQuery(Query):
    limit = Whole(1, 200, metadata={"description": "entries of a page at most (50)"})
    after = Text(2000, least=0, metadata={"description": "`next` of the page before; empty or absent: the first page"})


@cache
def page_of(schema: type[Schema]) -> type[Schema]:
    """`{items, next}`."""
    name = schema.__name__.removesuffix("Schema") + "Page"
    following = fields.String(allow_none=True, metadata={"description": "for `after`; null at the end"})
    return Shown.from_dict({"items": fields.List(fields.Nested(schema)), "next": following}, name=name)


def text(said: str | None = None, **more: Any) -> fields.String:
    return fields.String(metadata={"description": said} if said else {}, **more)


def some(said: str | None = None, **more: Any) -> fields.String:
    """A text, or null."""
    return text(said, allow_none=True, **more)


def count(said: str | None = None, **more: Any) -> fields.Integer:
    return fields.Integer(metadata={"description": said} if said else {}, **more)


def yes_no(said: str | None = None, **more: Any) -> fields.Boolean:
    return fields.Boolean(metadata={"description": said} if said else {}, **more)


def instant(said: str | None = None, **more: Any) -> fields.String:
    """A moment, in UTC."""
    return fields.String(metadata={"format": "date-time"} | ({"description": said} if said else {}), **more)


def one_of(*words: str, said: str | None = None, **more: Any) -> fields.String:
    choices = [*words, None] if more.get("allow_none") else list(words)
    return fields.String(metadata={"enum": choices} | ({"description": said} if said else {}), **more)


def listed(inner: type[Schema] | fields.Field[Any], said: str | None = None, **more: Any) -> fields.List[Any]:
    field = fields.Nested(inner) if isinstance(inner, type) else inner
    return fields.List(field, metadata={"description": said} if said else {}, **more)


def values(said: str, **more: Any) -> fields.Dict:
    """Names and values that a definition says."""
    return fields.Dict(keys=fields.String(), metadata={"description": said}, **more)


def json_schema(said: str, **more: Any) -> fields.Dict:
    return fields.Dict(metadata={"description": said}, **more)


class LabelSchema(Shown):
    """What people read, in both languages."""

    zh = text()
    en = text()


class NamedSchema(Shown):
    """An organisation, person or post by id and name; whoever acts by a link has no id."""

    id = fields.Integer(allow_none=True)
    name = text()
    kind = one_of("organisation", "person", "post", "link")


class ProblemEntrySchema(Schema):
    """One thing that is wrong."""

    at = text("a JSON pointer into the body, `/name` of a parameter, or `file:line`", required=True)
    code = text(required=True)
    message = text("in the reader's language", required=True)
    hint = text("what would be right")
    line = count("of a definition or its stories")
    place = text("of a definition, like `states.review.to.approve`")


class ProblemSchema(Schema):
    """A problem document (RFC 9457), in the language of Accept-Language, else the person's own."""

    type = fields.String(metadata={"format": "uri-reference", "description": "the page of this kind"}, required=True)
    title = text(required=True)
    status = count(required=True)
    detail = text(required=True)
    code = text("what programs go by", required=True)
    errors = listed(ProblemEntrySchema, "each thing that is wrong")
