"""A federation in small, on a Monday morning: people with posts, five definitions, and everything through the room's own doors."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, Table, and_, delete, insert, select, update

from workflow.calendar import ZONE, chinese_calendar
from workflow.cases.acting import Outcome, act
from workflow.cases.effects import follow
from workflow.cases.entries import entries_of
from workflow.cases.office import Office, Secrets
from workflow.cases.reading import load
from workflow.cases.starting import NewCase, open_round, start_case
from workflow.cases.tables import cases, event
from workflow.cases.verifying import verify
from workflow.cases.versions import Texts, Versions, publish
from workflow.clock.ticking import tick
from workflow.engine.commands import Command, Decide
from workflow.engine.context import Actor
from workflow.engine.directory import Principal
from workflow.engine.subject import Case, Round, Task
from workflow.errors import WorkflowError
from workflow.people.changing import changing
from workflow.people.organisations import add_organisations
from workflow.people.persons import NewPerson, add_persons
from workflow.people.posts import appoint_many
from workflow.store import Database, open_database
from workflow.store.metadata import metadata
from workflow.store.service import set_clock_offset

T = TypeVar("T")

DEFINITIONS = Path(__file__).parent / "definitions"
SECRET = b"a master secret of 32 characters"
MONDAY = "2026-03-09 10:00"
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=ZONE)

ID_NUMBER = "110101199003071233"
MOBILE = "13800000001"
FORM = {"name": "张伟", "id_number": ID_NUMBER, "mobile": MOBILE, "story": "家中失火，急需帮助"}

PLACES = {
    "区总": ("district", None),
    "城东": ("township", "区总"),
    "城西": ("township", "区总"),
    "车业": ("enterprise", "城东"),
    "纺织": ("enterprise", "城西"),
}
#: Who is what where. 钱进 and 孙丽 are the leaders who sign, the experts vote.
POSTS = (
    ("王芳", "union_chair", "车业"),
    ("刘洋", "union_chair", "纺织"),
    ("李强", "reviewer", "城东"),
    ("周涛", "reviewer", "城东"),
    ("冯丽", "reviewer", "城西"),
    ("赵敏", "officer", "区总"),
    ("钱进", "leader", "区总"),
    ("孙丽", "leader", "区总"),
    ("专家甲", "expert", "区总"),
    ("专家乙", "expert", "区总"),
    ("专家丙", "expert", "区总"),
    ("审计", "auditor", "区总"),
    ("管理员", "administrator", "区总"),
    ("城西管理员", "administrator", "城西"),
)


def at(text: str) -> datetime:
    """A moment as the wall clock shows it in China."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@dataclass(frozen=True, kw_only=True)
class Federation:
    office: Office
    people: Mapping[str, Principal]
    places: Mapping[str, Principal]

    @property
    def database(self) -> Database:
        return self.office.database

    def actor(self, name: str) -> Actor:
        return Actor(person=self.people[name])

    def set_clock(self, text: str) -> None:
        """From now on it is so late; nothing happens by itself."""
        with self.database.write() as connection:
            set_clock_offset(connection, at(text) - datetime.now(UTC))

    def tick(self) -> int:
        return tick(self.office)

    # --- cases

    def start(self, definition: str = "aid", *, by: str = "王芳", key: str | None = None, **more: Any) -> Case:
        data = {**FORM, **more} if definition == "aid" else more
        new = NewCase(definition=definition, data=data)
        return start_case(self.office, new, actor=self.actor(by), key=key).case

    def submitted(self, *, by: str = "王芳", **more: Any) -> Case:
        """A case that waits for the reviewers of the township."""
        return self.decide(self.start(by=by, **more), "submit", by=by).case

    def decide(self, case: Case | Round, trigger: str, *, by: str, **more: Any) -> Outcome:
        """By the first task that is open to this person."""
        key = more.pop("key", None)
        expected = more.pop("expected", None)
        command = Decide(task=more.pop("task", None) or self.task(case, by).id, trigger=trigger, **more)
        return self.act(case, command, by=by, key=key, expected=expected)

    def act(
        self, subject: Case | Round, command: Command, *, by: str, key: str | None = None, expected: int | None = None
    ) -> Outcome:
        return act(self.office, UUID(subject.id), command, actor=self.actor(by), key=key, expected=expected)

    def now(self, subject: Case | Round) -> Any:
        """The case or round as it stands."""
        with self.database.read() as connection:
            found = load(connection, UUID(subject.id))
        assert found is not None
        return found[0]

    def task(self, subject: Case | Round, by: str) -> Task:
        found = self.now(subject)
        with self.database.read() as connection:
            directory = self.office.directory(connection)
            mine = directory.principals(self.people[by], found.definition, self.database.now(connection))
        tasks = [task for entry in entries_of(found) for task in entry.tasks]
        return next(task for task in tasks if set(mine) & set(task.everyone))

    def follow(self, subject: Case | Round) -> None:
        follow(self.office, UUID(subject.id))

    # --- rounds

    def round(self, definition: str = "selection", *, by: str = "赵敏", key: str | None = None, **more: Any) -> Round:
        data = {"closes_on": "2026-06-30", **more} if definition == "selection" else more
        return open_round(self.office, definition, actor=self.actor(by), data=data, key=key).round

    def listed(self, *names: str, hall: str = "list", heads: Sequence[str] = ()) -> list[Case]:
        """Candidates that wait to be decided together."""
        found = []
        for number, name in enumerate(names):
            mobile = f"1390000{number:04}"
            case = self.start("selection", name=name, mobile=mobile, hall=hall, head=name in heads)
            found.append(self.decide(case, "submit", by="王芳").case)
        self.tick()
        return found

    # --- what is stored

    def rows(self, table: Table) -> Sequence[RowMapping]:
        with self.database.read() as connection:
            return connection.execute(_in_order(table)).mappings().all()

    def events(self, subject: Case | Round) -> Sequence[RowMapping]:
        return [row for row in self.rows(event) if row["case_id"] == UUID(subject.id)]

    def cases(self) -> Sequence[RowMapping]:
        return self.rows(cases)

    def broken(self) -> list[str]:
        """What `verify` says."""
        return [what.say("en") for what in verify(self.office).broken]


