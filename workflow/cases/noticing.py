"""Reading what is published, and what was said against it, without touching a case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, RowMapping, Select, func, literal, select, tuple_

from workflow.cases.reading import load
from workflow.cases.tables import cases, notice, objection
from workflow.engine.subject import Case, Objection

_SHOWN = msgspec.json.Decoder(list[dict[str, Any]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    case_id: UUID
    entry: int
    round_id: UUID | None
    number: str | None
    definition: str
    version: int
    state: str  #: the state that published it
    where: str
    shown: list[dict[str, Any]]
    begins: datetime
    ends: datetime
    held: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Objected:
    case_id: UUID
    number: int
    entry: int
    at: datetime
    state: str
    objection: Objection | None  #: as the case has it, while the notice still runs


def notice_page(
    connection: Connection,
    *,
    round_id: UUID | None,
    definition: str | None,
    ended: bool,
    limit: int,
    after: tuple[Any, ...] | None,
) -> list[Notice]:
    """Public notices, the one that ends first at the top; those of a unit are found by their link only."""
    rows = _rows().where(notice.c["where"] == "public")
    rows = rows.where(notice.c.ended_at.is_not(None) if ended else notice.c.ended_at.is_(None))
    if round_id is not None:
        rows = rows.where(notice.c.round_id == round_id)
    if definition is not None:
        rows = rows.where(cases.c.definition == definition)
    if after is not None:
        place = tuple_(literal(after[0], notice.c.ends.type), literal(after[1], notice.c.case_id.type))
        rows = rows.where(tuple_(notice.c.ends, notice.c.case_id) > place)
    rows = rows.order_by(notice.c.ends, notice.c.case_id).limit(limit)
    return [_notice(row) for row in connection.execute(rows).mappings()]


def count_notices(connection: Connection) -> int:
    """How many public notices run."""
    running = select(func.count()).where(notice.c["where"] == "public", notice.c.ended_at.is_(None))
    return connection.execute(running.select_from(notice)).scalar_one()


def find_notice(connection: Connection, case_id: UUID, entry: int) -> Notice | None:
    rows = _rows().where(notice.c.case_id == case_id, notice.c.entry == entry)
    row = connection.execute(rows).mappings().one_or_none()
    return None if row is None else _notice(row)


def find_objection(connection: Connection, receipt: bytes) -> Objected | None:
    """By the digest of a receipt's code."""
    row = connection.execute(select(objection).where(objection.c.receipt == receipt)).mappings().one_or_none()
    if row is None:
        return None
    found = load(connection, row["case_id"])
    case = found[0] if found and isinstance(found[0], Case) else None
    running = case.entry.notice.objections if case and case.entry and case.entry.notice else ()
    return Objected(
        case_id=row["case_id"],
        number=row["no"],
        entry=row["notice"],
        at=row["at"],
        state=row["state"],
        objection=next((one for one in running if one.number == row["no"]), None),
    )


def _rows() -> Select[Any]:
    return select(notice, cases.c.number, cases.c.definition, cases.c.version).join(
        cases, cases.c.id == notice.c.case_id
    )


def _notice(row: RowMapping) -> Notice:
    shown = _SHOWN.decode(row["shown"])
    return Notice(
        case_id=row["case_id"],
        entry=row["entry"],
        round_id=row["round_id"],
        number=row["number"],
        definition=row["definition"],
        version=row["version"],
        state=row["state"],
        where=row["where"],
        shown=shown,
        begins=row["begins"],
        ends=row["ends"],
        held=row["held"],
        ended_at=row["ended_at"],
    )
