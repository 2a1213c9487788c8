"""Reading a subject: its row, the round's, whether a request was answered before, and what time it is; one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, RowMapping, bindparam, select

from workflow.cases.tables import cases
from workflow.engine.subject import Case, Round
from workflow.store.database import DriverConnection
from workflow.store.metadata import instant_of

_CASE = msgspec.json.Decoder(Case)
_ROUND = msgspec.json.Decoder(Round)
_DATA = msgspec.json.Decoder(dict[str, Any])

_COLUMNS = """
select c.kind, c.definition, c.version, c.number, c.subject, c.seq, c.head, c.open, c.data,
  r.open as round_open, r.data as round_data, r.seq as round_seq, r.subject as round_subject,
  e.seq as answered, e.fingerprint, l.at as last_at,
  (select n from directory) as directory,
  (select value from service where key = 'clock_offset') as clock_offset,
  (select value from service where key = 'calendar') as calendar,
  {clock} as clock
from (select 1 as one) as present
  left join cases c on c.id = {id}
  left join cases r on r.id = c.round_id
  left join event e on e.case_id = {id} and e.request = {request}
  left join event l on l.case_id = {id} and l.seq = c.seq
"""
_POSTGRESQL = _COLUMNS.format(clock="clock_timestamp()", id="%(id)s", request="%(request)s")
_SQLITE = _COLUMNS.format(clock="null", id=":id", request=":request")
_SUBJECT = select(cases).where(cases.c.id == bindparam("subject", type_=cases.c.id.type))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One snapshot of a subject and of what is around it."""

    subject: Case | Round | None
    head: bytes
    round: Round | None
    answered: int | None  #: the seq of the event under this request
    fingerprint: bytes | None
    directory: int
    calendar: str | None
    now: datetime  #: never before its last event, whatever was done to the clock


def read_postgresql(driver: DriverConnection, subject: UUID, request: bytes) -> Read:
    cursor = driver.execute(_POSTGRESQL, {"id": subject, "request": request})
    names = [column.name for column in cursor.description]
    return _read(dict(zip(names, cursor.fetchone(), strict=True)))


def read_sqlite(driver: DriverConnection, subject: UUID, request: bytes) -> Read:
    cursor = driver.execute(_SQLITE, {"id": str(subject), "request": request})
    names = [column[0] for column in cursor.description]
    row = dict(zip(names, cursor.fetchone(), strict=True))
    row["clock"] = datetime.now(UTC)
    return _read(row)


def load(connection: Connection, subject: UUID) -> tuple[Case | Round, bytes] | None:
    """A subject with the head of its chain, by any connection."""
    row = connection.execute(_SUBJECT, {"subject": subject}).mappings().one_or_none()
    return None if row is None else (subject_of(row), bytes(row["head"]))


def subject_of(row: Mapping[str, Any] | RowMapping) -> Case | Round:
    """The fold that a row holds."""
    known = {"data": _DATA.decode(row["data"]), "seq": row["seq"]}
    if row["kind"] == "round":
        return replace(_ROUND.decode(row["open"]), **known)
    return replace(_CASE.decode(row["open"]), **known, number=row["number"], subject=row["subject"])


def kept_open(subject: Case | Round) -> str:
    """The part of a subject that stands in `open`: all but what has a column of its own."""
    if isinstance(subject, Case):
        subject = replace(subject, data={}, subject="", number=None, seq=0)
    else:
        subject = replace(subject, data={}, seq=0)
    return msgspec.json.encode(subject).decode()


def kept_data(subject: Case | Round) -> str:
    return msgspec.json.encode(subject.data).decode()


def _read(row: Mapping[str, Any]) -> Read:
    now = row["clock"].astimezone(UTC) + timedelta(microseconds=int(row["clock_offset"] or 0))
    last_at = row["last_at"] if isinstance(row["last_at"], datetime | None) else instant_of(row["last_at"])
    round_ = None
    if row["round_open"] is not None:
        round_ = replace(_ROUND.decode(row["round_open"]), data=_DATA.decode(row["round_data"]), seq=row["round_seq"])
    return Read(
        subject=None if row["kind"] is None else subject_of(row),
        head=bytes(row["head"] or b""),
        round=round_,
        answered=row["answered"],
        fingerprint=None if row["fingerprint"] is None else bytes(row["fingerprint"]),
        directory=row["directory"] or 0,
        calendar=row["calendar"],
        now=now if last_at is None else max(now, last_at.astimezone(UTC)),
    )
