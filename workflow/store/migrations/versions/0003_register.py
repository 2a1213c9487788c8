"""The public register of honours: since when and by what one is suspended, and its lists."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from workflow.store.metadata import Instant, Uuid

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("honour", sa.Column("suspended_at", Instant, nullable=True))
    op.add_column("honour", sa.Column("suspended_by", Uuid, nullable=True))
    op.create_index("ix_honour_kind_granted_at_id", "honour", ["kind", "granted_at", "id"])
    op.create_index("ix_honour_unit_granted_at_id", "honour", ["unit", "granted_at", "id"])
