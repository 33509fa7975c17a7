"""Rows of processes: each says every few seconds that it lives, and how its work goes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from hub.store.database import Database, database_now
from hub.store.schema import processes
from hub.store.screens import leave_silent

FORGOTTEN_MS = 86_400_000  # a process silent for a day is no news any more
SURELY_GONE_MS = 20_000  # four pulses; until then a silent process is taken to send its share
SENDING = ("worker", "serve")  # roles


class ProcessLedger:
    """Where processes say that they live; every method is one transaction."""

    def __init__(self, db: Database):
        self._db = db

    async def beat(
        self,
        process: str,
        about: Mapping[str, Any],
        *,
        swept_s: float | None,
        state: Mapping[str, Any],
    ) -> int:
        """It lives now; how many processes send, those counted that died just now. `about`: role,
        host, pid, version. `swept_s`: seconds since its last sweep without trouble. Rows silent
        for a day are gone, and screens a dead process held are left."""
        return await self._db.write(
            partial(_beat, process=process, about=about, swept_s=swept_s, state=state)
        )

    async def stopped(self, process: str) -> None:
        """It ended in order."""
        await self._db.write(partial(_stopped, process=process))


def _beat(
    conn: Connection,
    *,
    process: str,
    about: Mapping[str, Any],
    swept_s: float | None,
    state: Mapping[str, Any],
) -> int:
    now = database_now(conn)
    swept = None if swept_s is None else now - int(swept_s * 1000)
    fresh = {"seen_at": now, "swept_at": swept, "stopped_at": None, "state": dict(state)}
    mine = processes.c.id == process
    if conn.execute(update(processes).where(mine).values(fresh)).rowcount == 0:
        conn.execute(insert(processes).values(id=process, started_at=now, **about, **fresh))
    conn.execute(delete(processes).where(processes.c.seen_at < now - FORGOTTEN_MS))
    leave_silent(conn, now)
    lives = (processes.c.stopped_at.is_(None), processes.c.seen_at > now - SURELY_GONE_MS)
    sending = select(func.count()).where(processes.c.role.in_(SENDING), *lives)
    return int(conn.execute(sending).scalar_one())


def _stopped(conn: Connection, *, process: str) -> None:
    now = database_now(conn)
    mine = processes.c.id == process
    conn.execute(update(processes).where(mine).values(stopped_at=now, seen_at=now))
