"""For who runs the service: tokens, verification, upgrades."""

import sys

import click

from workflow.cli.house import Call
from workflow.cli.options import database_option
from workflow.text import sentence


@click.command
@click.argument("login")
@database_option
@click.pass_obj
def token(call: Call, login: str, database: str | None) -> None:
    from workflow.people.credentials import issue_token  # noqa: PLC0415 -- slow import

    house = call.open_house(database)
    click.echo(issue_token(house.office.database, login))


@click.command
@database_option
@click.pass_obj
def verify(call: Call, database: str | None) -> None:
    from workflow.cases.verifying import verify as verified  # noqa: PLC0415 -- slow import

    house = call.open_house(database)
    found = verified(house.office)
    for broken in found.broken:
        click.echo(broken.say(call.language))
    click.echo(found.summary.say(call.language))
    sys.exit(1 if found.broken else 0)


@click.command
@database_option
@click.pass_obj
def upgrade(call: Call, database: str | None) -> None:
    from workflow.store import DatabaseSettings, open_database, schema_version  # noqa: PLC0415 -- slow import
    from workflow.store import upgrade as upgrade_tables  # noqa: PLC0415

    found = open_database(call.address(database).url, DatabaseSettings(create=True))
    try:
        if schema_version(found) is not None:
            upgrade_tables(found)
    finally:
        found.dispose()
    call.open_house(database, create=True)  # where there were no tables, they are made as `run` makes them
    click.echo(sentence("The database is of this version.").say(call.language))
