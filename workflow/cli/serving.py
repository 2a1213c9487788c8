"""Serving: `run` has web and scheduler in one process, `web` and `scheduler` have each alone."""

import signal
import threading
from collections.abc import Callable
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from workflow.cli.house import Call, House
from workflow.cli.options import database_option
from workflow.clock.scheduler import begin
from workflow.clock.settable import mark
from workflow.clock.ticking import tick
from workflow.store.service import service_value
from workflow.text import sentence

_THREADS = 8
host_option = click.option("--host", default="127.0.0.1", show_default=True)
port_option = click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)


@click.command(help="")
@database_option
@host_option
@port_option
@click.pass_obj
def run(call: Call, database: str | None, host: str, port: int) -> None:
    _mark_real(call.open_house(database, create=True))
    serve(call, database, host, port, with_scheduler=True)


@click.command(help="")
@database_option
@host_option
@port_option
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@click.pass_obj
def web(call: Call, database: str | None, host: str, port: int, workers: int) -> None:
    call.open_house(database)
    serve(call, database, host, port, with_scheduler=False, workers=workers)


@click.command(help="")
@database_option
@click.pass_obj
def scheduler(call: Call, database: str | None) -> None:
    house = call.open_house(database)
    end = begin(lambda: tick(house.office), house.delivery.deliver)
    click.echo(sentence("The scheduler runs; Ctrl-C ends it.").say(call.language))
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    end()


def serve(call: Call, database: str | None, host: str, port: int, *, with_scheduler: bool, workers: int = 1) -> None:
    """Serves until Ctrl-C or SIGTERM. Nothing is opened before the fork."""
    click.echo(sentence("Serving at http://{host}:{port}", host=host, port=port).say(call.language))
    _Server(call, database, f"{host}:{port}", with_scheduler=with_scheduler, workers=workers).run()


class _Server(BaseApplication):
    """gunicorn with threads; the scheduler begins and ends with the worker."""

    def __init__(self, call: Call, database: str | None, bind: str, *, with_scheduler: bool, workers: int) -> None:
        self._call, self._database = call, database
        self._bind, self._with_scheduler, self._workers = bind, with_scheduler, workers
        self._house: House | None = None
        self._end: Callable[[], None] | None = None
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": self._bind,
            "workers": self._workers,
            "threads": _THREADS,
            "worker_class": "gthread",
            "loglevel": "warning",
            "graceful_timeout": 10,
            "control_socket_disable": True,
            "post_worker_init": self._begin,
            "worker_exit": self._finish,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        self._house = self._call.open_house(self._database)
        return self._house.application()

    def _begin(self, _: Any) -> None:
        if self._with_scheduler and self._house is not None:
            house = self._house
            self._end = begin(lambda: tick(house.office), house.delivery.deliver)

    def _finish(self, _: Any, __: Any) -> None:
        if self._end is not None:
            self._end()


def _mark_real(house: House) -> None:
    """A database that is no demo's is a real one, which `demo` refuses."""
    with house.office.database.read() as connection:
        known = service_value(connection, "kind")
    if known is None:
        mark(house.office, "real")
    house.office.database.dispose()
