"""What people and providers said while nothing could be written down: kept in memory, heard later.

The disk was full, or the database away or busy. They were answered 503, for what is in memory alone
may be lost: a provider that sends it again does no harm, and most never do. A cry for help must not
be lost for want of a few hundred bytes.
"""

from __future__ import annotations

import asyncio
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

    def __len__(self) -> int:
        return len(self._waiting)

    async def do(self, work: Callable[[], Awaitable[T]], *, words: bool = True) -> T:
        """What came of the work. Unready: it is kept, and done later. `words`: somebody said it;
        else it is a receipt, of which fewer are kept."""
        try:
            return await work()
        except Unready:
            if len(self._waiting) < (MOST if words else MOST - FOR_PEOPLE):
                self._waiting.append(work)
            raise

    async def settle(self) -> int:
        """Whatever can be done by now is; how many were."""
        done = 0
        while self._waiting:
            try:
                await self._waiting[0]()
            except Unready:
                break
            except Exception as error:  # noqa: BLE001 - it must not keep the others waiting
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
