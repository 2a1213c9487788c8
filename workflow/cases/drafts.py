"""What one has typed and not yet handed in: kept as it is, no event, no version, no chain."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.cases.office import Office
from workflow.cases.tables import cases, draft
from workflow.engine.directory import Principal
from workflow.errors import TooLarge

MOST_BYTES = 200_000


def save_draft(connection: Connection, case_id: UUID, person: Principal, data: Mapping[str, Any], now: datetime) -> int:
    """Keeps the latest; answers with how often it was saved."""
    text = msgspec.json.encode(dict(data)).decode()
    if len(text) > MOST_BYTES:
        raise TooLarge(limit=f"{MOST_BYTES} bytes")
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    values = {"case_id": case_id, "person": person, "data": text, "saved_at": now, "n": 1}
    statement = dialect.insert(draft).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=[draft.c.case_id, draft.c.person],
        set_={"data": text, "saved_at": now, "n": draft.c.n + 1},
    )
    return int(connection.execute(statement.returning(draft.c.n)).scalar_one())


def saved_draft(connection: Connection, case_id: UUID, person: Principal) -> dict[str, Any] | None:
    text = connection.scalar(select(draft.c.data).where(draft.c.case_id == case_id, draft.c.person == person))
    return None if text is None else msgspec.json.decode(text, type=dict[str, Any])


def forget_draft(connection: Connection, case_id: UUID, person: Principal) -> None:
    connection.execute(delete(draft).where(draft.c.case_id == case_id, draft.c.person == person))


def forget_drafts_of_ended(office: Office, _: datetime) -> int:
    """What was typed for cases that have ended meanwhile, by others; how many there were."""
    ended = select(cases.c.id).where(cases.c.ended_at.is_not(None))
    with office.database.one_statement() as connection:
        return connection.execute(delete(draft).where(draft.c.case_id.in_(ended))).rowcount
