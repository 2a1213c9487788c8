"""Published definitions: immutable versions, numbered, known by the SHA-256 of their texts; read and compiled once."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from threading import Lock

import msgspec
from sqlalchemy import Connection, RowMapping, func, insert, select
from sqlalchemy.exc import IntegrityError

from workflow.calendar import Calendar
from workflow.cases.tables import definition_version
from workflow.definition.loading import load_definition
from workflow.definition.model import Definition
from workflow.engine.checking import check
from workflow.engine.directory import Principal
from workflow.errors import DefinitionWrong, NotFound, Problem
from workflow.store import Database
from workflow.store.chain import canonical
from workflow.text import sentence


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """All that a version holds: the definition, its stories, and the texts of mails and documents by file name."""

    definition: str
    stories: str | None = None
    texts: dict[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One published text."""

    key: str
    number: int
    digest: bytes
    texts: Texts
    published_at: datetime
    by: Principal | None
    definition: Definition


@dataclass(frozen=True, slots=True)
class Published:
    version: Version
    new: bool


class Versions:
    """The versions of one database; each is read once and kept, as it never changes."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Version] = {}
        self._lock = Lock()

    def get(self, connection: Connection, key: str, number: int) -> Version:
        known = self._known.get((key, number))
        if known is not None:
            return known
        rows = definition_version
        row = (
            connection.execute(select(rows).where(rows.c.key == key, rows.c.number == number)).mappings().one_or_none()
        )
        if row is None:
            raise NotFound(sentence("There is no definition “{key}”.", key=key))
        with self._lock:
            return self._known.setdefault((key, number), _version(row))

    def known(self, key: str, number: int) -> Version | None:
        return self._known.get((key, number))

    def newest(self, connection: Connection, key: str) -> Version:
        rows = definition_version
        number = connection.scalar(select(func.max(rows.c.number)).where(rows.c.key == key))
        if number is None:
            raise NotFound(sentence("There is no definition “{key}”.", key=key))
        return self.get(connection, key, number)

    def all_newest(self, connection: Connection) -> list[Version]:
        rows = definition_version
        newest = select(rows.c.key, func.max(rows.c.number).label("number")).group_by(rows.c.key).order_by(rows.c.key)
        return [self.get(connection, row.key, row.number) for row in connection.execute(newest)]

    def all_of(self, connection: Connection, key: str) -> list[Version]:
        """Every version of a definition, the newest first."""
        rows = definition_version
        numbers = connection.scalars(
            select(rows.c.number).where(rows.c.key == key).order_by(rows.c.number.desc())
        ).all()
        if not numbers:
            raise NotFound(sentence("There is no definition “{key}”.", key=key))
        return [self.get(connection, key, number) for number in numbers]


def publish(
    database: Database,
    versions: Versions,
    texts: Texts,
    *,
    calendar: Calendar,
    key: str | None = None,
    by: Principal | None = None,
) -> Published:
    """A new version, or the newest where the texts are its own. Raises DefinitionWrong with every problem."""
    checked = check(texts.definition, texts.stories, texts.texts, calendar)
    if checked.definition is None:
        raise DefinitionWrong(checked.errors)
    if key is not None and checked.definition.key != key:
        other = sentence(
            "The file's key is “{found}”, the address says “{wanted}”.", found=checked.definition.key, wanted=key
        )
        raise DefinitionWrong((Problem("key", "wrong_type", other, line=1),))
    return publish_checked(database, versions, texts, checked.definition.key, by=by)


def publish_checked(
    database: Database, versions: Versions, texts: Texts, key: str, *, by: Principal | None = None
) -> Published:
    """The same for texts that were checked before, as those that are shipped."""
    while True:
        try:
            return _store(database, versions, key, texts, by)
        except IntegrityError:  # somebody published at the same moment; then that is the newest
            continue


def digest_of(texts: Texts) -> bytes:
    return sha256(canonical(texts)).digest()


def _store(database: Database, versions: Versions, key: str, texts: Texts, by: Principal | None) -> Published:
    rows = definition_version
    digest = digest_of(texts)
    with database.write() as connection:
        newest = connection.execute(
            select(rows.c.number, rows.c.sha256).where(rows.c.key == key).order_by(rows.c.number.desc()).limit(1)
        ).one_or_none()
        if newest is not None and newest.sha256 == digest:
            return Published(versions.get(connection, key, newest.number), new=False)
        number = 1 if newest is None else newest.number + 1
        connection.execute(
            insert(rows).values(
                key=key,
                number=number,
                sha256=digest,
                text=canonical(texts).decode(),
                published_at=database.now(connection),
                by=by,
            )
        )
        return Published(versions.get(connection, key, number), new=True)


def _version(row: RowMapping) -> Version:
    texts = msgspec.json.decode(row["text"], type=Texts)
    return Version(
        key=row["key"],
        number=row["number"],
        digest=row["sha256"],
        texts=texts,
        published_at=row["published_at"],
        by=row["by"],
        definition=load_definition(texts.definition).published(),
    )
