"""How the queues of all channels stand, read once for everybody who watches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from hub.decide.accounts import DEFAULT, Terms
from hub.decide.cost import by_medium
from hub.decide.oneway import answerable
from hub.decide.queue import Look, Seen, Sender, looked
from hub.ports import Channel

EVERY = 2.0  # seconds one look serves all boards


class QueueLedger(Protocol):
    """Where queues are read."""

    async def look(self) -> Seen: ...


class Queues:
    """The newest look at all queues, 2 s old at most."""

    def __init__(self, ledger: QueueLedger, senders: Sequence[Sender]):
        self._ledger, self._senders = ledger, tuple(senders)
        self._lock = asyncio.Lock()
        self._look: Look | None = None
        self._at = 0.0

    async def look(self) -> Look:
        """How they stand; one look at a time, so a hundred boards ask the database once."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if self._look is None or now - self._at >= EVERY:
                self._look = looked(self._senders, await self._ledger.look())
                self._at = now
            return self._look


def answers_of(senders: Iterable[Sender]) -> Callable[[str, str], bool]:
    """Whether a medium's texts to a number can be answered, by every account that may send them."""
    media = by_medium(senders)
    return lambda medium, address: answerable(media.get(medium, ()), address)


def senders_of(channels: Mapping[str, Channel], terms: Mapping[str, Terms]) -> tuple[Sender, ...]:
    """The provider accounts as they are set up."""
    return tuple(
        Sender(name, channel.traits, terms.get(name, DEFAULT)) for name, channel in channels.items()
    )
