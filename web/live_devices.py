"""Which screen a device token is: 10,000 of them at once cost a few queries, not 10,000."""

from __future__ import annotations

import asyncio
import time

from hub.errors import Unready
from hub.flow.screens import Screens

GATHER = 0.02  # seconds in which hellos are gathered into one query
SHARE = 3.0  # a query that took t seconds is followed by a pause of SHARE x t
MOST = 20_000  # hellos waiting at most; more are told to come back
WAIT_SECONDS = 10.0


class Devices:
    """Answers hellos of devices in batches."""

    def __init__(self, screens: Screens) -> None:
        self._screens = screens
        self._waiting: dict[str, asyncio.Future[int | None]] = {}
        self._rung = asyncio.Event()

    async def find(self, token: str) -> int | None:
        """The recipient id of this device's screen, None for a token that is not (or no more) ours.

        Unready when too many wait or the database is away.
        """
        if len(self._waiting) >= MOST:
            raise Unready("Too many screens are coming back at once.")
        future = self._waiting.get(token)
        if future is None:
            future = asyncio.get_running_loop().create_future()
            self._waiting[token] = future
            self._rung.set()
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await asyncio.shield(future)  # several sockets may wait for one answer
        except TimeoutError as error:
            raise Unready("The database does not answer.") from error

    async def run(self) -> None:
        """Gathers, asks, answers; for ever."""
        while True:
            await self._rung.wait()
            self._rung.clear()
            await asyncio.sleep(GATHER)
            waiting, self._waiting = self._waiting, {}
            started = time.monotonic()
            await self._answer(waiting)
            await asyncio.sleep(SHARE * (time.monotonic() - started))

    async def _answer(self, waiting: dict[str, asyncio.Future[int | None]]) -> None:
        found: dict[str, int] = {}
        problem: Unready | None = None
        try:
            found = await self._screens.by_devices(list(waiting))
        except Exception as error:  # noqa: BLE001 - told to each, who try again
            problem = Unready(f"The database does not answer ({type(error).__name__}).")
        for token, future in waiting.items():
            if future.done():
                continue
            if problem is None:
                future.set_result(found.get(token))
            else:
                future.set_exception(problem)
                future.exception()  # heard, even when the socket that asked has gone
