"""Where an act is done: a connection with the two statements, locks, and what can be looked up beside the case."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from workflow.calendar import Calendar
from workflow.cases.facts import case_before, facts_for, round_facts
from workflow.cases.office import Office
from workflow.cases.polls import Opened, open_envelopes, open_polls
from workflow.cases.reading import Read, read_postgresql, read_sqlite, subject_of
from workflow.cases.rows import Change, write_postgresql, write_sqlite
from workflow.cases.tables import cases, disclosure, event
from workflow.cases.versions import Version
from workflow.engine.commands import CloseBallot, Command, FireTimer
from workflow.engine.context import Context, Fact, RoundView, SeededLot
from workflow.engine.directory import Directory
from workflow.engine.subject import Case, CaseFacts, Subject
from workflow.store.database import DriverConnection


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

    def lock(self, *subjects: UUID) -> None:
        """Locks rows in the order given, each by a statement of its own; SQLite's transaction is the lock already."""
        if self.office.database.dialect == "postgresql":
            for subject in subjects:
                self.driver.execute("select 1 from cases where id = %(id)s for no key update", {"id": subject})

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

    def lot(self, read: Read, subject: UUID) -> SeededLot:
        """The seed follows from the head of the chain: nobody chooses it, and anyone can draw the lot again."""
        seq = read.subject.seq if read.subject else 0
        return SeededLot(f"{subject}/{seq}/{read.head.hex()[:32]}")

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """The transaction, or on the hot path a snapshot beside it."""
        if self.connection is not None:
            yield self.connection
        else:
            with self.office.database.read() as connection:
                yield connection

    # --- what a step asks for

    def with_facts(self, context: Context, wanted: frozenset[Fact], case: Subject | None, version: Version) -> Context:
        """The context with what was asked for."""
        if not wanted or self.connection is None or not isinstance(case, Case):
            return context
        found: dict[str, Any] = {}
        if "figures" in wanted and context.round is not None:
            found["round"] = RoundView(context.round.round, self.round_facts(context.round.round.id))
        if "facts" in wanted:
            found["facts"] = facts_for(self.connection, self.office, version.definition, case, context.now)
        if "previous" in wanted:
            before = case_before(self.connection, version.definition, case)
            found["previous"] = before.data if before else None
        if "files" in wanted:
            found["files"] = self.office.files_of(self.connection, UUID(case.id))
        return replace(context, **found)

    def round_facts(self, round_id: str) -> tuple[CaseFacts, ...]:
        return round_facts(self.connection_or_fail, round_id)

    def open_ballot(self, subject: Subject, command: Command) -> Opened | None:
        """The envelopes of the secret ballot that this act may close."""
        found = open_polls(subject)
        if isinstance(command, CloseBallot):
            found = {number: one for number, one in found.items() if number == command.task}
        elif not isinstance(command, FireTimer):
            found = dict(list(found.items())[:1])
        for one in found.values():
            return open_envelopes(self.connection_or_fail, UUID(subject.id), one, self.office.secrets)
        return None

    def load_cases(self, ids: list[str]) -> dict[str, tuple[Case, bytes]]:
        rows = select(cases).where(cases.c.id.in_([UUID(found) for found in ids]))
        found: dict[str, tuple[Case, bytes]] = {}
        for row in self.connection_or_fail.execute(rows).mappings():
            case = subject_of(row)
            assert isinstance(case, Case)
            found[case.id] = (case, bytes(row["head"]))
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
