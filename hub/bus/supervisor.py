"""Keeps an arq worker of one lane alive: arq's own dies with the first Redis hiccup (arq #435).

What a drain is doing when Redis goes is none of Redis' business: it runs on to its end while a new
worker is being built.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from arq.connections import ArqRedis

from hub.bus.backoff import Backoff
from hub.bus.lanes import Drain, worker
from hub.bus.link import closed, commands

log = structlog.get_logger()

COMPLETION_SECONDS = 12.0  # a send ends by itself within this


@dataclass(frozen=True, slots=True)
class _Past:
    """A worker that is no more, whose last drains may still be at work."""

    redis: ArqRedis
    tasks: tuple[asyncio.Task[Any], ...]

    def busy(self) -> bool:
        return any(not task.done() for task in self.tasks)


class LaneSupervisor:
    """`run()` in a task of yours: drains `lane` whenever it is rung for, until cancelled.

    It raises nothing but the cancellation, and then only when the drains at work have ended, or
    were cancelled after `completion` seconds. `alive`: arq is polling now; `rebuilt`: how often it
    had to be made anew.
    """

    def __init__(
        self,
        url: str,
        lane: str,
        *,
        drain: Drain,
        house: str = "muster",
        completion: float = COMPLETION_SECONDS,
    ) -> None:
        self.lane = lane
        self.alive = False
        self.rebuilt = 0
        self._url = url
        self._house = house
        self._drain = drain
        self._completion = completion
        self._past: list[_Past] = []

    async def run(self) -> None:
        backoff = Backoff()
        try:
            while True:
                await self._one_life()
                await self._bury()
                self.rebuilt += 1
                await asyncio.sleep(backoff.next())
        finally:
            await self._finish()

    async def _one_life(self) -> None:
        """A worker was built, ran and died; what it was doing goes on and is not forgotten."""
        redis = commands(self._url)
        life = worker(redis, self._house, self.lane, drain=self._drain)
        life.on_startup = self._polling
        try:
            await life.async_run()
        except Exception as error:  # noqa: BLE001 whatever ends arq, the lane goes on
            log.warning("lane_lost", lane=self.lane, error=type(error).__name__)
        finally:
            self.alive = False
            life.allow_pick_jobs = False
            for task in life.tasks.values():
                task.add_done_callback(_heard_out)
            self._past.append(_Past(redis, tuple(life.tasks.values())))

    async def _polling(self, ctx: dict[Any, Any]) -> None:  # noqa: ARG002 the shape arq calls
        self.alive = True

    async def _bury(self) -> None:
        """Connections of workers that have nothing more to do are closed."""
        done = [past for past in self._past if not past.busy()]
        self._past = [past for past in self._past if past.busy()]
        for past in done:
            await closed(past.redis)

    async def _finish(self) -> None:
        """Nothing of ours is at work any more."""
        tasks = [task for past in self._past for task in past.tasks if not task.done()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._completion)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=1)
        for past in self._past:
            await closed(past.redis)
        self._past = []


def _heard_out(task: asyncio.Task[Any]) -> None:
    """Its exception was seen: the drain had ended, only arq's note of it could not be written."""
    if not task.cancelled() and task.exception():
        log.debug("lane_note_lost")
