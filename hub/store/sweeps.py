"""What time does to deliveries, set-based: leases run out, doubts end, lives and windows pass."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.copies import Standing
from hub.decide.turn import unwanted
from hub.decide.unsure import CALLBACK_WAIT, Doubt, Found, Resolution, Resolved, resolve
from hub.model import Lane, Stage
from hub.states import DeliveryState, IncidentState, Reason
from hub.store.batches import IDS, run
from hub.store.database import Database, database_now
from hub.store.events import from_ms
from hub.store.marks import ANSWERED, CORRECTED, STOPPED
from hub.store.outcomes import Changes, standing_of, write_events

AT_ONCE = 500  # rows of one kind in one transaction: a sweep never holds the writer for long
SILENT_AT_ONCE = 5_000  # of these nothing but an end is written, and all have to be looked at
AFTER_MS = 86_400_000  # how long after its close an incident's last accepted ones are looked at
WAIT_MS = int(CALLBACK_WAIT.total_seconds() * 1000)
PATIENCE = 5_000  # ms between two looks at a doubt that is still being asked about

# Both states first, word for word as in the index: SQLite knows its condition by no other sign.
_LEASES = """
SELECT d.id, d.incident_id, d.channel, d.state, d.fence, d.attempts, d.unsure,
    d.doubled,
    EXISTS (SELECT 1 FROM attempts a WHERE a.delivery_id = d.id AND a.fence = d.fence) AS begun
FROM deliveries d WHERE d.state IN ('sending', 'unsure') AND d.state = 'sending' AND
    d.lease_until < :now ORDER BY +d.id LIMIT :limit"""
_LOST = """
UPDATE deliveries SET state = b.state, reason = b.reason, lease_until = b.look,
    unsure = deliveries.unsure + b.doubt
FROM {rows} WHERE deliveries.id = b.id"""
_LOST_COLUMNS = (
    ("id", "bigint"), ("state", "text"), ("reason", "text"), ("look", "bigint"),
    ("doubt", "integer"),
)  # fmt: skip
_LOST_ATTEMPTS = """
UPDATE attempts SET verdict = 'unsure', reason = 'lost_worker'
WHERE verdict = '' AND delivery_id IN (SELECT b.id FROM {rows})"""

_DOUBTS = f"""
SELECT d.id, d.incident_id, d.channel, d.state, d.reason, d.unsure, d.doubled, d.lease_until,
    d.expires_at, d.account, n.stage, i.status, {STOPPED} AS stopped, {ANSWERED} AS answered,
    {CORRECTED} AS corrected, {{double}} AS prefer_double,
    coalesce((SELECT t.found FROM attempts t WHERE t.delivery_id = d.id AND t.fence = d.fence
        ORDER BY t.id DESC LIMIT 1), '') AS found,
    (SELECT count(*) FROM attempts t WHERE t.delivery_id = d.id AND t.verdict = 'unsure'
        AND t.found NOT IN ('accepted', 'gone')) AS open
FROM deliveries d JOIN incidents i ON i.id = d.incident_id JOIN notices n ON n.id = d.notice_id
LEFT JOIN audience a ON a.incident_id = d.incident_id AND a.recipient_id = d.recipient_id
WHERE d.state IN ('sending', 'unsure') AND d.state = 'unsure' AND d.lease_until < :now
ORDER BY +d.id LIMIT :limit"""
_PREFERS = {
    "sqlite": "json_extract(i.recipe, '$.prefer_double')",
    "postgresql": "i.recipe ->> 'prefer_double'",
}
_RESOLVED = """
UPDATE deliveries SET state = b.state, reason = b.reason, lease_until = b.look,
    due_at = CASE WHEN b.state = 'planned' THEN {1} ELSE deliveries.due_at END,
    ended_at = b.ended, unsure = b.unsure
