"""People: listed, added, changed, ended."""

from functools import partial
from typing import Any

from workflow.api.asking import context_for, office, operator, signed_in
from workflow.api.directory.pages import listed, only, page_of_list
from workflow.api.directory.rights import knows_person, may_add_person, may_change, may_change_person
from workflow.api.doors import Door, refuses
from workflow.api.schemas.common import page_of
from workflow.api.schemas.directory import PersonBody, PersonPatch, PersonQuery, PersonSchema
from workflow.api.showing import moment
from workflow.engine.context import Context
from workflow.engine.directory import Principal
from workflow.people.changing import changing
from workflow.people.listing import ListedPerson, list_persons
from workflow.people.persons import add_person, alter_person, close_person

blueprint = Door("people", __name__, url_prefix="/api/v1/people", description="People")

#: What anybody may change of himself.
_OWN = {"email", "mobile", "language"}


@blueprint.get("")
@refuses(403)
@blueprint.arguments(PersonQuery, location="query")
@blueprint.response(200, page_of(PersonSchema))
def people(query: dict[str, Any]) -> dict[str, Any]:
    """People by id; filtered by name, login, language and employer, by administrators at the top by e-mail and mobile."""
    signed_in()
    if query.get("email") or query.get("mobile"):
        operator()
    names = ("name", "login", "email", "mobile", "language", "employer")
    filters = {name: query.get(name) for name in names}
    with office().database.read() as connection:
        context = context_for(connection)
        page = list_persons(connection, **filters, **page_of_list(query, filters))  # type: ignore[arg-type]  # as the query's types
        return listed(page, lambda one: _view(one, context), filters)


@blueprint.post("")
@refuses(403)
@blueprint.arguments(PersonBody, example={"name": "王芳", "login": "wangfang", "email": "wangfang@example.org"})
@blueprint.response(201, PersonSchema)
def new_person(body: dict[str, Any]) -> dict[str, Any]:
    """Add a person; of a unit, by its administrators."""
    may_add_person(body.get("employer"))
    return one_person(add_person(office().database, **body))


@blueprint.get("/<int:person_id>")
@blueprint.response(200, PersonSchema)
def person(person_id: int) -> dict[str, Any]:
    """One person; how he is reached is shown to himself and to administrators."""
    signed_in()
    return one_person(person_id)


@blueprint.patch("/<int:person_id>")
@refuses(403)
@blueprint.arguments(PersonPatch, example={"language": "en"})
@blueprint.response(200, PersonSchema)
def patch_person(body: dict[str, Any], person_id: int) -> dict[str, Any]:
    """Change a person, or end him: all that is said, or nothing. One's own e-mail, mobile and language anybody changes."""
    return change_person(person_id, body)


def change_person(person_id: Principal, body: dict[str, Any]) -> dict[str, Any]:
    actor = signed_in()
    if not (actor.person == person_id and set(body) <= _OWN):
        may_change_person(person_id)
    if body.get("employer") is not None:
        may_change(body["employer"], "/employer")
    ends = body.pop("ended", False)
    with changing(office().database) as change:
        alter_person(change, person_id, body)  # type: ignore[arg-type]  # as the body's schema
        if ends:
            close_person(change, person_id)
    return one_person(person_id)


def one_person(number: Principal) -> dict[str, Any]:
    with office().database.read() as connection:
        return _view(only(number, partial(list_persons, connection)), context_for(connection))


def _view(one: ListedPerson, context: Context) -> dict[str, Any]:
    knows = knows_person(one.id, context)
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
