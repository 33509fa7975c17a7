"""Rows of tasks: who has one, how it went; and outside calls, which are facts alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, and_, select, text, update

from hub.decide.answers import Given
from hub.decide.byhand import outcome_word
from hub.decide.chores import Change, No, Standing, answers, decide
from hub.events import EventKind
from hub.model import AnswerWord
from hub.store.answers import take
from hub.store.database import Database, database_now
from hub.store.doors import blocks, doors
from hub.store.events import append_event
from hub.store.homes import LIVE_AT
from hub.store.households import opened_door
from hub.store.incidents import lock_incident
from hub.store.retold import tell_late
from hub.store.schema import incidents, tasks

Changed = tuple[Mapping[str, Any], int]
"""The task as it stands, and the incident's newest event."""

# What people have said of themselves stands: staff speak for those who have not, or need help.
_AT_HOME = f"incident_id = :incident AND recipient_id IN ({LIVE_AT.format(flat=':household')})"
_HOUSEHOLD = text(f"""
SELECT recipient_id, answer FROM audience WHERE {_AT_HOME}
    AND kind IN ('resident', 'staff', 'outside') ORDER BY rank, recipient_id""")
_TOLD = text(f"""
UPDATE audience SET told_at = :now WHERE {_AT_HOME}
    AND kind IN ('resident', 'staff', 'outside') AND told_at IS NULL RETURNING recipient_id""")
_SPEAKS_FOR_ITSELF = frozenset({"safe", "evacuated", "away"})


class TaskLedger:
    """The rows behind tasks; every method is one transaction."""

    def __init__(self, db: Database):
        self._db = db

    async def change(self, incident: int, task: int, change: Change, actor: str) -> Changed | No:
        """The change is in with its event; or why it may not be."""
        return await self._db.write(
            partial(_change, incident=incident, task=task, change=change, actor=actor)
        )

    async def doors(
        self, incident: int, *, state: str, block: str, after: int, limit: int
    ) -> Mapping[str, Any]:
        """One page of the incident's tasks by hand."""
        asked = partial(doors, incident=incident, state=state, block=block)
        return await self._db.read(partial(asked, after=after, limit=limit))

    async def blocks(self, incident: int) -> Mapping[str, Any]:
        """How many there are in each building or entrance."""
        return await self._db.read(partial(blocks, incident=incident))

    async def door(self, incident: int, task: int) -> Mapping[str, Any]:
        """One task by hand with its household."""
        return await self._db.read(partial(opened_door, incident=incident, task=task))

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
    by_hand = row.household is not None
    standing = Standing(row.key, row.state, row.assigned, row.outcome, by_hand)
    decided = decide(standing, change, closed=closed)
    if isinstance(decided, No):
        return decided
    now = database_now(conn)
    word = answers(standing, decided)
    told = [] if word is None else _said(conn, row, word, actor, now)
    values: dict[str, Any] = {
        "state": decided.state,
        "assigned": decided.assigned,
        "outcome": decided.outcome,
        "done_at": now if decided.state == "done" else None,
        "done_by": actor if decided.state == "done" else "",
    }
    conn.execute(update(tasks).where(mine).values(values | _answer(word)))
    kind, data = _event(task, standing, decided)
    if by_hand:
        data |= {"key": row.key, "name": row.name, "recipient": row.recipient_id}
    if told:
        data["told"] = told
    if by_hand and decided.state == "done":
        status = lock_incident(conn, incident)  # from here on nobody says anything in between
        late = tell_late(conn, incident=incident, status=status, household=row.household, now=now)
        data |= {"tasks": late} if late else {}
    seq = append_event(conn, incident, kind, data, actor=actor, now_ms=now)
    return {"id": task, "key": row.key, "due_at": row.due_at, **values}, seq


def _answer(word: AnswerWord | None) -> dict[str, str]:
    return {} if word is None else {"answer": str(word)}


def _said(conn: Connection, row: Any, word: AnswerWord, actor: str, now: int) -> list[int]:
    """Staff's outcome is the answer of those the task is about; who was first told by it."""
    people = [row.recipient_id] if row.household is None else _unsaid(conn, row)
    if people:
        first, *others = people
        given = Given(
            incident=row.incident_id,
            recipient=first,
            word=word,
            via="staff",
            actor=actor,
            evidence={"task": str(row.id)},
            others=tuple(others),
        )
        take(conn, given=given)
    if row.household is None:
        return []
    home = {"household": row.household, "incident": row.incident_id}
    return sorted(int(one[0]) for one in conn.execute(_TOLD, home | {"now": now}))


def _unsaid(conn: Connection, row: Any) -> list[int]:
    """Those of a household staff speak for: all of it, if everybody has spoken for themselves."""
    home = {"household": row.household, "incident": row.incident_id}
    found = conn.execute(_HOUSEHOLD, home).all()
    silent = [int(one[0]) for one in found if one[1] not in _SPEAKS_FOR_ITSELF]
    return silent or [int(one[0]) for one in found]


def _event(task: int, before: Standing, after: Standing) -> tuple[EventKind, dict[str, Any]]:
    if after.state == before.state or (before.state, after.state) == ("open", "assigned"):
        return EventKind.ASSIGNED, {"task": task, "who": after.assigned}
    # Everybody who may look reads events: a note about a household is for those on duty.
    outcome = outcome_word(after.outcome) if after.by_hand else after.outcome
    return EventKind.TASK, {"task": task, "state": after.state, "outcome": outcome}


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
