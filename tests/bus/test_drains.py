"""Drains begin at once, never pile up, and keep what they were told."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from hub.bus.drains import PARALLEL, Drains
from hub.model import Lane
from tests.bus.conftest import eventually


async def test_more_wakes_than_it_takes_are_answered_when_one_ends() -> None:
    began: list[Lane] = []
    go_on = asyncio.Event()

    async def drain(lane: Lane) -> None:
        began.append(lane)
        await go_on.wait()

    drains = Drains(Lane.URGENT, drain)
    for _ in range(PARALLEL + 50):
        drains.wake()
    await asyncio.sleep(0)
    assert len(began) == len(drains) == PARALLEL

    go_on.set()
    await eventually(lambda: len(drains) == 0)
    assert len(began) == PARALLEL + 1


async def test_a_failure_is_logged_by_its_kind_and_stops_nothing() -> None:
    calls: list[Lane] = []

    async def drain(lane: Lane) -> None:
        calls.append(lane)
        raise ValueError("+447700900123 has no such column")

    drains = Drains(Lane.ROUTINE, drain)
    with capture_logs() as logs:
        for count in (1, 2):
            drains.wake()
            await eventually(lambda: len(calls) == count)  # noqa: B023
    assert "ValueError" in str(logs)
    assert "+44" not in str(logs)


async def test_when_stopped_it_begins_nothing_more() -> None:
    calls: list[Lane] = []

    async def drain(lane: Lane) -> None:
        calls.append(lane)

    drains = Drains(Lane.URGENT, drain)
    await drains.stop(1)
    drains.wake()
    await asyncio.sleep(0)
    assert calls == []


@pytest.mark.parametrize("seconds", [0, 0.05])
async def test_what_will_not_end_is_cancelled_when_the_time_is_up(seconds: float) -> None:
    cancelled = asyncio.Event()

    async def drain(_lane: Lane) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    drains = Drains(Lane.URGENT, drain)
    drains.wake()
    await asyncio.sleep(0)
    await drains.stop(seconds)
    assert cancelled.is_set()
    assert len(drains) == 0
