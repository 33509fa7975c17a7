"""Who listens in this process, and what each has not heard yet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from weakref import WeakSet

EVERYTHING = "*"  # "I do not know what you missed: read again"
TOPICS = 1024  # of one listener; more unheard topics than this become one EVERYTHING


class Listener(AsyncIterator[tuple[str, int]]):
    """The doorbells of topics that start with `prefix`, each topic once, with its highest seq.

    It listens from the moment it is made until it is closed or nobody holds it any more, and hears
    EVERYTHING whatever its prefix. It never holds more than TOPICS topics.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._unheard: dict[str, int] = {}
        self._rung = asyncio.Event()
        self._closed = False

    def put(self, topic: str, seq: int) -> None:
        """`topic` will be heard with at least `seq`."""
        if topic == EVERYTHING or len(self._unheard) >= TOPICS:
            # Full: what it would have heard one by one, it reads again as a whole.
            self._unheard = {EVERYTHING: 0}
        elif EVERYTHING not in self._unheard:
            self._unheard[topic] = max(seq, self._unheard.get(topic, 0))
        self._rung.set()

    def close(self) -> None:
        """Iteration ends."""
        self._closed = True
        self._rung.set()

    async def aclose(self) -> None:
        self.close()

    def __aiter__(self) -> Listener:
        return self

    async def __anext__(self) -> tuple[str, int]:
        while not self._unheard and not self._closed:
            self._rung.clear()
            await self._rung.wait()
        if self._closed:
            raise StopAsyncIteration
        topic = next(iter(self._unheard))
        return topic, self._unheard.pop(topic)


class Listeners:
    """The listeners of one process; one that nobody holds any more drops out by itself."""

    def __init__(self) -> None:
        self._all: WeakSet[Listener] = WeakSet()

    def listen(self, prefix: str) -> Listener:
        listener = Listener(prefix)
        self._all.add(listener)
        return listener

    def deliver(self, topic: str, seq: int) -> None:
        """Each listener to this topic will hear it."""
        for listener in list(self._all):
            if topic == EVERYTHING or topic.startswith(listener.prefix):
                listener.put(topic, seq)

    def close(self) -> None:
        """Every iteration ends."""
        for listener in list(self._all):
            listener.close()

    def __len__(self) -> int:
        return len(self._all)
