"""Ringing the doorbell without waiting for it: the newest number per incident, one ring at a time.

Redis away costs a second per ring; a pump that waited for it would send 200 a second, not 3,000.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from hub.ports import Wake


class Bell:
    """Tells watchers how far an incident has come; what is not told, they find by polling."""

    def __init__(self, wake: Wake):
        self._wake = wake
        self._newest: dict[int, int] = {}  # bounded by the incidents that are open
        self._ringer: asyncio.Task[None] | None = None

    def ring(self, reached: Iterable[tuple[int, int]]) -> None:
        """(incident, event number) will be told soon; never waits, never raises."""
        for incident, seq in reached:
            self._newest[incident] = max(seq, self._newest.get(incident, 0))
        if self._newest and (self._ringer is None or self._ringer.done()):
            self._ringer = asyncio.get_running_loop().create_task(self._tell())

    async def quiet(self) -> None:
        """Every ring asked for has been made."""
        while self._ringer is not None and not self._ringer.done():
            await asyncio.wait({self._ringer}, timeout=2.0)

    async def _tell(self) -> None:
        while self._newest:
            incident, seq = next(iter(self._newest.items()))
            del self._newest[incident]
            await self._wake.tell(f"incident:{incident}", seq)
