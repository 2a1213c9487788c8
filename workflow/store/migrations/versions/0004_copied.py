"""To whom a case was copied, read from its events; and an index of what somebody began."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.store.metadata import Id, Instant, Uuid

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_AT_ONCE = 1000


def upgrade() -> None:
    beginning = sa.text("seq = 1")
    op.create_index("ix_event_beginning", "event", ["actor", "at"], postgresql_where=beginning, sqlite_where=beginning)
    copied = op.create_table(
        "copied",
        sa.Column("person", Id, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("case_id", Uuid, nullable=False),
        sa.PrimaryKeyConstraint("person", "at", "case_id", name="pk_copied"),
    )
    rows = list(_copies(op.get_bind()))
    for start in range(0, len(rows), _AT_ONCE):
        op.bulk_insert(copied, rows[start : start + _AT_ONCE])


def _copies(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    event = sa.table("event", sa.column("case_id", Uuid), sa.column("at", Instant), sa.column("body", sa.Text))
    told = sa.select(event.c.case_id, event.c.at, event.c.body).where(event.c.body.contains('"#":"copied"'))
    for case_id, at, body in connection.execute(told).all():
        for change in json.loads(body)["changes"]:
            if change["#"] == "copied":
                yield {"person": change["person"], "at": at, "case_id": case_id}
