"""Who carries messages away: a mail server, or a folder; and the door for texts to mobiles.

A carrier says what went wrong in words for operators, and whether trying again can help.
"""

import os
import smtplib
import ssl
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import SHUT_RDWR
from threading import Timer
from typing import Any, Literal, Protocol

from workflow.messages.settings import MailSettings
from workflow.text import Sentence, sentence

Cause = Literal[
    "unreachable",
    "certificate",
    "sign_in",
    "slow",
    "dropped",
    "closing",
    "later",
    "mailbox",
    "full",
    "refused",
    "sender",
    "folder",
    "sms",
    "no_address",
    "not_composed",
    "unexpected",
]
CAUSES: dict[str, Sentence] = {
    "unreachable": sentence("The mail server cannot be reached."),
    "certificate": sentence("The mail server's certificate is not valid for its name."),
    "sign_in": sentence("The mail server does not take the service's user and password."),
    "slow": sentence("The mail server took too long to answer."),
    "dropped": sentence("The mail server broke the connection."),
    "closing": sentence("The mail server is closing down; it asks to come again later."),
    "later": sentence("The mail server asks to come again later."),
    "mailbox": sentence("There is no such mailbox."),
    "full": sentence("The mailbox is full."),
    "refused": sentence("The mail server refuses this mail."),
    "sender": sentence("The mail server refuses the service's own address."),
    "folder": sentence("The folder for messages cannot be written."),
    "sms": sentence("The way to mobiles refuses it."),
    "no_address": sentence("There is no e-mail address and no mobile number any more."),
    "not_composed": sentence("The message could not be put together; the log says why."),
    "unexpected": sentence("Something unexpected went wrong; the log says what."),
}

_READY = 220
_CLOSING = 421
_PERMANENT = 500
_FULL = ("5.2.2", "4.2.2")
_FULL_CODES = (452, 552)
_NO_MAILBOX = ("5.1.", "5.2.1", "5.4.")
_NO_MAILBOX_CODES = (550, 551, 553)
_MOST_REPLY = 200


class Undelivered(Exception):
    """Why a message did not go: `final` where trying again cannot help, `connection` where it is nobody's message."""

    def __init__(self, cause: Cause, reply: str = "", *, final: bool = False, connection: bool = False) -> None:
        self.cause = cause
        self.reply = " ".join(reply.split())[:_MOST_REPLY]
        self.final = final
        self.connection = connection
        super().__init__(f"{cause}: {self.reply}" if self.reply else cause)


class Carrier(Protocol):
    def send(self, mail: bytes, address: str, name: str) -> None:
        """Raises Undelivered. `name` is the message's own, for a carrier that keeps it."""
        ...

    def close(self) -> None: ...


class Sms(Protocol):
    """The door for texts to mobiles; another way is one class with this method."""

    def send(self, mobile: str, text: str, name: str) -> None:
        """Raises Undelivered."""
        ...


def carrier_of(settings: MailSettings) -> AbstractContextManager[Carrier]:
    return closing(
        FolderCarrier(settings.folder, durable=settings.durable)
        if settings.host is None
        else SmtpCarrier(settings, settings.host)
    )


# --- folders


@dataclass(frozen=True, slots=True)
class FolderCarrier:
    """Without a mail server every mail lies in a folder, as mail programs open it. A repeat writes the same file."""

    folder: Path
    durable: bool = True

    def send(self, mail: bytes, address: str, name: str) -> None:
        del address
        _write(self.folder / f"{name}.eml", mail, durable=self.durable)

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class FolderSms:
    """Texts to mobiles, as files."""

    folder: Path
    durable: bool = True

    def send(self, mobile: str, text: str, name: str) -> None:
        _write(self.folder / f"{name}.txt", f"{mobile}\n\n{text}\n".encode(), durable=self.durable)


