"""A list: headings, and rows that are read as they are written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from workflow.cases.listing import Reader
from workflow.cases.tables import visible
from workflow.records.workbook import Cell

#: Rows that are fetched, and held, at once.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Heading:
    """Of a column, with the type of its field, which says how it is shown."""

    text: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Listed:
    """It is read once, while the connection is open."""

    title: str
    headings: Sequence[Heading]
    rows: Iterator[Sequence[Cell]] = field(repr=False)


def streaming(connection: Connection) -> Connection:
    """The same connection, whose answers come part by part."""
    return connection.execution_options(stream_results=True, yield_per=AT_ONCE)


def readable(reader: Reader, case: ColumnElement[object]) -> ColumnElement[bool]:
    """Whether somebody may find this case in his lists."""
    mine: list[ColumnElement[bool]] = [visible.c.principal.in_(sorted(reader.principals))]
    mine += [(visible.c.principal == who) & (visible.c.definition == only) for who, only in sorted(reader.limited)]
    return exists(select(visible.c.case_id).where(visible.c.case_id == case, or_(*mine)))
