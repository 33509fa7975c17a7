"""Ids that are not given again: what a lost hub told the outside of must not come to mean another.

A restored hub begins behind a gap, on both databases. PostgreSQL keeps it in its sequences. SQLite
numbers on from the highest row there is: there incidents and notices are given their ids one by
one, and `attempts`, which are made by the hundred, have a row behind the gap that belongs to
nothing. What is known to nobody outside (deliveries, tasks) is numbered on without a gap.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, text

GAPS: Mapping[str, int] = {
    "incidents": 1_000,
    "notices": 10_000,
    "attempts": 1_000_000,
}
"""Ids left out: links and receipts of what the old hub did after the backup name ids the restored
one does not know."""

_KEY = "ids_after/"
_FLOOR = text("SELECT value FROM meta WHERE key = :key")
_FORGET = text("DELETE FROM meta WHERE key = :key")
_KEEP = text("INSERT INTO meta (key, value) VALUES (:key, :value)")
_NOBODYS = text("""
INSERT INTO attempts (id, delivery_id, fence, started_at, verdict, reason)
VALUES (:id, 0, 0, :now, 'unsure', 'restored')""")


def leave_gaps(conn: Connection, now: int) -> None:
    """Rows from now on are numbered behind a gap. On PostgreSQL the sequences are to be set, too
    (`restoring.py`)."""
    for name in GAPS:
        floor = _highest(conn, name) + GAPS[name]
        conn.execute(_FORGET, {"key": _KEY + name})
        conn.execute(_KEEP, {"key": _KEY + name, "value": str(floor)})
        if name == "attempts" and conn.dialect.name == "sqlite":
            conn.execute(_NOBODYS, {"id": floor, "now": now})


def following(conn: Connection, name: str) -> int:
    """The id the next row of this table gets, or one below it."""
    floor = conn.execute(_FLOOR, {"key": _KEY + name}).scalar()
    return max(_highest(conn, name), int(floor or 0)) + 1


def numbered(conn: Connection, name: str) -> Mapping[str, int]:
    """The id a new row of this table is to be given, where the database would give one again."""
    return {"id": following(conn, name)} if conn.dialect.name == "sqlite" else {}


def _highest(conn: Connection, name: str) -> int:
    return int(conn.execute(text(f"SELECT max(id) FROM {name}")).scalar() or 0)
