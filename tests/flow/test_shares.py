"""Paces of several processes: counted by a Valkey, or by shares while there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.bus.ration import Ration
from hub.bus.scripts import Scripts
from hub.bus.valkey import ValkeyProcess
from hub.decide.pacing import Pace
from hub.flow.shares import JOINING, Shares
from hub.flow.turns import KEPT, Line, Turns
from hub.model import Lane
from hub.plans import Ask, Grant

SECRET = b"a secret of the tests"
NOBODY = "unix:///nowhere/valkey.sock"


@asynccontextmanager
async def sharing(
    url: str, number: int = 1, *, workers: int | None = 1
) -> AsyncIterator[list[Shares]]:
    scripts = [Scripts(url, house="t", secret=SECRET, seconds=30) for _ in range(number)]
    found = [Shares(Ration(one)) for one in scripts]
    for one in found:
        one.count = lambda: workers
    try:
        yield found
    finally:
        for each in scripts:
            await each.close()


async def until_here(*shares: Shares) -> None:
    async with asyncio.timeout(30):
        while not all(one.here for one in shares):
            for one in shares:
                await one.look()
            await asyncio.sleep(0.01)


async def settled(shares: Shares) -> None:
    """It has looked for so long that the others know of it."""
    await shares.look()
    shares._began -= JOINING


async def taken(shares: Shares, ask: Ask, *, times: int) -> int:
    """Units granted in so many asks."""
    units = 0
    for _ in range(times):
        units += (await shares.take("a", ask)).units
        await asyncio.sleep(0.002)
    return units


@pytest.mark.parametrize("workers", [1, 2, 5])
async def test_without_redis_everybody_sends_a_share_and_no_burst(workers: int) -> None:
    async with sharing(NOBODY, workers=workers) as (shares,):
        await settled(shares)
        left = shares._left
        units = await taken(shares, Ask(100.0, 100.0, want=50), times=100)
        elapsed = asyncio.get_running_loop().time() - left
        assert 0 < units <= 100.0 / workers * elapsed + 1


async def test_a_process_that_knows_no_number_sends_nothing_by_itself() -> None:
    async with sharing(NOBODY, workers=None) as (shares,):
        await settled(shares)
        grant = await shares.take("a", Ask(100.0, 100.0))
        assert (grant.units, grant.wait > 0) == (0, True)
        assert not shares.ready(asyncio.get_running_loop().time())


async def test_a_process_that_comes_without_redis_waits_until_the_others_have_counted_it() -> None:
    async with sharing(NOBODY, workers=2) as (shares,):
        await shares.look()
        grant = await shares.take("a", Ask(100.0, 100.0))
        assert grant.units == 0
        assert 0 < grant.wait <= JOINING
        shares._looked -= 2 * JOINING  # it was stopped: the others may have given it up
        shares._began -= 10 * JOINING
        assert (await shares.take("a", Ask(100.0, 100.0))).units == 0


async def started(process: ValkeyProcess) -> None:
    process.spawn()
    async with asyncio.timeout(30):
        while not process.answers():
            await asyncio.sleep(0.01)


async def test_killing_redis_and_its_return_give_no_second_burst(tmp_path: Path) -> None:
    """Both sides of the change, two workers: what they get is the pace, and one burst at most."""
    process = ValkeyProcess(tmp_path)
    loop, ask = asyncio.get_running_loop(), Ask(50.0, 50.0, want=50)
    try:
        await started(process)
        async with sharing(process.url, 2, workers=2) as both:
            await until_here(*both)
            for one in both:
                one._began -= JOINING
            began, units = loop.time(), 0
            units += sum([await taken(one, ask, times=20) for one in both])
            process.kill()
            units += sum([await taken(one, ask, times=1) for one in both])
            assert not any(one.here for one in both)
            without = sum([await taken(one, ask, times=50) for one in both])
            await started(process)
            await until_here(*both)
            units += without + sum([await taken(one, ask, times=20) for one in both])
            assert without > 0
            assert units <= 50 + 50 * (loop.time() - began) + 2
    finally:
        process.kill()
        process.forget()


class Counter:
    """A limit that is written down: grants as told, one after the other."""

    def __init__(self, *grants: Grant) -> None:
        self.grants = list(grants)
        self.asked: list[tuple[str, Ask]] = []

    async def take(self, key: str, ask: Ask) -> Grant | None:
        self.asked.append((key, ask))
        return self.grants.pop(0) if self.grants else Grant(ask.want)

    async def here(self, *, spent: bool) -> bool | None:
        return True

    async def spare(self, asks: Sequence[tuple[str, Ask]]) -> float | None:
        return 0.0


async def line_up(turns: Turns, line: Line, number: int) -> list[float]:
    by = asyncio.get_running_loop().time() + 30
    return await asyncio.gather(
        *(turns.wait(line, f"r{at}", 1, begin_by=by) for at in range(number))
    )


async def turns_of(counter: Counter, pace: Pace, *, per_address: bool = False) -> Turns:
    shares = Shares(counter)
    shares.count = lambda: 2
    await shares.look()
    return Turns("a", pace, shares, per_address=per_address)


class Late(Counter):
    """Its first answer comes too late; `gone`: all later ones as well."""

    def __init__(self, *, gone: bool) -> None:
        super().__init__()
        self.gone, self.looks = gone, 0

    async def take(self, key: str, ask: Ask) -> Grant | None:
        await super().take(key, ask)
        return None if self.gone or len(self.asked) == 1 else Grant(ask.want)

    async def here(self, *, spent: bool) -> bool | None:
        self.looks += 1
        return None if self.gone and self.looks > 1 else True


async def test_one_late_answer_changes_nothing_and_two_do() -> None:
    for gone in (False, True):
        shares = Shares(Late(gone=gone))
        shares.count = lambda: 2
        await shares.look()
        assert (await shares.take("a", Ask(10.0, 10.0))).units == 0
        assert shares.here is not gone


async def test_one_trip_serves_many_and_never_more_than_wait() -> None:
    counter = Counter()
    turns = await turns_of(counter, Pace(1_000, 1_000))
    line = Line(Lane.ROUTINE, lambda: 40)
    await line_up(turns, line, 40)
    assert [ask.want for _, ask in counter.asked] == [40]
    assert not counter.asked[0][1].urgent

    slow = Counter()
    turns = await turns_of(slow, Pace(50, 50))
    await line_up(turns, Line(Lane.URGENT, lambda: 40), 10)
    assert [ask.want for _, ask in slow.asked] == [5, 5]  # a tenth of a second's worth


async def test_what_was_taken_and_not_used_is_soon_worth_nothing() -> None:
    line = Line(Lane.URGENT, lambda: 1)
    line.fill(5, 10.0)
    assert (line.left(10.0 + KEPT), line.left(10.1 + KEPT)) == (5, 0)
    line.fill(2, 11.0)
    assert line.left(11.0) == 2


async def test_a_turn_that_does_not_come_in_time_is_told_when_it_may() -> None:
    counter = Counter(Grant(0, wait=60.0, debt=60.0))
    turns = await turns_of(counter, Pace(0.1, 1))
    now = asyncio.get_running_loop().time()
    at = await turns.wait(Line(Lane.URGENT, lambda: 1), "r", 1, begin_by=now + 2)
    assert now + 2 < at <= now + 5
    assert turns.room(Line(Lane.URGENT, lambda: 0), 50, now=now, ahead=2.0) == 0


async def test_addresses_have_limits_of_their_own_and_their_own_rest() -> None:
    counter = Counter(Grant(1), Grant(1), Grant(0, wait=9.0))
    turns = await turns_of(counter, Pace(1 / 3, 1), per_address=True)
    now = asyncio.get_running_loop().time()
    line = Line(Lane.URGENT, lambda: 2)
    for robot in ("r1", "r2"):
        assert await turns.wait(line, robot, 1, begin_by=now + 2) <= now + 30
    assert await turns.wait(line, "r1", 1, begin_by=now + 2) >= now + 9
    turns.hold("r2", now + 50)
    assert await turns.wait(line, "r2", 1, begin_by=now + 2) == now + 50
    assert [key for key, _ in counter.asked] == ["a/r1", "a/r2", "a/r1"]


async def test_a_worker_claims_its_part_of_what_the_pace_allows() -> None:
    turns = await turns_of(Counter(), Pace(10, 10))
    now = asyncio.get_running_loop().time()
    assert turns.room(Line(Lane.URGENT, lambda: 0), 500, now=now, ahead=2.0) == 15  # of 30
    assert turns.room(Line(Lane.URGENT, lambda: 12), 500, now=now, ahead=2.0) == 3
    assert turns.room(Line(Lane.ROUTINE, lambda: 0), 4, now=now, ahead=0.5) == 4
    slow = await turns_of(Counter(), Pace(0.1, 1))
    assert slow.room(Line(Lane.ROUTINE, lambda: 0), 4, now=now, ahead=0.5) == 1


async def test_the_others_have_as_long_to_count_it_from_when_they_can() -> None:
    async with sharing(NOBODY, workers=None) as (one,):
        await settled(one)
        await one.look()  # its first pulse is not on record yet: the database is slow
        one.count = lambda: 2
        assert not one.ready(one._looked + JOINING / 2)
        later = one._looked + JOINING + 1
        one._looked += 2  # it goes on looking
        assert one.ready(later)
