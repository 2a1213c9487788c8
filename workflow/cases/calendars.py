"""The days on which the office decides otherwise than the public holidays: read, and replaced as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sqlalchemy import Connection, delete, insert, select

from workflow.calendar import chinese_calendar
from workflow.cases.tables import calendar_day
from workflow.engine.directory import Principal
from workflow.errors import InvalidData, Problem, Stale
from workflow.store import Database
from workflow.store.service import service_value, set_service_value
from workflow.text import sentence

#: The key under which the service counts the changes; every act reads it, and the calendar anew when it has risen.
_NUMBER = "calendar"


@dataclass(frozen=True, slots=True, order=True)
class Day:
    day: date
    working: bool
    name: str | None


@dataclass(frozen=True, slots=True)
class Overrides:
    number: int  #: how often they were changed
    days: tuple[Day, ...]

    @property
    def published(self) -> list[int]:
        """Years whose make-up days are known: to the library, or because the office has written some."""
        return sorted(chinese_calendar().published | {one.day.year for one in self.days if one.working})

    def provisional(self, today: date) -> list[int]:
        """The years that matter now (this one, the next, those of the overrides), as far as their make-up days are not known yet."""
        asked = {today.year, today.year + 1, *(one.day.year for one in self.days)}
        return sorted(asked - set(self.published))


def overrides(connection: Connection) -> Overrides:
    rows = select(calendar_day.c.day, calendar_day.c.working, calendar_day.c.reason).order_by(calendar_day.c.day)
    return Overrides(_number(connection), tuple(Day(*row) for row in connection.execute(rows)))


def replace_overrides(
    database: Database, days: Iterable[Day], *, by: Principal | None, expected: int | None = None
) -> Overrides:
    """From now on it is reckoned with these; what was reckoned before stays. Raises InvalidData, Stale."""
    wanted = sorted(days)
    twice = {one.day for one, next_ in pairwise(wanted) if one.day == next_.day}
    if twice:
        text = sentence("These days stand here twice: {days}.", days=[day.isoformat() for day in sorted(twice)])
        raise InvalidData((Problem("/days", "twice", text),))
    with database.write() as connection:
        number = _number(connection)
        if expected is not None and expected != number:
            raise Stale(
                sentence("The calendar was changed since you read it; it is now at version {version}.", version=number)
            )
        now = database.now(connection)
        connection.execute(delete(calendar_day))
        rows = [{"day": d.day, "working": d.working, "reason": d.name, "by": by, "at": now} for d in wanted]
        if rows:
            connection.execute(insert(calendar_day), rows)
        set_service_value(connection, _NUMBER, str(number + 1))
        return overrides(connection)


def _number(connection: Connection) -> int:
    return int(service_value(connection, _NUMBER) or 0)
