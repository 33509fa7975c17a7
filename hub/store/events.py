"""The numbered facts of an incident: written in the transaction that makes them true."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from hub.errors import Unknown
from hub.events import Event, EventKind
from hub.store.database import insert_rows
from hub.store.schema import events

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Fact = tuple[EventKind, Mapping[str, Any], str]
"""Kind, data and actor of an event that has no number yet."""

_COLUMNS = ("incident_id", "seq", "at", "kind", "actor", "data")
_NEXT = text("UPDATE incidents SET last_seq = last_seq + 1 WHERE id = :incident RETURNING last_seq")
_NEXT_MANY = text(
    "UPDATE incidents SET last_seq = last_seq + :count WHERE id = :incident RETURNING last_seq"
)
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
    conn.execute(_INSERT, row | {"data": _json(data)})
    return int(seq)


def append_events(conn: Connection, incident_id: int, facts: Sequence[Fact], *, now_ms: int) -> int:
    """The incident's next events are written, in this order; the number of the first. As
    `append_event`: no gaps."""
    last = conn.execute(_NEXT_MANY, {"incident": incident_id, "count": len(facts)})
    seq = last.scalar_one_or_none()
    if seq is None:
        raise Unknown(f"There is no incident {incident_id}.")
    first = int(seq) - len(facts) + 1
    rows = [
        (incident_id, number, now_ms, str(kind), actor, _json(data))
        for number, (kind, data, actor) in enumerate(facts, first)
    ]
    insert_rows(conn, events, _COLUMNS, rows)
    return first


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


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(dict(data), separators=(",", ":"))


def _event(incident_id: int, row: Sequence[Any]) -> Event:
    seq, at, kind, actor, data = row
    said = json.loads(data) if isinstance(data, str) else data
    return Event(incident_id, seq, from_ms(at), EventKind(kind), said, actor)
