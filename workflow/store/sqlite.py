"""SQLite: a file of one machine. Writers queue in the process, readers never wait for them."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from sqlalchemy import URL, Connection, Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.pool import NullPool

from workflow.errors import Busy, CannotRun
from workflow.store.database import Database, DatabaseSettings, Dialect, milliseconds, saying_what_is_wrong
from workflow.text import sentence

#: SQLAlchemy passes on as it is what goes wrong while a connection is set up.
_saying = partial(saying_what_is_wrong, sqlite3.Error)


class SqliteDatabase(Database):
    dialect: ClassVar[Dialect] = "sqlite"

    def __init__(self, url: URL, settings: DatabaseSettings) -> None:
        self._wait = settings.wait
        self._writer = Lock()
        self._path = Path(str(url.database))
        self._opened: os.stat_result | None = None
        pragmas = (
            f"busy_timeout={milliseconds(settings.wait)}",
            f"synchronous={'FULL' if settings.durable else 'OFF'}",
        )
        # BEGIN IMMEDIATE: a transaction that starts with a SELECT would find itself outdated when it comes to write.
        self._writing = _engine(
            url, "BEGIN IMMEDIATE", (*pragmas, "foreign_keys=ON"), connections=1, wait=settings.wait
        )
        self._reading = _engine(
            url, "BEGIN", (*pragmas, "query_only=ON"), connections=settings.connections, wait=settings.wait
        )
        # Batch migrations drop and rebuild a table: with foreign keys on they fail, or delete every child row.
        self._altering = _engine(url, "BEGIN IMMEDIATE", (*pragmas, "foreign_keys=OFF"))

    def open(self) -> None:
        """Once, so that whatever is wrong with the file is said now; and WAL, which the file remembers."""
        with _saying(), self._alone():
            with _raw(self._writing) as driver:
                driver.execute("PRAGMA journal_mode=WAL")
            with self._writing.begin():
                pass
        self._opened = self._path.stat()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        self._require_the_same_file()
        with _saying(reading=True), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with _saying(), self._alone(), self._writing.begin() as connection:
            yield connection

    one_statement = write

    @contextmanager
    def hot(self) -> Iterator[sqlite3.Connection]:
        with _saying(), self._alone(), _raw(self._writing) as driver:
            driver.execute("BEGIN IMMEDIATE")
            try:
                yield driver
                driver.execute("COMMIT")
            except BaseException:
                driver.rollback()
                raise

    @contextmanager
    def altering(self) -> Iterator[Connection]:
        with _saying(), self._alone(), self._altering.begin() as connection:
            yield connection
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if orphans:
                raise CannotRun(
                    sentence(
                        "The migration would leave rows without what they belong to, in {tables}; nothing was changed.",
                        tables=sorted({orphan[0] for orphan in orphans}),
                    )
                )

    def host_or_database_clock(self, connection: Connection) -> datetime:  # noqa: ARG002 -- PostgreSQL asks through it
        return datetime.now(UTC)

    def dispose(self) -> None:
        with suppress(Busy, CannotRun):
            self._optimize()
        for engine in (self._writing, self._reading, self._altering):
            engine.dispose()

    def _optimize(self) -> None:
        """What a daemon does elsewhere; who has no time for it now has it at the next stop."""
        with _saying(), self._alone(), _raw(self._writing) as driver:
            driver.execute("PRAGMA optimize")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer of the process at a time; other processes are kept in order by SQLite itself."""
        if not self._writer.acquire(timeout=self._wait):
            raise Busy(cause="locked")
        try:
            self._require_the_same_file()
            yield
        finally:
            self._writer.release()

    def _require_the_same_file(self) -> None:
        """Raises CannotRun when the file was removed or replaced: what is written to the old one, nobody finds again."""
        if self._opened is None:
            return
        try:
            same = os.path.samestat(self._path.stat(), self._opened)
        except OSError:
            same = False
        if not same:
            raise CannotRun(
                sentence("The database file was removed or replaced; put it back and start the service again.")
            )


def require_file(url: URL, *, create: bool) -> None:
    """Raises CannotRun when the file cannot be used, or made where it may be.

    The file itself is never opened for it: closing it again would drop the locks that SQLite holds on it in this
    process ("How To Corrupt An SQLite Database File", 2.2).
    """
    if url.database in (None, "", ":memory:"):
        raise CannotRun(sentence("A SQLite database is a file; name one, as in sqlite:///var/yangguang.db."))
    path = Path(str(url.database))
    if path.exists():
        _require_writable(path)
    elif not create:
        raise CannotRun(sentence("There is no database at {path}.", path=str(path)))
    else:
        _make_folder(path)
    if not _may(path.parent, os.W_OK | os.X_OK):
        raise CannotRun(sentence("The folder {path} cannot be written; the database needs it.", path=str(path.parent)))


def _require_writable(path: Path) -> None:
    if not path.is_file():
        raise CannotRun(sentence("{path} is not a file.", path=str(path)))
    if not _may(path, os.R_OK | os.W_OK):
        raise CannotRun(sentence("The database {path} is read-only.", path=str(path)))


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotRun(
            sentence("The folder {path} cannot be made: {reason}", path=str(path.parent), reason=error.strerror)
        ) from error


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _engine(
    url: URL, begin: str, pragmas: tuple[str, ...], connections: int | None = None, wait: float | None = None
) -> Engine:
    pool: dict[str, Any] = (
        {"poolclass": NullPool}
        if connections is None
        else {"pool_size": connections, "max_overflow": 0, "pool_timeout": wait}
    )
    engine = create_engine(url, hide_parameters=True, **pool)  # what goes wrong is logged, and who it was is not

    @event.listens_for(engine, "connect")
    def set_up(driver: sqlite3.Connection, _record: object) -> None:
        driver.isolation_level = None  # the driver's own BEGIN would come late, and without IMMEDIATE
        for pragma in pragmas:
            driver.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def _raw(engine: Engine) -> Iterator[sqlite3.Connection]:
    pooled: PoolProxiedConnection = engine.raw_connection()
    try:
        driver = pooled.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        yield driver
    finally:
        pooled.close()
