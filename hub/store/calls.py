"""Whom one call was for, and what it said: by the attempt whose signed id came back with a key."""

from __future__ import annotations

import json
from functools import partial

from sqlalchemy import Connection, text

from hub.decide.answers import Called, Spoken
from hub.model import AttemptId
from hub.store.batches import IDS, run
from hub.store.database import Database

_CALL = text("""
SELECT d.id, d.incident_id, d.recipient_id, w.language, w.parts, r.name
FROM attempts a JOIN deliveries d ON d.id = a.delivery_id
JOIN wordings w ON w.id = d.wording_id LEFT JOIN recipients r ON r.id = d.recipient_id
WHERE a.id = :attempt AND d.channel = :channel""")
_ALSO = text("SELECT recipient_id FROM delivery_also WHERE delivery_id = :delivery ORDER BY 1")
_HOUSEHOLD = """
SELECT m.recipient_id FROM audience m
WHERE m.incident_id = {1} AND m.household IN (
    SELECT a.household FROM audience a WHERE a.incident_id = {1}
    AND a.recipient_id IN (SELECT b.id FROM {rows}))
AND m.kind IN ('resident', 'staff', 'outside')"""


class CallLedger:
    """Where calls are looked up."""

    def __init__(self, db: Database):
        self._db = db

    async def spoken_by(self, attempt: AttemptId, channel: str) -> Called | None:
        """The call of this attempt, whatever became of it; None if `channel` made none."""
        return await self._db.read(partial(spoken_by, attempt=attempt, channel=channel))


def spoken_by(conn: Connection, *, attempt: int, channel: str) -> Called | None:
    row = conn.execute(_CALL, {"attempt": attempt, "channel": channel}).first()
    if row is None:
        return None
    people = (row.recipient_id, *conn.execute(_ALSO, {"delivery": row.id}).scalars().all())
    found = run(conn, _HOUSEHOLD, IDS, [(one,) for one in people], row.incident_id)
    household = tuple(sorted(int(one[0]) for one in found))
    parts = json.loads(row.parts) if isinstance(row.parts, str) else row.parts
    spoken = Spoken(row.incident_id, people, household)
    return Called(spoken, row.language, parts, row.name or "")
