"""The frozen Directory that the engine asks: as the tables have it, kept until they change."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from threading import Lock

import msgspec
from sqlalchemy import Connection, select

from workflow.engine.directory import Directory, Holding, Organisation, Person, Post, StandIn
from workflow.people.tables import delegation, directory, holding, organisation, person, post

_NUMBER = select(directory.c.n).where(directory.c.id == 1)
_NOTHING: Mapping[str, object] = {}


class DirectoryCache:
    """The directory as this process last read it, one cache a database, for any number of threads."""

    def __init__(self) -> None:
        self._known: Directory | None = None
        self._loading = Lock()

    def known(self) -> Directory | None:
        """Without asking the database; its `number` says how new it is."""
        return self._known

    def current(self, connection: Connection) -> Directory:
        """The directory as the connection sees it; read anew only when its number differs.

        Not within a transaction that has changed the directory: what is rolled back would be remembered.
        """
        number = directory_number(connection)
        found = self._known
        if found is not None and found.number == number:
            return found
        with self._loading:
            if self._known is None or self._known.number != number:
                self._known = load_directory(connection)
            return self._known


def directory_number(connection: Connection) -> int:
    """How often the directory has changed."""
    number: int = connection.execute(_NUMBER).scalar_one()
    return number


def load_directory(connection: Connection) -> Directory:
    """Everybody and everything, the ended too, with their validity.

    Without a snapshot it may be newer than its number, never torn: what refers is read before what it refers to, and
    nothing is deleted.
    """
    number = directory_number(connection)
    stand_ins = tuple(_stand_ins(connection))
    holdings = tuple(_holdings(connection))
    posts = {found.id: found for found in _posts(connection)}
    persons = {found.id: found for found in _persons(connection)}
    organisations = {found.id: found for found in _organisations(connection)}
    return Directory(organisations, persons, posts, holdings, stand_ins, number)


def columns_of(text: str) -> Mapping[str, object]:
    """The register's other columns, from the text that holds them."""
    if text == "{}":
        return _NOTHING
    found: dict[str, object] = msgspec.json.decode(text)
    return found


def _organisations(connection: Connection) -> Iterator[Organisation]:
    table = organisation.c
    statement = select(
        table.id,
        table.name,
        table.level,
        table.kind,
        table.parent,
        table.members,
        table.workers,
        table.columns,
        table.valid_until,
    ).order_by(table.id)
    for key, name, level, kind, parent, members, workers, columns, until in connection.execute(statement):
        counts = {column: n for column, n in (("members", members), ("workers", workers)) if n is not None}
        yield Organisation(
            id=key,
            name=name,
            level=level,
            kind=kind,
            parent=parent,
            columns={**counts, **columns_of(columns)},
            until=until,
        )


def _persons(connection: Connection) -> Iterator[Person]:
    table = person.c
    statement = select(
        table.id,
        table.name,
        table.login,
        table.mobile,
        table.email,
        table.language,
        table.employer,
        table.born_on,
        table.columns,
        table.valid_until,
    ).order_by(table.id)
    for key, name, login, mobile, email, language, employer, born_on, columns, until in connection.execute(statement):
        yield Person(
            id=key,
            name=name,
            login=login,
            mobile=mobile,
            email=email,
            language="en" if language == "en" else "zh",
            employer=employer,
            born_on=born_on,
            columns=columns_of(columns),
            until=until,
        )


def _posts(connection: Connection) -> Iterator[Post]:
    for key, role, place in connection.execute(select(post.c.id, post.c.role, post.c.organisation).order_by(post.c.id)):
        yield Post(id=key, role=role, organisation=place)


def _holdings(connection: Connection) -> Iterator[Holding]:
    """Those who joined first first, as the engine wants them."""
    table = holding.c
    statement = select(table.person, table.principal, table.valid_from, table.valid_until)
    rows = connection.execute(statement.order_by(table.valid_from, table.person))
    for holder, principal, since, until in rows:
        yield Holding(person=holder, post=principal, since=since, until=until)


def _stand_ins(connection: Connection) -> Iterator[StandIn]:
    table = delegation.c
    statement = select(
        table.to_person, table.from_person, table.begins, table.ends, table.ended_at, table.definition
    ).order_by(table.id)
    for stands_in, absent, begins, ends, ended_at, definition in connection.execute(statement):
        yield StandIn(
            person=stands_in, absent=absent, begins=begins, ends=_earlier(ends, ended_at), definition=definition
        )


def _earlier(ends: datetime, ended_at: datetime | None) -> datetime:
    return ends if ended_at is None else min(ends, ended_at)
