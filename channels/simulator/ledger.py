"""The simulator's own witness: an append-only file, on disk before any 2xx is answered."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode

ARRIVED: ContextVar[int] = ContextVar("arrived", default=0)
"""When the request that is being answered here was heard, in ms."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened at the provider, or with a resident or a screen.

    `kind`: sms, call, wecom (a request of the hub), callback (ours to the hub), answer (a
    resident's), shown (a screen's). `callback` is the last segment of the StatusCallback, verbatim:
    `attempt.mac`. `ts` is milliseconds since 1970, and so is `arrived`: when a request was heard
    (0: not noted), which a provider that stood still took much later.
    """

    kind: str
    ts: int = 0
    callback: str = ""
    to: str = ""
    body_sha256: str = ""
    sid: str = ""
    accepted: bool = False
    status: int = 0  # the HTTP status that was answered or got; 0 where there was none
    detail: str = ""  # the fault, the status word, the answer
    notice: int = 0
    revision: int = 0
    arrived: int = 0
    sender: str = ""  # this and the words only where the provider is to remember them
    body: str = ""

    @property
    def attempt(self) -> int | None:
        """The attempt id in the callback; None where there is none."""
        head = self.callback.partition(".")[0]
        return int(head) if head.isascii() and head.isdigit() else None

    def line(self) -> str:
        values = {key: getattr(self, key) for key in self.__slots__}
        held = {key: value for key, value in values.items() if value}
        return _ENCODE(held)


def read_ledger(path: Path) -> list[Entry]:
    """Every whole entry of a ledger, in order; a line torn by a crash was never answered for."""
    return list(walk_ledger(path))


def walk_ledger(path: Path) -> Iterator[Entry]:
    """As `read_ledger`, one at a time."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                yield Entry(**_object(line))


def _object(line: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(line)
    return held


class Ledger:
    """Appends entries; whoever waits is told after one fsync that serves all who wait.

    The queue is bounded by its writers: every `write` waits, and `note` comes from the agenda's
    bounded workers. Nothing is ever dropped.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: list[str] = []
        self._written: asyncio.Future[None] | None = None
        self._work = asyncio.Event()
        self._closing = False

    async def write(self, entry: Entry) -> None:
        """The entry is on disk."""
        done = self._append(entry)
        await asyncio.shield(done)  # one waiter that leaves takes nothing from the others

    def note(self, entry: Entry) -> None:
        """The entry will be on disk with the next fsync."""
        self._append(entry)

    def _append(self, entry: Entry) -> asyncio.Future[None]:
        if self._written is None:
            self._written = asyncio.get_running_loop().create_future()
        stamped = entry.line() if entry.ts else _stamp(entry.line())
        self._lines.append(stamped)
        self._work.set()
        return self._written

    async def run(self) -> None:
        """Writes until `close`; what was appended before it is on disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            while not (self._closing and not self._lines):
                await self._work.wait()
                self._work.clear()
                await self._flush(handle)
        finally:
            os.close(handle)

    async def _flush(self, handle: int) -> None:
        lines, self._lines = self._lines, []
        written, self._written = self._written, None
        if written is None:
            return
        try:
            await asyncio.to_thread(_write, handle, ("\n".join(lines) + "\n").encode())
        except OSError as error:
            written.set_exception(error)
            written.exception()  # seen here; whoever waits sees it too
        else:
            written.set_result(None)

    def close(self) -> None:
        """`run` returns once everything is on disk."""
        self._closing = True
        self._work.set()


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def _stamp(line: str) -> str:
    return f'{{"ts":{now_ms()},{line[1:]}'


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
    os.fsync(handle)
