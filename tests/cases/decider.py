"""A worker that begins cases and decides them one after another, in a process of its own, to be killed."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Engine, event

from tests.cases.federation import FORM, an_office
from workflow.cases.acting import act
from workflow.cases.office import Office
from workflow.cases.starting import NewCase, start_case
from workflow.engine.commands import Decide
from workflow.engine.context import Actor
from workflow.store import open_database

MOST = 200


def work(url: str, folder: str, people: Mapping[str, int], answers: str, point: str) -> None:
    """Writes a line for each answer. At `point` it kills itself, as a power failure would."""
    if point == "before the commit":
        _die_before_commit()
    office = an_office(open_database(url), Path(folder))
    with Path(answers).open("a", buffering=1) as said:
        for turn in range(MOST):
            for name in commands(office, people, turn):
                if point == "after the commit" and turn == 3:
                    die()
                said.write(f"{turn} {name}\n")


def commands(office: Office, people: Mapping[str, int], turn: int) -> Any:
    """What is asked for in one turn, each by its key; yields after each answer."""
    starter, reviewer = Actor(person=people["王芳"]), Actor(person=people["李强"])
    new = NewCase(definition="aid", data={**FORM, "name": f"人{turn}", "id_number": None})
    case = start_case(office, new, actor=starter, key=f"start {turn}").case
    yield "start"
    act(office, UUID(case.id), Decide(task=1, trigger="submit"), actor=starter, key=f"submit {turn}")
    yield "submit"
    act(office, UUID(case.id), Decide(task=2, trigger="reject", opinion="不"), actor=reviewer, key=f"reject {turn}")
    yield "reject"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_before_commit() -> None:
    """At the tenth write, when all of it has been said to the driver but the last word."""
    seen = {"commits": 0}

    def last_word(statement: str) -> None:
        seen["commits"] += statement == "COMMIT"
        if seen["commits"] == 10:
            die()

    @event.listens_for(Engine, "connect")
    def trace(driver: Any, _: object) -> None:
        if hasattr(driver, "set_trace_callback"):
            driver.set_trace_callback(last_word)

    execute = psycopg.Cursor.execute

    def counted(cursor: Any, query: Any, *more: Any, **how: Any) -> Any:
        if str(query).startswith("with c as"):
            last_word("COMMIT")
        return execute(cursor, query, *more, **how)

    psycopg.Cursor.execute = counted  # type: ignore[assignment]  # in this process, which will not outlive it
