"""A lane outlives Redis, its own drains' failures, and stops without tearing work apart."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from hub.bus.doorbell import Doorbell
from hub.bus.lanes import enqueue
from hub.bus.link import commands
from hub.bus.supervisor import LaneSupervisor
from tests.bus.conftest import eventually, running


async def ring(url: str, house: str, lane: str = "urgent") -> None:
    redis = commands(url)
    try:
        await enqueue(redis, house, lane)
    finally:
        await redis.aclose()


async def test_a_ring_of_the_doorbell_becomes_a_drain(valkey: str, house: str) -> None:
    drained: list[str] = []

    async def drain(lane: str) -> None:
        drained.append(lane)

    bell = Doorbell(valkey, house=house)
    lanes = [LaneSupervisor(valkey, k, drain=drain, house=house) for k in ("urgent", "routine")]
    async with running(bell, *lanes):
        await bell.ring("routine")
        await bell.ring("urgent")
        await eventually(lambda: set(drained) == {"routine", "urgent"})


@pytest.mark.faults
async def test_after_a_killed_redis_the_lane_goes_on(mortal, house: str) -> None:
    drained: list[str] = []

    async def drain(lane: str) -> None:
        drained.append(lane)

    url = mortal.process.url
    bell, lane = Doorbell(url, house=house), LaneSupervisor(url, "urgent", drain=drain, house=house)
    async with running(bell, lane):
        await bell.ring("urgent")
        await eventually(lambda: len(drained) == 1)
        await eventually(lambda: lane.alive)

        os.kill(mortal.process.pid, signal.SIGKILL)
        await eventually(lambda: not lane.alive)
        await bell.ring("urgent")  # said while nobody is there

        await eventually(lambda: lane.alive and lane.rebuilt >= 1)
        await eventually(lambda: len(drained) >= 2)


@pytest.mark.faults
async def test_a_drain_at_work_runs_to_its_end_while_redis_is_gone(mortal, house: str) -> None:
    began, ended, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def drain(lane: str) -> None:
        began.set()
        await go_on.wait()
        ended.set()

    url = mortal.process.url
    lane = LaneSupervisor(url, "urgent", drain=drain, house=house)
    async with running(lane):
        await ring(url, house)
        await began.wait()
        os.kill(mortal.process.pid, signal.SIGKILL)
        await eventually(lambda: lane.rebuilt >= 1)
        go_on.set()
        await eventually(ended.is_set)


async def test_flushing_redis_loses_wake_ups_and_nothing_else(valkey: str, house: str) -> None:
    drained: list[str] = []

    async def drain(lane: str) -> None:
        drained.append(lane)

    redis = commands(valkey)
    bell = Doorbell(valkey, house=house)
    async with running(bell, LaneSupervisor(valkey, "urgent", drain=drain, house=house)):
        for _ in range(5):
            seen = len(drained)
            await bell.ring("urgent")
            await eventually(lambda: len(drained) > seen)  # noqa: B023
            await redis.flushall()
    await redis.aclose()


async def test_a_drain_that_fails_stops_nothing(valkey: str, house: str) -> None:
    drained: list[str] = []

    async def drain(lane: str) -> None:
        drained.append(lane)
        raise RuntimeError("the database is away")

    bell = Doorbell(valkey, house=house)
    lane = LaneSupervisor(valkey, "urgent", drain=drain, house=house)
    async with running(bell, lane):
        for count in (1, 2, 3):
            await bell.ring("urgent")
            await eventually(lambda: len(drained) >= count)  # noqa: B023
        assert lane.rebuilt == 0


async def test_a_wake_in_this_process_needs_no_redis() -> None:
    drained: list[str] = []

    async def drain(lane: str) -> None:
        drained.append(lane)

    lane = LaneSupervisor("unix:///nonexistent/valkey.sock", "urgent", drain=drain)
    async with running(lane):
        lane.wake()
        await eventually(lambda: drained == ["urgent"])


async def test_a_drain_that_waits_for_a_provider_delays_no_other(valkey: str, house: str) -> None:
    began: list[str] = []

    async def drain(lane: str) -> None:
        began.append(lane)
        await asyncio.Event().wait()

    bell = Doorbell(valkey, house=house)
    lane = LaneSupervisor(valkey, "urgent", drain=drain, house=house, completion=0)
    async with running(bell, lane):
        for count in (1, 2, 3, 4, 5, 6):
            await bell.ring("urgent")
            await eventually(lambda: len(began) == count)  # noqa: B023


async def test_stopping_waits_for_the_drain_at_work(valkey: str, house: str) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def drain(lane: str) -> None:
        began.set()
        await asyncio.sleep(0.3)
        ended.set()

    async with running(LaneSupervisor(valkey, "urgent", drain=drain, house=house)):
        await ring(valkey, house)
        await began.wait()
    assert ended.is_set()


async def test_stopping_ends_a_drain_that_will_not_end(valkey: str, house: str) -> None:
    began, cancelled = asyncio.Event(), asyncio.Event()

    async def drain(lane: str) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    lane = LaneSupervisor(valkey, "urgent", drain=drain, house=house, completion=0.1)
    async with running(lane):
        await ring(valkey, house)
        await began.wait()
    assert cancelled.is_set()


async def test_without_redis_it_keeps_trying_and_stops_when_told() -> None:
    async def drain(lane: str) -> None: ...

    lane = LaneSupervisor("unix:///nonexistent/valkey.sock", "urgent", drain=drain)
    async with running(lane):
        await eventually(lambda: lane.rebuilt >= 2)
        assert not lane.alive


async def test_it_ends_however_early_it_is_stopped(valkey: str, house: str) -> None:
    """arq swallows a cancellation that meets it while it connects."""

    async def drain(lane: str) -> None: ...

    for turns in range(0, 60, 3):
        lane = LaneSupervisor(valkey, "urgent", drain=drain, house=house)
        going = asyncio.create_task(lane.run())
        for _ in range(turns):
            await asyncio.sleep(0)
        for _ in range(2):  # as a task group does that is left by an error
            going.cancel()
        async with asyncio.timeout(30):
            await asyncio.wait([going])
