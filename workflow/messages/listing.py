"""The outbox as operators see it: to whom, what about, what came of it; nothing of what a message says of a case."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import Connection, RowMapping, Select, func, literal, select, tuple_, union_all

from workflow.engine.directory import Principal
from workflow.messages.addresses import Channel, masked
from workflow.messages.carriers import CAUSES
from workflow.messages.content import Content, Kind, from_body
from workflow.messages.preparing import message_number
from workflow.messages.recipients import recipient_of
from workflow.messages.tables import message, pending
from workflow.text import Label, Sentence

State = Literal["pending", "delivered", "dropped", "dead"]
STATES: tuple[State, ...] = ("pending", "delivered", "dropped", "dead")

_COLUMNS = tuple(column for column in message.columns if column.name != "subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: bytes
    number: str  #: as it stands at the foot of the mail
    message_id: str
    kind: Kind
    person: Principal | None  #: to whom, if he has an account
    contact: str | None  #: else where it went, masked; of an objector and of who has a link, nothing
    channel: Channel
    about: Label | None  #: the title of the definition
    step: Label | None  #: where the case stands
    state: State
    attempts: int
    cause: Sentence | None  #: why it did not go
    reply: str | None  #: what the mail server said
    created_at: datetime
    next_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outbox:
    """How much waits, since when, and how much was given up."""

    pending: int
    oldest: datetime | None
    dead: int


def reminders_of(connection: Connection, case_ids: Collection[UUID]) -> dict[UUID, list[datetime]]:
    """When reminders and escalations of these cases were delivered, the earliest first; those of one moment once."""
    rows = (
        select(message.c.case_id, message.c.delivered_at)
        .where(message.c.case_id.in_(case_ids), message.c.kind.in_(("reminder", "escalation")))
        .where(message.c.delivered_at.is_not(None))
        .order_by(message.c.delivered_at)
    )
    found: dict[UUID, dict[datetime, None]] = {}
    for row in connection.execute(rows):
        found.setdefault(row.case_id, {})[row.delivered_at] = None
    return {case: list(moments) for case, moments in found.items()}


def list_messages(
    connection: Connection,
    state: State | None = None,
    *,
    limit: int,
    after: tuple[datetime, bytes] | None = None,
) -> list[Message]:
    """The latest first; `after` is (created_at, id) of the last one seen."""
    branches = [_of_state(one, limit, after) for one in ((state,) if state is not None else STATES)]
    rows = connection.execute(union_all(*(select(branch.subquery()) for branch in branches))).mappings()
    found = sorted(rows, key=lambda row: (row["created_at"], row["id"]), reverse=True)
    return [_message(row) for row in found[:limit]]


def outbox(connection: Connection) -> Outbox:
    waiting = connection.execute(select(func.count(), func.min(message.c.created_at)).where(pending)).one()
    dead = connection.scalar(select(func.count()).where(message.c.state == "dead"))
    return Outbox(waiting[0], waiting[1], dead or 0)


def _of_state(state: State, limit: int, after: tuple[datetime, bytes] | None) -> Select[Any]:
    """One short range of the index a state."""
    key = (message.c.created_at, message.c.id)
    rows = select(*_COLUMNS).where(message.c.state == state)
    if after is not None:
        rows = rows.where(
            tuple_(*key) < tuple_(*(literal(value, column.type) for value, column in zip(after, key, strict=True)))
        )
    return rows.order_by(message.c.created_at.desc(), message.c.id.desc()).limit(limit)


def _message(row: RowMapping) -> Message:
    recipient = recipient_of(row["recipient"])
    content = from_body(row["body"]) if row["body"] is not None else None
    cause, _, reply = (row["error"] or "").partition(": ")
    return Message(
        id=row["id"],
        number=message_number(row["id"], row["created_at"]),
        message_id=row["message_id"],
        kind=row["kind"],
        person=recipient.person,
        contact=masked(recipient.key) if recipient.kind == "contact" and recipient.key else None,
        channel=row["channel"],
        about=_about(content),
        step=content.state if content is not None else None,
        state=cast("State", row["state"]),
        attempts=row["attempts"],
        cause=CAUSES.get(cause),
        reply=reply or None,
        created_at=row["created_at"],
        next_at=row["next_at"],
        delivered_at=row["delivered_at"],
    )


def _about(content: Content | None) -> Label | None:
    return None if content is None else content.round or content.title
