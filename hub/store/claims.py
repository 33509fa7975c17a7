"""Claiming due deliveries: who may send what now, with the intent on record before any call."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.accounts import NEVER, Choice, Offer, Wanted, assign, most
from hub.decide.claim import Claim, Claimed, Release
from hub.decide.copies import Standing
from hub.decide.regions import Region, regions, waiting
from hub.decide.turn import SEND, Candidate, Turn, turn
from hub.events import EventKind
from hub.model import (
    AttemptId,
    DeliveryId,
    IncidentId,
    Kind,
    Lane,
    NoticeId,
    RecipientId,
    Stage,
    Verdict,
    WordingId,
)
from hub.states import DeliveryState, IncidentState, Reason
from hub.store.batches import IDS, each, run
from hub.store.database import Database, database_now
from hub.store.events import append_event, from_ms
from hub.store.lines import with_lines
from hub.store.marks import ANSWERED, CORRECTED, OPTED_OUT, STOPPED
from hub.store.outcomes import Changes, write_events
from hub.store.regions import lies_in, spared

LEASE = 15_000
"""Milliseconds a claim is held. A send is begun within 2.5 s of it and ends within 12."""
LATER = 500
"""Milliseconds a delivery steps aside that the accounts left to it cannot take now: others are
behind it."""

Accounts = str | Sequence[Offer]
"""The accounts of a medium as they stand in this process; a name alone takes everything."""

_DUE = f"""
SELECT d.id, d.incident_id, d.notice_id, d.recipient_id, d.wording_id, d.address, d.fence,
       d.expires_at, d.wave, d.round, d.doubled, n.stage, n.revision, i.kind, i.status, r.name,
       d.attempts, d.unsure, w.segments, {STOPPED} AS stopped, {OPTED_OUT} AS opted_out,
       {ANSWERED} AS answered, {CORRECTED} AS corrected
FROM deliveries d
JOIN notices n ON n.id = d.notice_id
JOIN incidents i ON i.id = d.incident_id
LEFT JOIN audience a ON a.incident_id = d.incident_id AND a.recipient_id = d.recipient_id
LEFT JOIN recipients r ON r.id = d.recipient_id
LEFT JOIN wordings w ON w.id = d.wording_id
WHERE d.state = 'planned' AND d.lane = :lane AND d.channel = :channel AND d.due_at <= :now{{aside}}
ORDER BY d.rank, d.id LIMIT :limit{{lock}}"""
_LOCK = {"sqlite": "", "postgresql": " FOR UPDATE OF d SKIP LOCKED"}
_PICK = {dialect: text(_DUE.format(aside="", lock=lock)) for dialect, lock in _LOCK.items()}

_TAKE = """
UPDATE deliveries SET state = 'sending', reason = '', fence = deliveries.fence + 1,
    lease_until = {1}, attempts = deliveries.attempts + 1, account = b.account, sent_at = {2},
    doubled = (deliveries.unsure > 0)
FROM {rows} WHERE deliveries.id = b.id"""
_ATTEMPT = """
INSERT INTO attempts (delivery_id, fence, account, started_at)
SELECT b.id, b.fence, b.account, CAST({1} AS bigint)
FROM {rows} WHERE TRUE RETURNING delivery_id, id"""
_LATER = """
UPDATE deliveries SET due_at = {1} FROM {rows} WHERE deliveries.id = b.id"""
_TRIED = """
SELECT a.delivery_id, a.account, a.verdict FROM {rows} JOIN attempts a ON a.delivery_id = b.id
WHERE a.verdict <> '' ORDER BY a.id"""
_DROP = """
UPDATE deliveries SET state = b.state, reason = b.reason, ended_at = {1}, doubled = (1 = 0)
FROM {rows} WHERE deliveries.id = b.id"""
_RELEASE = """
UPDATE deliveries SET state = 'planned', lease_until = NULL, attempts = deliveries.attempts - 1,
    doubled = (1 = 0),
    due_at = CASE WHEN b.due > deliveries.due_at THEN b.due ELSE deliveries.due_at END
FROM {rows} WHERE deliveries.id = b.id AND deliveries.fence = b.fence
    AND deliveries.state = 'sending' RETURNING deliveries.id"""
_UNDOUBTED = """
UPDATE deliveries SET state = 'planned', reason = '', lease_until = NULL,
    attempts = deliveries.attempts - 1, unsure = deliveries.unsure - 1, doubled = (1 = 0),
    due_at = CASE WHEN b.due > deliveries.due_at THEN b.due ELSE deliveries.due_at END
FROM {rows} WHERE deliveries.id = b.id AND deliveries.fence = b.fence
    AND deliveries.state = 'unsure'
