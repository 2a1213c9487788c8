"""Rounds that open by themselves."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from workflow.store.metadata import Id, Instant

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "cadence",
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("reckoned_with", sa.Text, nullable=False),
        sa.Column("opened_until", Instant, nullable=False),
        sa.Column("next_at", Instant, nullable=True),
        sa.Column("paused_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("definition", name="pk_cadence"),
    )
    op.create_index("ix_cadence_next_at", "cadence", ["next_at"])
    op.create_table(
        "cadence_act",
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("by", Id, nullable=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("nominal", sa.Date, nullable=True),
        sa.Column("unit", Id, nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("definition", "number", name="pk_cadence_act"),
    )
