"""A change of the directory: one transaction, the number that rises with it, and where tasks may have to be resolved again."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from workflow.engine.directory import Principal
from workflow.people.tables import directory, holding, person, post, principal
from workflow.people.tables import touched as touched_table
from workflow.store import Database

#: Ids in one statement, far below what either database takes.
AT_ONCE = 5_000

# SQLite has one writer anyway, and leaves the lock out.
_NUMBER = select(directory.c.n).where(directory.c.id == 1).with_for_update()


class Change:
    """What happens to the directory in one transaction. Others wait, so what was checked still holds when written."""

    def __init__(self, connection: Connection, number: int, at: datetime) -> None:
        self.connection = connection
        self.number = number  #: of the directory, once this is committed
        self.at = at
        self.happened = False
        self.touched: set[Principal] = set()

    def touch(self, organisations: Iterable[Principal | None] = ()) -> None:
        """Something has changed, and tasks in the branches of these organisations may now be for others."""
        self.happened = True
        self.touched.update(place for place in organisations if place is not None)

    def touch_persons(self, persons: Sequence[Principal]) -> None:
        """A change of persons touches where they hold posts and where they are employed."""
        self.touch(_places_of(self.connection, persons, self.at))


@contextmanager
def changing(database: Database, at: datetime | None = None) -> Iterator[Change]:
    """A transaction for any number of changes, as an import makes them: all or none, and one number. `at`: else now."""
    with database.write() as connection:
        number = lock_directory(connection) + 1
        change = Change(connection, number, at or database.now(connection))
        yield change
        if change.happened:
            raise_number(connection, number, change.touched)


def lock_directory(connection: Connection) -> int:
    """The number as it stands, kept from rising by anybody else until the transaction ends."""
    number: int = connection.execute(_NUMBER).scalar_one()
    return number


def raise_number(connection: Connection, number: int, places: Iterable[Principal]) -> None:
    connection.execute(update(directory).where(directory.c.id == 1).values(n=number))
    rows = [{"organisation": place, "n": number} for place in sorted(places)]
    if rows:
        before = delete(touched_table).where(touched_table.c.organisation == bindparam("place"))
        connection.execute(before, [{"place": row["organisation"]} for row in rows])
        connection.execute(insert(touched_table), rows)


def touched(connection: Connection) -> list[Principal]:
    """The organisations in whose branches people, roles or units have changed since the last `forget_touched`."""
    return list(connection.scalars(select(touched_table.c.organisation).order_by(touched_table.c.organisation)))


def forget_touched(connection: Connection, upto_n: int) -> None:
    """Open tasks were resolved with the directory of this number; what was touched later stays."""
    # In the order in which a change takes them, so that the two never wait for each other.
    lock_directory(connection)
    connection.execute(delete(touched_table).where(touched_table.c.n <= upto_n))


def new_principals(connection: Connection, kind: str, count: int) -> list[Principal]:
    if not count:
        return []
    statement = insert(principal).returning(principal.c.id)
    return sorted(connection.scalars(statement, [{"kind": kind}] * count))


def in_parts(ids: Iterable[Principal]) -> Iterator[list[Principal]]:
    """In order, without repeats, and so many at once that a statement takes them."""
    rest = sorted(set(ids))
    for start in range(0, len(rest), AT_ONCE):
        yield rest[start : start + AT_ONCE]


def _places_of(connection: Connection, persons: Sequence[Principal], at: datetime) -> set[Principal]:
    found: set[Principal] = set()
    posts = select(post.c.organisation).join(holding, holding.c.principal == post.c.id)
    still = or_(holding.c.valid_until.is_(None), holding.c.valid_until > at)
    employers = select(person.c.employer)
    for part in in_parts(persons):
        found.update(connection.scalars(posts.where(holding.c.person.in_(part), still)))
        found.update(place for place in connection.scalars(employers.where(person.c.id.in_(part))) if place is not None)
    return found
