"""Rows of replies that a person sees to: kept once, looked at, settled once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.decide.alarms import cry_alarm
from hub.decide.answers import Given
from hub.decide.inbox import LONGEST, MOST_OPEN, Note, Settling
from hub.errors import Conflict, Unknown
from hub.events import EventKind
from hub.model import AnswerWord
from hub.store.alarms import clear, raise_now
from hub.store.answers import take
from hub.store.database import Database, database_now
from hub.store.events import append_event
from hub.store.guesses import guessed
from hub.store.inbox_told import told
from hub.store.placed import as_json
from hub.store.schema import replies

Bells = dict[int, int]
"""Incident -> its newest event: who watches it is to be told."""

_OPEN_OF = text("""
SELECT count(*) FROM replies WHERE sender = :sender AND settled_at IS NULL AND cry = :cry""")
_COUNTS = text("""
SELECT cry, count(*) AS number, max(id) AS newest FROM replies WHERE settled_at IS NULL
GROUP BY cry""")
_OPEN = text("""
SELECT * FROM replies WHERE settled_at IS NULL AND cry = :cry AND id > :after
ORDER BY id LIMIT :limit""")
_SETTLED = text("""
SELECT * FROM replies WHERE settled_at IS NOT NULL AND id < :before
ORDER BY id DESC LIMIT :limit""")
LAST = 2**62  # above every id
# Where an answer on behalf belongs: the reply's own incident, else live before drill, the graver,
# the newer.
_WHERE = text("""
SELECT i.id FROM incidents i CROSS JOIN audience a
WHERE i.status <> 'closed' AND a.incident_id = i.id AND a.recipient_id = :recipient
ORDER BY CASE WHEN i.id = :incident THEN 0 ELSE 1 END, CASE i.kind WHEN 'live' THEN 0 ELSE 1 END,
    i.level, i.launched_at DESC, i.id DESC LIMIT 1""")
_KNOWN = text("SELECT 1 FROM recipients WHERE id = :recipient")
_LIVE = text("SELECT id FROM incidents WHERE status <> 'closed' AND kind = 'live' ORDER BY id")


class InboxLedger:
    """Where replies wait for people."""

    def __init__(self, db: Database):
        self._db = db

    async def keep(self, note: Note) -> Bells | None:
        """The reply stands; whom to tell. None: it stood there already, or its number has said so
        much that nobody has seen to that one more changes nothing."""
        return await self._db.write(partial(keep, note=note))

    async def listed(self, *, settled: bool, group: int, after: int, limit: int) -> list[Any]:
        """One page of replies as JSON, one more than `limit` where there are more."""
        asked = partial(_listed, settled=settled, group=group, after=after, limit=limit)
        return await self._db.read(asked)

    async def waiting(self) -> Mapping[str, int]:
        """{open, cries, newest, newest_cry}: how many nobody has seen to, and the last ids."""
        return await self._db.read(waiting)

    async def looked(self, ids: Sequence[int], actor: str) -> Sequence[int]:
        """This person has seen these; those that are news to them."""
        return await self._db.write(partial(_looked, ids=tuple(ids), actor=actor))

    async def settle(
        self, reply: int, settling: Settling, actor: str
    ) -> tuple[Mapping[str, Any], Bells, bool]:
        """The reply as settled, whom to tell, whether that is new. Unknown: no such reply, no such
        recipient; Conflict: it is settled otherwise."""
        return await self._db.write(partial(_settle, reply=reply, settling=settling, actor=actor))


def keep(conn: Connection, *, note: Note) -> Bells | None:
    if _full(conn, note):
        return None
    note, now = guessed(conn, note), database_now(conn)
    row = _kept(conn, _row(note, now))
    if row is None:  # the same reply was kept elsewhere while we looked
        return None
    if note.recorded:
        return {}
    if note.cry:
        raise_now(conn, cry_alarm(row, note.channel, note.incident), now)
    return _told(conn, note, row, now)


def _kept(conn: Connection, values: Mapping[str, Any]) -> int | None:
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    row = make(replies).values(values).on_conflict_do_nothing().returning(replies.c.id)
    found = conn.execute(row).scalar_one_or_none()
    return None if found is None else int(found)


def _full(conn: Connection, note: Note) -> bool:
    if note.once is not None:
        known = select(replies.c.id).where(replies.c.once == note.once)
        if conn.execute(known).first() is not None:
            return True
    if note.recorded:
        return False
    count = conn.execute(_OPEN_OF, {"sender": note.sender, "cry": note.cry}).scalar_one()
    return int(count) >= MOST_OPEN


def _row(note: Note, now: int) -> dict[str, Any]:
    settled = {"recipient": note.recipient, "answer": note.answer, "note": ""}
    done = {
        "settled_at": now,
        "settled_by": "hub",
        "settled": settled | {"incidents": list(note.recorded)},
    }
    return {
        "at": now,
        "channel": note.channel,
        "sender": note.sender,
        "words": note.words[:LONGEST],
        "cry": note.cry,
        "answer": note.answer,
        "why": str(note.why),
        "incident_id": note.incident,
        "recipient_id": note.recipient,
        "place_id": note.place,
        "guessed": str(note.guessed),
        "seen": {},
        "once": note.once,
        **(done if note.recorded else {}),
    }


def _told(conn: Connection, note: Note, reply: int, now: int) -> Bells:
    """A cry is an event of every open live incident, other words of the one they are about."""
    about = [] if note.incident is None else [note.incident]
    if note.cry:
        about += [one for one in conn.execute(_LIVE).scalars() if one not in about]
    data = {"what": "cry" if note.cry else "unclear_reply"}
    detail = {"reply": reply, "via": note.channel}
    if note.recipient is not None:
        detail["recipient"] = note.recipient
    event = data | {"detail": detail}
    return {
        one: append_event(conn, one, EventKind.ALARM, event, actor="hub", now_ms=now)
        for one in sorted(about)
    }


# ── Looking ────────────────────────────────────────────────────────────────────────────────────


def waiting(conn: Connection) -> Mapping[str, int]:
    found = {bool(row.cry): row for row in conn.execute(_COUNTS)}
    cries = found.get(True)
    return {
        "open": sum(int(row.number) for row in found.values()),
        "cries": int(cries.number) if cries else 0,
        "newest": max((int(row.newest) for row in found.values()), default=0),
        "newest_cry": int(cries.newest) if cries else 0,
    }


def _listed(conn: Connection, *, settled: bool, group: int, after: int, limit: int) -> list[Any]:
    if settled:
        asked = {"before": after or LAST, "limit": limit + 1}
        return told(conn, conn.execute(_SETTLED, asked).mappings().all())
    rows: list[Any] = []
    for place, cry in enumerate((True, False)):  # cries first, each group oldest first
        if place >= group and len(rows) <= limit:
            begin = after if place == group else 0
            asked = {"cry": cry, "after": begin, "limit": limit + 1 - len(rows)}
            rows += conn.execute(_OPEN, asked).mappings().all()
    return told(conn, rows)


def _looked(conn: Connection, *, ids: tuple[int, ...], actor: str) -> Sequence[int]:
    now = database_now(conn)
    asked = select(replies.c.id, replies.c.seen).where(replies.c.id.in_(ids))
    rows = conn.execute(asked.order_by(replies.c.id).with_for_update()).all()
    fresh = [(int(number), dict(seen or {})) for number, seen in rows if actor not in (seen or {})]
    for number, seen in fresh:
        mine = update(replies).where(replies.c.id == number)
        conn.execute(mine.values(seen=seen | {actor: now}))
    return [number for number, _ in fresh]


# ── Settling ───────────────────────────────────────────────────────────────────────────────────


def _settle(
    conn: Connection, *, reply: int, settling: Settling, actor: str
) -> tuple[Mapping[str, Any], Bells, bool]:
    asked = select(replies).where(replies.c.id == reply).with_for_update()
    row = conn.execute(asked).mappings().one_or_none()
    if row is None:
        raise Unknown(f"There is no reply {reply}.")
    if row["settled_at"] is not None:
        return _again(conn, row, settling), {}, False
    now = database_now(conn)
    incidents, bells = _record(conn, row, settling, actor)
    said = settling.to_json() | {"incidents": incidents}
    values = {"settled_at": now, "settled_by": actor, "settled": said}
    conn.execute(update(replies).where(replies.c.id == reply).values(values))
    clear(conn, cry_alarm(reply, "", None).key, now)
    (told_now,) = told(conn, [dict(row) | values])
    return told_now, bells, True


def _again(conn: Connection, row: Mapping[Any, Any], settling: Settling) -> Mapping[str, Any]:
    kept = as_json(row["settled"]) or {}
    (found,) = told(conn, [row])
    if settling.same(kept):
        return found
    who = found["settled"]["by_name"] or found["settled"]["by"]
    said = f"This reply was settled otherwise by {who} meanwhile. Load it again."
    raise Conflict(said, code="settled")


def _record(
    conn: Connection, row: Mapping[Any, Any], settling: Settling, actor: str
) -> tuple[list[int], Bells]:
    """The answer stands for this person in the incident it belongs to, if one is open still."""
    person = settling.recipient
    if person is None:
        return [], {}
    if conn.execute(_KNOWN, {"recipient": person}).first() is None:
        raise Unknown(f"There is no recipient {person}.")
    asked = {"recipient": person, "incident": row["incident_id"] or 0}
    incident = conn.execute(_WHERE, asked).scalar_one_or_none() if settling.answer else None
    if incident is None:
        return [], {}
    given = Given(
        incident=int(incident),
        recipient=person,
        word=AnswerWord(settling.answer),
        via="staff",
        actor=actor,
        evidence={"by": actor, "reply": str(row["id"])},
        once=f"reply/{row['id']}",
    )
    taken = take(conn, given=given)
    return [given.incident], {given.incident: taken.seq} if taken.seq else {}
