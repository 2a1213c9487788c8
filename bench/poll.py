"""A thousand members vote by link over HTTP, while the chair looks at the turnout: votes a second, and an exact tally.

`python bench/poll.py [DATABASE-URL] [--voters N] [--clients N]`, upon an empty database that is left as it is at the end;
without a URL a SQLite file that is thrown away. The service runs as `web` in a process of its own.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, local
from typing import Any
from uuid import UUID

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from workflow.calendar import chinese_calendar  # noqa: E402 -- found from here
from workflow.cases.links import Link, issue  # noqa: E402
from workflow.cases.office import Office, Secrets  # noqa: E402
from workflow.cases.starting import NewCase, start_case  # noqa: E402
from workflow.cases.versions import Texts, publish  # noqa: E402
from workflow.engine.context import Actor  # noqa: E402
from workflow.people.changing import changing  # noqa: E402
from workflow.people.credentials import issue_token  # noqa: E402
from workflow.people.organisations import add_organisations  # noqa: E402
from workflow.people.persons import add_persons  # noqa: E402
from workflow.people.posts import appoint_many  # noqa: E402
from workflow.store import DatabaseSettings, open_database, upgrade  # noqa: E402

SECRET = "a secret of this measurement only"  # noqa: S105 -- of this measurement only
CHOICES = ("satisfied", "basically", "dissatisfied")
DEFINITION = """
key: poll
title: {zh: 会员评家, en: Poll}
number: P-{year}-{seq:04}
start: {role: union_chair, at: enterprise}
people:
  chair: {role: union_chair, at: enterprise}
  members: {members: unit}
see: [chair]
states:
  open:
    label: {zh: 会员评议, en: The poll}
    ballot:
      who: members
      secret: true
      changeable: true
      choices: {satisfied: {zh: 满意, en: Satisfied}, basically: {zh: 基本满意, en: Fair}, dissatisfied: {zh: 不满意, en: Not}}
      items: {rights: {zh: 维权, en: Rights}, service: {zh: 服务, en: Service}}
      quorum: cast * 3 >= electorate * 2
      pass: (satisfied + basically) * 10 >= cast * 8
      due: 5 working days
      hide_groups_under: 5
    to: {pass: passed, fail: failed, invalid: failed}
  passed: {end: {zh: 通过, en: Passed}}
  failed: {end: {zh: 未通过, en: Not passed}}
"""


def prepared(url: str, voters: int) -> tuple[str, list[str], str]:
    """The case whose ballot runs, a link for each voter, and the chair's token."""
    database = open_database(url, DatabaseSettings(create=True))
    upgrade(database)
    office = Office(database, Secrets(SECRET.encode()))
    with changing(database) as change:
        (top,) = add_organisations(change, [{"name": "总工会", "level": "district", "parent": None}])  # type: ignore[list-item,unused-ignore]  # optional keys
        (unit,) = add_organisations(change, [{"name": "企业工会", "level": "enterprise", "parent": top}])  # type: ignore[list-item,unused-ignore]
        rows: Any = [{"name": f"{n}分会", "level": "branch", "parent": unit} for n in range(max(1, voters // 50))]
        branches = add_organisations(change, rows)
        known: Any = [{"name": f"会员{n}", "employer": branches[n % len(branches)]} for n in range(voters)]
        members = add_persons(change, known)
        (chair,) = add_persons(change, [{"name": "主席", "login": "chair"}])  # type: ignore[list-item,unused-ignore]
        appoint_many(change, [{"person": chair, "role": "union_chair", "organisation": unit}])
    publish(database, office.versions, Texts(definition=DEFINITION), calendar=chinese_calendar())
    case = start_case(office, NewCase(definition="poll", unit=unit), actor=Actor(person=chair)).case
    assert case.entry is not None
    task = case.entry.tasks[0].id
    with database.write() as connection:
        now = database.now(connection)
        links = [issue(connection, Link(case_id=UUID(case.id), task=task, holder=one), now) for one in members]
    token = issue_token(database, "chair")
    database.analyze()
    database.dispose()
    return case.id, links, token


class Client:
    """A connection for each thread, kept open."""

    def __init__(self, port: int) -> None:
        self._port, self._local = port, local()

    def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        if not hasattr(self._local, "connection"):
            self._local.connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        self._local.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = self._local.connection.getresponse()
        text = response.read()
        if response.status != 200:  # noqa: PLR2004 -- OK
            raise SystemExit(f"{path}: {response.status} {text.decode()}")
        return json.loads(text)


@contextmanager
def served(url: str, folder: str) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(ROOT / "service.py"), "web", "--database", url, "--port", str(port)]
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, "YANGGUANG_SECRET": SECRET})  # noqa: S603 -- our own
    try:
        for _ in range(600):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def measured(url: str, folder: str, voters: int, clients: int) -> dict[str, Any]:
    case, links, token = prepared(url, voters)
    with served(url, folder) as port:
        client, over, turnouts = Client(port), Event(), list[int]()

        def watch() -> None:
            while not over.wait(0.5):
                (told,) = client.call("GET", f"/api/v1/cases/{case}/ballots", token=token)["items"]
                turnouts.append(told["cast"])

        def cast(number: int) -> str:
            body = {"vote": CHOICES[number % 3 if number % 7 else 0], "items": {"rights": CHOICES[number % 2]}}
            return str(client.call("POST", f"/api/v1/links/{links[number]}", body)["receipt"])

        with ThreadPoolExecutor(clients + 1) as pool:
            watching = pool.submit(watch)
            began = time.perf_counter()
            try:
                receipts = list(pool.map(cast, range(voters)))
            finally:
                over.set()
            took = time.perf_counter() - began
            watching.result()
        check(client, case, token, links[0], receipts)
    return {"voters": voters, "votes_per_s": round(voters / took, 1), "seconds": round(took, 1), "turnouts": turnouts}


def check(client: Client, case: str, token: str, link: str, receipts: list[str]) -> None:
    """The result is what was voted, and every receipt is among the opened votes."""
    (result,) = client.call("GET", f"/api/v1/cases/{case}/ballots", token=token)["items"]
    expected = Counter(CHOICES[number % 3 if number % 7 else 0] for number in range(len(receipts)))
    assert not result["open"], result
    assert {name: result["counts"][name] for name in CHOICES} == dict(expected)
    assert sum(branch["counts"]["cast"] for branch in result["branches"]) == len(receipts)
    found: dict[str, str] = {}
    after = ""
    while after is not None:
        page = client.call("GET", f"/api/v1/links/{link}/votes?limit=200&after={after}")
        found |= {one["receipt"]: one["vote"] for one in page["items"]}
        after = page["next"]
    assert found == {one: CHOICES[number % 3 if number % 7 else 0] for number, one in enumerate(receipts)}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("url", nargs="?")
    words.add_argument("--voters", type=int, default=1000)
    words.add_argument("--clients", type=int, default=8)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.url or f"sqlite:///{folder}/poll.db"
        print(json.dumps(measured(url, folder, asked.voters, asked.clients)))  # noqa: T201 -- a command


if __name__ == "__main__":
    main()
