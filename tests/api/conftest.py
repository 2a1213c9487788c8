"""`house` on SQLite for what HTTP looks like, `stored_house` on both databases for what is stored."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.api.contract import Contract
from tests.api.house import MONDAY, Building, District, House, settle
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


def _settle(url: str) -> District:
    database = open_database(url)
    district = settle(database)
    database.dispose()
    return district


def _open(url: str, building: Building, folder: Path, district: District) -> Iterator[House]:
    database = open_database(url)
    house = building.upon(url, database, folder, district)
    house.at(MONDAY)
    yield house
    database.dispose()
