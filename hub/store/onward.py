"""Ordered channels: whom one channel of a wave did not reach goes on to the next, set-based. So it
is with an update; an all-clear and a correction go where the words went, and nowhere else.

Each delivery that ended refused or failed is looked at once (`onward_at`), whatever comes of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from hub.decide.routes import onward
from hub.events import EventKind
from hub.states import IncidentState
from hub.store.batches import IDS, each
from hub.store.database import database_now
from hub.store.events import append_event
from hub.store.incidents import lock_incident
from hub.store.knocks import knock
from hub.store.notices import routes_of
from hub.store.placed import as_json
from hub.store.waves import WaveRow, enough, plan_more

AT_ONCE = 500  # rows in one transaction: a sweep never holds the writer for long

# Both states as in the index: SQLite knows its condition by no other sign.
_ENDED = """
SELECT d.id, d.incident_id, d.notice_id, d.wave, d.round, d.channel FROM deliveries d
WHERE d.state IN ('refused', 'failed') AND d.onward_at IS NULL ORDER BY d.id LIMIT :most"""
_TAKE = {"sqlite": _ENDED, "postgresql": _ENDED + " FOR UPDATE SKIP LOCKED"}
_LOOKED = "UPDATE deliveries SET onward_at = {1} FROM {rows} WHERE deliveries.id = b.id"
_WAVE = text("""
SELECT w.id, w.key, w.spec, i.lane, n.expires_at FROM waves w
JOIN incidents i ON i.id = w.incident_id JOIN notices n ON n.id = w.notice_id
WHERE w.notice_id = :notice AND w.no = :wave AND w.round = :round""")
# Said after the stop it still goes out (`decide.turn`); said before, nobody needs it any more.
_UPDATE = text("""
SELECT n.expires_at, i.lane FROM notices n JOIN incidents i ON i.id = n.incident_id
WHERE n.id = :notice AND n.stage = 'update' AND i.status IN ('open', 'stopped')
    AND (i.stopped_at IS NULL OR n.issued_at >= i.stopped_at)""")
_COUNT = text("UPDATE waves SET deliveries = deliveries + :more WHERE id = :id")

# Those the ended deliveries spoke for, and no other address of that channel still may reach. By
# address, deliveries have no other index; CROSS JOIN keeps SQLite to the person's own few.
_WHOM = """a.recipient_id IN (
    SELECT e.recipient_id FROM deliveries e WHERE e.id IN :ended
    UNION SELECT o.recipient_id FROM delivery_also o WHERE o.delivery_id IN :ended)
  AND NOT EXISTS (SELECT 1 FROM addresses own CROSS JOIN deliveries got
    WHERE own.recipient_id = a.recipient_id AND got.notice_id = :notice
    AND got.channel = :here AND got.address = own.value AND got.wave = :no AND got.round = :round
    AND got.state IN ('planned', 'sending', 'unsure', 'accepted', 'delivered', 'read'))"""


class Gone(NamedTuple):
    """One batch of ended deliveries: how many, lanes with new work, (incident, newest event)."""

    looked: int = 0
    lanes: frozenset[str] = frozenset()
    reached: tuple[tuple[int, int], ...] = ()


def any_ended(conn: Connection) -> bool:
    """Whether there is anything to look at."""
    return conn.execute(text(_ENDED), {"most": 1}).first() is not None


def go_onward(conn: Connection, *, media: Collection[str]) -> Gone:
    """The next batch has been looked at, and whom it did not reach is planned anew.

    `media`: channels an account stands behind.
    """
    now = database_now(conn)
    rows = conn.execute(text(_TAKE[conn.dialect.name]), {"most": AT_ONCE}).all()
    if not rows:
        return Gone()
    each(conn, _LOOKED, IDS, [(row.id,) for row in rows], now)
    groups: dict[tuple[int, int, int, int, str], list[int]] = {}
    for row in rows:
        key = (row.incident_id, row.notice_id, row.wave, row.round, row.channel)
        groups.setdefault(key, []).append(row.id)
    lanes: set[str] = set()
    reached: dict[int, int] = {}
    for key in sorted(groups):  # incidents in order: two transactions never wait crosswise
        made = _group(conn, key, groups[key], media=media, now=now)
        if made is not None:
            lanes.add(made[0])
            reached[key[0]] = made[1]
    return Gone(len(rows), frozenset(lanes), tuple(reached.items()))


def _group(
    conn: Connection,
    key: tuple[int, int, int, int, str],
    ended: Sequence[int],
    *,
    media: Collection[str],
    now: int,
) -> tuple[str, int] | None:
    """What one channel of one wave left undone is planned on the next; (lane, event) if any is."""
    incident, notice, number, round_, channel = key
    about = {"notice": notice, "wave": number, "round": round_}
    wave = conn.execute(_WAVE, about).one_or_none()
    if wave is None:
        return _update(conn, key, ended, media=media, now=now)
    spec = as_json(wave.spec)
    later = _later(spec, channel)
    if not later or now >= wave.expires_at:
        return None
    if lock_incident(conn, incident) != IncidentState.OPEN:
        return None
    row = WaveRow(
        incident=incident,
        notice=notice,
        no=number,
        round=round_,
        lane=wave.lane,
        expires_at=wave.expires_at,
        spec=dict(spec) | {"channels": later},
        media=media,
    )
    if enough(conn, row):
        return None
    seq = _planned(conn, row, wave, {"ended": list(ended), "here": channel}, now)
    return (wave.lane, seq) if seq else None


def _update(
    conn: Connection,
    key: tuple[int, int, int, int, str],
    ended: Sequence[int],
    *,
    media: Collection[str],
    now: int,
) -> tuple[str, int] | None:
    """Whom an update did not reach by one channel is planned on the next of their route; None for
    any other notice. No doors are knocked at for it: who was told by hand is asked by hand."""
    incident, notice, number, round_, channel = key
    said = conn.execute(_UPDATE, {"notice": notice}).one_or_none()
    if said is None or now >= said.expires_at:
        return None
    specs = onward(routes_of(conn, incident), channel)
    if not specs:
        return None
    lock_incident(conn, incident)
    made: Counter[str] = Counter()
    for spec in specs:
        row = WaveRow(incident, notice, number, round_, said.lane, said.expires_at, spec, media)
        whom = {"ended": list(ended), "here": channel}
        made.update(plan_more(conn, row, now, only=_WHOM, named=whom))
    if not made:
        return None
    data = {"notice": notice, "moves": [[one, "", "planned", n] for one, n in sorted(made.items())]}
    return said.lane, append_event(
        conn, incident, EventKind.PROGRESS, data, actor="hub", now_ms=now
    )


def _later(spec: dict[str, Any], channel: str) -> list[str]:
    channels = list(spec.get("channels") or ())
    if spec.get("mode") != "first" or channel not in channels:
        return []
    return channels[channels.index(channel) + 1 :]


def _planned(conn: Connection, row: WaveRow, wave: Any, whom: dict[str, Any], now: int) -> int:
    made = plan_more(conn, row, now, only=_WHOM, named=whom)
    tasks = knock(conn, row, now, only=_WHOM, named=whom)
    if not made and not tasks:
        return 0
    conn.execute(_COUNT, {"id": wave.id, "more": sum(made.values())})
    data: dict[str, Any] = {
        "notice": row.notice,
        "wave": row.no,
        "round": row.round,
        "key": wave.key,
        "moves": [[channel, "", "planned", count] for channel, count in made.items()],
    }
    if tasks:
        data |= {"deliveries": sum(made.values()), "tasks": tasks}
        return append_event(conn, row.incident, EventKind.WAVE, data, actor="hub", now_ms=now)
    return append_event(conn, row.incident, EventKind.PROGRESS, data, actor="hub", now_ms=now)
