"""From a leased row to what is handed to a carrier: who gets it now, whether it is still wanted, and its words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import Connection, RowMapping, select

from workflow.calendar import Calendar, local
from workflow.cases import links
from workflow.cases.contexts import with_round
from workflow.cases.listing import Held, inbox_count, reader_of, subjects
from workflow.cases.office import Office
from workflow.engine.context import Actor, Context, RoundView, SeededLot
from workflow.engine.directory import Directory, Principal
from workflow.engine.permit import open_task
from workflow.engine.subject import Case, Subject
from workflow.messages.addresses import Channel, one_line
from workflow.messages.carriers import Undelivered, where
from workflow.messages.content import ABOUT_WORK, Content, from_body
from workflow.messages.digests import COUNTED, digest
from workflow.messages.envelopes import mail, thread_id
from workflow.messages.letters import Letter, Reader, letter
from workflow.messages.occasions import is_seen_by
from workflow.messages.own_texts import template_of
from workflow.messages.recipients import Recipient, contact, recipient_of
from workflow.messages.settings import MailSettings
from workflow.messages.tables import message
from workflow.messages.wording import Wording
from workflow.text import Language

log = structlog.get_logger()

_SIGNS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A message, ready to be carried."""

    row: RowMapping
    channel: Channel
    address: str
    letter: Letter
    mail: bytes | None  #: as it goes over the wire; none of a text to a mobile
    secret: bool  #: it carries a code, which nobody may find here afterwards


class NotWanted(Exception):
    """Nothing of the message is of use any more: the work was done, or he may not see the case any more."""


Prepared = Parcel | Undelivered | NotWanted


