"""A poll of a union's members by link, as the definition of the members' evaluation has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP
from typing import Any, cast
from uuid import UUID

from tests.api.caller import Caller
from tests.api.house import LONG_AGO, House, shipped, task_of
from workflow.calendar import chinese_calendar
from workflow.cases.links import Link, issue
from workflow.cases.versions import Texts, publish
from workflow.people.changing import changing
from workflow.people.organisations import add_organisations
from workflow.people.persons import add_persons

UNION = "金彭车业"
#: By branch: a small one, two that are large enough, a small one at the end.
BRANCHES = {"一分会": 3, "二分会": 6, "三分会": 7, "四分会": 2}
OPENS, CLOSES = "2026-03-17T09:00:00+08:00", "2026-03-25T09:00:00+08:00"
GROUP = {"tier": "qualified", "by_representatives": False, "on_paper": False}


@dataclass(frozen=True, kw_only=True)
class Poll:
    """A ballot that runs, and who may vote in it."""

    house: House
    case: str
    task: int
    members: tuple[str, ...]  #: e-mail addresses, branch by branch
    persons: Mapping[str, int]
    branches: Mapping[str, int]  #: organisations by name

    def link(self, member: str) -> str:
        """A code of his own, as if it had come by mail."""
        asked = Link(case_id=UUID(self.case), task=self.task, holder=self.persons[member])
        with self.house.office.database.write() as connection:
            code = issue(connection, asked, self.house.office.database.now(connection))
        return f"/api/v1/links/{code}"

    def vote(self, member: str, choice: str, **items: str) -> dict[str, Any]:
        voted = self.house.by(None).do(self.link(member), {"vote": choice, "items": items})
        return cast("dict[str, Any]", voted)

    def close(self) -> None:
        self.house.by("管理员").do("/api/v1/clock", {"now": CLOSES}, method="PUT")

    def result(self, reader: str | Caller = "王芳") -> dict[str, Any]:
        caller = self.house.by(reader) if isinstance(reader, str) else reader
        (found,) = caller.read(f"/api/v1/cases/{self.case}/ballots")["items"]
        return cast("dict[str, Any]", found)


def a_poll(house: House, branches: Mapping[str, int] | None = None, **changes: str) -> Poll:
    """One that has just opened; `changes` are made in the text of the definition."""
    places, persons = add_members(house, BRANCHES if branches is None else branches)
    text = shipped("members_evaluation").definition
    for old, new in changes.items():
        text = text.replace(f"{old}: true", f"{old}: {new}")
    publish(house.office.database, house.office.versions, Texts(definition=text), calendar=chinese_calendar())
    case = announced(house)
    house.by("管理员").do("/api/v1/clock", {"now": OPENS}, method="PUT")
    (ballot,) = house.by("王芳").read(f"/api/v1/cases/{case}")["tasks"]
    number = int(ballot["id"].rpartition(".")[2])
    members = tuple(member for member in persons if member != "wangfang@union.example")
    return Poll(house=house, case=case, task=number, members=members, persons=persons, branches=places)


def add_members(house: House, branches: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Members without an account, known by their addresses; and the union's chair, who is one of them."""
    with changing(house.office.database, LONG_AGO) as change:
        rows: list[Any] = [{"name": name, "level": "branch", "parent": house.places[UNION]} for name in branches]
        places = dict(zip(branches, add_organisations(change, rows), strict=True))
        known: list[Any] = [
            {"name": f"{name}会员{number}", "email": f"{places[name]}.{number}@home.example", "employer": places[name]}
            for name, count in branches.items()
            for number in range(count)
        ]
        added = dict(zip((one["email"] for one in known), add_persons(change, known), strict=True))
    return places, {**added, "wangfang@union.example": house.people["王芳"]}


def announced(house: House) -> str:
    """Prepared by a working group of two; the announcement runs."""
    wang, chair, counter = house.by("王芳"), house.people["王芳"], house.people["李强"]
    data = {**GROUP, "group": [chair, counter], "planner": chair, "announcer": chair, "trainer": chair}
    data |= {"counter": counter, "reporter": chair}
    case = wang.do("/api/v1/cases", {"definition": "members_evaluation", "data": data}, status=201)
    wang.do(f"{task_of(case)}/decision", {"trigger": "submit"})
    for entry in (
        {"plan": "三月评家"},
        {"announcement": "三月十七日起投票"},
        {"studied_on": "2026-03-09"},
        {"trained_on": "2026-03-09", "trained": 12},
    ):
        tasks = wang.read(f"/api/v1/cases/{case['id']}")["tasks"]
        task = next(one for one in tasks if set(one["edit"]) == set(entry))
        wang.do(f"/api/v1/tasks/{task['id']}/decision", {"trigger": "finish", "data": entry})
    return cast("str", case["id"])


def sent_links(house: House) -> dict[str, str]:
    """The code of the last link that went to each address."""
    found: dict[str, str] = {}
    for mail in sorted(house.mails.folder.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns):
        message = message_from_bytes(mail.read_bytes(), policy=SMTP)
        body = message.get_body(("plain",))
        assert body is not None
        codes = [word.rpartition("/l/")[2] for word in body.get_content().split() if "/l/" in word]
        if codes:
            found[str(message["To"].addresses[0].addr_spec)] = codes[0]
    return found
