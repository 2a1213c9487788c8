from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.messages.mailserver import MailServer, mail_server
from tests.messages.office import House, a_house
from workflow.store import Database, open_database


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    """On both databases."""
    return a_house(database, tmp_path / "mail")


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    opened = open_database(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def small_house(sqlite_database: Database, tmp_path: Path) -> House:
    """For what is said, where the database does not matter."""
    return a_house(sqlite_database, tmp_path / "mail")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running
