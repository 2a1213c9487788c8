"""Options that several commands share."""

import click

database_option = click.option("--database", metavar="URL", default=None, help="sqlite:///… | postgresql://…")
said_option = click.option("--language", type=click.Choice(["zh", "en"]), default=None)
as_option = click.option("--as", "login", metavar="LOGIN", default=None)
