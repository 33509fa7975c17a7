"""HTTP as strangers speak it: what a connection may cost, judged before a request is made of it.

Heads have a size, a number of lines and a deadline; bodies come in pieces worth reading; a
connection has so many requests waiting and so many a second; whoever does not read is cut. uvicorn
does the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import httptools
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from web import heads
from web.heads import Answer, Wrong
from web.proxies import Proxies
from web.seats import Seat
from web.wire import LiveProtocol

KIB = 1024
FORWARDED = b"x-forwarded-for"
END = b"\r\n\r\n"  # of a head
PROVE = "muster.prove"  # in a request's scope: to be called when its sender is known
SLICE = 16 * KIB  # bytes parsed at once: then it is looked whether to go on
HEAD_BYTES = 64 * KIB
HEAD_SECONDS = 15.0  # a request line and headers that take longer are a slow attack
SPILL_SECONDS = 30.0  # for the rest of a body whose request is answered already (RFC 9112 §9.6)
SPILL_QUIET = 5.0  # seconds of those without a byte
SPILL_BYTES = 64 * 1024 * KIB
STALL_SECONDS = 60.0  # without taking the 48 KiB that make room for more
FLUSH_SECONDS = 30.0  # for the last bytes of a connection that is closed
EXPEL_SECONDS = 0.5  # from a refusal to the cut
PIPELINED = 16  # requests that wait on one connection; browsers let none wait
REQUESTS, RATE = 64.0, 30.0  # of a stranger's connection at once, then so many a second
CHUNKS, CHUNK_BYTES = 256, 64  # chunks of a body; beyond so many they hold so much on average


class GateProtocol(HttpToolsProtocol):
    """uvicorn's HTTP for a hostile network."""

    def __init__(
        self, *args: Any, seat: Seat | None = None, proxies: Proxies | None = None, **named: Any
    ) -> None:
        super().__init__(*args, **named)
        self._seat = seat
        self._proxies = proxies or Proxies(())
        self._late: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._cutting: asyncio.TimerHandle | None = None
        self._waking: asyncio.TimerHandle | None = None
        self._over = False  # nothing that comes is read any more
        self._parting = False  # to be closed once the rest of the body has come
        self._spilled, self._spills_until = 0, 0.0
        self._head = self._lines = self._chunks = self._body = 0
        self._whole = True  # the newest request has come with all of its body
        self._left, self._counted_at = REQUESTS, self.loop.time()

    # ── the connection ──

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.flow = _Flow(transport)
        self.ws_protocol_class = partial(LiveProtocol, seat=self._seat)  # type: ignore[assignment]
        if self._seat is not None:
            self._seat.cut = transport.abort
            self._seat.idle()
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._late, self._stalled, self._cutting, self._waking):
            if timer is not None:
                timer.cancel()
        self._over = True
        if self._seat is not None:
            self._seat.leave()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(STALL_SECONDS, self.transport.abort)
        self._waits()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
        if self._seat is not None and not self._answered():
            self._seat.busy()

    # ── what comes in ──

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        self._unset_keepalive_if_required()
        view = memoryview(data)
        at = 0
        try:
            self._look_ahead(data)
            while at < len(view) and not self._over:
                part = view[at : at + SLICE]
                at += self._feed(part)
                self._grow(len(part))
            self._spill(len(data))
        except Wrong as wrong:
            self._refuse(wrong.answer)
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause.answer if isinstance(cause, Wrong) else heads.BROKEN)

    def _look_ahead(self, data: bytes) -> None:
        """A heap of requests without bodies is refused before the first of them is made."""
        if self._whole and data.startswith((b"GET ", b"HEAD ")) and data.count(END) > PIPELINED:
            raise Wrong(heads.PIPELINED)

    def _feed(self, part: memoryview) -> int:
        """How many of these bytes were read: fewer where a websocket begins."""
        try:
            self.parser.feed_data(part)
        except httptools.HttpParserUpgrade as upgrade:
            read = int(upgrade.args[0])
            if not self._should_upgrade():
                return max(1, read)  # an offer we do not take up: the request is answered as it is
            if read < len(part):
                raise Wrong(heads.EARLY) from upgrade
            self._over = True
            self.handle_websocket_upgrade()
        return len(part)

    def _grow(self, size: int) -> None:
        self._head = self._head + size if self._whole else 0
        if self._head > HEAD_BYTES:
            raise Wrong(heads.TOO_LARGE)

    def _should_upgrade(self) -> bool:
        return heads.wants_websocket(self.headers) and self._should_upgrade_to_ws()

    def handle_websocket_upgrade(self) -> None:
        if self._seat is not None and (lines := self._forwarded()):
            host = self._proxies.behind(lines)
            if host and not self._seat.behind(host):
                raise Wrong(heads.NO_ROOM)
        self._no_longer()
        if self._waking is not None:
            self._waking.cancel()
        super().handle_websocket_upgrade()

    # ── what the parser says ──

    def on_message_begin(self) -> None:
        self._wait(HEAD_SECONDS)
        self._lines = self._chunks = self._body = 0
        self._whole = True
        if len(self.pipeline) >= PIPELINED:
            raise Wrong(heads.PIPELINED)
        super().on_message_begin()
        self.scope[PROVE] = self._prove  # type: ignore[literal-required]

    def on_header(self, name: bytes, value: bytes) -> None:
        self._lines += 1
        if self._lines > heads.MOST_HEADERS:
            raise Wrong(heads.TOO_LARGE)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        version, method = self.parser.get_http_version(), self.parser.get_method()
        self.url = heads.check(version, method, self.url, self.headers)
        if self._should_upgrade():
            heads.check_upgrade(version, method, self.headers)
        self._no_longer()
        self._head, self._whole = 0, False
        if self._forwarded():
            self._prove()
        self._pace()
        super().on_headers_complete()
        cycle: Any = self.cycle  # the old one, or none, where a websocket begins
        if cycle is not None:
            cycle.transport = _Leave(self.transport, self.part)

    def on_chunk_header(self) -> None:
        self._chunks += 1
        if self._chunks > CHUNKS + self._body // CHUNK_BYTES:
            raise Wrong(heads.TINY_CHUNKS)

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._whole = True
        super().on_message_complete()
        if self._parting:
            self._over = True
            self.transport.close()
            self._see_out()
        elif self._seat is not None and not self._answered():
            self._seat.busy()

    def on_response_complete(self) -> None:
        if self._parting:
            self.pipeline.clear()
            self.flow.resume_reading()
        else:
            super().on_response_complete()
        if self.transport.is_closing():
            self._see_out()
        elif self.cycle.response_complete:
            if self._whole:
                self._wait(HEAD_SECONDS)
            else:
                self._spilled, self._spills_until = 0, self.loop.time() + SPILL_SECONDS
                self._wait(min(SPILL_QUIET, SPILL_SECONDS))
            self._waits()

    # ── pace ──

    def _forwarded(self) -> list[str]:
        """For whom a proxy of ours asks. One that names nobody may be anybody."""
        if not self.client or self.client[0] not in self._proxies:
            return []
        return [value.decode("latin-1") for name, value in self.headers if name == FORWARDED]

    def _pace(self) -> None:
        """A stranger's requests beyond its rate are read later; those who are known have none."""
        if self._seat is None or self._seat.known:
            return
        now = self.loop.time()
        self._left = min(REQUESTS, self._left + (now - self._counted_at) * RATE) - 1
        self._counted_at = now
        if self._left < 0 and not self._flow.held:
            self._flow.held = True
            self.flow.pause_reading()
            self._waking = self.loop.call_later(-self._left / RATE, self._go_on)

    def _go_on(self) -> None:
        self._flow.held = False
        if not self.transport.is_closing():
            self.flow.resume_reading()

    @property
    def _flow(self) -> _Flow:
        assert isinstance(self.flow, _Flow)  # noqa: S101 - made in connection_made
        return self.flow

    def _prove(self) -> None:
        """Whoever sent this request is known: they may send as many as they like."""
        if self._seat is not None:
            self._seat.prove()

    # ── how it ends ──

    def part(self) -> None:
        """The answer is out and no other follows: the connection ends once the body has come, or a
        peer that still sends would meet a reset before it has read our word (a proxy says 502)."""
        if self._whole or self.transport.is_closing():
            self.transport.close()
            return
        self._parting = True
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _spill(self, size: int) -> None:
        """The rest of a body that nobody needs is read and thrown away, within bounds."""
        if self._whole or not self._answered() or self.transport.is_closing():
            return
        self._spilled += size
        left = self._spills_until - self.loop.time()
        if self._spilled > SPILL_BYTES or left <= 0:
            self._over = True
            self.transport.abort()
        else:
            self._wait(min(SPILL_QUIET, left))

    def _refuse(self, answer: Answer) -> None:
        """The last answer; in the middle of another one there is none."""
        self._over = True
        self._no_longer()
        if self.transport.is_closing():
            return
        self._flow.held = True
        self.transport.pause_reading()
        self.pipeline.clear()
        if self._answered():
            self.transport.write(answer.raw())
            if self.transport.can_write_eof():
                self.transport.write_eof()
        # not `close` at once: what we have not read would become a reset that overtakes our word
        self._cutting = self.loop.call_later(EXPEL_SECONDS, self.transport.abort)

    def _answered(self) -> bool:
        """No answer is under way."""
        cycle: Any = self.cycle  # none before the first request
        return cycle is None or bool(cycle.response_complete)

    def _see_out(self) -> None:
        """A peer that takes nothing would keep a graceful close open for ever."""
        if self._cutting is None:
            self._cutting = self.loop.call_later(FLUSH_SECONDS, self.transport.abort)

    def _waits(self) -> None:
        if self._seat is not None:
            self._seat.idle()

    def _wait(self, seconds: float) -> None:
        self._no_longer()
        self._late = self.loop.call_later(seconds, self.transport.abort)

    def _no_longer(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class _Leave:
    """The transport as an answer has it: closing it is the protocol's decision."""

    def __init__(self, transport: Any, close: Callable[[], None]) -> None:
        self.write = transport.write
        self.is_closing = transport.is_closing
        self.close = close


class _Flow(FlowControl):
    """uvicorn's, which cannot be made to wait."""

    held = False

    def resume_reading(self) -> None:
        if not self.held:
            super().resume_reading()
