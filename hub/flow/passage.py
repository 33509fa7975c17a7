"""How the live channel reaches people: by sockets, or by asking where a proxy lets none through."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

RECENT = 120.0  # seconds a handshake that lost its Upgrade is spoken of

WHAT = (
    "a proxy lets no websockets through; screens and pages that poll instead: {polling}."
    " Forward Upgrade and Connection for /live (docs/PROXIES.md)"
)


@dataclass(slots=True)
class Passage:
    """What this process has seen, over all its applications. Only clients with an authority of
    their own count as polling: a stranger cannot make it say that something is amiss."""

    clock: Callable[[], float] = time.monotonic
    _stripped_at: float = -RECENT
    _counts: dict[object, tuple[int, int]] = field(default_factory=dict)

    def count(self, where: object, *, polling: int, sockets: int) -> None:
        """So many clients of this application have polled for a while, so many have sockets."""
        self._counts[where] = polling, sockets

    def stripped(self) -> None:
        """A handshake has arrived without its Upgrade: only a proxy takes that away."""
        self._stripped_at = self.clock()

    @property
    def polling(self) -> int:
        return sum(polling for polling, _sockets in self._counts.values())

    def said(self) -> Mapping[str, int | bool]:
        """How it stands, for the row of this process."""
        sockets = sum(sockets for _polling, sockets in self._counts.values())
        stripped = self.clock() - self._stripped_at < RECENT
        return {"polling": self.polling, "sockets": sockets, "stripped": stripped}

    def warnings(self) -> list[str]:
        """What is amiss, in words for operators."""
        return [WHAT.format(polling=self.polling)] if self.polling else []
