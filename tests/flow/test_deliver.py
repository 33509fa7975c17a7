from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.decide.tokens import read_attempt_token, read_token
from hub.flow.deliver import Deliver
from hub.model import Lane, Outcome, Verdict
from hub.ports import Clock, Traits
from hub.states import Reason
from hub.store import schema as t
from hub.store.deliveries import DeliveryLedger
from tests.flow.stage import SECRET, Doorbell, Provider, RealClock, Stage


def sender(
    stage: Stage,
    *providers: Provider,
    wake: Doorbell | None = None,
    clock: Clock | None = None,
    ledger: DeliveryLedger | None = None,
    **more: Any,
) -> Deliver:
    return Deliver(
        ledger=ledger or DeliveryLedger(stage.db),
        channels={provider.name: provider for provider in providers},
        wake=wake or Doorbell(),
        clock=clock or RealClock(),
        secret=SECRET,
        public_url="https://muster.example/",
        **more,
    )


async def test_what_is_due_is_sent_once_and_recorded(stage):
    await stage.set_up(people=30)
    await stage.plan()
    provider, wake = Provider(), Doorbell()
    deliver = sender(stage, provider, wake=wake)

    assert await deliver.drain(Lane.URGENT) == 30
    await deliver.stop()

    assert set(provider.counts().values()) == {1}
    rows = await stage.deliveries()
    assert {row.state for row in rows} == {"accepted"}
    assert all(row.provider_ref and row.accepted_at and row.sent_at for row in rows)
    assert {a.verdict for a in await stage.rows(t.attempts)} == {"accepted"}
    assert all(person.told_at for person in await stage.rows(t.audience))
    assert await stage.moves() == {("sms", "planned", "accepted"): 30}
    assert wake.told[-1] == (
        f"incident:{stage.incident}",
        (await stage.rows(t.incidents))[0].last_seq,
    )


async def test_a_parcel_carries_this_persons_link_and_a_signed_attempt(stage):
    await stage.set_up(people=1)
    await stage.plan()
    provider = Provider()
    await sender(stage, provider).drain(Lane.URGENT)

    parcel = provider.ledger[0]
    before, _, token = parcel.parts["body"].partition("https://muster.example/a/")
    assert before == "Fire, tower 3. Leave. "
    assert read_token(SECRET, token) == (stage.incident, stage.people[0])
    assert read_attempt_token(SECRET, parcel.callback) == parcel.attempt
    assert parcel.expires_at > datetime.now(UTC)


async def test_the_attempt_is_on_record_before_the_call(stage):
    await stage.set_up(people=3)
    await stage.plan()
    seen = []

    async def answer(parcel):
        seen.append((await stage.rows(t.attempts, id=parcel.attempt))[0].verdict)
        return Outcome(Verdict.ACCEPTED)

    await sender(stage, Provider(answer=answer)).drain(Lane.URGENT)
    assert seen == ["", "", ""]


async def test_a_certain_failure_is_planned_again_later_and_a_refusal_ends(stage):
    await stage.set_up(people=2)
    first, second = await stage.plan()

    async def answer(parcel):
        if parcel.delivery == first:
            return Outcome(Verdict.RETRY, Reason.UNAVAILABLE)
        return Outcome(Verdict.REFUSED, Reason.BAD_ADDRESS, code="21211")

    provider = Provider(answer=answer)
    await sender(stage, provider).drain(Lane.URGENT)

    again, refused = await stage.deliveries()
    assert (again.state, again.reason, again.attempts) == ("planned", "unavailable", 1)
    assert again.due_at > again.sent_at + 900
    assert (refused.state, refused.reason) == ("refused", "bad_address")
    assert refused.ended_at
    assert (await stage.rows(t.addresses, value=refused.address))[0].bad_at
    assert (await stage.rows(t.sites))[0].roster_rev == 1  # else no launch could be planned now
    assert provider.counts() == {first: 1, second: 1}


async def test_an_unknown_outcome_waits_for_its_callback(stage):
    await stage.set_up(people=1)
    await stage.plan()

    async def answer(_parcel):
        return Outcome(Verdict.UNSURE, Reason.TIMEOUT)

    await sender(stage, Provider(answer=answer)).drain(Lane.URGENT)
    row = (await stage.deliveries())[0]
    assert (row.state, row.reason, row.unsure) == ("unsure", "timeout", 1)
    assert 29_000 < row.lease_until - row.sent_at < 60_000


