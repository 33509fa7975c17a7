"""Every process says every five seconds that it lives, and how its work goes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Protocol

import structlog

EVERY = 5.0  # seconds
STEP = 4.0  # seconds one pulse may take
HOST = 80  # characters of a host's name

log = structlog.get_logger(__name__)


class ProcessLedger(Protocol):
    """The rows of processes."""

    async def beat(
        self,
        process: str,
        about: Mapping[str, Any],
        *,
        swept_s: float | None,
        state: Mapping[str, Any],
    ) -> int: ...
    async def stopped(self, process: str) -> None: ...


class Pulse:
    """One process's row. `swept_at`: loop time of its last sweep without trouble, None before the
    first; `accounts`: each provider account as this process finds it; `live`: how the live channel
    reaches people; `disk`: how the disk below its database stands. `sending`: how many processes
    send, as of its last beat; None before the
    first."""

    def __init__(
        self,
        *,
        ledger: ProcessLedger,
        version: str,
        swept_at: Callable[[], float | None],
        accounts: Callable[[], Mapping[str, Any]],
        live: Callable[[], Mapping[str, Any]] = dict,
        disk: Callable[[], Awaitable[Mapping[str, Any]]] | None = None,
        every: float = EVERY,
    ):
        self._ledger = ledger
        self._version = version
        self._swept_at, self._accounts, self._live = swept_at, accounts, live
        self._every = every
        self.lanes: Callable[[], Mapping[str, Any]] = dict  # a worker says how its lanes stand
        self.sockets: Callable[[], Mapping[str, Any]] = dict  # a web process says who holds them
        self._disk = disk
        self.id = secrets.token_hex(8)
        self.sending: int | None = None

    @contextlib.asynccontextmanager
    async def beating(self, role: str) -> AsyncIterator[None]:
        """The row says that this process lives inside the block, and afterwards that it ended.
        `role`: serve, web or worker."""
        about = {
            "role": role,
            "host": socket.gethostname()[:HOST],
            "pid": os.getpid(),
            "version": self._version,
        }
        task = asyncio.create_task(self._run(about), name="pulse")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
            await self._end()

    async def _run(self, about: Mapping[str, Any]) -> None:
        while True:
            try:
                async with asyncio.timeout(STEP):
                    await self.once(about)
            except Exception as error:  # noqa: BLE001 silence is what the others will notice
                log.warning("pulse_failed", error=type(error).__name__)
            await asyncio.sleep(self._every)

    async def once(self, about: Mapping[str, Any]) -> None:
        """The row is fresh."""
        at = self._swept_at()
        swept_s = None if at is None else asyncio.get_running_loop().time() - at
        state = {"accounts": dict(self._accounts()), "lanes": dict(self.lanes())}
        state["sockets"] = dict(self.sockets())
        state["live"] = dict(self._live())
        if self._disk is not None:
            state["disk"] = dict(await self._disk())
        self.sending = await self._ledger.beat(self.id, about, swept_s=swept_s, state=state)

    async def _end(self) -> None:
        try:
            async with asyncio.timeout(STEP):
                await self._ledger.stopped(self.id)
        except Exception as error:  # noqa: BLE001 the others will take it for dead, and be right
            log.warning("pulse_failed", error=type(error).__name__)
