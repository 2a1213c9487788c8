"""The one way to the data: engine and pool, transactions, column types, migrations, leases, the hash chain.

Knows no other room; each room writes its own tables on this metadata.
"""

from workflow.store.database import Database, DatabaseSettings
from workflow.store.failures import retrying
from workflow.store.opening import open_database
from workflow.store.schema import clear, require_current, schema_version, upgrade

__all__ = [
    "Database",
    "DatabaseSettings",
    "clear",
    "open_database",
    "require_current",
    "retrying",
    "schema_version",
    "upgrade",
]
