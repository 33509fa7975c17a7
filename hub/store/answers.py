"""Answers as rows: never lost, never counted twice; and what they stop."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.answers import Answered, Given, Spoken
from hub.errors import Conflict, Unknown
from hub.events import EventKind
from hub.model import AnswerWord
from hub.states import IncidentState
from hub.store.addresses import opt_in, opt_out
from hub.store.batches import IDS, each, run
from hub.store.database import Database, database_now
from hub.store.events import append_event

HELP_DUE = 180_000  # ms within which somebody should have gone
_HELP = json.dumps({"zh-CN": "有人需要帮助", "en": "Someone needs help"}, ensure_ascii=False)

_STATUS = text("SELECT status FROM incidents WHERE id = :incident")
_INSERT = text(
    "INSERT INTO answers (incident_id, recipient_id, answer, via, evidence, actor, at, once)"
    " VALUES (:incident, :recipient, :answer, :via, :evidence, :actor, :at, :once)"
    " ON CONFLICT (once) DO NOTHING RETURNING id"
)
# CROSS JOIN keeps SQLite to the order written: from the few people to their rows, never from all
# rows of the incident to the few people.
_WHO = """
SELECT a.recipient_id, a.answer FROM {rows} CROSS JOIN audience a
WHERE a.incident_id = {1} AND a.recipient_id = b.id ORDER BY a.recipient_id"""
_WHO_LOCKED = {"sqlite": _WHO, "postgresql": _WHO + " FOR UPDATE OF a"}
_MARK = """
UPDATE audience SET answer = {2}, answered_at = coalesce(answered_at, {3})
FROM {rows} WHERE audience.incident_id = {1} AND audience.recipient_id = b.id"""
_TASK = text(
    "SELECT id FROM tasks WHERE incident_id = :incident AND recipient_id = :recipient"
    " AND key = 'help' AND state <> 'done' LIMIT 1"
)
_NEW_TASK = text(
    "INSERT INTO tasks (incident_id, key, name, role, recipient_id, state, due_at, created_at)"
    " VALUES (:incident, 'help', :name, 'security', :recipient, 'open', :due, :now) RETURNING id"
)
# By the person's own addresses: deliveries have no index on people, but one on addresses.
_STOP = """
UPDATE deliveries SET state = 'suppressed', reason = 'answered', ended_at = {1}
WHERE state = 'planned' AND id IN (
    SELECT d.id FROM {rows} CROSS JOIN addresses ad CROSS JOIN notices n
    CROSS JOIN deliveries d CROSS JOIN audience me
    WHERE ad.recipient_id = b.id AND n.incident_id = {2} AND n.stage = 'alert'
    AND d.notice_id = n.id AND d.channel = ad.channel AND d.address = ad.value
    AND me.incident_id = n.incident_id AND me.recipient_id = d.recipient_id
    AND d.state = 'planned' AND (d.wave > 0 OR d.round > 0) AND me.answer <> ''
    AND NOT EXISTS (SELECT 1 FROM delivery_also o JOIN audience s
        ON s.incident_id = n.incident_id AND s.recipient_id = o.recipient_id
        WHERE o.delivery_id = d.id AND s.answer = ''))
RETURNING channel"""
# The notices of open incidents are few: asked this way round, a planner without statistics takes
# the unique index of deliveries (notice, channel, address) instead of reading them all.
_SPOKEN = text("""
SELECT d.id, d.incident_id, d.recipient_id FROM deliveries d
WHERE d.notice_id IN (SELECT n.id FROM notices n WHERE n.incident_id IN
    (SELECT i.id FROM incidents i WHERE i.status <> 'closed'))
AND d.channel = :channel AND d.address = :sender AND d.sent_at IS NOT NULL
ORDER BY d.sent_at DESC, d.id DESC LIMIT 1""")
_ALSO = text("SELECT recipient_id FROM delivery_also WHERE delivery_id = :delivery ORDER BY 1")
_HOUSEHOLD = """
SELECT m.recipient_id FROM audience m
WHERE m.incident_id = {1} AND m.household IN (
    SELECT a.household FROM audience a WHERE a.incident_id = {1}
    AND a.recipient_id IN (SELECT b.id FROM {rows}))
