"""Serving: `run` has web and scheduler in one process, `web` and `scheduler` have each alone."""

import signal
import threading

import click

from workflow.cli.house import Call, House
from workflow.cli.options import database_option, host_option, port_option
from workflow.text import Sentence, sentence

__all__ = ["host_option", "port_option", "run", "scheduler", "serve", "web"]


@click.command
@database_option
@host_option
@port_option
@click.pass_obj
def run(call: Call, database: str | None, host: str, port: int) -> None:
    house = call.open_house(database, create=True)
    _mark_real(house)
    advice = None if _anybody_can_sign_in(house) else _how_to_begin(database)
    house.office.database.dispose()
    serve(call, database, host, port, with_scheduler=True, advice=advice)


@click.command
@database_option
@host_option
@port_option
@click.option("--workers", metavar="NUMBER", type=click.IntRange(1, 64), default=1, show_default=True)
@click.pass_obj
def web(call: Call, database: str | None, host: str, port: int, workers: int) -> None:
    call.open_house(database).office.database.dispose()
    serve(call, database, host, port, with_scheduler=False, workers=workers)


@click.command
@database_option
@click.pass_obj
def scheduler(call: Call, database: str | None) -> None:
    from workflow.clock.scheduler import begin  # noqa: PLC0415 -- slow import
    from workflow.clock.ticking import tick  # noqa: PLC0415

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    house = call.open_house(database)
    end = begin(lambda: tick(house.office), house.delivery.deliver)
    click.echo(sentence("The scheduler runs; Ctrl-C ends it.").say(call.language))
    ended.wait()
    end()
    house.office.database.dispose()


def serve(
    call: Call,
    database: str | None,
    host: str,
    port: int,
    *,
    with_scheduler: bool,
    workers: int = 1,
    advice: Sentence | None = None,
) -> None:
    """Serves until Ctrl-C or SIGTERM. Nothing of the database is open at the fork. Raises CannotRun for the address."""
    from workflow.cli.server import Server, listen  # noqa: PLC0415 -- slow import

    listening = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    click.echo(sentence("Serving at http://{host}:{port}; Ctrl-C ends it.", host=shown, port=port).say(call.language))
    if advice is not None:
        click.echo(advice.say(call.language))
    Server(call, database, listening, with_scheduler=with_scheduler, workers=workers).run()


def _mark_real(house: House) -> None:
    """A database that is no demo's is a real one, which `demo` refuses."""
    from workflow.clock.settable import mark  # noqa: PLC0415 -- slow import
    from workflow.store.service import service_value  # noqa: PLC0415

    with house.office.database.read() as connection:
        known = service_value(connection, "kind")
    if known is None:
        mark(house.office, "real")


def _anybody_can_sign_in(house: House) -> bool:
    """Whether somebody has a password or a token; on the first day nobody has."""
    from sqlalchemy import select, union_all  # noqa: PLC0415 -- slow import

    from workflow.people.tables import credential, token  # noqa: PLC0415

    found = union_all(select(credential.c.person), select(token.c.person)).limit(1)
    with house.office.database.read() as connection:
        return connection.scalar(found) is not None


def _how_to_begin(database: str | None) -> Sentence:
    program = click.get_current_context().find_root().command_path
    return sentence(
        "Nobody can sign in yet. `{command}` prints a token of the administrator; README.md says how to go on.",
        command=f"{program} token admin" + (" --database …" if database else ""),
    )
