"""The directory: organisations, people, posts and who stands in for whom. Ended, never deleted."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import Connection, select

from workflow.api import schemas
from workflow.api.asking import context_for, office, page_size, signed_in
from workflow.api.paging import cursor, place_of
from workflow.api.showing import moment
from workflow.engine.context import Context
from workflow.engine.directory import Principal
from workflow.engine.permit import need_administrator
from workflow.errors import InvalidData, NotFound, NotPermitted, Problem
from workflow.people import tables
from workflow.people.administrator import may_administer
from workflow.people.delegations import delegate, end_delegation
from workflow.people.listing import (
    ListedDelegation,
    ListedOrganisation,
    ListedPerson,
    ListedPost,
    Page,
    list_delegations,
    list_organisations,
    list_persons,
    list_posts,
)
from workflow.people.organisations import add_organisation, change_organisation, end_organisation
from workflow.people.persons import add_person, change_person, end_person
from workflow.people.posts import appoint, dismiss
from workflow.text import sentence

blueprint = Blueprint(
    "directory", __name__, url_prefix="/api/v1", description="Organisations, people, posts, delegations"
)


@blueprint.get("/organisations")
@blueprint.arguments(schemas.OrganisationQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.OrganisationSchema))
def organisations(query: dict[str, Any]) -> dict[str, Any]:
    """The tree, by id; filtered by name, level, kind, parent."""
    signed_in()
    filters = {name: query.get(name) for name in ("name", "level", "kind", "parent")}
    with office().database.read() as connection:
        page = list_organisations(connection, **filters, **_page(query, filters))  # type: ignore[arg-type]  # as the query's types
    return _listed(page, _organisation_view, filters)


@blueprint.post("/organisations")
@blueprint.arguments(schemas.OrganisationBody)
@blueprint.response(201, schemas.OrganisationSchema)
def new_organisation(body: dict[str, Any]) -> dict[str, Any]:
    """Add an organisation below one that the reader administers."""
    _may_change(body.get("parent"))
    return _one_organisation(add_organisation(office().database, **body))


@blueprint.get("/organisations/<int:organisation_id>")
@blueprint.response(200, schemas.OrganisationSchema)
def organisation(organisation_id: int) -> dict[str, Any]:
    """One organisation."""
    signed_in()
    return _one_organisation(organisation_id)


@blueprint.patch("/organisations/<int:organisation_id>")
@blueprint.arguments(schemas.OrganisationPatch)
@blueprint.response(200, schemas.OrganisationSchema)
def patch_organisation(body: dict[str, Any], organisation_id: int) -> dict[str, Any]:
    """Rename, move, confirm a proposed one, or end it."""
    _may_change(organisation_id)
    if body.get("parent") is not None:
        _may_change(body["parent"])
    if body.pop("ended", False):
        end_organisation(office().database, organisation_id)
    if body:
        change_organisation(office().database, organisation_id, **body)
    return _one_organisation(organisation_id)


@blueprint.get("/people")
@blueprint.arguments(schemas.PersonQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.PersonSchema))
def people(query: dict[str, Any]) -> dict[str, Any]:
    """People by id; how they are reached only for administrators and for themselves."""
    signed_in()
    filters = {name: query.get(name) for name in ("name", "login")}
    with office().database.read() as connection:
        context = context_for(connection)
        page = list_persons(connection, **filters, **_page(query, filters))  # type: ignore[arg-type]  # as the query's types
        return _listed(page, lambda one: _person_view(one, context), filters)


@blueprint.post("/people")
@blueprint.arguments(schemas.PersonBody)
@blueprint.response(201, schemas.PersonSchema)
def new_person(body: dict[str, Any]) -> dict[str, Any]:
    """Add a person; of a unit, by its administrators."""
    _may_change(body.get("employer"), anywhere=True)
    return _one_person(add_person(office().database, **body))


@blueprint.get("/people/<int:person_id>")
@blueprint.response(200, schemas.PersonSchema)
def person(person_id: int) -> dict[str, Any]:
    """One person."""
    signed_in()
    return _one_person(person_id)


@blueprint.patch("/people/<int:person_id>")
@blueprint.arguments(schemas.PersonPatch)
@blueprint.response(200, schemas.PersonSchema)
def patch_person(body: dict[str, Any], person_id: int) -> dict[str, Any]:
    """Change a person; one's own ways to be reached and language anybody may change."""
    actor = signed_in()
    if not (actor.person == person_id and set(body) <= {"email", "mobile", "language"}):
        may_change_person(person_id)
    if body.pop("ended", False):
        end_person(office().database, person_id)
    if body:
        change_person(office().database, person_id, **body)
    return _one_person(person_id)


