"""Reminders of one moment go out as one mail a person.

Each is a row of its own; when all of a moment are there they are joined, once and for good: a mail that is sent again is
the same mail, whatever reminders have come since. Any number of processes may join at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, case, exists, or_, select, update

from workflow.cases.office import Office
from workflow.cases.tables import effect, wake
from workflow.messages.tables import message, pending

#: So long do the first wait for the others of their moment, where the clock has not fired them all.
LONGEST_WAIT = timedelta(minutes=5)
#: Rows that are looked at in one go.
AT_ONCE = 2_000

Moment = tuple[datetime, str, str]
_moment = itemgetter("at", "recipient", "channel")


def join_reminders(office: Office, now: datetime) -> int:
    """Joins those that wait for nothing more; how many mails they make."""
    with office.database.read() as connection:
        ready = _ready(connection, now)
    if not ready:
        return 0
    with office.database.write() as connection:
        locked = _waiting().where(message.c.id.in_([row["id"] for row in ready])).with_for_update(skip_locked=True)
        groups = _groups(connection.execute(locked).mappings().all())
        for rows in groups:
            _join(connection, rows)
    return len(groups)


def next_to_join(connection: Connection) -> datetime | None:
    """When the earliest reminder that is not joined yet goes out; one that waits for others, at the latest."""
    first = connection.execute(_waiting().order_by(None).order_by(message.c.next_at).limit(1)).mappings().one_or_none()
    if first is None:
        return None
    latest: datetime = first["created_at"] + LONGEST_WAIT
    due: datetime = first["next_at"]
    return latest if _more_are_coming(connection, first["at"]) else due


def _waiting() -> Select[Any]:
    columns = (message.c.id, message.c.at, message.c.recipient, message.c.channel)
    rows = select(*columns, message.c.next_at, message.c.created_at).where(
        pending, message.c.kind == "reminder", message.c.joined.is_(None)
    )
    return rows.order_by(message.c.at, message.c.recipient, message.c.channel, message.c.id)


def _ready(connection: Connection, now: datetime) -> list[RowMapping]:
    found = connection.execute(_waiting().where(message.c.next_at <= now).limit(AT_ONCE)).mappings().all()
    groups = _groups(found)
    if len(found) == AT_ONCE and len(groups) > 1:
        groups.pop()  # it may have been cut
    coming: dict[datetime, bool] = {}
    for at in {rows[0]["at"] for rows in groups}:
        coming[at] = _more_are_coming(connection, at)
    return [row for rows in groups if not (coming[rows[0]["at"]] and _can_wait(rows, now)) for row in rows]


def _groups(rows: Sequence[RowMapping]) -> list[list[RowMapping]]:
    return [list(group) for _, group in groupby(rows, key=_moment)]


def _can_wait(rows: Iterable[RowMapping], now: datetime) -> bool:
    first: datetime = min(row["created_at"] for row in rows)
    return now - first < LONGEST_WAIT


def _more_are_coming(connection: Connection, at: datetime) -> bool:
    """Whether timers of this moment, or what they told, are still to be done. What fails is not waited for."""
    timers = exists().where(wake.c.due_at <= at, wake.c.failures == 0)
    told = exists().where(effect.c.next_at.is_not(None), effect.c.kind == "tell", effect.c.attempts == 0)
    coming: bool = connection.execute(select(or_(timers, told))).scalar_one()
    return coming


def _join(connection: Connection, rows: list[RowMapping]) -> None:
    """The first goes out for all; the others have no time of their own any more, and say which mail they are in."""
    first = rows[0]["id"]
    named = select(message.c.message_id).where(message.c.id == first).scalar_subquery()
    connection.execute(
        update(message)
        .where(message.c.id.in_([row["id"] for row in rows]))
        .values(
            joined=first,
            message_id=named,
            next_at=case((message.c.id == first, message.c.next_at), else_=None),
        )
    )
