"""What one has typed and not yet handed in: kept as it is, no event, no version, no chain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.cases.office import Office
from workflow.cases.tables import cases, draft
from workflow.engine.directory import Principal
from workflow.errors import Stale, TooLarge

MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    data: dict[str, Any]
    saved_at: datetime
    number: int  #: how often it was kept


def save_draft(
    connection: Connection,
    case_id: UUID,
    person: Principal,
    data: Mapping[str, Any],
    now: datetime,
    *,
    expected: int | None = None,
) -> int:
    """Keeps the latest; answers with how often it was saved.

    Raises Stale where it was kept meanwhile by another than the one whose number is `expected`, and keeps nothing then.
    """
    text = msgspec.json.encode(dict(data)).decode()
    if len(text) > MOST_BYTES:
        raise TooLarge(limit=f"{MOST_BYTES} bytes")
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    values = {"case_id": case_id, "person": person, "data": text, "saved_at": now, "n": 1}
    statement = dialect.insert(draft).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=[draft.c.case_id, draft.c.person],
        set_={"data": text, "saved_at": now, "n": draft.c.n + 1},
        where=None if expected is None else draft.c.n == expected,
    )
    number = connection.execute(statement.returning(draft.c.n)).scalar_one_or_none()
    if number is None:
        raise Stale(version=connection.scalar(select(draft.c.n).where(*_own(case_id, person))))
    return int(number)


def saved_draft(connection: Connection, case_id: UUID, person: Principal) -> Draft | None:
    row = connection.execute(select(draft).where(*_own(case_id, person))).one_or_none()
    if row is None:
        return None
    return Draft(data=msgspec.json.decode(row.data, type=dict[str, Any]), saved_at=row.saved_at, number=row.n)


def forget_draft(connection: Connection, case_id: UUID, person: Principal) -> None:
    connection.execute(delete(draft).where(*_own(case_id, person)))


def forget_drafts_of_ended(office: Office, _: datetime) -> int:
    """What was typed for cases that have ended meanwhile, by others; how many there were."""
    ended = select(cases.c.id).where(cases.c.ended_at.is_not(None))
    with office.database.one_statement() as connection:
        return connection.execute(delete(draft).where(draft.c.case_id.in_(ended))).rowcount


def _own(case_id: UUID, person: Principal) -> tuple[ColumnElement[bool], ...]:
    return draft.c.case_id == case_id, draft.c.person == person
