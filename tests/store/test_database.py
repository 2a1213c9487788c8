"""Transactions, snapshots, the pool and the clock, the same on both databases."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import chain, permutations
from threading import Barrier
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, insert, make_url, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from workflow.errors import Busy, CannotRun
from workflow.store import Database, DatabaseSettings, open_database, retrying
from workflow.store.service import service_value, set_clock_offset, set_service_value
from workflow.store.tables import service

COUNT = select(service.c.value).where(service.c.key == "count")
IMPATIENT = DatabaseSettings(connections=1, wait=0.05, lock=0.05)


@pytest.fixture
def opened() -> Iterator[Callable[..., Database]]:
    """Opens databases with settings of their own, and closes them."""
    with ExitStack() as stack:

        def open_one(url: str, settings: DatabaseSettings | None = None) -> Database:
            database = open_database(url, settings)
            stack.callback(database.dispose)
            return database

        yield open_one


# --- reading and writing ---


def test_what_was_written_is_read(database: Database) -> None:
    keep(database, "count", "1")

    assert kept(database, "count") == "1"


def test_exception_leaves_nothing_written(database: Database) -> None:
    with pytest.raises(InterruptedError):
        write_and_fail(database)

    assert kept(database, "count") is None


def test_reader_cannot_write(database: Database) -> None:
    """A mistake in the program, so it is not told as a read-only database."""
    with pytest.raises(DBAPIError, match=r"read-?only"), database.read() as connection:
        set_service_value(connection, "count", "1")

    assert kept(database, "count") is None


def test_reader_sees_one_snapshot(database: Database) -> None:
    keep(database, "count", "1")

    with database.read() as connection:
        before = connection.scalar(COUNT)
        keep(database, "count", "2")
        after = connection.scalar(COUNT)

    assert (before, after, kept(database, "count")) == ("1", "1", "2")


def test_one_statement_commits_by_itself(database: Database) -> None:
    with database.one_statement() as connection:
        connection.execute(insert(service).values(key="count", value="1"))

    assert kept(database, "count") == "1"


def test_unique_violation_stays_what_it_is(database: Database) -> None:
    keep(database, "count", "1")

    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(service).values(key="count", value="2"))


def test_connection_after_an_error_is_as_good_as_new(database: Database) -> None:
    with pytest.raises(DBAPIError), database.write() as connection:
        connection.exec_driver_sql("select nonsense")

    keep(database, "count", "1")
    assert kept(database, "count") == "1"


def test_analyze_and_dispose_leave_a_database_that_goes_on(database: Database) -> None:
    database.analyze()
    database.dispose()

    keep(database, "count", "1")
    assert kept(database, "count") == "1"


# --- nobody's update is lost ---


def test_writers_of_several_processes_lose_no_update_on_sqlite(
    sqlite_url: str, opened: Callable[..., Database]
) -> None:
    """Two that share no lock of a process: a transaction that read before it took the lock would lose most."""
    databases = [opened(sqlite_url), opened(sqlite_url)]
    keep(databases[0], "count", "0")

    def add(number: int) -> None:
        for _ in range(25):
            with databases[number % 2].write() as connection:
                set_service_value(connection, "count", str(int(connection.scalar(COUNT) or 0) + 1))

    all_at_once(add, threads=8)

    assert kept(databases[0], "count") == "200"


def test_versions_lose_no_update(database: Database) -> None:
    """As a case does it: written only if it still is what was read; who came second looks again."""
    keep(database, "count", "0")

    def add(_number: int) -> None:
        for _ in range(25):
            while not advance(database):
                pass

    all_at_once(add, threads=8)

    assert kept(database, "count") == "200"


def advance(database: Database) -> bool:
    was = int(kept(database, "count") or 0)
    statement = update(service).where(service.c.key == "count", service.c.value == str(was)).values(value=str(was + 1))
    with database.one_statement() as connection:
        return connection.execute(statement).rowcount == 1


# --- the hot path ---


def test_hot_statement_is_there_afterwards(database: Database) -> None:
    with database.hot() as driver:
        driver.execute("insert into service (key, value) values ('count', '1')")

    assert kept(database, "count") == "1"


def test_hot_exception_rolls_back_on_sqlite(sqlite_url: str, opened: Callable[..., Database]) -> None:
    database = opened(sqlite_url)

    def write_hot_and_fail() -> None:
        with database.hot() as driver:
            driver.execute("insert into service (key, value) values ('count', '1')")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write_hot_and_fail()

    assert kept(database, "count") is None


def test_hot_violation_is_the_drivers(database: Database) -> None:
    keep(database, "count", "1")

    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.UniqueViolation)), database.hot() as driver:
        driver.execute("insert into service (key, value) values ('count', '2')")


def test_the_one_connection_serves_every_way_after_every_other(
    postgres_url: str, opened: Callable[..., Database]
) -> None:
    """What one way sets on the driver's connection, it takes back."""
    database = opened(postgres_url, IMPATIENT)

    for way in chain.from_iterable(permutations(["read", "write", "one_statement", "hot"])):
        with getattr(database, way)() as connection:
            assert is_in_a_transaction(connection) == (way in ("read", "write"))


