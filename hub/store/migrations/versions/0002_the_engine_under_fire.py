"""Ordered channels, tasks by hand, doubts that were asked about, processes and alarms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)
FAILED = "state IN ('refused', 'failed') AND onward_at IS NULL"
CALLING = "channel = 'voice' AND state = 'accepted' AND ended_at IS NULL"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("onward_at", sa.BigInteger()))
    op.add_column("attempts", sa.Column("asked_at", sa.BigInteger()))
    op.add_column("attempts", sa.Column("found", sa.Text(), nullable=False, server_default=""))
    for name, kind in (
        ("notice_id", BIG_ID),
        ("wave", sa.Integer()),
        ("round", sa.Integer()),
        ("household", BIG_ID),
        ("place_id", BIG_ID),
    ):
        op.add_column("tasks", sa.Column(name, kind))
    op.add_column("tasks", sa.Column("answer", sa.Text(), nullable=False, server_default=""))
    _index("ix_deliveries_onward", "deliveries", ["id"], FAILED)
    _index("ix_deliveries_calls", "deliveries", ["account", "accepted_at"], CALLING)
    by_hand = ["notice_id", "key", "household"]
    _index("uq_tasks_by_hand", "tasks", by_hand, "household IS NOT NULL", unique=True)
    # What failed before this schema has no next channel to go on to.
    op.execute("UPDATE deliveries SET onward_at = 0 WHERE state IN ('refused', 'failed')")

    op.create_table(
        "processes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False, server_default=""),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False, server_default=""),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("swept_at", sa.BigInteger()),
        sa.Column("stopped_at", sa.BigInteger()),
        sa.Column("state", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
    )
    op.create_table(
        "alarms",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("incident_id", BIG_ID),
        sa.Column("data", JSON, nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger()),
        sa.Column("acknowledged_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("cleared_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    _index("uq_alarms_key", "alarms", ["key"], "cleared_at IS NULL", unique=True)


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)
