"""What everybody knows of the estates of this hub: no password is made of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from hub.store.database import Database
from hub.store.placed import as_json
from hub.store.schema import sites


class SiteWords:
    """Asked where a password is chosen."""

    _db: Database

    async def site_words(self) -> list[str]:
        """Keys, names and signatures of the sites."""
        return await self._db.read(_words)


def _words(conn: Connection) -> list[str]:
    found: list[str] = []
    for row in conn.execute(select(sites.c.key, sites.c.name, sites.c.settings)):
        settings = as_json(row.settings) or {}
        found += [row.key, *_texts(as_json(row.name)), *_texts(settings.get("sms_signature"))]
    return found


def _texts(value: Any) -> list[str]:
    """A text, or a text per language."""
    if isinstance(value, dict):
        return [str(one) for one in value.values()]
    return [str(value)] if value else []
