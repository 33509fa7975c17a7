"""Two launches at the same moment never ask the same people by the same letter."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, text

from hub.plans import LaunchPlan, Stale

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")
_NEWER = text("""
SELECT id, letter FROM incidents WHERE site_id = :site AND status <> 'closed' AND id <> :mine""")
_ASKED = text("""
SELECT recipient_id FROM audience WHERE incident_id IN :ids
    AND kind IN ('resident', 'staff', 'outside')""").bindparams(bindparam("ids", expanding=True))


def keep_letters_apart(conn: Connection, incident: int, plan: LaunchPlan) -> None:
    """Stale if an incident has begun since this one was planned that has its letter, or asks its
    people while it has none. Last in the transaction: nobody waits while a large one is written,
    and of two that end together the second sees the first."""
    if conn.dialect.name == "postgresql":
        conn.execute(_LOCK, {"what": f"letters/{plan.site}"})
    rows = conn.execute(_NEWER, {"site": plan.site, "mine": incident}).all()
    newer = {int(row.id): str(row.letter) for row in rows if row.id not in plan.beside}
    if not newer:
        return
    if plan.letter:
        clash = plan.letter in newer.values()
    else:
        asked = conn.execute(_ASKED, {"ids": sorted(newer)}).scalars()
        clash = not {told.recipient for told in plan.audience}.isdisjoint(asked)
    if clash:
        raise Stale("Another incident began meanwhile that is answered in the same way.")
