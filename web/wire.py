"""Websocket frames written straight to transports: framed once, the same bytes to everyone.

A small uvicorn protocol offers `scope["extensions"]["muster.wire"]["wire"]`; where it is absent
(another server) plain ASGI `send` does. Writing to a transport skips its back-pressure, so whoever
uses a wire looks at `buffered()` and stops or closes.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from web.budget import PROTOCOL, Meter
from web.seats import Seat

EXTENSION = "muster.wire"
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
NOT_UTF_8, COME_BACK = 1007, 1013
EXPEL_SECONDS = 0.5  # from the close frame to the cut for one that broke a rule
FAREWELL_SECONDS = 2.0  # a peer that does not echo our close within this is cut
PONG_ROOM = 64 * 1024  # a peer that pings and never reads is cut above this many waiting bytes

_SMALL, _MEDIUM = 126, 1 << 16
_TEXT_FIN = 0x81


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing said to watchers: JSON, and the same as a websocket frame, made once."""

    payload: bytes
    framed: bytes
    seq: int = 0
    op: str = ""

    @classmethod
    def of(cls, body: Mapping[str, Any], *, seq: int = 0) -> Frame:
        """The frame of a JSON object."""
        return cls.raw(encode(body), seq=seq, op=str(body.get("op", "")))

    @classmethod
    def raw(cls, payload: bytes, *, seq: int = 0, op: str = "") -> Frame:
        """The frame of JSON that is encoded already."""
        return cls(payload, frame_text(payload), seq, op)


