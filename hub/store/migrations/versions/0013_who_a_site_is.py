"""The version of what a site says of itself, and who takes part in no drill."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sites", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column(
        "recipients",
        sa.Column("no_drill", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
    )
    # Staff take part from the start: who of them does not has said so.
    op.execute("UPDATE recipients SET no_drill = true WHERE kind = 'staff' AND NOT drill")
