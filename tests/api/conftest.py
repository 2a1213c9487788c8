"""`house` on SQLite for what HTTP looks like, `stored_house` on both databases for what is stored."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.api.contract import Contract
from tests.api.house import MONDAY, Building, District, House, settle
from tests.api.polling import OPENS, Poll, a_poll
from workflow.store import open_database

if TYPE_CHECKING:
    from tests.conftest import PostgresServer

#: A database, by its address, and who is in it.
Settled = tuple[str, District]


@pytest.fixture(scope="session")
def settled_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Settled:
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('settled') / 'settled.db')}"
    return url, _settle(url)


@pytest.fixture(scope="session")
def used_postgres(postgres_server: "PostgresServer") -> Iterator[list[str]]:
    """Databases to drop at the end, at once: each drop makes the server write down all that it has."""
    urls: list[str] = []
    yield urls
    for url in urls:
        postgres_server.drop(url)


@pytest.fixture(scope="session")
def settled_postgres(postgres_server: "PostgresServer", postgres_template: str, used_postgres: list[str]) -> Settled:
    url = postgres_server.create(template=postgres_template)
    used_postgres.append(url)
    return url, _settle(url)


@pytest.fixture(scope="session")
def building(settled_sqlite: Settled, tmp_path_factory: pytest.TempPathFactory) -> Building:
    database = open_database(settled_sqlite[0])
    found = Building(database, tmp_path_factory.mktemp("building"))
    database.dispose()
    return found


@pytest.fixture
def contract(building: Building) -> Contract:
    return building.contract


@pytest.fixture
def house(settled_sqlite: Settled, building: Building, tmp_path: Path) -> Iterator[House]:
    template, district = settled_sqlite
    copy = shutil.copy(template.removeprefix("sqlite:///"), tmp_path / "yangguang.db")
    yield from _open(f"sqlite:///{copy}", building, tmp_path, district)


@pytest.fixture
def house_on_postgres(
    postgres_server: "PostgresServer",
    settled_postgres: Settled,
    used_postgres: list[str],
    building: Building,
    tmp_path: Path,
) -> Iterator[House]:
    template, district = settled_postgres
    url = postgres_server.create(template=template)
    used_postgres.append(url)
    yield from _open(url, building, tmp_path, district)


@pytest.fixture(params=["house", "house_on_postgres"], ids=["sqlite", "postgresql"])
def stored_house(request: pytest.FixtureRequest) -> House:
    found: House = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def polled_sqlite(
    settled_sqlite: Settled, building: Building, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Poll]:
    """A database in which the members are asked to vote, made once."""
    folder = tmp_path_factory.mktemp("polled")
    url = f"sqlite:///{shutil.copy(settled_sqlite[0].removeprefix('sqlite:///'), folder / 'polled.db')}"
    return url, _polled(url, building, folder, settled_sqlite[1])


@pytest.fixture(scope="session")
def polled_postgres(
    postgres_server: "PostgresServer",
    settled_postgres: Settled,
    used_postgres: list[str],
    building: Building,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, Poll]:
    url = postgres_server.create(template=settled_postgres[0])
    used_postgres.append(url)
    return url, _polled(url, building, tmp_path_factory.mktemp("polled"), settled_postgres[1])


@pytest.fixture
def poll_on_sqlite(
    polled_sqlite: tuple[str, Poll], settled_sqlite: Settled, building: Building, tmp_path: Path
) -> Iterator[Poll]:
    url, poll = polled_sqlite
    copy = shutil.copy(url.removeprefix("sqlite:///"), tmp_path / "yangguang.db")
    for house in _open(f"sqlite:///{copy}", building, tmp_path, settled_sqlite[1], OPENS):
        yield replace(poll, house=house)


@pytest.fixture
def poll_on_postgres(
    postgres_server: "PostgresServer",
    polled_postgres: tuple[str, Poll],
    settled_postgres: Settled,
    used_postgres: list[str],
    building: Building,
    tmp_path: Path,
) -> Iterator[Poll]:
    url = postgres_server.create(template=polled_postgres[0])
    used_postgres.append(url)
    for house in _open(url, building, tmp_path, settled_postgres[1], OPENS):
        yield replace(polled_postgres[1], house=house)


@pytest.fixture(params=["poll_on_sqlite", "poll_on_postgres"], ids=["sqlite", "postgresql"])
def poll(request: pytest.FixtureRequest) -> Poll:
    """The members are asked to vote."""
    found: Poll = request.getfixturevalue(request.param)
    return found


def _polled(url: str, building: Building, folder: Path, district: District) -> Poll:
    for house in _open(url, building, folder, district):
        found = a_poll(house)
    return found


def _settle(url: str) -> District:
    database = open_database(url)
    district = settle(database)
    database.dispose()
    return district


def _open(url: str, building: Building, folder: Path, district: District, moment: str = MONDAY) -> Iterator[House]:
    database = open_database(url)
    house = building.upon(url, database, folder, district)
    house.at(moment)
    yield house
    database.dispose()
