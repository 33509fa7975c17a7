from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from channels.simulator import Fault, Simulator, calm
from channels.sms_twilio import TwilioAccount, TwilioSms
from hub.flow.doubt import MOST
from hub.model import Lane, Outcome, Parcel, Verdict
from hub.states import Reason
from hub.store import schema as t
from hub.store.doubts import DoubtLedger
from tests.flow.doubtful import aged, asked_again, asker, hangs, has_it, swept, unsure
from tests.flow.stage import Doorbell, RealClock, Stage
from tests.flow.test_deliver import sender

SID = "AC00000000000000000000000000000001"
QUIET: dict[str, Any] = {"by_link": 0.0, "by_digit": 0.0, "latency": 0.0, "receipt_lost": 1.0}


@asynccontextmanager
async def twilio(**world: Any) -> AsyncIterator[tuple[Simulator, TwilioSms]]:
    """The real channel against the simulator; no receipt ever comes."""
    async with Simulator(calm(**{**QUIET, **world})) as sim:
        settings = {"account_sid": SID, "auth_token": "simulator", "from": "+12025550100"}
        account = TwilioAccount.read({**settings, "api_url": sim.url, "pace": 600})
        channel = TwilioSms(
            account, clock=RealClock(), public_url="http://127.0.0.1:9", deadline=20
        )
        await channel.open()
        try:
            yield sim, channel
        finally:
            await channel.close()


def taken(sim: Simulator) -> int:
    return sum(entry.accepted for entry in sim.ledger())


async def in_doubt(stage: Stage, channel: Any, people: int, *, double: bool = False) -> None:
    """Every send had an unknown outcome."""
    await stage.set_up(people=people, prefer_double=double)
    await stage.plan()
    await sender(stage, channel).drain(Lane.URGENT)
    assert {row.state for row in await stage.deliveries()} == {"unsure"}


async def test_what_the_provider_took_before_it_broke_is_found_and_not_sent_again(stage):
    async with twilio(faults={Fault.CRASH: 1.0}) as (sim, channel):
        await in_doubt(stage, channel, people=4, double=True)
        await aged(stage, 11)
        wake = Doorbell()
        ask = asker(stage, channel, wake=wake)
        assert await ask.once() == 4
        await swept(stage)
        assert taken(sim) == 4
    rows = await stage.deliveries()
    assert {(r.state, r.reason, r.unsure, r.doubled) for r in rows} == {
        ("accepted", "ok", 0, False)
    }
    assert all(row.provider_ref and row.accepted_at for row in rows)
    tried = await stage.rows(t.attempts)
    assert {(a.found, bool(a.asked_at), bool(a.provider_ref)) for a in tried} == {
        ("accepted", True, True)
    }
    assert all(person.told_at for person in await stage.rows(t.audience))
    moves = await stage.moves()
    assert moves["sms", "unsure", "accepted"] == 4
    assert wake.told


async def test_what_the_provider_never_got_is_sent_again_and_is_no_copy(stage):
    async with twilio(faults={Fault.UNAVAILABLE: 1.0}) as (sim, channel):
        await in_doubt(stage, channel, people=4, double=False)
        await aged(stage, 11)
        ask = asker(stage, channel)
        assert await ask.once() == 4
        await swept(stage, "sms_twilio")
        assert {row.state for row in await stage.deliveries()} == {"unsure"}, "not said once only"
        assert await asked_again(stage, ask) == 4
        assert (await swept(stage, "sms_twilio")).again == 4
        sim.change(faults={})
        await sender(stage, channel).drain(Lane.URGENT)
        assert taken(sim) == 4
    rows = await stage.deliveries()
    assert {(r.state, bool(r.doubled), r.unsure, r.attempts) for r in rows} == {
        ("accepted", False, 0, 2)
    }
    said = [row.data for row in await stage.rows(t.events)]
    assert not any(one.get("doubled") for one in said), "nobody may have got it twice"
    assert sum(one.get("in_doubt", 0) for one in said) == 0


async def test_nobody_is_asked_before_ten_seconds_or_twice_at_once(stage):
    await stage.set_up(people=3)
    await stage.plan()
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)
    assert await asker(stage, channel).once() == 0
    await aged(stage, 10.5)
    both = await asyncio.gather(asker(stage, channel).once(), asker(stage, channel).once())
    assert sum(both) == len(channel.questions) == 3
    assert await asker(stage, channel).once() == 0


async def test_of_many_who_ask_at_once_each_doubt_is_one_workers(stage):
    await stage.set_up(people=20)
    await stage.plan()
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)
    await aged(stage, 10.5)
    ledger = DoubtLedger(stage.db)
    for _ in range(20):
        await stage.set(t.attempts, {}, asked_at=None)
        taken = await asyncio.gather(*(ledger.take("sms_test", limit=50) for _ in range(6)))
        assert sorted(q.claim.delivery for some in taken for q in some) == sorted(
            row.id for row in await stage.deliveries()
        )


async def test_an_absence_is_asked_about_again_before_the_wait_is_over(stage):
    await stage.set_up(people=1)
    await stage.plan()
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)
    await aged(stage, 11)
    assert await asker(stage, channel).once() == 1
    await stage.set(t.attempts, {}, asked_at=await stage.now() - 14_000)
    channel.knows = has_it
    assert await asker(stage, channel).once() == 1
    assert (await stage.deliveries())[0].state == "accepted"


