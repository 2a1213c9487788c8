"""From a URL to a database that is there."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from workflow.errors import CannotRun
from workflow.store.database import Database, DatabaseSettings
from workflow.store.postgresql import PostgresDatabase
from workflow.store.sqlite import SqliteDatabase, require_file
from workflow.text import sentence


def open_database(url: str, settings: DatabaseSettings | None = None) -> Database:
    """Opens `sqlite:///PATH` or `postgresql://…`; raises CannotRun with what is wrong, Busy when it is locked.

    The tables are another matter: `schema.require_current`.
    """
    settings = settings or DatabaseSettings()
    parsed = _parsed(url)
    match parsed.get_backend_name():
        case "sqlite":
            require_file(parsed, create=settings.create)
            database: SqliteDatabase | PostgresDatabase = SqliteDatabase(parsed, settings)
        case "postgresql":
            database = PostgresDatabase(parsed, settings)
        case other:
            raise CannotRun(sentence("A database is sqlite:///PATH or postgresql://…, not {kind}.", kind=other))
    database.open()
    return database


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise CannotRun(sentence("A database is sqlite:///PATH or postgresql://…; this cannot be read.")) from error
