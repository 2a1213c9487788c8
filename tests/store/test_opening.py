"""Whoever starts the service and cannot, reads what is wrong and what to do."""

import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from workflow.errors import Busy, CannotRun
from workflow.store import DatabaseSettings, open_database, schema_version

CREATE = DatabaseSettings(create=True)
NOBODY = 65534


def test_missing_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "yangguang.db"

    with pytest.raises(CannotRun, match=f"There is no database at {path}."):
        open_database(f"sqlite:///{path}")

    assert not path.exists()


def test_missing_file_is_made_with_its_folder_where_asked(tmp_path: Path) -> None:
    path = tmp_path / "var" / "deep" / "yangguang.db"

    database = open_database(f"sqlite:///{path}", CREATE)

    assert schema_version(database) is None
    database.dispose()
    assert path.exists()


def test_new_file_writes_ahead(empty_sqlite_url: str) -> None:
    database = open_database(empty_sqlite_url, CREATE)
    with database.write() as connection:
        modes = [
            connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    database.dispose()

    assert modes == ["wal", 2, 1, 10_000]


def test_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=f"{tmp_path} is not a file."):
        open_database(f"sqlite:///{tmp_path}")


def test_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")

    with pytest.raises(CannotRun, match=f"The folder {tmp_path / 'var'} cannot be made: File exists"):
        open_database(f"sqlite:///{tmp_path / 'var' / 'yangguang.db'}", CREATE)


def test_folder_that_cannot_be_written_is_said() -> None:
    with a_folder() as folder:
        folder.chmod(0o555)

        with (
            as_nobody(),
            pytest.raises(CannotRun, match=f"The folder {folder} cannot be written; the database needs it."),
        ):
            open_database(f"sqlite:///{folder / 'yangguang.db'}", CREATE)


def test_read_only_file_is_said() -> None:
    with a_folder() as folder:
        path = folder / "yangguang.db"
        open_database(f"sqlite:///{path}", CREATE).dispose()
        path.chmod(0o444)

        with as_nobody(), pytest.raises(CannotRun, match=f"The database {path} is read-only."):
            open_database(f"sqlite:///{path}")


def test_file_of_another_kind_is_said(tmp_path: Path) -> None:
    path = tmp_path / "yangguang.db"
    path.write_bytes(b"PK\x03\x04 a workbook, by mistake" * 100)
    before = path.read_bytes()

    with pytest.raises(CannotRun, match="The file is not a database"):
        open_database(f"sqlite:///{path}")

    assert path.read_bytes() == before


def test_locked_file_is_busy(sqlite_url: str) -> None:
    with closing(sqlite3.connect(str(make_url(sqlite_url).database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(Busy):
            open_database(sqlite_url, DatabaseSettings(wait=0.05))


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_database_in_memory_is_refused(url: str) -> None:
    """Each connection would have one of its own."""
    with pytest.raises(CannotRun, match="A SQLite database is a file"):
        open_database(url, CREATE)


def test_server_that_is_not_there_is_said_without_its_password() -> None:
    with pytest.raises(CannotRun) as error:
        open_database("postgresql://clerk:secret@127.0.0.1:1/yangguang")

    assert str(error.value).startswith("PostgreSQL cannot be reached at postgresql://clerk:***@127.0.0.1:1/yangguang: ")
    assert "secret" not in str(error.value)


def test_database_that_the_server_does_not_have_is_said(empty_postgres_url: str) -> None:
    missing = make_url(empty_postgres_url).set(database="yg_missing").render_as_string(hide_password=False)

    with pytest.raises(CannotRun, match='database "yg_missing" does not exist'):
        open_database(missing)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://root@localhost/yangguang", "not mysql"),
        ("var/yangguang.db", "this cannot be read"),
        ("", "this cannot be read"),
    ],
)
def test_other_addresses_are_refused(url: str, said: str) -> None:
    with pytest.raises(CannotRun, match=said):
        open_database(url)


def test_limits_of_time_stand_on_every_connection(postgres_url: str) -> None:
    database = open_database(postgres_url)
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "timezone")
    with database.write() as connection:
        found = [connection.exec_driver_sql(f"show {name}").scalar() for name in names]
    database.dispose()

    assert found == ["5s", "30s", "30s", "UTC"]


@contextmanager
def a_folder() -> Iterator[Path]:
    """That anybody may enter; the folders of pytest are for their owner alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        try:
            yield folder
        finally:
            folder.chmod(stat.S_IRWXU)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everything; so it becomes somebody else for a moment."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)
