"""A peer on a bare TCP connection, who may break every rule of websockets and HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from tests.bench.peers import HELLO, UPGRADE, frame
from tests.web.parts import House

__all__ = ["HELLO", "Raw", "dialled", "frame", "upgraded"]


@dataclass
class Raw:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def fill(self, data: bytes) -> None:
        """Says it again and again, until the hub cuts the line."""
        async with asyncio.timeout(60):
            with contextlib.suppress(ConnectionError):
                while True:
                    self.say(data)
                    await self.writer.drain()
                    await asyncio.sleep(0.005)

    async def head(self) -> bytes:
        """The head of the next answer."""
        async with asyncio.timeout(30):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def frame(self) -> bytes:
        """The next frame, whole."""
        async with asyncio.timeout(30):
            head = await self.reader.readexactly(2)
            size = head[1]
            if size == 126:
                wide = await self.reader.readexactly(2)
                head, size = head + wide, int.from_bytes(wide)
            return head + await self.reader.readexactly(size)

    async def rest(self) -> bytes:
        """Everything until the hub ends it."""
        heard = b""
        async with asyncio.timeout(30):
            with contextlib.suppress(ConnectionError):
                while piece := await self.reader.read(65536):
                    heard += piece
        return heard

    async def status(self) -> int:
        """The status of the one answer, after which the hub ends it; 0 without any."""
        heard = await self.rest()
        return int(heard[9:12]) if heard.startswith(b"HTTP/1.1 ") else 0

    async def closed(self) -> int:
        """The code of the close frame, after which the hub cuts the line; 0 without any."""
        return close_code(await self.rest())


def close_code(heard: bytes) -> int:
    """The code in the close frame among unmasked frames; 0 without any."""
    while len(heard) >= 2:
        size, at = heard[1], 2
        if size == 126:
            size, at = int.from_bytes(heard[2:4]), 4
        if heard[0] == 0x88:
            return int.from_bytes(heard[2:4])
        heard = heard[at + size :]
    return 0


@contextlib.asynccontextmanager
async def dialled(web: House, host: str = "127.0.0.1") -> AsyncIterator[Raw]:
    reader, writer = await asyncio.open_connection("127.0.0.1", web.at.port, local_addr=(host, 0))
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()


@contextlib.asynccontextmanager
async def upgraded(web: House, *, hello: bool = False) -> AsyncIterator[Raw]:
    """A websocket; with a hello that has been answered."""
    async with dialled(web) as raw:
        raw.say(UPGRADE % web.at.port)
        assert (await raw.head()).startswith(b"HTTP/1.1 101")
        if hello:
            raw.say(HELLO)
            assert b"welcome" in await raw.frame()
        yield raw
