"""The office: a database with what a process keeps in memory beside it, and what higher rooms have registered."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from workflow.calendar import Calendar, chinese_calendar
from workflow.cases.tables import calendar_day
from workflow.cases.versions import Versions
from workflow.definition.form import Kept
from workflow.definition.model import Source
from workflow.engine.context import File
from workflow.engine.directory import Directory, Principal
from workflow.engine.subject import Case
from workflow.errors import CannotRun
from workflow.people.directory import DirectoryCache
from workflow.store import Database
from workflow.store.service import service_value, set_service_value
from workflow.text import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectToDo:
    """What a step ordered, as it is handed to whoever does it. It may be handed over more than once."""

    case_id: UUID
    seq: int
    number: int
    kind: str
    payload: Mapping[str, Any]
    at: datetime  #: now


#: Of the service's values: which secrets the database is used with.
_SECRETS = "secrets"

#: Does an effect within the transaction that marks it as done.
Recorder = Callable[["Office", Connection, EffectToDo], None]
#: Looks up what a field with `from` finds in a higher room: honours, indicators.
FactSource = Callable[["Office", Connection, Source, Case], Kept]


#: The attachments of a case, as far as a form asks.
FilesOf = Callable[[Connection, UUID], Mapping[str, File]]
#: Who holds an honour now, each with the unit for which it was granted; those who got it first first.
HoldersOf = Callable[[Connection, str, datetime], Sequence[tuple[Principal, Principal | None]]]
#: What is done once a day; how much it was. It may be done again.
Chore = Callable[["Office", datetime], int]


def _no_files(_: Connection, __: UUID) -> Mapping[str, File]:
    return {}


def _no_holders(_: Connection, __: str, ___: datetime) -> Sequence[tuple[Principal, Principal | None]]:
    return ()


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not lie in the database: from one master secret, a key for each purpose."""

    master: bytes

    def key(self, purpose: str) -> bytes:
        return hmac.new(self.master, purpose.encode(), sha256).digest()


def has_secrets(database: Database) -> bool:
    """Whether the database was used with some."""
    with database.read() as connection:
        return service_value(connection, _SECRETS) is not None


def require_same_secrets(database: Database, secrets: Secrets) -> None:
    """Raises CannotRun where the database was used with other secrets: its ballots could not be opened with these."""
    mark = secrets.key("mark").hex()[:16]
    with database.read() as connection:
        known = service_value(connection, _SECRETS)
    if known is None:
        with database.write() as connection:
            set_service_value(connection, _SECRETS, mark)
    elif known != mark:
        raise CannotRun(
            sentence("This database was used with another secret; give that one, by YANGGUANG_SECRET or as secret.key.")
        )


@dataclass(slots=True, eq=False)
class Office:
    database: Database
    secrets: Secrets
    versions: Versions = field(default_factory=Versions)
    directories: DirectoryCache = field(default_factory=DirectoryCache)
    recorders: dict[str, Recorder] = field(default_factory=dict)
    sources: dict[str, FactSource] = field(default_factory=dict)
    files_of: FilesOf = field(default=_no_files)
    holders_of: HoldersOf = field(default=_no_holders)
    chores: dict[str, Chore] = field(default_factory=dict)  #: by name, for the logs
    folder: Path = field(default_factory=Path)  #: where files lie that belong to the database
    _calendar: Calendar | None = None
    _calendar_number: str | None = None
    _lock: Lock = field(default_factory=Lock)

    def directory(self, connection: Connection) -> Directory:
        return self.directories.current(connection)

    def calendar(self, connection: Connection) -> Calendar:
        """The working days, with the overrides of the table; read again when these have changed."""
        number = service_value(connection, "calendar")
        with self._lock:
            if self._calendar is None or number != self._calendar_number:
                self._calendar, self._calendar_number = read_calendar(connection), number
            return self._calendar

    def known_calendar(self, number: str | None) -> Calendar | None:
        """The calendar without looking, if it is still of this number."""
        return self._calendar if number == self._calendar_number else None


def read_calendar(connection: Connection) -> Calendar:
    """The library's days, and those of the table, which win over them."""
    days = {row.day: row.working for row in connection.execute(select(calendar_day.c.day, calendar_day.c.working))}
    published = {day.year for day, working in days.items() if working}
    return chinese_calendar().with_days(days, published)
