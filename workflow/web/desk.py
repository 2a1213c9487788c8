"""The frame of whoever is signed in: who he is, where he acts, what waits, where he may go."""

from dataclasses import dataclass
from typing import Any

from flask import Response
from sqlalchemy import Connection

from workflow.api.asking import context_for, office, signed_in
from workflow.cases.listing import inbox_count, reader_of
from workflow.cases.noticing import count_notices
from workflow.engine.permit import ADMINISTRATOR, is_top_administrator
from workflow.web.demonstrating import Part, cast_of_demo
from workflow.web.pages import page, reader
from workflow.web.rhythms import Rhythm, rhythms_of

_MOST_COUNTED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    person: int
    name: str
    place: str
    waiting: str  #: how many tasks, as it is shown
    notices: int
    administers: bool
    operates: bool
    cast: tuple[Part, ...]
    rhythms: tuple[Rhythm, ...]


def desk_page(template: str, status: int = 200, **values: Any) -> Response:
    """A page within the frame. Raises NotSignedIn."""
    signed_in()
    with office().database.read() as connection:
        desk = desk_of(connection)
    return page(template, status, desk=desk, **values)


def desk_of(connection: Connection) -> Desk:
    actor = signed_in()
    assert actor.person is not None
    context = context_for(connection)
    directory, now = context.directory, context.now
    posts = directory.posts_of(actor.person, now)
    person = directory.persons[actor.person]
    place = posts[0].organisation if posts else person.employer
    waiting = inbox_count(connection, reader_of(directory, actor.person, now), _MOST_COUNTED)
    return Desk(
        person=actor.person,
        name=person.name,
        place=directory.name_of(place) if place else "",
        waiting="" if not waiting else str(waiting) if waiting < _MOST_COUNTED else f"{_MOST_COUNTED - 1}+",
        notices=count_notices(connection),
        administers=any(post.role == ADMINISTRATOR for post in posts),
        operates=is_top_administrator(context),
        cast=cast_of_demo(),
        rhythms=rhythms_of(connection, context, reader()),
    )
