"""The drains of one lane in this process: begun at once, never torn apart, never piled up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from hub.model import Lane

log = structlog.get_logger()

Drain = Callable[[Lane], Awaitable[object]]
PARALLEL = 16  # a drain may wait for a slow provider; the next ring must not wait for it


class Drains:
    """Calls `drain(lane)` for every `wake()`, in tasks of its own, PARALLEL at most.

    Full: the wake is kept and answered when one of them ends. After every wake there is always a
    drain that began later. What a drain raises is logged by its kind alone (its words may hold a
    phone number) and stops nothing.
    """

    def __init__(self, lane: Lane, drain: Drain) -> None:
        self.lane = lane
        self._drain = drain
        self._tasks: set[asyncio.Task[None]] = set()
        self._again = False
        self._stopped = False

    def wake(self) -> None:
        """There is work in the lane. Never raises, never blocks."""
        if self._stopped:
            return
        if len(self._tasks) >= PARALLEL:
            self._again = True
            return
        task = asyncio.get_running_loop().create_task(self._one(), name=f"drain-{self.lane}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def stop(self, seconds: float) -> None:
        """No drain is at work: they ended by themselves, or after `seconds` were cancelled."""
        self._stopped = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)

    def __len__(self) -> int:
        return len(self._tasks)

    async def _one(self) -> None:
        try:
            await self._drain(self.lane)
        except Exception as error:  # noqa: BLE001 the sweep finds what this one left
            log.error("drain_failed", lane=str(self.lane), error=type(error).__name__)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._again:
            self._again = False
            self.wake()
