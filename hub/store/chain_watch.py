"""The audit chain as one process follows it: what it has seen may not be gone at its next look.

Inside the database nothing tells a record that was set back as a whole, rows and seal, from one
that never went further. A process that has seen the later end does.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import Connection

from hub.decide.alarm_facts import Chain
from hub.decide.chain import Broken
from hub.store.audit_chain import Checked, chain_at, check_page, ended
from hub.store.database import Database

PAGES = 1  # of the chain that one look goes through; a long one takes some looks


class ChainWatch:
    """Checks a little further with each look, from the first row; then what is new."""

    def __init__(self, db: Database, secret: bytes):
        self._db, self._secret = db, secret
        self._seen = Checked()
        self._broken: Chain | None = None

    async def look(self) -> Chain | None:
        """What is wrong with it, as far as this process has come. It stays wrong."""
        if self._broken is None:
            found = await self._db.read(partial(_further, secret=self._secret, seen=self._seen))
            if found.broken is not None:
                self._broken = Chain(found.broken, found.at or 0)
            self._seen = found
        return self._broken


def _further(conn: Connection, *, secret: bytes, seen: Checked) -> Checked:
    if seen.row and chain_at(conn, seen.row) != seen.chain:
        return Checked(seen.row, seen.chain, seen.rows, Broken.NOTED, seen.row)
    found = Checked(seen.row, seen.chain, seen.rows)
    for _ in range(PAGES):
        found = check_page(conn, secret, found)
        if found.broken:
            return found
        if found.over:
            return ended(conn, secret, found)
    return found