RETURNING deliveries.id, deliveries.incident_id, deliveries.channel, deliveries.unsure"""
_UNSTARTED = """
DELETE FROM attempts WHERE (verdict = '' OR reason = 'lost_worker')
    AND id IN (SELECT b.id FROM {rows})"""
_WORDING = text("SELECT language, parts FROM wordings WHERE id = :id")

_TAKEN = (("id", "bigint"), ("fence", "integer"), ("account", "text"))
_DROPPED = (("id", "bigint"), ("state", "text"), ("reason", "text"))
_RELEASED = (("id", "bigint"), ("fence", "integer"), ("due", "bigint"))


class ClaimLedger:
    """The rows behind `flow.deliver`; every method is one transaction."""

    def __init__(self, db: Database):
        self._db = db

    async def claim(self, lane: Lane, channel: str, accounts: Accounts, *, limit: int) -> Claimed:
        """Up to `limit` deliveries are this worker's for 15 s, each on one of the accounts,
        attempts written; others at the head of the lane have come to their end unsent."""
        offers = (Offer(accounts),) if isinstance(accounts, str) else tuple(accounts)
        return await self._db.write(
            partial(claim, lane=lane, channel=channel, offers=offers, limit=limit)
        )

    async def release(self, unsent: Sequence[Release]) -> tuple[tuple[int, int], ...]:
        """Claims that were certainly not sent are planned again, as if never claimed; (incident,
        event number) where a board had taken one for doubtful."""
        return await self._db.write(partial(release, unsent=unsent))

    async def wording(self, wording: WordingId) -> tuple[str, Mapping[str, str]]:
        """Language and parts (marks still in them) of a text; it never changes."""
        return await self._db.read(partial(_wording, wording=wording))


def claim(
    conn: Connection, *, lane: Lane, channel: str, offers: Sequence[Offer], limit: int
) -> Claimed:
    now, found = database_now(conn), regions(offers)
    if lane is Lane.ROUTINE:
        offers = spared(conn, channel, offers, found, now=now)
    offers = with_lines(conn, channel, offers, now=now)
    limit = min(limit, most(offers))
    if limit <= 0:
        return Claimed()
    asked = {"lane": str(lane), "channel": channel, "now": now, "limit": limit}
    rows = _picked(conn, asked, waiting(offers, found))
    if not rows:
        return Claimed()

    turns = [
        (row, _turn((row.stage, row.status, row.expires_at), now, **_flags(row))) for row in rows
    ]
    chosen = _chosen(conn, [row for row, said in turns if said is SEND], offers)

    ended = [(row, said) for row, said in turns if said is not SEND]
    ended += [(row, _unserved(row)) for row, _, choice in chosen if choice is NEVER]
    dropped = _drop(conn, ended, channel, now)
    later = [row for row, _, choice in chosen if choice.ever and not choice.account]
    # Others of a region that has to wait are left out of the next claim, where they stand.
    aside = [(row.id,) for row in later if row.attempts or not found]
    each(conn, _LATER, IDS, aside, now + LATER)
    taken = _take(conn, [one for one in chosen if one[2].account], now)
    full = len(rows) == limit
    return Claimed(tuple(taken), dropped, full=full, now=from_ms(now), later=len(later))


def _picked(conn: Connection, asked: dict[str, Any], wait: Sequence[Region]) -> Sequence[Any]:
    """The head of the lane, but what no account can take now: it would stand before all others.
    What was tried before may go to another account than its region's first choice."""
    if not wait:
        return conn.execute(_PICK[conn.dialect.name], asked).all()
    there, named = lies_in(wait)
    aside = f" AND (d.attempts > 0 OR NOT {there})"
    sql = _DUE.format(aside=aside, lock=_LOCK[conn.dialect.name])
    return conn.execute(text(sql), asked | named).all()


def release(conn: Connection, *, unsent: Sequence[Release]) -> tuple[tuple[int, int], ...]:
    rows = [(r.claim.delivery, r.claim.fence, r.due_ms) for r in unsent]
    held = run(conn, _RELEASE, _RELEASED, rows)
    # The database was away longer than the lease: the sweep thought a call might have been made.
    doubted = run(conn, _UNDOUBTED, _RELEASED, rows)
    back = {row[0] for row in (*held, *doubted)}
    run(conn, _UNSTARTED, IDS, [(r.claim.attempt,) for r in unsent if r.claim.delivery in back])
    changes: dict[int, Changes] = defaultdict(Changes)
    for row in doubted:
        was = Standing("unsure", row.unsure + 1, doubled=row.unsure > 0)  # as it was claimed
        changes[row.incident_id].moved(row.channel, was, Standing("planned", row.unsure))
    return write_events(conn, changes, database_now(conn))


