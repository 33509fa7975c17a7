"""Receipts as rows: each counted once, deliveries moved forward only, one event per incident."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection

from hub.decide.copies import Standing
from hub.decide.reports import Reported, reported
from hub.model import AttemptId, Receipt
from hub.states import TOLD, DeliveryState, Reason
from hub.store.addresses import spoil
from hub.store.batches import IDS, each, run
from hub.store.database import Database, database_now
from hub.store.marks import mark_people
from hub.store.outcomes import Changes, flag_twice, standing_of, write_events

_BY_REF = "SELECT b.ref, a.id FROM {rows} JOIN attempts a ON a.provider_ref = b.ref ORDER BY a.id"
_KEEP = """
INSERT INTO receipts (attempt_id, state, code, provider_ref, at)
SELECT b.id, b.state, b.code, b.ref, CAST({1} AS bigint) FROM {rows} WHERE TRUE
ON CONFLICT (attempt_id, state, code) DO NOTHING RETURNING attempt_id, state, code"""
_KEEP_COLUMNS = (("id", "bigint"), ("state", "text"), ("code", "text"), ("ref", "text"))
_STAND = """
SELECT a.id AS attempt, a.provider_ref AS known, d.id, d.incident_id, d.channel, d.address,
    d.state, d.reason, d.unsure, d.doubled, d.fence, a.fence AS made, a.found
FROM {rows} JOIN attempts a ON a.id = b.id JOIN deliveries d ON d.id = a.delivery_id
ORDER BY d.id"""
# A call whose answer was lost is known by its report from now on: nothing else is taken for it.
_NAMED = """
UPDATE attempts SET provider_ref = b.ref FROM {rows}
WHERE attempts.id = b.id AND attempts.provider_ref IS NULL"""
_NAMED_COLUMNS = (("id", "bigint"), ("ref", "text"))
_STAND_LOCKED = {"sqlite": _STAND, "postgresql": _STAND + " FOR UPDATE OF d"}
_FORWARD = """
UPDATE deliveries SET state = b.state, reason = b.reason, unsure = b.unsure, lease_until = NULL,
    provider_ref = coalesce(deliveries.provider_ref, b.ref),
    accepted_at = coalesce(deliveries.accepted_at, b.accepted),
    delivered_at = coalesce(deliveries.delivered_at, b.delivered),
    read_at = coalesce(deliveries.read_at, b.read),
    ended_at = coalesce(deliveries.ended_at, b.ended)
FROM {rows} WHERE deliveries.id = b.id"""
_FORWARD_COLUMNS = (
    ("id", "bigint"), ("state", "text"), ("reason", "text"), ("unsure", "integer"),
    ("ref", "text"), ("accepted", "bigint"), ("delivered", "bigint"), ("read", "bigint"),
    ("ended", "bigint"),
)  # fmt: skip

_HAS_IT = frozenset({DeliveryState.DELIVERED, DeliveryState.READ})


class ReceiptLedger:
    """Where receipts are applied."""

    def __init__(self, db: Database):
        self._db = db

    async def receipts(self, channel: str, found: Sequence[Receipt]) -> tuple[tuple[int, int], ...]:
        """The receipts count, once each; (incident, event number) of what changed. Those of an
        attempt we do not know, or of another channel's, change nothing."""
        return await self._db.write(partial(apply_receipts, channel=channel, found=found))


def apply_receipts(
    conn: Connection, *, channel: str, found: Sequence[Receipt]
) -> tuple[tuple[int, int], ...]:
    now = database_now(conn)
    known = _identified(conn, found)
    standing = _standing(conn, known, channel)
    known = [(attempt, receipt) for attempt, receipt in known if attempt in standing]
    flagged = flag_twice(conn, _after_all(known, standing), now)
    if flagged:
        standing = _standing(conn, known, channel)
    fresh = _kept(conn, known, now)
    _name(conn, {a: r.provider_ref for a, r in known if r.provider_ref and not standing[a].known})

    rows = {row.id: row for row in standing.values()}
    heard: dict[int, list[Receipt]] = defaultdict(list)
    for attempt, receipt in fresh:
        heard[standing[attempt].id].append(receipt)

    return *flagged, *forward(conn, rows, heard, now)


def _standing(
    conn: Connection, known: Sequence[tuple[AttemptId, Receipt]], channel: str
) -> dict[int, Any]:
    """By attempt, how its delivery stands: those of this channel."""
    rows = run(conn, _STAND_LOCKED[conn.dialect.name], IDS, {(a,) for a, _ in known})
    return {row.attempt: row for row in rows if row.channel == channel}


