from __future__ import annotations

import asyncio
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as Theirs
from websockets.frames import Opcode
from websockets.streams import StreamReader

from tests.web.parts import House
from web import front
from web.wire import Frame, frame_text


def parsed(data: bytes) -> Theirs:
    reader = StreamReader()
    reader.feed_data(data)
    parser = Theirs.parse(reader.read_exact, mask=False)
    try:
        while True:
            next(parser)
    except StopIteration as done:
        return done.value


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_frame_is_what_others_read_as_text(size):
    found = parsed(frame_text(b"x" * size))
    assert (found.opcode, found.fin, bytes(found.data)) == (Opcode.TEXT, True, b"x" * size)


@given(st.text(max_size=300))
def test_a_frame_holds_its_json_in_utf_8(text):
    frame = Frame.of({"text": text.encode("utf-8", "replace").decode()}, seq=7)
    assert bytes(parsed(frame.framed).data) == frame.payload
    assert frame.seq == 7


async def test_a_head_that_never_ends_is_cut(web: House, monkeypatch):
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.2)
    reader, writer = await asyncio.open_connection("127.0.0.1", web.at.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    async with asyncio.timeout(30):
        assert await reader.read() == b""
    writer.close()


async def test_a_peer_that_pings_and_never_reads_is_cut(web: House):
    reader, writer = await asyncio.open_connection("127.0.0.1", web.at.port)
    writer.write(
        b"GET /live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Protocol: muster.v1\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    reader._transport.pause_reading()
    ping = struct.pack("!BB", 0x89, 0x80 | 125) + b"\0\0\0\0" + b"p" * 125

    async def flood() -> None:
        while True:
            writer.write(ping * 500)
            await writer.drain()
            await asyncio.sleep(0)

    async with asyncio.timeout(30):
        with pytest.raises(ConnectionError):
            await flood()
    writer.close()


@pytest.mark.parametrize(
    "head",
    [b"a: " + b"x" * 2_000_000, b"".join(b"a%d: x\r\n" % n for n in range(100_000))],
    ids=["one long header", "many headers"],
)
async def test_a_head_without_an_end_is_cut_long_before_it_fills_the_memory(web: House, head):
    reader, writer = await asyncio.open_connection(web.at.host, web.at.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nhost: x\r\n" + head)
    async with asyncio.timeout(30):
        try:
            said = await reader.read(4096)
        except ConnectionError:
            said = b""  # cut while we were still talking
    assert said.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400")) or not said
    writer.close()
    async with web.client() as client:
        answer = await client.get("/healthz", headers={"x-long": "y" * 20_000})
    assert answer.status_code == 200
