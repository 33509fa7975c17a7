from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hub.bus.guesses import Guesses
from hub.bus.link import closed, commands
from hub.bus.scripts import Scripts
from hub.errors import TooMany
from hub.flow.tries import TRIES, Tries
from tests.bus.conftest import SECRET, scripts_of


@asynccontextmanager
async def guesses(url: str, house: str, number: int = 1) -> AsyncIterator[list[Guesses]]:
    async with scripts_of(url, house, number) as found:
        yield [Guesses(one) for one in found]


async def test_processes_together_have_the_tries_of_one(valkey: str, house: str) -> None:
    limits = [("pair", 3), ("from", 5)]
    async with guesses(valkey, house, 2) as both:
        said = [await both[at % 2].count(f"g{at}", limits, window=300.0) for at in range(5)]
        assert said[:3] == [0.0, 0.0, 0.0]
        assert all(0 < wait <= 300 for wait in said[3:])
        others = [("else", 3), ("from", 5)]
        assert await both[0].count("other", others, window=300.0) == 0.0


async def test_a_right_guess_does_not_count_and_nothing_says_who(valkey: str, house: str) -> None:
    async with guesses(valkey, house) as (one,):
        assert await one.count("a", [("lin.wei", 1)], window=300.0) == 0.0
        await one.forgive("a", ["lin.wei"])
        assert await one.count("b", [("lin.wei", 1)], window=300.0) == 0.0
        redis = commands(valkey)
        keys = await redis.keys(f"*{house}:share*")
        ends = [await redis.pttl(key) for key in keys]
        await closed(redis)
    assert keys
    assert not any(b"lin" in key for key in keys)
    assert all(0 < ms <= 300_000 for ms in ends)


async def test_a_login_is_counted_by_all_and_alone_where_nobody_answers(
    valkey: str, house: str
) -> None:
    async with guesses(valkey, house, 2) as (one, other), guesses_of_nobody() as nobody:
        here, there = Tries(one), Tries(other)
        for number in range(TRIES):
            await (here, there)[number % 2].begin("duty", "192.0.2.1", now=float(number))
        with pytest.raises(TooMany) as refused:
            await there.begin("duty", "192.0.2.1", now=10.0)
        assert 1 <= refused.value.retry_after <= 301

        alone = Tries(nobody)
        for number in range(TRIES):
            await alone.begin("duty", "192.0.2.1", now=float(number))
        with pytest.raises(TooMany):
            await alone.begin("duty", "192.0.2.1", now=9.0)


async def test_a_refused_try_is_not_counted_here_and_a_right_one_is_taken_back() -> None:
    full = Full()
    tries = Tries(full)
    with pytest.raises(TooMany) as refused:
        await tries.begin("duty", "192.0.2.1", now=1.0)
    assert refused.value.retry_after == 8
    assert not any(tries.seen.values())

    await tries.right("guess", "duty", "192.0.2.1", at=1.0)
    assert full.forgiven == ["guess"]


class Full:
    """All limits are used up, in all processes."""

    def __init__(self) -> None:
        self.forgiven: list[str] = []

    async def count(self, guess: str, limits: object, *, window: float) -> float | None:
        return 7.5

    async def forgive(self, guess: str, keys: object) -> None:
        self.forgiven.append(guess)


@asynccontextmanager
async def guesses_of_nobody() -> AsyncIterator[Guesses]:
    scripts = Scripts("unix:///nowhere/valkey.sock", house="t", secret=SECRET)
    yield Guesses(scripts)
    await scripts.close()
