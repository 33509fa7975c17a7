from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from hub.decide.claim import Release
from hub.errors import Unready
from hub.flow.sweep import Sweep, Swept
from hub.model import Lane, Outcome, Verdict
from hub.states import Reason
from hub.store import schema as t
from hub.store import sweeps
from hub.store.deliveries import DeliveryLedger
from hub.store.sweeps import SweepLedger
from tests.flow.stage import ACCEPTED, Doorbell, Provider, Stage
from tests.flow.test_deliver import sender


class Waves:
    def __init__(self, count: int = 0, error: Exception | None = None):
        self.count, self.error = count, error

    async def due(self) -> int:
        if self.error is not None:
            raise self.error
        return self.count

    async def settle(self) -> int:
        return 0

    async def onward(self) -> int:
        return 0


class Sent:
    def __init__(self) -> None:
        self.lanes: list[Lane] = []

    async def drain(self, lane: Lane) -> int:
        self.lanes.append(lane)
        return 0


def sweeper(stage: Stage, deliver=None, waves=None, **settings) -> Sweep:
    return Sweep(
        ledger=SweepLedger(stage.db),
        escalate=waves or Waves(),
        deliver=deliver or Sent(),
        wake=Doorbell(),
        **settings,
    )


async def crashed(stage: Stage, people: int = 3) -> Provider:
    """A worker died with its calls in the air: attempts are on record, outcomes are not."""
    await stage.plan()
    begun = asyncio.Event()

    async def answer(_parcel):
        begun.set()
        await asyncio.sleep(3600)
        return Outcome(Verdict.ACCEPTED)

    provider = Provider(answer=answer)
    dead = sender(stage, provider)
    asyncio.get_running_loop().create_task(dead.drain(Lane.URGENT))
    await begun.wait()
    while len(provider.ledger) < people:
        await asyncio.sleep(0.001)
    for task in list(dead._running):
        task.cancel()
    await asyncio.wait(set(dead._running))
    return provider


async def later(stage: Stage) -> None:
    """The lease, or the wait for a callback, is over."""
    await stage.set(t.deliveries, {}, lease_until=1)


@pytest.mark.parametrize("double", [True, False])
async def test_a_crash_between_claim_and_record_leaves_a_doubt_that_ends(stage, double):
    await stage.set_up(people=3, prefer_double=double)
    provider = await crashed(stage)
    assert {row.state for row in await stage.deliveries()} == {"sending"}
    assert await sweeper(stage).once() == Swept()  # the leases still hold

    await later(stage)
    assert (await sweeper(stage).once()).lost == 3
    rows = await stage.deliveries()
    assert {(r.state, r.reason, r.unsure) for r in rows} == {("unsure", "lost_worker", 1)}
    assert {a.verdict for a in await stage.rows(t.attempts)} == {"unsure"}

    await later(stage)
    swept = await sweeper(stage).once()
    if not double:
        assert swept.failed == 3
        ends = {(r.state, r.reason, bool(r.ended_at)) for r in await stage.deliveries()}
        assert ends == {("failed", "lost_worker", True)}
        assert await stage.moves() == {
            ("sms", "planned", "unsure"): 3,
            ("sms", "unsure", "failed"): 3,
        }
        return
    assert (swept.doubled, swept.lanes) == (3, (Lane.URGENT,))
    provider.answer = None
    await sender(stage, provider).drain(Lane.URGENT)
    rows = await stage.deliveries()
    assert {(r.state, bool(r.doubled)) for r in rows} == {("accepted", True)}
    assert set(provider.counts().values()) == {2}


async def test_no_more_than_one_copy_is_ever_sent_in_doubt(stage):
    await stage.set_up(people=1, prefer_double=True)
    await stage.plan()

    async def answer(_parcel):
        return Outcome(Verdict.UNSURE, Reason.TIMEOUT)

    provider = Provider(answer=answer)
    for _ in range(5):
        await sender(stage, provider).drain(Lane.URGENT)
        await later(stage)
        await sweeper(stage).once()
    row = (await stage.deliveries())[0]
    assert (row.state, row.reason, row.unsure) == ("failed", "timeout", 2)
    assert len(provider.ledger) == 2


