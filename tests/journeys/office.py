"""A district that is set up over HTTP, and the moves of its people in a season, each as one call."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from stdnum.cn import ric

from tests.api.caller import Caller
from tests.api.house import Building, District, House, shipped
from workflow.clock.settable import DEMO, mark
from workflow.people.administrator import LOGIN, ensure_administrator
from workflow.people.credentials import issue_token
from workflow.store import Database

BEGINS = "2026-02-24T09:00:00+08:00"
PLACES: dict[str, dict[str, Any]] = {
    "区政府": {"level": "department", "kind": "government"},
    "公安局": {"level": "department", "kind": "public_security"},
    "卫健委": {"level": "department", "kind": "health"},
    "城东镇": {"level": "township"},
    "城西镇": {"level": "township"},
    "金彭车业": {"level": "enterprise", "in": "城东镇", "members": 120},
    "渤海果业": {"level": "enterprise", "in": "城西镇", "members": 40},
}
#: name → login, role, place; 督查 stands above the departments, where what they leave undone goes.
STAFF: dict[str, tuple[str, str, str]] = {
    "王芳": ("wangfang", "union_chair", "金彭车业"),
    "刘洋": ("liuyang", "union_chair", "渤海果业"),
    "李强": ("liqiang", "reviewer", "城东镇"),
    "周涛": ("zhoutao", "reviewer", "城西镇"),
    "公安": ("gongan", "officer", "公安局"),
    "卫健": ("weijian", "officer", "卫健委"),
    "督查": ("ducha", "officer", "示范区"),
    "办公室": ("bangongshi", "model_worker_officer", "示范区"),
    **{f"专家{n}": (f"expert{n}", "expert", "示范区") for n in range(1, 7)},
    **{f"代表{n}": (f"delegate{n}", "representative", "示范区") for n in range(1, 4)},
    "赵敏": ("zhaomin", "examiner", "示范区"),
    "钱进": ("qianjin", "examiner", "示范区"),
    "郑书记": ("zheng", "leader", "示范区"),
    "区长": ("quzhang", "leader", "区政府"),
}
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(kw_only=True, eq=False)
class Season:
    """The call of one year, its candidates, and who does what."""

    house: House
    tokens: Mapping[str, str]
    round_id: str = ""
    candidates: dict[str, str] = field(default_factory=dict)  #: name → case

    def by(self, name: str | None) -> Caller:
        client = self.house.app.test_client()
        token = None if name is None else self.tokens[name]
        return Caller(client=client, contract=self.house.contract, token=token)

    def until(self, moment: str) -> None:
        self.by("管理员").do("/api/v1/clock", {"now": moment}, method="PUT")

    def case(self, name: str) -> dict[str, Any]:
        return cast("dict[str, Any]", self.by("办公室").read(f"/api/v1/cases/{self.candidates[name]}"))

    def states(self) -> dict[str, str]:
        return {name: self.case(name)["state"] for name in self.candidates}

    def round(self) -> dict[str, Any]:
        return cast("dict[str, Any]", self.by("办公室").read(f"/api/v1/rounds/{self.round_id}"))

    def tasks(self, who: str) -> list[dict[str, Any]]:
        return list(self.by(who).each("/api/v1/tasks?mine=true"))

    def decide(self, who: str, name: str, trigger: str, **more: Any) -> dict[str, Any]:
        """Whoever holds a task of this candidate answers it."""
        task = next(task for task in self.tasks(who) if task["case"] == self.candidates[name])
        body = {"trigger": trigger, **more}
        return cast("dict[str, Any]", self.by(who).do(f"/api/v1/tasks/{task['id']}/decision", body))

    # --- the way of a candidate

    def nominate(self, who: str, name: str, **more: Any) -> None:
        self.candidates[name] = self.by(who).do(
            "/api/v1/cases",
            {"definition": "model_worker", "round": self.round_id, "data": form(name, **more)},
            status=201,
        )["id"]
        self.decide(who, name, "submit")

    def consent(self, name: str, trigger: str = "agree", **more: Any) -> None:
        """By the link that was sent to his mobile."""
        self.until(self.now())
        code = link_to(self.house.mails.folder, MOBILES[name])
        self.by(None).do(f"/api/v1/links/{code}", {"trigger": trigger, **more})

    def meeting(self, who: str, name: str, *, yes: int) -> None:
        """Held in a hall; its tally is recorded, with the minutes."""
        path = f"/api/v1/cases/{self.candidates[name]}/attachments"
        minutes = self.by(who).call("POST", path, data={"file": (BytesIO(SCAN), "会议记录.pdf")})
        task = next(task for task in self.tasks(who) if task["case"] == self.candidates[name])
        members = PLACES[{"王芳": "金彭车业", "刘洋": "渤海果业"}[who]]["members"]
        counts = {"electorate": members, "present": members, "yes": yes, "no": members - yes, "abstain": 0}
        body = {"record": counts, "data": {"minutes": [minutes.json["id"]]}}
        self.by(who).do(f"/api/v1/tasks/{task['id']}/ballot", body)

    def departments(self, name: str) -> None:
        for who in ("公安", "卫健"):
            self.decide(who, name, "no_record")

    def first_review(self, name: str) -> None:
        drawn = self.case(name)["figures"]["site_lot"]["drawn"]
        data = {"site_report": "到车间看了，与申报材料一致。"} if drawn else {}
        self.decide("办公室", name, "approve", data=data)

    def mark(self, name: str, points: int) -> None:
        """By all experts who were drawn for it."""
        for who in (f"专家{n}" for n in range(1, 7)):
            for task in self.tasks(who):
                if task["case"] == self.candidates[name] and task["kind"] == "score":
                    card = {"deeds_shown": points, "skill": 24, "integrity": 18, "recognition": 8}
                    self.by(who).do(f"/api/v1/tasks/{task['id']}/score", {"score": card})

    def vote(self, votes: Mapping[str, int]) -> list[str]:
        """Each elector hands in one paper, in which so many are for each candidate; the receipts."""
        receipts = []
        for number, who in enumerate(electors()):
            (task,) = [task for task in self.tasks(who) if task["kind"] == "ballot"]
            names = {case: name for name, case in self.candidates.items()}
            paper = {case: "yes" if number < votes[names[case]] else "no" for case in task["cases"]}
            answer = self.by(who).do(f"/api/v1/tasks/{task['id']}/ballot", {"votes": paper})
            receipts.append(answer["receipt"])
        return receipts

    def now(self) -> str:
        return cast("str", self.by("管理员").read("/api/v1/clock")["now"])


def electors() -> list[str]:
    return [*(f"专家{n}" for n in range(1, 7)), *(f"代表{n}" for n in range(1, 4))]


def a_season(url: str, database: Database, folder: Path, building: Building) -> Season:
    """From a new database as `run` makes it, by the API alone; a token is what the command `token` prints."""
    house = building.upon(url, database, folder, District(people={}, places={}))
    mark(house.office, DEMO)
    house.at(BEGINS)
    ensure_administrator(database, "示范区")
    season = Season(house=house, tokens={"管理员": issue_token(database, LOGIN)})
    settle(season.by("管理员"), PLACES, STAFF)
    names = {**{name: login for name, (login, _, _) in STAFF.items()}, "管理员": LOGIN}
    season.tokens = {name: issue_token(database, login) for name, login in names.items()}
    body = {"definition": shipped("model_worker").definition}
    season.by("管理员").do("/api/v1/definitions/model_worker", body, method="PUT", status=201)
    return season


def settle(
    admin: Caller,
    found: Mapping[str, dict[str, Any]],
    staff: Mapping[str, tuple[str, str, str]],
    *,
    mailed: bool = True,
) -> None:
    """The district's organisations, its people and their posts."""
    (top,) = admin.read("/api/v1/organisations")["items"]
    admin.do(f"/api/v1/organisations/{top['id']}", {"proposed": False}, method="PATCH")
    places = {"示范区": top["id"]}
    for name, known in found.items():
        body = {"name": name, **{key: value for key, value in known.items() if key != "in"}}
        body["parent"] = places[known.get("in", "示范区")]
        places[name] = admin.do("/api/v1/organisations", body, status=201)["id"]
    for name, (login, role, place) in staff.items():
        person = {"name": name, "login": login, **({"email": f"{login}@union.example"} if mailed else {})}
        made = admin.do("/api/v1/people", person, status=201)["id"]
        admin.do("/api/v1/posts", {"person": made, "role": role, "organisation": places[place]}, status=201)


