"""The house of the API's tests, a chromium, and the address at which the house is served to it."""

from collections.abc import Iterator
from threading import Thread

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from tests.api.conftest import (
    building,
    contract,
    house,
    house_on_postgres,
    poll,
    poll_on_postgres,
    poll_on_sqlite,
    polled_postgres,
    polled_sqlite,
    settled_postgres,
    settled_sqlite,
    stored_house,
    used_postgres,
)
from tests.api.house import PEOPLE, House
from workflow.people.credentials import set_password

__all__ = [
    "building",
    "contract",
    "house",
    "house_on_postgres",
    "poll",
    "poll_on_postgres",
    "poll_on_sqlite",
    "polled_postgres",
    "polled_sqlite",
    "settled_postgres",
    "settled_sqlite",
    "stored_house",
    "used_postgres",
]

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def address(house: House) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def passwords(house: House) -> House:
    """The house, in which everybody who has a login has a password."""
    for name in PEOPLE:
        set_password(house.office.database, house.people[name], PASSWORD)
    return house
