"""The settable clock of a demo: an offset in the database, so that every process has it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflow.cases.office import Office
from workflow.clock.ticking import next_due, now_of, tick
from workflow.errors import InvalidData, NotOffered, Problem
from workflow.store.service import service_value, set_clock_offset, set_service_value
from workflow.text import sentence

DEMO = "demo"
_CAST = "cast"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What sends messages: those due now (how many they were), and when the next is due."""

    deliver: Callable[[], int]
    next_due: Callable[[], datetime | None]


_LONGEST = timedelta(days=3660)


def is_demo(office: Office) -> bool:
    """Whether this database is a demo's, whose clock may be set."""
    with office.database.read() as connection:
        return service_value(connection, "kind") == DEMO


def mark(office: Office, kind: str) -> None:
    """A database is marked as a demo's or a real one."""
    with office.database.write() as connection:
        set_service_value(connection, "kind", kind)


def set_cast(office: Office, logins: Sequence[str]) -> None:
    """Who can be tried out in a demo with one click, in this order."""
    with office.database.write() as connection:
        set_service_value(connection, _CAST, " ".join(logins))


def cast_of_demo(office: Office) -> tuple[str, ...]:
    """Their logins; of a real service nobody's."""
    if not is_demo(office):
        return ()
    with office.database.read() as connection:
        return tuple((service_value(connection, _CAST) or "").split())


def set_clock(office: Office, to: datetime) -> None:
    """Puts the clock at a moment, without anything happening: how a demo begins."""
    with office.database.write() as connection:
        host = office.database.host_or_database_clock(connection)
        set_clock_offset(connection, to - host)


def go_to(
    office: Office,
    to: datetime,
    delivery: Delivery,
    seen: Callable[[datetime], None] | None = None,
) -> None:
    """Goes from due time to due time up to a moment; at each everything due happens, what it causes included.

    Raises InvalidData for a moment in the past.
    """
    if not is_demo(office):
        raise NotOffered(sentence("Only the clock of a demo can be set."))
    now = now_of(office)
    if to < now - timedelta(seconds=1):
        raise InvalidData(
            (Problem("/now", "data", sentence("The clock does not go back: it is {now} now.", now=now.isoformat())),)
        )
    if to - now > _LONGEST:
        raise InvalidData((Problem("/now", "data", sentence("The clock goes ten years at most.")),))
    _everything(office, delivery)
    while (due := _next(office, delivery)) is not None and due <= to:
        set_clock(office, max(due, now_of(office)))
        if seen is not None:
            seen(due)
        _everything(office, delivery)
    set_clock(office, max(to, now_of(office)))
    _everything(office, delivery)


def _next(office: Office, delivery: Delivery) -> datetime | None:
    return min((moment for moment in (next_due(office), delivery.next_due()) if moment is not None), default=None)


def _everything(office: Office, delivery: Delivery) -> None:
    while tick(office) + delivery.deliver():
        continue