def _write(path: Path, content: bytes, *, durable: bool) -> None:
    """Whole or not at all; only the service's own user reads it."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(unfinished, "wb", opener=_private) as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise Undelivered("folder", str(error), connection=True) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


# --- a mail server


class SmtpCarrier:
    """One connection for all mails of a batch; opened with the first, and again after it was broken."""

    def __init__(self, settings: MailSettings, host: str) -> None:
        self._settings = settings
        self._host = host
        self._client: smtplib.SMTP | None = None

    def send(self, mail: bytes, address: str, name: str) -> None:
        del name
        client = self._client or self._connect()
        try:
            with _no_longer_than(client, self._settings.timeout):
                client.sendmail(self._settings.sender_address, [address], mail)
        except smtplib.SMTPRecipientsRefused as refused:
            code, reply = refused.recipients[address]
            raise self._of_reply(code, reply, recipient=True) from refused
        except smtplib.SMTPSenderRefused as refused:
            raise self._of_reply(refused.smtp_code, refused.smtp_error, sender=True) from refused
        except smtplib.SMTPResponseException as refused:
            raise self._of_reply(refused.smtp_code, refused.smtp_error) from refused
        except (smtplib.SMTPException, OSError, Undelivered) as broken:
            self._drop()
            raise broken if isinstance(broken, Undelivered) else _of_break(broken) from broken

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(smtplib.SMTPException, OSError, Undelivered), _no_longer_than(client, self._settings.timeout):
                client.quit()
            client.close()

    def _connect(self) -> smtplib.SMTP:
        """Signed in, on a connection that nobody else reads where the settings say so."""
        settings = self._settings
        client: smtplib.SMTP | None = None
        try:
            client = self._greet()
            with _no_longer_than(client, settings.timeout):
                if settings.security == "starttls":
                    client.starttls(context=ssl.create_default_context())
                if settings.user is not None and settings.password is not None:
                    client.login(settings.user, settings.password)
        except (smtplib.SMTPException, OSError, Undelivered) as error:
            if client is not None:
                client.close()
            raise _of_connecting(error) from error
        self._client = client
        return client

    def _greet(self) -> smtplib.SMTP:
        """A certificate must be valid, and of the name that was meant."""
        settings, name = self._settings, _name_of(self._settings)
        if settings.security != "tls":
            return _Client(self._host, settings.port, name, timeout=settings.timeout)
        context = ssl.create_default_context()
        return _SecureClient(self._host, settings.port, name, timeout=settings.timeout, context=context)

    def _of_reply(self, code: int, reply: bytes | str, *, recipient: bool = False, sender: bool = False) -> Undelivered:
        text = f"{code} {reply.decode(errors='replace') if isinstance(reply, bytes) else reply}"
        if code == _CLOSING:
            self._drop()
            return Undelivered("closing", text, connection=True)
        if code < _PERMANENT:
            return Undelivered("full" if _says_full(code, text) else "later", text)
        if sender:
            return Undelivered("sender", text)
        if _says_full(code, text):
            return Undelivered("full", text, final=True)
        if recipient and (code in _NO_MAILBOX_CODES or any(f" {sign}" in text for sign in _NO_MAILBOX)):
            return Undelivered("mailbox", text, final=True)
        return Undelivered("refused", text, final=True)

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


class _Client(smtplib.SMTP):
    """Waits for the greeting no longer than for everything else."""

    def connect(self, host: str = "", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:
        try:
            with _no_longer_than(self, self.timeout):
                code, reply = super().connect(host, port, source_address)
                if code != _READY:
                    raise smtplib.SMTPConnectError(code, reply)
                return code, reply
        except (smtplib.SMTPException, OSError, Undelivered):
            self.close()
            raise


class _SecureClient(_Client, smtplib.SMTP_SSL):
    """The same within TLS from the first byte."""


def _name_of(settings: MailSettings) -> str:
    """As what the service greets; smtplib would look up this machine's name, for as long as that takes."""
    return settings.sender_address.rpartition("@")[2]


@contextmanager
def _no_longer_than(client: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """However slowly the server answers: its socket's own limit begins anew with each byte."""
    late: list[bool] = []

    def hang_up() -> None:
        late.append(True)
        if client.sock is not None:
            with suppress(OSError):
                client.sock.shutdown(SHUT_RDWR)

    timer = Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (smtplib.SMTPException, OSError) as error:
        if late:
            raise Undelivered("slow", connection=True) from error
        raise
    finally:
        timer.cancel()


def _says_full(code: int, text: str) -> bool:
    return code in _FULL_CODES or any(sign in text for sign in _FULL)


def _of_break(error: Exception) -> Undelivered:
    if _took_too_long(error):
        return Undelivered("slow", connection=True)
    return Undelivered("dropped", str(error), connection=True)


def _of_connecting(error: Exception) -> Undelivered:
    match error:
        case Undelivered():
            return error
        case smtplib.SMTPAuthenticationError():
            return Undelivered("sign_in", f"{error.smtp_code}", connection=True)
        case smtplib.SMTPResponseException():
            reply = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else ""
            cause: Cause = "closing" if error.smtp_code == _CLOSING else "unreachable"
            return Undelivered(cause, f"{error.smtp_code} {reply}", connection=True)
        case ssl.SSLCertVerificationError():
            return Undelivered("certificate", error.verify_message, connection=True)
    if _took_too_long(error):
        return Undelivered("slow", connection=True)
    return Undelivered("unreachable", str(error), connection=True)


def _took_too_long(error: Exception) -> bool:
    """Of a timeout while it waits for an answer, smtplib says that the connection was closed."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def where(error: Exception) -> str:
    """For the log, what went wrong and in which line; never with values, which are people's."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {frame.filename}:{frame.lineno}"