async def test_a_stopped_or_answered_alert_is_not_doubled(stage):
    await stage.set_up(people=2, prefer_double=True)
    await stage.plan(state="unsure", reason="timeout", lease_until=1, unsure=1)
    await stage.set(t.audience, {"recipient_id": stage.people[0]}, answer="safe")
    await sweeper(stage).once()
    assert [r.state for r in await stage.deliveries()] == ["failed", "planned"]

    await stage.set(t.deliveries, {}, state="unsure", lease_until=1, doubled=False)
    await stage.set(t.incidents, {}, status="stopped")
    await sweeper(stage).once()
    assert [r.state for r in await stage.deliveries()] == ["failed", "failed"]


async def test_a_lease_without_an_attempt_is_planned_again(stage):
    await stage.set_up(people=1)
    await stage.plan(state="sending", lease_until=1, fence=1)
    swept = await sweeper(stage).once()
    assert swept.lost == 0
    row = (await stage.deliveries())[0]
    assert (row.state, row.unsure) == ("planned", 0)


async def test_what_is_too_old_expires_unsent(stage):
    await stage.set_up(people=2)
    await stage.plan(expires_at=1)
    assert (await sweeper(stage).once()).expired == 2
    assert {(r.state, r.reason) for r in await stage.deliveries()} == {("expired", "too_old")}
    assert await stage.moves() == {("sms", "planned", "expired"): 2}


async def test_silence_after_the_receipt_window_is_an_end_with_a_reason(stage):
    await stage.set_up(people=1)
    await stage.plan(state="accepted", reason="ok", accepted_at=await stage.now() - 5_000)
    assert (await sweeper(stage).once()).silent == 0
    assert (await sweeper(stage, receipt_window_ms=1_000).once()).silent == 1
    row = (await stage.deliveries())[0]
    assert (row.state, row.reason, bool(row.ended_at)) == ("accepted", "no_receipt", True)
    assert (await sweeper(stage, receipt_window_ms=1_000).once()).silent == 0


async def test_lanes_with_due_work_are_drained_without_any_ring(stage):
    await stage.set_up(people=3)
    await stage.plan(lane="routine")
    deliver = Sent()
    swept = await sweeper(stage, deliver).once()
    await asyncio.sleep(0)
    assert swept.lanes == (Lane.ROUTINE,)
    assert deliver.lanes == [Lane.ROUTINE]


async def test_a_medium_that_hangs_keeps_no_other_of_its_lane_from_its_retries(stage):
    await stage.set_up(people=2)
    await stage.plan()
    await stage.set(t.deliveries, {"id": 2}, channel="voice", due_at=await stage.now() + 3_600_000)
    over, called = asyncio.Event(), asyncio.Event()

    async def hang(_parcel):
        called.set()
        await over.wait()
        return ACCEPTED

    texts = Provider(answer=hang)
    calls = Provider("voice_test", replace(texts.traits, channel="voice"))
    deliver = sender(stage, texts, calls)
    sweep = sweeper(stage, deliver)
    await sweep.once()
    async with asyncio.timeout(30):
        await called.wait()
    await stage.set(t.deliveries, {"id": 2}, due_at=0)  # no ring: a retry whose time has come
    await sweep.once()
    try:
        async with asyncio.timeout(30):
            while not calls.ledger:
                await asyncio.sleep(0.01)
    finally:
        over.set()
        await deliver.stop()


async def test_a_failing_step_harms_no_other(stage):
    await stage.set_up(people=1)
    await stage.plan(expires_at=1)
    swept = await sweeper(stage, waves=Waves(error=Unready("away"))).once()
    assert (swept.expired, swept.waves, swept.troubles) == (1, 0, ("waves",))


class Interrupted(SweepLedger):
    """The real rows, behind a line that is cut while `away`."""

    away = True

    async def leases(self):
        if self.away:
            raise Unready("The database is away.")
        return await super().leases()


