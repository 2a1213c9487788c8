"""The migrations make the tables that the rooms have written down, and nothing else."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, inspect
from sqlalchemy.exc import DBAPIError

import workflow.cases.tables
import workflow.clock.tables
import workflow.messages.tables
import workflow.people.tables
import workflow.records.tables
import workflow.store.tables
from workflow.errors import CannotRun
from workflow.store import Database, DatabaseSettings, open_database, require_current, schema_version, upgrade
from workflow.store.metadata import metadata
from workflow.store.schema import newest_version

ROOMS = (
    workflow.cases.tables,
    workflow.clock.tables,
    workflow.messages.tables,
    workflow.people.tables,
    workflow.records.tables,
    workflow.store.tables,
)

#: What PostgreSQL knows of its tables, one line a thing, in no schema's name.
POSTGRES_DDL = """
    select 'index', tablename, indexdef from pg_indexes where schemaname = current_schema()
    union all
    select 'constraint', conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
        from pg_constraint where connamespace = current_schema()::regnamespace
    union all
    select 'column', table_name, concat_ws(' ', column_name, data_type, is_nullable, column_default, collation_name,
        is_identity, identity_generation) from information_schema.columns where table_schema = current_schema()
    union all
    select 'table', relname, array_to_string(reloptions, ' ')
        from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace
"""


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = open_database(empty_url, DatabaseSettings(create=True))
    yield database
    database.dispose()


@pytest.fixture
def modelled(database: Database, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A second database of the same kind, with its tables straight from the models."""
    url = request.getfixturevalue("empty_sqlite_url" if database.dialect == "sqlite" else "empty_postgres_url")
    second = open_database(url, DatabaseSettings(create=True))
    with second.write() as connection:
        metadata.create_all(connection)
    yield second
    second.dispose()


def test_migrated_tables_are_those_of_the_models(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, metadata) == []


def test_migrated_tables_are_the_same_to_the_letter(database: Database, modelled: Database) -> None:
    """Partial indexes, fill factors, constraints and their names too, which Alembic does not compare."""
    assert ddl(database) == ddl(modelled)


def test_partial_indexes_are_partial(database: Database) -> None:
    found = {line for line in ddl(database) if " where " in line.lower()}

    assert {name for line in found for name in line.replace('"', " ").split() if name.startswith("ix_")} == {
        "ix_effect_next_at",
        "ix_effect_undone",
        "ix_event_beginning",
        "ix_incident_at",
        "ix_job_next_at",
        "ix_message_next_at",
    }


def test_directory_has_its_counter(database: Database) -> None:
    with database.read() as connection:
        assert connection.exec_driver_sql("select id, n from directory").all() == [(1, 0)]


def test_every_room_has_its_tables_on_the_one_metadata() -> None:
    written = {table.name for room in ROOMS for table in vars(room).values() if isinstance(table, Table)}

    assert written == set(metadata.tables)


def test_names_fit_into_postgresql() -> None:
    of_indexes = [str(index.name) for table in metadata.tables.values() for index in table.indexes]
    of_constraints = [str(each.name) for table in metadata.tables.values() for each in table.constraints]

    assert [name for name in of_indexes + of_constraints if len(name) > 63] == []


def test_nothing_has_a_default_in_the_database() -> None:
    assert [column for table in metadata.tables.values() for column in table.columns if column.server_default] == [
        table.c.id for table in metadata.tables.values() if "id" in table.c and table.c.id.identity is not None
    ]


# --- upgrading ---


def test_upgrade_makes_all_tables(empty: Database) -> None:
    assert schema_version(empty) is None

    upgrade(empty)

    assert schema_version(empty) == newest_version()
    assert set(tables(empty)) == {*metadata.tables, "alembic_version"}
    require_current(empty)


def test_upgrade_again_changes_nothing(database: Database) -> None:
    before = ddl(database)

    upgrade(database)

    assert ddl(database) == before


