"""The slim client: keeps connections, replaces dead ones, refuses what it does not understand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from channels.simulator.wire import Garbled, Wire

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Peer:
    """Answers each request of a connection with the next of its answers, then closes."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = answers
        self.connections = 0
        self.requests: list[bytes] = []
        self.url = ""
        self.writers: list[asyncio.StreamWriter] = []

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        for answer in self.answers:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            self.requests.append(head + await reader.readexactly(size))
            writer.write(answer)
        writer.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Wire]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/r/1.x?a=b"
        wire = Wire()
        try:
            yield wire
        finally:
            await wire.close()
            for writer in self.writers:
                writer.transport.abort()
            server.close()
            await server.wait_closed()

    async def ask(self, wire: Wire, body: bytes = b"a=1") -> tuple[int, str]:
        async with asyncio.timeout(30):
            return await wire.post(self.url, body, headers={"X-One": "1"})


async def test_a_request_is_plain_http_and_its_answer_read() -> None:
    peer = Peer(OK)
    async with peer.open() as wire:
        assert await peer.ask(wire) == (200, "ok")
    [request] = peer.requests
    assert request.startswith(b"POST /r/1.x?a=b HTTP/1.1\r\nHost: 127.0.0.1:")
    assert request.endswith(b"X-One: 1\r\n\r\na=1")


async def test_a_connection_is_used_again() -> None:
    peer = Peer(OK, OK, OK)
    async with peer.open() as wire:
        for _ in range(3):
            await peer.ask(wire)
    assert peer.connections == 1


async def test_a_kept_connection_that_was_closed_is_replaced() -> None:
    peer = Peer(OK)
    async with peer.open() as wire:
        for _ in range(3):
            assert await peer.ask(wire) == (200, "ok")
            await asyncio.sleep(0.02)
    assert peer.connections == 3


async def test_close_means_close() -> None:
    closing = b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    peer = Peer(closing, closing)
    async with peer.open() as wire:
        for _ in range(2):
            assert await peer.ask(wire) == (403, "")
    assert peer.connections == 2


async def test_chunks_are_put_together() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    peer = Peer(head + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", OK)
    async with peer.open() as wire:
        assert await peer.ask(wire) == (200, "abcde")
        assert await peer.ask(wire) == (200, "ok")
    assert peer.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"hello\r\n\r\n",
        b"HTTP/1.1 xxx\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        b"",
    ],
)
async def test_what_it_does_not_understand_is_a_connection_error(answer: bytes) -> None:
    peer = Peer(answer)
    async with peer.open() as wire:
        with pytest.raises((Garbled, ConnectionError)):
            await peer.ask(wire)


async def test_nobody_there_is_an_os_error(free_port: int) -> None:
    with pytest.raises(OSError, match=r"Connect"):
        await Wire().post(f"http://127.0.0.1:{free_port}/", b"", headers={})
