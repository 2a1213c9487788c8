"""A letter as a mail: its head, and text and HTML as alternatives.

No line of the head can be ended by what stands in it: texts of people are made one line, addresses are taken only as
`is_address` knows them, the mail policy refuses line breaks, and the head that comes of it is looked at again.
"""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from workflow.calendar import local
from workflow.messages.addresses import is_address, one_line
from workflow.messages.letters import Letter
from workflow.messages.settings import MailSettings
from workflow.text import Language

#: Behind the @ of every Message-ID: it stays whatever the sender's address becomes.
DOMAIN = "message.yangguang"


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
    found = EmailMessage(policy=SMTP)
    found["Subject"] = _words(letter.subject)
    found["From"] = _address(settings.sender)
    found["To"] = _named(name or "", to)
    if settings.reply_to is not None:
        found["Reply-To"] = _address(settings.reply_to)
    found["Date"] = format_datetime(local(now))
    found["Message-ID"] = identity
    if thread is not None:
        found["In-Reply-To"] = thread
        found["References"] = thread
    found["Auto-Submitted"] = "auto-generated"
    found["X-Auto-Response-Suppress"] = "All"
    # Base64 passes every server, and lines of any length; Chinese is no longer by it than quoted.
    found.set_content(letter.text, cte="base64")
    found.add_alternative(letter.html, subtype="html", cte="base64")
    found["Content-Language"] = "zh-CN" if language == "zh" else "en"
    return _written(found)


def _words(text: str) -> str:
    """One line that is meant as it stands: the mail library would decode what looks encoded, line breaks included."""
    return one_line(text).replace("=?", "= ?")


def _written(mail: EmailMessage) -> bytes:
    """The second net: the head as it is written has the lines that were set, and no other."""
    content = mail.as_bytes()
    head, _, _ = content.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    if names != [name.encode() for name in mail]:
        raise ValueError("a text has added a line to the head")
    return content


def _address(text: str) -> Address:
    name, address = parseaddr(text)
    return _named(name, address)


def _named(name: str, address: str) -> Address:
    if not is_address(address):
        raise ValueError("not an e-mail address")
    return Address(display_name=_words(name), addr_spec=address)