async def test_a_channel_that_raises_leaves_an_unknown_outcome_and_harms_no_other(stage):
    await stage.set_up(people=2)
    first, _ = await stage.plan()

    async def answer(parcel):
        if parcel.delivery == first:
            raise RuntimeError
        return Outcome(Verdict.ACCEPTED)

    await sender(stage, Provider(answer=answer)).drain(Lane.URGENT)
    assert [row.state for row in await stage.deliveries()] == ["unsure", "accepted"]


async def test_nothing_is_sent_after_its_expiry_after_a_stop_or_to_who_has_answered(stage):
    await stage.set_up(people=4)
    now = await stage.now()
    late = await stage.db.write(
        lambda conn: stage.plan_in(conn, stage.people[:1], expires_at=now - 1)
    )
    answered = await stage.db.write(lambda conn: stage.plan_in(conn, stage.people[1:2], wave=1))
    await stage.set(t.audience, {"recipient_id": stage.people[1]}, answer="safe")
    shared = await stage.db.write(lambda conn: stage.plan_in(conn, stage.people[2:3], wave=1))
    await stage.set(t.audience, {"recipient_id": stage.people[2]}, answer="safe")
    await stage.db.write(
        lambda conn: stage._one(conn)(
            t.delivery_also, delivery_id=shared[0], recipient_id=stage.people[3]
        )
    )
    provider = Provider()
    await sender(stage, provider).drain(Lane.URGENT)

    states = {row.id: (row.state, row.reason) for row in await stage.deliveries()}
    assert states[late[0]] == ("expired", "too_old")
    assert states[answered[0]] == ("suppressed", "answered")
    assert states[shared[0]][0] == "accepted"  # the other on that number is still silent
    assert len(provider.ledger) == 1
    assert await stage.moves() == {
        ("sms", "planned", "expired"): 1,
        ("sms", "planned", "suppressed"): 1,
        ("sms", "planned", "accepted"): 1,
    }


async def test_after_a_stop_alerts_are_cancelled(stage):
    await stage.set_up(people=3, status="stopped")
    await stage.plan()
    provider = Provider()
    await sender(stage, provider).drain(Lane.URGENT)
    assert provider.ledger == []
    assert {(r.state, r.reason) for r in await stage.deliveries()} == {("cancelled", "stopped")}


async def test_a_slow_channel_delays_no_other(stage):
    await stage.set_up(people=2)
    await stage.plan()
    await stage.plan(channel="screen")
    free, shown = asyncio.Event(), asyncio.Event()

    async def slow(_parcel):
        await free.wait()
        return Outcome(Verdict.ACCEPTED)

    async def quick(_parcel):
        shown.set()
        return Outcome(Verdict.ACCEPTED)

    sms = Provider(answer=slow)
    screens = Provider("screen", Traits("screen", ("headline",), 80), quick)
    deliver = sender(stage, sms, screens)
    drain = asyncio.create_task(deliver.drain(Lane.URGENT))
    await shown.wait()

    # while SMS hangs, new work for the screens is found by the next ring
    shown.clear()
    await stage.plan(channel="screen", round=1)
    await deliver.drain(Lane.URGENT)
    await asyncio.wait_for(shown.wait(), 30)
    assert not drain.done()
    free.set()
    await drain
    assert {row.state for row in await stage.deliveries()} == {"accepted"}
    # a screen's order is durable, but only the screen itself says that it shows it
    assert len(screens.ledger) == 4


async def test_a_running_drain_looks_once_more_when_rung(stage):
    await stage.set_up(people=2)
    await stage.plan()
    free, begun = asyncio.Event(), asyncio.Event()

    async def answer(parcel):
        begun.set()
        if parcel.stage == "alert" and parcel.to.endswith("0"):
            await free.wait()
        return Outcome(Verdict.ACCEPTED)

    provider = Provider(answer=answer)
    deliver = sender(stage, provider)
    drain = asyncio.create_task(deliver.drain(Lane.URGENT))
    await begun.wait()
    await stage.plan(round=1)
    assert await deliver.drain(Lane.URGENT) == 0
    while len(provider.ledger) < 4:
        await asyncio.sleep(0.01)
    free.set()
    assert await drain == 4


