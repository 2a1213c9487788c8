"""Who may change the directory: administrators, each in his branch."""

from workflow.api.asking import context_for, office, signed_in
from workflow.engine.context import Context
from workflow.engine.directory import Principal
from workflow.engine.permit import is_top_administrator, need_administrator
from workflow.errors import InvalidData, NotFound, NotPermitted, Problem
from workflow.people.administrator import may_administer
from workflow.text import sentence


def may_change(organisation: Principal | None, at: str = "/organisation") -> None:
    """For administrators of its branch; where none is named, for those at the top."""
    signed_in()
    with office().database.read() as connection:
        context = context_for(connection)
    if organisation is None:
        if not is_top_administrator(context):
            raise NotPermitted(sentence("Only administrators at the top may do this."))
        return
    if organisation not in context.directory.organisations:
        raise InvalidData((Problem(at, "unknown", sentence("There is no such organisation.")),))
    need_administrator(organisation, context)


def may_change_organisation(organisation: Principal) -> None:
    """The same for the one in the address."""
    signed_in()
    with office().database.read() as connection:
        context = context_for(connection)
    if organisation not in context.directory.organisations:
        raise NotFound
    need_administrator(organisation, context)


def may_add_person(employer: Principal | None) -> None:
    """Of a unit, by its administrators; of none, by an administrator of whatever branch."""
    if employer is not None:
        may_change(employer, "/employer")
        return
    signed_in()
    with office().database.read() as connection:
        context = context_for(connection)
    if not any(administers(place, context) for place in context.directory.organisations):
        raise NotPermitted(sentence("Only administrators may do this."))


def may_change_person(person: Principal) -> None:
    """Who administers every place where he is employed or holds a post; at the top where he has neither.

    Whoever may change how a person is reached may sign in as him.
    """
    signed_in()
    with office().database.read() as connection:
        context = context_for(connection)
    if person not in context.directory.persons:
        if is_top_administrator(context):
            raise NotFound
        raise NotPermitted(sentence("Only administrators of this branch may do this."))
    places = places_of(person, context)
    if not places:
        may_change(None)
    elif not all(administers(place, context) for place in places):
        raise NotPermitted(sentence("Only administrators of this branch may do this."))


def knows_person(person: Principal, context: Context) -> bool:
    """Whether the reader is shown how a person is reached: himself, administrators of a branch of his, and at the top."""
    if context.actor.person == person or is_top_administrator(context):
        return True
    return any(administers(place, context) for place in places_of(person, context))


def places_of(person: Principal, context: Context) -> set[Principal]:
    """Where he holds a post or is employed."""
    places = {post.organisation for post in context.directory.posts_of(person, context.now)}
    known = context.directory.persons.get(person)
    return places | {known.employer} if known is not None and known.employer is not None else places


def administers(organisation: Principal, context: Context) -> bool:
    person = context.actor.person
    return person is not None and may_administer(context.directory, person, organisation, context.now)
