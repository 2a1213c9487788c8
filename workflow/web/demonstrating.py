"""Of a demo alone: who can be tried out with one click."""

from dataclasses import dataclass

from workflow.api.asking import context_for, office
from workflow.clock import settable
from workflow.engine.context import PUBLIC_ACTOR, Context
from workflow.engine.directory import Principal
from workflow.people.credentials import person_with_login


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody of the demo's cast."""

    login: str
    name: str
    place: str  #: where he acts, in the words of the directory


def cast_of_demo() -> tuple[Part, ...]:
    logins = settable.cast_of_demo(office())
    if not logins:
        return ()
    with office().database.read() as connection:
        context = context_for(connection, actor=PUBLIC_ACTOR)
        known = [(login, person_with_login(connection, login, at=context.now)) for login in logins]
    return tuple(_part(login, person, context) for login, person in known if person is not None)


def _part(login: str, person: Principal, context: Context) -> Part:
    directory = context.directory
    posts = directory.posts_of(person, context.now)
    place = posts[0].organisation if posts else directory.persons[person].employer
    return Part(login, directory.name_of(person), directory.name_of(place) if place else "")