async def test_a_cancelled_caller_loses_no_outcome(stage):
    await stage.set_up(people=5)
    await stage.plan()
    begun, free = asyncio.Event(), asyncio.Event()

    async def answer(_parcel):
        begun.set()
        await free.wait()
        return Outcome(Verdict.ACCEPTED)

    deliver = sender(stage, Provider(answer=answer))
    drain = asyncio.create_task(deliver.drain(Lane.URGENT))
    await begun.wait()
    drain.cancel()
    await asyncio.wait({drain})
    free.set()
    await deliver.stop()
    assert {row.state for row in await stage.deliveries()} == {"accepted"}


async def test_a_planned_stop_records_what_was_sent_and_gives_back_the_rest(stage):
    await stage.set_up(people=10)
    await stage.plan()
    begun, free = asyncio.Event(), asyncio.Event()

    async def answer(_parcel):
        begun.set()
        await free.wait()
        return Outcome(Verdict.ACCEPTED)

    provider = Provider(traits=Traits("sms", ("body",), 160, parallel=2), answer=answer)
    deliver = sender(stage, provider)
    drain = asyncio.create_task(deliver.drain(Lane.URGENT))
    await begun.wait()
    stop = asyncio.create_task(deliver.stop())
    await asyncio.sleep(0.05)
    free.set()
    await asyncio.gather(stop, drain)
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert not {name for name in names if name.startswith("pump:")}, "it claims on"

    rows = await stage.deliveries()
    assert sorted({row.state for row in rows}) == ["accepted", "planned"]
    back = [row for row in rows if row.state == "planned"]
    assert all(row.attempts == 0 and row.lease_until is None for row in back)
    assert len(await stage.rows(t.attempts)) == len(provider.ledger) == 10 - len(back)
    assert await deliver.drain(Lane.URGENT) == 0  # it has stopped

    free.set()
    assert await sender(stage, provider).drain(Lane.URGENT) == len(back)
    assert set(provider.counts().values()) == {1}


async def test_a_late_outcome_with_a_stale_fence_changes_nothing(stage):
    await stage.set_up(people=1)
    await stage.plan()
    begun, free = asyncio.Event(), asyncio.Event()

    async def answer(_parcel):
        begun.set()
        await free.wait()
        return Outcome(Verdict.REFUSED, Reason.BAD_ADDRESS)

    one = Traits("sms", ("body",), 1600, receipts=True, parallel=1)
    slow = sender(stage, Provider(answer=answer, traits=one))  # it cannot take it a second time
    zombie = asyncio.create_task(slow.drain(Lane.URGENT))
    await begun.wait()
    # its lease is taken away, and another worker sends it again
    await stage.set(t.deliveries, {"id": 1}, state="planned", doubled=True, unsure=1)
    await sender(stage, Provider()).drain(Lane.URGENT)
    before = (await stage.deliveries())[0]
    free.set()
    await zombie

    assert (await stage.deliveries())[0] == before
    assert before.state == "accepted"
    assert [a.verdict for a in await stage.rows(t.attempts)] == ["refused", "accepted"]


async def test_a_process_stopped_on_the_way_back_from_its_claim_sends_none_of_it(stage):
    """What it holds is older than it can know by its own count of seconds: others have it by now,
    or it has been stopped meanwhile."""
    await stage.set_up(people=3)
    await stage.plan()
    slept = timedelta()

    class Slept(DeliveryLedger):
        async def claim(self, *asked: Any, **more: Any) -> Any:
            nonlocal slept
            found = await super().claim(*asked, **more)
            slept = timedelta(minutes=1)
            return found

    class Clock:
        def now(self) -> datetime:
            return datetime.now(UTC) + slept

    provider = Provider()
    deliver = sender(stage, provider, clock=Clock())
    for pump in deliver._pumps[Lane.URGENT]:
        pump._means = dataclasses.replace(pump._means, ledger=Slept(stage.db))
    for _ in range(2):  # what it gave back is there for the next drain
        await deliver.drain(Lane.URGENT)
    await deliver.stop()

    assert {parcel.fence for parcel in provider.ledger} == {2}, "only what it claimed anew"
    assert set(provider.counts().values()) == {1}
    assert not any(row.unsure or row.doubled for row in await stage.deliveries())
