"""Which of the sends a provider tells of is the one in doubt: never one that is another's."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import text
from sqlalchemy.util import await_only

from hub.model import AttemptId, Lane, Outcome, Parcel, Receipt, Verdict
from hub.states import DeliveryState, Reason
from hub.store import schema as t
from hub.store.doubts import DoubtLedger, found
from hub.store.receipts import ReceiptLedger
from tests.flow.doubtful import aged, asker, unknown, unsure
from tests.flow.stage import Stage, opened
from tests.flow.test_deliver import sender


async def test_an_older_send_of_the_same_words_is_not_taken_for_this_one(stage):
    await stage.set_up(people=1)
    first = (await stage.plan())[0]
    channel = unsure()
    channel.answer = None
    await sender(stage, channel).drain(Lane.URGENT)
    await stage.plan(round=1)
    channel.answer = unknown
    await sender(stage, channel).drain(Lane.URGENT)
    ref = (await stage.rows(t.deliveries, id=first))[0].provider_ref

    async def older(_parcel: Parcel) -> Outcome:
        return Outcome(Verdict.ACCEPTED, Reason.OK, ref)

    channel.knows = older
    await aged(stage, 11)
    await asker(stage, channel).once()
    second = (await stage.deliveries())[1]
    assert second.state == "unsure"
    assert (await stage.rows(t.attempts, delivery_id=second.id))[0].found == "absent"


async def test_of_several_that_fit_the_one_no_other_send_has_is_taken(stage):
    await stage.set_up(people=1)
    first = (await stage.plan())[0]
    second = (await stage.plan(round=1))[0]
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)
    heard = {row.delivery_id: row.id for row in await stage.rows(t.attempts)}
    receipt = Receipt(DeliveryState.DELIVERED, Reason.OK, "SM1", attempt=AttemptId(heard[first]))
    await ReceiptLedger(stage.db).receipts("sms", [receipt])

    async def several(_parcel: Parcel) -> Outcome:
        failed = Outcome(Verdict.REFUSED, Reason.HANDSET, "SM2", code="30003")
        return Outcome(Verdict.ACCEPTED, Reason.OK, "SM1", others=(failed,))

    channel.knows = several
    await aged(stage, 11)
    assert await asker(stage, channel).once() == 1
    one, other = await stage.deliveries()
    assert (one.id, one.state) == (first, "delivered")
    assert (other.id, other.state, other.reason) == (second, "failed", "handset")
    assert [a.provider_ref for a in await stage.rows(t.attempts)] == ["SM1", "SM2"]


async def test_two_doubts_answered_at_once_never_take_the_same_send(house_url):
    """On SQLite one writer settles it; on PostgreSQL the second waits for the first to commit."""
    db = await opened(house_url)
    try:
        stage = await Stage(db).set_up(people=1)
        await stage.plan()
        await stage.plan(round=1)
        channel = unsure()
        await sender(stage, channel).drain(Lane.URGENT)
        await aged(stage, 11)
        first, second = await DoubtLedger(db).take("sms_test", limit=5)
        both = Outcome(
            Verdict.ACCEPTED,
            Reason.OK,
            "SM1",
            others=(Outcome(Verdict.ACCEPTED, Reason.OK, "SM2"),),
        )
        written, go_on = asyncio.Event(), asyncio.Event()

        def holds(conn: Any) -> None:
            found(conn, answers=[(first, both)])
            if db.dialect == "postgresql":
                written.set()
                await_only(go_on.wait())

        one = asyncio.ensure_future(db.write(holds))
        if db.dialect == "postgresql":
            await asyncio.wait_for(written.wait(), 30)
        other = asyncio.ensure_future(DoubtLedger(db).found([(second, both)]))
        while db.dialect == "postgresql" and not (other.done() or await _waits(db)):
            await asyncio.sleep(0.01)
        go_on.set()
        await asyncio.gather(one, other)

        refs = {attempt.provider_ref for attempt in await stage.rows(t.attempts)}
        assert refs == {"SM1", "SM2"}
    finally:
        await db.close()


async def _waits(db: Any) -> bool:
    asked = text(
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
        " WHERE NOT l.granted AND a.datname = current_database()"
    )
    return bool(await db.read(lambda conn: conn.execute(asked).scalar_one()))


async def test_while_the_same_words_are_being_sent_there_nothing_is_taken_for_found(stage):
    await stage.set_up(people=1)
    first = (await stage.plan())[0]
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)
    rival = (await stage.plan(round=1))[0]
    await aged(stage, 11)
    question = (await DoubtLedger(stage.db).take("sms_test", limit=5))[0]
    await stage.set(t.deliveries, {"id": rival}, state="sending")
    answer = Outcome(Verdict.ACCEPTED, Reason.OK, "SM-of-the-rival")
    await DoubtLedger(stage.db).found([(question, answer)])

    attempt = (await stage.rows(t.attempts, delivery_id=first))[0]
    assert (attempt.found, attempt.provider_ref) == ("", None)
    await stage.set(t.deliveries, {"id": rival}, state="cancelled")
    await DoubtLedger(stage.db).found([(question, answer)])
    assert (await stage.rows(t.deliveries, id=first))[0].state == "accepted"
