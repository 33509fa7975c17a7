"""What several processes take of one limit, against a real Valkey and by its own clock."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hub.bus.link import closed, commands
from hub.bus.ration import FORGOTTEN_MS, Ration
from hub.bus.valkey import EmbeddedValkey
from hub.decide.shares import HOLD, LONGEST_HOLD, Level, granted
from hub.plans import Ask
from tests.bus.conftest import scripts_of


@asynccontextmanager
async def rations(url: str, house: str, number: int = 1) -> AsyncIterator[list[Ration]]:
    async with scripts_of(url, house, number) as found:
        yield [Ration(one) for one in found]


async def clock(url: str) -> float:
    redis = commands(url)
    seconds, micro = await redis.time()
    await closed(redis)
    return float(seconds + micro / 1e6)


async def ripe(url: str, house: str) -> None:
    """The house was born so long ago that its buckets are full."""
    redis = commands(url)
    await redis.set(f"{{{house}:share}}:born", "1000.0")
    await closed(redis)


async def surely(ration: Ration, key: str, ask: Ask) -> int:
    """Units granted."""
    grant = await ration.take(key, ask)
    assert grant is not None
    return grant.units


CHILD = """
import asyncio, sys
from hub.bus.ration import Ration
from hub.bus.scripts import Scripts
from hub.plans import Ask

async def main(url, house):
    scripts = Scripts(url, house=house, secret=b"a secret of the tests", seconds=30)
    ration, got = Ration(scripts), 0
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(400):
        grant = await ration.take("a", Ask(200.0, 20.0, want=7))
        got += grant.units if grant else 0
    await scripts.close()
    print(got, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_two_processes_together_keep_the_pace_of_one(valkey: str, house: str) -> None:
    await ripe(valkey, house)
    pipe = asyncio.subprocess.PIPE
    both = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, valkey, house, stdin=pipe, stdout=pipe
        )
        for _ in range(2)
    ]
    async with asyncio.timeout(60):
        for one in both:
            assert one.stdout
            assert (await one.stdout.readline()) == b"ready\n"
        began = await clock(valkey)
        said = await asyncio.gather(*(one.communicate(b"go\n") for one in both))
    elapsed = await clock(valkey) - began
    got = [int(out) for out, _ in said]
    assert 20 <= sum(got) <= 20 + 200 * elapsed + 1


async def test_the_script_is_the_law_of_the_pure_part(valkey: str, house: str) -> None:
    """At a standstill (a rate of nearly nothing) both give the same answers."""
    await ripe(valkey, house)
    level = Level()
    asks = [(3, 1), (9, 4), (9, 9), (2, 1), (1, 1), (40, 30)]
    async with rations(valkey, house) as (ration,):
        for want, least in asks:
            ask = Ask(1e-4, 10.0, want, least)
            level, expected = granted(level, ask, now=0.0)
            assert await surely(ration, "a", ask) == expected.units


async def test_urgent_takes_go_before_routine_ones(valkey: str, house: str) -> None:
    await ripe(valkey, house)
    routine = Ask(1e-3, 10.0, urgent=False)
    async with rations(valkey, house, 2) as (one, other):
        assert await surely(one, "a", routine) == 1
        assert await surely(one, "a", Ask(1e-3, 10.0, want=5, least=5)) == 5
        assert await surely(one, "a", routine) == 1  # nobody waits
        assert await surely(one, "a", Ask(1e-3, 10.0, want=5, least=5)) == 0
        grant = await other.take("a", routine)
        assert grant is not None
        assert grant.units == 0
        assert LONGEST_HOLD / 2 < grant.wait <= LONGEST_HOLD + HOLD


async def test_each_address_has_its_own(valkey: str, house: str) -> None:
    await ripe(valkey, house)
    slow = Ask(1e-3, 1.0)
    async with rations(valkey, house, 2) as (one, other):
        assert await surely(one, "robots/a", slow) == 1
        assert await surely(other, "robots/a", slow) == 0
        assert await surely(other, "robots/b", slow) == 1