def test_hot_connection_left_in_a_transaction_is_thrown_away(
    postgres_url: str, opened: Callable[..., Database]
) -> None:
    database = opened(postgres_url, IMPATIENT)
    with database.hot() as driver:
        driver.execute("begin")
        driver.execute("insert into service (key, value) values ('count', '1')")

    assert kept(database, "count") is None


# --- when the database cannot ---


def test_full_pool_is_busy(database_url: str, opened: Callable[..., Database]) -> None:
    database = opened(database_url, IMPATIENT)

    with database.read(), pytest.raises(Busy) as busy, database.read():
        pass

    assert busy.value.facts == {"cause": "connections"}


def test_second_writer_waits_and_is_then_told_busy_on_sqlite(sqlite_url: str, opened: Callable[..., Database]) -> None:
    database = opened(sqlite_url, IMPATIENT)

    with database.write(), pytest.raises(Busy) as busy, database.hot():
        pass

    assert busy.value.facts == {"cause": "locked"}


def test_file_locked_by_another_process_is_busy(sqlite_url: str, opened: Callable[..., Database]) -> None:
    database = opened(sqlite_url, IMPATIENT)

    with opened(sqlite_url).write():
        with pytest.raises(Busy) as busy, database.write():
            pass
        with pytest.raises(Busy) as hot_busy, database.hot():
            pass
        assert kept(database, "count") is None  # readers go on

    assert busy.value.facts == hot_busy.value.facts == {"cause": "locked"}


def test_locked_row_is_busy(postgres_url: str, opened: Callable[..., Database]) -> None:
    database = opened(postgres_url, IMPATIENT)
    keep(database, "count", "1")

    with opened(postgres_url).write() as connection:
        set_service_value(connection, "count", "2")
        with pytest.raises(Busy) as busy:
            keep(database, "count", "3")
        with pytest.raises(Busy) as hot_busy, database.hot() as driver:
            driver.execute("update service set value = '3'")

    assert busy.value.facts == hot_busy.value.facts == {"cause": "locked"}


def test_slow_statement_is_busy(postgres_url: str, opened: Callable[..., Database]) -> None:
    database = opened(postgres_url, DatabaseSettings(statement=0.05))

    with pytest.raises(Busy) as busy, database.read() as connection:
        connection.exec_driver_sql("select pg_sleep(5)")

    assert busy.value.facts == {"cause": "slow"}


def test_full_disk_is_said(sqlite_url: str, opened: Callable[..., Database]) -> None:
    database = opened(sqlite_url)
    with database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    with pytest.raises(CannotRun, match=r"The disk of the database is full\."):
        keep(database, "count", "1" * 10_000_000)

    assert kept(database, "count") is None


def test_database_that_takes_no_writes_is_said(postgres_url: str, opened: Callable[..., Database]) -> None:
    database = opened(postgres_url)

    def write_on_a_standby() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("set transaction read only")
            set_service_value(connection, "count", "1")

    with pytest.raises(CannotRun, match=r"The database is read-only\."):
        write_on_a_standby()


def test_conflicting_transaction_may_be_repeated(postgres_url: str, opened: Callable[..., Database]) -> None:
    database = opened(postgres_url)
    keep(database, "count", "1")

    def conflict() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("set transaction isolation level repeatable read")
            connection.scalar(COUNT)
            keep(database, "count", "2")
            set_service_value(connection, "count", "3")

    with pytest.raises(Busy) as busy:
        conflict()

    assert busy.value.facts == {"cause": "serialisation"}


def test_deadlock_is_repeated_and_both_are_done(postgres_url: str, opened: Callable[..., Database]) -> None:
    database = opened(postgres_url)
    keep(database, "first", "")
    keep(database, "second", "")
    meeting = Barrier(2)
    tries = []

    def mark_both(number: int) -> None:
        tries.append(number)
        keys = ["first", "second"] if number else ["second", "first"]
        with database.write() as connection:
            append(connection, keys[0], number)
            if len(tries) <= 2:
                meeting.wait(10)
            append(connection, keys[1], number)

    all_at_once(lambda number: retrying(lambda: mark_both(number)), threads=2)

    assert len(tries) == 3
    assert sorted(kept(database, "first") or "") == sorted(kept(database, "second") or "") == ["0", "1"]


@pytest.mark.parametrize("way", ["hot", "write", "read"])
def test_cut_connections_are_replaced_at_once(way: str, postgres_url: str, opened: Callable[..., Database]) -> None:
    """All were cut, as by a restart: one act learns of it, and all others have new ones."""
    database = opened(postgres_url, DatabaseSettings(connections=4))
    cut_all_connections(database, opened(postgres_url), 4)

    with pytest.raises(Busy) as busy, getattr(database, way)() as connection:
        select_one(connection)
    with ExitStack() as stack:
        ones = [select_one(stack.enter_context(getattr(database, way)())) for _ in range(4)]

    assert busy.value.facts == {"cause": "connection"}
    assert ones == [1] * 4


