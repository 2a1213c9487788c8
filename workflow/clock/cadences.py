"""Rounds that open by themselves: each occurrence once at each organisation, whatever number of schedulers there are.

That it is once lies in the round's own key (definition, organisation, nominal date); the row of a cadence only says up to
when has been looked. A scheduler that dies between two organisations is taken over from there.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from workflow.calendar import Calendar
from workflow.cases.effects import follow
from workflow.cases.office import Office
from workflow.cases.starting import open_round
from workflow.cases.versions import Version
from workflow.clock.tables import cadence, cadence_act
from workflow.definition.model import RoundRules
from workflow.engine.context import Actor
from workflow.engine.directory import Directory, Organisation, Principal
from workflow.engine.rounds.cadence import Occurrence, occurrences
from workflow.errors import InvalidData, NotFound, NotOffered, Problem, Twice, WorkflowError
from workflow.store.service import service_value
from workflow.text import sentence

log = structlog.get_logger()

SERVICE = Actor(service="cadence")
#: So far ahead the next occurrence is looked for.
_HORIZON = timedelta(days=400)
#: At most so many past occurrences are opened in one go after a long sleep.
_MOST = 400

ActKind = Literal["paused", "resumed", "skipped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """An occurrence that will open, if nobody skips it."""

    version: Version
    occurrence: Occurrence
    units: tuple[Organisation, ...]
    skipped: bool
    provisional: bool  #: the holidays of its year are not published


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """A definition whose rounds open by themselves, and what was decided about it."""

    version: Version
    next_at: datetime | None
    paused_at: datetime | None
    acts: Sequence[Row[Any]]  #: the newest first


# --- opening


def open_due(office: Office) -> int:
    """Opens what has become due; how many rounds. Any number of schedulers may do it at once."""
    opened = 0
    for version, row in _due(office):
        opened += _open_all(office, version, row.opened_until)
    return opened


def next_opening(office: Office) -> datetime | None:
    with office.database.read() as connection:
        found: datetime | None = connection.scalar(select(func.min(cadence.c.next_at)))
    return found


def _due(office: Office) -> list[tuple[Version, Row[Any]]]:
    with office.database.read() as connection:
        now = office.database.now(connection)
        versions = {one.key: one for one in office.versions.all_newest(connection) if opens_by_itself(one)}
        rows = {row.definition: row for row in connection.execute(select(cadence))}
        days = service_value(connection, "calendar")
    stale = [one for key, one in versions.items() if key not in rows or rows[key].reckoned_with != _mark(one, days)]
    if stale:
        _reckon(office, stale)
        return _due(office)
    due = [row for row in rows.values() if row.next_at is not None and row.next_at <= now]
    return [(versions[row.definition], row) for row in due if row.definition in versions]


def _mark(version: Version, days: str | None) -> str:
    """With what the next occurrence was reckoned: a version, and the calendar by its number."""
    return f"{version.number}/{days or ''}"


def _reckon(office: Office, versions: Sequence[Version]) -> None:
    """Finds anew when the next occurrence is: after publishing, after a change of the calendar."""
    with office.database.write() as connection:
        calendar, days = office.calendar(connection), service_value(connection, "calendar")
        for version in versions:
            row = _row(connection, version)
            next_at = None if row.paused_at else _next(version, calendar, row.opened_until)
            changed = update(cadence).where(_is(version.key))
            connection.execute(changed.values(reckoned_with=_mark(version, days), next_at=next_at))


def _open_all(office: Office, version: Version, since: datetime) -> int:
    with office.database.read() as connection:
        now = office.database.now(connection)
        calendar, directory = office.calendar(connection), office.directory(connection)
        skipped = _skipped(connection)[version.key]
    due = occurrences(_rules(version), calendar, since, now)[:_MOST]
    opened = 0
    for occurrence in due:
        for unit in _owners(version, directory, occurrence.opens_at):
            if not skipped.intersection({(occurrence.nominal, None), (occurrence.nominal, unit.id)}):
                opened += _open(office, version, occurrence, unit.id)
    until = due[-1].opens_at if due else now
    with office.database.write() as connection:
        mine = and_(_is(version.key), cadence.c.opened_until == since, cadence.c.paused_at.is_(None))
        connection.execute(
            update(cadence).where(mine).values(opened_until=until, next_at=_next(version, calendar, until))
        )
    return opened


def _open(office: Office, version: Version, occurrence: Occurrence, unit: Principal) -> int:
    """One round, as of the moment at which it was due, with the cases that open with it."""
    nominal = occurrence.nominal.isoformat()
    try:
        outcome = open_round(
            office,
            version.key,
            actor=SERVICE,
            unit=unit,
            nominal=nominal,
            key=f"{version.key}/{unit}/{nominal}",
            due=occurrence.opens_at,
        )
    except Twice:
        return 0
    except WorkflowError as error:
        log.warning("round_not_opened", definition=version.key, unit=unit, nominal=nominal, error=error.code)
        with office.database.write() as connection:
            _row(connection, version)
            _note(office, connection, version.key, "failed", error.say("zh"), nominal=occurrence.nominal, unit=unit)
        return 0
    follow(office, UUID(outcome.subject.id))
    return 1


def _next(version: Version, calendar: Calendar, after: datetime) -> datetime | None:
    found = occurrences(_rules(version), calendar, after, after + _HORIZON)
    return found[0].opens_at if found else None


def _owners(version: Version, directory: Directory, at: datetime) -> Iterator[Organisation]:
    """Each organisation of the level that the round is at."""
    rules = _rules(version)
    for organisation in sorted(directory.organisations.values(), key=lambda one: one.id):
        here = organisation.until is None or at < organisation.until
        if here and rules.at in (organisation.level, organisation.kind):
            yield organisation


def _rules(version: Version) -> RoundRules:
    rules = version.definition.round
    assert rules is not None
    return rules


def opens_by_itself(version: Version) -> bool:
    return version.definition.round is not None and version.definition.round.opens_at is not None


# --- what is coming, and what is decided about it


def all_cadences(office: Office, connection: Connection) -> list[Cadence]:
    """By key."""
    versions = [one for one in office.versions.all_newest(connection) if opens_by_itself(one)]
    rows = {row.definition: row for row in connection.execute(select(cadence))}
    acts: dict[str, list[Row[Any]]] = {}
    newest = select(cadence_act).order_by(cadence_act.c.definition, cadence_act.c.number.desc())
    for act in connection.execute(newest):
        acts.setdefault(act.definition, []).append(act)
    return [_cadence(version, rows.get(version.key), acts.get(version.key, ())) for version in versions]


def one_cadence(office: Office, connection: Connection, definition: str) -> Cadence:
    """Raises NotFound."""
    version = _version(office, connection, definition)
    row = connection.execute(select(cadence).where(_is(definition))).one_or_none()
    return _cadence(version, row, acts_of(connection, definition))


def _cadence(version: Version, row: Row[Any] | None, acts: Sequence[Row[Any]]) -> Cadence:
    next_at, paused_at = (row.next_at, row.paused_at) if row is not None else (None, None)
    return Cadence(version=version, next_at=next_at, paused_at=paused_at, acts=acts)


def coming(office: Office, connection: Connection, until: datetime) -> list[Coming]:
    """What opens by itself between now and then, in order, what is skipped included."""
    now = office.database.now(connection)
    calendar, directory = office.calendar(connection), office.directory(connection)
    paused = set(connection.scalars(select(cadence.c.definition).where(cadence.c.paused_at.is_not(None))))
    skipped = _skipped(connection)
    found: list[Coming] = []
    for version in office.versions.all_newest(connection):
        if not opens_by_itself(version) or version.key in paused:
            continue
        found += [
            Coming(
                version=version,
                occurrence=one,
                units=tuple(_owners(version, directory, one.opens_at)),
                skipped=(one.nominal, None) in skipped[version.key],
                provisional=calendar.is_provisional(one.nominal),
            )
            for one in occurrences(_rules(version), calendar, now, until)
        ]
    return sorted(found, key=lambda one: (one.occurrence.opens_at, one.version.key))


def pause(office: Office, definition: str, *, by: Principal | None, reason: str) -> None:
    """No occurrence opens until it is resumed; those that fall into the pause are left out."""
    with office.database.write() as connection:
        row = _row(connection, _version(office, connection, definition))
        if row.paused_at is not None:
            raise NotOffered(sentence("This cadence is paused already."))
        now = office.database.now(connection)
        connection.execute(update(cadence).where(_is(definition)).values(paused_at=now, next_at=None))
        _note(office, connection, definition, "paused", reason, by=by)


def resume(office: Office, definition: str, *, by: Principal | None, reason: str) -> None:
    """From now on; what was left out may be opened by hand for its period."""
    with office.database.write() as connection:
        row = _row(connection, _version(office, connection, definition))
        if row.paused_at is None:
            raise NotOffered(sentence("This cadence is not paused."))
        now = office.database.now(connection)
        changed = {"paused_at": None, "opened_until": now, "reckoned_with": ""}
        connection.execute(update(cadence).where(_is(definition)).values(changed))
        _note(office, connection, definition, "resumed", reason, by=by)


def skip(
    office: Office, definition: str, nominal: date, *, by: Principal | None, reason: str, unit: Principal | None = None
) -> None:
    """One occurrence does not open, at one organisation or at all. Raises InvalidData where there is none on that date."""
    with office.database.write() as connection:
        version = _version(office, connection, definition)
        row = _row(connection, version)
        until = row.opened_until + _HORIZON
        ahead = [
            one.nominal for one in occurrences(_rules(version), office.calendar(connection), row.opened_until, until)
        ]
        if nominal not in ahead:
            text = sentence("No occurrence is due on that date; the next is {date}.", date=next(iter(ahead), "—"))
            raise InvalidData((Problem("/nominal", "data", text),))
        if _skipped(connection)[definition].intersection({(nominal, None), (nominal, unit)}):
            raise NotOffered(sentence("This occurrence is skipped already."))
        _note(office, connection, definition, "skipped", reason, by=by, nominal=nominal, unit=unit)


def acts_of(connection: Connection, definition: str) -> Sequence[Row[Any]]:
    """What was decided about a cadence and what failed, the newest first."""
    rows = select(cadence_act).where(cadence_act.c.definition == definition)
    return connection.execute(rows.order_by(cadence_act.c.number.desc())).all()


def _version(office: Office, connection: Connection, definition: str) -> Version:
    """Raises NotFound where there is no such definition, or its rounds are opened by hand."""
    version = office.versions.newest(connection, definition)
    if not opens_by_itself(version):
        raise NotFound(sentence("“{key}” does not open by itself.", key=definition))
    return version


def _row(connection: Connection, version: Version) -> Row[Any]:
    """Made where it is not there, and locked: whoever notes something about a cadence does so after the others."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    new = {"definition": version.key, "reckoned_with": "", "opened_until": version.published_at}
    connection.execute(dialect.insert(cadence).values(new).on_conflict_do_nothing())
    return connection.execute(select(cadence).where(_is(version.key)).with_for_update()).one()


def _is(definition: str) -> ColumnElement[bool]:
    return cadence.c.definition == definition


def _skipped(connection: Connection) -> dict[str, set[tuple[date, Principal | None]]]:
    """Of each definition the occurrences that are left out: at an organisation, or (none) at all."""
    rows = select(cadence_act.c.definition, cadence_act.c.nominal, cadence_act.c.unit)
    found: dict[str, set[tuple[date, Principal | None]]] = defaultdict(set)
    for row in connection.execute(rows.where(cadence_act.c.kind == "skipped")):
        found[row.definition].add((row.nominal, row.unit))
    return found


def _note(
    office: Office,
    connection: Connection,
    definition: str,
    kind: ActKind,
    reason: str,
    *,
    by: Principal | None = None,
    nominal: date | None = None,
    unit: Principal | None = None,
) -> None:
    at = office.database.now(connection)
    last = select(func.coalesce(func.max(cadence_act.c.number), 0)).where(cadence_act.c.definition == definition)
    number = (connection.scalar(last) or 0) + 1
    noted = {"by": by, "kind": kind, "nominal": nominal, "unit": unit, "reason": reason}
    connection.execute(insert(cadence_act).values(definition=definition, number=number, at=at, **noted))
