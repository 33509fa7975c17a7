"""What the providers share: rolls by address and words, faults by share, waits that end early."""

from __future__ import annotations

import asyncio

from channels.simulator import Fault, Simulator
from channels.simulator.world import digest
from tests.channels.simulator.client import swift


async def test_rolls_depend_on_provider_address_words_and_how_often() -> None:
    async with Simulator(swift()) as sim:
        asked = [("sms", "+1", "a"), ("sms", "+1", "a"), ("sms", "+2", "a"), ("wecom", "+1", "a")]
        rolls = {sim.world.dice(*key).roll("x") for key in asked}
    assert len(rolls) == 4


async def test_another_run_of_the_same_seed_rolls_the_same() -> None:
    async with Simulator(swift(seed=3)) as one, Simulator(swift(seed=3)) as two:
        one.world.dice("sms", "+9", "other")
        assert one.world.dice("sms", "+1", "a").roll("x") == two.world.dice("sms", "+1", "a").roll(
            "x"
        )


async def test_faults_come_by_their_share() -> None:
    async with Simulator(swift(faults={Fault.CRASH: 0.25})) as sim:
        found = [sim.world.fault(sim.world.dice("sms", f"{n}", "a")) for n in range(2000)]
    assert set(found) == {Fault.CRASH, None}
    assert 400 < found.count(Fault.CRASH) < 600


async def test_waiting_ends_when_the_simulator_stops() -> None:
    async with asyncio.timeout(30):
        async with Simulator(swift()) as sim:
            waiting = asyncio.create_task(sim.world.wait(600.0))
            await asyncio.sleep(0)
        await waiting


def test_words_are_told_apart_by_their_digest() -> None:
    assert digest("火警") != digest("火警 ")
    assert len(digest("\ud800")) == 64
