"""What the installation knows about itself, by key; among it how far the demo's clock is put forward."""

from datetime import timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from workflow.store.tables import service

CLOCK_OFFSET = "clock_offset"  #: microseconds

_MICROSECOND = timedelta(microseconds=1)
#: Made once: each look at the clock asks it.
_VALUE = select(service.c.value).where(service.c.key == bindparam("wanted"))


def service_value(connection: Connection, key: str) -> str | None:
    return connection.scalar(_VALUE, {"wanted": key})


def set_service_value(connection: Connection, key: str, value: str) -> None:
    changed = connection.execute(update(service).where(service.c.key == key).values(value=value))
    if not changed.rowcount:
        connection.execute(insert(service).values(key=key, value=value))


def clock_offset(connection: Connection) -> timedelta:
    return int(service_value(connection, CLOCK_OFFSET) or 0) * _MICROSECOND


def set_clock_offset(connection: Connection, offset: timedelta) -> None:
    set_service_value(connection, CLOCK_OFFSET, str(offset // _MICROSECOND))
