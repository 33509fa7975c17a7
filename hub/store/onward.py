"""Ordered channels: whom one channel of a wave did not reach goes on to the next, set-based. So it
is with an update; an all-clear and a correction go where the words went, and nowhere else.

Each delivery that ended refused or failed is looked at once (`onward_at`), whatever comes of it;
so is one that has been in doubt for minutes. Where nobody knows whether it arrived and there is no
next channel, people tell those it was for (`doubted.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from hub.decide.routes import onward
from hub.decide.stages import LAST
from hub.decide.unsure import ONWARD_AFTER
from hub.events import EventKind
from hub.model import Stage
from hub.states import IncidentState
from hub.store.batches import IDS, each
from hub.store.database import database_now
from hub.store.doubted import Doubted, ask_groups, tell_doubted
from hub.store.events import append_event
from hub.store.incidents import lock_incident
from hub.store.knocks import knock
from hub.store.notices import routes_of
from hub.store.placed import as_json
from hub.store.waves import WaveRow, enough, plan_more

AT_ONCE = 500  # rows in one transaction: a sweep never holds the writer for long

# Both states as in the index: SQLite knows its condition by no other sign.
_ENDED = """
SELECT d.id, d.incident_id, d.notice_id, d.wave, d.round, d.channel,
    CASE WHEN d.state = 'failed' AND d.accepted_at IS NULL THEN d.unsure ELSE 0 END AS unsure
FROM deliveries d
WHERE d.state IN ('refused', 'failed') AND d.onward_at IS NULL ORDER BY d.id LIMIT :most"""
_OPEN = """
SELECT d.id, d.incident_id, d.notice_id, d.wave, d.round, d.channel, 1 AS unsure
FROM deliveries d
WHERE d.state IN ('sending', 'unsure') AND d.state = 'unsure' AND d.lease_until > 0
    AND d.onward_at IS NULL
    AND EXISTS (SELECT 1 FROM attempts a WHERE a.delivery_id = d.id AND a.started_at < :since)
ORDER BY +d.id LIMIT :most"""
_LOCK = {"sqlite": "", "postgresql": " FOR UPDATE OF d SKIP LOCKED"}
_LOOKED = "UPDATE deliveries SET onward_at = {1} FROM {rows} WHERE deliveries.id = b.id"
_WAVE = text("""
SELECT w.id, w.key, w.spec, i.lane, n.expires_at, n.stage FROM waves w
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
    AND got.id NOT IN :ended
    AND got.state IN ('planned', 'sending', 'unsure', 'accepted', 'delivered', 'read'))"""


_SAID = text("""
SELECT n.stage, n.expires_at, i.lane FROM notices n JOIN incidents i ON i.id = n.incident_id
WHERE n.id = :notice""")

Key = tuple[int, int, int, int, str]
"""Incident, notice, wave, round, channel."""


class Gone(NamedTuple):
    """One batch of ended deliveries: how many, lanes with new work, (incident, newest event)."""

    looked: int = 0
    lanes: frozenset[str] = frozenset()
    reached: tuple[tuple[int, int], ...] = ()


def any_ended(conn: Connection) -> bool:
    """Whether there is anything to look at."""
    return bool(_rows(conn, database_now(conn), most=1, lock=""))


def _rows(conn: Connection, now: int, *, most: int, lock: str) -> Sequence[Any]:
    """What ended, or has been in doubt for long."""
    ended = conn.execute(text(_ENDED + lock), {"most": most}).all()
    since = now - int(ONWARD_AFTER.total_seconds() * 1000)
    left = {"most": most - len(ended), "since": since}
    return ended if len(ended) >= most else [*ended, *conn.execute(text(_OPEN + lock), left)]


def go_onward(conn: Connection, *, media: Collection[str]) -> Gone:
    """The next batch has been looked at, and whom it did not reach is planned anew.

    `media`: channels an account stands behind.
    """
    now = database_now(conn)
    rows = _rows(conn, now, most=AT_ONCE, lock=_LOCK[conn.dialect.name])
    if not rows:
        return Gone()
    each(conn, _LOOKED, IDS, [(row.id,) for row in rows], now)
    groups: dict[Key, list[Any]] = {}
    for row in rows:
        key = (row.incident_id, row.notice_id, row.wave, row.round, row.channel)
        groups.setdefault(key, []).append(row)
    lanes: set[str] = set()
    reached: dict[int, int] = {}
    for key in sorted(groups):  # incidents in order: two transactions never wait crosswise
        made = _group(conn, key, groups[key], media=media, now=now)
        if made is not None:
            lanes.add(made[0])
            reached[key[0]] = made[1]
    return Gone(len(rows), frozenset(lanes), tuple(reached.items()))


def _group(
    conn: Connection, key: Key, rows: Sequence[Any], *, media: Collection[str], now: int
) -> tuple[str, int] | None:
    """What one channel of one wave left undone is planned on the next, or told by people where
    nobody knows whether it was done; (lane, event) if any is."""
    incident, notice, number, round_, channel = key
    ended = [row.id for row in rows]
    about = {"notice": notice, "wave": number, "round": round_}
    wave = conn.execute(_WAVE, about).one_or_none()
    doubted = [row.id for row in rows if row.unsure]
    if wave is None or wave.stage in LAST:
        return _update(conn, key, ended, media=media, now=now) or _last(
            conn, key, doubted, media=media, now=now
        )
    spec = as_json(wave.spec)
    later = _later(spec, channel)
    if not (later or doubted) or now >= wave.expires_at:
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
    unsettled = Doubted(
        incident, notice, Stage(wave.stage), number, round_, doubted, spec["channels"]
    )
    whom = {"ended": ended, "here": channel}
    seq = _planned(conn, row, wave, whom, now, unsettled=unsettled)
    return (wave.lane, seq) if seq else None


def _last(
    conn: Connection, key: Key, doubted: Sequence[int], *, media: Collection[str], now: int
) -> tuple[str, int] | None:
    """Of an all-clear or a correction: whoever may not have got it is told by people."""
    incident, notice, _, _, channel = key
    said = conn.execute(_SAID, {"notice": notice}).one()
    if not doubted or Stage(said.stage) not in LAST or now >= said.expires_at:
        return None
    if lock_incident(conn, incident) != IncidentState.CLEARED:
        return None
    unsettled = Doubted(incident, notice, Stage(said.stage), 0, 0, doubted, [*media, channel])
    tasks = tell_doubted(conn, unsettled, now)
    if not tasks:
        return None
    data = {"notice": notice, "wave": 0, "round": 0, "deliveries": 0, "tasks": tasks}
    seq = append_event(conn, incident, EventKind.WAVE, data, actor="hub", now_ms=now)
    return said.lane, seq


def _update(
    conn: Connection,
    key: Key,
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


def _planned(
    conn: Connection,
    row: WaveRow,
    wave: Any,
    whom: dict[str, Any],
    now: int,
    *,
    unsettled: Doubted,
) -> int:
    made = plan_more(conn, row, now, only=_WHOM, named=whom)
    tasks = knock(conn, row, now, only=_WHOM, named=whom)
    tasks += tell_doubted(conn, unsettled, now, role=str(row.spec.get("role") or "steward"))
    if not made and not tasks and not ask_groups(conn, unsettled, now):
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
