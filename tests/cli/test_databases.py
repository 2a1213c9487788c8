"""A database that cannot be used is said in one line, with what to do, by every command that needs one."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.cli.conftest import Yangguang, a_free_port
from tests.conftest import PostgresServer
from workflow.store import open_database

NEEDING = (
    ("verify",),
    ("token", "admin"),
    ("web",),
    ("scheduler",),
    ("import", "undo", "1"),
)
MAKING = (
    ("run",),
    ("upgrade",),
    ("import", "organisations", os.devnull),
)


def one_line(yangguang: Yangguang, arguments: tuple[str, ...], url: str) -> str:
    said = yangguang(*arguments, "--database", url)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    return said.err.strip()


@pytest.mark.parametrize("arguments", NEEDING, ids=" ".join)
def test_missing_database_is_said(yangguang: Yangguang, arguments: tuple[str, ...], tmp_path: Path) -> None:
    said = yangguang(*arguments)

    assert (said.code, said.err) == (2, "There is no database at var/yangguang.db.\n")
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("arguments", NEEDING[:2], ids=" ".join)
def test_database_without_tables_is_said(yangguang: Yangguang, arguments: tuple[str, ...], empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        Path(str(make_url(empty_url).database)).touch()

    assert one_line(yangguang, arguments, empty_url) == "The database has no tables yet; run `upgrade` first."


@pytest.mark.parametrize("arguments", [NEEDING[0], *MAKING], ids=" ".join)
def test_database_of_a_newer_version_is_said(
    yangguang: Yangguang, arguments: tuple[str, ...], database_url: str
) -> None:
    database = open_database(database_url)
    with database.write() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    database.dispose()

    said = one_line(yangguang, arguments, database_url)

    assert said.startswith("The database is of version 9999, this program only of ")


@pytest.mark.parametrize("arguments", [*NEEDING, *MAKING], ids=" ".join)
def test_postgresql_that_is_not_there_is_said(yangguang: Yangguang, arguments: tuple[str, ...]) -> None:
    port = a_free_port()

    said = one_line(yangguang, arguments, f"postgresql://somebody:secret@127.0.0.1:{port}/yangguang")

    assert said.startswith(f"PostgreSQL cannot be reached at postgresql://somebody:***@127.0.0.1:{port}/yangguang: ")
    assert "secret" not in said


def test_postgresql_database_that_is_not_there_is_said(yangguang: Yangguang, postgres_url: str) -> None:
    url = make_url(postgres_url).set(database="yangguang_nowhere").render_as_string(hide_password=False)

    assert one_line(yangguang, ("run",), url).endswith('database "yangguang_nowhere" does not exist')


def test_user_of_postgresql_without_rights_is_said(
    yangguang: Yangguang, postgres_server: PostgresServer, postgres_url: str
) -> None:
    with a_weak_user(postgres_server, postgres_url) as url:
        said = one_line(yangguang, ("verify",), url)

    assert said == "The user of the database may not do this; grant him all rights on its schema and tables."


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://127.0.0.1/yangguang", "A database is sqlite:///PATH or postgresql://…, not mysql."),
        ("yangguang.db", "A database is sqlite:///PATH or postgresql://…; this cannot be read."),
        ("sqlite://", "A SQLite database is a file; name one, as in sqlite:///var/yangguang.db."),
        ("sqlite:///.", ". is not a file."),
    ],
)
def test_address_that_is_none_is_said(yangguang: Yangguang, url: str, said: str) -> None:
    assert one_line(yangguang, ("run",), url) == said


def test_file_that_is_no_database_is_said_and_left_alone(yangguang: Yangguang, tmp_path: Path) -> None:
    file = tmp_path / "yangguang.db"
    file.write_bytes(b"a letter, by mistake" * 500)

    assert one_line(yangguang, ("run",), f"sqlite:///{file}") == "The file is not a database."
    assert file.read_bytes() == b"a letter, by mistake" * 500


def test_damaged_file_is_said(yangguang: Yangguang, sqlite_url: str) -> None:
    file = Path(str(make_url(sqlite_url).database))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    file.write_bytes(file.read_bytes()[:5000])

    said = one_line(yangguang, ("verify",), sqlite_url)

    assert said == "The database file is damaged; restore a backup."


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("YANGGUANG_SECRET", "short", "YANGGUANG_SECRET needs 32 characters or more."),
        ("YANGGUANG_SMTP_PORT", "mail", "YANGGUANG_SMTP_PORT is no number: “mail”."),
        ("YANGGUANG_SMTP_SECURITY", "ssl", "YANGGUANG_SMTP_SECURITY is none, starttls or tls, not “ssl”."),
        ("YANGGUANG_MAIL_FROM", "nobody", "The mail settings cannot be used: sender: no e-mail address in 'nobody'"),
        ("YANGGUANG_LOG", "loud", "YANGGUANG_LOG is debug, info, warning or error, not “loud”."),
    ],
)
def test_wrong_setting_is_named(
    yangguang: Yangguang, monkeypatch: pytest.MonkeyPatch, sqlite_url: str, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)

    assert one_line(yangguang, ("verify",), sqlite_url) == said


def test_wrong_setting_leaves_no_database_half_made(
    yangguang: Yangguang, monkeypatch: pytest.MonkeyPatch, empty_url: str
) -> None:
    monkeypatch.setenv("YANGGUANG_SMTP_PORT", "mail")
    one_line(yangguang, ("upgrade",), empty_url)
    monkeypatch.delenv("YANGGUANG_SMTP_PORT")

    assert yangguang("upgrade", "--database", empty_url).code == 0
    assert yangguang("token", "admin", "--database", empty_url).code == 0


def test_database_of_the_environment_is_taken(
    yangguang: Yangguang, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("YANGGUANG_DATABASE", database_url)

    assert yangguang("verify").code == 0


@contextmanager
def a_weak_user(server: PostgresServer, url: str) -> Iterator[str]:
    """Who may connect and nothing else; lets the test pass where the server asks for passwords."""
    name = f"yg_weak_{os.getpid()}"
    server.execute(f"create role {name} login password 'weak'")
    try:
        yield make_url(url).set(username=name, password="weak").render_as_string(hide_password=False)
    finally:
        with suppress(psycopg.Error):
            server.execute(f"drop role {name}")


def test_lost_secret_is_said_and_none_is_made_in_its_place(yangguang: Yangguang, tmp_path: Path) -> None:
    assert yangguang("upgrade").code == 0
    file = tmp_path / "var" / "yangguang.files" / "secret.key"
    secret = file.read_bytes()
    file.unlink()

    said = yangguang("verify")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert said.err.startswith("The secret of this database is neither in YANGGUANG_SECRET nor in ")
    assert not file.exists()

    file.write_bytes(secret)
    assert yangguang("verify").code == 0


def test_other_secret_than_before_is_refused(
    yangguang: Yangguang, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("YANGGUANG_SECRET", "a" * 32)
    assert yangguang("verify", "--database", database_url).code == 0

    monkeypatch.setenv("YANGGUANG_SECRET", "b" * 32)
    said = one_line(yangguang, ("verify",), database_url)
    assert said.startswith("This database was used with another secret")
