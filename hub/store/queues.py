"""What waits in each lane of each channel, and who is there to send it. Bounded, by index."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select, text

from hub.decide.alarm_facts import SILENT_S
from hub.decide.queue import Depth, Seen
from hub.store.audits import planned_lanes, standing
from hub.store.database import Database, database_now
from hub.store.lines import TALK
from hub.store.schema import processes

FEW = 500  # at the head of a lane, looked at one by one
MOST = 200_000  # counted at most
LAST_CALLS = 500  # attempts in which calls that have ended are looked for
SENDING = ("worker", "serve")  # roles

_HEAD = text("""
SELECT count(*) AS number, max(l.due_at) AS last, avg(coalesce(w.segments, 1)) AS units FROM (
    SELECT d.due_at, d.wording_id FROM deliveries d
    WHERE d.state = 'planned' AND d.lane = :lane AND d.channel = :channel
    ORDER BY d.rank, d.id LIMIT :few) l LEFT JOIN wordings w ON w.id = l.wording_id""")
_COUNT = text("""
SELECT count(*) FROM (SELECT 1 FROM deliveries d
    WHERE d.state = 'planned' AND d.lane = :lane AND d.channel = :channel LIMIT :most) l""")
_CALLS = text("""
SELECT a.account, avg(d.ended_at - d.accepted_at) AS took FROM (
    SELECT account, delivery_id FROM attempts ORDER BY id DESC LIMIT :last) a
JOIN deliveries d ON d.id = a.delivery_id
WHERE d.channel = 'voice' AND d.accepted_at IS NOT NULL AND d.ended_at IS NOT NULL
GROUP BY a.account""")


class QueueLedger:
    """Where queues are read."""

    def __init__(self, db: Database):
        self._db = db

    async def look(self) -> Seen:
        """What is on record now."""
        return await self._db.read(look)


def look(conn: Connection) -> Seen:
    now = database_now(conn)
    alive = select(func.count()).where(
        processes.c.stopped_at.is_(None),
        processes.c.seen_at > now - int(SILENT_S * 1000),
        processes.c.role.in_(SENDING),
    )
    calls = conn.execute(_CALLS, {"last": LAST_CALLS}).all()
    return Seen(
        workers=int(conn.execute(alive).scalar_one()),
        stood=tuple(standing(conn, now)),
        depths=dict(_depths(conn, now)),
        calls={row.account: min(float(row.took), TALK) / 1000 for row in calls},
    )


def _depths(conn: Connection, now: int) -> Iterator[tuple[tuple[str, str], Depth]]:
    for lane, channel in planned_lanes(conn):
        asked = {"lane": lane, "channel": channel}
        head = conn.execute(_HEAD, {**asked, "few": FEW}).one()
        if head.number < FEW:
            last_s = max(0, (head.last or now) - now) / 1000
            yield (lane, channel), Depth(int(head.number), float(head.units or 1), last_s)
        else:
            count = int(conn.execute(_COUNT, {**asked, "most": MOST}).scalar_one())
            yield (lane, channel), Depth(count, float(head.units or 1))
