"""The one door to the data: reading in a snapshot, writing in a transaction, and the database's clock."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from workflow.store.failures import in_our_words
from workflow.store.service import clock_offset

Dialect = Literal["sqlite", "postgresql"]


class DriverConnection(Protocol):
    """What psycopg's and sqlite3's connections have in common; placeholders and cursors are each driver's own."""

    def execute(self, statement: Any, parameters: Any = ..., /) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    create: bool = False  #: SQLite: make the file and its folder where they are missing
    durable: bool = True  #: what is committed outlives a loss of power; a demo that is made anew does without
    connections: int = 10  #: of one process, at most
    wait: float = 10.0  #: seconds for a connection of the pool, for SQLite's one writer, for a lock on SQLite's file
    lock: float = 5.0  #: seconds that a statement waits for a row (PostgreSQL)
    statement: float = 30.0  #: seconds that a statement may take, and a transaction lie idle (PostgreSQL)


class Database(ABC):
    """A database that is there and can be used by any number of threads. Open one after the fork, not before.

    Everything raises Busy (503, its fact `cause` says why) and CannotRun in place of the driver's errors of these
    kinds; a unique violation and the like come as SQLAlchemy's (from `hot`, as the driver's).
    """

    dialect: ClassVar[Dialect]

    @abstractmethod
    def read(self) -> AbstractContextManager[Connection]:
        """One snapshot for all statements; nothing can be written."""

    @abstractmethod
    def write(self) -> AbstractContextManager[Connection]:
        """One transaction, committed at the end, rolled back by any exception. Not within another of the thread."""

    @abstractmethod
    def one_statement(self) -> AbstractContextManager[Connection]:
        """For a statement that commits by itself, without the round trips of a transaction."""

    @abstractmethod
    def hot(self) -> AbstractContextManager[DriverConnection]:
        """The driver's own connection, for the two statements of `act` as compiled text.

        PostgreSQL: a psycopg connection in autocommit, each statement commits by itself. SQLite: within one
        BEGIN IMMEDIATE, committed at the end, rolled back by any exception; not within another of the thread.
        It goes back to the pool at the end, and is thrown away instead where it is broken or left in a transaction.
        """

    @abstractmethod
    def altering(self) -> AbstractContextManager[Connection]:
        """One transaction for changes of tables, without the limits of time of all others."""

    @abstractmethod
    def host_or_database_clock(self, connection: Connection) -> datetime:
        """The clock itself, without the demo's offset."""

    @abstractmethod
    def dispose(self) -> None:
        """Closes what the pool holds; the database may be used again afterwards."""

    def now(self, connection: Connection) -> datetime:
        """The only clock: the database's (SQLite: the host's), put forward by the demo."""
        return self.host_or_database_clock(connection) + clock_offset(connection)

    def analyze(self) -> None:
        """Gathers the statistics that plans are made from; after an import, a restore, a demo."""
        with self.write() as connection:
            connection.exec_driver_sql("analyze")


@contextmanager
def saying_what_is_wrong(*drivers_errors: type[Exception], reading: bool = False) -> Iterator[None]:
    """Raises our errors in place of SQLAlchemy's and the driver's, where they are of these kinds."""
    errors: tuple[type[Exception], ...] = (SQLAlchemyError, *drivers_errors)
    try:
        yield
    except errors as error:
        ours = in_our_words(error, reading=reading)
        if ours is None:
            raise
        raise ours from error


def milliseconds(seconds: float) -> int:
    return int(timedelta(seconds=seconds) / timedelta(milliseconds=1))
