"""How often one link may answer, and one address ask for codes: counted in memory, bounded; and by
all processes together where there are several.

An address is nobody's name: a whole estate may answer from one, through an operator's gateway or a
proxy that was not named. So what carries an authority of its own (a valid link, ticket, device or
signature) is never counted by its address, and a cry for help is never refused.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from starlette.requests import HTTPConnection

from hub.errors import TooMany
from hub.plans import Ask
from hub.ports import Ration
from web.seats import address_of

KNOWN = 20_000  # keys remembered at most; the one idle longest is forgotten
AWAY = 1.0  # seconds for which nobody is asked to count for all, after there was no answer
BREATH = 1.0  # seconds a cry of a link that has cried without end waits until it is written


class Bucket:
    """A token bucket per key: `burst` at once, then `each` seconds for one more."""

    def __init__(
        self, *, burst: int, each: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = float(burst)
        self._each = each
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def count(self, key: str) -> None:
        """One more by this key; TooMany (429) when it has used up what it had."""
        now = self._clock()
        left, at = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - at) / self._each)
        self._left[key] = (left - 1 if left >= 1 else left, now)
        while len(self._left) > KNOWN:
            self._left.popitem(last=False)
        if left < 1:
            raise _too_many((1 - left) * self._each)

    @property
    def ask(self) -> Ask:
        """The same limit, to be counted for all processes."""
        return Ask(1 / self._each, self._burst)


@dataclass(slots=True)
class Limits:
    """The limits of one application. A technician pairs a whole tower from one address; a single
    link is one household's.

    `ration` counts for all processes; while it does not answer, each counts its own."""

    ration: Ration | None = None
    pairings: Bucket = field(default_factory=lambda: Bucket(burst=60, each=2.0))
    answers_link: Bucket = field(default_factory=lambda: Bucket(burst=20, each=3.0))
    _away_until: float = 0.0

    async def pairing(self, ip: str) -> None:
        """One code more is asked for; TooMany (429). Whoever has an IPv6 address has 2^64 of them:
        the network counts."""
        address = address_of(ip)
        self.pairings.count(address)
        await self._for_all((f"pairing/{address}", self.pairings.ask))

    async def answer(self, token: str) -> None:
        """One answer more by this link, which is one of ours; TooMany (429)."""
        self.answers_link.count(token)
        await self._for_all((f"link/{token}", self.answers_link.ask))

    async def cry(self, token: str) -> None:
        """One cry for help more by this link: never refused. One that does not stop is slowed, so
        that a program that loops does no harm."""
        try:
            self.answers_link.count(token)
        except TooMany:
            await asyncio.sleep(BREATH)

    async def _for_all(self, *asks: tuple[str, Ask]) -> None:
        if self.ration is None or time.monotonic() < self._away_until:
            return
        wait = await self.ration.spare(asks)
        if wait is None:
            self._away_until = time.monotonic() + AWAY
        elif wait > 0:
            raise _too_many(wait)


def _too_many(wait: float) -> TooMany:
    said = "Too many tries in a short time. Wait a little."
    return TooMany(said, retry_after=int(wait) + 1)


def limits(connection: HTTPConnection) -> Limits:
    """The limits of the application this request came to."""
    return cast("Limits", connection.app.state.limits)
