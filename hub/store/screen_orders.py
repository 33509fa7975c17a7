"""What is ordered onto each screen: the notices of incidents that run, with their words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from hub.decide.showing import Candidate, Ordered
from hub.model import Kind, Level, Stage
from hub.states import IncidentState
from hub.store.database import database_now
from hub.store.schema import deliveries, incidents, notices, wordings

RECENT = 7 * 24 * 3600 * 1000  # ms: an order older than a week is not shown

_OF_INCIDENT = tuple(
    incidents.c[name]
    for name in (
        *("id", "kind", "level", "status", "playbook", "code", "place", "next_update_at"),
        "ended_by",
    )
)


_SAID = notices.alias()
# What was said first, whether or not this screen was there to show it.
_FIRST = (
    select(func.min(_SAID.c.issued_at)).where(_SAID.c.incident_id == incidents.c.id)
).scalar_subquery()


def ordered(conn: Connection, *, ids: tuple[int, ...]) -> list[Ordered]:
    since = database_now(conn) - RECENT
    open_ = (
        select(notices.c.id)
        .join(incidents, incidents.c.id == notices.c.incident_id)
        .where(incidents.c.status != "closed", notices.c.issued_at > since)
    )
    found: list[Any] = []
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        found += conn.execute(
            select(
                deliveries.c.recipient_id,
                deliveries.c.wording_id,
                wordings.c.band,
                notices.c.id.label("notice"),
                notices.c.revision,
                notices.c.stage,
                notices.c.issued_at,
                _FIRST.label("first_at"),
                *_OF_INCIDENT,
            )
            .join(notices, notices.c.id == deliveries.c.notice_id)
            .join(incidents, incidents.c.id == notices.c.incident_id)
            .join(wordings, wordings.c.id == deliveries.c.wording_id)
            .where(
                # by the unique index of deliveries: a screen's address is its own id
                deliveries.c.notice_id.in_(open_),
                deliveries.c.channel == "screen",
                deliveries.c.address.in_([str(one) for one in part]),
                deliveries.c.state.in_(("sending", "unsure", "accepted", "delivered", "read")),
            )
        ).all()
    words = _words(conn, {(row.notice, row.band) for row in found})
    return [_order(row, words[(row.notice, row.band)]) for row in found]


def _words(
    conn: Connection, keys: set[tuple[int, str]]
) -> dict[tuple[int, str], dict[str, Mapping[str, str]]]:
    found: dict[tuple[int, str], dict[str, Mapping[str, str]]] = {key: {} for key in keys}
    wanted = {notice for notice, _band in keys}
    asked = select(wordings).where(wordings.c.channel == "screen", wordings.c.notice_id.in_(wanted))
    for row in conn.execute(asked) if wanted else ():
        if (row.notice_id, row.band) in found:
            found[(row.notice_id, row.band)][row.language] = row.parts
    return found


def _order(row: Any, words: Mapping[str, Mapping[str, str]]) -> Ordered:
    candidate = Candidate(
        incident=row.id,
        notice=row.notice,
        revision=row.revision,
        stage=Stage(row.stage),
        kind=Kind(row.kind),
        level=Level(row.level),
        status=IncidentState(row.status),
        issued_at=datetime.fromtimestamp(row.issued_at / 1000, UTC),
        wording=row.wording_id,
        ended=row.ended_by is not None,
    )
    return Ordered(
        recipient=row.recipient_id,
        candidate=candidate,
        playbook=row.playbook,
        code=row.code,
        place=row.place,
        words=words,
        next_update_at=row.next_update_at,
        issued_at=row.first_at,
    )