async def test_a_question_on_its_way_keeps_the_doubt_open_once(stage):
    await stage.set_up(people=1)
    await stage.plan()
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)
    await aged(stage, 18)
    now = await stage.now()
    assert len(await DoubtLedger(stage.db).take("sms_test", limit=5)) == 1
    held = (await stage.deliveries())[0].lease_until
    assert held >= now + 13_000
    await stage.set(t.attempts, {}, asked_at=now - 14_000)
    assert len(await DoubtLedger(stage.db).take("sms_test", limit=5)) == 1
    assert (await stage.deliveries())[0].lease_until == held


async def test_the_words_asked_about_are_this_persons_own_since_the_send_began(stage):
    await stage.set_up(people=2)
    await stage.plan()
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)
    await aged(stage, 11)
    await asker(stage, channel).once()
    given = {parcel.attempt: parcel for parcel in channel.ledger}
    for parcel, since in channel.questions:
        assert parcel == given[parcel.attempt]
        begun = (await stage.rows(t.attempts, id=parcel.attempt))[0].started_at
        assert int(since.timestamp() * 1000) == begun
    assert len({parcel.parts["body"] for parcel, _ in channel.questions}) == 2


async def test_not_knowing_takes_back_nothing_another_worker_learnt(stage):
    await stage.set_up(people=1)
    await stage.plan()
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)
    await aged(stage, 11)
    ledger = DoubtLedger(stage.db)
    question = (await ledger.take("sms_test", limit=5))[0]
    for verdict in (Verdict.RETRY, Verdict.UNSURE):
        await ledger.found([(question, Outcome(verdict, Reason.UNKNOWN))])
        assert (await stage.rows(t.attempts))[0].found == "absent"


async def test_an_answer_that_comes_late_never_moves_a_delivery_back(stage):
    await stage.set_up(people=3)
    await stage.plan()
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)
    await aged(stage, 11)
    questions = await DoubtLedger(stage.db).take("sms_test", limit=5)
    ids = [question.claim.delivery for question in questions]
    for delivery, state in zip(ids, ("delivered", "failed", "planned"), strict=True):
        await stage.set(t.deliveries, {"id": delivery}, state=state)
    for question in questions:
        ref = f"SM{question.claim.attempt}"
        taken_ = Outcome(Verdict.ACCEPTED, Reason.OK, ref)
        await DoubtLedger(stage.db).found([(question, taken_)])
    assert {r.id: r.state for r in await stage.deliveries()} == dict(
        zip(ids, ("delivered", "failed", "accepted"), strict=True)
    )


async def test_a_provider_that_hangs_holds_up_no_other_and_gives_its_questions_back(stage):
    await stage.set_up(people=2)
    one = (await stage.plan(people=stage.people[:1], channel="sms"))[0]
    other = (await stage.plan(people=stage.people[1:], channel="push"))[0]
    slow, quick = unsure(), unsure("push_test", "push")
    for channel in (slow, quick):
        await sender(stage, channel).drain(Lane.URGENT)
    slow.knows, quick.knows = hangs, has_it
    await aged(stage, 11)
    loop = asyncio.create_task(asker(stage, slow, quick).run())
    while not slow.questions:
        await asyncio.sleep(0.01)
    while (await stage.rows(t.deliveries, id=other))[0].state != "accepted":
        await asyncio.sleep(0.01)
    assert (await stage.rows(t.attempts, delivery_id=one))[0].asked_at
    loop.cancel()
    await asyncio.wait([loop])
    attempt = (await stage.rows(t.attempts, delivery_id=one))[0]
    assert (attempt.asked_at, attempt.found) == (None, "")


async def test_a_channel_that_raises_harms_no_other_doubt_and_counts_as_unknown(stage):
    await stage.set_up(people=3)
    await stage.plan()
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)

    async def raises(parcel: Parcel) -> Outcome:
        if parcel.attempt == channel.ledger[0].attempt:
            raise ValueError("a bug")
        return await has_it(parcel)

    channel.knows = raises
    await aged(stage, 11)
    assert await asker(stage, channel).once() == 3
    found = sorted(attempt.found for attempt in await stage.rows(t.attempts))
    assert found == ["accepted", "accepted", "unknown"]


async def test_more_doubts_than_places_are_asked_about_one_after_another(stage):
    people = MOST + 5
    await stage.set_up(people=people)
    await stage.plan()
    channel = unsure()
    # All at once: after a few failures in a row an account is given nothing more.
    channel.traits = dataclasses.replace(channel.traits, parallel=people)
    await sender(stage, channel).drain(Lane.URGENT)
    running = most = 0

    async def counted(parcel: Parcel) -> Outcome:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return await has_it(parcel)

    channel.knows = counted
    await aged(stage, 11)
    loop = asyncio.create_task(asker(stage, channel).run())
    while {row.state for row in await stage.deliveries()} != {"accepted"}:
        await asyncio.sleep(0.02)
    loop.cancel()
    await asyncio.wait([loop])
    assert len(channel.questions) == people
    assert most <= MOST
