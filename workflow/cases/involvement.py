"""What somebody had a part in: the cases that he began, that were copied to him, upon which he acted. Each an index range."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, exists, func, literal, select, tuple_

from workflow.cases.listing import Held, subjects
from workflow.cases.tables import beginning, copied, event
from workflow.engine.directory import Principal

Part = Literal["started", "copied", "done"]
PARTS: tuple[Part, ...] = ("started", "copied", "done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Involved:
    """A case and when he began it, got it or acted upon it last."""

    at: datetime
    act: bytes | None  #: his last event, of what he has done
    held: Held


def involved_page(
    connection: Connection,
    part: Part,
    person: Principal,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
) -> list[Involved]:
    """The latest first. Rounds stand here too; whoever lists them drops what the reader may not see."""
    rows, key = _rows(part, person)
    if after is not None:
        place = (literal(value, column.type) for value, column in zip(after, key, strict=True))
        rows = rows.where(tuple_(*key) < tuple_(*place))
    found = connection.execute(rows.order_by(*(column.desc() for column in key)).limit(limit)).mappings().all()
    held = subjects(connection, [row["case_id"] for row in found])
    return [
        Involved(at=row["at"], act=row["body"].encode() if row["body"] else None, held=held[row["case_id"]])
        for row in found
        if row["case_id"] in held
    ]


def involved_counts(connection: Connection, person: Principal, most: int) -> Mapping[Part, int]:
    """How many he began and how many were copied to him, counted no further than `most`, in one statement."""
    asked: tuple[Part, ...] = ("started", "copied")
    counts = (
        select(func.count()).select_from(_rows(part, person)[0].limit(most).subquery()).scalar_subquery()
        for part in asked
    )
    return dict(zip(asked, connection.execute(select(*counts)).one(), strict=True))


def _rows(part: Part, person: Principal) -> tuple[Select[Any], tuple[ColumnElement[Any], ColumnElement[Any]]]:
    if part == "copied":
        mine = select(copied.c.at, copied.c.case_id, literal(None).label("body")).where(copied.c.person == person)
        return mine, (copied.c.at, copied.c.case_id)
    acts = select(event.c.at, event.c.case_id).where(event.c.actor == person)
    if part == "started":
        return acts.add_columns(literal(None).label("body")).where(beginning), (event.c.at, event.c.case_id)
    later = event.alias("later")
    again = (later.c.case_id == event.c.case_id) & (later.c.actor == event.c.actor) & (later.c.seq > event.c.seq)
    last = acts.add_columns(event.c.body).where(event.c.seq > 1, ~exists().where(again))
    return last, (event.c.at, event.c.case_id)
