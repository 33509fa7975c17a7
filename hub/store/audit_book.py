"""The audit record as it is read: newest first, by kind, by who did it, since when; and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from hub.decide.views import moment
from hub.store.audit_chain import Checked, check_page, ended
from hub.store.database import Database
from hub.store.schema import audit, tokens, users


class AuditBookLedger:
    """Where the record is read. Nothing here writes."""

    def __init__(self, db: Database, *, secret: bytes):
        self._db, self._secret = db, secret

    async def listed(
        self, *, kind: str, actor: str, since: int, after: int, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Rows, newest first; `after`: only older ones than this."""
        asked = partial(_listed, kind=kind, actor=actor, since=since, after=after, limit=limit)
        return await self._db.read(asked)

    async def begun(self) -> Checked:
        """A check that has looked at nothing yet."""
        return Checked()

    async def further(self, so_far: Checked) -> Checked:
        """The check of the chain, some rows further: a page at a time, so that nobody waits."""
        return await self._db.read(partial(check_page, secret=self._secret, so_far=so_far))

    async def ended(self, found: Checked, noted: str) -> Checked:
        """What the sealed end and a noted one say to a chain that holds."""
        return await self._db.read(partial(ended, secret=self._secret, found=found, noted=noted))


def _listed(
    conn: Connection, *, kind: str, actor: str, since: int, after: int, limit: int
) -> list[Mapping[str, Any]]:
    asked = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if kind:
        asked = asked.where(audit.c.action == kind)
    if actor:
        asked = asked.where(audit.c.actor == actor)
    if since:
        asked = asked.where(audit.c.at >= since)
    if after:
        asked = asked.where(audit.c.id < after)
    rows = conn.execute(asked).all()
    names = _names(conn, {row.actor for row in rows})
    return [_row(row, names.get(row.actor, "")) for row in rows]


def _row(row: Any, name: str) -> Mapping[str, Any]:
    return {
        "id": row.id,
        "at": moment(row.at),
        "actor": row.actor,
        "name": name,
        "kind": row.action,
        "object": row.object,
        "data": row.data,
    }


def _names(conn: Connection, actors: Iterable[str]) -> dict[str, str]:
    """What those who did it are called now."""
    found: dict[str, str] = {}
    for prefix, asked in (
        ("user", select(users.c.id, users.c.name, users.c.login)),
        ("token", select(tokens.c.id, tokens.c.name, tokens.c.name)),
    ):
        ids = [int(one.partition(":")[2]) for one in actors if one.startswith(f"{prefix}:")]
        if ids:
            table = users if prefix == "user" else tokens
            for number, name, login in conn.execute(asked.where(table.c.id.in_(ids))):
                found[f"{prefix}:{number}"] = str(name or login)
    return found
