"""How long to wait before trying again: 0.2 s, doubling to 5 s; after a good time from 0.2 s."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

FIRST = 0.2
LAST = 5.0


@dataclass(slots=True)
class Backoff:
    """Waits in seconds. A pause of more than twice the longest wait means that it went well."""

    _wait: float = FIRST
    _asked: float = field(default_factory=time.monotonic)

    def next(self) -> float:
        now = time.monotonic()
        wait = FIRST if now - self._asked > 2 * LAST else self._wait
        self._asked, self._wait = now, min(LAST, wait * 2)
        return wait
