"""The doorbell of a house with one process: no Redis at all, the same contract."""

from __future__ import annotations

from collections.abc import Callable

from hub.bus.listeners import Listener, Listeners


class LocalWake:
    """`ports.Wake` inside one process. `on_ring(lane)` is called at once; it must not block."""

    def __init__(self, on_ring: Callable[[str], None] | None = None) -> None:
        self.on_ring = on_ring
        self.listeners = Listeners()

    async def ring(self, lane: str) -> None:
        if self.on_ring:
            self.on_ring(lane)

    async def tell(self, topic: str, seq: int = 0) -> None:
        self.listeners.deliver(topic, seq)

    def heard(self, topic: str) -> Listener:
        return self.listeners.listen(topic)

    def close(self) -> None:
        """Every listener's iteration ends."""
        self.listeners.close()
