"""The wire of a client that asks over HTTP: frames wait here, bounded, until it asks again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from web.wire import CLOSED, Frame

MOST_FRAMES = 1024
"""Full: nothing more is taken, `push` says how much waits, and the room closes the client."""


class PollWire:
    """`Wire` without a socket. `ended` is called once, when the hub closes it."""

    def __init__(self, ended: Callable[[], None]) -> None:
        self.closed: tuple[int, str] | None = None
        self.rung = asyncio.Event()  # of the poll that waits now
        self._ended = ended
        self._frames: deque[Frame] = deque()
        self._waiting = 0

    def push(self, frame: Frame, room: int) -> int:
        if self.closed is not None:
            return CLOSED
        if frame.op == "beat":
            return 0  # every answer is a sign of life; and all polls at once would be a storm
        if self._waiting > room or len(self._frames) >= MOST_FRAMES:
            return max(self._waiting, 1)
        self._frames.append(frame)
        self._waiting += len(frame.payload)
        self.rung.set()
        return 0

    def buffered(self) -> int:
        return self._waiting

    def greet(self, *, known: bool) -> None:
        """Nothing: whoever asks over HTTP is known by each request, not by a socket."""

    def drop(self, code: int, reason: str = "") -> None:
        if self.closed is None:
            self.closed = (code, reason)
            self.rung.set()
            self._ended()

    @property
    def news(self) -> bool:
        """Whether there is anything to be told."""
        return bool(self._frames) or self.closed is not None

    def next_bell(self) -> asyncio.Event:
        """The bell of a new poll; the one that waited before is woken, and finds it is not its."""
        self.rung.set()
        self.rung = asyncio.Event()
        if self.news:
            self.rung.set()
        return self.rung

    def take(self) -> list[bytes]:
        """All that waits, in order."""
        frames, self._frames = self._frames, deque()
        self._waiting = 0
        return [frame.payload for frame in frames]