def test_connection_cut_in_the_middle_is_busy(postgres_url: str, opened: Callable[..., Database]) -> None:
    database, other = opened(postgres_url), opened(postgres_url)

    def write_while_cut_off() -> None:
        with database.write() as connection:
            set_service_value(connection, "count", "1")
            terminate(other, backend_of(connection))
            set_service_value(connection, "count", "2")

    with pytest.raises(Busy) as busy:
        write_while_cut_off()

    assert busy.value.facts == {"cause": "connection"}
    assert kept(database, "count") is None


@pytest.mark.parametrize("way", ["hot", "write", "one_statement", "read"])
def test_database_that_went_away_is_busy(
    way: str, postgres_url: str, empty_postgres_url: str, opened: Callable[..., Database]
) -> None:
    """It may come back; the service need not be started anew."""
    database = opened(postgres_url)
    database.dispose()
    with psycopg.connect(empty_postgres_url, autocommit=True) as outside:
        outside.execute(f'drop database "{make_url(postgres_url).database}"'.encode())

    with pytest.raises(Busy) as busy, getattr(database, way)():
        pass

    assert busy.value.facts == {"cause": "connection"}


# --- trying again ---


def test_retrying_gives_up_after_four_tries() -> None:
    tries = []

    def deadlock() -> None:
        tries.append(1)
        raise Busy(cause="deadlock")

    with pytest.raises(Busy):
        retrying(deadlock)
    assert len(tries) == 4


@pytest.mark.parametrize("error", [Busy(cause="locked"), Busy(), CannotRun("no"), KeyError("count")])
def test_retrying_lets_everything_else_out_at_once(error: Exception) -> None:
    tries = []

    def fail() -> None:
        tries.append(1)
        raise error

    with pytest.raises(type(error)):
        retrying(fail)
    assert len(tries) == 1


# --- the clock ---


def test_clock_is_that_of_the_database(postgres_url: str, opened: Callable[..., Database]) -> None:
    with opened(postgres_url).read() as connection:
        before, now, after = (clock(connection), opened(postgres_url).now(connection), clock(connection))

    assert before <= now <= after
    assert now.tzinfo is UTC


def test_clock_is_that_of_the_host_on_sqlite(sqlite_url: str, opened: Callable[..., Database]) -> None:
    database = opened(sqlite_url)

    with database.read() as connection:
        before, now, after = datetime.now(UTC), database.now(connection), datetime.now(UTC)

    assert before <= now <= after


def test_clock_is_put_forward_for_every_process(database_url: str, opened: Callable[..., Database]) -> None:
    offset = timedelta(days=400, microseconds=7)
    with opened(database_url).write() as connection:
        set_clock_offset(connection, offset)

    other = opened(database_url)
    with other.read() as connection:
        before, now = other.host_or_database_clock(connection), other.now(connection)
        after = other.host_or_database_clock(connection)

    assert before + offset <= now <= after + offset


def keep(database: Database, key: str, value: str) -> None:
    with database.write() as connection:
        set_service_value(connection, key, value)


def kept(database: Database, key: str) -> str | None:
    with database.read() as connection:
        return service_value(connection, key)


def append(connection: Connection, key: str, number: int) -> None:
    statement = update(service).where(service.c.key == key)
    connection.execute(statement.values(value=service.c.value + str(number)))


def clock(connection: Connection) -> datetime:
    moment: datetime = connection.exec_driver_sql("select clock_timestamp()").scalar_one()
    return moment


def first_of(connection: Any, statement: str) -> Any:
    execute = getattr(connection, "exec_driver_sql", connection.execute)
    return execute(statement).fetchone()[0]


def select_one(connection: Any) -> Any:
    return first_of(connection, "select 1")


def is_in_a_transaction(connection: Any) -> bool:
    """Whether one goes on from statement to statement: its now() then stands still."""
    return bool(first_of(connection, "select now()") == first_of(connection, "select now()"))


def write_and_fail(database: Database) -> None:
    with database.write() as connection:
        set_service_value(connection, "count", "2")
        raise InterruptedError


def backend_of(connection: Connection) -> int:
    backend: int = connection.exec_driver_sql("select pg_backend_pid()").scalar_one()
    return backend


def terminate(database: Database, *backends: int) -> None:
    with database.read() as connection:
        for backend in backends:
            connection.exec_driver_sql("select pg_terminate_backend(%s, 5000)", (backend,))


def cut_all_connections(database: Database, other: Database, count: int) -> None:
    with ExitStack() as stack:
        backends = [backend_of(stack.enter_context(database.read())) for _ in range(count)]
    terminate(other, *backends)


def all_at_once(function: Callable[[int], None], threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(function, number) for number in range(threads)]:
            done.result(timeout=60)
