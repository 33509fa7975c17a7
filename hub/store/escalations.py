"""Due waves as rows: each is started by exactly one process, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, insert, text, update

from hub.events import EventKind
from hub.plans import Sent, Started
from hub.states import IncidentState, WaveState
from hub.store.database import Database, database_now
from hub.store.events import append_event
from hub.store.incidents import lock_incident
from hub.store.knocks import knock, overtaken, settle
from hub.store.onward import Gone, any_ended, go_onward
from hub.store.schema import waves
from hub.store.waves import WaveRow, start_wave

_NEXT = text(
    "SELECT id FROM waves WHERE state = 'waiting' AND due_at <= :now AND id NOT IN :leave"
    " ORDER BY due_at, id LIMIT 1"
).bindparams(bindparam("leave", expanding=True))
_INCIDENT = text("SELECT incident_id FROM waves WHERE id = :id")
_TAKE = text(
    "UPDATE waves SET state = 'started', started_at = :now"
    " WHERE id = :id AND state = 'waiting' AND due_at <= :now RETURNING id, notice_id, no, round,"
    " key, spec"
)
_HEAD = text(
    "SELECT i.lane, n.expires_at FROM incidents i, notices n"
    " WHERE i.id = :incident AND n.id = :notice"
)


class EscalateLedger:
    """What escalation reads and writes."""

    def __init__(self, db: Database):
        self._db = db

    async def next_due(self, leave: Collection[int]) -> int | None:
        """The wave that is due longest, those to `leave` aside; None when none is."""
        return await self._db.read(partial(next_due, leave=tuple(leave)))

    async def start(self, wave: int, media: Collection[str]) -> Started:
        """The wave is started, or given up; nothing happens if another process was quicker.

        `media`: channels an account stands behind.
        """
        return await self._db.write(partial(start, wave_id=wave, media=frozenset(media)))

    async def onward(self, media: Collection[str]) -> Gone:
        """The next batch of refused and failed deliveries has been looked at, and whom it did not
        reach is planned on the next channel of an ordered wave."""
        if not await self._db.read(any_ended):
            return Gone()
        return await self._db.write(partial(go_onward, media=frozenset(media)))

    async def settle(self) -> tuple[tuple[int, int], ...]:
        """Tasks by hand that time has overtaken are done: (incident, newest event) of each wave
        that had some. It takes the writer only for those."""
        waves = await self._db.read(overtaken)
        found = [await self._db.write(partial(_settle, wave=wave)) for wave in waves]
        return tuple(one for one in found if one[1])


def next_due(conn: Connection, *, leave: Collection[int] = ()) -> int | None:
    named = {"now": database_now(conn), "leave": list(leave)}
    found = conn.execute(_NEXT, named).scalar_one_or_none()
    return None if found is None else int(found)


def start(conn: Connection, *, wave_id: int, media: Collection[str]) -> Started:
    """One due wave, started by us alone: the incident's lock keeps all others out."""
    now = database_now(conn)
    incident = int(conn.execute(_INCIDENT, {"id": wave_id}).scalar_one())
    status = lock_incident(conn, incident)
    wave = conn.execute(_TAKE, {"id": wave_id, "now": now}).one_or_none()
    if wave is None:  # another process was quicker
        return Started(incident, "", 0, 0)
    head = conn.execute(_HEAD, {"incident": incident, "notice": wave.notice_id}).one()
    if status != IncidentState.OPEN or now >= head.expires_at:
        return _given_up(conn, incident, wave, now)

    row = WaveRow(
        incident=incident,
        notice=wave.notice_id,
        no=wave.no,
        round=wave.round,
        lane=head.lane,
        expires_at=head.expires_at,
        spec=_spec(wave.spec),
        media=media,
    )
    made, tasks = start_wave(conn, row, now), knock(conn, row, now)
    values = update(waves).where(waves.c.id == wave.id).values(deliveries=made.deliveries)
    conn.execute(values)
    _again(conn, row, wave.key, now)
    seq = _event(conn, row, wave.key, made=made, tasks=tasks, now=now)
    return Started(incident, head.lane, made.deliveries, seq)


def _settle(conn: Connection, *, wave: Any) -> tuple[int, int]:
    return int(wave.incident_id), settle(conn, wave, database_now(conn))


def _given_up(conn: Connection, incident: int, wave: Any, now: int) -> Started:
    """A wave of an incident that no longer runs, or of a notice too old to be true; boards show it
    as waiting until they hear of it."""
    change = update(waves).where(waves.c.id == wave.id)
    conn.execute(change.values(state=str(WaveState.CANCELLED), started_at=None))
    data = {"notice": wave.notice_id, "wave": wave.no, "round": wave.round, "key": wave.key}
    seq = append_event(conn, incident, EventKind.PROGRESS, data, actor="hub", now_ms=now)
    return Started(incident, "", 0, seq)


def _again(conn: Connection, row: WaveRow, key: str, now: int) -> None:
    """The next round waits its time from now: a hub that was away does not send several at once."""
    if row.round >= int(row.spec.get("repeat") or 0):
        return
    following = {
        "incident_id": row.incident,
        "notice_id": row.notice,
        "no": row.no,
        "round": row.round + 1,
        "key": key,
        "spec": dict(row.spec),
        "due_at": now + int(row.spec.get("every_ms") or 0),
        "state": str(WaveState.WAITING),
    }
    conn.execute(insert(waves).values(following))


def _event(conn: Connection, row: WaveRow, key: str, *, made: Sent, tasks: int, now: int) -> int:
    data = {
        "notice": row.notice,
        "wave": row.no,
        "round": row.round,
        "key": key,
        "deliveries": made.deliveries,
        "tasks": tasks,
        "moves": [[channel, "", "planned", count] for channel, count in made.channels.items()],
    }
    return append_event(conn, row.incident, EventKind.WAVE, data, actor="hub", now_ms=now)


def _spec(stored: Any) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(stored) if isinstance(stored, str) else stored
    return read
