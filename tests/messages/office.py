"""A federation that grants leave, told by mail: people, a definition with every kind of message, a clock that is set."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy import RowMapping, select

from workflow.calendar import ZONE, chinese_calendar
from workflow.cases.acting import act
from workflow.cases.office import Office, Secrets
from workflow.cases.starting import NewCase, start_case
from workflow.cases.versions import Texts, publish
from workflow.clock.ticking import tick
from workflow.engine.commands import Command, Decide
from workflow.engine.context import Actor
from workflow.engine.directory import Principal
from workflow.engine.subject import Case
from workflow.messages.delivering import deliver_due
from workflow.messages.settings import MailSettings
from workflow.messages.tables import message
from workflow.messages.telling import tell
from workflow.people.changing import changing
from workflow.people.organisations import add_organisations
from workflow.people.persons import NewPerson, add_persons
from workflow.people.posts import appoint_many
from workflow.store import Database
from workflow.store.service import set_clock_offset

#: A Monday, in the middle of a month without holidays.
MONDAY = "2026-03-09 10:00"
MINUTE = timedelta(minutes=1)
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=ZONE)

#: What must never stand in a mail.
ID_NUMBER = "110101199003071233"
MOBILE = "13800000001"
EMAIL = "zhangwei@home.example"
ILLNESS = "胃溃疡"
DEEDS = "连续三年超额完成任务，带出徒弟十一人"
OPINION = "材料里少一张证明，请补齐"
OBJECTION = "他那天并没有生病"
OBJECTOR = "objector@home.example"
PRIVATE = (ID_NUMBER, MOBILE, EMAIL, ILLNESS, DEEDS, OPINION, OBJECTION, OBJECTOR)

LEAVE = """
key: leave
title: {zh: 请假, en: Leave}
number: LV-{year}-{seq:04}
subject: "{name}（{reason}）"
start: {role: union_chair, at: enterprise}
concerns: member
see: [office]
people:
  chair: {role: chair, at: township}
  office: {role: officer, at: district}
  examiners: {role: examiner, at: district}
  member: {person: name, link: mobile}
  other: {person: name, link: email}
recuse: {starter: [chair]}
fields:
  name: {type: text, label: {zh: 姓名, en: Name}, required: true}
  reason: {type: text, label: {zh: 事由, en: Reason}, required: true}
  days: {type: number, label: {zh: 天数, en: Days}, required: true}
  begins: {type: date, label: {zh: 开始, en: Begins}}
  id_number: {type: id_number, label: {zh: 身份证号, en: ID number}, personal: true}
  mobile: {type: mobile, label: {zh: 手机, en: Mobile}, personal: true}
  email: {type: email, label: {zh: 邮箱, en: E-mail}, personal: true}
  illness: {type: text, label: {zh: 病情, en: Illness}, sensitive: true}
  deeds: {type: long_text, label: {zh: 说明, en: Account}}
states:
  draft:
    label: {zh: 填写, en: Form}
    task: {who: starter, edit: [name, reason, days, begins, id_number, mobile, email, illness, deeds]}
    to: {submit: review}
  review:
    label: {zh: 镇街审核, en: Township review}
    task: {who: chair, edit: [days], due: 3 working days}
    remind: [1 working day before due, every working day after due]
    escalate: {at: 2 working days after due, to: office}
    to:
      approve: consent
      return: draft
      reject: refused
      publish: published
      ask_member: by_mail
  consent:
    label: {zh: 本人同意, en: Consent}
    task: {who: member, due: 5 working days}
    remind: [1 working day before due]
    to: {agree: granted, decline: refused}
  by_mail:
    label: {zh: 本人确认, en: Confirmation}
    task: {who: other}
    to: {agree: granted, decline: refused}
  published:
    label: {zh: 公示, en: Public notice}
    notice: {length: 5 working days, where: [public], show: [name], objections: {who: examiners, anonymous: true}}
    to: {clear: granted, upheld: refused}
  granted: {end: {zh: 准假, en: Granted}, tell: [office, member]}
  refused: {end: {zh: 不准, en: Refused}}
triggers:
  ask_member: {label: {zh: 请本人确认, en: Ask the member}, sense: forward}
"""


def at(text: str) -> datetime:
    """A moment as the wall clock shows it in China."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@dataclass(kw_only=True)
