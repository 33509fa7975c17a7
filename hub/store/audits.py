"""What an audit looks at, on one snapshot: bounded questions by index, however large the hub."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select, text

from hub.decide.alarm_facts import (
    SILENT_S,
    Backlog,
    Crowd,
    Cry,
    Facts,
    Gap,
    Gone,
    LateWave,
    Living,
    Passed,
    Receipted,
    Stuck,
    Tried,
)
from hub.decide.alarms import DOUBT_OVER_S, LATE_S, LEASE_OVER_S, LOST_S, SCREEN_GONE_S
from hub.decide.disk import told
from hub.decide.inbox import MOST_CRIES
from hub.decide.resting import Stood, stood
from hub.model import Lane
from hub.states import Reason
from hub.store.chain_watch import ChainWatch
from hub.store.database import Database, database_now
from hub.store.migrate import is_current
from hub.store.schema import meta, processes
from hub.store.shelves import faults_on_record

MOST = 10_000  # rows one question looks at
BACK = 1_000_000  # attempts looked back at most
NEWEST = 200  # events of an incident that are checked
JUMPED_S = 3600.0  # how long a jump of the clock is spoken of
FAULTS = (Reason.UNAVAILABLE, Reason.TIMEOUT, Reason.BROKEN, Reason.MISCONFIGURED, Reason.UNKNOWN)
"""Reasons that are no fault of the address, nor of our own pace."""

_WAVES = text("""
SELECT w.id, w.incident_id, i.code, w.key, w.due_at FROM waves w
JOIN incidents i ON i.id = w.incident_id
WHERE w.state = 'waiting' AND w.due_at < :before AND i.status = 'open'
ORDER BY w.due_at LIMIT 50""")
_CHANNEL = text("""
SELECT channel FROM deliveries WHERE state = 'planned' AND lane = :lane AND channel > :after
ORDER BY channel LIMIT 1""")
_BACKLOG = text("""
SELECT count(*) AS due, min(l.due_at) AS oldest FROM (
    SELECT d.due_at FROM deliveries d WHERE d.state = 'planned' AND d.lane = :lane
        AND d.channel = :channel AND d.due_at < :before LIMIT :most) l""")
_DUE = text("""
SELECT 1 FROM deliveries WHERE state = 'planned' AND lane = :lane AND due_at <= :now LIMIT 1""")
# Both states first, word for word as in the index: SQLite knows its condition by no other sign.
_STUCK = text("""
SELECT count(*) AS number, min(l.lease_until) AS oldest FROM (
    SELECT d.lease_until FROM deliveries d WHERE d.state IN ('sending', 'unsure')
        AND d.state = :state AND d.lease_until < :before LIMIT :most) l""")
_NEWEST = text("SELECT max(id) FROM attempts")
_FROM = text("SELECT id, started_at FROM attempts WHERE id >= :id ORDER BY id LIMIT 1")
_CALLS = text("""
SELECT d.channel, count(*) AS number FROM (
    SELECT delivery_id FROM attempts WHERE id > :after ORDER BY id DESC LIMIT :most) a
JOIN deliveries d ON d.id = a.delivery_id GROUP BY d.channel""")
_TRIES = text("""
SELECT account, verdict, reason, count(*) AS number FROM (
    SELECT account, verdict, reason FROM attempts
    WHERE id > :after AND ended_at IS NOT NULL ORDER BY id DESC LIMIT :most) a
GROUP BY account, verdict, reason""")
_RECEIPTS = text("""
SELECT a.account, count(*) AS accepted,
    sum(CASE WHEN d.state = 'accepted' THEN 0 ELSE 1 END) AS reported
FROM (SELECT account, delivery_id FROM attempts
    WHERE id > :after AND id <= :until AND verdict = 'accepted' ORDER BY id DESC LIMIT :most) a
JOIN deliveries d ON d.id = a.delivery_id WHERE d.channel = 'sms' GROUP BY a.account""")
# From screens to people (CROSS JOIN, +site_id): the other way round SQLite walks all people.
_SCREENS = text("""
SELECT r.site_id, s.key, count(*) AS paired,
    sum(CASE WHEN c.gone_at < :before THEN 1 ELSE 0 END) AS gone, min(c.gone_at) AS longest
FROM screens c CROSS JOIN recipients r JOIN sites s ON s.id = r.site_id
WHERE r.id = c.recipient_id AND c.device_hash IS NOT NULL AND r.removed_at IS NULL
    AND +r.site_id IN (SELECT site_id FROM incidents WHERE status = 'open')
