"""Finding at once whether a restore cut a last word short: lists and boards ask it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

_CUT = "state = 'cancelled' AND reason = 'restored'"


def upgrade() -> None:
    """To the schema with this index."""
    op.create_index(
        "ix_deliveries_restored",
        "deliveries",
        ["notice_id"],
        sqlite_where=sa.text(_CUT),
        postgresql_where=sa.text(_CUT),
    )
