"""Real before drill, as rows: decided in the transaction that launches.

A large launch takes seconds to write, and a live one never waits for a drill's. So each asks only
at its end, under a lock of the site that it holds until it is committed: whoever comes second finds
the first. On SQLite there is one writer, and the order is the lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.real_first import drill_ended, drills_at, real_at, refuse_drill
from hub.events import EventKind
from hub.model import Kind, Stage
from hub.plans import LaunchPlan
from hub.states import IncidentState, Reason
from hub.store.database import Database, database_now
from hub.store.events import append_event
from hub.store.incidents import cancel_waves, lock_incident, move_incident, take_back
from hub.under_way import UnderWay

DAY_MS = 86_400_000
TOLD_WITHIN_MS = 3_600_000
"""How long after its end a drill's people are still told of it: later nobody takes it for real."""

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('real first:' || :site, 0))")
_UNDER_WAY = text("""
SELECT id, code, kind, status, place FROM incidents
WHERE site_id = :site AND status <> 'closed' ORDER BY id""")
_OF = text("SELECT site_id, kind, place FROM incidents WHERE id = :incident")
# What ended before a restore is history: the hub that was saved has told of it.
_TO_TELL = text("""
SELECT i.id FROM incidents i WHERE i.ended_by IS NOT NULL AND i.status <> 'closed'
    AND i.stopped_at > :since AND i.launched_at > :begun AND NOT EXISTS (
        SELECT 1 FROM notices n WHERE n.incident_id = i.id AND n.stage = 'correction')
    AND NOT EXISTS (
        SELECT 1 FROM audit a WHERE a.action = 'hub_restore' AND a.at >= i.stopped_at)
ORDER BY i.id LIMIT 50""")


class DrillLedger:
    """Drills that something real ended, and whose people have not been told of it."""

    def __init__(self, db: Database):
        self._db = db

    async def to_tell(self) -> tuple[int, ...]:
        """Their ids, the oldest first."""
        return await self._db.read(_to_tell)


def under_way(conn: Connection, site: int) -> tuple[UnderWay, ...]:
    """Every incident of the site that is not closed."""
    return tuple(UnderWay(*row) for row in conn.execute(_UNDER_WAY, {"site": site}))


def refuse_beside_real(conn: Connection, plan: LaunchPlan) -> None:
    """Conflict where a drill would begin beside something real; a live launch goes on."""
    if plan.kind != Kind.LIVE:
        refuse_drill(plan.place, under_way(conn, plan.site))


def real_beside(conn: Connection, incident: int) -> UnderWay | None:
    """The real incident that runs where this drill is or was; None for what is no drill."""
    row = conn.execute(_OF, {"incident": incident}).one_or_none()
    if row is None or row.kind == Kind.LIVE:
        return None
    return real_at(row.place, under_way(conn, row.site_id))


def refuse_words_beside_real(conn: Connection, incident: int) -> None:
    """Conflict where a drill, over or closed though it may be, would say something beside something
    real. Called before anything of it is locked, in the order of `make_way`: no deadlock."""
    row = conn.execute(_OF, {"incident": incident}).one_or_none()
    if row is None or row.kind == Kind.LIVE:
        return
    _one_by_one(conn, row.site_id)
    if real := real_at(row.place, under_way(conn, row.site_id)):
        raise drill_ended(real)


def _one_by_one(conn: Connection, site: int) -> None:
    if conn.dialect.name != "sqlite":
        conn.execute(_LOCK, {"site": str(site)})


def make_way(
    conn: Connection, plan: LaunchPlan, incident: int, now: int
) -> tuple[tuple[UnderWay, int], ...]:
    """Called last in a launch. A drill is refused beside something real that came meanwhile; a live
    incident ends the drills that run where it is: (drill, its newest event)."""
    _one_by_one(conn, plan.site)
    others = under_way(conn, plan.site)
    if plan.kind != Kind.LIVE:
        refuse_drill(plan.place, others)
        return ()
    real = {"live": incident, "live_code": plan.code}
    drills = drills_at(plan.place, others)
    # Of all of them before one is locked: a claim may hold deliveries of several.
    gone = [_take_back(conn, one.id, now) for one in drills]
    found = [(one, _end(conn, one, was, real, now)) for one, was in zip(drills, gone, strict=True)]
    return tuple((one, seq) for one, seq in found if seq)


def _end(
    conn: Connection, drill: UnderWay, gone: Mapping[str, int], real: Mapping[str, Any], now: int
) -> int:
    """Nothing of the drill is sent any more, its last word neither; the number of the event that
    says why, 0 if it had ended by itself. In the order of `stop_incident`: no deadlock."""
    status = lock_incident(conn, drill.id)
    more = _take_back(conn, drill.id, now)
    moves = [[c, "planned", "cancelled", n] for c, n in [*gone.items(), *more.items()]]
    if status == IncidentState.CLOSED or (status == IncidentState.CLEARED and not moves):
        return 0
    cancel_waves(conn, drill.id)
    stands = status if status == IncidentState.CLEARED else str(IncidentState.STOPPED)
    ended = {"status": stands, "stopped_at": now, "next_update_at": None}
    move_incident(conn, drill.id, ended_by=real["live"], **ended)
    data = {"moves": moves, **real}
    return append_event(conn, drill.id, EventKind.STOPPED, data, actor="hub", now_ms=now)


def _take_back(conn: Connection, drill: int, now: int) -> dict[str, int]:
    return take_back(conn, drill, reason=Reason.SUPERSEDED, now=now, stages=tuple(Stage))


def _to_tell(conn: Connection) -> tuple[int, ...]:
    now = database_now(conn)
    named = {"since": now - TOLD_WITHIN_MS, "begun": now - DAY_MS}
    return tuple(int(one) for one in conn.execute(_TO_TELL, named).scalars())