GROUP BY r.site_id, s.key""")
_CRIES = text(f"""
SELECT id, channel, incident_id FROM replies WHERE settled_at IS NULL AND cry = :cry
ORDER BY id LIMIT {MOST_CRIES}""")
_GAPS = text(f"""
SELECT i.id, i.code, i.last_seq FROM incidents i
LEFT JOIN events e ON e.incident_id = i.id AND e.seq > i.last_seq - {NEWEST}
WHERE i.status <> 'closed' GROUP BY i.id, i.code, i.last_seq
HAVING count(e.seq) <> CASE WHEN i.last_seq < {NEWEST} THEN i.last_seq ELSE {NEWEST} END
    OR COALESCE(max(e.seq), 0) <> i.last_seq ORDER BY i.id DESC LIMIT 50""")


class AuditLedger:
    """Where an audit looks. Reads only; everything goes by the database's clock."""

    def __init__(self, db: Database, chain: ChainWatch | None = None):
        self._db, self._chain = db, chain

    async def facts(self, watched_s: float) -> Facts:
        """What is so now. `watched_s`: how long the asking process lives."""
        if not await is_current(self._db):
            return Facts(watched_s=0.0, current=False)
        found = await self._db.read(lambda conn: look(conn, watched_s))
        return replace(found, chain=await self._chain.look()) if self._chain else found


def look(conn: Connection, watched_s: float) -> Facts:
    """What is so now, on this snapshot of a database with the newest schema."""
    now = database_now(conn)
    minute, five, thirty = (_attempt_before(conn, now - m * 60_000) for m in (1, 5, 30))
    jumped, by = _clock(conn, now)
    return Facts(
        watched_s=watched_s,
        waves=tuple(_late_waves(conn, now)),
        backlogs=tuple(_backlogs(conn, now, minute)),
        due_lanes=tuple(_due_lanes(conn, now)),
        leases=_stuck(conn, "sending", now, LEASE_OVER_S),
        doubts=_stuck(conn, "unsure", now, DOUBT_OVER_S),
        processes=tuple(_living(conn, now)),
        stood=tuple(standing(conn, now)),
        receipts=tuple(_receipts(conn, thirty, five)),
        tries=tuple(_tries(conn, five)),
        screens=tuple(_screens(conn, now)),
        cries=tuple(Cry(*row) for row in conn.execute(_CRIES, {"cry": True})),
        live=_passed(conn, now),
        text_faults=tuple(faults_on_record(conn)),
        disks=told((row.state or {}).get("disk") for row in _pulses(conn, now)),
        gaps=tuple(Gap(*row) for row in conn.execute(_GAPS)),
        crowds=tuple(_crowds(conn, now)),
        clock_jumped_s=jumped,
        clock_jumped_by_s=by,
    )


def _ago(now: int, then: int) -> float:
    return (now - then) / 1000


def _late_waves(conn: Connection, now: int) -> Iterator[LateWave]:
    for row in conn.execute(_WAVES, {"before": now - int(LATE_S * 1000)}):
        yield LateWave(row.id, row.incident_id, row.code, row.key, _ago(now, row.due_at))


def _backlogs(conn: Connection, now: int, minute: int) -> Iterator[Backlog]:
    calls = {row.channel: row.number for row in conn.execute(_CALLS, _since(minute))}
    before = now - int(LATE_S * 1000)
    for lane, channel in planned_lanes(conn):
        asked = {"lane": lane, "channel": channel, "before": before, "most": MOST}
        row = conn.execute(_BACKLOG, asked).one()
        if row.due:
            tried = int(calls.get(channel, 0))
            yield Backlog(lane, channel, int(row.due), _ago(now, row.oldest), tried)


def planned_lanes(conn: Connection) -> Iterator[tuple[str, str]]:
    """Lanes and channels with anything planned: from one to the next along their index."""
    for lane in Lane:
        channel: str | None = ""
        while channel is not None:
            asked = {"lane": str(lane), "after": channel}
            channel = conn.execute(_CHANNEL, asked).scalar_one_or_none()
            if channel:
                yield str(lane), channel


def _due_lanes(conn: Connection, now: int) -> Iterator[str]:
    for lane in Lane:
        if conn.execute(_DUE, {"lane": str(lane), "now": now}).first() is not None:
            yield str(lane)


