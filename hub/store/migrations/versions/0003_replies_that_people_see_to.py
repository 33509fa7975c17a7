"""Replies that people see to, and the letter of an incident beside others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    op.add_column("incidents", _text("letter"))
    op.create_table(
        "replies",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("cry", sa.Boolean(), nullable=False),
        _text("answer"),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("incident_id", BIG_ID),
        sa.Column("recipient_id", BIG_ID),
        sa.Column("place_id", BIG_ID),
        _text("guessed"),
        sa.Column("seen", JSON, nullable=False),
        sa.Column("once", sa.Text()),
        sa.Column("settled_at", sa.BigInteger()),
        _text("settled_by"),
        sa.Column("settled", JSON),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("once", name=op.f("uq_replies_once")),
    )
    _index("ix_replies_open", ["cry", "id"], "settled_at IS NULL")
    _index("ix_replies_sender", ["sender"], "settled_at IS NULL")
    _index("ix_replies_recipient", ["recipient_id"], "recipient_id IS NOT NULL")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="")


def _index(name: str, columns: list[str], where: str) -> None:
    only = sa.text(where)
    op.create_index(name, "replies", columns, sqlite_where=only, postgresql_where=only)
