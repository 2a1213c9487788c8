"""A letter as a mail: its head, and text and HTML as alternatives (RFC 5322, 2045, 2047). All of it is ASCII.

No line of the head can be ended by what stands in it: texts of people are made one line and written in Base64, addresses
are taken only as `is_address` knows them, and the head that comes of it is looked at again.

It is written here, as the mail library reads anew and folds each head that it is given: five milliseconds a mail.
"""

from base64 import b64encode, encodebytes
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime, parseaddr

from workflow.calendar import local
from workflow.messages.addresses import is_address, one_line
from workflow.messages.letters import Letter
from workflow.messages.settings import MailSettings
from workflow.text import Language

#: Behind the @ of every Message-ID: it stays whatever the sender's address becomes.
DOMAIN = "message.yangguang"
#: No line of Base64 can be this one.
_BOUNDARY = "=-yangguang-="
#: Where a line of the head goes on in the next.
_FOLD = "\r\n "
#: Of an encoded word: with their 40 bytes at most, the line of a head stays below 78 signs.
_SIGNS = 10


def message_id(row: bytes) -> str:
    """Made of the row's id, so that a repeat is known as such."""
    return f"<{row.hex()[:40]}@{DOMAIN}>"


def thread_id(subject: str) -> str:
    """What all mails of a case refer to, so that mail programs show them together."""
    return f"<{subject}@case.{DOMAIN}>"


def mail(
    letter: Letter,
    *,
    to: str,
    name: str | None,
    language: Language,
    settings: MailSettings,
    identity: str,
    thread: str | None,
    now: datetime,
) -> bytes:
    """As it goes over the wire. Raises ValueError for an address that is none."""
    reply_to = [] if settings.reply_to is None else [("Reply-To", _address(settings.reply_to))]
    thread_of = [] if thread is None else [("In-Reply-To", thread), ("References", thread)]
    head = [
        ("Subject", _words(letter.subject)),
        ("From", _address(settings.sender)),
        ("To", _named(name or "", to)),
        *reply_to,
        ("Date", format_datetime(local(now))),
        ("Message-ID", identity),
        *thread_of,
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("Content-Language", "zh-CN" if language == "zh" else "en"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{_BOUNDARY}"'),
    ]
    parts = [*_part("plain", letter.text), *_part("html", letter.html), f"--{_BOUNDARY}--", ""]
    return _written(head) + "\r\n".join(("", *parts)).encode("ascii")


def _written(head: Iterable[tuple[str, str]]) -> bytes:
    """Raises ValueError where the head would have other lines than those that were set: the second net."""
    lines = [f"{name}: {value}\r\n" for name, value in head]
    if any(len(line.splitlines()) != 1 + line.count(_FOLD) for line in lines):
        raise ValueError("a text has added a line to the head")
    return "".join(lines).encode("ascii")


def _part(kind: str, text: str) -> Iterator[str]:
    """Base64 passes every server, and lines of any length; Chinese is no longer by it than quoted."""
    ended = b"".join(line + b"\r\n" for line in text.encode().splitlines())
    yield f"--{_BOUNDARY}"
    yield f'Content-Type: text/{kind}; charset="utf-8"'
    yield "Content-Transfer-Encoding: base64"
    yield ""
    yield from encodebytes(ended).decode("ascii").splitlines()


def _words(text: str) -> str:
    """One line that is meant as it stands, in encoded words, each on a line of its own; no sign is cut in two."""
    line = one_line(text)
    parts = (line[first : first + _SIGNS].encode() for first in range(0, len(line), _SIGNS))
    return _FOLD.join(f"=?utf-8?b?{b64encode(part).decode('ascii')}?=" for part in parts)


def _address(text: str) -> str:
    name, address = parseaddr(text)
    return _named(name, address)


def _named(name: str, address: str) -> str:
    if not is_address(address):
        raise ValueError("not an e-mail address")
    words = _words(name)
    return f"{words}{_FOLD}<{address}>" if words else address
