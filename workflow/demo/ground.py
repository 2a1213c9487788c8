"""The ground that a demo is built on: nothing, or what an earlier demo left."""

import shutil
from pathlib import Path

from workflow.clock.settable import DEMO
from workflow.errors import CannotRun
from workflow.store import DatabaseSettings, clear, open_database, schema_version
from workflow.store.service import service_value
from workflow.text import sentence


def clear_ground(url: str, folder: Path) -> None:
    """Takes an earlier demo away, with its files. Raises CannotRun where the database is used for real."""
    database = open_database(url, DatabaseSettings(create=True))
    try:
        if schema_version(database) is None:
            return
        with database.read() as connection:
            kind = service_value(connection, "kind")
        if kind != DEMO:
            raise CannotRun(
                sentence("This database is a real one; the demo needs one of its own, named by --database.")
            )
        clear(database)
    finally:
        database.dispose()
    shutil.rmtree(folder, ignore_errors=True)
