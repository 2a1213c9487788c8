"""A season and a quarter on each database, each from an empty one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.house import Building
from tests.journeys.office import Season, a_season
from tests.journeys.quarter import Quarter, a_quarter
from workflow.store import open_database


@pytest.fixture(scope="session")
def building(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Building:
    database = open_database(f"sqlite:///{sqlite_template}")
    found = Building(database, tmp_path_factory.mktemp("building"))
    database.dispose()
    return found


@pytest.fixture
def season(database_url: str, tmp_path: Path, building: Building) -> Iterator[Season]:
    database = open_database(database_url)
    yield a_season(database_url, database, tmp_path, building)
    database.dispose()


@pytest.fixture
def quarter(database_url: str, tmp_path: Path, building: Building) -> Iterator[Quarter]:
    database = open_database(database_url)
    yield a_quarter(database_url, database, tmp_path, building)
    database.dispose()
