"""Keeps an arq worker of one lane alive: arq's own dies with the first Redis hiccup (arq #435).

What a drain is doing when Redis goes is none of Redis' business: it belongs to this process and
runs on to its end while a new worker is being built.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from arq.worker import Worker

from hub.bus.backoff import Backoff
from hub.bus.drains import Drain, Drains
from hub.bus.lanes import worker
from hub.bus.link import closed, commands
from hub.model import Lane

log = structlog.get_logger()

COMPLETION_SECONDS = 12.0  # a send ends by itself within this
HEARD_SECONDS = 0.25  # a cancellation is heard within this, or was swallowed


class LaneSupervisor:
    """`run()` in a task of yours: drains `lane` whenever it is rung for, until cancelled.

    It raises nothing but the cancellation, and then only when the drains at work have ended, or
    were cancelled after `completion` seconds. `wake()` begins a drain without any Redis. `alive`:
    arq is polling now; `rebuilt`: how often it had to be made anew.
    """

    def __init__(
        self,
        url: str,
        lane: Lane | str,
        *,
        drain: Drain,
        house: str = "muster",
        completion: float = COMPLETION_SECONDS,
    ) -> None:
        self.lane = Lane(lane)
        self.alive = False
        self.rebuilt = 0
        self.drains = Drains(self.lane, drain)
        self._url = url
        self._house = house
        self._completion = completion

    def wake(self) -> None:
        """There is work in the lane; for rings of this process, at once."""
        self.drains.wake()

    async def run(self) -> None:
        backoff = Backoff()
        try:
            while True:
                await self._one_life()
                self.rebuilt += 1
                await asyncio.sleep(backoff.next())
        finally:
            await self.drains.stop(self._completion)

    async def _one_life(self) -> None:
        """A worker was built, ran and died, and holds nothing any more."""
        redis = commands(self._url)
        life = worker(redis, self._house, self.lane.value, wake=self.drains.wake)
        life.on_startup = self._polling
        going = asyncio.create_task(life.async_run(), name=f"arq-{self.lane}")
        try:
            await asyncio.wait([going])
            if error := None if going.cancelled() else going.exception():
                self._say(error)  # whatever ends arq, the lane goes on
        finally:
            self.alive = False
            await _ended(going)
            await _buried(life)
            await closed(redis)

    async def _polling(self, ctx: dict[Any, Any]) -> None:  # noqa: ARG002 the shape arq calls
        self.alive = True
        log.info("lane_open", lane=self.lane.value, rebuilt=self.rebuilt)

    def _say(self, error: BaseException) -> None:
        """An outage is one line in the log, however long it lasts."""
        say = log.warning if self.alive or not self.rebuilt else log.debug
        say("lane_lost", lane=self.lane.value, error=type(error).__name__)


async def _ended(going: asyncio.Task[None]) -> None:
    """It runs no more. While it connects, arq and redis-py can swallow a cancellation: say it again
    until it is heard, or a process that is stopped early never ends."""
    while not going.done():
        going.cancel()
        await asyncio.wait([going], timeout=HEARD_SECONDS)


async def _buried(life: Worker) -> None:
    """None of its jobs is at work; they only wake, so there is nothing to wait for."""
    tasks = list(life.tasks.values())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
