"""A small district for tests: a federation, two townships, an enterprise, and people who hold posts in them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, event

from workflow.engine.directory import Directory, Principal
from workflow.errors import InvalidData
from workflow.people.changing import changing, forget_touched, touched
from workflow.people.directory import load_directory
from workflow.people.organisations import add_organisations
from workflow.people.persons import add_persons
from workflow.people.posts import appoint_many
from workflow.store import Database

BEFORE = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
LATER = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class District:
    top: Principal
    east: Principal
    west: Principal
    works: Principal  #: an enterprise of the eastern township
    wang: Principal  #: its union chair, employed there
    li: Principal  #: reviewer of the eastern township


def a_district(database: Database) -> District:
    """As it was when nobody had to look at it again."""
    with changing(database, BEFORE) as change:
        (top,) = add_organisations(change, [{"name": "示范区总工会", "level": "district"}])
        east, west = add_organisations(
            change,
            [
                {"name": "城东镇", "level": "township", "parent": top},
                {"name": "城西镇", "level": "township", "parent": top},
            ],
        )
        (works,) = add_organisations(change, [{"name": "金彭车业", "level": "enterprise", "parent": east}])
        wang, li = add_persons(
            change, [{"name": "王芳", "login": "wangfang", "employer": works}, {"name": "李强", "login": "liqiang"}]
        )
        appoint_many(
            change,
            [
                {"person": wang, "role": "union_chair", "organisation": works},
                {"person": li, "role": "reviewer", "organisation": east},
            ],
        )
    forget(database)
    return District(top=top, east=east, west=west, works=works, wang=wang, li=li)


def loaded(database: Database) -> Directory:
    with database.read() as connection:
        return load_directory(connection)


def places_touched(database: Database) -> list[Principal]:
    with database.read() as connection:
        return touched(connection)


def forget(database: Database) -> None:
    number = loaded(database).number
    with database.write() as connection:
        forget_touched(connection, number)


def wrong(doing: Callable[[], object]) -> list[tuple[str, str]]:
    """Where what is done is refused, and by which code."""
    with pytest.raises(InvalidData) as refused:
        doing()
    return [(problem.at, problem.code) for problem in refused.value.problems]


@contextmanager
def counting(connection: Connection) -> Iterator[list[str]]:
    """The statements that run meanwhile; SQLite is told to begin."""
    seen: list[str] = []

    @event.listens_for(connection, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement != "BEGIN":
            seen.append(statement)

    yield seen
    event.remove(connection, "before_cursor_execute", note)
