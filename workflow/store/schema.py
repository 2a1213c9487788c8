"""The tables as the migrations make them, and which version of them a database has."""

from importlib.resources import files

from sqlalchemy import Connection, MetaData, inspect
from sqlalchemy.exc import DBAPIError

from workflow.errors import CannotRun
from workflow.store.database import Database
from workflow.text import sentence


def newest_version() -> str:
    """Of this program. Versions are numbered, and so are the files."""
    versions = files("workflow.store").joinpath("migrations", "versions").iterdir()
    return max(entry.name.partition("_")[0] for entry in versions if entry.name[:1].isdigit())


def schema_version(database: Database) -> str | None:
    """Of the database; none where there are no tables yet."""
    with database.read() as connection:
        return _version(connection)


def require_current(database: Database) -> None:
    """Raises CannotRun unless the tables are those of this program."""
    version = schema_version(database)
    if version is None:
        raise CannotRun(sentence("The database has no tables yet; run `upgrade` first."))
    _refuse_newer(version)
    if version < newest_version():
        raise CannotRun(
            sentence(
                "The database is of version {version}, this program of {newest}; run `upgrade` first.",
                version=version,
                newest=newest_version(),
            )
        )


def upgrade(database: Database) -> None:
    """Brings the tables to the newest version, in one transaction: a migration that fails leaves the old state.

    Raises CannotRun when they are of a newer version. Two processes may upgrade at once: the later one finds it done.
    """
    try:
        with database.altering() as connection:
            _migrate(connection)
    except DBAPIError:
        if schema_version(database) != newest_version():
            raise


def clear(database: Database) -> None:
    """Drops every table, with all that is in it."""
    found = MetaData()
    with database.altering() as connection:
        found.reflect(connection)
        found.drop_all(connection)


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 -- slow import
    from alembic.config import Config  # noqa: PLC0415 -- slow import

    version = _version(connection)
    if version is not None:
        _refuse_newer(version)
    config = Config()
    config.set_main_option("script_location", "workflow.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.exec_driver_sql("select version_num from alembic_version").scalar()
    return None if version is None else str(version)


def _refuse_newer(version: str) -> None:
    if version > newest_version():
        raise CannotRun(
            sentence(
                "The database is of version {version}, this program only of {newest}; use the newer program.",
                version=version,
                newest=newest_version(),
            )
        )
