"""The first time each person was told, delivered to or read by: one mark each, set once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from hub.store.batches import IDS, run

ANSWERED = """CASE WHEN a.answer <> '' THEN NOT EXISTS (
    SELECT 1 FROM delivery_also o JOIN audience s
        ON s.incident_id = d.incident_id AND s.recipient_id = o.recipient_id
    WHERE o.delivery_id = d.id AND s.answer = '') ELSE FALSE END"""
"""Whether everybody a delivery `d` speaks for has answered; `a` is its recipient's row."""

STOPPED = "coalesce(n.issued_at <= i.stopped_at, FALSE)"
"""Whether the incident `i` was stopped after the notice `n` was said."""

CORRECTED = """(n.stage = 'all_clear' AND EXISTS (SELECT 1 FROM notices later
    WHERE later.incident_id = n.incident_id AND later.stage = 'correction'))"""
"""Whether the notice `n` is an all-clear in whose place a correction was said."""

OPTED_OUT = """(SELECT count(*) > 0 AND count(*) = count(own.opted_out_at) FROM addresses own
    WHERE own.channel = d.channel AND own.value = d.address AND own.removed_at IS NULL)"""
"""Whether everybody who has the address of a delivery `d` has opted out of it since."""

_MARK = """
UPDATE audience SET {column} = {{1}}
FROM (SELECT d.incident_id AS incident, d.recipient_id AS person
      FROM {{rows}} JOIN deliveries d ON d.id = b.id
      UNION SELECT d.incident_id, o.recipient_id
      FROM {{rows}} JOIN deliveries d ON d.id = b.id JOIN delivery_also o ON o.delivery_id = d.id
     ) AS who
WHERE audience.incident_id = who.incident AND audience.recipient_id = who.person
    AND audience.{column} IS NULL
RETURNING audience.incident_id, audience.recipient_id"""
_MARKS = {column: _MARK.format(column=column) for column in ("told_at", "delivered_at", "read_at")}


def mark_people(
    conn: Connection, column: str, deliveries: Sequence[tuple[int]], *, now: int
) -> list[tuple[int, int]]:
    """Everybody these deliveries speak for bears the mark; (incident, recipient) of those who did
    not before. `column`: told_at, delivered_at or read_at."""
    if not deliveries:
        return []
    rows = run(conn, _MARKS[column], IDS, deliveries, now)
    return [(int(incident), int(person)) for incident, person in rows]
