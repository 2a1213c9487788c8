"""Messages that no case tells: a code for a first or a forgotten password, a link for somebody without an account."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, and_, select

from workflow.engine.directory import Principal
from workflow.errors import InvalidData, NotFound, Problem
from workflow.messages.addresses import channel_of, is_address, one_line
from workflow.messages.content import Content
from workflow.messages.recipients import Recipient
from workflow.messages.tables import message
from workflow.messages.telling import insert_messages, new_row
from workflow.people.tables import person as persons
from workflow.text import Label, Language, sentence

#: Whoever asks for a link again so soon is sent no second one.
LINK_AGAIN = timedelta(minutes=5)
_ON_ITS_WAY = ("pending", "delivered")


def enqueue_invitation(connection: Connection, person: Principal, code: str, base_url: str, *, now: datetime) -> bytes:
    """The code of `credentials.issue_reset` to its person: he gives himself a password with it. The message's id.

    Raises NotFound, or InvalidData where he has neither e-mail nor mobile.
    """
    found = connection.execute(
        select(persons.c.email, persons.c.mobile, persons.c.language).where(persons.c.id == person)
    ).one_or_none()
    if found is None:
        raise NotFound
    channel = "mail" if found.email is not None and is_address(found.email) else channel_of(found.mobile)
    if channel is None:
        raise _nowhere("/email")
    language: Language = "en" if found.language == "en" else "zh"
    content = Content(kind="invitation", language=language, code=code, base_url=base_url)
    return _enqueue(connection, Recipient("person", str(person)), channel, content, now)


def enqueue_link(
    connection: Connection,
    contact: str,
    code: str,
    title: str | Label,
    now: datetime,
    *,
    language: Language = "zh",
) -> bytes:
    """The code of `links.issue` to an e-mail address or a mobile; `title` says what for. The message's id.

    Raises InvalidData where the contact is neither.
    """
    channel = channel_of(contact)
    if channel is None:
        raise _nowhere("/contact")
    label = Label(one_line(title), one_line(title)) if isinstance(title, str) else title
    content = Content(kind="link", language=language, title=label, code=code)
    return _enqueue(connection, Recipient("contact", contact), channel, content, now)


def was_sent_a_link_lately(connection: Connection, contact: str, now: datetime) -> bool:
    """Whether a link was on its way to this contact in the last minutes, so that nobody can fill a stranger's mailbox."""
    lately = and_(message.c.state.in_(_ON_ITS_WAY), message.c.created_at > now - LINK_AGAIN)
    mine = and_(message.c.kind == "link", message.c.recipient == str(Recipient("contact", contact)))
    return connection.execute(select(message.c.id).where(lately, mine).limit(1)).one_or_none() is not None


def _enqueue(connection: Connection, recipient: Recipient, channel: str, content: Content, now: datetime) -> bytes:
    """The same code is sent once, however often it is asked for."""
    key = sha256(f"{content.kind}\n{content.code}\n{recipient}".encode()).digest()
    insert_messages(connection, [new_row(key, recipient, channel, content, at=now, now=now)])
    return key


def _nowhere(at: str) -> InvalidData:
    return InvalidData((Problem(at, "required", sentence("An e-mail address or a mobile number is wanted.")),))
