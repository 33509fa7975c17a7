"""A ring is one waiting job, and a ring while one is at work is another."""

from __future__ import annotations

import asyncio
import json

import pytest

from hub.bus.lanes import enqueue, queue
from hub.bus.link import commands, to_json
from hub.bus.supervisor import LaneSupervisor
from hub.model import Lane
from tests.bus.conftest import eventually, running


@pytest.fixture
async def redis(valkey: str):
    client = commands(valkey)
    yield client
    await client.aclose()


async def test_a_burst_of_rings_is_one_waiting_job(redis, house: str) -> None:
    for _ in range(50):
        await enqueue(redis, house, "urgent")
    assert await redis.zcard(queue(house, "urgent")) == 1


async def test_each_lane_has_a_queue_of_its_own(redis, house: str) -> None:
    for lane in Lane:
        await enqueue(redis, house, lane)
    assert [await redis.zcard(queue(house, lane)) for lane in Lane] == [1, 1]


async def test_a_job_is_json_and_says_no_more_than_its_lane(redis, house: str) -> None:
    await enqueue(redis, house, "urgent")
    job = json.loads(await redis.get(f"arq:job:{house}:urgent:0"))
    assert (job["f"], job["a"], job["k"]) == ("drain", ["urgent"], {})


async def test_a_ring_while_a_drain_looks_leads_to_another_drain(redis, valkey, house) -> None:
    looked: list[int] = []
    go_on = asyncio.Event()

    async def drain(lane: str) -> None:
        looked.append(1)
        await go_on.wait()

    async with running(LaneSupervisor(valkey, "urgent", drain=drain, house=house)):
        await enqueue(redis, house, "urgent")
        await eventually(lambda: len(looked) == 1)
        await enqueue(redis, house, "urgent")  # the first has looked already
        go_on.set()
        await eventually(lambda: len(looked) == 2)


async def test_no_ring_is_swallowed_however_it_falls(redis, valkey, house) -> None:
    """After the last ring there is always a drain that began later."""
    state = {"work": 0, "seen": 0}

    async def drain(lane: str) -> None:
        state["seen"] = state["work"]
        await asyncio.sleep(0.003)

    async with running(LaneSupervisor(valkey, "urgent", drain=drain, house=house)):
        for number in range(1, 61):
            state["work"] = number
            await enqueue(redis, house, "urgent")
            if number % 3:
                await asyncio.sleep(number % 7 / 250)
            else:
                expected = number
                await eventually(lambda: state["seen"] >= expected)  # noqa: B023


async def test_a_finished_drain_leaves_nothing_in_redis_but_its_generation(
    redis, valkey, house
) -> None:
    looked = asyncio.Event()

    async def drain(lane: str) -> None:
        looked.set()

    async with running(LaneSupervisor(valkey, "urgent", drain=drain, house=house)):
        await enqueue(redis, house, "urgent")
        await looked.wait()
        async with asyncio.timeout(30):
            while await redis.keys(f"arq:*{house}:urgent:*"):
                await asyncio.sleep(0.01)
        assert await redis.zcard(queue(house, "urgent")) == 0
        assert await redis.get(f"{house}:generation:urgent") == b"1"


def test_what_json_cannot_say_is_said_as_text() -> None:
    assert json.loads(to_json({"r": ValueError("x")})) == {"r": "x"}
