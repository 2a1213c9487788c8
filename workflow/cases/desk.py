"""Where an act is done: a connection with the two statements, locks, and what can be looked up beside the case."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, select

from workflow.calendar import Calendar
from workflow.cases.facts import case_before, facts_for, foreseen, round_facts
from workflow.cases.office import Office
from workflow.cases.polls import Opened, open_envelopes, poll_of
from workflow.cases.reading import Read, read_postgresql, read_sqlite, subject_of
from workflow.cases.rows import Change, write_postgresql, write_sqlite
from workflow.cases.tables import cases, disclosure, event
from workflow.cases.versions import Version
from workflow.engine.commands import Command
from workflow.engine.context import Context, Fact, RoundView, SeededLot
from workflow.engine.directory import Directory
from workflow.engine.subject import Case, CaseFacts, Round, Subject
from workflow.store.database import DriverConnection

_ALONE = "select 1 from cases where id = %(id)s for no key update"
_TOGETHER = "select 1 from cases where id = %(id)s for share"


@dataclass(frozen=True, slots=True)
class Held:
    """A case as it was read under its lock."""

    case: Case
    head: bytes
    at: datetime  #: of its last event


@dataclass(slots=True)
class Desk:
    """On the hot path there is the driver's connection alone; in a transaction, SQLAlchemy's as well."""

    office: Office
    driver: DriverConnection
    connection: Connection | None = None

    @property
    def connection_or_fail(self) -> Connection:
        assert self.connection is not None
        return self.connection

    # --- the two statements

    def read(self, subject: UUID, request: bytes) -> Read:
        reading = read_sqlite if self.office.database.dialect == "sqlite" else read_postgresql
        return reading(self.driver, subject, request)

    def write(self, change: Change) -> bool:
        writing = write_sqlite if self.office.database.dialect == "sqlite" else write_postgresql
        return writing(self.driver, change)

    def lock(self, *subjects: UUID, alone: bool = True) -> None:
        """Locks rows in the order given, each by a statement of its own; SQLite's transaction is the lock already.

        Not `alone`, others may read it so as well, but nobody can change it.
        """
        if self.office.database.dialect == "postgresql":
            for subject in subjects:
                self.driver.execute(_ALONE if alone else _TOGETHER, {"id": subject})

    # --- what a process knows

    def version(self, key: str, number: int) -> Version:
        known = self.office.versions.known(key, number)
        if known is not None:
            return known
        with self.looking() as connection:
            return self.office.versions.get(connection, key, number)

    def directory(self, number: int) -> Directory:
        known = self.office.directories.known()
        if known is not None and known.number == number:
            return known
        with self.looking() as connection:
            return self.office.directory(connection)

    def calendar(self, number: str | None) -> Calendar:
        known = self.office.known_calendar(number)
        if known is not None:
            return known
        with self.looking() as connection:
            return self.office.calendar(connection)

    def lot(self, subject: Subject, head: bytes) -> SeededLot:
        """The seed follows from the head of the chain: nobody chooses it, and anyone can draw the lot again."""
        return SeededLot(f"{subject.id}/{subject.seq}/{head.hex()[:32]}")

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """The transaction, or on the hot path a snapshot beside it."""
        if self.connection is not None:
            yield self.connection
        else:
            with self.office.database.read() as connection:
                yield connection

    # --- what a step asks for

    def with_facts(
        self, context: Context, wanted: frozenset[Fact], case: Subject | None, command: Command, version: Version
    ) -> Context:
        """The context with what a step upon a case, or one that begins it, has asked for."""
        if not wanted or self.connection is None or isinstance(case, Round):
            return context
        definition, found = version.definition, dict[str, Any]()
        if "figures" in wanted and context.round is not None:
            found["round"] = RoundView(context.round.round, self.round_facts(context.round.round.id))
        if "files" in wanted:
            found["files"] = self.office.files_of(self.connection, UUID(case.id)) if case else {}
        if wanted & {"facts", "previous"}:
            about = foreseen(definition, case, command, context)
            if about is not None and "facts" in wanted:
                found["facts"] = facts_for(self.connection, self.office, definition, about, context.now)
            if about is not None and "previous" in wanted:
                before = case_before(self.connection, self.office, definition, about, context.now)
                found["previous"] = before.data if before else None
        return replace(context, **found)

    def round_facts(self, round_id: str) -> tuple[CaseFacts, ...]:
        return round_facts(self.connection_or_fail, round_id)

    def open_ballot(self, subject: Subject, command: Command) -> Opened | None:
        """The envelopes of the secret ballot that this act may close."""
        found = poll_of(subject, command)
        if found is None:
            return None
        return open_envelopes(self.connection_or_fail, UUID(subject.id), found, self.office.secrets)

    def load_cases(self, ids: list[str]) -> dict[str, Held]:
        last = and_(event.c.case_id == cases.c.id, event.c.seq == cases.c.seq)
        rows = select(cases, event.c.at).join(event, last).where(cases.c.id.in_([UUID(found) for found in ids]))
        found: dict[str, Held] = {}
        for row in self.connection_or_fail.execute(rows).mappings():
            case = subject_of(row)
            assert isinstance(case, Case)
            found[case.id] = Held(case, bytes(row["head"]), row["at"])
        return found

    def events(self, subject: UUID, upto: int) -> tuple[list[tuple[bytes, str | None]], bytes]:
        """The stored bytes of the events up to one, with what is disclosed of them, and the hash of the last."""
        with self.looking() as connection:
            return stored_events(connection, subject, upto)


def stored_events(
    connection: Connection, subject: UUID, upto: int | None = None
) -> tuple[list[tuple[bytes, str | None]], bytes]:
    rows = (
        select(event.c.body, event.c.hash, disclosure.c["values"])
        .select_from(
            event.outerjoin(disclosure, (disclosure.c.case_id == event.c.case_id) & (disclosure.c.seq == event.c.seq))
        )
        .where(event.c.case_id == subject)
        .order_by(event.c.seq)
    )
    if upto is not None:
        rows = rows.where(event.c.seq <= upto)
    found = connection.execute(rows).all()
    return [(row[0].encode(), row[2]) for row in found], bytes(found[-1][1]) if found else b""


@contextmanager
def hot_desk(office: Office) -> Iterator[Desk]:
    with office.database.hot() as driver:
        yield Desk(office, driver)


@contextmanager
def transaction(office: Office) -> Iterator[Desk]:
    with office.database.write() as connection:
        driver: Any = connection.connection.driver_connection
        yield Desk(office, driver, connection)
