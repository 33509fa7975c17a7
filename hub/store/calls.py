"""Whom one call was for, and what it said: by the attempt whose signed id came back with a key."""

from __future__ import annotations

from functools import partial

from sqlalchemy import Connection, text

from hub.decide.answers import Called
from hub.decide.emergency import number_for
from hub.model import AttemptId
from hub.store.database import Database
from hub.store.placed import as_json
from hub.store.replies import asked_in_call

_CALL = text("""
SELECT d.id, d.incident_id, d.recipient_id, d.address, w.language, w.parts, r.name,
    i.recipe, s.settings, o.recipient_id AS also
FROM attempts a JOIN deliveries d ON d.id = a.delivery_id
JOIN incidents i ON i.id = d.incident_id JOIN sites s ON s.id = i.site_id
JOIN wordings w ON w.id = d.wording_id LEFT JOIN recipients r ON r.id = d.recipient_id
LEFT JOIN delivery_also o ON o.delivery_id = d.id
WHERE a.id = :attempt AND d.channel = :channel ORDER BY o.recipient_id""")


class CallLedger:
    """Where calls are looked up."""

    def __init__(self, db: Database):
        self._db = db

    async def spoken_by(self, attempt: AttemptId, channel: str) -> Called | None:
        """The call of this attempt, whatever became of it; None if `channel` made none."""
        return await self._db.read(partial(spoken_by, attempt=attempt, channel=channel))


def spoken_by(conn: Connection, *, attempt: int, channel: str) -> Called | None:
    rows = conn.execute(_CALL, {"attempt": attempt, "channel": channel}).all()
    if not rows:
        return None
    row = rows[0]
    asked, others = asked_in_call(conn, rows)
    calls = (as_json(row.recipe) or {}).get("calls") or ()
    return Called(
        incident=int(row.incident_id),
        asked=asked,
        others=others,
        number=row.address,
        language=row.language,
        parts=as_json(row.parts),
        name=row.name or "",
        service=number_for(calls, as_json(row.settings) or {}),
    )
