"""Numbers of cases, without gaps: reserved in the transaction that begins the case, as the last thing before it is written."""

import re
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from workflow.calendar import day_of
from workflow.cases.tables import number
from workflow.definition.model import Definition

_SEQUENCE = re.compile(r"\{seq(?::0?(\d))?\}")


def reserve(connection: Connection, definition: Definition, now: datetime, count: int) -> list[str | None]:
    """The next numbers; none for a definition that does not number its cases. Others wait until this is committed."""
    if definition.number is None or not count:
        return [None] * count
    template = _template(definition.number, now)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(number).values(key=_key(definition, now), n=count)
    next_ones = insert.on_conflict_do_update(index_elements=[number.c.key], set_={"n": number.c.n + count})
    last = connection.execute(next_ones.returning(number.c.n)).scalar_one()
    return [_numbered(template, n) for n in range(last - count + 1, last + 1)]


def sequence_of(definition: Definition, began: datetime) -> str | None:
    """The key of the sequence from which a case that began then has its number."""
    return None if definition.number is None else _key(definition, began)


def _template(text: str, now: datetime) -> str:
    today = day_of(now)
    return text.replace("{year}", str(today.year)).replace("{month}", f"{today.month:02}")


def _key(definition: Definition, now: datetime) -> str:
    """A definition and year; without the year in the number it would come again, so there the sequence goes on."""
    by_year = definition.number is not None and "{year}" in definition.number
    return f"{definition.key} {day_of(now).year}" if by_year else definition.key


def _numbered(template: str, n: int) -> str:
    return _SEQUENCE.sub(lambda found: f"{n:0{found[1] or 1}}", template)
