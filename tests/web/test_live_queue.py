"""Where the server offers no wire, plain ASGI does: here Starlette's own test server."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.websockets import WebSocket

from web.live_queue import MOST_FRAMES, QueueWire
from web.wire import CLOSED, Frame


class Asgi:
    """The server's half of a socket: it takes frames when the test lets it."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.free = asyncio.Event()
        self.free.set()

    def socket(self) -> WebSocket:
        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"}

        async def send(event: dict[str, Any]) -> None:
            await self.free.wait()
            self.sent.append(event)

        return WebSocket({"type": "websocket", "headers": []}, receive, send)


async def accepted(asgi: Asgi) -> QueueWire:
    socket = asgi.socket()
    await socket.accept()
    asgi.sent.clear()
    return QueueWire(socket)


async def test_frames_go_out_in_order_and_then_the_close():
    asgi = Asgi()
    wire = await accepted(asgi)
    for number in range(3):
        assert wire.push(Frame.of({"n": number}), 1000) == 0
    wire.drop(1012, "come back")
    async with asyncio.timeout(30):
        await wire.run()
    assert [event.get("text") for event in asgi.sent[:3]] == ['{"n":0}', '{"n":1}', '{"n":2}']
    assert (asgi.sent[3]["type"], asgi.sent[3]["code"]) == ("websocket.close", 1012)
    assert wire.push(Frame.of({}), 1000) == CLOSED


async def test_a_peer_that_reads_nothing_is_told_of_by_what_waits():
    asgi = Asgi()
    wire = await accepted(asgi)
    asgi.free.clear()
    frame = Frame.raw(b"x" * 100)
    while (waiting := wire.push(frame, 1000)) == 0:
        assert wire.buffered() <= 1100
    assert waiting > 1000


async def test_the_queue_is_bounded_in_frames_too():
    asgi = Asgi()
    wire = await accepted(asgi)
    for _ in range(MOST_FRAMES):
        assert wire.push(Frame.raw(b""), 10**9) == 0
    assert wire.push(Frame.raw(b""), 10**9) > 0
