"""The commands as somebody types them: most in this process, by the way in; a few as programs of their own."""

import gettext
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import IO

import pytest
import structlog

import service
from workflow.cli.group import run
from workflow.cli.house import Call, House
from workflow.text import Language

ROOT = Path(__file__).parents[2]
PATIENCE = 20  #: seconds, until a program that should be there is taken for lost


@dataclass(frozen=True, slots=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Yangguang = Callable[..., Said]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """In a folder of its own, without settings; what commands set for their process is undone."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("YANGGUANG_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LANGUAGE", "")
    monkeypatch.setattr(sys, "argv", ["yangguang"])
    domain = gettext.textdomain()
    yield
    gettext.textdomain(domain)
    structlog.reset_defaults()


@pytest.fixture
def yangguang(capsys: pytest.CaptureFixture[str]) -> Iterator[Yangguang]:
    """Runs a command in this process, as `yangguang("token", "admin", language="zh")` would."""
    opened: list[House] = []

    def open_house(url: str | None, *, create: bool = False, durable: bool = True) -> House:
        opened.append(service.open_house(url, create=create, durable=durable))
        return opened[-1]

    def say(*arguments: object, language: Language = "en") -> Said:
        call = Call(language, open_house, service.address, ROOT / "definitions")
        capsys.readouterr()
        code = 0
        try:
            run(call, [str(argument) for argument in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    yield say
    for house in opened:
        house.office.database.dispose()


@dataclass(frozen=True, slots=True)
class Program:
    """A command that goes on until it is ended."""

    process: subprocess.Popen[str]
    address: str

    def end(self, number: signal.Signals = signal.SIGTERM) -> Said:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE)
        return Said(self.process.returncode, out, err)

    def ask(self, path: str, token: str | None = None) -> tuple[int, bytes]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        request = urllib.request.Request(self.address + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


def started(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "service.py"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "YANGGUANG_LANGUAGE": "en"},
    )


@contextmanager
def serving(*arguments: str) -> Iterator[Program]:
    """`run` or `web` at a free port, once it answers."""
    port = a_free_port()
    process = started(*arguments, "--port", str(port))
    program = Program(process, f"http://127.0.0.1:{port}")
    try:
        _wait_for(program)
        yield program
    finally:
        ended(process)


@contextmanager
def going(*arguments: str) -> Iterator[Program]:
    """A command without an address, once it has said its first line."""
    process = started(*arguments)
    try:
        assert process.stdout is not None
        assert first_line(process.stdout), process.communicate(timeout=PATIENCE)
        yield Program(process, "")
    finally:
        ended(process)


def first_line(stream: IO[str]) -> str:
    return stream.readline().strip()


def ended(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.kill()
        process.communicate()


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(program: Program) -> None:
    """Until it answers; the event is never set, it only measures the time between two tries."""
    pause = Event()
    for _ in range(PATIENCE * 20):
        try:
            if program.process.poll() is not None:
                pytest.fail(f"it has ended: {program.process.communicate()}")
            if program.ask("/healthz")[0] == 200:
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        pause.wait(0.05)
    pytest.fail("it does not answer")
