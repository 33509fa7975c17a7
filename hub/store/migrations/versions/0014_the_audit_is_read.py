"""The audit record is read by kind and by who did it; from here on its end is sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_action_id", "audit", ["action", "id"])
    op.create_index("ix_audit_actor_id", "audit", ["actor", "id"])
    op.create_index("ix_audit_at", "audit", ["at"])
    # what was written before has no sealed end, and need not have one
    op.execute(
        sa.text(
            "INSERT INTO meta (key, value)"
            " SELECT 'audit_unsealed', CAST(coalesce(max(id), 0) AS TEXT) FROM audit"
        )
    )
