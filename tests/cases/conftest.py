"""The federation is founded once on each database; a test finds it as it was then."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cases.federation import MONDAY, Federation, Rows, all_rows, an_office, found, put_back
from tests.conftest import DIALECTS, PostgresServer
from workflow.store import DatabaseSettings, open_database

#: What is committed need not outlive a loss of power; what is killed is tested with what does.
FAST = DatabaseSettings(durable=False, connections=16)


@dataclass(frozen=True)
class Model:
    """A database to copy, and what lies in it."""

    url: str
    founded: Federation
    rows: Rows


@pytest.fixture(scope="session")
def sqlite_model(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Model:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("federation") / "federation.db")
    return a_model(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def postgres_model(postgres_server: PostgresServer, postgres_template: str) -> Iterator[Model]:
    model = a_model(postgres_server.create(template=postgres_template))
    yield model
    postgres_server.drop(model.url)


@pytest.fixture(scope="session")
def postgres_copy(postgres_server: PostgresServer, postgres_model: Model) -> Iterator[str]:
    """One for all tests of a process: it takes less to put back what a test has changed than to make another."""
    url = postgres_server.create(template=postgres_model.url)
    yield url
    postgres_server.drop(url)


def a_model(url: str) -> Model:
    database = open_database(url, FAST)
    founded = found(an_office(database, Path()))
    rows = all_rows(database)
    database.dispose()
    return Model(url, founded, rows)


@pytest.fixture
def federation_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """On both databases, or on the one that a test is parametrised with."""
    if request.param == "sqlite":
        model: Model = request.getfixturevalue("sqlite_model")
        yield f"sqlite:///{shutil.copy(model.url.removeprefix('sqlite:///'), tmp_path / 'federation.db')}"
        return
    url: str = request.getfixturevalue("postgres_copy")
    yield url
    database = open_database(url, FAST)
    put_back(database, request.getfixturevalue("postgres_model").rows)
    database.dispose()


@pytest.fixture
def federation(request: pytest.FixtureRequest, federation_url: str, tmp_path: Path) -> Iterator[Federation]:
    database = open_database(federation_url, FAST)
    model: Model = request.getfixturevalue(f"{'sqlite' if database.dialect == 'sqlite' else 'postgres'}_model")
    office = an_office(database, tmp_path / "files", model.founded.office.versions)
    copied = Federation(office=office, people=model.founded.people, places=model.founded.places)
    copied.set_clock(MONDAY)
    yield copied
    database.dispose()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both databases, save where a test names one itself."""
    if "federation_url" in metafunc.fixturenames and not _is_given(metafunc):
        metafunc.parametrize("federation_url", DIALECTS, indirect=True)


def _is_given(metafunc: pytest.Metafunc) -> bool:
    marks: list[Any] = list(metafunc.definition.iter_markers("parametrize"))
    return any("federation_url" in str(mark.args[0]) for mark in marks)
