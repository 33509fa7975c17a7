"""One time for a whole hub under test: the loop, the house clock and the database go by it.

It stands still while anything runs or is being written, and is moved on by hand, timer by timer: a
run is the same on a fast machine and on a slow one, and a minute of it costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from hub.store.sqlite import SqliteDatabase

T = TypeVar("T")

BEGAN = 1_772_332_860_000  # 2026-03-01 02:41 UTC, in ms


class HouseLoop(asyncio.SelectorEventLoop):
    """A loop whose time is `ahead` seconds, and that knows what other threads still do for it."""

    def __init__(self) -> None:
        self.ahead = 1_000.0
        self.busy = 0
        super().__init__()
        self._stirred = asyncio.Event()

    def time(self) -> float:
        return self.ahead

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        done = super().run_in_executor(executor, func, *args)
        self.busy += 1
        done.add_done_callback(lambda _: self.back())
        return done

    def back(self) -> None:
        self.busy -= 1
        self._stirred.set()

    async def quiet(self) -> None:
        """Nothing runs and nothing is being written: only time and the world can go on."""
        while self.busy or self._ready:  # type: ignore[attr-defined]
            if not self.busy:
                await asyncio.sleep(0)
                continue
            self._stirred.clear()
            await self._stirred.wait()

    async def until(self, done: Callable[[], bool]) -> None:
        """Time passes, no more than is needed, until `done` where everything is quiet."""
        await self.quiet()
        while not done():
            at = self._next()
            assert at is not None, "nothing will ever happen again"
            await self._move(at)

    async def pass_by(self, seconds: float) -> None:
        """So much time has passed; what it was waited for has happened on the way."""
        end = self.ahead + seconds
        await self.quiet()
        while (at := self._next()) is not None and at <= end:
            await self._move(at)
        await self._move(end)

    async def _move(self, at: float) -> None:
        self.ahead = max(self.ahead, at)
        await asyncio.sleep(0)
        await self.quiet()

    def _next(self) -> float | None:
        timers = self._scheduled  # type: ignore[attr-defined]
        return min((one.when() for one in timers if not one.cancelled()), default=None)

    async def done(self, work: Awaitable[T]) -> T:
        """What the work came to, in as much time as it takes."""
        task = asyncio.ensure_future(work)
        await self.until(task.done)
        return task.result()


class House:
    """House time as the use-cases and the database read it: the loop's, never a real clock's."""

    offset = 0

    def __init__(self, loop: HouseLoop):
        self._loop = loop

    @property
    def ms(self) -> int:
        return BEGAN + int(self._loop.ahead * 1000)

    def read(self, _ask: Callable[[], int]) -> int:
        return self.ms

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.ms / 1000, UTC)


class HouseDatabase(SqliteDatabase):
    """SQLite as it is, going by house time; the loop knows while it writes."""

    def __init__(self, url: str, house: House, loop: HouseLoop):
        super().__init__(url)
        self.reckoner = house  # type: ignore[assignment]
        self._house_loop = loop

    async def write(self, change: Callable[[Any], T]) -> T:
        self._house_loop.busy += 1
        try:
            return await super().write(change)
        finally:
            self._house_loop.back()
