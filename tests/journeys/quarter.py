"""A district's last quarter of 2025, set up over HTTP, and the moves of its people, each as one call."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.api.caller import Caller
from tests.api.house import DEFINITIONS, Building, District, House
from tests.journeys.office import settle
from tests.journeys.reckoning import Told, folded
from workflow.clock.settable import DEMO, mark
from workflow.people.administrator import LOGIN, ensure_administrator
from workflow.people.credentials import issue_token
from workflow.store import Database

BEGINS = "2025-09-28T18:00:00+08:00"
PLACES: dict[str, dict[str, Any]] = {
    "城东镇": {"level": "township"},
    "城西镇": {"level": "township"},
    "甲厂": {"level": "enterprise", "in": "城东镇", "members": 120, "workers": 150},
    "乙厂": {"level": "enterprise", "in": "城东镇", "members": 61, "workers": 80},
    "丙厂": {"level": "enterprise", "in": "城东镇", "members": 45, "workers": 60},
    "丁厂": {"level": "enterprise", "in": "城西镇", "members": 333, "workers": 400},
    "戊厂": {"level": "enterprise", "in": "城西镇", "members": 7, "workers": 31},
}
#: name → login, role, place; nobody holds the post at 丙厂.
STAFF: dict[str, tuple[str, str, str]] = {
    "甲主席": ("jia", "union_chair", "甲厂"),
    "乙主席": ("yi", "union_chair", "乙厂"),
    "丁主席": ("ding", "union_chair", "丁厂"),
    "戊主席": ("wu", "union_chair", "戊厂"),
    "东主席": ("dong", "union_chair", "城东镇"),
    "西主席": ("xi", "union_chair", "城西镇"),
    "东查": ("dongcha", "reviewer", "城东镇"),
    "西查": ("xicha", "reviewer", "城西镇"),
    "张导": ("zhang", "instructor", "城东镇"),
    "李导": ("li", "instructor", "城东镇"),
    "王导": ("wang", "instructor", "城西镇"),
    "办公室": ("bangongshi", "officer", "示范区"),
    "马副主席": ("ma", "leader", "示范区"),
    "复核": ("fuhe", "examiner", "示范区"),
    "财务": ("caiwu", "accountant", "示范区"),
}
KEYS = ("weekly_dispatch", "monthly_report", "problem", "union_assessment")


@dataclass(kw_only=True, eq=False)
class Quarter:
    """Who does what, and what is shown of it."""

    house: House
    tokens: Mapping[str, str]

    def by(self, name: str) -> Caller:
        return Caller(client=self.house.app.test_client(), contract=self.house.contract, token=self.tokens[name])

    def until(self, moment: str) -> None:
        self.by("管理员").do("/api/v1/clock", {"now": f"{moment}:00+08:00"}, method="PUT")

    @cached_property
    def places(self) -> dict[str, int]:
        return {one["name"]: one["id"] for one in self.by("管理员").each("/api/v1/organisations")}

    @cached_property
    def people(self) -> dict[str, int]:
        return {one["name"]: one["id"] for one in self.by("管理员").each("/api/v1/people")}

    def round(self, definition: str) -> Any:
        """The one that opened last."""
        return self.by("办公室").read(f"/api/v1/rounds?definition={definition}&limit=1")["items"][0]

    def case(self, case: str) -> Any:
        return self.by("办公室").read(f"/api/v1/cases/{case}", checked=False)

    def cases(self, round_: Mapping[str, Any]) -> list[dict[str, Any]]:
        return list(self.by("办公室").each(f"/api/v1/rounds/{round_['id']}/cases"))

    def holders(self, case: str) -> set[str]:
        """Who has something to do in it."""
        return {holder["name"] for task in self.case(case)["tasks"] for holder in task["assignees"]}

    def decide(self, who: str, case: str, trigger: str, **more: Any) -> Any:
        """The open task of a case."""
        return self.answer(who, self.case(case)["tasks"][0]["id"], trigger, **more)

    def refused(self, who: str, case: str, trigger: str, **more: Any) -> tuple[int, str]:
        task = self.case(case)["tasks"][0]["id"]
        return self.by(who).refused(f"/api/v1/tasks/{task}/decision", {"trigger": trigger, **more})

    def sit(self, who: str, round_: Mapping[str, Any], trigger: str, **more: Any) -> None:
        """Everything that the round has brought together."""
        for task in self.by(who).read(f"/api/v1/rounds/{round_['id']}", checked=False)["tasks"]:
            self.answer(who, task["id"], trigger, **more)

    def settled(self) -> None:
        """What follows from an act is done, as the scheduler does at once."""
        self.by("管理员").do("/api/v1/clock", {"now": self.now()}, method="PUT")

    def now(self) -> str:
        return str(self.by("管理员").read("/api/v1/clock")["now"])

    def answer(self, who: str, task: str, trigger: str, **more: Any) -> Any:
        return self.by(who).do(f"/api/v1/tasks/{task}/decision", {"trigger": trigger, **more})

    def told(self, case: Mapping[str, Any]) -> Told:
        """One case, by its exported events."""
        place = case["unit"]["name"]
        known = {name: len(rows) for name, rows in case["data"].items() if isinstance(rows, list)}
        rows = {"promised": 0, "problems": 0, **known}
        told = Told(unit=place, township=PLACES[place].get("in", place), number=case["number"], rows=rows)
        return folded(self.by("办公室").each(f"/api/v1/cases/{case['id']}/events"), told)


def a_quarter(url: str, database: Database, folder: Path, building: Building) -> Quarter:
    """From a new database as `run` makes it, by the API alone; a token is what the command `token` prints."""
    house = building.upon(url, database, folder, District(people={}, places={}))
    mark(house.office, DEMO)
    house.at(BEGINS)
    ensure_administrator(database, "示范区")
    quarter = Quarter(house=house, tokens={"管理员": issue_token(database, LOGIN)})
    settle(quarter.by("管理员"), PLACES, STAFF, mailed=False)
    names = {**{name: login for name, (login, _, _) in STAFF.items()}, "管理员": LOGIN}
    quarter.tokens = {name: issue_token(database, login) for name, login in names.items()}
    for key in KEYS:
        quarter.by("管理员").do(f"/api/v1/definitions/{key}", texts_of(key), method="PUT", status=201)
    return quarter


def texts_of(key: str) -> dict[str, Any]:
    """As they are shipped, without the stories."""
    folder = DEFINITIONS / key
    beside = [file for file in sorted(folder.iterdir()) if file.suffix in (".txt", ".md")]
    return {
        "definition": (folder / "definition.yaml").read_text("utf-8"),
        "texts": {file.name: base64.b64encode(file.read_bytes()).decode() for file in beside},
    }
