"""Recording what calls came to: a whole batch in one transaction, guarded by the fence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Connection

from hub.decide.claim import Sent
from hub.decide.copies import Standing as Copy
from hub.decide.retry import Next, Standing, after
from hub.events import EventKind
from hub.model import Outcome, Verdict
from hub.states import TOLD, DeliveryState, Reason
from hub.store.addresses import spoil
from hub.store.batches import IDS, each, run
from hub.store.database import Database, database_now
from hub.store.events import append_event, at_ms, from_ms
from hub.store.marks import mark_people

_NOW = """
SELECT d.id, d.incident_id, d.channel, d.address, d.state, d.reason, d.fence, d.attempts,
    d.unsure, d.doubled, d.expires_at
FROM {rows} JOIN deliveries d ON d.id = b.id ORDER BY d.id"""
_FOR_UPDATE = {"sqlite": _NOW, "postgresql": _NOW + " FOR UPDATE OF d"}
_MOVE = """
UPDATE deliveries SET state = b.state, reason = b.reason, unsure = b.unsure,
    doubled = (b.doubled = 1), due_at = coalesce(b.due, deliveries.due_at),
    lease_until = CASE WHEN b.state = 'unsure' THEN coalesce(b.lease, deliveries.lease_until) END,
    provider_ref = coalesce(b.ref, deliveries.provider_ref),
    accepted_at = coalesce(deliveries.accepted_at, b.accepted),
    ended_at = coalesce(deliveries.ended_at, b.ended)
FROM {rows} WHERE deliveries.id = b.id"""
_MOVE_COLUMNS = (
    ("id", "bigint"), ("state", "text"), ("reason", "text"), ("unsure", "integer"),
    ("doubled", "integer"), ("due", "bigint"), ("lease", "bigint"), ("ref", "text"),
    ("accepted", "bigint"), ("ended", "bigint"),
)  # fmt: skip
_VERDICT = """
UPDATE attempts SET ended_at = {1}, verdict = b.verdict, reason = b.reason, code = b.code,
    provider_ref = coalesce(b.ref, attempts.provider_ref)
FROM {rows} WHERE attempts.id = b.id AND attempts.ended_at IS NULL"""
_VERDICT_COLUMNS = (
    ("id", "bigint"), ("verdict", "text"), ("reason", "text"), ("code", "text"), ("ref", "text"),
)  # fmt: skip


_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Changes:
    """What a batch changed in one incident: becomes its one `progress` event."""

    moves: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    told: list[int] = field(default_factory=list)
    delivered: list[int] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)
    in_doubt: int = 0
    doubled: int = 0

    def moved(self, channel: str, before: Copy, now: Copy) -> None:
        """One delivery went from one state of the board to another."""
        if (seen := on_board(before.state)) != (to := on_board(now.state)):
            self.moves[channel, seen, to] += 1
        self.in_doubt += now.in_doubt - before.in_doubt
        self.doubled += now.maybe_twice - before.maybe_twice

    def data(self) -> dict[str, Any]:
        """The event's data; empty when nothing a watcher could see has changed."""
        found: dict[str, Any] = {
            name: ids
            for name in ("told", "delivered", "read", "shown")
            if (ids := sorted(getattr(self, name)))
        }
        if self.moves:
            found["moves"] = [[*move, count] for move, count in sorted(self.moves.items())]
        changed = {"in_doubt": self.in_doubt, "doubled": self.doubled}
        found |= {name: by for name, by in changed.items() if by}
        return found


def on_board(state: str) -> str:
    """The state a tally counts a delivery under: one that is being sent still waits, for a
    watcher; so a claim needs no event of its own."""
    return "planned" if state == "sending" else state


def standing_of(row: Any) -> Copy:
    """The row as far as its copies go."""
    return Copy(row.state, row.unsure, bool(row.doubled))


class OutcomeLedger:
    """Where outcomes are recorded."""

    def __init__(self, db: Database):
        self._db = db

    async def record(self, sent: Sequence[Sent]) -> tuple[tuple[int, int], ...]:
        """The outcomes are on record; (incident, number of its new event) for each touched."""
        return await self._db.write(partial(record, sent=sent))


def record(conn: Connection, *, sent: Sequence[Sent]) -> tuple[tuple[int, int], ...]:
    now = database_now(conn)
    ids = [(one.claim.delivery,) for one in sent]
    rows = {row.id: row for row in run(conn, _FOR_UPDATE[conn.dialect.name], IDS, ids)}

    decided = [
        (one, row, _next(row, one, now))
        for one in sent
        if (row := rows.get(one.claim.delivery)) is not None and row.fence == one.claim.fence
    ]

    _finish_attempts(conn, sent, now)
    if decided:
        each(conn, _MOVE, _MOVE_COLUMNS, [_moved(*each, now=now) for each in decided])
    spoil(
        conn, [(row.channel, row.address, said.outcome.reason) for said, row, _ in decided], now=now
    )
    late = [
        (one.claim.delivery,)
        for one in sent
        if one.outcome.verdict is Verdict.ACCEPTED and _was_resent(rows, one)
    ]
    return *_events(conn, decided, now), *flag_twice(conn, late, now)


