"""Organisations: listed, added, changed, ended."""

from functools import partial
from typing import Any

from workflow.api.asking import office, signed_in
from workflow.api.directory.pages import listed, only, page_of_list
from workflow.api.directory.rights import may_change, may_change_organisation
from workflow.api.doors import Door, refuses
from workflow.api.schemas.common import page_of
from workflow.api.schemas.directory import OrganisationBody, OrganisationPatch, OrganisationQuery, OrganisationSchema
from workflow.api.showing import moment
from workflow.engine.directory import Principal
from workflow.people.changing import changing
from workflow.people.listing import ListedOrganisation, list_organisations
from workflow.people.organisations import add_organisation, alter_organisation, close_organisation

blueprint = Door("organisations", __name__, url_prefix="/api/v1/organisations", description="Organisations")


@blueprint.get("")
@blueprint.arguments(OrganisationQuery, location="query")
@blueprint.response(200, page_of(OrganisationSchema))
def organisations(query: dict[str, Any]) -> dict[str, Any]:
    """The tree, by id; filtered by name, level, kind and parent. Those that have ended stand in it too."""
    signed_in()
    filters = {name: query.get(name) for name in ("name", "level", "kind", "parent")}
    with office().database.read() as connection:
        page = list_organisations(connection, **filters, **page_of_list(query, filters))  # type: ignore[arg-type]  # as the query's types
    return listed(page, _view, filters)


@blueprint.post("")
@refuses(403)
@blueprint.arguments(OrganisationBody, example={"name": "金彭车业", "level": "enterprise", "parent": 2})
@blueprint.response(201, OrganisationSchema)
def new_organisation(body: dict[str, Any]) -> dict[str, Any]:
    """Add an organisation below one that the reader administers; a top one, by administrators at the top."""
    may_change(body.get("parent"), "/parent")
    return _one(add_organisation(office().database, **body))


@blueprint.get("/<int:organisation_id>")
@blueprint.response(200, OrganisationSchema)
def organisation(organisation_id: int) -> dict[str, Any]:
    """One organisation."""
    signed_in()
    return _one(organisation_id)


@blueprint.patch("/<int:organisation_id>")
@refuses(403)
@blueprint.arguments(OrganisationPatch, example={"proposed": False})
@blueprint.response(200, OrganisationSchema)
def patch_organisation(body: dict[str, Any], organisation_id: int) -> dict[str, Any]:
    """Rename, move, confirm a proposed one, or end it: all that is said, or nothing."""
    may_change_organisation(organisation_id)
    if body.get("parent") is not None:
        may_change(body["parent"], "/parent")
    ends = body.pop("ended", False)
    with changing(office().database) as change:
        alter_organisation(change, organisation_id, body)  # type: ignore[arg-type]  # as the body's schema
        if ends:
            close_organisation(change, organisation_id)
    return _one(organisation_id)


def _one(number: Principal) -> dict[str, Any]:
    with office().database.read() as connection:
        return _view(only(number, partial(list_organisations, connection)))


def _view(one: ListedOrganisation) -> dict[str, Any]:
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
