"""The service as tests call it: every room registered, a small district in it, tokens of its people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from flask import Flask

from tests.api.caller import Caller
from tests.api.contract import Contract
from tests.api.definitions import HEARING
from workflow.calendar import ZONE, chinese_calendar
from workflow.cases.office import Office, Secrets
from workflow.cases.versions import Texts, publish
from workflow.clock.settable import DEMO, Delivery, mark
from workflow.clock.ticking import tick
from workflow.engine.directory import Principal
from workflow.messages.delivering import deliver_due, next_due
from workflow.messages.settings import MailSettings
from workflow.messages.telling import tell
from workflow.people.changing import changing
from workflow.people.credentials import issue_token
from workflow.people.organisations import add_organisations
from workflow.people.persons import NewPerson, add_persons
from workflow.people.posts import appoint_many
from workflow.records.attachments import files_of
from workflow.records.honours import RECORDERS, honours_found
from workflow.store import Database
from workflow.store.service import set_clock_offset
from workflow.web.application import build

DEFINITIONS = Path(__file__).parents[2] / "definitions"
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=ZONE)
#: A Monday, in the middle of a month without holidays.
MONDAY = "2026-03-09T10:00:00+08:00"

PLACES: dict[str, tuple[str, str | None, str | None]] = {
    "示范区": ("district", None, None),
    "公安局": ("department", "public_security", "示范区"),
    "城东镇": ("township", None, "示范区"),
    "城西镇": ("township", None, "示范区"),
    "金彭车业": ("enterprise", None, "城东镇"),
    "渤海果业": ("enterprise", None, "城西镇"),
}
PEOPLE: dict[str, dict[str, Any]] = {
    "管理员": {"login": "admin", "email": "admin@union.example"},
    "东镇管理员": {"login": "admin_east"},
    "西镇管理员": {"login": "admin_west"},
    "王芳": {"login": "wangfang", "email": "wangfang@union.example", "employer": "金彭车业"},
    "刘洋": {"login": "liuyang", "email": "liuyang@union.example"},
    "李强": {"login": "liqiang", "email": "liqiang@union.example", "mobile": "13900000001"},
    "郑书记": {"login": "zheng", "email": "zheng@union.example"},
    "Ann": {"login": "ann", "email": "ann@union.example", "language": "en"},
    "路人": {"login": "luren"},
}
POSTS = (
    ("管理员", "administrator", "示范区"),
    ("东镇管理员", "administrator", "城东镇"),
    ("西镇管理员", "administrator", "城西镇"),
    ("王芳", "union_chair", "金彭车业"),
    ("刘洋", "union_chair", "渤海果业"),
    ("李强", "union_chair", "城东镇"),
    ("郑书记", "leader", "示范区"),
    ("Ann", "leader", "示范区"),
)
LEAVE = {"kind": "annual", "reason": "回老家探亲", "from_on": "2026-03-20", "days": 2}


@dataclass(frozen=True, kw_only=True)
class District:
    """Who and what is in a database, by name."""

    people: Mapping[str, Principal]
    places: Mapping[str, Principal]


@dataclass(kw_only=True, eq=False)
class House:
    url: str
    office: Office
    app: Flask
    mails: MailSettings
    delivery: Delivery
    contract: Contract
    people: Mapping[str, Principal]
    places: Mapping[str, Principal]
    _tokens: dict[str, str] = field(default_factory=dict)

    def by(self, name: str | None, **headers: str) -> Caller:
        """Somebody who calls; None is the public."""
        client = self.app.test_client()
        if name is None:
            return Caller(client=client, contract=self.contract, headers=headers)
        if name not in self._tokens:
            self._tokens[name] = issue_token(self.office.database, PEOPLE[name]["login"])
        return Caller(client=client, contract=self.contract, token=self._tokens[name], headers=headers)

    def at(self, moment: str) -> None:
        """From now on it is so late; nothing happens on the way."""
        with self.office.database.write() as connection:
            set_clock_offset(connection, datetime.fromisoformat(moment) - datetime.now(UTC))

    def tick(self) -> None:
        """All that is due happens, mails included."""
        while tick(self.office) + self.delivery.deliver():
            continue

    def leave(self, by: str = "王芳", **data: Any) -> dict[str, Any]:
        """A request for leave that waits for the township."""
        case = self.by(by).do("/api/v1/cases", {"definition": "leave_request", "data": {**LEAVE, **data}}, status=201)
        return cast("dict[str, Any]", self.by(by).do(f"{task_of(case)}/decision", {"trigger": "submit"}))


class Building:
    """The application and its document, which are the same for every database."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.app = build(*_rooms(database, folder))
        document = self.app.test_client().get("/api/openapi.json").json
        self.contract = Contract(cast("dict[str, Any]", document))

    def upon(self, url: str, database: Database, folder: Path, district: District) -> House:
        """The service upon a database that has a district in it."""
        office, delivery, mails = _rooms(database, folder)
        self.app.extensions |= {"office": office, "delivery": delivery, "mails": mails}
        return House(
            url=url,
            office=office,
            app=self.app,
            mails=mails,
            delivery=delivery,
            contract=self.contract,
            people=district.people,
            places=district.places,
        )


def _rooms(database: Database, folder: Path) -> tuple[Office, Delivery, MailSettings]:
    office = Office(database, Secrets(b"s" * 32), folder=folder)
    office.recorders |= {"tell": tell, **RECORDERS}
    office.sources["honours"] = honours_found
    office.files_of = files_of
    mails = MailSettings(
        sender="示范区总工会 <yangguang@union.example>", base_url="http://127.0.0.1:8000", folder=folder / "mail"
    )

    def deliver() -> int:
        with database.read() as connection:
            now = database.now(connection)
        return deliver_due(office, mails, now)

    return office, Delivery(deliver, lambda: next_due(office)), mails


def settle(database: Database) -> District:
    """A demo's database: a district, its people, a definition that is shipped and one with all that it lacks."""
    office = Office(database, Secrets(b"s" * 32))
    mark(office, DEMO)
    with changing(database, LONG_AGO) as change:
        places: dict[str, Principal] = {}
        for name, (level, kind, parent) in PLACES.items():
            row = {"name": name, "level": level, "kind": kind, "parent": places[parent] if parent else None}
            (places[name],) = add_organisations(change, [cast("Any", row)])
        rows = [
            {"name": name, **known, "employer": places[known["employer"]] if "employer" in known else None}
            for name, known in PEOPLE.items()
        ]
        people = dict(zip(PEOPLE, add_persons(change, cast("list[NewPerson]", rows)), strict=True))
        appoint_many(
            change, [{"person": people[who], "role": role, "organisation": places[place]} for who, role, place in POSTS]
        )
    for texts in (shipped("leave_request"), Texts(definition=HEARING)):
        publish(database, office.versions, texts, calendar=chinese_calendar())
    return District(people=people, places=places)


def shipped(key: str) -> Texts:
    folder = DEFINITIONS / key
    beside = {
        file.name: file.read_text("utf-8")
        for file in folder.glob("*")
        if file.name not in ("definition.yaml", "stories.yaml") and file.suffix in (".yaml", ".txt")
    }
    return Texts(definition=(folder / "definition.yaml").read_text("utf-8"), texts=beside)


def task_of(case: Mapping[str, Any], number: int = 0) -> str:
    """The address of an open task."""
    return f"/api/v1/tasks/{case['tasks'][number]['id']}"