def _was_resent(rows: Mapping[int, Any], sent: Sent) -> bool:
    """Whether another call was made after this one, whose answer comes only now."""
    row = rows.get(sent.claim.delivery)
    return row is not None and row.fence > sent.claim.fence


def _next(row: Any, sent: Sent, now: int) -> Next:
    if sent.outcome.verdict is Verdict.ACCEPTED:
        flags = {"doubled": bool(row.doubled), "receipts": sent.receipts}
        return _taken(row.state, row.reason, row.unsure, **flags)
    standing = _standing(row, sent)
    return after(sent.outcome, standing, now=from_ms(now), elsewhere=sent.elsewhere)


@lru_cache(256)
def _taken(state: str, reason: str, unsure: int, *, doubled: bool, receipts: bool) -> Next:
    """What an acceptance comes to, which is the same for every delivery that stood alike."""
    alike = Standing(
        delivery=0,
        state=DeliveryState(state),
        reason=Reason(reason),
        tries=1,
        unsure=unsure,
        doubled=doubled,
        expires_at=_NEVER,
        receipts=receipts,
    )
    return after(Outcome(Verdict.ACCEPTED), alike, now=_NEVER)


def _standing(row: Any, sent: Sent) -> Standing:
    return Standing(
        delivery=row.id,
        state=DeliveryState(row.state),
        reason=Reason(row.reason),
        tries=row.attempts,
        unsure=row.unsure,
        doubled=bool(row.doubled),
        expires_at=from_ms(row.expires_at),
        receipts=sent.receipts,
    )


def _moved(sent: Sent, row: Any, to: Next, *, now: int) -> tuple[Any, ...]:
    due = None if to.due_at is None else at_ms(to.due_at.astimezone(UTC))
    unsure = to.state is DeliveryState.UNSURE
    return (
        row.id, to.state, to.reason, to.unsure, int(to.doubled),
        None if unsure else due,
        due if unsure else None,
        sent.outcome.provider_ref or None,
        now if to.state in TOLD else None,
        now if to.ended else None,
    )  # fmt: skip


def _finish_attempts(conn: Connection, sent: Sequence[Sent], now: int) -> None:
    each(
        conn, _VERDICT, _VERDICT_COLUMNS, [_verdict(s.claim.attempt, s.outcome) for s in sent], now
    )


def _verdict(attempt: int, outcome: Outcome) -> tuple[Any, ...]:
    ref = outcome.provider_ref or None
    return attempt, outcome.verdict, outcome.reason, outcome.code[:80], ref


def _events(
    conn: Connection, decided: Sequence[tuple[Sent, Any, Next]], now: int
) -> tuple[tuple[int, int], ...]:
    changes: Mapping[int, Changes] = defaultdict(Changes)
    told: list[tuple[int]] = []
    for _, row, to in decided:
        now_at = Copy(to.state, to.unsure, to.doubled)
        changes[row.incident_id].moved(row.channel, standing_of(row), now_at)
        if to.state in TOLD:
            told.append((row.id,))
    for incident, recipient in mark_people(conn, "told_at", told, now=now):
        changes[incident].told.append(recipient)
    return write_events(conn, changes, now)


def write_events(
    conn: Connection, changes: Mapping[int, Changes], now: int
) -> tuple[tuple[int, int], ...]:
    """One `progress` event per incident with anything to show; incidents in order, so that two
    transactions never wait for each other crosswise."""
    return tuple(
        (one, append_event(conn, one, EventKind.PROGRESS, data, actor="hub", now_ms=now))
        for one in sorted(changes)
        if (data := changes[one].data())
    )


_FLAG = """
UPDATE deliveries SET doubled = (1 = 1) FROM {rows}
WHERE deliveries.id = b.id AND deliveries.doubled = (1 = 0) AND deliveries.state <> 'planned'
RETURNING deliveries.id, deliveries.incident_id, deliveries.channel, deliveries.state,
    deliveries.unsure"""


def flag_twice(
    conn: Connection, deliveries: Sequence[tuple[int]], now: int
) -> tuple[tuple[int, int], ...]:
    """The first call of these was taken after all, though another has been made since: they may
    have arrived twice, and say so. (incident, event number) where a board counts one more."""
    if not deliveries:
        return ()
    changes: dict[int, Changes] = defaultdict(Changes)
    for row in run(conn, _FLAG, IDS, sorted(deliveries)):
        was, flagged = Copy(row.state, row.unsure), Copy(row.state, row.unsure, doubled=True)
        changes[row.incident_id].moved(row.channel, was, flagged)
    return write_events(conn, changes, now)
