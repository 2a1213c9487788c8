import pytest

from tests.people.district import District, a_district
from workflow.store import Database


@pytest.fixture
def district(database: Database) -> District:
    return a_district(database)
