"""The numbered facts of an incident: written in the transaction that makes them true."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from hub.errors import Unknown
from hub.events import Event, EventKind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_NEXT = text("UPDATE incidents SET last_seq = last_seq + 1 WHERE id = :incident RETURNING last_seq")
_INSERT = text(
    "INSERT INTO events (incident_id, seq, at, kind, actor, data)"
    " VALUES (:incident, :seq, :at, :kind, :actor, :data)"
)
_READ = text(
    "SELECT seq, at, kind, actor, data FROM events"
    " WHERE incident_id = :incident AND seq > :since ORDER BY seq LIMIT :limit"
)
_LATEST = text(
    "SELECT seq, at, kind, actor, data FROM events"
    " WHERE incident_id = :incident AND seq <= :until AND kind <> 'progress'"
    " ORDER BY seq DESC LIMIT :limit"
)
_SEQ = text("SELECT last_seq FROM incidents WHERE id = :incident")


def append_event(
    conn: Connection,
    incident_id: int,
    kind: EventKind,
    data: Mapping[str, Any],
    *,
    actor: str,
    now_ms: int,
) -> int:
    """The incident's next event is written; its number. Numbers have no gaps: the incident's row
    stays locked until the transaction ends, so nobody reads N + 1 before N is there."""
    seq = conn.execute(_NEXT, {"incident": incident_id}).scalar_one_or_none()
    if seq is None:
        raise Unknown(f"There is no incident {incident_id}.")
    row = {"incident": incident_id, "seq": seq, "at": now_ms, "kind": str(kind), "actor": actor}
    conn.execute(_INSERT, row | {"data": json.dumps(dict(data), separators=(",", ":"))})
    return int(seq)


def read_events(
    conn: Connection, incident_id: int, *, since: int = 0, limit: int = 500
) -> list[Event]:
    """Events after `since` (exclusive), oldest first, at most `limit`."""
    rows = conn.execute(_READ, {"incident": incident_id, "since": since, "limit": limit})
    return [_event(incident_id, row) for row in rows]


def latest_events(
    conn: Connection, incident_id: int, *, until: int, limit: int = 50
) -> list[Event]:
    """The last events up to `until` that a timeline shows (no progress), newest first."""
    rows = conn.execute(_LATEST, {"incident": incident_id, "until": until, "limit": limit})
    return [_event(incident_id, row) for row in rows]


def last_seq(conn: Connection, incident_id: int) -> int | None:
    """The number of the incident's last event; None if there is no such incident."""
    found = conn.execute(_SEQ, {"incident": incident_id}).scalar_one_or_none()
    return None if found is None else int(found)


def at_ms(moment: datetime) -> int:
    """An aware time as the database keeps it: whole milliseconds, cut, never rounded up."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_ms(value: int) -> datetime:
    """A database time as an aware UTC time."""
    return _EPOCH + timedelta(milliseconds=value)


def _event(incident_id: int, row: Sequence[Any]) -> Event:
    seq, at, kind, actor, data = row
    said = json.loads(data) if isinstance(data, str) else data
    return Event(incident_id, seq, from_ms(at), EventKind(kind), said, actor)
