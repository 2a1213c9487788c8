"""kill -9 in the middle of the work: all of an act is there or nothing, and whoever asks again by his key is answered."""

import multiprocessing
import random
from collections import Counter
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from tests.cases.decider import commands, work
from tests.cases.federation import Federation
from workflow.cases.tables import event

LONGEST = 30.0


@pytest.fixture(scope="session")
def processes() -> Any:
    """Processes that begin with everything loaded."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.cases.decider"])
    return context


@pytest.mark.parametrize("point", ["before the commit", "after the commit", "at random", "at random again"])
def test_what_was_answered_is_there_once_and_the_rest_can_be_asked_again(
    federation: Federation, federation_url: str, processes: Any, tmp_path: Path, point: str
) -> None:
    answers = tmp_path / "answers"
    answers.touch()
    given = (federation_url, str(federation.office.folder), dict(federation.people), str(answers), point)
    child = processes.Process(target=work, args=given)
    child.start()
    if point.startswith("at random"):
        kill_somewhere(child, answers, random.Random(point))
    child.join(LONGEST)

    assert child.exitcode == -9
    answered = [line.split(" ") for line in answers.read_text().splitlines() if line.count(" ") == 1]
    assert federation.broken() == []
    there = {row["id"] for row in federation.cases()}

    turns = 1 + max(int(turn) for turn, _ in answered)
    for turn in range(turns + 1):
        asked = list(commands(federation.office, federation.people, turn))
        assert asked == ["start", "submit", "reject"]

    found = federation.cases()
    assert there <= {row["id"] for row in found}
    assert sorted(row["number"] for row in found) == [f"HA-2026-{n:04}" for n in range(1, turns + 2)]
    assert {row["state"] for row in found} == {"refused"}
    assert Counter(row["case_id"] for row in federation.rows(event)) == {row["id"]: 3 for row in found}
    assert federation.broken() == []


def kill_somewhere(child: Any, answers: Path, chance: random.Random) -> None:
    """After some answers, at no particular moment."""
    wanted, end = chance.randrange(20, 60), monotonic() + LONGEST
    while answers.read_bytes().count(b"\n") < wanted and monotonic() < end:
        sleep(chance.uniform(0.0005, 0.003))  # a moment is waited for, not an amount of time
    child.kill()