class House:
    """The office with its people: names are those of `PEOPLE`."""

    office: Office
    settings: MailSettings
    people: dict[str, Principal]
    places: dict[str, Principal]
    now: datetime = field(default_factory=lambda: at(MONDAY))

    @property
    def database(self) -> Database:
        return self.office.database

    def set_clock(self, text: str) -> None:
        """From now on it is so late."""
        self.now = at(text)
        with self.database.write() as connection:
            set_clock_offset(connection, self.now - datetime.now(UTC))

    @staticmethod
    def uuid(text: str) -> UUID:
        return UUID(text)

    def actor(self, name: str) -> Actor:
        return Actor(person=self.people[name])

    def start(self, definition: str = "leave", *, data: dict[str, Any] | None = None, **more: Any) -> UUID:
        """A case of 王芳; the form is `data`, or the usual one with `more`."""
        new = NewCase(definition=definition, data=data if data is not None else {**FORM, **more})
        return UUID(start_case(self.office, new, actor=self.actor("王芳")).case.id)

    def submitted(self, **data: Any) -> UUID:
        """A case that waits for the township's chair; nobody has been told of it yet."""
        case = self.start(**data)
        self.decide(case, 1, "submit", by="王芳")
        return case

    def decide(self, case: UUID, task: int, trigger: str, *, by: str, **more: Any) -> Case:
        return self.act(case, Decide(task=task, trigger=trigger, **more), by=by)

    def act(self, case: UUID, command: Command, *, by: str) -> Case:
        subject = act(self.office, case, command, actor=self.actor(by)).subject
        return cast("Case", subject)

    def tell(self) -> None:
        """Whatever is due by the clock is fired, and all that was ordered is done."""
        tick(self.office)

    def forget(self) -> None:
        """What was told so far does not matter."""
        self.tell()
        with self.database.write() as connection:
            connection.execute(message.delete())

    def deliver(self, now: str | datetime | None = None) -> list[EmailMessage]:
        """All that is due goes out; the mails that now lie in the folder, the oldest first.

        A minute after the clock was set: it runs on while a test does something.
        """
        moment = self.now + MINUTE if now is None else at(now) if isinstance(now, str) else now
        while deliver_due(self.office, self.settings, moment):
            pass
        return mails(self.settings.folder)

    def rows(self) -> Sequence[RowMapping]:
        with self.database.read() as connection:
            statement = select(message).order_by(message.c.created_at, message.c.kind, message.c.recipient)
            return connection.execute(statement).mappings().all()

    def told(self) -> list[tuple[str, str]]:
        """Who was told what: kind and recipient, persons by name."""
        names = {f"person:{key}": name for name, key in self.people.items()}
        return sorted((row["kind"], names.get(row["recipient"], row["recipient"])) for row in self.rows())


FORM = {
    "name": "张伟",
    "reason": "探亲",
    "days": 2,
    "begins": "2026-03-20",
    "id_number": ID_NUMBER,
    "mobile": MOBILE,
    "email": EMAIL,
    "illness": ILLNESS,
    "deeds": DEEDS,
}

#: Everybody with an e-mail; 孙丽 reads English; 周涛 has a mobile only, 吴刚 nothing.
PEOPLE: dict[str, dict[str, Any]] = {
    "王芳": {"email": "wangfang@union.example"},
    "李强": {"email": "liqiang@union.example"},
    "孙丽": {"email": "sunli@union.example", "language": "en"},
    "周涛": {"mobile": "13900000002"},
    "吴刚": {},
    "赵敏": {"email": "zhaomin@union.example"},
}
POSTS = (
    ("王芳", "union_chair", "金彭车业"),
    ("李强", "chair", "城东镇"),
    ("孙丽", "officer", "彭湖区总工会"),
    ("赵敏", "examiner", "彭湖区总工会"),
)


def a_house(
    database: Database,
    folder: Path,
    *,
    posts: Sequence[tuple[str, str, str]] = POSTS,
    definition: str = LEAVE,
    **texts: str,
) -> House:
    """Everything in place on a Monday morning; nothing has happened yet."""
    with changing(database, LONG_AGO) as change:
        (district,) = add_organisations(change, [{"name": "彭湖区总工会", "level": "district"}])
        (township,) = add_organisations(change, [{"name": "城东镇", "level": "township", "parent": district}])
        (works,) = add_organisations(change, [{"name": "金彭车业", "level": "enterprise", "parent": township}])
        places = {"彭湖区总工会": district, "城东镇": township, "金彭车业": works}
        keys = add_persons(change, [cast("NewPerson", {"name": name, **known}) for name, known in PEOPLE.items()])
        people = dict(zip(PEOPLE, keys, strict=True))
        appoint_many(
            change,
            [{"person": people[who], "role": role, "organisation": places[place]} for who, role, place in posts],
        )
    office = Office(database, Secrets(b"s" * 32))
    office.recorders["tell"] = tell
    named = {name.replace("__", "."): text for name, text in texts.items()}
    publish(database, office.versions, Texts(definition=definition, texts=named), calendar=chinese_calendar())
    settings = MailSettings(
        sender="彭湖区总工会 <yangguang@phqzgh.example>", base_url="https://yg.phqzgh.example", folder=folder
    )
    house = House(office=office, settings=settings, people=people, places=places)
    house.set_clock(MONDAY)
    house.tell()
    return house


def mails(folder: Path) -> list[EmailMessage]:
    """Those in a folder, the oldest first."""
    return [parsed(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]


def parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=SMTP)


def text_of(mail: EmailMessage) -> str:
    return part(mail, "plain")


def html_of(mail: EmailMessage) -> str:
    return part(mail, "html")


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    content: str = found.get_content()
    return content.replace("\r\n", "\n")
