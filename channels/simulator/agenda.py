"""What is still to happen in the simulated world: a bounded heap of times, a few workers."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

WORKERS = 32
"""Calls under way to the hub at once; further ones wait their turn in the heap."""

Job = Callable[..., Awaitable[None]]


class Agenda:
    """Runs jobs when they are due. When full it takes nothing more, and says so."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._heap: list[tuple[float, int, Job, tuple[Any, ...]]] = []
        self._count = 0
        self._open = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._changed = asyncio.Event()
        # Full only for a moment: the timer waits here, due jobs stay in the heap.
        self._due: asyncio.Queue[tuple[Job, tuple[Any, ...]]] = asyncio.Queue(WORKERS)
        self.failed = 0
        """Jobs that ended in a network failure: the hub was away."""

    @property
    def pending(self) -> int:
        """Jobs planned or under way."""
        return self._open

    @property
    def full(self) -> bool:
        return len(self._heap) >= self._limit

    def later(self, seconds: float, job: Job, *values: Any) -> bool:
        """The job runs after so many seconds; False where the agenda is full."""
        if self.full:
            return False
        self._count += 1
        self._open += 1
        self._idle.clear()
        heapq.heappush(self._heap, (time.monotonic() + seconds, self._count, job, values))
        if self._heap[0][1] == self._count:
            self._changed.set()
        return True

    async def idle(self) -> None:
        """Returns when nothing is planned or under way."""
        await self._idle.wait()

    async def run(self) -> None:
        """Runs until cancelled; what is still pending then never happens."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._time())
            for _ in range(WORKERS):
                tasks.create_task(self._work())

    async def _time(self) -> None:
        while True:
            self._changed.clear()
            wait = self._heap[0][0] - time.monotonic() if self._heap else None
            if wait is not None and wait <= 0:
                _, _, job, values = heapq.heappop(self._heap)
                await self._due.put((job, values))
                continue
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _work(self) -> None:
        while True:
            job, values = await self._due.get()
            try:
                await job(*values)
            except (aiohttp.ClientError, OSError, TimeoutError):
                self.failed += 1
            finally:
                self._open -= 1
                if not self._open:
                    self._idle.set()
