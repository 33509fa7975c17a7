"""What is due happens, in time order, bounded; a failing job stops nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from channels.simulator.agenda import Agenda


@asynccontextmanager
async def _running(limit: int = 100) -> AsyncIterator[Agenda]:
    agenda = Agenda(limit)
    task = asyncio.create_task(agenda.run())
    try:
        yield agenda
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_jobs_run_in_the_order_of_their_time() -> None:
    seen: list[str] = []

    async def job(name: str) -> None:
        seen.append(name)

    async with _running() as agenda, asyncio.timeout(30):
        for name, wait in (("c", 0.6), ("a", 0.0), ("b", 0.3)):
            agenda.later(wait, job, name)
        await agenda.idle()
    assert seen == ["a", "b", "c"]


async def test_a_job_may_plan_the_next_and_both_count_as_pending() -> None:
    seen: list[int] = []

    async with _running() as agenda, asyncio.timeout(30):

        async def job(left: int) -> None:
            seen.append(left)
            if left:
                agenda.later(0.001, job, left - 1)

        agenda.later(0.0, job, 3)
        assert agenda.pending == 1
        await agenda.idle()
        assert agenda.pending == 0
    assert seen == [3, 2, 1, 0]


async def test_when_full_it_takes_nothing_and_says_so() -> None:
    async def job() -> None: ...

    agenda = Agenda(2)
    assert [agenda.later(9, job) for _ in range(3)] == [True, True, False]
    assert agenda.full


async def test_a_network_failure_is_counted_and_the_rest_goes_on() -> None:
    seen: list[str] = []

    async def fails() -> None:
        raise ConnectionRefusedError

    async def works() -> None:
        seen.append("works")

    async with _running() as agenda, asyncio.timeout(30):
        agenda.later(0, fails)
        agenda.later(0, works)
        await agenda.idle()
        assert agenda.failed == 1
    assert seen == ["works"]
