"""Who I am, and where I act."""

from datetime import datetime
from typing import Any

from workflow.api.asking import context_for, office, signed_in
from workflow.api.doors import Door
from workflow.api.schemas.directory import MeSchema
from workflow.api.showing import named
from workflow.cases.listing import inbox_count, reader_of
from workflow.engine.directory import Directory, Principal
from workflow.engine.permit import ADMINISTRATOR

blueprint = Door("me", __name__, url_prefix="/api/v1", description="The person who is signed in")


@blueprint.get("/me")
@blueprint.response(200, MeSchema)
def me() -> dict[str, Any]:
    """Who is signed in: the person, his posts, for whom he stands in, and how many tasks wait."""
    actor = signed_in()
    assert actor.person is not None
    with office().database.read() as connection:
        context = context_for(connection)
        directory, now = context.directory, context.now
        person = directory.persons[actor.person]
        posts = directory.posts_of(actor.person, now)
        waiting = inbox_count(connection, reader_of(directory, actor.person, now))
    return {
        "person": {"id": person.id, "name": person.name, "login": person.login, "language": person.language},
        "posts": [
            {"id": post.id, "role": post.role, "organisation": named(post.organisation, directory)} for post in posts
        ],
        "stands_in_for": [named(other, directory) for other in _absent(directory, actor.person, now)],
        "administers": [named(post.organisation, directory) for post in posts if post.role == ADMINISTRATOR],
        "tasks": waiting,
    }


def _absent(directory: Directory, person: Principal, now: datetime) -> list[Principal]:
    """For whom he stands in now, in all that they do or in one definition only."""
    valid = (one for one in directory.stand_ins if one.begins <= now and (one.ends is None or now < one.ends))
    return list(dict.fromkeys(one.absent for one in valid if one.person == person))
