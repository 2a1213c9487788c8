"""Options that several commands share, and who acts by them."""

from typing import TYPE_CHECKING

import click

from workflow.errors import CannotRun
from workflow.text import sentence

if TYPE_CHECKING:
    from workflow.cases.office import Office
    from workflow.engine.context import Actor

database_option = click.option("--database", metavar="URL", default=None)
host_option = click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True)
port_option = click.option("--port", metavar="PORT", type=click.IntRange(1, 65535), default=8000, show_default=True)
said_option = click.option("--language", type=click.Choice(["zh", "en"]), default=None)
as_option = click.option("--as", "login", metavar="LOGIN", default=None)


def acting(office: "Office", login: str | None) -> "Actor":
    """The service itself, or with `--as` a person; the event names both."""
    from workflow.engine.context import Actor  # noqa: PLC0415 -- for commands with a database

    if login is None:
        return Actor(service="command line")
    with office.database.read() as connection:
        directory = office.directory(connection)
        now = office.database.now(connection)
    person = next((one.id for one in directory.persons.values() if one.login == login), None)
    if person is None or not directory.is_here(person, now):
        raise CannotRun(sentence("There is nobody with the login “{login}”.", login=login))
    return Actor(person=person)
