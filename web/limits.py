"""How often one address, or one link, may do something: counted in memory, bounded."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from starlette.requests import HTTPConnection

from hub.errors import TooMany

KNOWN = 20_000  # keys remembered at most; the one idle longest is forgotten


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
            wait = int((1 - left) * self._each) + 1
            raise TooMany("Too many tries in a short time. Wait a little.", retry_after=wait)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one application. A technician pairs a whole tower from one address, a whole
    estate may answer through one mobile operator's gateway; a single link is one household's."""

    pairings: Bucket = field(default_factory=lambda: Bucket(burst=60, each=2.0))
    answers_link: Bucket = field(default_factory=lambda: Bucket(burst=20, each=3.0))
    answers_ip: Bucket = field(default_factory=lambda: Bucket(burst=2_000, each=0.05))


def limits(connection: HTTPConnection) -> Limits:
    """The limits of the application this request came to."""
    return cast("Limits", connection.app.state.limits)
