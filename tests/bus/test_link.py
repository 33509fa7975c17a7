"""Connections that a silent server cannot hold, and jobs that are not code."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal

import pytest
from arq.connections import ArqRedis
from redis.exceptions import RedisError

from hub.bus import link


async def answered(redis: ArqRedis) -> bool:
    with contextlib.suppress(RedisError, TimeoutError):
        return bool(await redis.ping())
    return False


@pytest.mark.faults
async def test_a_command_to_a_frozen_server_ends(mortal, monkeypatch) -> None:
    monkeypatch.setattr(link, "COMMAND_SECONDS", 0.1)
    redis = link.commands(mortal.process.url)
    async with asyncio.timeout(30):
        while not await answered(redis):  # a busy machine may take longer for one of them
            pass
    os.kill(mortal.process.pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(30):
            with pytest.raises((RedisError, TimeoutError)):
                await redis.ping()
    finally:
        os.kill(mortal.process.pid, signal.SIGCONT)
        await link.closed(redis)


@pytest.mark.faults
async def test_a_cancelled_command_leaves_no_answer_to_the_next_one(valkey: str, house) -> None:
    """redis-py #2624: the answer to a cancelled command once went to whoever asked next."""
    redis = link.commands(valkey)
    for number in range(30):
        await redis.set(f"{house}:{number}", str(number))
    for number in range(29):
        asked = asyncio.create_task(redis.get(f"{house}:{number}"))
        await asyncio.sleep(0.0002 * (number % 5))
        asked.cancel()
        await asyncio.wait([asked])
        assert await redis.get(f"{house}:{number + 1}") == str(number + 1).encode()
    await link.closed(redis)


async def test_a_subscription_outlives_silence(valkey: str, house: str, monkeypatch) -> None:
    monkeypatch.setattr(link, "COMMAND_SECONDS", 0.05)
    redis = link.subscription(valkey)
    bell = redis.pubsub()
    await bell.subscribe(house)
    assert (await bell.get_message(timeout=30))["type"] == "subscribe"
    assert await bell.get_message(timeout=0.3) is None
    assert await redis.publish(house, b"x") == 1
    assert (await bell.get_message(timeout=30))["data"] == b"x"
    await link.closed(bell, redis)


async def test_closing_what_is_dead_says_nothing() -> None:
    redis = link.commands("unix:///nonexistent/valkey.sock")
    with pytest.raises((RedisError, OSError)):
        await redis.ping()
    await link.closed(redis, redis)


async def test_jobs_are_json_both_ways() -> None:
    redis = link.commands("unix:///nonexistent/valkey.sock")
    assert redis.job_serializer is not None
    assert redis.job_deserializer is not None
    written = redis.job_serializer({"f": "drain", "a": ["urgent"]})
    assert json.loads(written) == redis.job_deserializer(written) == {"f": "drain", "a": ["urgent"]}
    await link.closed(redis)
