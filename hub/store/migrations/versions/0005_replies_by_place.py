"""Replies are found by the place they name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("place_id IS NOT NULL")
    op.create_index(
        "ix_replies_place", "replies", ["place_id"], sqlite_where=where, postgresql_where=where
    )