async def test_after_a_flush_nobody_has_a_second_burst(valkey: str, house: str) -> None:
    await ripe(valkey, house)
    ask = Ask(1e-3, 10.0, want=10)
    async with rations(valkey, house) as (ration,):
        assert await surely(ration, "a", ask) == 10
        redis = commands(valkey)
        await redis.delete(*await redis.keys(f"{{{house}:share}}:*"))
        await redis.script_flush()
        await closed(redis)
        assert await surely(ration, "a", ask) == 0


async def test_who_sent_by_itself_comes_back_to_an_empty_limit(valkey: str, house: str) -> None:
    await ripe(valkey, house)
    async with rations(valkey, house) as (ration,):
        assert await ration.here(spent=True)
        assert await surely(ration, "a", Ask(1e-3, 10.0, want=10)) == 0


async def test_the_share_of_who_is_not_here_is_kept_back(valkey: str, house: str) -> None:
    await ripe(valkey, house)
    ask = Ask(1e-3, 12.0, want=12, workers=3)
    async with rations(valkey, house, 2) as (one, other):
        assert await surely(one, "alone", ask) == 4
        redis = commands(valkey)
        async with asyncio.timeout(30):
            got, number = 0, 0
            while got != 12:  # a slow machine may take them for gone meanwhile
                at, number = await clock(valkey), number + 1
                await redis.zadd(f"{{{house}:share}}:here", {"second": at, "third": at})
                got = await surely(other, f"together-{number}", ask)
        await closed(redis)


async def test_a_clock_that_is_set_back_stops_nobody(valkey: str, house: str) -> None:
    await ripe(valkey, house)
    redis = commands(valkey)
    async with rations(valkey, house) as (ration,):
        assert await surely(ration, "a", Ask(1e-2, 10.0, want=4)) == 4
        (bucket,) = await redis.keys(f"{{{house}:share}}:bucket:*")
        for field in (b"full", b"at", b"urgent"):
            late = float(await redis.hget(bucket, field) or 0) + 7_200
            await redis.hset(bucket, field, str(late))
        assert await surely(ration, "a", Ask(1e-2, 10.0, want=10)) == 6
    await closed(redis)


async def test_everything_expires_by_itself_and_names_nobody(valkey: str, house: str) -> None:
    number = "+447700900123"
    redis = commands(valkey)
    async with rations(valkey, house) as (ration,):
        await surely(ration, f"robots/{number}", Ask(5.0, 5.0))
        await ration.spare([(number, Ask(1.0, 5.0))])
        keys = await redis.keys(f"*{house}:share*")
        assert len(keys) >= 3
        assert not any(b"447700900123" in key for key in keys)
        left = [await redis.pttl(key) for key in keys]
        assert all(0 < ms <= FORGOTTEN_MS for ms in left)
    await closed(redis)


async def test_spare_limits_are_counted_together(valkey: str, house: str) -> None:
    async with rations(valkey, house, 2) as (one, other):
        asks = [("link", Ask(1e-2, 2.0)), ("ip", Ask(1e-2, 50.0))]
        said = [await one.spare(asks), await other.spare(asks), await one.spare(asks)]
        assert said[:2] == [0.0, 0.0]
        assert said[2] == pytest.approx(100.0, rel=0.5)


async def test_nobody_there_is_an_answer_and_a_restart_is_noticed(mortal: EmbeddedValkey) -> None:
    assert mortal.process
    async with rations(mortal.process.url, "t") as (ration,):
        assert await surely(ration, "a", Ask(1e-3, 1.0)) == 0  # just born: nothing yet
        mortal.process.kill()
        assert await ration.take("a", Ask(1e-3, 1.0)) is None
        assert await ration.here(spent=False) is None
        async with asyncio.timeout(30):
            while not await ration.here(spent=False):
                await asyncio.sleep(0.02)
        assert await surely(ration, "a", Ask(1e-3, 1.0)) == 0
