"""Escalate: waves whose time has come become deliveries, in whichever process looks first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from hub.plans import Started
from hub.ports import Channel, Wake

MOST = 1_000
"""Waves started in one call at most, so that a call ends; the next comes within a second."""


class EscalateLedger(Protocol):
    """The rows behind escalation."""

    async def any_due(self) -> bool: ...
    async def start_due(self, media: Collection[str]) -> Started | None: ...


@dataclass(frozen=True, slots=True)
class Escalate:
    """The use-case. Safe when several processes call it at once."""

    ledger: EscalateLedger
    wake: Wake
    channels: Mapping[str, Channel]

    async def due(self) -> int:
        """Every due wave is started and its lane rung; how many made something to send."""
        count = 0
        media = frozenset(channel.traits.channel for channel in self.channels.values())
        for _ in range(MOST):
            if not await self.ledger.any_due():
                break
            started = await self.ledger.start_due(media)
            if started is None:
                break
            count += await self._ring(started)
        return count

    async def _ring(self, started: Started) -> int:
        if not started.seq:
            return 0
        if started.deliveries:
            await self.wake.ring(started.lane)
        await self.wake.tell(f"incident:{started.incident}", started.seq)
        return 1
