"""Rows of tasks: who has one, how it went; and outside calls, which are facts alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, and_, select, update

from hub.decide.chores import Change, No, Standing, decide
from hub.events import EventKind
from hub.store.database import Database, database_now
from hub.store.events import append_event
from hub.store.schema import incidents, tasks

Changed = tuple[Mapping[str, Any], int]
"""The task as it stands, and the incident's newest event."""


class TaskLedger:
    """The rows behind tasks; every method is one transaction."""

    def __init__(self, db: Database):
        self._db = db

    async def change(self, incident: int, task: int, change: Change, actor: str) -> Changed | No:
        """The change is in with its event; or why it may not be."""
        return await self._db.write(
            partial(_change, incident=incident, task=task, change=change, actor=actor)
        )

    async def called(self, incident: int, number: str, actor: str) -> int | No:
        """The call stands in the record; the incident's newest event."""
        return await self._db.write(partial(_called, incident=incident, number=number, actor=actor))


def _change(
    conn: Connection, *, incident: int, task: int, change: Change, actor: str
) -> Changed | No:
    mine = and_(tasks.c.id == task, tasks.c.incident_id == incident)
    row = conn.execute(select(tasks).where(mine).with_for_update()).one_or_none()
    closed = _closed(conn, incident)
    if row is None or closed is None:
        return No.UNKNOWN
    standing = Standing(row.key, row.state, row.assigned, row.outcome)
    decided = decide(standing, change, closed=closed)
    if isinstance(decided, No):
        return decided
    now = database_now(conn)
    values: dict[str, Any] = {
        "state": decided.state,
        "assigned": decided.assigned,
        "outcome": decided.outcome,
        "done_at": now if decided.state == "done" else None,
        "done_by": actor if decided.state == "done" else "",
    }
    conn.execute(update(tasks).where(mine).values(values))
    kind, data = _event(task, standing, decided)
    seq = append_event(conn, incident, kind, data, actor=actor, now_ms=now)
    return {"id": task, "key": row.key, "due_at": row.due_at, **values}, seq


def _event(task: int, before: Standing, after: Standing) -> tuple[EventKind, dict[str, Any]]:
    if after.state == before.state or (before.state, after.state) == ("open", "assigned"):
        return EventKind.ASSIGNED, {"task": task, "who": after.assigned}
    return EventKind.TASK, {"task": task, "state": after.state, "outcome": after.outcome}


def _called(conn: Connection, *, incident: int, number: str, actor: str) -> int | No:
    closed = _closed(conn, incident)
    if closed is None:
        return No.UNKNOWN
    if closed:
        return No.CLOSED
    now = database_now(conn)
    return append_event(
        conn, incident, EventKind.CALLED, {"number": number}, actor=actor, now_ms=now
    )


def _closed(conn: Connection, incident: int) -> bool | None:
    status = conn.execute(
        select(incidents.c.status).where(incidents.c.id == incident)
    ).scalar_one_or_none()
    return None if status is None else status == "closed"
