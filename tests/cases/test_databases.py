"""A database that is missing, read-only, full, locked, cut off, or of a newer version: a clear answer, and nothing half done."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.cases.federation import Federation, an_office
from workflow.engine.commands import Decide
from workflow.errors import Busy, CannotRun
from workflow.store import DatabaseSettings, open_database, require_current, upgrade
from workflow.store.schema import newest_version

ON_SQLITE = pytest.mark.parametrize("federation_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("federation_url", ["postgresql"], indirect=True)


def again(federation: Federation, url: str, **settings: Any) -> Federation:
    """The same by a process that begins now."""
    office = an_office(
        open_database(url, DatabaseSettings(**settings)), federation.office.folder, federation.office.versions
    )
    return Federation(office=office, people=federation.people, places=federation.places)


def told(federation: Federation, pragma: str) -> None:
    """The one connection that writes to SQLite is told something, and keeps it."""
    with federation.database.write() as connection:
        connection.exec_driver_sql(f"PRAGMA {pragma}")


def test_missing_file_is_said_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"There is no database at .*none\.db"):
        open_database(f"sqlite:///{tmp_path / 'none.db'}")

    assert list(tmp_path.iterdir()) == []


@ON_POSTGRESQL
def test_missing_database_is_said_with_its_address(federation_url: str) -> None:
    with pytest.raises(CannotRun, match="cannot be reached at postgresql://"):
        open_database(f"{federation_url}_none")


@ON_SQLITE
def test_read_only_file_takes_nothing_and_says_so(federation: Federation) -> None:
    case = federation.submitted()
    before = (federation.cases(), len(federation.events(case)))
    told(federation, "query_only=ON")

    with pytest.raises(CannotRun, match="read-only"):
        federation.act(case, Decide(task=2, trigger="approve"), by="李强")
    with pytest.raises(CannotRun, match="read-only"):
        federation.start(name="李伟", id_number=None)

    assert federation.now(case).state == "review"
    assert (federation.cases(), len(federation.events(case))) == before


@ON_POSTGRESQL
def test_read_only_server_takes_nothing_and_says_so(federation: Federation, federation_url: str) -> None:
    case = federation.submitted()
    before = federation.cases()
    reading = again(federation, f"{federation_url}?options=-c%20default_transaction_read_only%3Don")

    with pytest.raises(CannotRun, match="read-only"):
        reading.act(case, Decide(task=2, trigger="approve"), by="李强")
    with pytest.raises(CannotRun, match="read-only"):
        reading.start(name="李伟", id_number=None)
    reading.database.dispose()

    assert federation.cases() == before


@ON_SQLITE
def test_full_disk_takes_whole_acts_or_none(federation: Federation) -> None:
    """Acts go on until the file may not grow; what was answered is there, the next one is not, not even in part."""
    federation.submitted()
    with federation.database.read() as connection:
        pages = connection.execute(text("pragma page_count")).scalar_one()
    told(federation, f"max_page_count={pages + 12}")

    with pytest.raises(CannotRun, match="disk of the database is full"):
        [federation.submitted(name=f"人{turn}", id_number=None, story="字" * 2000) for turn in range(200)]

    assert len(federation.cases()) > 1
    assert {row["state"] for row in federation.cases()} <= {"draft", "review"}
    assert federation.broken() == []
    told(federation, f"max_page_count={pages + 1000}")
    assert federation.start(name="最后", id_number=None).state == "draft"
    assert federation.broken() == []


@ON_SQLITE
def test_file_that_another_holds_is_busy(federation: Federation, federation_url: str) -> None:
    case = federation.submitted()
    impatient = again(federation, federation_url, wait=0.2)

    with federation.database.write(), pytest.raises(Busy):
        impatient.act(case, Decide(task=2, trigger="approve"), by="李强")

    assert impatient.act(case, Decide(task=2, trigger="approve"), by="李强").case.state == "signing"
    impatient.database.dispose()


@ON_POSTGRESQL
def test_connections_that_were_cut_are_made_anew_within_the_act(federation: Federation, federation_url: str) -> None:
    case = federation.submitted()
    other = again(federation, federation_url)
    name = federation_url.rpartition("/")[2]
    with other.database.write() as connection:
        mine = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()"
        connection.exec_driver_sql(mine, (name,))
    other.database.dispose()

    outcome = federation.act(case, Decide(task=2, trigger="approve"), by="李强")

    assert outcome.case.state == "signing"
    assert federation.broken() == []


@ON_POSTGRESQL
def test_row_that_is_held_for_too_long_is_busy(federation: Federation, federation_url: str) -> None:
    case = federation.submitted()
    impatient = again(federation, federation_url, lock=0.2)

    with federation.database.write() as connection:
        connection.exec_driver_sql("select 1 from cases for update")
        with pytest.raises(Busy):
            impatient.act(case, Decide(task=2, trigger="approve"), by="李强")
    impatient.database.dispose()

    assert federation.now(case).state == "review"


def test_database_of_a_newer_version_is_refused_and_left_alone(federation: Federation) -> None:
    case = federation.submitted()
    with federation.database.write() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))

    with pytest.raises(CannotRun, match="of version 9999, this program only of"):
        require_current(federation.database)
    with pytest.raises(CannotRun, match="use the newer program"):
        upgrade(federation.database)
    with federation.database.write() as connection:
        connection.execute(text("update alembic_version set version_num = :known"), {"known": newest_version()})

    assert federation.now(case) == case
