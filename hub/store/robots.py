"""Addresses of chat robots: each has a secret of its own, and so may be void by itself."""

from __future__ import annotations

from sqlalchemy import select

from hub.store.database import Database
from hub.store.schema import addresses, recipients


class RobotLedger:
    """Where they are read."""

    def __init__(self, db: Database):
        self._db = db

    async def robots(self, channel: str, *, limit: int) -> list[tuple[int, str]]:
        """(whose, address), the first ones."""
        asked = (
            select(addresses.c.recipient_id, addresses.c.value)
            .join(recipients, recipients.c.id == addresses.c.recipient_id)
            .where(addresses.c.channel == channel, recipients.c.removed_at.is_(None))
            .order_by(addresses.c.id)
            .limit(limit)
        )
        rows = await self._db.read(lambda conn: conn.execute(asked).all())
        return [(int(owner), str(value)) for owner, value in rows]
