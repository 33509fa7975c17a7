"""Many small reports into few transactions, without waiting for more: what comes while the last
batch is being written goes into the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from hub.errors import Unready

T = TypeVar("T")

BATCH = 500
WAITING = 20_000  # items that wait at most; beyond it a caller gets Unready, and tries again


class Gather(Generic[T]):
    """One writer at a time; each caller returns when its own item is durable, or gets its error: an
    item that cannot be written harms no other. A caller that gives up leaves its item in."""

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[None]]):
        self._write = write
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def put(self, item: T) -> None:
        """The item is written."""
        if len(self._waiting) >= WAITING:
            raise Unready("Too many reports wait for the database; send it again.")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((item, done))
        if self._writer is None or self._writer.done():
            self._writer = loop.create_task(self._write_all())
        await done

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            await self._write_batch(batch)

    async def _write_batch(self, batch: Sequence[tuple[T, asyncio.Future[None]]]) -> None:
        """Its callers know; what fails together, but for the database's sake, is tried alone."""
        try:
            await self._write([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 told to its caller
            if len(batch) == 1 or isinstance(error, Unready):
                self._settle(batch, error)
                return
            for one in batch:
                await self._write_batch([one])
        else:
            self._settle(batch, None)

    @staticmethod
    def _settle(batch: Sequence[tuple[T, asyncio.Future[None]]], error: Exception | None) -> None:
        for _, done in batch:
            if done.done():
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
