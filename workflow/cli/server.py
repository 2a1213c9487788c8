"""gunicorn with threads; where it is wanted, the scheduler begins and ends with the worker."""

import socket
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from workflow.cli.house import Call, House
from workflow.clock.scheduler import begin
from workflow.clock.ticking import tick
from workflow.errors import CannotRun
from workflow.text import sentence

_THREADS = 8
_BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """Raises CannotRun where nobody can listen there; gunicorn would try for five seconds and say it in ten lines."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return _bound(family, address)
    except OSError as error:
        text = sentence(
            "Nobody can listen at {host}:{port}: {reason}. Choose another with --port or --host.",
            host=host,
            port=port,
            reason=error.strerror or str(error),
        )
        raise CannotRun(text) from error


def _bound(family: socket.AddressFamily, address: Any) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


class Server(BaseApplication):
    """The house is opened after the fork, by the worker."""

    def __init__(
        self, call: Call, database: str | None, listening: socket.socket, *, with_scheduler: bool, workers: int
    ) -> None:
        self._call, self._database = call, database
        self._socket = listening.detach()  # gunicorn closes it
        self._with_scheduler, self._workers = with_scheduler, workers
        self._house: House | None = None
        self._end: Callable[[], None] | None = None
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": f"fd://{self._socket}",
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
