"""Doubts about which a provider can be asked: taken by one worker at a time, answers recorded."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.claim import Claim, Question
from hub.decide.unsure import ASK_AFTER, CALLBACK_WAIT, Found, found_by, receipt_of
from hub.model import (
    AttemptId,
    DeliveryId,
    IncidentId,
    Kind,
    NoticeId,
    Outcome,
    RecipientId,
    Stage,
    WordingId,
)
from hub.store.batches import IDS, run
from hub.store.database import Database, database_now
from hub.store.events import from_ms
from hub.store.receipts import forward

EARLY = int((CALLBACK_WAIT - ASK_AFTER).total_seconds() * 1000)
ANSWERED_BY = 13_000
"""Milliseconds within which a question is answered (12 s) and recorded: so long a doubt is left
open for the first one."""

# Both states first, word for word as in the index: SQLite knows its condition by no other sign.
_DOUBTFUL = """
SELECT d.id, d.incident_id, d.notice_id, d.recipient_id, d.wording_id, d.address, d.expires_at,
    d.lease_until, a.id AS attempt, a.fence, a.account, a.started_at, a.asked_at, n.stage,
    n.revision, i.kind, r.name
FROM deliveries d JOIN attempts a ON a.delivery_id = d.id AND a.fence = d.fence
JOIN notices n ON n.id = d.notice_id JOIN incidents i ON i.id = d.incident_id
LEFT JOIN recipients r ON r.id = d.recipient_id
WHERE d.state IN ('sending', 'unsure') AND d.state = 'unsure' AND d.lease_until < :early
    AND a.account = :account AND (a.asked_at IS NULL
        OR a.asked_at < :answered AND a.found <> 'accepted' AND d.lease_until > :now)
ORDER BY d.lease_until LIMIT :limit"""
_LOCK = " FOR UPDATE OF d SKIP LOCKED"
_LOCKED = {"sqlite": text(_DOUBTFUL), "postgresql": text(_DOUBTFUL + _LOCK)}
_ASK = "UPDATE attempts SET asked_at = {1} FROM {rows} WHERE attempts.id = b.id"
_HOLD = """
UPDATE deliveries SET lease_until = {1} FROM {rows}
WHERE deliveries.id = b.id AND deliveries.lease_until < {1}"""
_UNASK = """
UPDATE attempts SET asked_at = NULL FROM {rows}
WHERE attempts.id = b.id AND attempts.found = ''"""
_STAND = """
SELECT d.id, d.incident_id, d.channel, d.address, d.state, d.reason, d.unsure, d.doubled
FROM {rows} JOIN deliveries d ON d.id = b.id"""
_STAND_LOCKED = {"sqlite": _STAND, "postgresql": _STAND + " FOR UPDATE OF d"}
_TAKEN = text("""
SELECT 1 FROM attempts WHERE provider_ref = :ref AND delivery_id <> :delivery LIMIT 1""")
# What the provider has may be that send, whose answer is on its way here.
_RIVAL = text("""
SELECT 1 FROM deliveries WHERE notice_id = :notice AND channel = :channel AND address = :address
    AND state = 'sending' AND id <> :delivery LIMIT 1""")
_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:address, 0))")
_FOUND = """
UPDATE attempts SET found = b.found, provider_ref = coalesce(attempts.provider_ref, b.ref)
FROM {rows} WHERE attempts.id = b.id AND (b.found <> 'unknown' OR attempts.found = '')"""
_FOUND_COLUMNS = (("id", "bigint"), ("found", "text"), ("ref", "text"))


class DoubtLedger:
    """The rows behind `flow.doubt`; every method is one transaction."""

    def __init__(self, db: Database):
        self._db = db

    async def take(self, account: str, *, limit: int) -> Sequence[Question]:
        """Up to `limit` doubts about calls by this account are this worker's to ask about; those
        nearest to their end first. None is another's within 13 s."""
        asked = partial(_doubtful, account=account, limit=1, lock=False)
        if not await self._db.read(lambda conn: bool(asked(conn, now=database_now(conn)))):
            return ()
        return await self._db.write(partial(take, account=account, limit=limit))

    async def give_back(self, question: Question) -> None:
        """It was not asked: another worker may ask at once."""
        ids = [(question.claim.attempt,)]
        await self._db.write(lambda conn: run(conn, _UNASK, IDS, ids))

    async def found(self, question: Question, outcome: Outcome) -> tuple[tuple[int, int], ...]:
        """What the provider said is on record: what it has is accepted, or has failed by name, as
        by a receipt. Of several that fit it is the first no other send is known to be, and unknown
        while the same words are being sent there; one number's are answered one after another.
        Never backwards; people are marked as told. (incident, event number) of what changed."""
        return await self._db.write(partial(found, question=question, outcome=outcome))


