"""Fresh databases for tests, on SQLite and on PostgreSQL.

`database` is one with all tables, and a test that asks for it runs on both; `sqlite_url` and `postgres_url` are for what
holds on one only, `empty_url` for what begins without tables. PostgreSQL is the one of YG_TEST_DATABASE_URL, else the
one on 127.0.0.1:5432 that lets `postgres` in; without it tests fail, unless pytest was given --no-postgres.
"""

import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

from workflow.store import Database, DatabaseSettings, open_database, upgrade

DIALECTS = ("sqlite", "postgresql")
NEAREST_POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"


class PostgresServer:
    """Makes and drops databases whose names no other run of the tests has."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._prefix = f"yg_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        self._numbers = count(1)
        self.execute("select 1")

    def create(self, template: str | None = None) -> str:
        """The URL of a new database: empty, or a copy of the one at `template`."""
        name = f"{self._prefix}_{next(self._numbers)}"
        model = "template0" if template is None else make_url(template).database
        self.execute(f'create database "{name}" template "{model}" encoding "UTF8"')
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        self.execute(f'drop database if exists "{make_url(url).database}" with (force)')

    def execute(self, statement: str) -> None:
        url = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True, connect_timeout=1) as connection:
            connection.execute(statement.encode())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-postgres", action="store_true", help="leave out what needs PostgreSQL")


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> PostgresServer:
    if request.config.getoption("--no-postgres"):
        pytest.skip("--no-postgres")
    url = make_url(os.environ.get("YG_TEST_DATABASE_URL", NEAREST_POSTGRES))
    try:
        return PostgresServer(url)
    except psycopg.OperationalError as error:
        pytest.fail(
            f"There is no PostgreSQL at {url}: {error}\n"
            "Start one there, name another in YG_TEST_DATABASE_URL, or give pytest --no-postgres."
        )


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> Iterator[str]:
    url = postgres_server.create()
    with_tables(url)
    yield url
    postgres_server.drop(url)


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    url = postgres_server.create(template=postgres_template)
    yield url
    postgres_server.drop(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    with_tables(f"sqlite:///{path}")
    return path


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'yangguang.db')}"


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(params=DIALECTS)
def empty_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("empty_sqlite_url" if request.param == "sqlite" else "empty_postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.dispose()


def with_tables(url: str) -> None:
    database = open_database(url, DatabaseSettings(create=True))
    upgrade(database)
    database.dispose()
