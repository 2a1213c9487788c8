from pathlib import Path

import pytest

from tests.records.district import District, a_district
from workflow.store import Database


@pytest.fixture
def district(database: Database, tmp_path: Path) -> District:
    return a_district(database, tmp_path)