FROM {rows} WHERE deliveries.id = b.id"""
_RESOLVED_COLUMNS = (
    ("id", "bigint"), ("state", "text"), ("reason", "text"), ("look", "bigint"),
    ("ended", "bigint"), ("unsure", "integer"),
)  # fmt: skip

_EXPIRED = """
SELECT d.id, d.incident_id, d.channel, d.state, d.unsure, d.doubled FROM deliveries d
WHERE d.state = 'planned' AND d.lane = :lane AND d.channel = :channel AND d.expires_at <= :now
ORDER BY d.rank, d.id LIMIT :limit"""
_EXPIRE = """
UPDATE deliveries SET state = 'expired', reason = 'too_old', ended_at = {1}
FROM {rows} WHERE deliveries.id = b.id"""
_SILENT = f"""
SELECT d.id, d.incident_id FROM deliveries d
WHERE d.incident_id IN (
        SELECT id FROM incidents WHERE status <> 'closed' OR closed_at + {AFTER_MS} > :now)
    AND d.state = 'accepted' AND d.ended_at IS NULL AND d.accepted_at < :now LIMIT :limit"""
_SILENCE = """
UPDATE deliveries SET reason = 'no_receipt', ended_at = {1}
FROM {rows} WHERE deliveries.id = b.id"""
_CHANNEL = text("""
SELECT channel FROM deliveries WHERE state = 'planned' AND lane = :lane AND channel > :after
ORDER BY channel LIMIT 1""")
_DUE_LANE = text("""
SELECT 1 FROM deliveries WHERE state = 'planned' AND lane = :lane AND due_at <= :now LIMIT 1""")


@dataclass(frozen=True, slots=True)
class Overdue:
    """What one pass over time found: how many of each, events written, lanes with due work."""

    lost: int = 0
    again: int = 0
    doubled: int = 0
    failed: int = 0
    expired: int = 0
    silent: int = 0
    reached: tuple[tuple[int, int], ...] = ()
    lanes: tuple[Lane, ...] = ()


class SweepLedger:
    """Where time passes. Everything goes by the database's clock. `askable`: accounts whose
    provider can be asked what became of a call."""

    def __init__(self, db: Database, *, askable: Collection[str] = ()):
        self._db = db
        self._askable = frozenset(askable)

    async def leases(self) -> Overdue:
        """Leases that ran out: in doubt if a call was begun, else planned again."""
        return await self._swept(_LEASES, leases)

    async def doubts(self) -> Overdue:
        """Doubts whose wait is over: sent again, ended by name, or left to be asked about."""
        resolved = partial(doubts, askable=self._askable)
        return await self._swept(_DOUBTS.format(double="0"), resolved)

    async def lives(self) -> Overdue:
        """Planned deliveries that are too old to be true."""
        return await self._db.write(lives) if await self._db.read(_any_expired) else Overdue()

    async def windows(self, window_ms: int) -> Overdue:
        """Accepted ones whose receipt never came: that is their end, and its reason."""
        return await self._swept(_SILENT, partial(windows, window_ms=window_ms), window_ms)

    async def due(self) -> Overdue:
        """The lanes in which something is to be sent now. Reads only."""
        return await self._db.read(_due)

    async def _swept(
        self, sql: str, sweep: Callable[[Connection], Overdue], before_ms: int = 0
    ) -> Overdue:
        """What `sweep` did; it takes the writer only when a reader found work for it."""
        found = await self._db.read(partial(_any, sql=sql, before_ms=before_ms))
        return await self._db.write(sweep) if found else Overdue()


def _any(conn: Connection, *, sql: str, before_ms: int = 0) -> bool:
    now = database_now(conn) - before_ms
    return conn.execute(text(sql), {"now": now, "limit": 1}).first() is not None


def _any_expired(conn: Connection) -> bool:
    now = database_now(conn)
    asked = [{"now": now, "limit": 1, "lane": lane, "channel": c} for lane, c in _lanes(conn)]
    return any(conn.execute(text(_EXPIRED), one).first() is not None for one in asked)


def leases(conn: Connection) -> Overdue:
    now = database_now(conn)
    rows = _locked(conn, _LEASES, now=now)
    if not rows:
        return Overdue()
    run(conn, _LOST, _LOST_COLUMNS, [_lost(row, now) for row in rows])
    begun = [(row.id,) for row in rows if row.begun]
    run(conn, _LOST_ATTEMPTS, IDS, begun)
    moved = [(row, "unsure" if row.begun else "planned", int(row.begun)) for row in rows]
    return Overdue(lost=len(begun), reached=_events(conn, moved, now))


def _lost(row: Any, now: int) -> tuple[Any, ...]:
    if row.begun:
        return row.id, DeliveryState.UNSURE, Reason.LOST_WORKER, now + WAIT_MS, 1
    return row.id, DeliveryState.PLANNED, Reason.NONE, None, 0


def doubts(conn: Connection, *, askable: Collection[str] = ()) -> Overdue:
    now = database_now(conn)
    rows = _locked(conn, _DOUBTS.format(double=_PREFERS[conn.dialect.name]), now=now)
    if not rows:
        return Overdue()
    asked = [(row, _doubt(row, askable)) for row in rows]
    ends = [(row, doubt, resolve(doubt, now=from_ms(now))) for row, doubt in asked]
    moved = [_resolved(row, doubt, to, now) for row, doubt, to in ends]
    run(conn, _RESOLVED, _RESOLVED_COLUMNS, moved, now)
    how = Counter(to.how for _, _, to in ends)
    stand = [(row, str(to.state), _left(row, doubt) - row.unsure) for row, doubt, to in ends]
    return Overdue(
        again=how[Resolved.AGAIN],
        doubled=how[Resolved.DOUBLE],
        failed=how[Resolved.END],
        reached=_events(conn, stand, now),
    )


def _doubt(row: Any, askable: Collection[str]) -> Doubt:
    stage, status = Stage(row.stage), IncidentState(row.status)
    flags = {"stopped": bool(row.stopped), "corrected": bool(row.corrected)}
    why = unwanted(stage, status, **flags)
    if why is Reason.NONE and stage is Stage.ALERT and row.answered:
        why = Reason.ANSWERED
    return Doubt(
        look_at=from_ms(row.lease_until),
        expires_at=from_ms(row.expires_at),
        reason=Reason(row.reason),
        doubled=bool(row.doubled) or row.unsure > 1,
        prefer_double=row.prefer_double in {1, "true"},
        unwanted=why,
        found=Found(row.found),
        asked=row.account in askable,
        left=row.open,
    )


def _left(row: Any, doubt: Doubt) -> int:
    """Calls of unknown outcome that are left: what its provider has not got is none."""
    return int(row.open if doubt.found is Found.GONE else row.unsure)


def _resolved(row: Any, doubt: Doubt, to: Resolution, now: int) -> tuple[Any, ...]:
    look = now + PATIENCE if to.how is Resolved.WAIT else None
    ended = now if to.how is Resolved.END else None
    return row.id, to.state, to.reason, look, ended, _left(row, doubt)


def lives(conn: Connection) -> Overdue:
    """By lane and channel, so that the index of planned deliveries serves."""
    now = database_now(conn)
    rows: list[Any] = []
    for lane, channel in _lanes(conn):
        rows += _locked(conn, _EXPIRED, now=now, lane=lane, channel=channel)
    if not rows:
        return Overdue()
    run(conn, _EXPIRE, IDS, [(row.id,) for row in rows], now)
    return Overdue(
        expired=len(rows), reached=_events(conn, [(row, "expired", 0) for row in rows], now)
    )


def windows(conn: Connection, *, window_ms: int) -> Overdue:
    now = database_now(conn)
    rows = _locked(conn, _SILENT, now=now - window_ms, limit=SILENT_AT_ONCE)
    if rows:
        run(conn, _SILENCE, IDS, [(row.id,) for row in rows], now)
    return Overdue(silent=len(rows))


def _due(conn: Connection) -> Overdue:
    now = database_now(conn)
    found = [
        lane
        for lane in Lane
        if conn.execute(_DUE_LANE, {"lane": str(lane), "now": now}).first() is not None
    ]
    return Overdue(lanes=tuple(found))


def _lanes(conn: Connection) -> list[tuple[str, str]]:
    """Lanes and channels with anything planned: from one to the next along their index."""
    found: list[tuple[str, str]] = []
    for lane in Lane:
        channel: str | None = ""
        while channel is not None:
            asked = {"lane": str(lane), "after": channel}
            channel = conn.execute(_CHANNEL, asked).scalar_one_or_none()
            found += [(str(lane), channel)] if channel else []
    return found


def _locked(conn: Connection, sql: str, **values: Any) -> Sequence[Any]:
    """Rows no other sweep holds: each is swept once, whoever comes first."""
    lock = "" if conn.dialect.name == "sqlite" else " FOR UPDATE OF d SKIP LOCKED"
    return conn.execute(text(sql + lock), {"limit": AT_ONCE, **values}).all()


def _events(
    conn: Connection, moved: Iterable[tuple[Any, str, int]], now: int
) -> tuple[tuple[int, int], ...]:
    """One event per incident. `moved`: row, its new state, calls that have become doubtful."""
    changes: dict[int, Changes] = defaultdict(Changes)
    for row, state, doubts in moved:
        now_at = Standing(state, row.unsure + doubts, bool(row.doubled))
        changes[row.incident_id].moved(row.channel, standing_of(row), now_at)
    return write_events(conn, changes, now)
