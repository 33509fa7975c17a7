"""The database when every process has ended: what the checker needs of it, in one snapshot."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from hub.store.database import database
from tests.faults.witness import Fact, Rest, Row, Try

_ROWS = """
SELECT d.id, d.incident_id, n.stage, d.channel, d.recipient_id, d.address, d.state, d.reason,
       d.expires_at, d.doubled, d.attempts, d.wave,
       d.unsure
FROM deliveries d JOIN notices n ON n.id = d.notice_id ORDER BY d.id
"""
_TRIES = "SELECT id, delivery_id, started_at, ended_at, verdict FROM attempts ORDER BY id"
_FACTS = "SELECT incident_id, seq, kind, data FROM events ORDER BY incident_id, seq"
_AUDIENCE = "SELECT incident_id, recipient_id FROM audience"
_NUMBERS = "SELECT recipient_id, value FROM addresses WHERE channel = 'sms'"
_ANSWERED = "SELECT DISTINCT incident_id, recipient_id FROM answers"
_LISTED = """
SELECT DISTINCT a.incident_id, a.recipient_id FROM audience a
JOIN tasks t ON t.incident_id = a.incident_id AND t.household = a.household"""


async def at_rest(url: str) -> Rest:
    """What the database behind this URL holds."""
    db = database(url)
    await db.open()
    try:
        return await db.read(_rest)
    finally:
        await db.close()


def _rest(conn: Connection) -> Rest:
    def rows(sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in conn.execute(text(sql))]

    return Rest(
        incidents={int(one): int(seq) for one, seq in rows("SELECT id, last_seq FROM incidents")},
        rows=tuple(Row(*row[:9], bool(row[9]), *row[10:]) for row in rows(_ROWS)),
        tries=tuple(Try(*row) for row in rows(_TRIES)),
        facts=tuple(Fact(*row[:3], _object(row[3])) for row in rows(_FACTS)),
        audience=_grouped(rows(_AUDIENCE)),
        numbers=_grouped(rows(_NUMBERS)),
        answered=frozenset((int(one), int(who)) for one, who in rows(_ANSWERED)),
        listed=frozenset((int(one), int(who)) for one, who in rows(_LISTED)),
    )


def _grouped(rows: list[tuple[Any, ...]]) -> Mapping[int, frozenset[Any]]:
    found: dict[int, set[Any]] = defaultdict(set)
    for key, value in rows:
        found[int(key)].add(value)
    return {key: frozenset(values) for key, values in found.items()}


def _object(value: Any) -> Mapping[str, Any]:
    """JSON comes as text from SQLite and, without a type, from asyncpg as well."""
    found: Mapping[str, Any] = json.loads(value) if isinstance(value, str | bytes) else value
    return found