# --- candidates


#: name → sex, born on, category
CANDIDATES: dict[str, tuple[str, str, str]] = {
    "张秀英": ("female", "1986-09-01", "worker"),
    "李国强": ("male", "1979-03-01", "migrant"),
    "王铁": ("male", "1983-06-01", "worker"),
    "赵海": ("male", "1981-01-01", "worker"),
    "孙婷": ("female", "1990-05-01", "technician"),
    "钱多": ("male", "1985-02-01", "worker"),
    "周平": ("male", "1988-08-01", "worker"),
}
MOBILES = {name: f"1380000{number:04}" for number, name in enumerate(CANDIDATES, 1)}


def form(name: str, **more: Any) -> dict[str, Any]:
    sex, born, category = CANDIDATES[name]
    return {
        "name": name,
        "sex": sex,
        "born_on": born,
        "id_number": id_number(born, sex, list(CANDIDATES).index(name)),
        "education": "college",
        "political_status": "masses",
        "mobile": MOBILES[name],
        "position": "装配工",
        "industry": "manufacturing",
        "category": category,
        "here_since": "2010-03-01",
        "penalty": False,
        "deeds": "扎根一线十余年，带出徒弟十一人，攻克焊接变形难题。" * 9,
        **more,
    }


def id_number(born: str, sex: str, serial: int) -> str:
    body = f"130983{born.replace('-', '')}{serial * 2 + (1 if sex == 'male' else 0):03}"
    return body + str(ric.calc_check_digit(f"{body}0"))


def link_to(folder: Path, mobile: str) -> str:
    """The code of the last text to a mobile."""
    texts = sorted(folder.glob("*.txt"), key=lambda file: file.stat().st_mtime_ns)
    sent = [text for file in texts if (text := file.read_text("utf-8")).startswith(mobile)]
    return str(re.findall(r"/l/(\w+)", sent[-1])[0])