AND m.kind IN ('resident', 'staff', 'outside')"""


class AnswerLedger:
    """Where answers are kept."""

    def __init__(self, db: Database):
        self._db = db

    async def take(self, given: Given) -> Answered:
        """The answer stands; Unknown (no such incident or person), Conflict (closed)."""
        return await self._db.write(partial(take, given=given))

    async def spoken_to(self, channel: str, sender: str) -> Spoken | None:
        """Whom the latest words sent to this number were for, while their incident is open."""
        return await self._db.read(partial(spoken_to, channel=channel, sender=sender))

    async def opt_out(self, channel: str, sender: str) -> int:
        """Nothing more is sent to this address; how many recipients it belongs to."""
        return await self._db.write(
            lambda conn: opt_out(conn, channel, sender, now=database_now(conn))
        )

    async def opt_in(self, channel: str, sender: str) -> int:
        """The address is used again."""
        return await self._db.write(partial(opt_in, channel=channel, value=sender))

    async def unclear(self, spoken: Spoken, channel: str) -> tuple[int, int]:
        """Staff are told that somebody said something the hub does not understand."""
        return await self._db.write(partial(_unclear, spoken=spoken, channel=channel))


def take(conn: Connection, *, given: Given) -> Answered:
    now = database_now(conn)
    _open(conn, given.incident)
    people = list(dict.fromkeys((given.recipient, *given.others)))
    ids = [(one,) for one in people]
    before = dict(map(tuple, run(conn, _WHO_LOCKED[conn.dialect.name], IDS, ids, given.incident)))
    if missing := [one for one in people if one not in before]:
        raise Unknown(f"Incident {given.incident} does not speak to recipient {missing[0]}.")

    if not _insert(conn, given, people, now):
        return Answered(before[given.recipient], before[given.recipient], repeated=True)
    each(conn, _MARK, IDS, ids, given.incident, str(given.word), now)
    stopped = Counter(row[0] for row in run(conn, _STOP, IDS, ids, now, given.incident))
    moves = [[channel, "planned", "suppressed", count] for channel, count in stopped.items()]
    seq, tasks = _events(conn, given, before, moves, now)
    return Answered(str(given.word), before[given.recipient], seq=seq, tasks=tuple(tasks))


def _open(conn: Connection, incident: int) -> None:
    status = conn.execute(_STATUS, {"incident": incident}).scalar_one_or_none()
    if status is None:
        raise Unknown(f"There is no incident {incident}.")
    if status == IncidentState.CLOSED:
        raise Conflict("This incident is closed; answers are no longer taken.", code="closed")


def _insert(conn: Connection, given: Given, people: Sequence[int], now: int) -> bool:
    """The history has this answer for each person; False if it had it before."""
    row = {
        "incident": given.incident,
        "answer": str(given.word),
        "via": given.via,
        "evidence": json.dumps(dict(given.evidence), ensure_ascii=False),
        "actor": given.actor,
        "at": now,
    }
    for place, person in enumerate(people):
        once = given.once if place == 0 or given.once is None else f"{given.once}/{person}"
        added = conn.execute(_INSERT, row | {"recipient": person, "once": once}).all()
        if not added and place == 0:
            return False
    return True


def _events(
    conn: Connection, given: Given, before: dict[int, str], moves: list[list[Any]], now: int
) -> tuple[int, list[int]]:
    seq, tasks, carried = 0, [], moves
    for person, old in sorted(before.items()):
        if old != given.word or carried:
            data = {"recipient": person, "answer": str(given.word), "via": given.via}
            data |= {"before": old} | ({"moves": carried} if carried else {})
            carried = []
            seq = append_event(
                conn, given.incident, EventKind.ANSWERED, data, actor=given.actor, now_ms=now
            )
        if given.word is AnswerWord.HELP and (task := _help(conn, given, person, now)):
            tasks.append(task)
            data = {"recipient": person, "task": task}
            seq = append_event(
                conn, given.incident, EventKind.HELP, data, actor=given.actor, now_ms=now
            )
    return seq, tasks


def _help(conn: Connection, given: Given, person: int, now: int) -> int | None:
    """A task for somebody to go there; None if one is open already."""
    about = {"incident": given.incident, "recipient": person}
    if conn.execute(_TASK, about).first() is not None:
        return None
    new = about | {"name": _HELP, "due": now + HELP_DUE, "now": now}
    return int(conn.execute(_NEW_TASK, new).scalar_one())


def spoken_to(conn: Connection, *, channel: str, sender: str) -> Spoken | None:
    row = conn.execute(_SPOKEN, {"channel": channel, "sender": sender}).first()
    if row is None:
        return None
    also = conn.execute(_ALSO, {"delivery": row.id}).scalars().all()
    people = (row.recipient_id, *also)
    found = run(conn, _HOUSEHOLD, IDS, [(one,) for one in people], row.incident_id)
    household = tuple(sorted(int(one[0]) for one in found))
    return Spoken(row.incident_id, people, household)


def _unclear(conn: Connection, *, spoken: Spoken, channel: str) -> tuple[int, int]:
    data = {"what": "unclear_reply", "detail": {"recipient": spoken.people[0], "via": channel}}
    now = database_now(conn)
    seq = append_event(conn, spoken.incident, EventKind.ALARM, data, actor="hub", now_ms=now)
    return spoken.incident, seq
