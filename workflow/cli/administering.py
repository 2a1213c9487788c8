"""For who runs the service: tokens, verification, upgrades."""

import sys

import click

from workflow.cases.verifying import verify as verified
from workflow.cli.house import Call
from workflow.cli.options import database_option
from workflow.people.credentials import issue_token
from workflow.store import upgrade as upgrade_tables
from workflow.text import sentence


@click.command(help="")
@click.argument("login")
@database_option
@click.pass_obj
def token(call: Call, login: str, database: str | None) -> None:
    house = call.open_house(database)
    click.echo(issue_token(house.office.database, login))


@click.command(help="")
@database_option
@click.pass_obj
def verify(call: Call, database: str | None) -> None:
    house = call.open_house(database)
    found = verified(house.office)
    for broken in found.broken:
        click.echo(broken.say(call.language))
    click.echo(found.summary.say(call.language))
    sys.exit(1 if found.broken else 0)


@click.command(help="")
@database_option
@click.pass_obj
def upgrade(call: Call, database: str | None) -> None:
    house = call.open_house(database, create=True)
    upgrade_tables(house.office.database)
    click.echo(sentence("The database is of this version.").say(call.language))