def an_office(database: Database, folder: Path, versions: Versions | None = None) -> Office:
    return Office(database, Secrets(SECRET), folder=folder, versions=versions or Versions())


def found(office: Office) -> Federation:
    """People, posts and definitions, as they have been for a while: nobody has to be looked at again."""
    database = office.database
    with changing(database, LONG_AGO) as change:
        places: dict[str, Principal] = {}
        for name, (level, parent) in PLACES.items():
            (places[name],) = add_organisations(
                change, [{"name": name, "level": level, "parent": places[parent] if parent else None}]
            )
        names = [*dict.fromkeys(name for name, _, _ in POSTS), "外人"]
        known: list[NewPerson] = [{"name": name, "login": f"login{n}"} for n, name in enumerate(names)]
        people = dict(zip(names, add_persons(change, known), strict=True))
        appoint_many(
            change,
            [{"person": people[who], "role": role, "organisation": places[place]} for who, role, place in POSTS],
        )
    for text in sorted(DEFINITIONS.glob("*.yaml")):
        publish(database, office.versions, Texts(definition=text.read_text()), calendar=chinese_calendar())
    federation = Federation(office=office, people=people, places=places)
    federation.set_clock(MONDAY)
    federation.tick()
    return federation


def reopened(federation: Federation, url: str) -> Federation:
    """The same as another process has it."""
    office = an_office(open_database(url), federation.office.folder, federation.office.versions)
    office.recorders |= federation.office.recorders
    return Federation(office=office, people=federation.people, places=federation.places)


def at_once(*doing: Callable[[], T]) -> list[T | WorkflowError]:
    """All of it at the same moment, each in a thread of its own: what each gave, or what refused it."""
    ready = Barrier(len(doing))

    def one(do: Callable[[], T]) -> T | WorkflowError:
        ready.wait(10)
        try:
            return do()
        except WorkflowError as error:
            return error

    with ThreadPoolExecutor(len(doing)) as threads:
        return list(threads.map(one, doing))


Rows = Mapping[Table, Sequence[RowMapping]]


def all_rows(database: Database) -> Rows:
    """All that lies in a database."""
    with database.read() as connection:
        return {table: connection.execute(_in_order(table)).mappings().all() for table in metadata.sorted_tables}


def put_back(database: Database, before: Rows) -> None:
    """What has changed since is made as it was, row by row."""
    now = all_rows(database)
    changed = [table for table in metadata.sorted_tables if now[table] != before[table]]
    with database.write() as connection:
        for table in reversed(changed):
            known = _by_key(table, before[table])
            for key, _ in reversed([one for one in _by_key(table, now[table]).items() if one[0] not in known]):
                connection.execute(delete(table).where(_is(table, key)))
        for table in changed:
            found = _by_key(table, now[table])
            for key, row in _by_key(table, before[table]).items():
                if key not in found:
                    connection.execute(insert(table).values(row))
                elif found[key] != row:
                    connection.execute(update(table).where(_is(table, key)).values(row))


def _in_order(table: Table) -> Select[Any]:
    return select(table).order_by(*table.primary_key.columns)


def _by_key(table: Table, rows: Sequence[RowMapping]) -> dict[tuple[Any, ...], dict[str, Any]]:
    names = [column.name for column in table.primary_key.columns]
    return {tuple(row[name] for name in names): dict(row) for row in rows}


def _is(table: Table, key: tuple[Any, ...]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key.columns, key, strict=True)))
