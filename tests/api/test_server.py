"""On a real server: many at once, and a database that is gone."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from json import dumps, loads
from pathlib import Path
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import make_url
from werkzeug.serving import make_server

from tests.api.caller import problem
from tests.api.house import LEAVE, House, task_of

if TYPE_CHECKING:
    from tests.conftest import PostgresServer

EIGHT = 8
#: PostgreSQL takes each event, and refuses when it is committed.
REFUSING = """
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
create constraint trigger refuse after insert on event deferrable initially deferred for each row execute function refuse();
"""


@contextmanager
def serving(house: House) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def post(port: int, path: str, body: Any, token: str | None, **headers: str) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        sent = {"Content-Type": "application/json", "Authorization": f"Bearer {token}", **headers}
        connection.request("POST", path, dumps(body), sent)
        response = connection.getresponse()
        return response.status, loads(response.read())
    finally:
        connection.close()


def at_once(port: int, path: str, bodies: list[Any], tokens: list[str | None], **headers: str) -> list[tuple[int, Any]]:
    """All sent at the same moment."""
    barrier = Barrier(len(bodies))

    def send(body: Any, token: str | None) -> tuple[int, Any]:
        barrier.wait()
        return post(port, path, body, token, **headers)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(send, bodies, tokens))


def test_eight_equal_decisions_are_one_decision_and_seven_refusals(stored_house: House) -> None:
    house = stored_house
    case, li = house.leave(), house.by("李强")
    with serving(house) as port:
        answers = at_once(port, f"{task_of(case)}/decision", [{"trigger": "approve"}] * EIGHT, [li.token] * EIGHT)

    assert Counter(status for status, _ in answers) == {200: 1, 409: 7}
    assert {body["code"] for status, body in answers if status == 409} == {"task_closed"}
    history = list(li.each(f"/api/v1/cases/{case['id']}/events"))
    assert [event["command"].get("trigger") for event in history] == [None, "submit", "approve"]
    assert li.read(f"/api/v1/cases/{case['id']}")["state"] == "granted"


def test_two_who_hold_one_task_and_press_at_once_end_it(stored_house: House) -> None:
    house = stored_house
    case = house.leave(days=9)
    case = house.by("李强").do(f"{task_of(case)}/decision", {"trigger": "approve"})
    zheng, ann = house.by("郑书记"), house.by("Ann")
    bodies = [{"trigger": "approve"}, {"trigger": "reject", "opinion": "改期"}]
    with serving(house) as port:
        answers = at_once(port, f"{task_of(case)}/decision", bodies, [zheng.token, ann.token])

    assert sorted(status for status, _ in answers) == [200, 409]
    won = next(body for status, body in answers if status == 200)
    assert zheng.read(f"/api/v1/cases/{case['id']}")["state"] == won["state"]


def test_one_request_that_comes_eight_times_at_once_is_done_once(stored_house: House) -> None:
    house = stored_house
    wang = house.by("王芳")
    body = {"definition": "leave_request", "data": LEAVE}
    with serving(house) as port:
        headers = {"Idempotency-Key": "one"}
        answers = at_once(port, "/api/v1/cases", [body] * EIGHT, [wang.token] * EIGHT, **headers)

    started = {answer["id"] for status, answer in answers if status == 201}
    assert len(started) == 1
    assert {status for status, _ in answers} <= {201, 503}
    assert len(list(wang.each("/api/v1/cases"))) == 1


def test_numbers_have_no_gaps_whoever_starts_at_once(stored_house: House) -> None:
    house = stored_house
    wang = house.by("王芳")
    body = {"definition": "leave_request", "data": LEAVE}
    with serving(house) as port:
        answers = at_once(port, "/api/v1/cases", [body] * EIGHT, [wang.token] * EIGHT)

    numbers = sorted(answer["number"] for status, answer in answers if status == 201)
    assert numbers == [f"QJ-2026-{number:04}" for number in range(1, len(numbers) + 1)]
    assert {status for status, _ in answers} <= {201, 503}


def test_database_that_is_gone_is_a_clear_problem_until_it_is_back(
    house_on_postgres: House, postgres_server: "PostgresServer"
) -> None:
    house = house_on_postgres
    case, li = house.leave(), house.by("李强")
    name = make_url(house.url).database
    postgres_server.execute(f'alter database "{name}" allow_connections false')
    postgres_server.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")

    refused = [li.post(f"{task_of(case)}/decision", {"trigger": "approve"}, headers={"Idempotency-Key": "k"})]
    refused += [li.get("/api/v1/me"), li.get("/healthz"), li.get("/readyz"), li.get("/metrics"), li.get("/")]
    postgres_server.execute(f'alter database "{name}" allow_connections true')
    decided = li.post(f"{task_of(case)}/decision", {"trigger": "approve"}, headers={"Idempotency-Key": "k"})

    assert [answer.status_code for answer in refused] == [503] * 6
    assert [problem(answer)[1] for answer in refused[:5]] == ["busy"] * 5
    assert {answer.headers.get("Retry-After") for answer in refused[:5]} == {"1"}
    assert refused[5].mimetype == "text/html"
    assert (decided.status_code, decided.json["state"]) == (200, "granted")
    assert len(list(li.each(f"/api/v1/cases/{case['id']}/events"))) == 3


def test_connections_that_are_cut_lose_and_double_nothing(
    house_on_postgres: House, postgres_server: "PostgresServer"
) -> None:
    house = house_on_postgres
    name = make_url(house.url).database
    wang = house.by("王芳")
    body = {"definition": "leave_request", "data": LEAVE}
    for number in range(4):
        postgres_server.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
        statuses = []
        while 201 not in statuses:
            answer = wang.post("/api/v1/cases", body, headers={"Idempotency-Key": f"n{number}"})
            statuses.append(answer.status_code)
            assert set(statuses) <= {201, 503}
            assert len(statuses) < 10
    assert len(list(wang.each("/api/v1/cases"))) == 4


def test_commit_that_is_refused_is_never_answered_as_done(house_on_postgres: House) -> None:
    house = house_on_postgres
    case, li, wang = house.leave(), house.by("李强"), house.by("王芳")
    with house.office.database.write() as connection:
        connection.exec_driver_sql(REFUSING)

    started = wang.call("POST", "/api/v1/cases", {"definition": "leave_request", "data": LEAVE}, checked=False)
    decided = li.call("POST", f"{task_of(case)}/decision", {"trigger": "approve"}, checked=False)

    assert [problem(answer) for answer in (started, decided)] == [(500, "error")] * 2
    assert "refused" not in started.text
    with house.office.database.write() as connection:
        connection.exec_driver_sql("drop trigger refuse on event")
    assert [(one["id"], one["state"]) for one in wang.each("/api/v1/cases")] == [(case["id"], "township_review")]


def test_file_that_is_gone_takes_nothing_more(house: House) -> None:
    """What would be written to a file that nobody can find again is not answered as done."""
    case, li = house.leave(), house.by("李强")
    file = Path(house.url.removeprefix("sqlite:///"))
    away = file.rename(file.with_name("away.db"))

    answers = [li.post(f"{task_of(case)}/decision", {"trigger": "approve"}), li.get("/api/v1/me"), li.get("/healthz")]
    away.rename(file)

    assert [problem(answer) for answer in answers] == [(503, "cannot_run")] * 3
    assert li.read(f"/api/v1/cases/{case['id']}")["state"] == "township_review"


def test_mistake_of_ours_is_told_without_its_trace(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.office.sources.clear()
    house.app.extensions["delivery"] = None
    refused = house.by("管理员").call("PUT", "/api/v1/clock", {"now": "2026-03-10T09:00:00+08:00"}, checked=False)
    assert problem(refused) == (500, "error")
    assert "delivery" not in refused.text
