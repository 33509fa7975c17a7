"""Two workers, one account: together they send at its pace, with Redis and without."""

from __future__ import annotations

import asyncio

from hub.bus.link import closed, commands
from hub.flow.shares import JOINING, Shares
from hub.model import Lane
from hub.ports import Traits
from tests.flow.stage import Provider, Stage
from tests.flow.test_deliver import sender
from tests.flow.test_shares import NOBODY, sharing, until_here

PACE = 40.0


async def sent_by(stage: Stage, provider: Provider, both: list[Shares]) -> None:
    """Everything was sent by two workers."""
    workers = [sender(stage, provider, shares=shares) for shares in both]
    async with asyncio.timeout(120), asyncio.TaskGroup() as group:
        for shares in both:
            group.create_task(shares.run())
        while any(row.state == "planned" for row in await stage.deliveries()):
            await asyncio.gather(*(worker.drain(Lane.URGENT) for worker in workers))
        for worker, shares in zip(workers, both, strict=True):
            await worker.stop()
            shares.stop()


def account() -> Provider:
    return Provider(traits=Traits("sms", ("body",), 160, parallel=50, pace=PACE))


async def test_two_workers_together_send_at_the_pace_of_one(stage: Stage, valkey: str) -> None:
    await stage.set_up(people=70)
    await stage.plan()
    provider = account()
    redis = commands(valkey)
    await redis.delete("{t:share}:born", "{t:share}:here")
    await closed(redis)
    began = asyncio.get_running_loop().time()
    async with sharing(valkey, 2, workers=2) as both:
        await until_here(*both)
        await sent_by(stage, provider, both)
    elapsed = asyncio.get_running_loop().time() - began

    assert set(provider.counts().values()) == {1}
    assert len(provider.ledger) == 70 <= PACE * elapsed + 1  # nothing was in hand


async def test_without_redis_they_send_their_shares(stage: Stage) -> None:
    await stage.set_up(people=20)
    await stage.plan()
    provider = account()
    began = asyncio.get_running_loop().time()
    async with sharing(NOBODY, 2, workers=2) as both:
        for shares in both:
            await shares.look()
            shares._began -= JOINING
        await sent_by(stage, provider, both)
    elapsed = asyncio.get_running_loop().time() - began

    assert set(provider.counts().values()) == {1}
    assert len(provider.ledger) == 20 <= PACE * elapsed + 2
