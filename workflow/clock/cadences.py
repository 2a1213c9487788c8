"""Rounds that open by themselves: each occurrence once at each organisation, whatever number of schedulers there are.

That it is once lies in the round's own key (definition, organisation, nominal date); the row of a cadence only says up to
when has been looked. A scheduler that dies between two organisations is taken over from there.
"""

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
        marks = {key: f"{one.number}/{service_value(connection, 'calendar') or ''}" for key, one in versions.items()}
    stale = [key for key in versions if key not in rows or rows[key].reckoned_with != marks[key]]
    if stale:
        _reckon(office, [versions[key] for key in stale])
        return _due(office)
    due = [row for row in rows.values() if row.next_at is not None and row.next_at <= now]
    return [(versions[row.definition], row) for row in due if row.definition in versions]


def _reckon(office: Office, versions: Sequence[Version]) -> None:
    """Finds anew when the next occurrence is: after publishing, after a change of the calendar."""
    dialect = sqlite if office.database.dialect == "sqlite" else postgresql
    with office.database.write() as connection:
        calendar = office.calendar(connection)
        mark = service_value(connection, "calendar") or ""
        for version in versions:
            begun = dialect.insert(cadence).values(
                definition=version.key, reckoned_with="", opened_until=version.published_at
            )
            connection.execute(begun.on_conflict_do_nothing())
            row = connection.execute(select(cadence).where(cadence.c.definition == version.key)).one()
            next_at = None if row.paused_at else _next(version, calendar, row.opened_until)
            changed = update(cadence).where(cadence.c.definition == version.key)
            connection.execute(changed.values(reckoned_with=f"{version.number}/{mark}", next_at=next_at))


def _open_all(office: Office, version: Version, since: datetime) -> int:
    rules = version.definition.round
    assert rules is not None
    with office.database.read() as connection:
        now = office.database.now(connection)
        calendar, directory = office.calendar(connection), office.directory(connection)
        skipped = _skipped(connection, version.key)
    due = occurrences(rules, calendar, since, now)[:_MOST]
    opened = 0
    for occurrence in due:
        for unit in _owners(version, directory, occurrence.opens_at):
            if not skipped.intersection({(occurrence.nominal, None), (occurrence.nominal, unit.id)}):
                opened += _open(office, version, occurrence, unit.id)
    until = due[-1].opens_at if due else now
    with office.database.write() as connection:
        mine = and_(cadence.c.definition == version.key, cadence.c.opened_until == since)
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
            _lock(connection, version.key)
            _note(office, connection, version.key, "failed", error.say("zh"), nominal=occurrence.nominal, unit=unit)
        return 0
    follow(office, UUID(outcome.subject.id))
    return 1


def _next(version: Version, calendar: Calendar, after: datetime) -> datetime | None:
    rules = version.definition.round
    assert rules is not None
    found = occurrences(rules, calendar, after, after + _HORIZON)
    return found[0].opens_at if found else None


def _owners(version: Version, directory: Directory, at: datetime) -> Iterator[Organisation]:
    """Each organisation of the level that the round is at."""
    rules = version.definition.round
    for organisation in sorted(directory.organisations.values(), key=lambda one: one.id):
        here = organisation.until is None or at < organisation.until
        if rules is not None and here and rules.at in (organisation.level, organisation.kind):
            yield organisation


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
    return [
        Cadence(
            version=version,
            next_at=rows[version.key].next_at if version.key in rows else None,
            paused_at=rows[version.key].paused_at if version.key in rows else None,
            acts=acts.get(version.key, ()),
        )
        for version in versions
    ]


def one_cadence(office: Office, connection: Connection, definition: str) -> Cadence:
    """Raises NotFound."""
    found = next((one for one in all_cadences(office, connection) if one.version.key == definition), None)
    if found is None:
        raise NotFound(sentence("“{key}” does not open by itself.", key=definition))
    return found


