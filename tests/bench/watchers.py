"""Thousands of websocket clients in one process, as light as Python allows: the load of `fanout`.

They speak just enough of RFC 6455: a handshake, masked text, pongs; and count frames whose text
begins as the frame that is measured does.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

from tests.bench.child import Desk

AT_ONCE = 100  # connections opened side by side
WITHIN = 30.0  # seconds for everybody to have heard
PROGRESS = b'{"op":"progress"'

_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA


class Crowd:
    """Everybody who watches one server."""

    def __init__(self) -> None:
        self.heard = 0
        self.first = 0.0
        self.last = 0.0
        self.lost = 0
        self.wanted = 0
        self.all_heard = asyncio.Event()
        self.greeted = 0

    def expect(self, wanted: int) -> None:
        """Counting begins anew."""
        self.heard, self.first, self.last, self.wanted = 0, 0.0, 0.0, wanted
        self.all_heard.clear()

    def hear(self) -> None:
        """One more has the frame."""
        self.heard += 1
        if self.heard == 1:
            self.first = time.monotonic()
        if self.heard == self.wanted:
            self.last = time.monotonic()
            self.all_heard.set()


class Watcher(asyncio.Protocol):
    """One client."""

    def __init__(self, crowd: Crowd, says: Sequence[str], greetings: int):
        self._crowd = crowd
        self._says = says
        self._greetings = greetings  # frames that come before it watches
        self._rest = b""
        self._open = False
        self.transport: asyncio.Transport | None = None
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            (
                "GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: muster.v1\r\n\r\n"
            ).encode()
        )

    def connection_lost(self, _error: Exception | None) -> None:
        self._crowd.lost += 1
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"closed after {self._rest[:120]!r}"))

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
            self._rest = b""
        if not self._open:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found or b" 101 " not in head[:20]:
                self._rest = head
                return
            self._upgraded()
        while len(data) >= 2:
            start, size = _frame(data)
            if len(data) < start + size or not start:
                break
            self._took(data[0] & 0x0F, data, start, start + size)
            data = data[start + size :]
        self._rest = data

    def _upgraded(self) -> None:
        self._open = True
        for text in self._says:
            self._send(_TEXT, text.encode())
        if not self._greetings:
            self.ready.set_result(None)

    def _took(self, op: int, data: bytes, start: int, end: int) -> None:
        if op == _TEXT:
            if data.startswith(PROGRESS, start):
                self._crowd.hear()
            elif self._greetings:
                self._greetings -= 1
                if not self._greetings and not self.ready.done():
                    self.ready.set_result(None)
        elif op == _PING:
            self._send(_PONG, data[start:end])

    def _send(self, op: int, payload: bytes) -> None:
        if self.transport is not None:
            size = len(payload)
            head = bytes((0x80 | op, 0x80 | size)) if size < 126 else _long(op, size)
            self.transport.write(head + b"\0\0\0\0" + payload)  # a mask of zeros changes nothing


def _long(op: int, size: int) -> bytes:
    return struct.pack("!BBH", 0x80 | op, 0x80 | 126, size)


def _frame(data: bytes) -> tuple[int, int]:
    """Where the payload of the first frame begins, and its size; (0, 0) if not known yet."""
    size = data[1] & 0x7F
    if size < 126:
        return 2, size
    if size == 126:
        return (4, struct.unpack_from("!H", data, 2)[0]) if len(data) >= 4 else (0, 0)
    return (10, struct.unpack_from("!Q", data, 2)[0]) if len(data) >= 10 else (0, 0)


async def crowds(_given: Mapping[str, Any], *, desk: Desk) -> None:
    """Crowds by name: `join` adds watchers, `expect` counts anew, `last` waits for everybody."""
    found: dict[str, Crowd] = {}
    async for command in desk.commands():
        crowd = found.setdefault(command["crowd"], Crowd())
        if command["op"] == "join":
            await _join(crowd, command)
        elif command["op"] == "expect":
            crowd.expect(command["count"])
        elif command["op"] == "last":
            try:
                async with asyncio.timeout(WITHIN):
                    await crowd.all_heard.wait()
            except TimeoutError:
                crowd.last = time.monotonic()
        desk.say(heard=crowd.heard, first=crowd.first, at=crowd.last, lost=crowd.lost)


async def _join(crowd: Crowd, command: Mapping[str, Any]) -> None:
    loop = asyncio.get_running_loop()
    says: Sequence[Sequence[str]] = command["says"]
    for start in range(0, len(says), AT_ONCE):
        made = [
            Watcher(crowd, each, command["greetings"]) for each in says[start : start + AT_ONCE]
        ]
        opening = (
            loop.create_connection(partial(_same, one), "127.0.0.1", command["port"])
            for one in made
        )
        await asyncio.gather(*opening)
        async with asyncio.timeout(WITHIN):
            await asyncio.gather(*(one.ready for one in made))


def _same(watcher: Watcher) -> Watcher:
    return watcher