def message_number(row: bytes, created_at: datetime) -> str:
    """What people call a message by, as in M-20260312-7K3QF2."""
    value = int.from_bytes(row[:8])
    signs = (links.ALPHABET[value // len(links.ALPHABET) ** place % len(links.ALPHABET)] for place in range(_SIGNS))
    return f"M-{local(created_at):%Y%m%d}-{''.join(signs)}"


def prepare(office: Office, settings: MailSettings, rows: Sequence[RowMapping], now: datetime) -> list[Prepared]:
    """Each in the order of the rows. One that cannot be put together never stops the rest."""
    with office.database.read() as connection:
        desk = _Desk(
            office=office,
            connection=connection,
            settings=settings,
            now=now,
            directory=office.directory(connection),
            calendar=office.calendar(connection),
            held=subjects(connection, [row["case_id"] for row in rows if row["case_id"] is not None]),
            joined=_joined(connection, rows),
        )
        return [desk.prepare(row) for row in rows]


def _joined(connection: Connection, rows: Iterable[RowMapping]) -> dict[bytes, list[RowMapping]]:
    """The reminders that go out with a row, itself among them."""
    first = [row["id"] for row in rows if row["joined"] is not None]
    found: dict[bytes, list[RowMapping]] = {}
    columns = (message.c.id, message.c.case_id, message.c.joined, message.c.body)
    for row in connection.execute(select(*columns).where(message.c.joined.in_(first))).mappings():
        found.setdefault(row["joined"], []).append(row)
    return found


@dataclass(slots=True, kw_only=True)
class _Desk:
    """What one batch is prepared with, read in one snapshot."""

    office: Office
    connection: Connection
    settings: MailSettings
    now: datetime
    directory: Directory
    calendar: Calendar
    held: dict[UUID, Held]
    joined: dict[bytes, list[RowMapping]]
    rounds: dict[str, RoundView | None] = field(default_factory=dict)

    def prepare(self, row: RowMapping) -> Prepared:
        try:
            return self._parcel(row)
        except (Undelivered, NotWanted) as known:
            return known
        except Exception as error:  # noqa: BLE001 -- one message that cannot be put together must not stop the rest
            log.warning("message_not_composed", message=row["id"].hex(), kind=row["kind"], error=where(error))
            return Undelivered("not_composed")

    def _parcel(self, row: RowMapping) -> Parcel:
        recipient = recipient_of(row["recipient"])
        contents = self._contents(row, recipient)
        channel, address = self._reached(recipient, contents[0])
        name = self._name(recipient)
        language = self._language(recipient, contents[0])
        reader = Reader(
            wording=Wording(language=language, calendar=self.calendar, now=self.now),
            settings=self.settings,
            number=message_number(row["id"], row["created_at"]),
            name=name,
            template=self._template(contents[0], language),
        )
        composed = self._compose(contents, recipient, reader)
        secret = any(content.code is not None for content in contents)
        written = self._written(row, composed, contents, reader, address) if channel == "mail" else None
        return Parcel(row=row, channel=channel, address=address, letter=composed, mail=written, secret=secret)

    def _written(
        self, row: RowMapping, composed: Letter, contents: list[Content], reader: Reader, address: str
    ) -> bytes:
        """As a mail, in the thread of the one case that it is about."""
        subject = contents[0].subject if len(contents) == 1 else None
        return mail(
            composed,
            to=address,
            name=reader.name,
            language=reader.wording.language,
            settings=self.settings,
            identity=row["message_id"],
            thread=thread_id(subject) if subject is not None else None,
            now=self.now,
        )

    def _compose(self, contents: list[Content], recipient: Recipient, reader: Reader) -> Letter:
        """Reminders as a digest, be it of one; all else, and what has its own text, as a letter."""
        first = contents[0]
        if first.kind != "reminder" or first.text is not None or recipient.person is None:
            return letter(first, reader)
        return digest(contents, reader, self._open_tasks(recipient.person))

    # --- what it is about

    def _contents(self, row: RowMapping, recipient: Recipient) -> list[Content]:
        rows = self.joined.get(row["id"], [row])
        cases = [member["case_id"] for member in rows if member["case_id"] is not None]
        self.held |= subjects(self.connection, [case for case in cases if case not in self.held])
        found = [self._current(from_body(member["body"]), recipient) for member in rows if member["body"] is not None]
        wanted = [content for content in found if content is not None]
        if not wanted:
            raise NotWanted
        return wanted

    def _current(self, content: Content, recipient: Recipient) -> Content | None:
        """With the deadline of now; none where it is not wanted any more."""
        if content.subject is None:
            return content
        held = self.held.get(UUID(content.subject))
        if held is None or not self._sees(recipient, held):
            return None
        if content.kind not in ABOUT_WORK or content.task is None:
            return content
        task = open_task(held.subject, content.task)
        return None if task is None else msgspec.structs.replace(content, due=task.due)

    def _sees(self, recipient: Recipient, held: Held) -> bool:
        """Looked at again: it may have waited long, or been given up and sent again."""
        if recipient.kind not in ("person", "link"):
            return True
        actor = Actor(person=recipient.person) if recipient.kind == "person" else Actor(link=recipient.holder)
        subject = held.subject
        version = self.office.versions.get(self.connection, subject.definition, subject.version)
        return is_seen_by(version.definition, subject, self._context(actor, subject))

    def _context(self, actor: Actor, subject: Subject) -> Context:
        """With the round, which is read once for all its cases."""
        context = Context(
            now=self.now, directory=self.directory, calendar=self.calendar, actor=actor, lot=SeededLot(subject.id)
        )
        of = subject.round if isinstance(subject, Case) else subject.id
        if of is None:
            return context
        if of not in self.rounds:
            self.rounds[of] = with_round(self.connection, context, subject).round
        return replace(context, round=self.rounds[of])

    def _template(self, content: Content, language: Language) -> str | None:
        if content.text is None:
            return None
        version = self.office.versions.get(self.connection, content.text.definition, content.text.version)
        return template_of(version, content.text.name, language)

    # --- who gets it

    def _reached(self, recipient: Recipient, content: Content) -> tuple[Channel, str]:
        held = self.held.get(UUID(content.subject)) if content.subject is not None else None
        found = contact(self.connection, recipient, held.subject if held else None, self.directory)
        if found is None or not self._is_here(recipient):
            raise Undelivered("no_address", final=True)
        return found

    def _is_here(self, recipient: Recipient) -> bool:
        return recipient.person is None or self.directory.is_here(recipient.person, self.now)

    def _name(self, recipient: Recipient) -> str | None:
        return one_line(self.directory.name_of(recipient.person)) if recipient.person is not None else None

    def _language(self, recipient: Recipient, content: Content) -> Language:
        """His own of now; values of a definition's own text were said in the language of then."""
        person = self.directory.persons.get(recipient.person) if recipient.person is not None else None
        return content.language if person is None or content.text is not None else person.language

    def _open_tasks(self, person: Principal) -> int:
        """His own, his posts', and those of whom he stands in for."""
        return inbox_count(self.connection, reader_of(self.directory, person, self.now), COUNTED + 1)