def take(conn: Connection, *, account: str, limit: int) -> Sequence[Question]:
    now = database_now(conn)
    rows = _doubtful(conn, account=account, limit=limit, now=now, lock=True)
    if rows:
        run(conn, _ASK, IDS, [(row.attempt,) for row in rows], now)
        # Once only: a doubt ends within a minute, however slow its provider.
        first = [(row.id,) for row in rows if row.asked_at is None]
        run(conn, _HOLD, IDS, first, now + ANSWERED_BY)
    return [_question(row) for row in rows]


def _doubtful(conn: Connection, *, account: str, limit: int, now: int, lock: bool) -> Sequence[Any]:
    asked = _LOCKED[conn.dialect.name] if lock else text(_DOUBTFUL)
    times = {"now": now, "early": now + EARLY, "answered": now - ANSWERED_BY}
    return conn.execute(asked, {"account": account, "limit": limit, **times}).all()


def _question(row: Any) -> Question:
    claim = Claim(
        attempt=AttemptId(row.attempt),
        delivery=DeliveryId(row.id),
        incident=IncidentId(row.incident_id),
        notice=NoticeId(row.notice_id),
        recipient=RecipientId(row.recipient_id),
        wording=None if row.wording_id is None else WordingId(row.wording_id),
        address=row.address,
        name=row.name or "",
        fence=row.fence,
        units=1,
        expires_at=from_ms(row.expires_at),
        kind=Kind(row.kind),
        stage=Stage(row.stage),
        revision=row.revision,
        account=row.account,
    )
    return Question(claim, from_ms(row.started_at))


def found(conn: Connection, *, question: Question, outcome: Outcome) -> tuple[tuple[int, int], ...]:
    now, claim = database_now(conn), question.claim
    if conn.dialect.name != "sqlite":  # there all writers queue anyway
        conn.execute(_ONE_BY_ONE, {"address": claim.address})
    rows = run(conn, _STAND_LOCKED[conn.dialect.name], IDS, [(claim.delivery,)])
    rival = _rival(conn, claim, rows)  # before the next: once it is none, its reference is known
    own = [
        one
        for one in (outcome, *outcome.others)
        if not _taken(conn, one.provider_ref, claim.delivery)
    ]
    found = own[0] if own else outcome
    said = found_by(found, taken=not own)
    if rival and said is Found.ACCEPTED:
        said = Found.UNKNOWN
    has_it = said is Found.ACCEPTED
    ref = found.provider_ref if has_it else ""
    run(conn, _FOUND, _FOUND_COLUMNS, [(claim.attempt, said, ref or None)])
    if not (rows and has_it):
        return ()
    return forward(conn, {row.id: row for row in rows}, {claim.delivery: [receipt_of(found)]}, now)


def _rival(conn: Connection, claim: Claim, rows: Sequence[Any]) -> bool:
    """Whether the same words are being sent to the same address just now."""
    asked = {"notice": claim.notice, "address": claim.address, "delivery": claim.delivery}
    return any(conn.execute(_RIVAL, asked | {"channel": row.channel}).first() for row in rows)


def _taken(conn: Connection, ref: str, delivery: int) -> bool:
    asked = {"ref": ref, "delivery": delivery}
    return bool(ref) and conn.execute(_TAKEN, asked).first() is not None
