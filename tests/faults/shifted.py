"""A process whose clocks can be set while it runs.

The number of milliseconds in a file is added to what this machine's clock says, wherever the
process asks: `time`, `datetime`, and SQL's own clock. What measures how long something takes (the
monotonic clocks) is nobody's to set.
"""

from __future__ import annotations

import datetime as dt
import time
from datetime import datetime as _datetime
from pathlib import Path
from typing import Any

_time, _time_ns = time.time, time.time_ns


class Clock:
    """How far the clock of whoever looks into this file has been set."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = (0, 0)
        self._ahead = 0

    def set(self, by: int) -> None:
        """It is ahead by so many ms; all who look from now on see that at once."""
        beside = self._path.with_suffix(".new")
        beside.write_text(str(by))
        beside.replace(self._path)

    def ahead(self) -> int:
        """Milliseconds; the file is read again only when it is another."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return 0
        if (found.st_ino, found.st_mtime_ns) != self._seen:
            self._ahead = int(self._path.read_text())
            self._seen = found.st_ino, found.st_mtime_ns
        return self._ahead


class _Known(type):
    """Moments made elsewhere are moments, too."""

    def __instancecheck__(cls, one: object) -> bool:
        return isinstance(one, _datetime)

    def __subclasscheck__(cls, one: type) -> bool:
        return issubclass(one, _datetime)


def shift(clock: Clock) -> None:
    """From here on this process goes by that clock. Call it before the hub is imported."""
    time.time = lambda: _time() + clock.ahead() / 1000
    time.time_ns = lambda: _time_ns() + clock.ahead() * 1_000_000

    class Moment(_datetime, metaclass=_Known):
        __slots__ = ()  # C looks at its size

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return _datetime.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls) -> Any:
            return _datetime.fromtimestamp(time.time(), dt.UTC).replace(tzinfo=None)

    dt.datetime = Moment  # type: ignore[misc]


class Ahead(dict[str, str]):
    """SQL that asks the database for its time, with the shift."""

    def __init__(self, sql: dict[str, str], clock: Clock) -> None:
        super().__init__(sql)
        self._clock = clock

    def __getitem__(self, dialect: str) -> str:
        return f"{super().__getitem__(dialect)} + ({self._clock.ahead()})"
