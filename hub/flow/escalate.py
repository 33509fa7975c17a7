"""Escalate: waves whose time has come become deliveries, in whichever process looks first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from hub.errors import Unready
from hub.plans import Started
from hub.ports import Channel, Wake

log = structlog.get_logger(__name__)

MOST = 1_000
"""Waves started in one call at most, so that a call ends; the next comes within a second."""


BATCHES = 20
"""Batches of ended deliveries looked at in one call at most, for the same reason."""


class Gone(Protocol):
    """What one batch came to: rows looked at, lanes with new work, (incident, newest event)."""

    @property
    def looked(self) -> int: ...
    @property
    def lanes(self) -> frozenset[str]: ...
    @property
    def reached(self) -> tuple[tuple[int, int], ...]: ...


class EscalateLedger(Protocol):
    """The rows behind escalation."""

    async def next_due(self, leave: Collection[int]) -> int | None: ...
    async def start(self, wave: int, media: Collection[str]) -> Started: ...
    async def settle(self) -> Sequence[tuple[int, int]]: ...
    async def onward(self, media: Collection[str]) -> Gone: ...


@dataclass(frozen=True, slots=True)
class Escalate:
    """The use-case. Safe when several processes call it at once."""

    ledger: EscalateLedger
    wake: Wake
    channels: Mapping[str, Channel]

    async def due(self) -> int:
        """Every due wave is started and its lane rung; how many were.

        A wave that cannot be started is reported and left for the next call: it holds up no other.
        """
        count = 0
        leave: set[int] = set()
        for _ in range(MOST):
            wave = await self.ledger.next_due(leave)
            if wave is None:
                break
            try:
                count += await self._start(wave)
            except Unready:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, the other waves are due
                leave.add(wave)
                log.error("wave.stuck", wave=wave, error=type(error).__name__)
        return count

    async def onward(self) -> int:
        """Whom one channel of an ordered wave did not reach is planned on the next; how many ended
        deliveries were looked at."""
        looked = 0
        for _ in range(BATCHES):
            gone = await self.ledger.onward(self._media())
            looked += gone.looked
            for lane in sorted(gone.lanes):
                await self.wake.ring(lane)
            for incident, seq in gone.reached:
                await self.wake.tell(f"incident:{incident}", seq)
            if not gone.looked:
                break
        return looked

    async def settle(self) -> int:
        """Doors nobody needs to knock at any more are off the list; how many waves had some."""
        ended = await self.ledger.settle()
        for incident, seq in ended:
            await self.wake.tell(f"incident:{incident}", seq)
        return len(ended)

    async def _start(self, wave: int) -> int:
        return await self._ring(await self.ledger.start(wave, self._media()))

    def _media(self) -> frozenset[str]:
        return frozenset(channel.traits.channel for channel in self.channels.values())

    async def _ring(self, started: Started) -> int:
        if not started.seq:
            return 0
        if started.deliveries:
            await self.wake.ring(started.lane)
        await self.wake.tell(f"incident:{started.incident}", started.seq)
        return int(bool(started.lane))  # one that was given up is told, and not counted
