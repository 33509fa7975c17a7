"""Stopping and closing an incident, in one transaction each."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, func, select, text

from hub.decide.stages import No, cleared, may_stop
from hub.errors import Conflict
from hub.events import EventKind
from hub.model import PEOPLE
from hub.plans import Ended
from hub.states import IncidentState, Reason
from hub.store.audit_chain import record
from hub.store.database import database_now
from hub.store.events import append_event
from hub.store.help_open import help_open, refuse_help_open
from hub.store.incidents import (
    cancel_waves,
    clear_until,
    lock_incident,
    move_incident,
    stages_cut,
    stages_said,
    take_back,
)
from hub.store.schema import audience, incidents
from hub.under_way import HelpOpen

_LEAVING = text(
    "SELECT count(*) FROM deliveries d JOIN notices n ON n.id = d.notice_id"
    " WHERE d.incident_id = :incident AND n.stage IN ('all_clear', 'correction')"
    " AND d.state IN ('planned', 'sending', 'unsure')"
)
_SINCE = text(
    "SELECT 1 FROM incidents i JOIN notices n ON n.incident_id = i.id"
    " WHERE i.id = :incident AND n.issued_at > i.stopped_at LIMIT 1"
)


def stop_incident(conn: Connection, *, incident: int, actor: str) -> Ended:
    """Nothing planned is sent and no wave starts; how many people stay untold.

    Stopping what is stopped changes nothing, unless something was said since: then that is
    stopped. Conflict once the all-clear was said.
    """
    now = database_now(conn)
    gone = take_back(conn, incident, reason=Reason.STOPPED, now=now)
    status = IncidentState(lock_incident(conn, incident))
    no = may_stop(status)
    if no is not No.NONE:
        raise Conflict(str(no), code=no.name.lower())
    if status is IncidentState.STOPPED and not gone and not _said_since(conn, incident):
        return Ended(_untold(conn, incident), repeated=True)
    more = take_back(conn, incident, reason=Reason.STOPPED, now=now)
    cancel_waves(conn, incident)
    move_incident(conn, incident, status=str(IncidentState.STOPPED), stopped_at=now)
    untold = _untold(conn, incident)
    data = {"untold": untold, "moves": _moves(gone) + _moves(more)}
    seq = append_event(conn, incident, EventKind.STOPPED, data, actor=actor, now_ms=now)
    about = {"untold": untold}
    record(conn, actor=actor, action="stop", obj=f"incident:{incident}", data=about)
    return Ended(untold, seq=seq)


def close_incident(
    conn: Connection, *, incident: int, actor: str, confirm_help: object = None
) -> Ended:
    """The record is final; what else is left open is said, not refused.

    Closing what is closed changes nothing. Conflict while an all-clear is still going out, and
    while somebody needs help, unless `confirm_help` says exactly how many do.
    """
    now = database_now(conn)
    gone = take_back(conn, incident, reason=Reason.STOPPED, now=now)
    if lock_incident(conn, incident) == IncidentState.CLOSED:
        if gone:  # a call that came back unsent since: boards hear of its end
            left = {"moves": _moves(gone)}
            append_event(conn, incident, EventKind.PROGRESS, left, actor=actor, now_ms=now)
        return _closed(conn, incident, helped=help_open(conn, incident))
    _check_said(conn, incident)
    helped = refuse_help_open(conn, incident, confirm_help)
    more = take_back(conn, incident, reason=Reason.STOPPED, now=now)
    cancel_waves(conn, incident)
    move_incident(
        conn, incident, status=str(IncidentState.CLOSED), closed_at=now, next_update_at=None
    )
    ended = _closed(conn, incident, helped=helped)
    data = {"untold": ended.untold, "help_open": helped.people, "help_by": helped.kinds}
    data |= {"cleared": ended.cleared, "moves": _moves(gone) + _moves(more)}
    seq = append_event(conn, incident, EventKind.CLOSED, data, actor=actor, now_ms=now)
    about = {"untold": ended.untold, "help_open": helped.people, "cleared": ended.cleared}
    record(conn, actor=actor, action="close", obj=f"incident:{incident}", data=about)
    return replace(ended, seq=seq, repeated=False)


def _closed(conn: Connection, incident: int, *, helped: HelpOpen) -> Ended:
    """What the closed incident leaves open, and until when its end can still be said."""
    over = cleared(stages_said(conn, incident), stages_cut(conn, incident))
    row = select(incidents.c.closed_at, incidents.c.ended_by).where(incidents.c.id == incident)
    until = 0 if over else clear_until(conn.execute(row).mappings().one()) or 0
    return Ended(_untold(conn, incident), helped, over, until, repeated=True)


def _check_said(conn: Connection, incident: int) -> None:
    left = conn.execute(_LEAVING, {"incident": incident}).scalar_one()
    if left:
        raise Conflict(
            f"The all-clear is still going out ({left} left). Close when it is out.",
            code="leaving",
        )


def _said_since(conn: Connection, incident: int) -> bool:
    """Whether a notice was said after the incident was stopped."""
    return conn.execute(_SINCE, {"incident": incident}).first() is not None


def _untold(conn: Connection, incident: int) -> int:
    asked = select(func.count()).where(
        audience.c.incident_id == incident,
        audience.c.kind.in_([str(kind) for kind in PEOPLE]),
        audience.c.told_at.is_(None),
        audience.c.unreachable.is_(False),
    )
    return int(conn.execute(asked).scalar_one())


def _moves(gone: dict[str, int]) -> list[list[str | int]]:
    return [[channel, "planned", "cancelled", count] for channel, count in gone.items()]
