"""A drill says which live incident ended it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ENDED = sa.text("ended_by IS NOT NULL")


def upgrade() -> None:
    op.add_column("incidents", sa.Column("ended_by", BIG_ID))
    op.create_index(
        "ix_incidents_ended",
        "incidents",
        ["ended_by"],
        sqlite_where=ENDED,
        postgresql_where=ENDED,
    )
