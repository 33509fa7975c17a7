"""What every simulated provider shares: settings, ledger, agenda, residents, and its manners."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field

from channels.simulator.agenda import Agenda
from channels.simulator.caller import Caller
from channels.simulator.dice import Dice
from channels.simulator.faults import until
from channels.simulator.ledger import Ledger
from channels.simulator.residents import Residents
from channels.simulator.settings import Fault, Settings

REMEMBERED = 500_000


@dataclass(slots=True)
class World:
    """One simulated world. `settings` may be replaced while it runs."""

    settings: Settings
    ledger: Ledger
    agenda: Agenda
    caller: Caller
    residents: Residents
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)  # another with each change
    # How often the same words came for the same address. Full: the oldest is forgotten.
    asked: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def dice(self, provider: str, to: str, digest: str) -> Dice:
        """The rolls for one request: by address and words, and the how-manieth of these it is."""
        times = self.count(provider, to, digest)
        return Dice(self.settings.seed, provider, to, digest, times)

    def count(self, provider: str, to: str, digest: str) -> int:
        """How often it was asked for before; once more now."""
        key = f"{provider} {to} {digest}"
        times = self.asked.pop(key, 0)
        self.asked[key] = times + 1
        if len(self.asked) > REMEMBERED:
            self.asked.popitem(last=False)
        return times

    def fault(self, dice: Dice) -> Fault | None:
        """What goes wrong with this request, if anything."""
        if self.agenda.full:
            return Fault.THROTTLE
        chosen = dice.choose("fault", self.settings.faults) if self.settings.faults else ""
        return Fault(chosen) if chosen else None

    async def ponder(self, dice: Dice) -> None:
        """The provider's own latency has passed."""
        settings = self.settings
        if settings.latency > 0:
            wait = dice.around("latency", settings.latency, spread=settings.latency_spread)
            await self.wait(min(wait, settings.hang))

    def change(self, settings: Settings) -> None:
        """These settings hold from now on; whoever waited for a change has it."""
        self.settings = settings
        self.changed.set()
        self.changed = asyncio.Event()

    async def spoken(self) -> None:
        """The provider is not mute (any more)."""
        while self.settings.mute:
            await self.changed.wait()

    async def wait(self, seconds: float) -> None:
        await until(self.stopping, seconds)


def digest(words: str) -> str:
    """SHA-256 of words, as it stands in the ledger."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
