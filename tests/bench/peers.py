"""Hostile peers in a process of their own: `python -m tests.bench.peers PORT SECONDS KIND …`.

Each kind is one thread with one connection at a time; a peer that is closed comes back at once.
At the end one JSON line says how often each was closed, with which codes, and after how long.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

UPGRADE = (
    b"GET /live HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: muster.v1\r\n\r\n"
)
MASK = b"\0\0\0\0"  # as good as any, and the frame can be read
BATCH = 64 * 1024
PATIENCE = 20.0  # seconds a peer waits for anything
HEARD = 64 * 1024  # bytes kept of what the hub says, to find the close frame in


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True) -> bytes:
    """A masked frame of a client."""
    head = bytes(((0x80 if fin else 0) | opcode,))
    size = len(payload)
    if size < 126:
        return head + bytes((0x80 | size,)) + MASK + payload
    return head + struct.pack("!BH", 0x80 | 126, size) + MASK + payload


HELLO = frame(1, b'{"op":"hello"}')


def batch(one: bytes) -> bytes:
    """As many of these as fill one write."""
    return one * max(1, BATCH // len(one))


@dataclass
class Closed:
    """How the hub ended one connection."""

    kind: str
    code: int  # of the close frame, or the HTTP status; 0: cut without a word
    seconds: float


@dataclass
class Peer:
    """One hostile thread."""

    kind: str
    port: int
    until: float
    closed: list[Closed] = field(default_factory=list)
    sent: int = 0

    def run(self) -> None:
        """Attacks until its time is over, whatever becomes of its connections."""
        while time.monotonic() < self.until:
            began = time.monotonic()
            with contextlib.suppress(OSError, Gone), self._dial() as line:
                self._attack(line)
                self.closed.append(Closed(self.kind, _code(line), time.monotonic() - began))

    def _dial(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.kind.startswith("knock"):  # a reset: no port of this machine is left waiting
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return line

    def _attack(self, line: socket.socket) -> None:
        """Talks until it is stopped: by the hub, or by the clock."""
        with contextlib.suppress(OSError):
            for piece in ATTACKS[self.kind](self.port, line):
                line.sendall(piece)
                self.sent += len(piece)
                if time.monotonic() > self.until:
                    break


def _code(line: socket.socket) -> int:
    """What the hub said last: the code of its close frame, or the status of its answer."""
    heard = b""
    line.settimeout(1.0)
    with contextlib.suppress(OSError):
        while piece := line.recv(HEARD):
            heard = (heard + piece)[-HEARD:]
    if heard.startswith(b"HTTP/1.1 ") and not heard.startswith(b"HTTP/1.1 101"):
        return int(heard[9:12])
    found = heard.rfind(b"\x88")
    return int.from_bytes(heard[found + 2 : found + 4], "big") if found >= 0 else 0


def _upgraded(port: int, line: socket.socket, hello: bytes = b"") -> Iterator[bytes]:
    yield UPGRADE % port
    if not line.recv(4096).startswith(b"HTTP/1.1 101"):
        raise ConnectionError
    if hello:
        yield hello
        line.recv(4096)


def _frames(one: bytes, *, first: bytes = b"", hello: bytes = b"") -> Attack:
    def attack(port: int, line: socket.socket) -> Iterator[bytes]:
        yield from _upgraded(port, line, hello)
        yield first
        many = batch(one)
        while True:
            yield many

    return attack


def _slow(port: int, line: socket.socket) -> Iterator[bytes]:
    """Below every budget: a ping each 200 ms."""
    yield from _upgraded(port, line, HELLO)
    while True:
        yield frame(9, b"slow")
        time.sleep(0.2)


def _pipelined(port: int, _line: socket.socket) -> Iterator[bytes]:
    many = batch(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port)
    while True:
        yield many


def _asking(port: int, line: socket.socket) -> Iterator[bytes]:
    """One request after the other, as fast as they are answered."""
    one = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port
    while True:
        yield one
        if not line.recv(65536):
            raise ConnectionError


def _chunks(port: int, _line: socket.socket) -> Iterator[bytes]:
    yield (
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n" % port
    )
    many = batch(b"1\r\nx\r\n")
    while True:
        yield many


def _headers(port: int, _line: socket.socket) -> Iterator[bytes]:
    yield b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % port
    many = batch(b"a:\r\n")
    while True:
        yield many


def _slow_head(port: int, _line: socket.socket) -> Iterator[bytes]:
    yield b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nx: " % port
    while True:
        yield b"y"
        time.sleep(0.2)


def _slow_body(port: int, _line: socket.socket) -> Iterator[bytes]:
    yield (
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
        b"Content-Length: 10000\r\n\r\n" % port
    )
    while True:
        yield b"y"
        time.sleep(0.2)


def _knock(_port: int, _line: socket.socket) -> Iterator[bytes]:
    """Comes, and is gone."""
    yield b""
    raise Gone


def _knock_upgraded(port: int, line: socket.socket) -> Iterator[bytes]:
    """Comes, is let in, floods, and does not wait to be thrown out."""
    yield from _upgraded(port, line)
    yield batch(frame(9))
    raise Gone


def _knock_asking(port: int, line: socket.socket) -> Iterator[bytes]:
    yield b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port
    line.recv(65536)
    raise Gone


class Gone(Exception):
    """The peer does not wait for an answer."""


Attack = Callable[[int, socket.socket], Iterator[bytes]]
ATTACKS: dict[str, Attack] = {
    "continuations": _frames(frame(0, fin=False), first=frame(1, fin=False)),
    "continuations-after-hello": _frames(
        frame(0, fin=False), first=frame(1, fin=False), hello=HELLO
    ),
    "pings": _frames(frame(9)),
    "pings-after-hello": _frames(frame(9), hello=HELLO),
    "full-pings": _frames(frame(9, b"p" * 125), hello=HELLO),
    "pongs": _frames(frame(10)),
    "pongs-after-hello": _frames(frame(10), hello=HELLO),
    "texts": _frames(frame(1, b"{}")),
    "texts-after-hello": _frames(frame(1, b'{"op":"ping"}'), hello=HELLO),
    "slow": _slow,
    "pipelined": _pipelined,
    "asking": _asking,
    "chunks": _chunks,
    "headers": _headers,
    "slow-head": _slow_head,
    "slow-body": _slow_body,
    "knock": _knock,
    "knock-upgraded": _knock_upgraded,
    "knock-asking": _knock_asking,
}


def main(words: list[str]) -> None:
    """Runs the peers and says what became of them."""
    os.nice(5)  # a hostile network has processors of its own; here they are shared
    port, seconds, kinds = int(words[0]), float(words[1]), words[2:]
    peers = [Peer(kind, port, time.monotonic() + seconds) for kind in kinds]
    threads = [threading.Thread(target=peer.run, daemon=True) for peer in peers]
    for thread in threads:
        thread.start()
    print(json.dumps({"up": len(threads)}), flush=True)
    for thread in threads:
        thread.join(seconds + PATIENCE)
    told = [
        {
            "kind": peer.kind,
            "sent": peer.sent,
            "closed": len(peer.closed),
            "codes": sorted({one.code for one in peer.closed}),
            "longest_s": round(max((one.seconds for one in peer.closed), default=0.0), 2),
        }
        for peer in peers
    ]
    print(json.dumps({"peers": told}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
