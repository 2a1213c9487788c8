"""What databases say when they cannot, in our words: Busy when it helps to try again, CannotRun when somebody must act.

What is neither (a unique violation, a wrong statement) stays as the driver said it.
"""

import sqlite3
from collections.abc import Callable
from typing import Final, Literal, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from workflow.errors import Busy, CannotRun, WorkflowError
from workflow.text import Sentence, sentence

Result = TypeVar("Result")

#: The fact `cause` of every Busy that comes from here.
Cause = Literal["locked", "slow", "connections", "connection", "serialisation", "deadlock"]

#: Nothing of the act is there, or all of it, and its request key tells which: it may be done again at once.
REPEATABLE: Final = frozenset({"connection", "serialisation", "deadlock"})

_BUSY: Final[dict[str | int, Cause]] = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    "40001": "serialisation",
    "40P01": "deadlock",
    "55P03": "locked",  # lock_timeout
    "57014": "slow",  # statement_timeout
    "53300": "connections",
    "57P01": "connection",  # an administrator ended it
    "57P02": "connection",
    "57P03": "connection",  # starting up, or recovering
    "57P05": "connection",
    "25P03": "connection",  # idle in a transaction for too long
}
_READ_ONLY: Final = ("25006", sqlite3.SQLITE_READONLY)
_CANNOT: Final[dict[str | int, Sentence]] = {
    "25006": sentence("The database is read-only."),
    "42501": sentence("The user of the database may not do this; grant him all rights on its schema and tables."),
    "53100": sentence("The disk of the database is full."),
    "53200": sentence("The database is out of memory."),
    sqlite3.SQLITE_READONLY: sentence("The database is read-only."),
    sqlite3.SQLITE_FULL: sentence("The disk of the database is full."),
    sqlite3.SQLITE_IOERR: sentence("The disk of the database cannot be read or written."),
    sqlite3.SQLITE_CANTOPEN: sentence("The database cannot be opened; its folder must be there and writable."),
    sqlite3.SQLITE_CORRUPT: sentence("The database file is damaged; restore a backup."),
    sqlite3.SQLITE_NOTADB: sentence("The file is not a database."),
}


def in_our_words(error: Exception, *, reading: bool = False) -> WorkflowError | None:
    """The error to raise instead of the driver's or SQLAlchemy's; none where it means something else.

    Who writes where he may only read has made a mistake in the program: that is not told as a read-only database.
    """
    if isinstance(error, PoolExhausted):
        return Busy(cause="connections")
    said = error.orig if isinstance(error, DBAPIError) else error
    code = _code(said)
    if reading and code in _READ_ONLY:
        return None
    if code in _CANNOT:
        return CannotRun(_CANNOT[code])
    cause = _BUSY.get(code) or _unnamed(said, code)
    return None if cause is None else Busy(cause=cause)


def violated(error: Exception) -> str | None:
    """What a violated key or constraint says; none for any other error. By name (PEP 249), like `_is_operational`."""
    said = error.orig if isinstance(error, DBAPIError) else error
    is_violation = any(kind.__name__ == "IntegrityError" for kind in type(said).__mro__)
    return str(said) if is_violation else None


def retrying(function: Callable[[], Result], tries: int = 4) -> Result:
    """Calls again after a deadlock, a serialisation failure, a broken connection; then lets Busy out.

    For `act` alone: all that it does is found again by its request key.
    """
    for _ in range(tries - 1):
        try:
            return function()
        except Busy as busy:
            if busy.facts.get("cause") not in REPEATABLE:
                raise
    return function()


def _code(error: BaseException | None) -> str | int:
    """PostgreSQL's five characters, SQLite's number; an empty text where there is neither."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says where in SQLite it arose
    return getattr(error, "sqlstate", None) or ""


def _unnamed(error: BaseException | None, code: str | int) -> Cause | None:
    """Without a code PostgreSQL never came to the statement: refused, cut off, timed out while connecting."""
    if isinstance(code, int):
        return None
    lost = code.startswith("08") or (code == "" and _is_operational(error))
    return "connection" if lost else None


def _is_operational(error: BaseException | None) -> bool:
    """By name (PEP 249), so that nothing imports psycopg where SQLite is all there is."""
    return any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)
