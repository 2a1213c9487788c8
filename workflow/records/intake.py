"""Into what nominations are imported: a version, its round that takes cases, the columns, and who starts such cases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from workflow.calendar import day_of
from workflow.cases.acting import fire_due
from workflow.cases.contexts import context_of
from workflow.cases.office import Office
from workflow.cases.reading import load
from workflow.cases.tables import cases
from workflow.cases.versions import Version
from workflow.definition.form import Kept
from workflow.definition.model import Definition, RoleAt
from workflow.engine import permit
from workflow.engine.context import Actor, Context, RoundView
from workflow.engine.directory import Directory, Organisation, Principal
from workflow.engine.subject import Case, Holder, Round
from workflow.errors import Closed, InvalidData, NotOffered, NotPermitted, Problem
from workflow.records.columns import Columns, columns_of
from workflow.text import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    version: Version
    round: Round | None
    columns: Columns
    start: RoleAt
    context: Context

    @property
    def definition(self) -> Definition:
        return self.version.definition

    @property
    def directory(self) -> Directory:
        return self.context.directory

    @property
    def key(self) -> str:
        """What tells it from others, so that the same row may go into each."""
        return f"{self.version.key}/{self.round.id if self.round else ''}"

    def places(self, within: Principal | None, level: str) -> Iterator[Organisation]:
        """The organisations of a level or kind in a branch, or in all; those that have ended are left out."""
        directory, now = self.directory, self.context.now
        found = directory.organisations.values() if within is None else directory.branch(within)
        return (one for one in found if level in (one.level, one.kind) and (one.until is None or now < one.until))

    def probe(
        self, kept: dict[str, Kept], *, unit: Principal, starter: Holder | None = None, case_id: str = ""
    ) -> Case:
        """A case as it would be, to be looked at: nothing of it is stored."""
        return Case(
            id=case_id,
            definition=self.version.key,
            version=self.version.number,
            unit=unit,
            starter=starter,
            round=self.round.id if self.round else None,
            started_at=self.context.now,
            state=self.definition.first_state,
            data=kept,
        )


def intake_of(office: Office, definition: str, round_id: UUID | None, actor: Actor) -> Intake:
    """Raises InvalidData where several rounds take cases and none is named, Closed where none does, NotPermitted."""
    with office.database.read() as connection:
        version = office.versions.newest(connection, definition)
        chosen = _round_for(office, connection, version, round_id)
    if chosen is not None:
        fire_due(office, chosen)  # it may have been due to close
    with office.database.read() as connection:
        round_ = _open_round(connection, version, chosen)
        if round_ is not None:
            version = office.versions.get(connection, definition, round_.version)
        context = replace(context_of(office, connection, actor), round=RoundView(round_) if round_ else None)
    permit_import(context, version.definition, round_.unit if round_ else None)
    start = next((e.spec for e in permit.start_entries(version.definition) if isinstance(e.spec, RoleAt)), None)
    if start is None:
        raise NotOffered(sentence("“{title}” is not started by a post of a unit.", title=version.definition.title))
    return Intake(version=version, round=round_, columns=columns_of(version), start=start, context=context)


def permit_import(context: Context, definition: Definition, unit: Principal | None) -> None:
    """The service itself; of persons administrators of the branch, and those who open such rounds."""
    if context.actor.person is None:
        if context.actor.service is None:
            raise NotPermitted
        return
    opens = definition.round.opens_by if definition.round else ()
    if unit is None:
        unit = next((one.id for one in context.directory.organisations.values() if one.parent is None), None)
    if permit.is_administrator(unit, context):
        return
    if not opens or unit is None or permit.in_group(definition, opens, unit, (), context) is None:
        raise NotPermitted(sentence("Administrators, and those who open such rounds, may import."))


def _round_for(office: Office, connection: Connection, version: Version, round_id: UUID | None) -> UUID | None:
    """The round that is named, else the only one that takes cases; of several they are listed."""
    if version.definition.round is None:
        if round_id is not None:
            raise _no_such_round()
        return None
    if round_id is not None:
        return round_id
    now = office.database.now(connection)
    taking = [row for row in _open_rounds(connection, version.key) if not _is_over(connection, row.id, now)]
    if len(taking) > 1:
        listed = [f"{row.subject} ({row.id})" for row in taking]
        text = sentence("Several rounds take cases; name one: {rounds}.", rounds=listed)
        raise InvalidData((Problem("/round", "required", text),))
    if not taking:
        raise Closed(sentence("No round of “{title}” takes cases now.", title=version.definition.title))
    found: UUID = taking[0].id
    return found


def _open_rounds(connection: Connection, key: str) -> Sequence[Any]:
    rows = select(cases.c.id, cases.c.subject).where(
        cases.c.definition == key, cases.c.kind == "round", cases.c.state == "open"
    )
    return connection.execute(rows.order_by(cases.c.opened_at, cases.c.id)).all()


def _is_over(connection: Connection, round_id: UUID, now: datetime) -> bool:
    """Whether its closing is due, though nobody has fired it yet."""
    found = load(connection, round_id)
    timers = found[0].timers if found and isinstance(found[0], Round) else ()
    return any(timer.kind == "closes" and timer.at <= now for timer in timers)


def _open_round(connection: Connection, version: Version, round_id: UUID | None) -> Round | None:
    if round_id is None:
        return None
    found = load(connection, round_id)
    if found is None or not isinstance(found[0], Round) or found[0].definition != version.key:
        raise _no_such_round()
    round_ = found[0]
    if round_.closed_at is not None:
        opened, closed = day_of(round_.opened_at).isoformat(), day_of(round_.closed_at).isoformat()
        raise Closed(sentence("This round took cases from {opened} to {closed}.", opened=opened, closed=closed))
    return round_


def _no_such_round() -> InvalidData:
    return InvalidData((Problem("/round", "data", sentence("There is no such round of this definition.")),))
