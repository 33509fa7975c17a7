"""House time, shared: the offset one process finds when the clock jumps is every process's."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog
from sqlalchemy import Connection, text

from hub.decide.reckon import JUMP_MS
from hub.store.database import Database, database_now

EVERY = 1.0  # seconds
STEP = 5.0  # seconds one look may take
ALIVE_MS = 60_000  # a process heard of since is taken for running

OFFSET, JUMPED_AT, JUMPED_BY = "clock_offset_ms", "clock_jumped_at", "clock_jumped_by"

_READ = "SELECT value FROM meta WHERE key = :key"
_LOCKED = {"sqlite": text(_READ), "postgresql": text(_READ + " FOR UPDATE")}
_PUT = text("""
INSERT INTO meta (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value""")
_FIRST = text("INSERT INTO meta (key, value) VALUES (:key, '0') ON CONFLICT (key) DO NOTHING")
_BUSY = text("""
SELECT 1 WHERE EXISTS (SELECT 1 FROM incidents WHERE status <> 'closed')
    OR EXISTS (SELECT 1 FROM deliveries WHERE state = 'planned')
    OR EXISTS (SELECT 1 FROM deliveries WHERE state IN ('sending', 'unsure'))
    OR EXISTS (SELECT 1 FROM processes WHERE stopped_at IS NULL AND seen_at > :alive)""")
_NEWEST = text("SELECT max(seen_at) FROM processes")

log = structlog.get_logger(__name__)


async def join(db: Database) -> int:
    """This process goes by the house time of those before it; its offset (ms) to the clock.

    Where nothing is pending and no other process runs, the clock is believed again: offset 0.
    Otherwise house time does not go back behind the last sign of life: a clock set back while
    nobody ran, or by the last process when it could not write it down, would hold every lease and
    every retry until it has caught up.
    """
    offset = await db.read(_offset)
    db.reckoner.shared(offset)
    if await db.read(_busy):
        behind = await db.read(_behind)
        return db.reckoner.found(offset + behind) if behind > JUMP_MS else offset
    if offset:
        offset = await db.write(_reset)
        db.reckoner.shared(offset)
        log.info("clock_believed_again")
    return offset


async def keep(db: Database) -> None:
    """Jumps are told and heard for ever, each second."""
    while True:
        try:
            async with asyncio.timeout(STEP):
                await settle(db)
        except Exception as error:  # noqa: BLE001 house time goes on; told a second later
            log.warning("clock_not_shared", error=type(error).__name__)
        await asyncio.sleep(EVERY)


async def settle(db: Database) -> None:
    """A jump this process has seen is on record, or others' finding of it is taken over."""
    await db.read(database_now)  # an idle web process reads the clock here alone
    seen = db.reckoner.unshared()
    if seen is None:
        if (offset := await db.read(_offset)) != db.reckoner.offset:
            db.reckoner.shared(offset, told=False)
            await db.read(database_now)
        return
    known, found = seen
    log.warning("clock_jumped", by_ms=known - found, offset_ms=found)
    offset = await db.write(partial(_share, known=known, found=found))
    db.reckoner.shared(offset)


def _offset(conn: Connection) -> int:
    return _number(conn.execute(text(_READ), {"key": OFFSET}).scalar())


def _number(value: str | None) -> int:
    try:
        return int(value or 0)
    except ValueError:  # somebody wrote there by hand
        return 0


def _busy(conn: Connection) -> bool:
    alive = database_now(conn) - ALIVE_MS
    return conn.execute(_BUSY, {"alive": alive}).first() is not None


def _behind(conn: Connection) -> int:
    """By how many ms house time stands before the newest sign of life of any process."""
    return int(conn.execute(_NEWEST).scalar() or 0) - database_now(conn)


def _reset(conn: Connection) -> int:
    """Looked at once more under the lock: a launch may have come between."""
    conn.execute(_LOCKED[conn.dialect.name], {"key": OFFSET})
    if _busy(conn):
        return _offset(conn)
    conn.execute(_PUT, {"key": OFFSET, "value": "0"})
    return 0


def _share(conn: Connection, *, known: int, found: int) -> int:
    """The offset on record now: another process's, if it saw the same jump first; else `found`."""
    conn.execute(_FIRST, {"key": OFFSET})
    stands = _number(conn.execute(_LOCKED[conn.dialect.name], {"key": OFFSET}).scalar())
    if stands != known and abs(stands - found) <= JUMP_MS:
        return stands
    facts = {OFFSET: found, JUMPED_AT: database_now(conn), JUMPED_BY: known - found}
    for key, value in facts.items():
        conn.execute(_PUT, {"key": key, "value": str(value)})
    return found