@blueprint.get("/posts")
@blueprint.arguments(schemas.PostQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.PostSchema))
def posts(query: dict[str, Any]) -> dict[str, Any]:
    """Who holds which role where, and since when."""
    signed_in()
    filters = {name: query.get(name) for name in ("person", "role", "organisation")}
    with office().database.read() as connection:
        page = list_posts(connection, **filters, **_page(query, filters))  # type: ignore[arg-type]  # as the query's types
    shown = _listed(page, _post_view, filters)
    return {**shown, "items": [one for one in shown["items"] if one["person"] is not None]}


@blueprint.post("/posts")
@blueprint.arguments(schemas.PostBody)
@blueprint.response(201, schemas.PostSchema)
def new_post(body: dict[str, Any]) -> dict[str, Any]:
    """Give a person a role at an organisation; a role is a free word."""
    _may_change(body["organisation"])
    held = appoint(office().database, person=body["person"], role=body["role"], organisation=body["organisation"])
    return _one_post(held.post, held.person)


@blueprint.patch("/posts/<post_id>")
@blueprint.arguments(schemas.PostPatch)
@blueprint.response(200, schemas.PostSchema)
def patch_post(body: dict[str, Any], post_id: str) -> dict[str, Any]:
    """End a holding."""
    post, holder = _ids(post_id)
    found = _one_post(post, holder)
    _may_change(found["organisation"])
    if body["ended"]:
        dismiss(office().database, person=holder, role=found["role"], organisation=found["organisation"])
    return _one_post(post, holder)


@blueprint.get("/delegations")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.page_of(schemas.DelegationSchema))
def delegations(query: dict[str, Any]) -> dict[str, Any]:
    """Who stands in for whom: one's own, and for administrators all."""
    actor = signed_in()
    with office().database.read() as connection:
        context = context_for(connection)
        page = list_delegations(connection, **_page(query, None))
        shown = _listed(page, _delegation_view, None)
    if any(
        _administers(place.id, context) for place in context.directory.organisations.values() if place.parent is None
    ):
        return shown
    own = [one for one in shown["items"] if actor.person in (one["from_"], one["to"])]
    return {**shown, "items": own}


@blueprint.post("/delegations")
@blueprint.arguments(schemas.DelegationBody)
@blueprint.response(201, schemas.DelegationSchema)
def new_delegation(body: dict[str, Any]) -> dict[str, Any]:
    """Have somebody stand in: for oneself, or by an administrator."""
    actor = signed_in()
    if body["from_"] != actor.person:
        may_change_person(body["from_"])
    number = delegate(
        office().database,
        from_person=body["from_"],
        to_person=body["to"],
        begins=body["begins"],
        ends=body["ends"],
        definition=body.get("definition"),
    )
    return _one_delegation(number)


@blueprint.patch("/delegations/<int:delegation_id>")
@blueprint.arguments(schemas.PostPatch)
@blueprint.response(200, schemas.DelegationSchema)
def patch_delegation(body: dict[str, Any], delegation_id: int) -> dict[str, Any]:
    """Call a delegation off before its end."""
    actor = signed_in()
    found = _one_delegation(delegation_id)
    if found["from_"] != actor.person:
        may_change_person(found["from_"])
    if body["ended"]:
        end_delegation(office().database, delegation_id)
    return _one_delegation(delegation_id)


# --- who may


def _may_change(organisation: Principal | None, *, anywhere: bool = False) -> None:
    """Administrators of the branch; at the top where no organisation is named."""
    signed_in()
    with office().database.read() as connection:
        context = context_for(connection)
        if organisation is not None:
            if organisation not in context.directory.organisations:
                raise InvalidData((Problem("/organisation", "unknown", sentence("There is no such organisation.")),))
            need_administrator(organisation, context)
            return
        tops = [place.id for place in context.directory.organisations.values() if anywhere or place.parent is None]
        if not any(_administers(top, context) for top in tops):
            raise NotPermitted(sentence("Only administrators of this branch may do this."))


