"""Rows of alarms: raised once for each key, kept while they are so, cleared when they are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.decide.alarms import Alarm
from hub.store.database import Database, database_now
from hub.store.schema import alarms, meta, processes

KEPT_MS = 90 * 86_400_000  # how long a cleared alarm can be looked up
BEGAN, DONE, BEATEN = "audit_began_at", "audit_done_at", "heartbeat_at"
HEARD_OUTSIDE = "heartbeat_said"  # what became of the last heartbeat
WELL = "ok"
FUTURE_MS = 60_000  # a mark further ahead is of a clock that was set back since
_TAKE = text("""
UPDATE meta SET value = :now WHERE key = :key
    AND (CAST(value AS BIGINT) <= :before OR CAST(value AS BIGINT) > :future)""")


@dataclass(frozen=True, slots=True)
class Settled:
    """What changed: keys raised now, keys cleared now."""

    raised: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()


class AlarmLedger:
    """Where alarms are kept. Everything goes by the database's clock."""

    def __init__(self, db: Database):
        self._db = db

    async def turn(self, every_ms: int) -> bool:
        """Whether this process is to audit now: true for one of all that ask, once in a while."""
        return await self._turn(BEGAN, every_ms)

    async def beat(self, every_ms: int) -> bool:
        """Whether the outside heartbeat is due; true once in a while, and never while the file of
        the database is known to be broken."""
        return not self._db.damaged and await self._turn(BEATEN, every_ms)

    async def beaten(self, said: str) -> None:
        """What became of a heartbeat is on record: "" where it was heard."""
        value = said or WELL
        if await self._db.read(partial(_kept, key=HEARD_OUTSIDE)) != value:
            await self._db.write(partial(_keep, key=HEARD_OUTSIDE, value=value))

    async def _turn(self, key: str, every_ms: int) -> bool:
        if not await self._db.read(partial(_due, key=key, every_ms=every_ms)):
            return False
        return await self._db.write(partial(_take, key=key, every_ms=every_ms))

    async def settle(self, found: Sequence[Alarm]) -> Settled:
        """Exactly the alarms found are open, and the audit is on record."""
        return await self._db.write(partial(_settle, found=tuple(found)))

    async def listed(self, limit: int) -> tuple[list[Mapping[str, Any]], int | None]:
        """Alarms, the open ones first, then the newest; and the age (ms) of the last audit."""
        return await self._db.read(partial(_listed, limit=limit))

    async def acknowledge(self, alarm: int, actor: str) -> Mapping[str, Any] | None:
        """The alarm, seen by this person (the first one stays); None if there is none."""
        return await self._db.write(partial(_acknowledge, alarm=alarm, actor=actor))

    async def figures(self) -> Mapping[str, Any]:
        """{"alarms": {kind: open}, "processes": [(id, role, seconds since it was seen)]}."""
        return await self._db.read(_figures)


def _kept(conn: Connection, *, key: str) -> str | None:
    return conn.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()


def _keep(conn: Connection, *, key: str, value: str) -> None:
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    new = dialect.insert(meta).values(key=key, value=value)
    conn.execute(new.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def _due(conn: Connection, *, key: str, every_ms: int) -> bool:
    now = database_now(conn)
    value = conn.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()
    return value is None or not now - every_ms < int(value) <= now + FUTURE_MS


def _take(conn: Connection, *, key: str, every_ms: int) -> bool:
    now = database_now(conn)
    if _put(conn, key, now):
        return True
    asked = {"now": str(now), "key": key, "before": now - every_ms, "future": now + FUTURE_MS}
    return conn.execute(_TAKE, asked).rowcount == 1


def _put(conn: Connection, key: str, now: int) -> bool:
    """Whether the mark was not there yet; it is now."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    row = make(meta).values(key=key, value=str(now)).on_conflict_do_nothing()
    return conn.execute(row).rowcount == 1


def _settle(conn: Connection, *, found: tuple[Alarm, ...]) -> Settled:
    now = database_now(conn)
    rows = conn.execute(select(alarms.c.id, alarms.c.key).where(alarms.c.cleared_at.is_(None)))
    open_ = {str(key): int(number) for number, key in rows}
    so = {alarm.key: alarm for alarm in found}
    for key, alarm in so.items():
        if key in open_:
            same = update(alarms).where(alarms.c.id == open_[key])
            conn.execute(same.values(seen_at=now, data=dict(alarm.data)))
        else:
            conn.execute(insert(alarms).values(_row(alarm, now)))
    over = tuple(key for key in open_ if key not in so)
    for key in over:
        conn.execute(update(alarms).where(alarms.c.id == open_[key]).values(cleared_at=now))
    conn.execute(delete(alarms).where(alarms.c.cleared_at < now - KEPT_MS))
    if not _put(conn, DONE, now):
        conn.execute(update(meta).where(meta.c.key == DONE).values(value=str(now)))
    return Settled(tuple(key for key in so if key not in open_), over)


def raise_now(conn: Connection, alarm: Alarm, now: int) -> None:
    """The alarm is open, without waiting for the next audit, which must find it too."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(make(alarms).values(_row(alarm, now)).on_conflict_do_nothing())


def clear(conn: Connection, key: str, now: int) -> None:
    """The alarm is over, without waiting for the next audit."""
    mine = update(alarms).where(alarms.c.key == key, alarms.c.cleared_at.is_(None))
    conn.execute(mine.values(cleared_at=now))


def _row(alarm: Alarm, now: int) -> dict[str, Any]:
    return {
        "key": alarm.key,
        "kind": str(alarm.kind),
        "incident_id": alarm.incident,
        "data": dict(alarm.data),
        "raised_at": now,
        "seen_at": now,
    }


def _listed(conn: Connection, *, limit: int) -> tuple[list[Mapping[str, Any]], int | None]:
    now = database_now(conn)
    newest = (alarms.c.cleared_at.is_not(None), alarms.c.id.desc())
    rows = conn.execute(select(alarms).order_by(*newest).limit(limit)).mappings()
    done = conn.execute(select(meta.c.value).where(meta.c.key == DONE)).scalar_one_or_none()
    return [dict(row) for row in rows], None if done is None else max(0, now - int(done))


def _acknowledge(conn: Connection, *, alarm: int, actor: str) -> Mapping[str, Any] | None:
    mine = alarms.c.id == alarm
    first = update(alarms).where(mine, alarms.c.acknowledged_at.is_(None))
    conn.execute(first.values(acknowledged_at=database_now(conn), acknowledged_by=actor))
    row = conn.execute(select(alarms).where(mine)).mappings().one_or_none()
    return None if row is None else dict(row)


def _figures(conn: Connection) -> Mapping[str, Any]:
    now = database_now(conn)
    counts: dict[str, int] = {}
    for kind in conn.execute(select(alarms.c.kind).where(alarms.c.cleared_at.is_(None))).scalars():
        counts[str(kind)] = counts.get(str(kind), 0) + 1
    alive = select(processes.c.id, processes.c.role, processes.c.seen_at, processes.c.swept_at)
    alive = alive.add_columns(processes.c.state)
    rows = conn.execute(alive.where(processes.c.stopped_at.is_(None))).all()
    return {"alarms": counts, "processes": [_process(row, now) for row in rows]}


def _process(row: Any, now: int) -> dict[str, Any]:
    swept = None if row.swept_at is None else (now - row.swept_at) / 1000
    return {
        "id": row.id,
        "role": row.role,
        "seen_s": (now - row.seen_at) / 1000,
        "swept_s": swept,
        "accounts": (row.state or {}).get("accounts") or {},
    }
