"""A real mail server on loopback, which does what a test tells it to; and servers that are none."""

# ruff: noqa: ARG002, N802, N811 -- aiosmtpd calls its handlers by these names, with all of these

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Session
from aiosmtpd.smtp import Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.messages.office import parsed

LOOPBACK = "127.0.0.1"
OK = "250 OK"
#: In place of an answer, the connection is cut.
DROP = "drop"


@dataclass
class MailServer:
    """By recipient, what it answers to RCPT and to DATA; everybody else gets his mail."""

    at_rcpt: dict[str, list[str]] = field(default_factory=dict)
    at_data: dict[str, list[str]] = field(default_factory=dict)
    at_mail: list[str] = field(default_factory=list)
    received: list[tuple[str, EmailMessage]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def handle_EHLO(
        self, server: Session, session: Any, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: Session, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = _next(self.at_mail)
        if answer == OK:
            envelope.mail_from = address
        return answer

    async def handle_RCPT(
        self, server: Session, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = _next(self.at_rcpt.get(address, []))
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return await _said(answer, server)

    async def handle_DATA(self, server: Session, session: Any, envelope: Envelope) -> str:
        (address,) = envelope.rcpt_tos
        assert isinstance(envelope.content, bytes)
        answer = _next(self.at_data.get(address, []))
        if answer in (OK, DROP):
            self.received.append((address, parsed(envelope.content)))
        return await _said(answer, server)

    @property
    def to(self) -> list[str]:
        """Who got something, in order."""
        return [address for address, _ in self.received]


def _next(answers: list[str]) -> str:
    """The last of what it was told to answer is for ever."""
    return answers[0] if len(answers) == 1 else answers.pop(0) if answers else OK


async def _said(answer: str, server: Session) -> str:
    if answer == DROP:
        assert isinstance(server.transport, asyncio.WriteTransport)
        server.transport.abort()
    return answer


@contextmanager
def mail_server(**more: Any) -> Iterator[MailServer]:
    server = MailServer(port=free_port())
    controller = Controller(server, hostname=LOOPBACK, port=server.port, **more)
    controller.start()
    server.connections = 0
    try:
        yield server
    finally:
        controller.stop()


@dataclass(frozen=True)
class Certificate:
    """Of a mail server, signed by itself; `path` holds it with its key."""

    path: Path

    @property
    def context(self) -> ssl.SSLContext:
        found = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        found.load_cert_chain(self.path)
        return found


def a_certificate(folder: Path, *names: x509.GeneralName) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return Certificate(path)


def free_port() -> int:
    """One on which nobody listens."""
    with closing(socket.socket()) as found:
        found.bind((LOOPBACK, 0))
        port: int = found.getsockname()[1]
        return port


Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


@contextmanager
def no_mail_server(conversation: Conversation) -> Iterator[int]:
    """Something else that listens; its port."""
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(asyncio.start_server(conversation, LOOPBACK, 0))
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(listening), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _end(listening: asyncio.Server) -> None:
    listening.close()
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers so slowly that no single wait is long, and all together have no end."""
    try:
        while True:
            writer.write(b"2")
            await writer.drain()
            await asyncio.sleep(0.02)
    except (ConnectionError, asyncio.CancelledError):
        writer.close()


async def is_closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"421 4.3.2 going down\r\n")
    await writer.drain()
    writer.close()