async def test_the_loop_outlives_a_database_that_is_away(stage):
    await stage.set_up(people=1)
    ledger = Interrupted(stage.db)
    sweep = Sweep(ledger=ledger, escalate=Waves(), deliver=Sent(), wake=Doorbell(), every=0.01)
    loop = asyncio.create_task(sweep.run())
    await asyncio.sleep(0.05)
    assert sweep.last_at is None
    ledger.away = False
    while sweep.last_at is None:
        await asyncio.sleep(0.01)
    loop.cancel()
    await asyncio.wait([loop])


async def test_one_persons_answer_keeps_no_copy_from_others_on_the_number(stage):
    await stage.set_up(people=2, prefer_double=True)
    ids = await stage.plan(people=stage.people[:1], state="unsure", lease_until=1, unsure=1)
    also = {"delivery_id": ids[0], "recipient_id": stage.people[1]}
    await stage.db.write(lambda conn: stage._one(conn)(t.delivery_also, **also))
    await stage.set(t.audience, {"recipient_id": stage.people[0]}, answer="safe")
    await sweeper(stage).once()
    assert [r.state for r in await stage.deliveries()] == ["planned"]

    await stage.set(t.deliveries, {}, state="unsure", lease_until=1, doubled=False)
    await stage.set(t.audience, {}, answer="safe")
    await sweeper(stage).once()
    assert [r.state for r in await stage.deliveries()] == ["failed"]


async def test_silence_is_an_end_also_after_the_incident_was_closed(stage):
    await stage.set_up(people=1)
    now = await stage.now()
    await stage.plan(state="accepted", reason="ok", accepted_at=now - 5_000)
    await stage.set(t.incidents, {}, status="closed", closed_at=now)
    assert (await sweeper(stage, receipt_window_ms=1_000).once()).silent == 1


async def test_what_was_given_back_too_late_was_certainly_not_sent(stage):
    """The database was away longer than the lease; the sweep had to think of a call."""
    await stage.set_up(people=2)
    await stage.plan()
    ledger = DeliveryLedger(stage.db)
    claims = (await ledger.claim(Lane.URGENT, "sms", "sms_test", limit=9)).claims
    await later(stage)
    await sweeper(stage).once()
    assert {row.state for row in await stage.deliveries()} == {"unsure"}

    reached = await ledger.release([Release(claim) for claim in claims])
    rows = await stage.deliveries()
    assert {(r.state, r.reason, r.unsure, r.attempts) for r in rows} == {("planned", "", 0, 0)}
    assert await stage.rows(t.attempts) == []
    assert [incident for incident, _ in reached] == [stage.incident]
    moves = await stage.moves()
    assert moves["sms", "planned", "unsure"] == moves["sms", "unsure", "planned"] == 2


async def test_a_second_copy_that_was_given_back_too_late_is_none(stage):
    await stage.set_up(people=1)
    await stage.plan(unsure=1)
    ledger = DeliveryLedger(stage.db)
    claims = (await ledger.claim(Lane.URGENT, "sms", "sms_test", limit=9)).claims
    await later(stage)
    await sweeper(stage).once()
    (row,) = await stage.deliveries()
    assert (row.state, row.unsure, bool(row.doubled)) == ("unsure", 2, True)

    await ledger.release([Release(claim) for claim in claims])
    (row,) = await stage.deliveries()
    assert (row.state, row.unsure, bool(row.doubled)) == ("planned", 1, False)
    said = [row.data for row in await stage.rows(t.events)]
    assert [one.get("doubled") for one in said] == [1, -1]


@pytest.mark.parametrize(
    ("row", "end"),
    [
        ({"state": "accepted", "accepted_at": 1}, ("accepted", "no_receipt")),
        ({"expires_at": 1}, ("expired", "too_old")),
    ],
)
async def test_what_time_has_ended_by_the_thousand_is_ended_in_the_next_sweeps(
    stage, monkeypatch, row, end
):
    """A hundred thousand run out in one moment: not five hundred of them every half a minute."""
    monkeypatch.setattr(sweeps, "AT_ONCE", 2)
    monkeypatch.setattr(sweeps, "SILENT_AT_ONCE", 2)
    await stage.set_up(people=5)
    await stage.plan(**row)
    sweep = sweeper(stage)
    for _ in range(3):
        await sweep.once()
    assert {(one.state, one.reason) for one in await stage.deliveries()} == {end}
