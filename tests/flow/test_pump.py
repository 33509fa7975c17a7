from __future__ import annotations

import asyncio

from hub.errors import Unready
from hub.model import Lane, Outcome, Verdict
from hub.ports import Traits
from hub.states import Reason
from hub.store import schema as t
from hub.store.claims import ClaimLedger
from hub.store.deliveries import DeliveryLedger
from tests.flow.stage import Provider
from tests.flow.test_deliver import sender


async def test_two_workers_never_claim_the_same(stage):
    await stage.set_up(people=40)
    await stage.plan()
    ledger = ClaimLedger(stage.db)
    claimed = await asyncio.gather(
        *(ledger.claim(Lane.URGENT, "sms", "a", limit=7) for _ in range(8))
    )
    ids = [claim.delivery for one in claimed for claim in one.claims]
    assert len(ids) == len(set(ids)) == 40


async def test_no_more_calls_are_in_flight_than_the_channel_allows(stage):
    await stage.set_up(people=40)
    await stage.plan()

    async def answer(_parcel):
        await asyncio.sleep(0.005)
        return Outcome(Verdict.ACCEPTED)

    provider = Provider(traits=Traits("sms", ("body",), 160, parallel=4), answer=answer)
    await sender(stage, provider).drain(Lane.URGENT)
    assert provider.most == 4
    assert len(provider.ledger) == 40


async def test_an_addresss_own_pace_delays_and_never_drops(stage):
    await stage.set_up(people=6)
    await stage.plan(channel="wecom")
    traits = Traits("wecom", ("body",), 2048, pace=20 / 60, per="address")
    provider = Provider("wecom_robot", traits)
    assert await sender(stage, provider).drain(Lane.URGENT) == 6  # six robots, one each

    await stage.plan(channel="wecom", round=1)
    await sender(stage, Provider("wecom_robot", traits)).drain(Lane.URGENT)
    assert len([r for r in await stage.deliveries() if r.state == "accepted"]) == 12
    await stage.db.write(
        lambda conn: stage.plan_in(conn, stage.people[:1], channel="wecom", round=2)
    )
    await stage.db.write(
        lambda conn: stage.plan_in(conn, stage.people[:1], channel="wecom", round=3)
    )
    again = sender(stage, provider)
    before = await stage.now()
    await again.drain(Lane.URGENT)
    after = await stage.now()
    held = [r for r in await stage.deliveries() if r.state == "planned"]
    assert len(held) == 1
    assert before + 2_000 < held[0].due_at < after + 3_500
    assert held[0].attempts == 0


async def test_a_shared_number_tells_everybody_it_speaks_for(stage):
    await stage.set_up(people=2)
    (one,) = await stage.db.write(lambda conn: stage.plan_in(conn, stage.people[:1]))
    await stage.db.write(
        lambda conn: stage._one(conn)(
            t.delivery_also, delivery_id=one, recipient_id=stage.people[1]
        )
    )
    await sender(stage, Provider()).drain(Lane.URGENT)
    assert all(person.told_at for person in await stage.rows(t.audience))


async def test_after_too_many_the_account_rests_and_nothing_is_dropped(stage):
    await stage.set_up(people=6)
    await stage.plan()

    async def answer(_parcel):
        return Outcome(Verdict.RETRY, Reason.THROTTLED, retry_after=9)

    provider = Provider(traits=Traits("sms", ("body",), 160, parallel=1), answer=answer)
    now = await stage.now()
    await asyncio.wait_for(_first_rest(sender(stage, provider), provider), 30)
    rows = await stage.deliveries()
    assert {row.state for row in rows} == {"planned"}
    assert len(provider.ledger) == 1  # the others were given back, not thrown at a closed door
    assert min(row.due_at for row in rows) >= now
    assert sorted(row.attempts for row in rows) == [0, 0, 0, 0, 0, 1]


async def _first_rest(deliver, provider) -> None:
    drain = asyncio.create_task(deliver.drain(Lane.URGENT))
    while not provider.ledger:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    await deliver.stop()
    await drain


async def test_routine_work_leaves_room_for_urgent_calls(stage):
    await stage.set_up(people=12)
    await stage.plan(lane="routine")
    free = asyncio.Event()

    async def answer(_parcel):
        await free.wait()
        return Outcome(Verdict.ACCEPTED)

    provider = Provider(traits=Traits("sms", ("body",), 160, parallel=4), answer=answer)
    deliver = sender(stage, provider)
    routine = asyncio.create_task(deliver.drain(Lane.ROUTINE))
    while provider.in_flight < 3:
        await asyncio.sleep(0.01)
    await stage.plan(round=1)
    urgent = asyncio.create_task(deliver.drain(Lane.URGENT))
    while provider.in_flight < 4:  # three routine calls hang; an urgent one goes all the same
        await asyncio.sleep(0.01)
    free.set()
    await asyncio.gather(routine, urgent)
    assert {row.state for row in await stage.deliveries()} <= {"accepted", "planned"}


async def test_what_grows_too_old_while_it_waits_for_its_turn_is_not_sent(stage):
    await stage.set_up(people=1)
    now = await stage.now()
    for wave in range(2):
        await stage.plan(address="robot", wave=wave, expires_at=now + (60_000, 700)[wave])
    traits = Traits("sms", ("body",), 160, pace=1.0, per="address")
    provider = Provider(traits=traits)
    deliver = sender(stage, provider)
    while [row for row in await stage.deliveries() if row.state == "planned"]:
        await deliver.drain(Lane.URGENT)

    ends = [(row.state, row.attempts) for row in await stage.deliveries()]
    assert ends == [("accepted", 1), ("expired", 0)]
    assert len(provider.ledger) == 1


class Forgetful(DeliveryLedger):
    """The real rows; the database goes away once, after a claim and before its text is read."""

    away = True

    async def wording(self, wording):
        if self.away:
            self.away = False
            raise Unready("The database is away.")
        return await super().wording(wording)


async def test_claims_whose_text_cannot_be_read_are_given_back_unsent(stage):
    await stage.set_up(people=3)
    await stage.plan()
    provider = Provider()
    deliver = sender(stage, provider, ledger=Forgetful(stage.db))
    assert await deliver.drain(Lane.URGENT) == 0
    rows = await stage.deliveries()
    assert {(row.state, row.attempts, row.unsure) for row in rows} == {("planned", 0, 0)}
    assert await stage.rows(t.attempts) == []
    assert await deliver.drain(Lane.URGENT) == 3
    assert set(provider.counts().values()) == {1}
