"""The wire where the server offers none: a bounded queue and one task that awaits `send`."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

from starlette.websockets import WebSocket, WebSocketDisconnect

from web.wire import CLOSED, Frame

MOST_BYTES = 1024 * 1024
MOST_FRAMES = 1024
"""Full: nothing more is taken, `push` says how much waits, and the room closes the client."""


class QueueWire:
    """`Wire` over plain ASGI. `run` writes until the socket is closed."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._frames: deque[Frame] = deque()
        self._waiting = 0
        self._rung = asyncio.Event()
        self._close: tuple[int, str] | None = None

    def push(self, frame: Frame, room: int) -> int:
        if self._close is not None:
            return CLOSED
        full = len(self._frames) >= MOST_FRAMES or self._waiting > MOST_BYTES
        if self._waiting > room or full:
            return max(self._waiting, 1)
        self._frames.append(frame)
        self._waiting += len(frame.payload)
        self._rung.set()
        return 0

    def buffered(self) -> int:
        return self._waiting

    def greet(self, *, known: bool) -> None:
        """The server has budgets and places of its own."""

    def drop(self, code: int, reason: str = "") -> None:
        if self._close is None:
            self._close = (code, reason)
            self._rung.set()

    async def run(self) -> None:
        """Everything pushed is sent in order, then the close."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await self._rung.wait()
                self._rung.clear()
                if self._close is not None and not self._frames:
                    await self._socket.close(*self._close)
                    return
                await self._drain()

    async def _drain(self) -> None:
        while self._frames:
            frame = self._frames.popleft()
            await self._socket.send_text(frame.payload.decode())
            self._waiting -= len(frame.payload)
        if self._close is not None:
            self._rung.set()
