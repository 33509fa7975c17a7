"""Doubts about which a provider can be asked: taken by one worker at a time, answers recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.claim import Claim, Question
from hub.decide.unsure import ARRIVES_WITHIN, ASK_AFTER, CALLBACK_WAIT, Found, receipt_of
from hub.decide.whose import Mine, Told, whose
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
from hub.store.events import at_ms, from_ms
from hub.store.outcomes import flag_twice
from hub.store.receipts import forward

EARLY = int((CALLBACK_WAIT - ASK_AFTER).total_seconds() * 1000)
ANSWERED_BY = 13_000
"""Milliseconds within which a question is answered (12 s) and recorded: so long a doubt is left
open for the first one, and so long after an answer the next is asked."""
NEAR = 200
"""Attempts before and after those in doubt that a list is measured by."""

# Both states first, word for word as in the index: SQLite knows its condition by no other sign.
_DOUBTFUL = """
SELECT d.id, d.incident_id, d.notice_id, d.recipient_id, d.wording_id, d.address, d.expires_at,
    d.lease_until, a.id AS attempt, a.fence, a.account, a.asked_at, a.found, a.started_at,
    n.stage, n.revision, i.kind, r.name,
    (SELECT coalesce(min(e.started_at), a.started_at) FROM attempts e
        WHERE e.delivery_id = d.id AND e.account = a.account AND e.verdict = 'unsure'
            AND e.found NOT IN ('accepted', 'gone')) AS since
FROM deliveries d JOIN attempts a ON a.delivery_id = d.id AND a.fence = d.fence
JOIN notices n ON n.id = d.notice_id JOIN incidents i ON i.id = d.incident_id
LEFT JOIN recipients r ON r.id = d.recipient_id
WHERE d.state IN ('sending', 'unsure') AND d.state = 'unsure' AND d.lease_until < :early
    AND a.account = :account AND a.found {said}
    AND (a.asked_at IS NULL OR a.asked_at < :answered)
ORDER BY coalesce(a.asked_at, 0), d.lease_until LIMIT :limit{lock}"""
# The attempt as well: it is what changes, and only a locked row is looked at again.
_LOCK = {"sqlite": "", "postgresql": " FOR UPDATE OF d, a SKIP LOCKED"}
_SAID = {False: "= ''", True: "IN ('absent', 'unknown')"}
_ASK = "UPDATE attempts SET asked_at = {1} FROM {rows} WHERE attempts.id = b.id"
_HOLD = """
UPDATE deliveries SET lease_until = {1} FROM {rows}
WHERE deliveries.id = b.id AND deliveries.lease_until < {1}"""
_UNASK = """
UPDATE attempts SET asked_at = NULL FROM {rows}
WHERE attempts.id = b.id AND attempts.found = ''"""
_STAND = """
SELECT d.id, d.incident_id, d.channel, d.address, d.state, d.reason, d.unsure, d.doubled, d.fence
FROM {rows} JOIN deliveries d ON d.id = b.id ORDER BY d.id"""
_STAND_LOCKED = {"sqlite": _STAND, "postgresql": _STAND + " FOR UPDATE OF d"}
_KNOWN = """
SELECT b.ref, a.delivery_id FROM {rows} JOIN attempts a ON a.provider_ref = b.ref"""
# What the provider has may be that send, whose answer is on its way here.
_RIVALS = """
SELECT b.id FROM {rows} JOIN deliveries d
    ON d.notice_id = b.notice AND d.channel = b.channel AND d.address = b.address
WHERE d.state = 'sending' AND d.id <> b.id"""
_RIVAL_COLUMNS = (
    ("id", "bigint"), ("notice", "bigint"), ("channel", "text"), ("address", "text"),
)  # fmt: skip
_NEAR = text("""
SELECT provider_ref FROM attempts WHERE id BETWEEN :low AND :high AND account = :account
    AND verdict = 'accepted' AND provider_ref IS NOT NULL AND started_at >= :since