def encode(body: Mapping[str, Any]) -> bytes:
    """JSON without spaces, in UTF-8."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


CLOSED = -1


class Wire(Protocol):
    """The raw way to one websocket. All methods are synchronous and never block."""

    def push(self, frame: Frame, room: int) -> int:
        """0: written. CLOSED: the socket is closing or closed. Else the bytes the peer has not
        taken yet, more than `room`: nothing was written."""
        ...

    def buffered(self) -> int:
        """Bytes the peer has not taken yet."""
        ...

    def greet(self, *, known: bool) -> None:
        """The hello was answered. `known`: the peer has shown who it is."""
        ...

    def drop(self, code: int, reason: str = "") -> None:
        """The socket is closed with this code; a peer that does not listen is cut."""
        ...


def frame_text(payload: bytes) -> bytes:
    """A websocket text frame from a server (RFC 6455 §5.2: final, unmasked)."""
    size = len(payload)
    if size < _SMALL:
        return bytes((_TEXT_FIN, size)) + payload
    if size < _MEDIUM:
        return struct.pack("!BBH", _TEXT_FIN, 126, size) + payload
    return struct.pack("!BBQ", _TEXT_FIN, 127, size) + payload


class LiveProtocol(WebSocketsSansIOProtocol):
    """uvicorn's sans-I/O websocket with a wire for fan-out and a budget for what comes in.

    A peer that breaks a rule hears the close code, is read no more, and is cut soon after: whether
    it listens or not.
    """

    def __init__(self, *args: Any, seat: Seat | None = None, **named: Any) -> None:
        super().__init__(*args, **named)
        self.seat = seat
        if seat is not None:
            seat.cut = self.make_room
        self.close_timeout = FAREWELL_SECONDS
        self.meter: Meter | None = None  # none while the handshake is read
        self._expelled = False
        self._cutting: asyncio.TimerHandle | None = None

    # ── what comes in ──

    def data_received(self, data: bytes) -> None:
        if self._expelled:
            return
        if self.meter is None:
            self.meter = Meter(self.loop.time())
            super().data_received(data)
            self._refuse_handshake()
        elif (wrong := self.meter.judge(data, self.loop.time())) is not None:
            self.expel(wrong.code, wrong.why)
        else:
            super().data_received(data)
            self._see_out()

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        scope: Any = getattr(self, "scope", None)  # absent when the handshake was refused
        if scope is None:
            return
        scope["extensions"][EXTENSION] = {"wire": _TransportWire(self)}
        self.read_paused = True  # what comes before our 101 is nobody's frame
        self.transport.pause_reading()

    def _refuse_handshake(self) -> None:
        """A head that could not be read: the library has its answer ready, but sends none."""
        if self.conn.handshake_exc is None or self.close_sent:
            return
        self.close_sent = self.handshake_complete = True
        self.transport.write(b"".join(self.conn.data_to_send()) or BAD_REQUEST)
        self.transport.close()
        self._see_out()

    def handle_ping(self) -> None:
        if self.transport.get_write_buffer_size() > PONG_ROOM:
            self.transport.abort()
            return
        super().handle_ping()

    def send_receive_event_to_app(self) -> None:
        try:
            b"".join(self.frames).decode()
        except UnicodeDecodeError:
            self.frames = []
            self.expel(NOT_UTF_8, "text is UTF-8")
            return
        super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        said = self.conn.close_sent
        self._end(said.code if said else PROTOCOL, said.reason if said else "")

    # ── how it ends ──

    def expel(self, code: int, reason: str) -> None:
        """The peer has broken a rule: it is told, and cut within EXPEL_SECONDS."""
        if self._expelled or self.transport.is_closing():
            return
        if self.close_sent or self.conn.state is not State.OPEN:
            self._expelled = True
            self.transport.abort()
            return
        self.conn.send_close(code, reason)
        self._end(code, reason)

    def make_room(self) -> None:
        """The place of this idle stranger is needed: it is told to come back later."""
        if self.close_sent or self.conn.state is not State.OPEN:
            self.transport.abort()
            return
        self.conn.send_close(COME_BACK, "making room, come back")
        self._end(COME_BACK, "making room, come back")
        self.transport.close()

    def _end(self, code: int, reason: str) -> None:
        self._expelled = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.read_paused = False  # nothing is to resume it
        self.transport.pause_reading()
        # not `close` at once: what we have not read would become a reset that overtakes our word
        self.close_timer = self.loop.call_later(EXPEL_SECONDS, self.transport.abort)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._see_out()

    def shutdown(self) -> None:
        super().shutdown()
        self._see_out()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        super().on_task_complete(task)
        self._see_out()

    def _see_out(self) -> None:
        """A peer that takes nothing would keep a graceful close open for ever."""
        if self._cutting is None and self.transport.is_closing() and not self.disconnected:
            self._cutting = self.loop.call_later(FAREWELL_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._cutting is not None:
            self._cutting.cancel()
        if self.seat is not None:
            self.seat.leave()
        super().connection_lost(exc)


class _TransportWire:
    """`Wire` over a uvicorn connection."""

    __slots__ = ("_closing", "_protocol", "_waiting", "_write")

    def __init__(self, protocol: LiveProtocol) -> None:
        self._protocol = protocol
        # bound once: this is the innermost line of a fan-out to thousands
        self._closing = protocol.transport.is_closing
        self._waiting = protocol.transport.get_write_buffer_size
        self._write = protocol.transport.write

    def push(self, frame: Frame, room: int) -> int:
        if self._closing() or self._protocol.close_sent:
            return CLOSED
        waiting = self._waiting()
        if waiting > room:
            return waiting
        self._write(frame.framed)
        return 0

    def buffered(self) -> int:
        return self._protocol.transport.get_write_buffer_size()

    def greet(self, *, known: bool) -> None:
        own = self._protocol
        if own.meter is not None:
            own.meter.greet(own.loop.time())
        if known and own.seat is not None:
            own.seat.prove()

    def drop(self, code: int, reason: str = "") -> None:
        own = self._protocol
        if own.close_sent or own.disconnected or own.transport.is_closing():
            return
        own.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        own.conn.send_close(code, reason)
        own.transport.write(b"".join(own.conn.data_to_send()))
        own.close_sent = True
        if own.read_paused:  # the peer's own close must be heard
            own.read_paused = False
            own.transport.resume_reading()
        # abort, not close: a peer that reads nothing would keep a graceful close open for ever
        own.close_timer = own.loop.call_later(FAREWELL_SECONDS, own.transport.abort)
