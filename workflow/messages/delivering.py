"""`deliver_due`: what waits in the outbox goes out, at least once; and a dead letter is sent again.

A worker takes rows for a minute. What went is marked at once, one by one, so that a killed one repeats no more than a
single message, under the same Message-ID. A mail server that does not answer is not asked again for the rest of a batch.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import RowMapping, case, or_, select, update

from workflow.calendar import local
from workflow.cases.office import Office
from workflow.errors import NotFound, Refused
from workflow.messages.carriers import Carrier, FolderSms, Sms, Undelivered, carrier_of, where
from workflow.messages.joining import join_reminders, next_to_join
from workflow.messages.preparing import NotWanted, Parcel, Prepared, prepare
from workflow.messages.settings import MailSettings
from workflow.messages.tables import MESSAGES, message, ready
from workflow.store.leases import LEASE, as_held, held, lease, release
from workflow.text import sentence

log = structlog.get_logger()

#: So often is a message tried before it is given up; between the tries, so long: sixteen hours in all, a night and more.
DELAYS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12))
MOST_ATTEMPTS = len(DELAYS) + 1
#: Messages of one connection.
AT_ONCE = 50
#: What is not sent after so long is given back, well before the lease runs out.
BUDGET = LEASE / 2
#: So many breaks one after another, and the server is left alone until the next time.
MOST_BREAKS = 3


def deliver_due(office: Office, settings: MailSettings, now: datetime, *, sms: Sms | None = None) -> int:
    """Sends what is due; how many messages were taken. Any number may deliver at once."""
    join_reminders(office, now)
    rows = lease(office.database, MESSAGES, now, AT_ONCE)
    if not rows:
        return 0
    began = monotonic()
    prepared = prepare(office, settings, rows, now)
    with carrier_of(settings) as carrier:
        batch = _Batch(office, carrier, sms or FolderSms(settings.folder, durable=settings.durable), now)
        for row, one in zip(rows, prepared, strict=True):
            if monotonic() - began > BUDGET.total_seconds():
                release(office.database, MESSAGES, row, now)
            else:
                batch.handle(row, one)
    return len(rows)


def retry(office: Office, message_id: bytes, now: datetime | None = None) -> None:
    """Sends a dead letter again, under the Message-ID that it had. Raises NotFound, Refused for one that is not dead."""
    with office.database.write() as connection:
        found = connection.execute(select(message).where(message.c.id == message_id)).mappings().one_or_none()
        if found is None:
            raise NotFound
        if found["state"] != "dead":
            raise Refused(sentence("Only a message that was given up is sent again."))
        if found["body"] is None:
            raise Refused(sentence("The text of this message was erased; it cannot be sent again."))
        first = found["joined"] or found["id"]
        due = case((message.c.id == first, now or office.database.now(connection)), else_=None)
        again = {"state": "pending", "attempts": 0, "error": None, "next_at": due}
        connection.execute(update(message).where(_together(first)).values(again))


def next_due(office: Office) -> datetime | None:
    """When the next message goes out."""
    with office.database.read() as connection:
        rows = select(message.c.next_at).where(ready, message.c.next_at.is_not(None))
        first = connection.scalar(rows.order_by(message.c.next_at).limit(1))
        moments = (first, next_to_join(connection))
    return min((moment for moment in moments if moment is not None), default=None)


class _Batch:
    """The messages of one lease, by one connection."""

    def __init__(self, office: Office, carrier: Carrier, sms: Sms, now: datetime) -> None:
        self._office = office
        self._carrier = carrier
        self._sms = sms
        self._now = now
        self._breaks = 0
        self._broken: Undelivered | None = None

    def handle(self, row: RowMapping, prepared: Prepared) -> None:
        match prepared:
            case NotWanted():
                self._mark(row, {"state": "dropped", "next_at": None, "body": None})
            case Undelivered():
                self._fail(row, prepared)
            case Parcel():
                self._deliver(prepared)

    def _deliver(self, parcel: Parcel) -> None:
        row = parcel.row
        try:
            self._carry(parcel)
        except Undelivered as failed:
            self._fail(row, failed)
            return
        except Exception as error:  # noqa: BLE001 -- one message must not stop the rest
            log.warning("message_not_sent", message=row["id"].hex(), kind=row["kind"], error=where(error))
            self._fail(row, Undelivered("unexpected"))
            return
        values: dict[str, Any] = {
            "state": "delivered",
            "subject": parcel.letter.subject,
            "next_at": None,
            "delivered_at": self._now,
            "attempts": message.c.attempts + 1,
            "error": None,
        }
        if parcel.secret:
            values["body"] = None
        self._mark(row, values)

    def _carry(self, parcel: Parcel) -> None:
        name = f"{local(parcel.row['created_at']):%Y%m%dT%H%M%S}-{parcel.row['id'].hex()[:16]}"
        if parcel.mail is None:
            self._sms.send(parcel.address, parcel.letter.sms, name)
            return
        if self._broken is not None:
            raise self._broken
        try:
            self._carrier.send(parcel.mail, parcel.address, name)
        except Undelivered as failed:
            self._note(failed)
            raise
        self._breaks = 0

    def _note(self, failed: Undelivered) -> None:
        """A server that is not there is not there for the others either; one that breaks off may dislike one mail."""
        self._breaks = self._breaks + 1 if failed.connection else 0
        if failed.cause in ("unreachable", "certificate", "sign_in", "folder") or self._breaks >= MOST_BREAKS:
            self._broken = failed

    def _fail(self, row: RowMapping, failed: Undelivered) -> None:
        attempts = row["attempts"] + 1
        dead = failed.final or attempts >= MOST_ATTEMPTS
        log.warning(
            "message_failed",
            message=row["id"].hex(),
            kind=row["kind"],
            cause=failed.cause,
            attempts=attempts,
            dead=dead,
        )
        values: dict[str, Any] = {"attempts": attempts, "error": str(failed)}
        if dead:
            values |= {"state": "dead", "next_at": None}
        else:
            values["next_at"] = self._now + _delay(row["id"], attempts)
        self._mark(row, values)

    def _mark(self, row: RowMapping, values: Mapping[str, Any]) -> None:
        """The row, if it is still ours; and with it those that were joined to it, which have no time of their own."""
        own = update(message).where(held(MESSAGES)).values(values)
        database = self._office.database
        if row["joined"] is None:
            with database.one_statement() as connection:
                connection.execute(own, as_held(MESSAGES, row))
            return
        with database.write() as connection:
            if connection.execute(own, as_held(MESSAGES, row)).rowcount:
                others = (message.c.joined == row["id"]) & (message.c.id != row["id"])
                connection.execute(update(message).where(others).values({**values, "next_at": None}))


def _together(first: bytes) -> Any:
    return or_(message.c.id == first, message.c.joined == first)


def _delay(row: bytes, attempts: int) -> timedelta:
    """Longer each time, and for each message a fifth more or less, so that they do not all come back at once."""
    spread = int.from_bytes(row[attempts : attempts + 2]) / 0xFFFF
    return DELAYS[attempts - 1] * (0.8 + 0.4 * spread)
