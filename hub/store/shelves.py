"""The site's own texts as they were last good, and what is wrong with those of now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

from sqlalchemy import Connection, delete, insert, select

from hub.entries import KeptText, TextFault
from hub.store.database import Database, database_now
from hub.store.schema import kept_texts, text_faults


class ShelfLedger:
    """Where they are kept; every method is one transaction."""

    def __init__(self, db: Database):
        self._db = db

    async def kept(self) -> list[KeptText]:
        """The last good version of each."""
        return await self._db.read(_kept)

    async def put(self, good: Sequence[KeptText], faults: Sequence[TextFault]) -> None:
        """These are good now, and exactly these faults stand. Safe to repeat."""
        await self._db.write(partial(_put, good=good, faults=faults))

    async def forget(self, key: str) -> bool:
        """No version of this key is kept; whether one was."""
        return await self._db.write(partial(_forget, key=key))


def _kept(conn: Connection) -> list[KeptText]:
    table = kept_texts.c
    rows = conn.execute(select(table.key, table.file, table.hash, table.text).order_by(table.key))
    return [KeptText(*row) for row in rows]


def faults_on_record(conn: Connection) -> list[TextFault]:
    """What the newest start found wrong, for the audit."""
    rows = conn.execute(select(text_faults.c.data).order_by(text_faults.c.id)).scalars()
    return [TextFault(**data) for data in rows]


def _put(conn: Connection, good: Sequence[KeptText], faults: Sequence[TextFault]) -> None:
    known = {one.key: one for one in _kept(conn)}
    now = database_now(conn)
    for one in good:
        if known.get(one.key) == one:
            continue
        conn.execute(delete(kept_texts).where(kept_texts.c.key == one.key))
        conn.execute(insert(kept_texts).values(**asdict(one), kept_at=now))
    if faults_on_record(conn) == list(faults):
        return
    conn.execute(delete(text_faults))
    for fault in faults:
        conn.execute(insert(text_faults).values(key=fault.key, file=fault.file, data=asdict(fault)))


def _forget(conn: Connection, key: str) -> bool:
    conn.execute(delete(text_faults).where(text_faults.c.key == key))
    return conn.execute(delete(kept_texts).where(kept_texts.c.key == key)).rowcount > 0