def may_change_person(person: Principal) -> None:
    """Who administers every place where he is employed or holds a post; at the top where he has neither.

    Whoever may change how a person is reached may sign in as him.
    """
    signed_in()
    with office().database.read() as connection:
        context = context_for(connection)
        known = context.directory.persons.get(person)
        places = {post.organisation for post in context.directory.posts_of(person, context.now)}
        if known is not None and known.employer is not None:
            places.add(known.employer)
    if not places:
        _may_change(None)
    elif not all(_administers(place, context) for place in places):
        raise NotPermitted(sentence("Only administrators of this branch may do this."))


def _administers(organisation: Principal, context: Context) -> bool:
    person = context.actor.person
    return person is not None and may_administer(context.directory, person, organisation, context.now)


# --- one of each


def _one_organisation(number: Principal) -> dict[str, Any]:
    with office().database.read() as connection:
        return _organisation_view(_only(list_organisations(connection, after=str(number - 1), limit=1).items, number))


def _one_person(number: Principal) -> dict[str, Any]:
    with office().database.read() as connection:
        found = _only(list_persons(connection, after=str(number - 1), limit=1).items, number)
        return _person_view(found, context_for(connection))


def _one_delegation(number: int) -> dict[str, Any]:
    with office().database.read() as connection:
        return _delegation_view(_only(list_delegations(connection, after=str(number - 1), limit=1).items, number))


def _only(items: tuple[Any, ...], number: int) -> Any:
    if not items or items[0].id != number:
        raise NotFound
    return items[0]


def _one_post(post: Principal, person: Principal) -> dict[str, Any]:
    with office().database.read() as connection:
        return _post_view(_latest_holding(connection, post, person))


def _latest_holding(connection: Connection, post: Principal, person: Principal) -> ListedPost:
    row = connection.execute(
        select(
            tables.post.c.role, tables.post.c.organisation, tables.holding.c.valid_from, tables.holding.c.valid_until
        )
        .join(tables.holding, tables.holding.c.principal == tables.post.c.id)
        .where(tables.post.c.id == post, tables.holding.c.person == person)
        .order_by(tables.holding.c.valid_from.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound
    return ListedPost(
        id=post,
        role=row.role,
        organisation=row.organisation,
        organisation_name="",
        person=person,
        person_name=None,
        since=row.valid_from,
        until=row.valid_until,
    )


def _ids(text: str) -> tuple[int, int]:
    post, _, person = text.partition(".")
    if not (post.isdigit() and person.isdigit()):
        raise NotFound
    return int(post), int(person)


# --- pages and views


def _page(query: dict[str, Any], filters: object) -> dict[str, Any]:
    place = place_of(query.get("after"), filters, (str,))
    return {"after": place[0] if place else None, "limit": page_size(query.get("limit"))}


def _listed(page: Page[Any], view: Any, filters: object) -> dict[str, Any]:
    return {
        "items": [view(one) for one in page.items],
        "next": cursor((page.next,), filters) if page.next is not None else None,
    }


def _organisation_view(one: ListedOrganisation) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "level": one.level,
        "kind": one.kind,
        "parent": one.parent,
        "members": one.members,
        "workers": one.workers,
        "proposed": one.proposed,
        "ended_at": moment(one.until),
    }


def _person_view(one: ListedPerson, context: Context) -> dict[str, Any]:
    """Mail and telephone are for administrators and for the person himself."""
    person = context.actor.person
    places = {post.organisation for post in context.directory.posts_of(one.id, context.now)} | {one.employer}
    knows = person == one.id or any(_administers(place, context) for place in places if place is not None)
    return {
        "id": one.id,
        "name": one.name,
        "login": one.login,
        "email": one.email if knows else None,
        "mobile": one.mobile if knows else None,
        "language": one.language,
        "employer": one.employer,
        "ended_at": moment(one.until),
    }


def _post_view(one: ListedPost) -> dict[str, Any]:
    return {
        "id": f"{one.id}.{one.person}",
        "post": one.id,
        "person": one.person,
        "role": one.role,
        "organisation": one.organisation,
        "begins_at": moment(one.since),
        "ended_at": moment(one.until),
    }


def _delegation_view(one: ListedDelegation) -> dict[str, Any]:
    return {
        "id": one.id,
        "from_": one.from_person,
        "to": one.to_person,
        "begins": moment(one.begins),
        "ends": moment(one.ends),
        "definition": one.definition,
        "ended_at": moment(one.ended_at),
    }
