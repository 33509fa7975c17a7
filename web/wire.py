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

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION = "muster.wire"
HEAD_SECONDS = 15.0  # a request line and headers that take longer are a slow attack
HEAD_BYTES = 64 * 1024  # uvicorn bounds heads with h11 only, and keeps all of a longer one
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)
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
    """uvicorn's sans-I/O websocket with a wire for fan-out."""

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        scope: Any = getattr(self, "scope", None)  # absent when the handshake was refused
        if scope is not None:
            scope["extensions"][EXTENSION] = {"wire": _TransportWire(self)}

    def handle_ping(self) -> None:
        if self.transport.get_write_buffer_size() > PONG_ROOM:
            self.transport.abort()
            return
        super().handle_ping()


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


class GateProtocol(HttpToolsProtocol):
    """uvicorn's HTTP with a deadline (slowloris) and a size for the head of a request."""

    _late: asyncio.TimerHandle | None = None
    _head = 0  # bytes of a head that has not ended yet

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._head = 0 if self._late is None else self._head + len(data)
        if self._head > HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def on_message_begin(self) -> None:
        self._wait()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._no_longer()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._no_longer()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._no_longer()
        self._late = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _no_longer(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
