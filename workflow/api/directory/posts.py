"""Posts: who holds which role where, appointed and dismissed."""

from typing import Any

from sqlalchemy import Connection, select

from workflow.api.asking import office, page_size, signed_in
from workflow.api.directory.pages import page_of_list
from workflow.api.directory.rights import may_change
from workflow.api.doors import Door, refuses
from workflow.api.paging import cursor
from workflow.api.schemas.common import page_of
from workflow.api.schemas.directory import EndBody, PostBody, PostQuery, PostSchema
from workflow.api.showing import moment
from workflow.api.subjects import number_of
from workflow.engine.directory import Principal
from workflow.errors import NotFound
from workflow.people import tables
from workflow.people.listing import ListedPost, Page, list_posts
from workflow.people.posts import appoint, dismiss

blueprint = Door("posts", __name__, url_prefix="/api/v1/posts", description="Posts")


@blueprint.get("")
@blueprint.arguments(PostQuery, location="query")
@blueprint.response(200, page_of(PostSchema))
def posts(query: dict[str, Any]) -> dict[str, Any]:
    """Who holds or held which role where, and since when; filtered by person, role and organisation."""
    signed_in()
    filters = {name: query.get(name) for name in ("person", "role", "organisation")}
    wanted = page_size(query)
    held: list[ListedPost] = []
    with office().database.read() as connection:
        at = page_of_list(query, filters)
        while True:  # posts that nobody ever held stand in the list alone, and are passed over
            page: Page[ListedPost] = list_posts(connection, **filters, **{**at, "limit": wanted - len(held)})  # type: ignore[arg-type]  # as the query's types
            held += [one for one in page.items if one.person is not None]
            if page.next is None or len(held) == wanted:
                break
            at = {"after": page.next}
    following = cursor((page.next,), filters) if page.next is not None else None
    return {"items": [_view(one) for one in held], "next": following}


@blueprint.post("")
@refuses(403)
@blueprint.arguments(PostBody, example={"person": 12, "role": "union_chair", "organisation": 3})
@blueprint.response(201, PostSchema)
def new_post(body: dict[str, Any]) -> dict[str, Any]:
    """Give a person a role at an organisation; who holds it already goes on holding it."""
    may_change(body["organisation"])
    held = appoint(office().database, person=body["person"], role=body["role"], organisation=body["organisation"])
    return _one(held.post, held.person)


@blueprint.get("/<post_id>")
@blueprint.response(200, PostSchema)
def post(post_id: str) -> dict[str, Any]:
    """One person's holding of a post, the latest."""
    signed_in()
    return _one(*_ids(post_id))


@blueprint.patch("/<post_id>")
@refuses(403)
@blueprint.arguments(EndBody)
@blueprint.response(200, PostSchema)
def patch_post(body: dict[str, Any], post_id: str) -> dict[str, Any]:
    """End a holding."""
    signed_in()
    number, holder = _ids(post_id)
    found = _one(number, holder)
    may_change(found["organisation"])
    if body["ended"]:
        dismiss(office().database, person=holder, role=found["role"], organisation=found["organisation"])
    return _one(number, holder)


def _one(number: Principal, person: Principal) -> dict[str, Any]:
    with office().database.read() as connection:
        return _view(_latest_holding(connection, number, person))


def _latest_holding(connection: Connection, number: Principal, person: Principal) -> ListedPost:
    named = select(tables.post.c.role, tables.post.c.organisation).where(tables.post.c.id == number)
    row = connection.execute(named).one_or_none()
    if row is None:
        raise NotFound
    page = list_posts(connection, person=person, role=row.role, organisation=row.organisation, limit=200)
    if not page.items:
        raise NotFound
    return page.items[-1]


def _ids(text: str) -> tuple[Principal, Principal]:
    number, _, person = text.partition(".")
    return number_of(number), number_of(person)


def _view(one: ListedPost) -> dict[str, Any]:
    return {
        "id": f"{one.id}.{one.person}",
        "post": one.id,
        "person": one.person,
        "role": one.role,
        "organisation": one.organisation,
        "begins_at": moment(one.since),
        "ended_at": moment(one.until),
    }