def _after_all(
    known: Sequence[tuple[AttemptId, Receipt]], standing: Mapping[int, Any]
) -> list[tuple[int]]:
    """Deliveries whose provider said that it had none, was sent another, and has that one too."""
    has = {attempt for attempt, receipt in known if receipt.state is not DeliveryState.FAILED}
    rows = [standing[attempt] for attempt in has]
    return [(row.id,) for row in rows if row.found == "gone" and row.fence > row.made]


def _name(conn: Connection, refs: Mapping[int, str]) -> None:
    if refs:
        run(conn, _NAMED, _NAMED_COLUMNS, sorted(refs.items()))


def forward(
    conn: Connection, rows: Mapping[int, Any], heard: Mapping[int, Sequence[Receipt]], now: int
) -> tuple[tuple[int, int], ...]:
    """Deliveries stand where their receipts bring them; people are marked; events written."""
    moves = [(rows[one], _after(rows[one], heard[one]), heard[one]) for one in sorted(heard)]
    moved = [(row, to, said) for row, to, said in moves if to.changed]
    if moved:
        each(conn, _FORWARD, _FORWARD_COLUMNS, [_forwarded(*each, now=now) for each in moved])
    spoil(conn, [(r.channel, r.address, to.reason) for r, to, _ in moved], now=now)
    return write_events(conn, _changes(conn, moved, now), now)


def _after(row: Any, said: Sequence[Receipt]) -> Reported:
    return reported(DeliveryState(row.state), Reason(row.reason), said)


def _identified(conn: Connection, found: Sequence[Receipt]) -> list[tuple[AttemptId, Receipt]]:
    """Each receipt with its attempt: the signed one, or that of the provider's reference."""
    nameless = {(r.provider_ref,) for r in found if r.attempt is None and r.provider_ref}
    by_ref: dict[str, int] = {}
    if nameless:
        by_ref = dict(map(tuple, run(conn, _BY_REF, (("ref", "text"),), nameless)))
    known = []
    for receipt in found:
        attempt = receipt.attempt or by_ref.get(receipt.provider_ref)
        if attempt is not None:
            known.append((AttemptId(attempt), receipt))
    return known


def _kept(
    conn: Connection, known: Sequence[tuple[AttemptId, Receipt]], now: int
) -> list[tuple[AttemptId, Receipt]]:
    """Those that were not known before; a doubled callback is none."""
    by_key = {(a, str(r.state), r.code[:80]): (a, r) for a, r in reversed(known)}
    rows = [(*key, r.provider_ref) for key, (_, r) in by_key.items()]
    if not rows:
        return []
    new = {tuple(row) for row in run(conn, _KEEP, _KEEP_COLUMNS, rows, now)}
    return [one for key, one in reversed(by_key.items()) if key in new]


def _forwarded(row: Any, to: Reported, said: Sequence[Receipt], *, now: int) -> tuple[Any, ...]:
    return (
        row.id, to.state, to.reason, _unsure(row),
        next((r.provider_ref for r in said if r.provider_ref), None),
        now if to.state in TOLD else None,
        now if to.state in _HAS_IT else None,
        now if to.state is DeliveryState.READ else None,
        now if to.ended else None,
    )  # fmt: skip


def _unsure(row: Any) -> int:
    """Calls of unknown outcome, less the one this report ends the doubt about."""
    doubt_ended = row.state == DeliveryState.UNSURE and row.unsure > 0
    return int(row.unsure) - int(doubt_ended)


def _changes(
    conn: Connection, moved: Sequence[tuple[Any, Reported, Any]], now: int
) -> Mapping[int, Changes]:
    changes: dict[int, Changes] = defaultdict(Changes)
    for row, to, _ in moved:
        now_at = Standing(to.state, _unsure(row), bool(row.doubled))
        changes[row.incident_id].moved(row.channel, standing_of(row), now_at)
    for column, states in (
        ("told_at", TOLD), ("delivered_at", _HAS_IT), ("read_at", {DeliveryState.READ})
    ):  # fmt: skip
        ids = [(row.id,) for row, to, _ in moved if to.state in states]
        for incident, person in mark_people(conn, column, ids, now=now):
            getattr(changes[incident], column.removesuffix("_at")).append(person)
    return changes