def test_upgrade_that_comes_second_finds_it_done(empty_postgres_url: str) -> None:
    """Another process has made the tables, but has not committed yet."""
    first, second = open_database(empty_postgres_url), open_database(empty_postgres_url)
    with ThreadPoolExecutor(1) as thread:
        with first.altering() as connection:
            metadata.create_all(connection)
            connection.exec_driver_sql("create table alembic_version (version_num varchar(32) primary key)")
            connection.exec_driver_sql("insert into alembic_version values (%s)", (newest_version(),))
            upgrading = thread.submit(upgrade, second)
            while not somebody_waits(connection):
                assert not upgrading.done()
        upgrading.result(10)

    assert schema_version(second) == newest_version()
    first.dispose()
    second.dispose()


def test_migration_that_fails_leaves_the_old_state(empty: Database) -> None:
    """A table of this name is in the way of one of the last that are made."""
    with empty.write() as connection:
        connection.exec_driver_sql("create table import_row (stranger text)")

    with pytest.raises(DBAPIError, match="import_row"):
        upgrade(empty)

    assert tables(empty) == ["import_row"]
    assert schema_version(empty) is None


def test_orphans_of_a_migration_undo_it(sqlite_url: str) -> None:
    database = open_database(sqlite_url)

    with pytest.raises(CannotRun, match="without what they belong to, in token"), database.altering() as connection:
        connection.exec_driver_sql("insert into token values (x'00', 77, '', null)")

    with database.read() as connection:
        assert connection.exec_driver_sql("select count(*) from token").scalar() == 0
    database.dispose()


def test_foreign_keys_hold_otherwise(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), database.write() as connection:
        connection.exec_driver_sql("insert into post (id, role, organisation) values (77, 'officer', 78)")


# --- refusing ---


def test_empty_database_asks_for_upgrade(empty: Database) -> None:
    with pytest.raises(CannotRun, match="no tables yet; run `upgrade` first"):
        require_current(empty)


def test_older_database_asks_for_upgrade(database: Database) -> None:
    set_version(database, "0000")

    with pytest.raises(CannotRun, match=r"of version 0000, .* run `upgrade` first"):
        require_current(database)


@pytest.mark.parametrize("refusing", [require_current, upgrade])
def test_newer_database_is_refused(refusing: Callable[[Database], None], database: Database) -> None:
    set_version(database, "9999")

    with pytest.raises(CannotRun, match=r"of version 9999, .* use the newer program"):
        refusing(database)

    assert schema_version(database) == "9999"


def test_newest_version_is_the_head_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", "workflow.store:migrations")
    config.set_main_option("path_separator", "os")

    assert ScriptDirectory.from_config(config).get_heads() == [newest_version()]


def somebody_waits(connection: Connection) -> bool:
    statement = "select count(*) from pg_locks where not granted and pid <> pg_backend_pid()"
    return bool(connection.exec_driver_sql(statement).scalar())


def set_version(database: Database, version: str) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(f"update alembic_version set version_num = '{version}'")


def tables(database: Database) -> list[str]:
    with database.read() as connection:
        return inspect(connection).get_table_names()


def ddl(database: Database) -> list[str]:
    """Everything the database itself says about its tables, Alembic's own left out."""
    statement = POSTGRES_DDL if database.dialect == "postgresql" else "select type, tbl_name, sql from sqlite_master"
    with database.read() as connection:
        found = connection.exec_driver_sql(statement).all()
    return sorted(f"{kind} {table} {in_any_order(said)}" for kind, table, said in found if table != "alembic_version")


def in_any_order(statement: str | None) -> str:
    """SQLite keeps the text of a statement: the order in which constraints were written, columns of later on one line."""
    lines = (line.strip(" \t,") for line in re.split(r"\n|, (?![^(]*\))", statement or ""))
    return "\n".join(sorted(line for line in lines if line))
