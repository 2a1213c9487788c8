"""`demo` as a newcomer runs it: played once, then looked at through the API by the people whom it names."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from service import open_house
from workflow.clock.settable import mark

ROOT = Path(__file__).parents[2]
NOMINATIONS = ROOT.parent / "shared" / "data" / "nominations.xlsx"
BEFORE_THE_SELECTION = (
    *("draft", "consent", "workers_meeting", "unit_notice", "township_review", "consultation"),
    *("site_lot", "district_first_review", "scoring", "acceptance"),
)
FROM_THE_SELECTION_ON = ("selection", "district_second_review", "public_notice", "award", "reserve")
CAST = ("wangfang", "liqiang", "zhaomin", "sunli", "admin")
ENDS = ("awarded", "rejected", "barred", "withdrawn", "closed")
TODAY, TOMORROW = "2026-03-11T00:00:00+08:00", "2026-03-12T00:00:00+08:00"  # the ends of these days

Item = Mapping[str, Any]

pytestmark = pytest.mark.xdist_group("demo")  # one worker plays it


def demo(url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "service.py", "demo", "--no-serve", "--database", url],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "YANGGUANG_LANGUAGE": "en"},
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def printed(folder: Path) -> str:
    """What a demo prints that was played into `demo.db`."""
    played = demo(f"sqlite:///{folder / 'demo.db'}", folder)
    assert played.returncode == 0, played.stderr
    assert played.stderr == ""
    return played.stdout


class Visitor:
    """Somebody who signed in with the password that the demo prints."""

    def __init__(self, client: FlaskClient, login: str) -> None:
        answer = client.post("/api/v1/tokens", json={"login": login, "password": "yangguang-2026"})
        assert answer.status_code == 201, answer.text
        self._client, self._headers = client, {"Authorization": f"Bearer {answer.json['token']}"}  # type: ignore[index]

    def get(self, path: str) -> Any:
        answer = self._client.get(path, headers=self._headers)
        assert answer.status_code == 200, answer.text
        return answer.json

    def all_of(self, path: str) -> list[Item]:
        found: list[Item] = []
        after = ""
        while True:
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit=200&after={after}")
            found += page["items"]
            if page["next"] is None:
                return found
            after = page["next"]


@pytest.fixture(scope="module")
def client(printed: str, folder: Path) -> Iterator[FlaskClient]:
    house = open_house(f"sqlite:///{folder / 'demo.db'}")
    yield house.application().test_client()
    house.office.database.dispose()


@pytest.fixture(scope="module")
def admin(client: FlaskClient) -> Visitor:
    return Visitor(client, "admin")


@pytest.fixture(scope="module")
def every_case(admin: Visitor) -> list[Item]:
    return admin.all_of("/api/v1/cases")


@pytest.fixture(scope="module")
def cases(every_case: list[Item]) -> list[Item]:
    """Those of the selection."""
    return [case for case in every_case if case["definition"] == "model_worker"]


@pytest.fixture(scope="module")
def rounds(admin: Visitor) -> dict[str, list[Item]]:
    """By definition."""
    found: dict[str, list[Item]] = {}
    for one in admin.all_of("/api/v1/rounds"):
        found.setdefault(one["definition"], []).append(one)
    return found


@pytest.fixture(scope="module")
def states(cases: list[Item]) -> dict[str, Counter[str]]:
    """Of each round, how many cases are in which state."""
    found: dict[str, Counter[str]] = {}
    for case in cases:
        found.setdefault(case["round"], Counter())[case["state"]] += 1
    return found


def test_it_says_what_came_of_it_and_whom_to_be(printed: str) -> None:
    assert "every chain and fold holds" in printed
    assert "Timers fired: " in printed
    assert "only for unions of 300 members and more, by one changed line each: Monthly report, Assessment" in printed
    for login in CAST:
        assert f"\n  {login} " in printed


def test_three_cases_at_least_wait_in_every_state(states: dict[str, Counter[str]]) -> None:
    assert len(states) == 3
    whole = sum(states.values(), Counter())
    assert {
        state: whole[state] for state in (*BEFORE_THE_SELECTION, *FROM_THE_SELECTION_ON, *ENDS) if whole[state] < 3
    } == {}


def test_the_open_round_is_before_the_selection_and_the_earlier_one_in_it(
    admin: Visitor, states: dict[str, Counter[str]]
) -> None:
    calls = admin.all_of("/api/v1/rounds?definition=model_worker")
    open_rounds = [each["id"] for each in calls if each["state"] == "open"]
    assert len(open_rounds) == 1
    before = states[open_rounds[0]]
    assert all(before[state] >= 3 for state in BEFORE_THE_SELECTION)
    assert not any(before[state] for state in FROM_THE_SELECTION_ON)
    last_stages = [found for found in states.values() if found["selection"]]
    assert len(last_stages) == 1
    assert all(last_stages[0][state] >= 3 for state in FROM_THE_SELECTION_ON)


def test_notices_run_and_one_is_held_by_an_objection(client: FlaskClient) -> None:
    notices = client.get("/api/v1/notices?limit=200").json["items"]  # type: ignore[index]
    running = [one for one in notices if one["ended_at"] is None]
    assert len([one for one in running if one["held_since"] is not None]) == 1
    assert len([one for one in running if one["held_since"] is None]) >= 2


def test_tasks_are_due_today_and_tomorrow_and_overdue(admin: Visitor, cases: list[Item]) -> None:
    due = Counter(
        _when(datetime.fromisoformat(task["due_at"]))
        for case in cases
        if case["state"] not in ENDS
        for task in admin.get(f"/api/v1/cases/{case['id']}")["tasks"]
        if task["due_at"]
    )
    assert {when: due[when] for when in ("overdue", "today", "tomorrow") if not due[when]} == {}


def _when(due: datetime) -> str:
    if due == datetime.fromisoformat(TODAY):
        return "today"
    if due == datetime.fromisoformat(TOMORROW):
        return "tomorrow"
    return "overdue" if due < datetime.fromisoformat(TODAY) else "later"


def test_each_of_the_cast_can_be_tried_out_with_one_click(client: FlaskClient) -> None:
    page = client.get("/sign-in").text

    assert tuple(re.findall(r'name="login" value="(\w+)"', page)) == CAST


def test_a_member_has_a_secret_vote_to_cast(client: FlaskClient) -> None:
    tasks = Visitor(client, "sunli").all_of("/api/v1/tasks?mine=true")

    assert [(task["kind"], task["definition"]) for task in tasks] == [("ballot", "members_evaluation")]


@pytest.mark.parametrize("login", ["wangfang", "liqiang", "zhaomin"])
def test_who_is_named_has_something_to_decide(client: FlaskClient, login: str) -> None:
    visitor = Visitor(client, login)
    tasks = visitor.all_of("/api/v1/tasks?mine=true")
    assert len(tasks) >= 2
    assert all(visitor.get(f"/api/v1/tasks/{task['id']}")["may"] for task in tasks)


def test_the_season_has_its_turns(admin: Visitor, cases: list[Item]) -> None:
    """Returns, a stand-in, silence that is escalated, objections of both ends, a second ballot, awards."""
    found: Counter[str] = Counter()
    for case in cases:
        for event in admin.all_of(f"/api/v1/cases/{case['id']}/events"):
            command = event["command"]
            found[f"{command['kind']} {command.get('trigger')}"] += 1
            found["stand-in"] += event["acting_for"] is not None
    assert found["decide return"] >= 3
    assert found["object None"] >= 3
    assert found["decide upheld"] >= 1
    assert found["decide dismissed"] >= 1
    assert found["stand-in"] >= 1
    mails = Counter(one["kind"] for one in admin.all_of("/api/v1/messages"))
    assert all(mails[kind] for kind in ("task", "returned", "reminder", "escalation", "state", "ended", "objection"))


def test_each_month_and_week_has_its_round_once(rounds: dict[str, list[Item]]) -> None:
    """The last six closed months, and the weeks since the middle of January; what is over is over."""
    months = [one["title"]["en"] for one in rounds["monthly_report"]]
    asked = [*((2025, month) for month in range(9, 13)), (2026, 1), (2026, 2)]
    assert sorted(months) == sorted(f"Report of {year}-{month}" for year, month in asked)
    weeks = [one["title"]["en"] for one in rounds["weekly_dispatch"]]
    assert len(weeks) == len(set(weeks)) >= 6
    for key in ("monthly_report", "weekly_dispatch"):
        earlier = sorted(rounds[key], key=lambda one: str(one["opened_at"]))[:-3]
        assert {one["state"] for one in earlier} == {"over"}
    assert [len(rounds[key]) for key in ("union_assessment", "model_worker_review", "benefit_year")] == [1, 1, 1]


def test_every_shipped_definition_has_cases(admin: Visitor, every_case: list[Item]) -> None:
    shipped = {folder.name for folder in (ROOT / "definitions").iterdir() if (folder / "definition.yaml").exists()}
    assert {one["key"] for one in admin.get("/api/v1/definitions")["items"]} == shipped
    assert {case["definition"] for case in every_case} == shipped


def test_the_funds_of_the_year_are_the_budget_to_the_fen(admin: Visitor, every_case: list[Item]) -> None:
    assessed = [case for case in every_case if case["definition"] == "union_assessment" and case["state"] == "closed"]
    granted = [admin.get(f"/api/v1/cases/{case['id']}")["data"]["granted"] for case in assessed]
    assert sum(Decimal(str(amount)) for amount in granted) == Decimal("680000.01")


def test_one_title_was_withdrawn_and_stays_in_the_register(admin: Visitor) -> None:
    titles = [one for one in admin.all_of("/api/v1/honours") if one["honour"] == "model_worker"]
    assert Counter(one["state"] for one in titles) == {"valid": 15, "withdrawn": 1}


def test_some_are_late_some_never_report_and_some_say_why_a_figure_jumps(
    admin: Visitor, every_case: list[Item]
) -> None:
    reports = [case for case in every_case if case["definition"] == "monthly_report"]
    states = Counter(case["state"] for case in reports)
    assert states["missing"] >= 3
    assert states["reopened"] == 1
    events = [event for case in reports for event in admin.all_of(f"/api/v1/cases/{case['id']}/events")]
    assert any(text["text"].startswith("补收上季度欠缴会费") for event in events for text in event["texts"])


def test_problems_are_solved_and_some_are_in_hand(every_case: list[Item]) -> None:
    states = Counter(case["state"] for case in every_case if case["definition"] == "problem")
    assert states["closed"] >= 10
    assert states["in_hand"] >= 1


def test_it_tells_the_year_month_by_month(printed: str) -> None:
    months = [line for line in printed.splitlines() if re.fullmatch(r"20\d\d-\d\d", line)]
    assert months == sorted(months)
    assert len(months) >= 10
    assert "14 unions assessed, and 680,000.01 yuan shared out to the fen" in printed
    assert "1 titles withdrawn, which the register keeps marked so" in printed


def test_nobody_of_the_workbook_was_nominated_already_and_it_goes_in(folder: Path, printed: str) -> None:
    if not NOMINATIONS.exists():
        pytest.skip("the workbook of the customer is not here")
    done = subprocess.run(
        [sys.executable, ROOT / "service.py", "import", "nominations", NOMINATIONS, "--database", _copy(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "YANGGUANG_LANGUAGE": "en", "YANGGUANG_FILES": str(folder / "demo.files")},
    )
    assert done.returncode == 1, done.stderr
    assert len([line for line in done.stdout.splitlines() if line.startswith("row ")]) == 10
    assert "108 drafts" in done.stdout


def _copy(folder: Path) -> str:
    copied = folder / "copy.db"
    copied.write_bytes((folder / "demo.db").read_bytes())
    return f"sqlite:///{copied}"


def test_the_district_came_from_workbooks_that_can_be_opened(folder: Path, printed: str) -> None:
    workbook = load_workbook(folder / "demo.files" / "demo" / "organisations.xlsx", read_only=True)
    rows = list(workbook.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    workbook.close()
    levels = Counter(row[1] for row in rows[1:])
    assert levels["enterprise"] == 1120
    assert levels["township"] == 10
    assert len([row for row in rows[1:] if row[7] == "是"]) == 83


def test_a_real_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'real.db'}"
    made = subprocess.run(
        [sys.executable, ROOT / "service.py", "upgrade", "--database", url],
        capture_output=True,
        check=False,
        cwd=tmp_path,
    )
    assert made.returncode == 0
    house = open_house(url)
    mark(house.office, "real")
    house.office.database.dispose()
    before = (tmp_path / "real.db").read_bytes()
    refused = demo(url, tmp_path)
    assert refused.returncode == 2
    assert "This database is a real one" in refused.stderr
    assert (tmp_path / "real.db").read_bytes() == before
