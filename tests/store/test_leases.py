"""Each due row goes to one worker, comes back when he dies, and is put off when he fails."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, insert, select

from workflow.cases.tables import EFFECTS, JOBS, WAKES, effect, job, wake
from workflow.messages.tables import MESSAGES, message
from workflow.store import Database
from workflow.store.leases import AT_ONCE, LEASE, Queue, as_held, back_off, failed, held, lease, release

NOW = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Row = dict[str, Any]


def a_wake(number: int, due: datetime) -> Row:
    return {"case_id": UUID(int=number), "due_at": due, "failures": 0}


def an_effect(number: int, due: datetime) -> Row:
    common = {"seq": 1, "no": number, "kind": "tell", "payload": "{}", "attempts": 0}
    return {"case_id": UUID(int=number // 3), "next_at": due, **common}


def a_message(number: int, due: datetime) -> Row:
    text = {"recipient": "a", "channel": "mail", "message_id": f"<{number}@example.org>", "state": "pending"}
    common = {"kind": "task", "at": NOW, "attempts": 0, "created_at": NOW}
    return {"id": number.to_bytes(32, "big"), "next_at": due, **common, **text}


def a_job(number: int, due: datetime) -> Row:
    common = {"kind": "import", "payload": "{}", "at": NOW, "attempts": 0, "done": 0}
    return {"id": UUID(int=number), "next_at": due, **common}


MAKERS: dict[Table, Callable[[int, datetime], Row]] = {wake: a_wake, effect: an_effect, message: a_message, job: a_job}
EVERY_QUEUE = pytest.mark.parametrize("queue", [WAKES, EFFECTS, MESSAGES, JOBS], ids=lambda queue: queue.table.name)


@EVERY_QUEUE
def test_due_rows_are_handed_out_the_earliest_first(queue: Queue, database: Database) -> None:
    fill(database, queue, NOW, NOW - 2 * SECOND, NOW + SECOND, NOW - SECOND)

    taken = [lease(database, queue, NOW, limit=1) for _ in range(4)]

    assert [[key_of(queue, row) for row in rows] for rows in taken] == [[key(queue, n)] for n in (1, 3, 0)] + [[]]
    assert [row[queue.lease] for rows in taken for row in rows] == [NOW + LEASE] * 3


@pytest.mark.parametrize("queue", [WAKES, EFFECTS, JOBS], ids=lambda queue: queue.table.name)
def test_rows_of_one_lease_are_in_the_order_of_their_due_times(queue: Queue, database: Database) -> None:
    fill(database, queue, NOW, NOW - 2 * SECOND, NOW - SECOND)

    assert [key_of(queue, row) for row in lease(database, queue, NOW)] == [key(queue, n) for n in (1, 2, 0)]


@EVERY_QUEUE
def test_leased_row_is_not_handed_out_again(queue: Queue, database: Database) -> None:
    fill(database, queue, NOW)
    lease(database, queue, NOW)

    assert lease(database, queue, NOW + LEASE - SECOND) == []


@EVERY_QUEUE
def test_lease_that_ran_out_is_taken_again(queue: Queue, database: Database) -> None:
    """Its worker was killed."""
    fill(database, queue, NOW)
    (first,) = lease(database, queue, NOW)

    (second,) = lease(database, queue, NOW + LEASE)

    assert key_of(queue, second) == key_of(queue, first)
    assert second[queue.lease] == NOW + 2 * LEASE
    assert not is_held(database, queue, first)
    assert is_held(database, queue, second)


@EVERY_QUEUE
def test_released_row_is_handed_out_at_once(queue: Queue, database: Database) -> None:
    fill(database, queue, NOW)
    (row,) = lease(database, queue, NOW)

    release(database, queue, row, NOW)

    assert len(lease(database, queue, NOW)) == 1


@EVERY_QUEUE
def test_release_after_the_lease_ran_out_leaves_it_to_the_next(queue: Queue, database: Database) -> None:
    fill(database, queue, NOW)
    (first,) = lease(database, queue, NOW)
    (second,) = lease(database, queue, NOW + LEASE)

    release(database, queue, first, NOW + LEASE)

    assert is_held(database, queue, second)


@EVERY_QUEUE
def test_failure_is_counted_and_puts_its_row_off_but_no_other(queue: Queue, database: Database) -> None:
    fill(database, queue, NOW, NOW)
    row, other = lease(database, queue, NOW)
    release(database, queue, other, NOW)

    assert failed(database, queue, row, NOW) == 1

    assert [key_of(queue, due) for due in lease(database, queue, NOW + 4 * SECOND)] == [key_of(queue, other)]
    (again,) = lease(database, queue, NOW + 5 * SECOND)
    assert key_of(queue, again) == key_of(queue, row)
    assert failed(database, queue, again, NOW, delay=LEASE) == 2


@EVERY_QUEUE
def test_failure_after_the_lease_ran_out_is_not_counted(queue: Queue, database: Database) -> None:
    fill(database, queue, NOW)
    (first,) = lease(database, queue, NOW)
    (second,) = lease(database, queue, NOW + LEASE)

    assert failed(database, queue, first, NOW + LEASE) is None

    assert is_held(database, queue, second)


def test_failed_wake_keeps_when_it_was_due(database: Database) -> None:
    """What is reckoned from a timer is reckoned from its due time, however late."""
    fill(database, WAKES, NOW)
    (row,) = lease(database, WAKES, NOW)

    failed(database, WAKES, row, NOW)

    with database.read() as connection:
        assert connection.scalar(select(wake.c.due_at)) == NOW


def test_failed_effect_keeps_what_went_wrong(database: Database) -> None:
    fill(database, EFFECTS, NOW)
    (row,) = lease(database, EFFECTS, NOW)

    failed(database, EFFECTS, row, NOW, error="550 no such user")

    with database.read() as connection:
        assert connection.execute(select(effect.c.error, effect.c.lease_until)).one() == ("550 no such user", None)


@pytest.mark.parametrize("queue", [EFFECTS, JOBS], ids=lambda queue: queue.table.name)
def test_row_that_is_done_is_never_due(queue: Queue, database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(queue.table).values({**MAKERS[queue.table](1, NOW), "next_at": None}))

    assert lease(database, queue, NOW) == []


def test_message_that_is_delivered_is_never_due(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(message).values({**a_message(1, NOW), "state": "delivered"}))

    assert lease(database, MESSAGES, NOW) == []


@EVERY_QUEUE
def test_workers_at_once_get_each_row_once(queue: Queue, database: Database) -> None:
    count = AT_ONCE * 6
    fill(database, queue, *[NOW - number * SECOND for number in range(count)])

    def take_all(_worker: int) -> list[tuple[Any, ...]]:
        taken = []
        while rows := lease(database, queue, NOW, limit=7):
            taken += [key_of(queue, row) for row in rows]
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = Counter(key for keys in pool.map(take_all, range(8)) for key in keys)

    assert len(taken) == count
    assert set(taken.values()) == {1}


def test_no_more_than_a_hundred_are_taken_at_once(database: Database) -> None:
    fill(database, WAKES, *[NOW] * (AT_ONCE + 1))

    assert len(lease(database, WAKES, NOW)) == AT_ONCE


def test_back_off_doubles_up_to_an_hour() -> None:
    waits = [back_off(failures) for failures in (1, 2, 3, 10, 11, 1000)]

    assert waits == [5 * SECOND, 10 * SECOND, 20 * SECOND, 2560 * SECOND, 3600 * SECOND, 3600 * SECOND]


def fill(database: Database, queue: Queue, *due: datetime) -> None:
    rows = [MAKERS[queue.table](number, moment) for number, moment in enumerate(due)]
    with database.write() as connection:
        connection.execute(insert(queue.table), rows)


def key(queue: Queue, number: int) -> tuple[Any, ...]:
    row = MAKERS[queue.table](number, NOW)
    return tuple(row[column.name] for column in queue.table.primary_key.columns)


def key_of(queue: Queue, row: Any) -> tuple[Any, ...]:
    return tuple(row[column] for column in queue.table.primary_key.columns)


def is_held(database: Database, queue: Queue, row: Any) -> bool:
    with database.read() as connection:
        return (
            connection.execute(select(queue.table.c[0]).where(held(queue)), as_held(queue, row)).one_or_none()
            is not None
        )