def _stuck(conn: Connection, state: str, now: int, over_s: float) -> Stuck:
    asked = {"state": state, "before": now - int(over_s * 1000), "most": MOST}
    row = conn.execute(_STUCK, asked).one()
    return Stuck(int(row.number), _ago(now, row.oldest) if row.number else 0.0)


def _living(conn: Connection, now: int) -> Iterator[Living]:
    recent = select(processes).where(processes.c.seen_at > now - int(2 * LOST_S * 1000))
    for row in conn.execute(recent):
        yield Living(
            id=row.id,
            role=row.role,
            host=row.host,
            started_s=_ago(now, row.started_at),
            seen_s=_ago(now, row.seen_at),
            swept_s=None if row.swept_at is None else _ago(now, row.swept_at),
            stopped=row.stopped_at is not None,
        )


def _pulses(conn: Connection, now: int) -> Iterator[Any]:
    """What each process that lives says of itself."""
    alive = select(processes.c.id, processes.c.seen_at, processes.c.state).where(
        processes.c.stopped_at.is_(None), processes.c.seen_at > now - int(SILENT_S * 1000)
    )
    yield from conn.execute(alive)


def _crowds(conn: Connection, now: int) -> Iterator[Crowd]:
    for row in _pulses(conn, now):
        said = (row.state or {}).get("sockets") or {}
        if said:
            known = {key: said[key] for key in _CROWD if key in said}
            yield Crowd(process=row.id, **{"open": 0, "most": 0, **known})


_CROWD = ("open", "most", "turned_away", "short_s", "address", "address_most", "full_s")


def standing(conn: Connection, now: int) -> Iterator[Stood]:
    """The provider accounts as each process that lives finds them."""
    for row in _pulses(conn, now):
        yield from stood((row.state or {}).get("accounts") or {}, ago_s=_ago(now, row.seen_at))


def _passed(conn: Connection, now: int) -> Passed:
    """How the live channel reaches people, over all processes that live."""
    said = [(row.state or {}).get("live") or {} for row in _pulses(conn, now)]
    return Passed(
        polling=sum(int(one.get("polling", 0)) for one in said),
        sockets=sum(int(one.get("sockets", 0)) for one in said),
        stripped=any(one.get("stripped") for one in said),
    )


def _attempt_before(conn: Connection, at: int) -> int:
    """The newest attempt begun before this time: ids go up with time, so it is found by halving
    along the primary key; never more than BACK back."""
    high = int(conn.execute(_NEWEST).scalar() or 0)
    low = max(0, high - BACK)
    while low < high:
        middle = (low + high + 1) // 2
        row = conn.execute(_FROM, {"id": middle}).one()
        if row.started_at < at:
            low = int(row.id)
        else:
            high = middle - 1
    return low


def _since(after: int) -> dict[str, int]:
    return {"after": after, "most": MOST}


def _receipts(conn: Connection, after: int, until: int) -> Iterator[Receipted]:
    for row in conn.execute(_RECEIPTS, {**_since(after), "until": until}):
        yield Receipted(row.account, int(row.accepted), int(row.reported))


def _tries(conn: Connection, after: int) -> Iterator[Tried]:
    found: dict[str, list[Any]] = {}
    for row in conn.execute(_TRIES, _since(after)):
        found.setdefault(row.account, []).append(row)
    for account, rows in found.items():
        yield Tried(
            account,
            ended=sum(row.number for row in rows),
            failed=sum(row.number for row in rows if row.reason in FAULTS),
            accepted=sum(row.number for row in rows if row.verdict == "accepted"),
        )


def _screens(conn: Connection, now: int) -> Iterator[Gone]:
    for row in conn.execute(_SCREENS, {"before": now - int(SCREEN_GONE_S * 1000)}):
        longest = _ago(now, row.longest) if row.longest is not None else 0.0
        yield Gone(row.site_id, row.key, int(row.paired), int(row.gone or 0), longest)


def _clock(conn: Connection, now: int) -> tuple[float | None, float]:
    """How long ago (s) and by how much (s) the clock jumped, if that was within the hour."""
    wanted = select(meta.c.key, meta.c.value).where(meta.c.key.like("clock_jumped_%"))
    marks = {str(row.key): str(row.value) for row in conn.execute(wanted)}
    try:
        ago = _ago(now, int(float(marks["clock_jumped_at"])))
        by = float(marks.get("clock_jumped_by", "0")) / 1000
    except (KeyError, ValueError):
        return None, 0.0
    return (ago, by) if ago <= JUMPED_S else (None, 0.0)
