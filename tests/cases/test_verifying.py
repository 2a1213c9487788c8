"""`verify` finds each kind of tampering, and names it; what is untouched holds."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, RowMapping, delete, insert, select

from tests.cases.conftest import FAST, Model
from tests.cases.federation import Federation, an_office
from tests.cases.tampering import FOUND, Furnished, Tampering, furnish
from tests.conftest import DIALECTS, PostgresServer
from workflow.cases.verifying import verify
from workflow.store import open_database
from workflow.store.metadata import metadata


@pytest.fixture(scope="module", params=DIALECTS)
def furnished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """Built once; each test puts back what it has altered."""
    folder = tmp_path_factory.mktemp("furnished")
    if request.param == "sqlite":
        model: Model = request.getfixturevalue("sqlite_model")
        path = shutil.copy(model.url.removeprefix("sqlite:///"), folder / "federation.db")
        yield from furnished_at(f"sqlite:///{path}", model, folder)
        return
    model = request.getfixturevalue("postgres_model")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create(template=model.url)
    yield from furnished_at(url, model, folder)
    server.drop(url)


def furnished_at(url: str, model: Model, folder: Path) -> Iterator[Furnished]:
    database = open_database(url, FAST)
    office = an_office(database, folder, model.founded.office.versions)
    yield furnish(Federation(office=office, people=model.founded.people, places=model.founded.places))
    database.dispose()


def test_untouched_database_holds(furnished: Furnished) -> None:
    found = verify(furnished.federation.office)

    assert [what.say("en") for what in found.broken] == []
    assert found.summary.say("en").startswith("7 cases and rounds, 21 events: every chain and fold holds;")


@pytest.mark.parametrize("tampering", FOUND, ids=lambda tampering: tampering.__name__)
def test_tampering_is_found_and_named(furnished: Furnished, tampering: Tampering) -> None:
    database = furnished.federation.database
    with database.read() as connection:
        before = {table: connection.execute(select(table)).mappings().all() for table in metadata.sorted_tables}
    with database.write() as connection:
        tampering(connection, furnished)

    found = furnished.federation.broken()

    with database.write() as connection:
        put_back(connection, before)
    wanted = FOUND[tampering]
    assert len(found) == len(wanted), found
    assert [part for part, what in zip(wanted, found, strict=True) if part not in what] == [], found


def put_back(connection: Connection, before: dict[Any, Sequence[RowMapping]]) -> None:
    for table in reversed(metadata.sorted_tables):
        if connection.execute(select(table)).mappings().all() != before[table]:
            connection.execute(delete(table))
            if before[table]:
                connection.execute(insert(table), [dict(row) for row in before[table]])
