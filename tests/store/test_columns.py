"""The column types come back as they went in, and sort as what they mean."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from workflow.calendar import ZONE
from workflow.cases.tables import visible
from workflow.store import Database
from workflow.store.metadata import NEVER, instant_of, instant_text
from workflow.store.tables import checkpoint

CASE = UUID("01970000-0000-7000-8000-00000000abcd")
DAY = datetime(2026, 3, 9, tzinfo=UTC).date()


def see(database: Database, *moments: datetime, case_id: UUID = CASE) -> None:
    rows = [
        {"principal": number, "opened_at": moment, "case_id": case_id, "definition": "leave"}
        for number, moment in enumerate(moments, 1)
    ]
    with database.write() as connection:
        connection.execute(insert(visible), rows)


def test_instant_in_any_zone_comes_back_as_the_same_moment_in_utc(database: Database) -> None:
    see(database, datetime(2026, 3, 9, 8, 0, 0, 1, tzinfo=ZONE))

    with database.read() as connection:
        moment = connection.scalar(select(visible.c.opened_at))

    assert moment == datetime(2026, 3, 9, 0, 0, 0, 1, tzinfo=UTC)
    assert moment.tzinfo is UTC


def test_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="an instant has a zone"):
        see(database, datetime(2026, 3, 9, 8, 0))  # noqa: DTZ001 -- the mistake that is meant


def test_instants_sort_as_time_whatever_their_zones(database: Database) -> None:
    moments = [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(2026, 3, 9, 1, 0, tzinfo=timezone(timedelta(hours=8))),
        datetime(2026, 3, 8, 18, 0, tzinfo=UTC),
        datetime(2026, 3, 8, 18, 0, 0, 1, tzinfo=UTC),
        NEVER,
    ]
    see(database, *reversed(moments))

    with database.read() as connection:
        found = connection.scalars(select(visible.c.opened_at).order_by(visible.c.opened_at)).all()
        later = connection.scalars(select(visible.c.principal).where(visible.c.opened_at > moments[2])).all()

    assert found == moments
    assert sorted(later) == [1, 2]


def test_instant_text_has_one_width() -> None:
    texts = [instant_text(moment) for moment in (datetime(1, 1, 1, tzinfo=UTC), NEVER)]

    assert texts == ["0001-01-01T00:00:00.000000Z", "9999-01-01T00:00:00.000000Z"]
    assert [instant_of(text) for text in texts] == [datetime(1, 1, 1, tzinfo=UTC), NEVER]


def test_never_can_be_shown_in_any_zone() -> None:
    assert NEVER.astimezone(ZONE) == NEVER


def test_uuid_comes_back_and_is_found(database: Database) -> None:
    see(database, NEVER)

    with database.read() as connection:
        found = connection.scalars(select(visible.c.case_id).where(visible.c.case_id == CASE)).all()

    assert found == [CASE]


def test_uuid_as_text_is_refused(database: Database) -> None:
    """In capitals, or without its hyphens, it would be found on one database only."""
    with pytest.raises(StatementError, match="not a UUID"):
        see(database, NEVER, case_id=str(CASE).upper())  # type: ignore[arg-type]  # the mistake that is meant


def test_digest_comes_back(database: Database) -> None:
    row = {"day": DAY, "root": bytes(range(32)), "previous": None, "signature": bytes(64)}

    with database.write() as connection:
        connection.execute(insert(checkpoint).values(row))
        found = connection.execute(select(checkpoint)).mappings().one()

    assert dict(found) == row


def test_digest_of_another_length_is_refused(database: Database) -> None:
    row = {"day": DAY, "root": bytes(31), "previous": None, "signature": bytes(64)}

    with pytest.raises(StatementError, match="32 bytes are wanted, not 31"), database.write() as connection:
        connection.execute(insert(checkpoint).values(row))
