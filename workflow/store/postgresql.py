"""PostgreSQL, for more than one machine: one bounded pool, and a limit of time on everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import URL, Connection, PoolProxiedConnection, create_engine, func, select
from sqlalchemy.exc import DBAPIError

from workflow.errors import CannotRun
from workflow.store.database import (
    Database,
    DatabaseSettings,
    Dialect,
    DriverConnection,
    milliseconds,
    saying_what_is_wrong,
)
from workflow.text import sentence


class PostgresDatabase(Database):
    dialect: ClassVar[Dialect] = "postgresql"

    def __init__(self, url: URL, settings: DatabaseSettings) -> None:
        # No pre-ping: it is a round trip for each act, and repeating the act does its work.
        self._engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            hide_parameters=True,  # what goes wrong is logged, and who it was is not
            pool_size=settings.connections,
            max_overflow=0,
            pool_timeout=settings.wait,
            pool_use_lifo=True,
            connect_args={
                "connect_timeout": 5,
                "application_name": "yangguang",
                "options": " ".join([str(url.query.get("options", "")), *_options(settings)]).strip(),
            },
        )
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._committing = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        driver: Any = self._engine.dialect.loaded_dbapi
        self._drivers_error: type[Exception] = driver.Error

    def open(self) -> None:
        """Once, so that a server that is not there is said now."""
        try:
            with self._engine.connect():
                pass
        except DBAPIError as error:
            raise CannotRun(
                sentence(
                    "PostgreSQL cannot be reached at {url}: {reason}",
                    url=self._engine.url.set(drivername="postgresql").render_as_string(hide_password=True),
                    reason=str(error.orig).strip().splitlines()[0],
                )
            ) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with saying_what_is_wrong(reading=True), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with saying_what_is_wrong(self._drivers_error), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def one_statement(self) -> Iterator[Connection]:
        with saying_what_is_wrong(), self._committing.connect() as connection:
            yield connection

    @contextmanager
    def hot(self) -> Iterator[DriverConnection]:
        with saying_what_is_wrong(self._drivers_error):
            pooled = self._engine.raw_connection()
            driver: Any = pooled.driver_connection
            try:
                driver.autocommit = True
                yield driver
            finally:
                self._give_back(pooled, driver)

    @contextmanager
    def altering(self) -> Iterator[Connection]:
        with self.write() as connection:
            connection.exec_driver_sql("set local statement_timeout = 0")
            connection.exec_driver_sql("set local idle_in_transaction_session_timeout = 0")
            yield connection

    def host_or_database_clock(self, connection: Connection) -> datetime:
        moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return moment.astimezone(UTC)

    def dispose(self) -> None:
        self._engine.dispose()

    def _give_back(self, pooled: PoolProxiedConnection, driver: Any) -> None:
        if driver.closed:
            # As SQLAlchemy does it for its own statements: when one connection broke, none older than this moment is
            # handed out again. There is no public name for it.
            self._engine.pool._invalidate(pooled)  # noqa: SLF001
        elif driver.info.transaction_status:
            pooled.invalidate()
        else:
            driver.autocommit = False
            pooled.close()


def _options(settings: DatabaseSettings) -> list[str]:
    return [
        "-c timezone=UTC",
        f"-c synchronous_commit={'on' if settings.durable else 'off'}",
        f"-c lock_timeout={milliseconds(settings.lock)}",
        f"-c statement_timeout={milliseconds(settings.statement)}",
        f"-c idle_in_transaction_session_timeout={milliseconds(settings.statement)}",
    ]
