"""Rows of replies that a person sees to: kept once, looked at, settled once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.decide.alarms import cry_alarm
from hub.decide.inbox import LONGEST, MOST_ASIDE, MOST_OPEN, Note, Settling, Why
from hub.store.alarms import raise_now
from hub.store.database import Database, database_now
from hub.store.guesses import guessed
from hub.store.inbox_told import told
from hub.store.schema import replies
from hub.store.settled import Bells, Settled, in_all, reopen, settle

_OPEN_OF = text("""
SELECT count(*) FROM replies WHERE sender = :sender AND settled_at IS NULL AND cry = :cry""")
_COUNTS = text("""
SELECT cry, count(*) AS number, max(id) AS newest FROM replies WHERE settled_at IS NULL
GROUP BY cry""")
_OPEN = text("""
SELECT * FROM replies WHERE settled_at IS NULL AND cry = :cry AND id > :after
ORDER BY id LIMIT :limit""")
_DONE = """
SELECT * FROM replies WHERE settled_at IS NOT NULL AND {which} AND id < :before
ORDER BY id DESC LIMIT :limit"""
_PAGES = {
    "settled": text(_DONE.format(which="why <> 'robot'")),
    "aside": text(_DONE.format(which="why = 'robot'")),
}
_ASIDE_OF = text("""
SELECT count(*) FROM replies WHERE sender = :sender AND why = 'robot' AND at > :since""")
_WHAT = {Why.AFTER_HELP: "after_help"}
DAY_MS = 86_400_000
LAST = 2**62  # above every id


class InboxLedger:
    """Where replies wait for people."""

    def __init__(self, db: Database):
        self._db = db

    async def keep(self, note: Note) -> Bells | None:
        """The reply stands; whom to tell. None: it stood there already, or its number has said so
        much that nobody has seen to that one more changes nothing."""
        return await self._db.write(partial(keep, note=note))

    async def listed(self, state: str, *, group: int, after: int, limit: int) -> list[Any]:
        """One page of replies as JSON, one more than `limit` where there are more."""
        asked = partial(_listed, state=state, group=group, after=after, limit=limit)
        return await self._db.read(asked)

    async def waiting(self) -> Mapping[str, int]:
        """{open, cries, newest, newest_cry}: how many nobody has seen to, and the last ids."""
        return await self._db.read(waiting)

    async def looked(self, ids: Sequence[int], actor: str) -> Sequence[int]:
        """This person has seen these; those that are news to them."""
        return await self._db.write(partial(_looked, ids=tuple(ids), actor=actor))

    async def settle(self, reply: int, settling: Settling, actor: str) -> Settled:
        """The reply as settled. Unknown: no such reply, no such recipient; Conflict: it is settled
        otherwise."""
        return await self._db.write(partial(settle, reply=reply, settling=settling, actor=actor))

    async def reopen(self, reply: int, actor: str) -> Settled:
        """The reply as it waits again. Unknown: no such reply."""
        return await self._db.write(partial(reopen, reply=reply, actor=actor))


def keep(conn: Connection, *, note: Note) -> Bells | None:
    now = database_now(conn)
    if _full(conn, note, now - DAY_MS):
        return None
    note = guessed(conn, note)
    row = _kept(conn, _row(note, now))
    if row is None:  # the same reply was kept elsewhere while we looked
        return None
    if note.settled:
        return {}
    if note.cry:
        raise_now(conn, cry_alarm(row, note.channel, note.incident), now)
    return _told(conn, note, row, now)


def _kept(conn: Connection, values: Mapping[str, Any]) -> int | None:
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    row = make(replies).values(values).on_conflict_do_nothing().returning(replies.c.id)
    found = conn.execute(row).scalar_one_or_none()
    return None if found is None else int(found)


def _full(conn: Connection, note: Note, since: int) -> bool:
    if note.once is not None:
        known = select(replies.c.id).where(replies.c.once == note.once)
        if conn.execute(known).first() is not None:
            return True
    if note.recorded:
        return False
    if note.aside:
        kept = conn.execute(_ASIDE_OF, {"sender": note.sender, "since": since}).scalar_one()
        return int(kept) >= MOST_ASIDE
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
        **(done if note.settled else {}),
    }


def _told(conn: Connection, note: Note, reply: int, now: int) -> Bells:
    """A cry is an event of every open live incident, other words of the one they are about."""
    detail = {"reply": reply, "via": note.channel}
    if note.recipient is not None:
        detail["recipient"] = note.recipient
    what = "cry" if note.cry else _WHAT.get(note.why, "unclear_reply")
    event = {"what": what, "detail": detail}
    return in_all(conn, note.incident, event, actor="hub", live=note.cry, now=now)


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


def _listed(conn: Connection, *, state: str, group: int, after: int, limit: int) -> list[Any]:
    if state in _PAGES:
        asked = {"before": after or LAST, "limit": limit + 1}
        return told(conn, conn.execute(_PAGES[state], asked).mappings().all())
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
