"""`run`, `web` and `scheduler`: nothing to set up, a clear word where they cannot, a clean end."""

import json
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Yangguang, going, serving

ADVICE = (
    f"Nobody can sign in yet. `{Path(sys.executable).name} service.py token admin` prints a token of the administrator; "
    "README.md says how to go on."
)


def test_run_on_a_fresh_folder_needs_nothing_and_says_how_to_begin(yangguang: Yangguang) -> None:
    with serving("run") as running:
        token = yangguang("token", "admin").out.strip()
        status, me = running.ask("/api/v1/me", token)
        ended = running.end(signal.SIGINT)

    assert ended.code == 0
    assert ended.err == ""
    assert ended.lines == [
        f"Serving at {running.address}; Ctrl-C ends it.",
        ADVICE,
    ]
    assert status == 200
    assert json.loads(me)["person"]["login"] == "admin"


def test_run_gives_no_advice_once_somebody_can_sign_in(yangguang: Yangguang) -> None:
    yangguang("upgrade")
    yangguang("token", "admin")

    with serving("run") as running:
        ended = running.end()

    assert (ended.code, ended.lines, ended.err) == (0, [f"Serving at {running.address}; Ctrl-C ends it."], "")


def test_web_of_several_processes_ends_cleanly(yangguang: Yangguang) -> None:
    yangguang("upgrade")

    with serving("web", "--workers", "2") as running:
        ended = running.end()

    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_scheduler_ends_cleanly(yangguang: Yangguang, number: signal.Signals) -> None:
    yangguang("upgrade")

    with going("scheduler") as running:
        ended = running.end(number)

    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize("command", ["run", "web", "demo"])
def test_port_that_is_taken_is_said(yangguang: Yangguang, command: str) -> None:
    if command != "demo":  # it is said before the play
        yangguang("upgrade")

    with a_taken_port() as port:
        said = yangguang(command, "--port", port)

    assert (said.code, said.out) == (2, "")
    assert said.err == (
        f"Nobody can listen at 127.0.0.1:{port}: Address already in use. Choose another with --port or --host.\n"
    )


def test_address_of_another_machine_is_said(yangguang: Yangguang) -> None:
    said = yangguang("run", "--host", "192.0.2.1")

    assert said.code == 2
    assert said.err.startswith("Nobody can listen at 192.0.2.1:8000: ")
    assert said.err.count("\n") == 1


@contextmanager
def a_taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]
