"""Handing out due rows, each to one worker: `wake`, `effect`, `message`, `job`.

A worker takes rows for a minute. If it is killed, the lease runs out and another takes them; so whatever is done with a
row must bear repetition. A failure puts its row off and never holds up the rest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Integer, RowMapping, Table, and_, bindparam, or_, select, true, update
from sqlalchemy.sql.dml import ReturningUpdate

from workflow.store.database import Database

LEASE = timedelta(seconds=60)
AT_ONCE = 100

_SHORTEST = timedelta(seconds=5)
_LONGEST = timedelta(hours=1)


@dataclass(frozen=True, eq=False)
class Queue:
    """A table of things to do, by its columns."""

    table: Table
    due: Column[datetime]
    lease: Column[datetime]  #: until when somebody has the row; `due` itself where there is no column of its own
    failures: Column[int]
    again: Column[datetime]  #: what a failure puts off
    waiting: ColumnElement[bool] | None = None  #: what makes the partial index usable, if `due` alone does not


def lease(
    database: Database,
    queue: Queue,
    now: datetime,
    limit: int = AT_ONCE,
    *,
    only: Mapping[str, object] | None = None,
) -> list[RowMapping]:
    """Takes the earliest of the due rows until `now` + 60 s. Any number of processes may ask at once.

    `only` are the values of parameters that stand in what the queue waits for.
    They come in the order of their due times, save where the lease is kept in `due` and has overwritten it.
    """
    with database.one_statement() as connection:
        given = {"now": now, "until": now + LEASE, "most": limit, **(only or {})}
        rows = connection.execute(_taking(queue), given).mappings().all()
    return sorted(rows, key=lambda row: row[queue.due])


def release(database: Database, queue: Queue, row: RowMapping, now: datetime) -> None:
    """Gives a row back at once, as if it had not been taken: the worker is being stopped."""
    given_back = update(queue.table).where(held(queue)).values(_given_back(queue) or {queue.due: now})
    with database.one_statement() as connection:
        connection.execute(given_back, as_held(queue, row))


def failed(
    database: Database,
    queue: Queue,
    row: RowMapping,
    now: datetime,
    *,
    delay: timedelta | None = None,
    error: str | None = None,
) -> int | None:
    """Counts a failure and puts the row off, by `delay` or as `back_off` says; answers with how many there were.

    None when the lease had run out and somebody else has the row: it is his to count.
    """
    wait = back_off(row[queue.failures] + 1) if delay is None else delay
    values: dict[Any, Any] = {**_given_back(queue), queue.failures: queue.failures + 1, queue.again: now + wait}
    if error is not None:
        values[queue.table.c.error] = error
    statement = update(queue.table).where(held(queue)).values(values).returning(queue.failures)
    with database.one_statement() as connection:
        return connection.execute(statement, as_held(queue, row)).scalar()


@cache
def held(queue: Queue) -> ColumnElement[bool]:
    """That a row is still leased as it was handed out, which is what `as_held` gives; whoever marks it as done asks."""
    return and_(*(column == bindparam(f"held_{column.name}", type_=column.type) for column in _held_by(queue)))


def as_held(queue: Queue, row: RowMapping) -> dict[str, Any]:
    return {f"held_{column.name}": row[column] for column in _held_by(queue)}


def _held_by(queue: Queue) -> Iterator[Column[Any]]:
    yield from queue.table.primary_key.columns
    yield queue.lease


def back_off(failures: int) -> timedelta:
    """5 s after the first, twice as long each time, at most an hour."""
    return min(_SHORTEST * (1 << min(failures - 1, 20)), _LONGEST)


@cache
def _taking(queue: Queue) -> ReturningUpdate[Any]:
    """Made once: it is asked for at each tick."""
    keys = queue.table.primary_key.columns
    now = bindparam("now", type_=queue.due.type)
    due = (
        select(*keys)
        .where(
            queue.due <= now,
            or_(queue.lease.is_(None), queue.lease <= now),
            true() if queue.waiting is None else queue.waiting,
        )
        .order_by(queue.due)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)  # SQLite has one writer, and leaves it out
        .cte("due_row")
    )
    return (
        update(queue.table)
        .where(*(column == due.c[column.name] for column in keys))
        .values({queue.lease: bindparam("until", type_=queue.lease.type)})
        .returning(*queue.table.columns)
    )


def _given_back(queue: Queue) -> dict[Any, Any]:
    return {} if queue.lease is queue.due else {queue.lease: None}