def _flags(row: Any) -> dict[str, bool]:
    names = ("answered", "stopped", "corrected", "opted_out")
    flags = {name: bool(getattr(row, name)) for name in names}
    return flags | {"repeat": bool(row.wave or row.round)}


@lru_cache(1024)
def _turn(said: tuple[str, str, int], now: int, **flags: bool) -> Turn:
    """Rows of one batch are mostly alike: each sort of them (stage, status, expiry) is decided
    once."""
    stage, status, expires = said
    asked = Candidate(
        stage=Stage(stage),
        incident=IncidentState(status),
        expires_at=from_ms(expires),
        **flags,
    )
    return turn(asked, now=from_ms(now))


@lru_cache(1024)
def _common(kind: str, stage: str, expires: int) -> tuple[Kind, Stage, datetime]:
    return Kind(kind), Stage(stage), from_ms(expires)


Chosen = tuple[Any, Wanted, Choice]


def _chosen(conn: Connection, rows: Sequence[Any], offers: Sequence[Offer]) -> list[Chosen]:
    """An account for each row, by what is known of it and of the calls before."""
    tried = _tried(conn, rows) if len(offers) > 1 else {}
    wanted = [Wanted(row.address, row.id, *tried.get(row.id, ())) for row in rows]
    return list(zip(rows, wanted, assign(offers, wanted), strict=True))


def _tried(conn: Connection, rows: Sequence[Any]) -> Mapping[int, tuple[tuple[str, ...], ...]]:
    """Delivery -> accounts that failed it, and that refused it; few have been tried before."""
    again = [(row.id,) for row in rows if row.attempts]
    before: dict[int, list[Any]] = defaultdict(list)
    for one in run(conn, _TRIED, IDS, again) if again else ():
        before[one.delivery_id].append(one)
    return {
        delivery: (
            tuple(a.account for a in calls),
            tuple(a.account for a in calls if a.verdict == Verdict.REFUSED),
        )
        for delivery, calls in before.items()
    }


def _unserved(row: Any) -> Turn:
    """No account serves the number. A call in doubt may have reached it by one that did."""
    state = DeliveryState.FAILED if row.unsure else DeliveryState.REFUSED
    return Turn(state, Reason.NO_ACCOUNT)


def _take(conn: Connection, chosen: Sequence[Chosen], now: int) -> Iterable[Claim]:
    if not chosen:
        return ()
    ids = [(row.id, row.fence + 1, choice.account) for row, _, choice in chosen]
    each(conn, _TAKE, _TAKEN, ids, now + LEASE, now)
    attempts = dict(map(tuple, run(conn, _ATTEMPT, _TAKEN, ids, now)))
    return [_claim(row, attempts[row.id], one, choice.account) for row, one, choice in chosen]


def _claim(row: Any, attempt: int, wanted: Wanted, account: str) -> Claim:
    kind, stage, expires_at = _common(row.kind, row.stage, row.expires_at)
    return Claim(
        attempt=AttemptId(attempt),
        delivery=DeliveryId(row.id),
        incident=IncidentId(row.incident_id),
        notice=NoticeId(row.notice_id),
        recipient=RecipientId(row.recipient_id),
        wording=None if row.wording_id is None else WordingId(row.wording_id),
        address=row.address,
        name=row.name or "",
        fence=row.fence + 1,
        units=max(1, row.segments or 1),
        expires_at=expires_at,
        kind=kind,
        stage=stage,
        revision=row.revision,
        account=account,
        failed=wanted.failed,
        refused=wanted.refused,
    )


def _drop(
    conn: Connection, ended: Sequence[tuple[Any, Turn]], channel: str, now: int
) -> tuple[tuple[int, int], ...]:
    """The ends are on record with one event per incident: (incident, its number)."""
    if not ended:
        return ()
    each(conn, _DROP, _DROPPED, [(row.id, said.state, said.reason) for row, said in ended], now)
    moves: dict[int, Counter[DeliveryState]] = defaultdict(Counter)
    for row, said in ended:
        moves[row.incident_id][said.state] += 1
    return tuple(
        (incident, _told(conn, incident, moves[incident], channel, now))
        for incident in sorted(moves)
    )


def _told(
    conn: Connection, incident: int, ends: Counter[DeliveryState], channel: str, now: int
) -> int:
    moves = [[channel, "planned", str(state), count] for state, count in ends.items()]
    data = {"moves": moves}
    return append_event(conn, incident, EventKind.PROGRESS, data, actor="hub", now_ms=now)


def _wording(conn: Connection, *, wording: int) -> tuple[str, Mapping[str, str]]:
    row = conn.execute(_WORDING, {"id": wording}).one()
    return row.language, json.loads(row.parts) if isinstance(row.parts, str) else row.parts
