"""Organisations, people, posts and delegations."""

from marshmallow import fields

from workflow.api.schemas.common import (
    Body,
    NamedSchema,
    PageQuery,
    Shown,
    count,
    instant,
    listed,
    one_of,
    some,
    text,
    yes_no,
)
from workflow.api.schemas.values import Day, Id, Moment, Text, Whole, YesNo

_MOST_MEMBERS = 1_000_000_000
LANGUAGES = ("zh", "en")
_ENDED = {"description": "true: it ends now; what has ended stays in the register"}


class OrganisationBody(Body):
    name = Text(100, required=True)
    level = Text(
        60, required=True, metadata={"description": "a word of the definitions: district, township, enterprise …"}
    )
    kind = Text(60, allow_none=True, metadata={"description": "tax, health …"})
    parent = Id(allow_none=True, metadata={"description": "the organisation above; absent: a top one"})
    members = Whole(0, _MOST_MEMBERS, allow_none=True)
    workers = Whole(0, _MOST_MEMBERS, allow_none=True)


class OrganisationPatch(Body):
    name = Text(100)
    level = Text(60)
    kind = Text(60, allow_none=True)
    parent = Id(metadata={"description": "it goes there with all that is below it"})
    members = Whole(0, _MOST_MEMBERS, allow_none=True)
    workers = Whole(0, _MOST_MEMBERS, allow_none=True)
    proposed = YesNo(metadata={"description": "false confirms one that an import has proposed"})
    ended = YesNo(metadata=_ENDED)


class OrganisationSchema(Shown):
    id = count()
    name = text()
    level = text()
    kind = some()
    parent = fields.Integer(allow_none=True)
    members = fields.Integer(allow_none=True)
    workers = fields.Integer(allow_none=True)
    proposed = yes_no("made by an import, nobody has confirmed it yet")
    ended_at = instant(allow_none=True)


class OrganisationQuery(PageQuery):
    name = Text(100, metadata={"description": "a part of the name"})
    level = Text(60)
    kind = Text(60)
    parent = Id()


class PersonBody(Body):
    name = Text(100, required=True)
    login = Text(
        60, allow_none=True, metadata={"description": "one word, given once for good; without it nobody signs in"}
    )
    email = Text(allow_none=True)
    mobile = Text(40, allow_none=True)
    language = Text(among=LANGUAGES)
    employer = Id(allow_none=True, metadata={"description": "the organisation where he is employed or a member"})
    born_on = Day(allow_none=True)


class PersonPatch(PersonBody):
    name = Text(100)
    ended = YesNo(metadata=_ENDED)


class PersonSchema(Shown):
    """A person; how he is reached is shown to himself and to administrators."""

    id = count()
    name = text()
    login = some()
    email = some()
    mobile = some()
    language = one_of(*LANGUAGES)
    employer = fields.Integer(allow_none=True)
    ended_at = instant(allow_none=True)


class PersonQuery(PageQuery):
    name = Text(100, metadata={"description": "a part of the name"})
    login = Text(60)
    email = Text(metadata={"description": "for administrators at the top"})
    mobile = Text(40, metadata={"description": "for administrators at the top"})
    language = Text(among=LANGUAGES)
    employer = Id()


class PostBody(Body):
    person = Id(required=True)
    role = Text(60, required=True, metadata={"description": "a free word; definitions name it"})
    organisation = Id(required=True)


class EndBody(Body):
    ended = YesNo(required=True, metadata=_ENDED)


class PostSchema(Shown):
    """One person's holding of a post."""

    id = text("{post}.{person}")
    post = count()
    person = count()
    role = text()
    organisation = count()
    begins_at = instant()
    ended_at = instant(allow_none=True)


class PostQuery(PageQuery):
    person = Id()
    role = Text(60)
    organisation = Id()


class DelegationBody(Body):
    from_ = Id(required=True, data_key="from", metadata={"description": "for whom"})
    to = Id(required=True, metadata={"description": "who stands in"})
    begins = Moment(required=True)
    ends = Moment(required=True)
    definition = Text(60, allow_none=True, metadata={"description": "for this one only; absent: for all"})


class DelegationSchema(Shown):
    id = count()
    from_ = fields.Integer(data_key="from")
    to = count()
    begins = instant()
    ends = instant()
    definition = some()
    ended_at = instant("called off before its end", allow_none=True)


class DelegationQuery(PageQuery):
    from_ = Id(data_key="from")
    to = Id()
    definition = Text(60)


class MyselfSchema(Shown):
    id = count()
    name = text()
    login = some()
    language = one_of(*LANGUAGES)


class MyPostSchema(Shown):
    id = count()
    role = text()
    organisation = fields.Nested(NamedSchema)


class MeSchema(Shown):
    person = fields.Nested(MyselfSchema)
    posts = listed(MyPostSchema)
    stands_in_for = listed(NamedSchema)
    administers = listed(NamedSchema, "with all that is below them")
    tasks = count("that wait, counted to 100")