def coming(office: Office, connection: Connection, until: datetime) -> list[Coming]:
    """What opens by itself between now and then, in order, what is skipped included."""
    now = office.database.now(connection)
    calendar, directory = office.calendar(connection), office.directory(connection)
    paused = set(connection.scalars(select(cadence.c.definition).where(cadence.c.paused_at.is_not(None))))
    found: list[Coming] = []
    for version in office.versions.all_newest(connection):
        if not opens_by_itself(version) or version.key in paused:
            continue
        assert version.definition.round is not None
        skipped = _skipped(connection, version.key)
        found += [
            Coming(
                version=version,
                occurrence=one,
                units=tuple(_owners(version, directory, one.opens_at)),
                skipped=(one.nominal, None) in skipped,
                provisional=calendar.is_provisional(one.nominal),
            )
            for one in occurrences(version.definition.round, calendar, now, until)
        ]
    return sorted(found, key=lambda one: (one.occurrence.opens_at, one.version.key))


def pause(office: Office, definition: str, *, by: Principal | None, reason: str) -> None:
    """No occurrence opens until it is resumed; those that fall into the pause are left out."""
    with office.database.write() as connection:
        row = _row(office, connection, definition)
        if row.paused_at is not None:
            raise NotOffered(sentence("This cadence is paused already."))
        now = office.database.now(connection)
        connection.execute(update(cadence).where(_is(definition)).values(paused_at=now, next_at=None))
        _note(office, connection, definition, "paused", reason, by=by)


def resume(office: Office, definition: str, *, by: Principal | None, reason: str) -> None:
    """From now on; what was left out may be opened by hand for its period."""
    with office.database.write() as connection:
        row = _row(office, connection, definition)
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
        row = _row(office, connection, definition)
        ahead = _ahead(office, connection, definition, row.opened_until)
        if nominal not in ahead:
            text = sentence("No occurrence is due on that date; the next is {date}.", date=next(iter(ahead), "—"))
            raise InvalidData((Problem("/nominal", "data", text),))
        if (nominal, None) in _skipped(connection, definition) or (nominal, unit) in _skipped(connection, definition):
            raise NotOffered(sentence("This occurrence is skipped already."))
        _note(office, connection, definition, "skipped", reason, by=by, nominal=nominal, unit=unit)


def acts_of(connection: Connection, definition: str) -> Sequence[Row[Any]]:
    """What was decided about a cadence and what failed, the newest first."""
    rows = select(cadence_act).where(cadence_act.c.definition == definition)
    return connection.execute(rows.order_by(cadence_act.c.number.desc())).all()


def _ahead(office: Office, connection: Connection, definition: str, since: datetime) -> list[date]:
    rules = office.versions.newest(connection, definition).definition.round
    if rules is None:
        return []
    return [one.nominal for one in occurrences(rules, office.calendar(connection), since, since + _HORIZON)]


def _row(office: Office, connection: Connection, definition: str) -> Row[Any]:
    row = _lock(connection, definition)
    if row is None:
        version = office.versions.newest(connection, definition)
        if not opens_by_itself(version):
            raise NotFound(sentence("“{key}” does not open by itself.", key=definition))
        new = {"definition": definition, "reckoned_with": "", "opened_until": version.published_at}
        connection.execute(insert(cadence).values(new))
        row = _lock(connection, definition)
        assert row is not None
    return row


def _lock(connection: Connection, definition: str) -> Row[Any] | None:
    """Whoever notes something about a cadence does so after the others."""
    return connection.execute(select(cadence).where(_is(definition)).with_for_update()).one_or_none()


def _is(definition: str) -> ColumnElement[bool]:
    return cadence.c.definition == definition


def _skipped(connection: Connection, definition: str) -> set[tuple[date, Principal | None]]:
    rows = select(cadence_act.c.nominal, cadence_act.c.unit).where(
        cadence_act.c.definition == definition, cadence_act.c.kind == "skipped"
    )
    return {(row.nominal, row.unit) for row in connection.execute(rows)}


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
