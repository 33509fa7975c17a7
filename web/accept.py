"""Connections as they come: so many at once, each with a place, and none where handles run out.

asyncio's own server makes a connection of whatever comes, up to the whole backlog in one go, and at
the end of the handles it tries again for each place of that backlog.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import ssl
from collections import OrderedDict, deque
from collections.abc import Callable

import structlog

from web.proxies import Proxies
from web.seats import Seat, Seats

log = structlog.get_logger(__name__)

AT_ONCE = 64  # connections taken before others of the loop have their turn
BURST, RATE = 256.0, 400.0  # strangers' connections begun at once, then so many a second
GIVEN_BACK = 0.75
"""Of what a stranger's connection cost, once they have shown who they are: after a restart these
are let in at up to RATE / (1 - GIVEN_BACK) = 1,600 a second, a flood of others at RATE."""
STEP = 0.004  # seconds until more are begun, where they are held back
HANDSHAKE_SECONDS = 5.0  # of TLS
PAUSE_SECONDS = 0.25  # after handles have run out
CUT = 64  # idle strangers that then make room
_GONE = (BlockingIOError, InterruptedError, ConnectionAbortedError)

Factory = Callable[[Seat], asyncio.Protocol]


class Acceptor:
    """Takes connections from a listening socket until it is closed."""

    def __init__(
        self,
        listening: socket.socket,
        factory: Factory,
        *,
        seats: Seats,
        proxies: Proxies,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._listening, self._factory = listening, factory
        self._seats, self._proxies = seats, proxies
        self._tls = tls
        seats.proved = self._give_back
        self._loop = asyncio.get_running_loop()
        self._waiting: OrderedDict[str, deque[tuple[socket.socket, Seat]]] = OrderedDict()
        self._left, self._counted_at = BURST, self._loop.time()
        self._begins: asyncio.TimerHandle | None = None
        self._opening: set[asyncio.Task[None]] = set()
        self._spare = os.open(os.devnull, os.O_RDONLY)
        self._again: asyncio.TimerHandle | None = None
        self._closed = False
        self._loop.add_reader(listening.fileno(), self._ready)

    def close(self) -> None:
        """Nobody is let in any more. Those who are in stay."""
        if self._closed:
            return
        self._closed = True
        if self._again is None:
            self._loop.remove_reader(self._listening.fileno())
        else:
            self._again.cancel()
        if self._begins is not None:
            self._begins.cancel()
        for connection, seat in (one for line in self._waiting.values() for one in line):
            seat.leave()
            connection.close()
        for task in self._opening:
            task.cancel()
        if self._spare >= 0:
            os.close(self._spare)

    async def wait_closed(self) -> None:
        """As uvicorn asks it of asyncio's servers."""
        if self._opening:
            await asyncio.wait(self._opening)

    def _ready(self) -> None:
        for _ in range(AT_ONCE):
            try:
                line, peer = self._listening.accept()
            except _GONE:
                break
            except OSError as error:
                self._pause(error)
                break
            self._take(line, peer)
        if self._waiting and self._begins is None:
            self._begin()

    def _take(self, line: socket.socket, peer: object) -> None:
        line.setblocking(False)
        host = str(peer[0]) if isinstance(peer, tuple) else ""  # a unix socket has no address
        # until its protocol is there, closing the socket is all there is to do
        seat = self._seats.take(host, line.close, trusted=not host)
        if seat is None:
            line.close()
        elif seat.known or host in self._proxies:
            self._open_up(line, seat)
        else:
            seat.busy()  # it is we who let it wait
            self._waiting.setdefault(seat.address, deque()).append((line, seat))

    def _begin(self) -> None:
        """Strangers who wait are begun at our pace, one of each address in turn: a flood of them
        leaves the loop to others, and others of them find no longer a line than their own."""
        now = self._loop.time()
        self._left = min(BURST, self._left + (now - self._counted_at) * RATE)
        self._counted_at, self._begins = now, None
        begun = 0
        while self._waiting and self._left >= 1 and begun < AT_ONCE:
            address, line = self._waiting.popitem(last=False)
            connection, seat = line.popleft()
            if line:
                self._waiting[address] = line
            if _gone(connection):
                seat.leave()
                connection.close()
            else:
                self._left, begun = self._left - 1, begun + 1
                self._open_up(connection, seat)
        if self._waiting:
            self._begins = self._loop.call_later(STEP, self._begin)

    def _give_back(self) -> None:
        """Somebody has shown who they are: those who wait come sooner."""
        self._left = min(BURST, self._left + GIVEN_BACK)

    def _open_up(self, line: socket.socket, seat: Seat) -> None:
        task = self._loop.create_task(self._greet(line, seat), name="accept")
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _greet(self, line: socket.socket, seat: Seat) -> None:
        waits = HANDSHAKE_SECONDS if self._tls else None
        try:
            await self._loop.connect_accepted_socket(
                lambda: self._factory(seat), line, ssl=self._tls, ssl_handshake_timeout=waits
            )
        except BaseException as error:
            seat.leave()
            line.close()
            if not isinstance(error, OSError | asyncio.CancelledError | ValueError):
                log.warning("accept.failed", error=type(error).__name__)
            if isinstance(error, asyncio.CancelledError):
                raise

    def _pause(self, error: OSError) -> None:
        """Handles have run out: idle strangers go, one who waits is sent away with the handle kept
        for that, and it is tried again a little later."""
        self._loop.remove_reader(self._listening.fileno())
        self._again = self._loop.call_later(PAUSE_SECONDS, self._resume)
        if error.errno in {errno.EMFILE, errno.ENFILE} and self._spare >= 0:
            self._seats.make_room(CUT)
            os.close(self._spare)
            with contextlib.suppress(OSError):
                self._listening.accept()[0].close()
            self._spare = -1
        else:
            log.warning("accept.paused", error=errno.errorcode.get(error.errno or 0, "?"))

    def _resume(self) -> None:
        self._again = None
        if self._spare < 0:
            with contextlib.suppress(OSError):
                self._spare = os.open(os.devnull, os.O_RDONLY)
        self._loop.add_reader(self._listening.fileno(), self._ready)


def _gone(line: socket.socket) -> bool:
    """Its peer has left while it waited, or its place was needed: nothing is to be made of it."""
    try:
        return not line.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False  # it has said nothing yet
    except OSError:
        return True
