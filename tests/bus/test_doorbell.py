"""The doorbell between processes: heard at once at home, and by the others; back by itself."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from hub.bus.doorbell import Doorbell
from hub.bus.link import commands
from hub.bus.listeners import EVERYTHING, Listener
from hub.ports import Wake
from tests.bus.conftest import eventually, running

NOWHERE = "unix:///nonexistent/valkey.sock"


async def until(ears: Listener, wanted: tuple[str, int]) -> list[tuple[str, int]]:
    """What was heard up to and with `wanted`."""
    found = []
    async with asyncio.timeout(30):
        while not found or found[-1] != wanted:
            found.append(await anext(ears))
    return found


async def test_another_process_hears_what_was_told(valkey: str, house: str) -> None:
    here, there = Doorbell(valkey, house=house), Doorbell(valkey, house=house)
    ears = there.heard("incident:")
    async with running(here, there):
        await until(ears, (EVERYTHING, 0))
        await here.tell("screens", 1)
        await here.tell("incident:7", 42)
        assert await until(ears, ("incident:7", 42)) == [("incident:7", 42)]


async def test_this_process_hears_itself_once_and_at_once(valkey: str, house: str) -> None:
    bell = Doorbell(valkey, house=house)
    other = Doorbell(valkey, house=house)
    ears, far = bell.heard("incident:"), other.heard("incident:")
    async with running(bell, other):
        await until(ears, (EVERYTHING, 0))
        await until(far, (EVERYTHING, 0))
        await bell.tell("incident:7", 1)
        assert await anext(ears) == ("incident:7", 1)
        await until(far, ("incident:7", 1))  # so it went over the wire, and came back to us too
        await bell.tell("incident:9", 1)
        assert await until(ears, ("incident:9", 1)) == [("incident:9", 1)]


async def test_two_houses_on_one_redis_do_not_hear_each_other(valkey: str, house: str) -> None:
    here, there = Doorbell(valkey, house=house), Doorbell(valkey, house=house + "x")
    ears = there.heard("incident:")
    async with running(here, there):
        await until(ears, (EVERYTHING, 0))
        await here.tell("incident:7", 42)
        await there.tell("incident:8", 1)
        assert await until(ears, ("incident:8", 1)) == [("incident:8", 1)]


async def test_without_redis_this_process_still_hears_and_nothing_raises_or_waits() -> None:
    rung: list[str] = []
    bell: Wake = Doorbell(NOWHERE, on_ring=rung.append)
    ears = bell.heard("incident:")
    async with running(bell):
        async with asyncio.timeout(30):
            await bell.ring("urgent")
            await bell.tell("incident:7", 3)
            assert await anext(ears) == ("incident:7", 3)
    assert rung == ["urgent"]


async def test_what_was_said_while_redis_was_away_is_said_when_it_is_back(
    tmp_path: Path, house: str
) -> None:
    from hub.bus.valkey import EmbeddedValkey

    url = f"unix://{tmp_path}/valkey.sock"
    here, there = Doorbell(url, house=house), Doorbell(url, house=house)
    ears = there.heard("incident:")
    async with running(here, there):
        await here.tell("incident:7", 1)
        await here.ring("urgent")
        await asyncio.sleep(0.3)
        await here.tell("incident:7", 2)
        async with EmbeddedValkey(tmp_path):
            await eventually(lambda: here.connected and there.connected)
            await until(ears, (EVERYTHING, 0))
            redis = commands(url)
            async with asyncio.timeout(30):
                while not await redis.zcard(f"{house}:lane:urgent"):
                    await asyncio.sleep(0.01)
            await redis.aclose()


@pytest.mark.faults
async def test_a_killed_server_is_found_again_and_listeners_are_told_to_read(
    mortal, house: str
) -> None:
    url = mortal.process.url
    here, there = Doorbell(url, house=house), Doorbell(url, house=house)
    ears = there.heard("incident:")
    async with running(here, there):
        await until(ears, (EVERYTHING, 0))
        await eventually(lambda: here.connected)

        os.kill(mortal.process.pid, signal.SIGKILL)
        assert await until(ears, (EVERYTHING, 0)) == [(EVERYTHING, 0)]

        await eventually(lambda: here.connected and there.connected)
        await here.tell("incident:7", 8)
        await until(ears, ("incident:7", 8))


@pytest.mark.faults
async def test_a_server_that_stops_answering_is_given_up(mortal, house: str, monkeypatch) -> None:
    monkeypatch.setattr("hub.bus.doorbell.QUIET_SECONDS", 0.1)
    monkeypatch.setattr("hub.bus.doorbell.PONG_SECONDS", 20)  # a busy machine is no dead server
    bell = Doorbell(mortal.process.url, house=house)
    async with running(bell):
        await eventually(lambda: bell.connected)
        await asyncio.sleep(0.5)
        assert bell.connected  # silence alone is no death: it answers when asked

        monkeypatch.setattr("hub.bus.doorbell.PONG_SECONDS", 0.2)
        os.kill(mortal.process.pid, signal.SIGSTOP)
        await eventually(lambda: not bell.connected)

        os.kill(mortal.process.pid, signal.SIGCONT)
        await eventually(lambda: bell.connected)


async def test_foreign_words_on_the_line_are_passed_over(valkey: str, house: str) -> None:
    bell = Doorbell(valkey, house=house)
    ears = bell.heard("")
    redis = commands(valkey)
    async with running(bell):
        await until(ears, (EVERYTHING, 0))
        for word in (b"\xff", b"not json", b"[1]", b'{"a": 1}', b'["x", "", 1]', b"null"):
            await redis.publish(f"{house}:bell", word)
        await redis.publish(f"{house}:bell", b'["x", "screens", 2]')
        assert await until(ears, ("screens", 2)) == [("screens", 2)]
    await redis.aclose()


async def test_many_words_to_a_slow_line_are_said_as_the_newest_of_each(
    valkey: str, house: str
) -> None:
    here, there = Doorbell(valkey, house=house), Doorbell(valkey, house=house)
    ears = there.heard("incident:")
    async with running(here, there):
        await until(ears, (EVERYTHING, 0))
        for seq in range(1, 1001):
            await here.tell("incident:7", seq)
        assert len(await until(ears, ("incident:7", 1000))) < 1000


async def test_when_it_stops_what_was_just_said_still_goes_out_and_listeners_end(
    valkey: str, house: str
) -> None:
    here, there = Doorbell(valkey, house=house), Doorbell(valkey, house=house)
    own, far = here.heard("x"), there.heard("incident:")
    async with running(there):
        await until(far, (EVERYTHING, 0))
        async with running(here):
            await eventually(lambda: here.connected)
            await here.tell("incident:7", 5)
        await until(far, ("incident:7", 5))
    assert [word async for word in own] == []
