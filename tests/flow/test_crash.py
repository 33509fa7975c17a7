"""The worker dies at any moment: nothing is lost, nothing ends silent, no second copy unflagged."""

from __future__ import annotations

import asyncio
import random

import pytest
from sqlalchemy import delete

from hub.model import Lane, Outcome, Verdict
from hub.states import ENDS, Reason
from hub.store import schema as t
from tests.flow.stage import Provider, Stage
from tests.flow.test_deliver import sender
from tests.flow.test_sweep import sweeper

PEOPLE = 6
SETTLED = {str(state) for state in ENDS} | {"accepted", "delivered"}


async def killed_after(stage: Stage, provider: Provider, turns: int) -> None:
    """A worker that gets so many turns of the loop and then is gone."""
    worker = sender(stage, provider)
    drain = asyncio.create_task(worker.drain(Lane.URGENT))
    for _ in range(turns):
        if drain.done():
            break
        await asyncio.sleep(0.0005)
    for task in (drain, *worker._running):
        task.cancel()
    await asyncio.wait({drain, *worker._running})


async def recovered(stage: Stage, provider: Provider) -> None:
    """Time passes and another worker takes over, until everything has come to its end."""
    for _ in range(6):
        await stage.set(t.deliveries, {"state": "sending"}, lease_until=1)
        await stage.set(t.deliveries, {"state": "unsure"}, lease_until=1)
        await stage.set(t.deliveries, {"state": "planned"}, due_at=1)
        await sweeper(stage).once()
        worker = sender(stage, provider)
        await worker.drain(Lane.URGENT)
        await worker.stop()
        if {row.state for row in await stage.deliveries()} <= SETTLED:
            return


async def check(stage: Stage, provider: Provider) -> None:
    rows = await stage.deliveries()
    copies = provider.counts()
    attempts = await stage.rows(t.attempts)
    for row in rows:
        assert row.state in SETTLED, row
        assert copies[row.id] >= 1, f"delivery {row.id} was never sent, and is {row.state}"
        assert copies[row.id] <= 2
        if copies[row.id] == 2:
            assert row.doubled
            assert row.unsure >= 1
        assert sum(one.delivery_id == row.id for one in attempts) >= copies[row.id]


@pytest.mark.parametrize("seed", range(2))
async def test_a_worker_that_dies_anywhere_loses_and_silently_doubles_nothing(stage, seed):
    await stage.set_up(people=PEOPLE, prefer_double=True)
    random_source = random.Random(seed)
    for _ in range(8):
        await stage.db.write(lambda conn: conn.execute(delete(t.deliveries)).rowcount)
        await stage.db.write(lambda conn: conn.execute(delete(t.attempts)).rowcount)
        await stage.plan()

        async def answer(parcel):
            await asyncio.sleep(random_source.random() * 0.004)
            return Outcome(Verdict.ACCEPTED, Reason.OK, provider_ref=f"SM{parcel.attempt}")

        provider = Provider(answer=answer)
        await killed_after(stage, provider, random_source.randrange(1, 30))
        await recovered(stage, provider)
        await check(stage, provider)


async def test_a_nasty_provider_cannot_keep_a_delivery_from_its_end(stage):
    await stage.set_up(people=12, prefer_double=True)
    await stage.plan()
    random_source = random.Random(7)

    async def answer(_parcel):
        await asyncio.sleep(0)
        verdict, reason = random_source.choice(
            [
                (Verdict.ACCEPTED, Reason.OK),
                (Verdict.RETRY, Reason.UNAVAILABLE),
                (Verdict.UNSURE, Reason.BROKEN),
                (Verdict.REFUSED, Reason.BLOCKED),
            ]
        )
        return Outcome(verdict, reason)

    provider = Provider(answer=answer)
    for _ in range(8):
        await recovered(stage, provider)
    rows = await stage.deliveries()
    assert {row.state for row in rows} <= SETTLED
    assert all(row.reason for row in rows)
    total = await stage.moves()
    gone = sum(n for (_, before, _), n in total.items() if before == "planned")
    back = sum(n for (_, _, after), n in total.items() if after == "planned")
    assert gone - back == len(rows)  # the events tell the whole way
