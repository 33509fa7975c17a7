"""What screens say they show: their receipt, and what the board knows of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection

from hub.decide.claim import Display
from hub.events import EventKind
from hub.model import Receipt
from hub.states import DeliveryState, Reason
from hub.store.batches import run
from hub.store.database import Database, database_now
from hub.store.events import append_event
from hub.store.receipts import forward

_COLUMNS = (("screen", "bigint"), ("notice", "bigint"), ("revision", "bigint"))
_TRUE = """
SELECT b.screen, b.notice, n.incident_id, s.showing_notice, s.showing_revision, b.revision,
    o.incident_id AS before
FROM {rows} JOIN notices n ON n.id = b.notice AND n.revision = b.revision
JOIN screens s ON s.recipient_id = b.screen LEFT JOIN notices o ON o.id = s.showing_notice
WHERE EXISTS (SELECT 1 FROM audience a
    WHERE a.incident_id = n.incident_id AND a.recipient_id = b.screen)"""
_SHOWS = """
UPDATE screens SET showing_notice = b.notice, showing_revision = b.revision, shown_at = {1}
FROM {rows} WHERE screens.recipient_id = b.screen"""
_STAND = """
SELECT d.id, d.incident_id, d.channel, d.address, d.state, d.reason, d.unsure, d.doubled
FROM {rows} JOIN deliveries d ON d.notice_id = b.notice AND d.channel = 'screen'
    AND d.address = CAST(b.screen AS text) AND d.recipient_id = b.screen
ORDER BY d.id"""
_STAND_LOCKED = {"sqlite": _STAND, "postgresql": _STAND + " FOR UPDATE OF d"}

_SHOWN = Receipt(DeliveryState.DELIVERED, Reason.OK, "")


class DisplayLedger:
    """Where screens report."""

    def __init__(self, db: Database):
        self._db = db

    async def shown(self, said: Sequence[Display]) -> tuple[tuple[int, int], ...]:
        """The screens show these notices: their deliveries are delivered, the board is told.

        A revision that is not that notice's, or an incident that does not speak to the screen,
        changes nothing."""
        return await self._db.write(partial(shown, said=said))


def shown(conn: Connection, *, said: Sequence[Display]) -> tuple[tuple[int, int], ...]:
    now = database_now(conn)
    last = {(one.screen): (one.screen, one.notice, one.revision) for one in said}
    true = run(conn, _TRUE, _COLUMNS, last.values())
    if not true:
        return ()
    rows = [(row.screen, row.notice, row.revision) for row in true]
    run(conn, _SHOWS, _COLUMNS, rows, now)
    told = _tell(conn, [row for row in true if row.showing_notice != row.notice], now)

    standing = {r.id: r for r in run(conn, _STAND_LOCKED[conn.dialect.name], _COLUMNS, rows)}
    moved = forward(conn, standing, dict.fromkeys(standing, (_SHOWN,)), now)
    return (*told, *moved)


def _tell(conn: Connection, changed: Sequence[Any], now: int) -> tuple[tuple[int, int], ...]:
    """One event per incident says which screens took its words up; one, which left another's."""
    took: Mapping[int, list[int]] = defaultdict(list)
    left: Mapping[int, list[int]] = defaultdict(list)
    for row in changed:
        took[row.incident_id].append(row.screen)
        if row.before is not None and row.before != row.incident_id:
            left[row.before].append(row.screen)
    return tuple(
        (one, append_event(conn, one, EventKind.PROGRESS, data, actor="hub", now_ms=now))
        for one in sorted({*took, *left})
        if (data := _said(took.get(one), left.get(one)))
    )


def _said(took: list[int] | None, left: list[int] | None) -> dict[str, list[int]]:
    return {key: sorted(ids) for key, ids in (("shown", took), ("hidden", left)) if ids}
