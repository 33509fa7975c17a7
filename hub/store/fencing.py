"""A restored hub never sends history again: everything under way when the backup was made ends.

What was planned or being sent is `cancelled` by reason `restored`. The old hub may have sent it
after the backup, so it counts as of unknown outcome, unless it was too old by then: an all-clear
still goes to who may have got it. Waiting waves end, open incidents are stopped: an update, an
all-clear or a correction can still be said by a person. Where an all-clear was going out itself the
incident is stopped, too, and a correction that was can be said again: both go to those who have not
surely got them (`heard.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from hub.events import EventKind
from hub.model import Stage
from hub.states import IncidentState, Reason
from hub.store.database import database_now
from hub.store.events import append_event

_PENDING = "state IN ('planned', 'sending', 'unsure')"
_MOVES = text(f"""
SELECT d.incident_id, n.stage, d.channel, d.state, count(*) AS number,
    sum(CASE WHEN d.state <> 'planned' OR d.unsure > 0 OR d.expires_at > :made THEN 1 ELSE 0 END)
        AS unsure
FROM deliveries d LEFT JOIN notices n ON n.id = d.notice_id WHERE d.{_PENDING}
GROUP BY d.incident_id, n.stage, d.channel, d.state ORDER BY 1, 2, 3, 4""")
_ATTEMPTS = text("""
UPDATE attempts SET verdict = 'unsure', reason = 'restored', ended_at = :now WHERE verdict = ''""")
_DELIVERIES = text(f"""
UPDATE deliveries SET state = 'cancelled', reason = 'restored', ended_at = :now, lease_until = NULL,
    unsure = CASE WHEN unsure = 0 AND (state <> 'planned' OR expires_at > :made) THEN 1
        ELSE unsure END
WHERE {_PENDING}""")
# Whatever failed before has no next channel to go on to.
_ONWARD = text("""
UPDATE deliveries SET onward_at = :now
WHERE state IN ('refused', 'failed') AND onward_at IS NULL""")
_WAVES = text("UPDATE waves SET state = 'cancelled' WHERE state = 'waiting'")
_WAITING = text(
    "SELECT incident_id, count(*) FROM waves WHERE state = 'waiting' GROUP BY incident_id"
)
_CORRECTED = text("SELECT DISTINCT incident_id FROM notices WHERE stage = 'correction'")
_INCIDENTS = text("SELECT id, code, kind, status, place FROM incidents ORDER BY id")
_UNTOLD = text("""
SELECT incident_id, count(*) FROM audience WHERE incident_id IN (
        SELECT id FROM incidents WHERE status IN ('open', 'cleared'))
    AND kind IN ('resident', 'staff', 'outside') AND told_at IS NULL AND NOT unreachable
GROUP BY incident_id""")
_STOP = text("UPDATE incidents SET status = 'stopped', stopped_at = :now WHERE id = :incident")


@dataclass(frozen=True, slots=True)
class Cut:
    """An incident a person should look at. `was`: its status in the backup; `unsent`: deliveries
    that end here; `unsure`: of these, sends that may have arrived; `waves`: that will not start;
    `stages`: the notices that were still going out."""

    incident: int
    code: str
    kind: str
    place: str
    was: str
    unsent: int
    unsure: int
    waves: int
    stages: tuple[str, ...]


@dataclass(slots=True)
class _Under:
    """What was under way of one incident."""

    moves: list[list[Any]] = field(default_factory=list)
    stages: set[str] = field(default_factory=set)
    unsent: int = 0
    unsure: int = 0

    def add(self, row: Any) -> None:
        self.moves.append([row.channel, row.state, "cancelled", int(row.number)])
        self.stages.add(str(row.stage or ""))
        self.unsent += int(row.number)
        self.unsure += int(row.unsure)


def fence(conn: Connection, *, made: int) -> tuple[Cut, ...]:
    """Nothing in this database will be sent by itself; the incidents that were under way. `made`:
    when the backup was (ms)."""
    now = database_now(conn)
    under: dict[int, _Under] = defaultdict(_Under)
    for row in conn.execute(_MOVES, {"made": made}):
        under[row.incident_id].add(row)
    waiting, untold = _counts(conn, _WAITING), _counts(conn, _UNTOLD)
    for change in (_ATTEMPTS, _ONWARD):
        conn.execute(change, {"now": now})
    conn.execute(_DELIVERIES, {"now": now, "made": made})
    conn.execute(_WAVES)
    rows = conn.execute(_INCIDENTS).all()
    found = [row for row in rows if row.status == IncidentState.OPEN or row.id in under]
    corrected = set(conn.execute(_CORRECTED).scalars())
    for row in found:
        stops = row.status == IncidentState.OPEN or (
            Stage.ALL_CLEAR in under[row.id].stages and row.id not in corrected
        )
        told = {"untold": untold.get(row.id, 0)} if stops else None
        _end(conn, row.id, moves=under[row.id].moves, stopped=told, now=now)
    return tuple(_cut(row, under[row.id], waiting.get(row.id, 0)) for row in found)


def _counts(conn: Connection, sql: Any) -> Mapping[int, int]:
    return {int(key): int(number) for key, number in conn.execute(sql)}


def _end(
    conn: Connection, incident: int, *, moves: list[list[Any]], stopped: Any, now: int
) -> None:
    """The incident's board and its record know what ended, and why. `stopped`: what is told of an
    incident that is stopped by it; None if it stays as it is."""
    data: dict[str, Any] = {"moves": moves, "reason": str(Reason.RESTORED)}
    kind = EventKind.PROGRESS
    if stopped is not None:
        conn.execute(_STOP, {"incident": incident, "now": now})
        kind, data = EventKind.STOPPED, {**stopped, **data}
    append_event(conn, incident, kind, data, actor="hub", now_ms=now)


def _cut(row: Any, under: _Under, waves: int) -> Cut:
    return Cut(
        incident=row.id,
        code=row.code,
        kind=row.kind,
        place=row.place,
        was=row.status,
        unsent=under.unsent,
        unsure=under.unsure,
        waves=waves,
        stages=tuple(sorted(under.stages - {""})),
    )
