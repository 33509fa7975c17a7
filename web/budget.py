"""What a peer may send on a websocket, judged from the raw bytes before any frame is parsed.

Parsing a frame costs some microseconds, and one read of 256 KiB may hold 40,000 of them. A meter
looks at heads alone, and at no more of them than the peer has left: a read costs the same however
small its frames are. Control frames, empty frames and fragments count as any other frame.
"""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
LARGEST = 64 * KIB  # bytes of one frame, and of one text
FRAMES, FRAME_RATE = 64.0, 20.0  # frames at once, then so many a second
BYTES, BYTE_RATE = 128.0 * KIB, 32.0 * KIB
HELLO_FRAMES, HELLO_BYTES = 32.0, 16.0 * KIB  # before the hello is answered, and no more come
FRAGMENTS = 64  # frames of one text

POLICY, PROTOCOL, KIND, LARGE = 1008, 1002, 1003, 1009
_TEXT, _BINARY, _CONTROL = 1, 2, 8
_KNOWN = frozenset((0, 1, 2, 8, 9, 10))
_FINAL, _RESERVED, _OPCODE = 0x80, 0x70, 0x0F
_MASKED, _SIZE, _SMALL = 0x80, 0x7F, 125


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a connection is ended: a close code of the websocket, and a word."""

    code: int
    why: str


TOO_MANY = Verdict(POLICY, "too many frames")
TOO_MUCH = Verdict(POLICY, "too many bytes")
_TOO_LARGE = Verdict(LARGE, "a frame of more than 64 KiB")
_NO_BINARY = Verdict(KIND, "frames are text")
_UNMASKED = Verdict(PROTOCOL, "a frame without a mask")
_BITS = Verdict(PROTOCOL, "reserved bits or opcode")
_SPLIT = Verdict(PROTOCOL, "a control frame in pieces or of more than 125 bytes")


class Meter:
    """The budget of one connection. `judge` is given every byte once, in order."""

    def __init__(self, now: float) -> None:
        self._frames, self._bytes = HELLO_FRAMES, HELLO_BYTES
        self._greeted = False
        self._at = now
        self._skip = 0  # bytes of a payload that have not come yet
        self._head = b""  # a head that has not come whole
        self._pieces = 0  # frames of the text that is coming

    def greet(self, now: float) -> None:
        """The peer has said its hello: from now on its budget fills up again."""
        self._greeted, self._at = True, now
        self._frames += FRAMES - HELLO_FRAMES
        self._bytes += BYTES - HELLO_BYTES

    def judge(self, data: bytes, now: float) -> Verdict | None:
        """What is wrong with these bytes, before they are parsed; None: let them in."""
        if self._greeted:
            passed, self._at = now - self._at, now
            self._frames = min(FRAMES, self._frames + passed * FRAME_RATE)
            self._bytes = min(BYTES, self._bytes + passed * BYTE_RATE)
        self._bytes -= len(data)
        wrong = self._walk(self._head + data if self._head else data)
        return wrong or (TOO_MUCH if self._bytes < 0 else None)

    def _walk(self, data: bytes) -> Verdict | None:
        at, end = self._skip, len(data)
        while end - at >= 2:
            first, second = data[at], data[at + 1]
            wrong = self._count(first, second)
            if wrong is not None:
                return wrong
            wide = {126: 2, 127: 8}.get(second & _SIZE, 0)
            head = 2 + wide + 4
            if end - at < 2 + wide:
                self._uncount(first)
                break
            size = int.from_bytes(data[at + 2 : at + 2 + wide]) if wide else second & _SIZE
            if size > LARGEST:
                return _TOO_LARGE
            at += head + size
        self._skip, self._head = max(0, at - end), bytes(data[at:])
        return None

    def _count(self, first: int, second: int) -> Verdict | None:
        opcode = first & _OPCODE
        if first & _RESERVED or opcode not in _KNOWN:
            return _BITS
        if not second & _MASKED:
            return _UNMASKED
        if opcode == _BINARY:
            return _NO_BINARY
        if opcode >= _CONTROL:
            if not first & _FINAL or second & _SIZE > _SMALL:
                return _SPLIT
        else:
            self._pieces = 0 if first & _FINAL else self._pieces + 1
        self._frames -= 1
        return TOO_MANY if self._frames < 0 or self._pieces > FRAGMENTS else None

    def _uncount(self, first: int) -> None:
        """The rest of this head comes with the next bytes, and is counted then."""
        self._frames += 1
        if first & _OPCODE < _CONTROL and not first & _FINAL:
            self._pieces -= 1
