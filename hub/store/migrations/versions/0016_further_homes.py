"""One person with several homes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "homes",
        sa.Column("recipient_id", BigId, autoincrement=False, nullable=False),
        sa.Column("place_id", BigId, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name=op.f("fk_homes_recipient_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_homes_place_id")),
        sa.PrimaryKeyConstraint("recipient_id", "place_id", name=op.f("pk_homes")),
    )
    op.create_index("ix_homes_place", "homes", ["place_id"])
    op.create_table(
        "audience_homes",
        sa.Column("incident_id", BigId, autoincrement=False, nullable=False),
        sa.Column("recipient_id", BigId, autoincrement=False, nullable=False),
        sa.Column("household", BigId, autoincrement=False, nullable=False),
        sa.Column("band", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "incident_id", "recipient_id", "household", name=op.f("pk_audience_homes")
        ),
    )
    op.create_index("ix_audience_homes_household", "audience_homes", ["household", "incident_id"])
