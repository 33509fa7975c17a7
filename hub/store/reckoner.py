"""One reckoner for a process and its database: every reading of the database's clock goes by it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from hub.decide.reckon import JUMP_MS, Reading, Reckoned, adopt, begin, reckon

YOUNG_MS = 60_000
"""So long a process that has begun takes others' word for a jump it has not seen: the clock may
have been set between their last reading and its first."""

_EVEN = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def even_ms() -> int:
    """A clock nothing sets, in ms: it also counts while the machine sleeps, where there is one."""
    return time.clock_gettime_ns(_EVEN) // 1_000_000


class Reckoner:
    """House time. Used from any thread; a reading costs two looks at a clock and a lock."""

    def __init__(self, even: Callable[[], int] = even_ms):
        self._even = even
        self._lock = threading.Lock()
        self._now: Reckoned | None = None
        self._born = even()
        self._offset = 0  # as the database's other processes know it
        self._jumped = False
        self._taken = 0  # how often others' word was taken for a jump this process has not seen

    @property
    def offset(self) -> int:
        """Milliseconds house time is ahead of the database's clock."""
        now = self._now
        return self._offset if now is None else now.offset

    def read(self, ask: Callable[[], int]) -> int:
        """House time (ms) as `ask` reads the database's clock now. What was asked before others'
        word was taken may be the clock as it was before their jump: then it is asked again."""
        while True:
            taken, began = self._taken, self._even()
            reading = Reading(ask(), began, self._even())
            if (house := self._read(reading, taken)) is not None:
                return house

    def _read(self, reading: Reading, taken: int) -> int | None:
        with self._lock:
            before = self._now
            if before is None and taken != self._taken:
                return None
            now = begin(reading, offset=self._offset) if before is None else reckon(before, reading)
            self._now = now
            self._jumped = self._jumped or now.jumped != 0
            return now.house

    def now(self) -> datetime:
        """House time without asking; this machine's time before the first reading."""
        now = self._now
        if now is None:
            return datetime.now(UTC)
        ms = now.last.said + now.offset + self._even() - now.last.ended
        return datetime.fromtimestamp(ms / 1000, UTC)

    def unshared(self) -> tuple[int, int] | None:
        """(offset others know, offset found) while this process has seen a jump it has not told."""
        with self._lock:
            if not self._jumped:
                return None
            found = self.offset
            if abs(found - self._offset) <= JUMP_MS:  # set, and set back
                self._jumped = False
                return None
            return self._offset, found

    def found(self, offset: int) -> int:
        """House time goes by this offset, which others are still to be told; the offset. The clock
        has been read before."""
        with self._lock:
            if self._now is not None:
                self._now = adopt(self._now, offset)
                self._jumped = True
            return self.offset

    def shared(self, offset: int, *, told: bool = True) -> bool:
        """House time goes by this offset, which all know; False if this process cannot believe it:
        it has read the clock all the time, and knows better how far it jumped. `told`: all know
        what it has seen; if not, their word may be older than a jump it has seen since."""
        with self._lock:
            if self._jumped and not told:
                return False
            near = abs(offset - self.offset) <= JUMP_MS
            if self._now is not None and not near and self._even() - self._born > YOUNG_MS:
                return False
            self._offset, self._jumped = offset, False
            if self._now is not None:
                # Its reading may be older than the jump it has not seen: the next is the first.
                self._now = adopt(self._now, offset) if near else None
                self._taken += not near
            return True
