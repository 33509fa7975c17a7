"""One process, no Redis, the same doorbell."""

from __future__ import annotations

import pytest

from hub.bus.local import LocalWake
from hub.ports import Wake


async def test_a_ring_reaches_the_worker_of_the_same_process_at_once() -> None:
    rung: list[str] = []
    wake: Wake = LocalWake(rung.append)
    await wake.ring("urgent")
    assert rung == ["urgent"]


async def test_a_ring_without_a_worker_is_no_error() -> None:
    await LocalWake().ring("urgent")


async def test_what_is_told_is_heard() -> None:
    wake: Wake = LocalWake()
    ears = wake.heard("incident:")
    await wake.tell("screens")
    await wake.tell("incident:7", 42)
    assert await anext(ears) == ("incident:7", 42)


async def test_when_it_closes_listeners_end() -> None:
    wake = LocalWake()
    ears = wake.heard("")
    wake.close()
    with pytest.raises(StopAsyncIteration):
        await anext(ears)
