"""The incident's own row: read for a notice, locked, moved on; and what is taken back with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, TextClause, bindparam, select, text, update

from hub.decide.stages import AFTER_CLOSE, cleared
from hub.decide.views import moment
from hub.errors import Unknown
from hub.model import Stage
from hub.plans import Running
from hub.states import Reason, WaveState
from hub.store.database import database_now
from hub.store.knocks import put_down
from hub.store.schema import incidents, notices, sites, waves
from hub.under_way import UnderWay

_PLANNED = (
    "incident_id = :incident AND state = 'planned' AND notice_id IN (SELECT id FROM notices"
    " WHERE incident_id = :incident AND stage IN :stages)"
)
_COUNT = f"SELECT channel, count(*) FROM deliveries WHERE {_PLANNED} GROUP BY channel"
_CANCEL = (
    f"UPDATE deliveries SET state = 'cancelled', reason = :reason, ended_at = :now WHERE {_PLANNED}"
)
_CANCEL_COUNTED = (
    f"WITH gone AS ({_CANCEL} RETURNING channel)"
    " SELECT channel, count(*) FROM gone GROUP BY channel"
)
_CUT = text("""
SELECT n.stage FROM notices n WHERE n.incident_id = :incident
    AND n.stage IN ('all_clear', 'correction') AND n.revision = (
        SELECT max(newest.revision) FROM notices newest
        WHERE newest.incident_id = n.incident_id AND newest.stage = n.stage)
    AND EXISTS (SELECT 1 FROM deliveries d
        WHERE d.notice_id = n.id AND d.state = 'cancelled' AND d.reason = 'restored')""")
_REAL = text("SELECT id, code, kind, status, place FROM incidents WHERE id = :incident")
RUNNING = (Stage.ALERT, Stage.UPDATE)
"""What is said while an incident runs."""


def running(conn: Connection, *, incident: int) -> Running:
    """The incident as its next notice needs it; Unknown if there is none."""
    asked = (
        select(
            incidents,
            sites.c.settings.label("site_settings"),
            sites.c.name.label("site_name"),
        )
        .join(sites, sites.c.id == incidents.c.site_id)
        .where(incidents.c.id == incident)
    )
    row = conn.execute(asked).one_or_none()
    if row is None:
        raise Unknown(f"There is no incident {incident}.")
    told = conn.execute(
        select(notices.c.stage, notices.c.issued_at)
        .where(notices.c.incident_id == incident)
        .order_by(notices.c.revision)
    ).all()
    return Running(
        id=row.id,
        code=row.code,
        site=row.site_id,
        settings=row.site_settings,
        place=row.place,
        kind=row.kind,
        lane=row.lane,
        status=row.status,
        recipe=row.recipe,
        params=row.params,
        alert_at=told[0].issued_at if told else row.launched_at,
        said=tuple(one.stage for one in told),
        cut=tuple(sorted(stages_cut(conn, incident))),
        letter=row.letter,
        site_name=row.site_name,
        ended_by=ended_by(conn, row.ended_by),
        closed_for=closed_for(conn, incident),
    )


def ended_by(conn: Connection, incident: int | None) -> UnderWay | None:
    """The real incident that ended a drill; None while nothing has."""
    if incident is None:
        return None
    row = conn.execute(_REAL, {"incident": incident}).one_or_none()
    return None if row is None else UnderWay(*row)


def closed_for(conn: Connection, incident: int) -> timedelta:
    """Since when it is closed; nothing for one that is not."""
    asked = select(incidents.c.closed_at).where(incidents.c.id == incident)
    closed_at = conn.execute(asked).scalar_one_or_none()
    ms = 0 if closed_at is None else database_now(conn) - int(closed_at)
    return timedelta(milliseconds=ms)


def closing(conn: Connection, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Of an incident's row: whether people were told that it is over, and until when they still
    can be where it was closed without (`clear_until`, null otherwise)."""
    over = cleared(stages_said(conn, row["id"]), stages_cut(conn, row["id"]))
    return {"cleared": over, "clear_until": moment(None if over else clear_until(row))}


def clear_until(row: Mapping[Any, Any]) -> int | None:
    """Until when the end of an incident that was closed without can still be said; None for one
    that is not closed, and for a drill that something real ended: nothing more is said in it."""
    if row["closed_at"] is None or row["ended_by"] is not None:
        return None
    return int(row["closed_at"]) + AFTER_CLOSE // timedelta(milliseconds=1)


def lock_incident(conn: Connection, incident: int) -> str:
    """Its status; nobody else changes it until the transaction ends."""
    asked = select(incidents.c.status).where(incidents.c.id == incident).with_for_update()
    status = conn.execute(asked).scalar_one_or_none()
    if status is None:
        raise Unknown(f"There is no incident {incident}.")
    return str(status)


def move_incident(conn: Connection, incident: int, **changes: Any) -> None:
    """The incident's row says this now."""
    conn.execute(update(incidents).where(incidents.c.id == incident).values(**changes))


def stages_said(conn: Connection, incident: int) -> set[Stage]:
    """The stages said so far."""
    asked = select(notices.c.stage).where(notices.c.incident_id == incident)
    return {Stage(stage) for (stage,) in conn.execute(asked)}


def stages_cut(conn: Connection, incident: int) -> set[Stage]:
    """The last words a restore cut short and nobody has said again since."""
    return {Stage(stage) for (stage,) in conn.execute(_CUT, {"incident": incident})}


def take_back(
    conn: Connection,
    incident: int,
    *,
    reason: Reason,
    now: int,
    stages: Collection[Stage] = RUNNING,
) -> dict[str, int]:
    """No planned delivery of these stages will be sent; how many, by channel.

    Called before and again after the incident is locked: before, so that this waits for claims
    that hold deliveries and want the incident (never the other way round: no deadlock); after,
    for what a wave planned in between.
    """
    about = {"incident": incident, "stages": [str(stage) for stage in stages]}
    named = {**about, "reason": str(reason), "now": now}
    if conn.dialect.name != "sqlite":
        return {str(c): int(n) for c, n in conn.execute(_of(_CANCEL_COUNTED), named)}
    # One writer: nothing can change between the two.
    counts = {str(c): int(n) for c, n in conn.execute(_of(_COUNT), about)}
    if counts:
        conn.execute(_of(_CANCEL), named)
    return counts


def _of(sql: str) -> TextClause:
    stages: BindParameter[Any] = bindparam("stages", expanding=True)
    return text(sql).bindparams(stages)


def cancel_waves(conn: Connection, incident: int) -> None:
    """No further wave of this incident starts, and nobody knocks or calls for one any more."""
    conn.execute(
        update(waves)
        .where(waves.c.incident_id == incident, waves.c.state == str(WaveState.WAITING))
        .values(state=str(WaveState.CANCELLED))
    )
    put_down(conn, incident, database_now(conn))
