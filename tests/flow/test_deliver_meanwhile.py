"""What may change while a delivery waits or is in the air: stops, clocks, opt-outs, its owner."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from hub.decide.accounts import Offer
from hub.decide.claim import Release, Sent
from hub.flow import pump
from hub.model import Lane, Outcome, Verdict
from hub.ports import Traits
from hub.states import Reason
from hub.store import schema as t
from hub.store.claims import claim
from hub.store.deliveries import DeliveryLedger
from tests.flow.stage import Provider
from tests.flow.test_deliver import sender
from tests.flow.test_sweep import sweeper


class OffClock:
    def __init__(self, off: timedelta):
        self._off = off

    def now(self) -> datetime:
        return datetime.now(UTC) + self._off


async def test_an_update_that_waits_to_be_sent_again_is_stopped_with_the_rest(stage):
    """Only what is said after the stop still goes out."""
    await stage.set_up(people=2)
    stage.notice, stage.wording = await stage.db.write(lambda c: stage.say(c, "update", 2))
    said = await stage.now()
    await stage.plan()
    await stage.set(t.incidents, {}, status="stopped", stopped_at=said + 1)
    await stage.set(t.notices, {"id": stage.notice}, issued_at=said)
    stage.notice, stage.wording = await stage.db.write(lambda c: stage.say(c, "update", 3))
    await stage.set(t.notices, {"id": stage.notice}, issued_at=said + 2)
    await stage.plan()
    provider = Provider()
    await sender(stage, provider).drain(Lane.URGENT)

    ends = [(row.notice_id == stage.notice, row.state) for row in await stage.deliveries()]
    assert ends == [(False, "cancelled")] * 2 + [(True, "accepted")] * 2
    assert {parcel.revision for parcel in provider.ledger} == {3}


@pytest.mark.parametrize("hours", [-3, 3])
async def test_a_worker_whose_clock_is_hours_off_sends_in_time_and_says_how_long_it_is_true(
    stage, hours
):
    await stage.set_up(people=3)
    await stage.plan()
    clock, provider = OffClock(timedelta(hours=hours)), Provider()
    deliver = sender(stage, provider, clock=clock)
    async with asyncio.timeout(30):
        await deliver.drain(Lane.URGENT)

    assert {row.state for row in await stage.deliveries()} == {"accepted"}
    left = [(parcel.expires_at - clock.now()).total_seconds() for parcel in provider.ledger]
    assert all(1_700 < seconds < 1_801 for seconds in left)


async def test_a_send_that_waits_for_its_turn_comes_again_by_the_databases_clock(stage):
    await stage.set_up(people=2)
    await stage.plan(address="robot", wave=1, people=stage.people[:1])
    await stage.plan(address="robot", wave=2, people=stage.people[1:])
    slow = Traits("sms", ("body",), 160, pace=0.1, per="address")
    deliver = sender(stage, Provider(traits=slow), clock=OffClock(timedelta(hours=3)))
    drain = asyncio.create_task(deliver.drain(Lane.URGENT))
    while not [row for row in await stage.deliveries() if row.attempts == 0 and row.fence]:
        await asyncio.sleep(0.01)
    waits = (await stage.deliveries())[1].due_at - await stage.now()
    await deliver.stop()
    await drain

    assert 5_000 < waits < 10_100


async def test_a_number_that_opted_out_meanwhile_gets_no_more_alerts_but_the_last_word(stage):
    await stage.set_up(people=2)
    await stage.plan()
    await stage.set(t.addresses, {"recipient_id": stage.people[0]}, opted_out_at=1)
    # the second number is also somebody's who did not opt out
    await stage.set(t.addresses, {"recipient_id": stage.people[1]}, opted_out_at=1)
    number = (await stage.deliveries())[1].address
    await stage.db.write(lambda conn: stage.person(conn, "Guest", None, number))
    provider = Provider()
    await sender(stage, provider).drain(Lane.URGENT)
    ends = [(row.state, row.reason) for row in await stage.deliveries()]
    assert ends == [("refused", "opted_out"), ("accepted", "ok")]

    stage.notice, stage.wording = await stage.db.write(lambda c: stage.say(c, "all_clear", 2))
    await stage.plan()
    await sender(stage, provider).drain(Lane.URGENT)
    assert [parcel.stage for parcel in provider.ledger] == ["alert", "all_clear", "all_clear"]


async def test_a_pump_that_failed_sends_again_as_if_nothing_had_been(stage):
    await stage.set_up(people=30)
    await stage.plan()
    provider = Provider(traits=Traits("sms", ("body",), 160, parallel=5))
    failures = iter([True])

    def observe(*_seen: object) -> None:
        if next(failures, False):
            raise ValueError("a broken meter")

    deliver = sender(stage, provider, observe=observe)
    await deliver.drain(Lane.URGENT)
    left = [row.id for row in await stage.deliveries() if row.state in {"sending", "unsure"}]
    assert left
    await stage.set(t.deliveries, {"state": "sending"}, state="planned", lease_until=None)
    async with asyncio.timeout(30):
        await deliver.drain(Lane.URGENT)
    assert {row.state for row in await stage.deliveries()} == {"accepted"}


async def test_a_late_failure_does_not_take_the_delivery_from_who_sends_it_now(stage):
    """Else it would be planned, or refused, under a call in the air: a third copy, or none."""
    await stage.set_up(people=1)
    await stage.plan()
    begun, free = asyncio.Event(), asyncio.Event()

    async def answer(_parcel):
        begun.set()
        await free.wait()
        return Outcome(Verdict.RETRY, Reason.UNAVAILABLE)

    slow = sender(stage, Provider(answer=answer))
    zombie = asyncio.create_task(slow.drain(Lane.URGENT))
    await begun.wait()

    def taken_over(conn):  # in one transaction: the slow one looks for work as well
        lost = {"state": "planned", "doubled": True, "unsure": 1}
        conn.execute(update(t.deliveries).where(t.deliveries.c.id == 1).values(lost))
        offers = (Offer("sms_test"),)
        return claim(conn, lane=Lane.URGENT, channel="sms", offers=offers, limit=9)

    [held] = (await stage.db.write(taken_over)).claims
    before = (await stage.deliveries())[0]
    free.set()
    await zombie

    assert (before.state, before.fence) == ("sending", held.fence)
    assert (await stage.deliveries())[0] == before


async def test_only_who_holds_a_delivery_can_give_it_back(stage):
    await stage.set_up(people=1)
    await stage.plan()
    ledger = DeliveryLedger(stage.db)
    [lost] = (await ledger.claim(Lane.URGENT, "sms", "sms_test", limit=9)).claims
    await stage.set(t.deliveries, {"id": 1}, state="planned")
    [held] = (await ledger.claim(Lane.URGENT, "sms", "sms_test", limit=9)).claims
    await ledger.release([Release(lost)])
    assert [(row.state, row.fence) for row in await stage.deliveries()] == [("sending", held.fence)]

    await ledger.release([Release(held)])
    assert [row.state for row in await stage.deliveries()] == ["planned"]
    assert [row.id for row in await stage.rows(t.attempts)] == [lost.attempt]


async def test_a_late_call_without_an_answer_leaves_the_doubt_its_end(stage):
    """A worker that slept through its lease wakes up, and its call has run out of time, too."""
    await stage.set_up(people=1)
    await stage.plan()
    ledger = DeliveryLedger(stage.db)
    (claim,) = (await ledger.claim(Lane.URGENT, "sms", "sms_test", limit=1)).claims

    async def passes(ms: int) -> None:
        past = update(t.deliveries).values(lease_until=t.deliveries.c.lease_until - ms)
        await stage.db.write(lambda conn: conn.execute(past).rowcount)

    await passes(20_000)
    assert (await sweeper(stage).once()).lost == 1
    await ledger.record([Sent(claim, Outcome(Verdict.UNSURE, Reason.TIMEOUT), True)])
    assert (await sweeper(stage).once()).failed == 0, "the callback may still come"
    await passes(40_000)
    assert (await sweeper(stage).once()).failed == 1
    assert [row.state for row in await stage.deliveries()] == ["failed"]


async def test_what_becomes_due_waits_for_no_call_that_hangs(stage, monkeypatch):
    monkeypatch.setattr(pump, "CALL", 1_000.0)
    await stage.set_up(people=2)
    (first,) = await stage.plan(people=stage.people[:1])
    hangs = asyncio.Event()

    async def answer(parcel):
        if parcel.delivery == first:
            await hangs.wait()
        return Outcome(Verdict.ACCEPTED)

    provider = Provider(answer=answer)
    deliver = sender(stage, provider)
    running = asyncio.create_task(deliver.drain(Lane.URGENT))
    async with asyncio.timeout(50):
        while not provider.ledger:
            await asyncio.sleep(0.01)
        await stage.plan(people=stage.people[1:])  # and nobody rings
        while len(provider.ledger) < 2:
            await asyncio.sleep(0.01)
    hangs.set()
    await running
    await deliver.stop()