ORDER BY id LIMIT 500""")
_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended('doubts', 0))")
_FOUND = """
UPDATE attempts SET found = b.found, asked_at = {1},
    provider_ref = coalesce(attempts.provider_ref, b.ref)
FROM {rows} WHERE attempts.id = b.id AND (b.found = 'accepted'
    OR attempts.found = '' OR attempts.found NOT IN ('accepted', 'gone') AND b.found <> 'unknown')
"""
_FOUND_COLUMNS = (("id", "bigint"), ("found", "text"), ("ref", "text"))
_GONE = """
UPDATE attempts SET found = 'gone' FROM {rows}
WHERE attempts.delivery_id = b.id AND attempts.fence <= b.fence AND attempts.account = b.account
    AND attempts.verdict = 'unsure' AND attempts.found NOT IN ('accepted', 'gone')"""
_OVER = """
UPDATE deliveries SET lease_until = {1} FROM {rows}
WHERE deliveries.id = b.id AND deliveries.fence = b.fence AND deliveries.state = 'unsure'"""
_GONE_COLUMNS = (("id", "bigint"), ("fence", "integer"), ("account", "text"))

Answered = tuple[Question, Outcome]
"""A question, and what the provider said."""


class DoubtLedger:
    """The rows behind `flow.doubt`; every method is one transaction."""

    def __init__(self, db: Database):
        self._db = db

    async def take(self, account: str, *, limit: int, again: bool = False) -> Sequence[Question]:
        """Up to `limit` doubts about calls by this account are this worker's to ask about, the
        longest waiting first; none is another's within 13 s. `again`: those the provider has
        answered about, but not for good; else the others."""
        asked = partial(_doubtful, account=account, again=again)
        if not await self._db.read(lambda conn: bool(asked(conn, limit=1, now=database_now(conn)))):
            return ()
        return await self._db.write(partial(take, account=account, limit=limit, again=again))

    async def known(self, questions: Sequence[Question]) -> frozenset[str]:
        """References of texts the provider is known to have taken at the same time as these: a list
        that holds them all holds what it should."""
        return await self._db.read(partial(_neighbours, questions=questions))

    async def give_back(self, questions: Sequence[Question]) -> None:
        """They were not asked: another worker may ask at once."""
        ids = [(question.claim.attempt,) for question in questions]
        await self._db.write(lambda conn: run(conn, _UNASK, IDS, ids))

    async def found(self, answers: Sequence[Answered]) -> tuple[tuple[int, int], ...]:
        """What the provider said is on record: what it has is accepted, or has failed by name, as
        by a receipt. Of several that fit it is the first no other send is known to be, and nothing
        while the same words are being sent there; answers are recorded one batch after another.
        Never backwards; people are marked as told. (incident, event number) of what changed."""
        return await self._db.write(partial(found, answers=answers))


def take(conn: Connection, *, account: str, limit: int, again: bool = False) -> Sequence[Question]:
    now = database_now(conn)
    rows = _doubtful(conn, account=account, limit=limit, again=again, now=now, lock=True)
    if rows:
        run(conn, _ASK, IDS, [(row.attempt,) for row in rows], now)
        # Once only: where the playbook prefers two to none, a slow provider is not waited for.
        first = [(row.id,) for row in rows if row.asked_at is None]
        run(conn, _HOLD, IDS, first, now + ANSWERED_BY)
    return [_question(row) for row in rows]


def _doubtful(
    conn: Connection, *, account: str, limit: int, again: bool, now: int, lock: bool = False
) -> Sequence[Any]:
    ending = _LOCK[conn.dialect.name] if lock else ""
    asked = text(_DOUBTFUL.format(said=_SAID[again], lock=ending))
    times = {"early": now + EARLY, "answered": now - ANSWERED_BY}
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
    until = from_ms(row.started_at) + ARRIVES_WITHIN
    return Question(claim, from_ms(row.since), until, Found(row.found))


def _neighbours(conn: Connection, *, questions: Sequence[Question]) -> frozenset[str]:
    ids = [int(question.claim.attempt) for question in questions]
    near = {"low": min(ids) - NEAR, "high": max(ids) + NEAR, "account": questions[0].claim.account}
    since = at_ms(min(question.since for question in questions))
    return frozenset(conn.execute(_NEAR, {**near, "since": since}).scalars())


def found(conn: Connection, *, answers: Sequence[Answered]) -> tuple[tuple[int, int], ...]:
    now = database_now(conn)
    if conn.dialect.name != "sqlite":  # there all writers queue anyway
        conn.execute(_ONE_BY_ONE)
    asked = {question.claim.attempt: question for question, _ in answers}
    ids = [(question.claim.delivery,) for question in asked.values()]
    rows = {row.id: row for row in run(conn, _STAND_LOCKED[conn.dialect.name], IDS, ids)}
    mine = whose(_told(conn, answers, rows), _known(conn, answers))
    said = [(one.told.attempt, one.found, _ref(one)) for one in mine if one.found is not _NOTHING]
    run(conn, _FOUND, _FOUND_COLUMNS, said, now)
    _gone(conn, [asked[AttemptId(o.told.attempt)] for o in mine if o.found is Found.GONE], now)
    return _taken(conn, mine, asked, rows, now)


_NOTHING = Found.UNASKED


def _told(conn: Connection, answers: Sequence[Answered], rows: Mapping[int, Any]) -> Sequence[Told]:
    claims = [q.claim for q, _ in answers if q.claim.delivery in rows]
    about = [(c.delivery, c.notice, rows[c.delivery].channel, c.address) for c in claims]
    rivals = {row.id for row in run(conn, _RIVALS, _RIVAL_COLUMNS, about)}
    told = [
        (q.since, Told(q.claim.attempt, d, outcome, d in rivals, q.before))
        for q, outcome in answers
        if (d := q.claim.delivery) in rows
    ]
    return [one for _, one in sorted(told, key=lambda pair: (pair[0], pair[1].attempt))]


def _known(conn: Connection, answers: Sequence[Answered]) -> Mapping[str, int]:
    """What is known of the references the provider told: the delivery each is of."""
    told = {one.provider_ref for _, outcome in answers for one in (outcome, *outcome.others)} - {""}
    rows = run(conn, _KNOWN, (("ref", "text"),), [(ref,) for ref in sorted(told)])
    return {row.ref: row.delivery_id for row in rows}


def _ref(mine: Mine) -> str | None:
    return mine.outcome.provider_ref or None if mine.found is Found.ACCEPTED else None


def _gone(conn: Connection, questions: Sequence[Question], now: int) -> None:
    """Of all calls that were asked about, the provider has none; the wait is over. One begun since
    was not asked about."""
    if questions:
        claims = [(q.claim.delivery, q.claim.fence, q.claim.account) for q in questions]
        run(conn, _GONE, _GONE_COLUMNS, claims)
        run(conn, _OVER, _GONE_COLUMNS, claims, now)


def _taken(
    conn: Connection,
    mine: Sequence[Mine],
    asked: Mapping[AttemptId, Question],
    rows: Mapping[int, Any],
    now: int,
) -> tuple[tuple[int, int], ...]:
    """What it has is accepted, or has failed. Found late, when another call has been made for it:
    then both may have arrived."""
    has = {one.told.delivery: one for one in mine if one.found is Found.ACCEPTED}
    late = [
        (one,)
        for one, its in has.items()
        if rows[one].fence > asked[AttemptId(its.told.attempt)].claim.fence
    ]
    flagged = flag_twice(conn, late, now)
    if flagged:
        ids = [(one,) for one in has]
        rows = {row.id: row for row in run(conn, _STAND, IDS, ids)}
    heard = {one: [receipt_of(its.outcome)] for one, its in has.items()}
    return *flagged, *forward(conn, {one: rows[one] for one in has}, heard, now)
