"""Delegations: who stands in for whom, from when until when."""

from functools import partial
from typing import Any

from workflow.api.asking import context_for, office, signed_in
from workflow.api.directory.pages import listed, only, page_of_list
from workflow.api.directory.rights import may_change_person
from workflow.api.doors import Door, refuses
from workflow.api.schemas.common import page_of
from workflow.api.schemas.directory import DelegationBody, DelegationQuery, DelegationSchema, EndBody
from workflow.api.showing import moment
from workflow.engine.permit import is_top_administrator
from workflow.errors import NotFound, NotPermitted
from workflow.people.delegations import delegate, end_delegation
from workflow.people.listing import ListedDelegation, list_delegations

blueprint = Door("delegations", __name__, url_prefix="/api/v1/delegations", description="Delegations")


@blueprint.get("")
@blueprint.arguments(DelegationQuery, location="query")
@blueprint.response(200, page_of(DelegationSchema))
def delegations(query: dict[str, Any]) -> dict[str, Any]:
    """Who stands in for whom: one's own, for administrators at the top all; filtered by from, to and definition."""
    actor = signed_in()
    filters = {
        "from_person": query.get("from_"),
        "to_person": query.get("to"),
        "definition": query.get("definition"),
    }
    with office().database.read() as connection:
        own = None if is_top_administrator(context_for(connection)) else actor.person
        page = list_delegations(connection, **filters, of=own, **page_of_list(query, filters))  # type: ignore[arg-type]  # as the query's types
    return listed(page, _view, filters)


@blueprint.post("")
@refuses(403)
@blueprint.arguments(
    DelegationBody,
    example={"from": 12, "to": 13, "begins": "2026-03-09T00:00:00+08:00", "ends": "2026-03-21T00:00:00+08:00"},
)
@blueprint.response(201, DelegationSchema)
def new_delegation(body: dict[str, Any]) -> dict[str, Any]:
    """Have somebody stand in: for oneself, or by an administrator."""
    return let_stand_in(body)


def let_stand_in(body: dict[str, Any]) -> dict[str, Any]:
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
    return _one(number)


@blueprint.get("/<int:delegation_id>")
@blueprint.response(200, DelegationSchema)
def delegation(delegation_id: int) -> dict[str, Any]:
    """One delegation, for the two whom it is about and for administrators."""
    signed_in()
    return _seen(delegation_id)


@blueprint.patch("/<int:delegation_id>")
@refuses(403)
@blueprint.arguments(EndBody)
@blueprint.response(200, DelegationSchema)
def patch_delegation(body: dict[str, Any], delegation_id: int) -> dict[str, Any]:
    """Call a delegation off before its end; by the one for whom it is, or by an administrator."""
    return change_delegation(delegation_id, ended=body["ended"])


def change_delegation(delegation_id: int, *, ended: bool) -> dict[str, Any]:
    actor = signed_in()
    found = _seen(delegation_id)
    if found["from_"] != actor.person:
        may_change_person(found["from_"])
    if ended:
        end_delegation(office().database, delegation_id)
    return _one(delegation_id)


def _one(number: int) -> dict[str, Any]:
    with office().database.read() as connection:
        return _view(only(number, partial(list_delegations, connection)))


def _seen(number: int) -> dict[str, Any]:
    """For whoever is meant by it, and for administrators of who is absent; nobody else learns of it."""
    actor = signed_in()
    found = _one(number)
    if actor.person not in (found["from_"], found["to"]):
        try:
            may_change_person(found["from_"])
        except NotPermitted as refused:
            raise NotFound from refused
    return found


def _view(one: ListedDelegation) -> dict[str, Any]:
    return {
        "id": one.id,
        "from_": one.from_person,
        "to": one.to_person,
        "begins": moment(one.begins),
        "ends": moment(one.ends),
        "definition": one.definition,
        "ended_at": moment(one.ended_at),
    }
