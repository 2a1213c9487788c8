"""`verify` finds each kind of tampering, and names it; what is untouched holds."""

import shutil
from collections.abc import Iterator

import pytest

from tests.cases.conftest import FAST, Model
from tests.cases.federation import Federation, all_rows, an_office, put_back
from tests.cases.furnished import Furnished, furnish
from tests.cases.tampering import FOUND, Tampering
from tests.conftest import DIALECTS, PostgresServer
from workflow.cases.verifying import verify
from workflow.store import open_database


@pytest.fixture(scope="module", params=DIALECTS)
def furnished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """Built once on each database; a test puts back what it has altered."""
    folder = tmp_path_factory.mktemp("furnished")
    if request.param == "sqlite":
        model: Model = request.getfixturevalue("sqlite_model")
        url = f"sqlite:///{shutil.copy(model.url.removeprefix('sqlite:///'), folder / 'federation.db')}"
    else:
        model, url = request.getfixturevalue("postgres_model"), request.getfixturevalue("furnished_url")
    database = open_database(url, FAST)
    office = an_office(database, folder, model.founded.office.versions)
    yield furnish(Federation(office=office, people=model.founded.people, places=model.founded.places))
    database.dispose()


@pytest.fixture(scope="module")
def furnished_url(postgres_server: PostgresServer, postgres_model: Model) -> Iterator[str]:
    url = postgres_server.create(template=postgres_model.url)
    yield url
    postgres_server.drop(url)


def test_untouched_database_holds(furnished: Furnished) -> None:
    found = verify(furnished.federation.office)

    assert [what.say("en") for what in found.broken] == []
    assert found.summary.say("en").startswith("7 cases and rounds, 21 events: every chain and fold holds;")


@pytest.mark.parametrize("tampering", FOUND, ids=lambda tampering: tampering.__name__)
def test_tampering_is_found_and_named(furnished: Furnished, tampering: Tampering) -> None:
    database = furnished.federation.database
    before = all_rows(database)
    with database.write() as connection:
        tampering(connection, furnished)

    found = furnished.federation.broken()

    put_back(database, before)
    wanted = FOUND[tampering]
    assert len(found) == len(wanted), found
    assert [part for part, what in zip(wanted, found, strict=True) if part not in what] == [], found
