"""What people and providers said while nothing could be written down: kept in memory, heard later.

The disk was full, or the database away or busy. They were answered 503, for what is in memory alone
may be lost: a provider that sends it again does no harm, and most never do. A cry for help must not
be lost for want of a few hundred bytes.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from hub.errors import Unready

T = TypeVar("T")

MOST = 10_000  # kept at most; whoever comes then is only answered 503
FOR_PEOPLE = 2_000  # of these, which receipts never take
EVERY = 1.0  # seconds between tries

log = structlog.get_logger(__name__)


class Held:
    """In the order in which they came. Every work is safe to repeat."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], Awaitable[object]]] = deque()
        self._settling = asyncio.Lock()
        self._tried_at = -math.inf  # loop time of the newest try that met the same trouble

    def __len__(self) -> int:
        return len(self._waiting)

    async def do(self, work: Callable[[], Awaitable[T]], *, words: bool = True) -> T:
        """What came of the work. Unready: it is kept, and done later. `words`: somebody said it;
        else it is a receipt, of which fewer are kept.

        What waits goes first, if it can be done by now: an older "safe" never follows a cry."""
        if words and self._waiting:
            await self._ahead()
        try:
            return await work()
        except Unready:
            if len(self._waiting) < (MOST if words else MOST - FOR_PEOPLE):
                self._waiting.append(work)
            raise

    async def settle(self) -> int:
        """Whatever can be done by now is; how many were."""
        async with self._settling:
            return await self._settle()

    async def _ahead(self) -> None:
        """As `settle`, but one try in EVERY seconds while the trouble lasts, however many come."""
        async with self._settling:
            if asyncio.get_running_loop().time() - self._tried_at >= EVERY:
                await self._settle()

    async def _settle(self) -> int:
        done = 0
        while self._waiting:
            try:
                await self._waiting[0]()
            except Unready:
                self._tried_at = asyncio.get_running_loop().time()
                break
            except Exception as error:  # noqa: BLE001 a defect in one would keep all others waiting
                log.error("held_failed", error=type(error).__name__)
            self._waiting.popleft()
            done += 1
        if done:
            log.info("held_heard", count=done, left=len(self._waiting))
        return done

    async def run(self) -> None:
        """Tries for ever; what could not be written down by its end is lost, and said so."""
        try:
            while True:
                await asyncio.sleep(EVERY)
                await self.settle()
        finally:
            if self._waiting:
                log.error("held_lost", count=len(self._waiting))
