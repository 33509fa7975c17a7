"""How the disk below a database stands: told by its writes, looked at, and tried again by itself.

A write that fails says why; it counts as mended only once a write has gone through and room for
more than that was really there. So it does not come and go with every small write that still fits.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import structlog

from hub.decide.disk import DiskNow, Fault, Space, now, of_error

TRIED = os.urandom(1 << 18)  # what is written to see whether there is room
TRIAL = ".room"  # its name
FRESH = 0.5  # seconds a try is believed

log = structlog.get_logger(__name__)


class Disk:
    """One for each database of a process; used from any thread. `folder`: where its files are, if
    they are on this machine; `fits`: whether the database itself has room, if they are not."""

    def __init__(
        self,
        where: str,
        folder: Path | None = None,
        *,
        fits: Callable[[], Awaitable[Fault | None]] | None = None,
    ):
        self._where, self._folder, self._fits = where, folder, fits
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._written = True  # a write has gone through since the last one that failed
        self._tried = self._looked = -FRESH
        self._error: int | None = None
        self._said: DiskNow | None = None
        self._since = 0

    def failed(self, fault: Fault) -> None:
        """A write failed for this."""
        with self._lock:
            self._fault, self._written = fault, False

    def written(self) -> None:
        """A write went through."""
        self._written = True

    def why(self, *, otherwise: Fault | None = None) -> Fault | None:
        """What a write of one's own beside the database fails of, which failed a moment ago;
        `otherwise` where that goes well. Blocks for a moment."""
        if self._folder is None:
            return otherwise
        if time.monotonic() - self._looked >= FRESH:
            self._error = _error(self._folder / TRIAL)
            self._looked = time.monotonic()
        return of_error(self._error, space_of(self._folder)) or otherwise

    async def look(self) -> DiskNow:
        """How it stands now; what has failed is tried again, at most twice a second."""
        loop = time.monotonic()
        if self._fault is not None and loop - self._tried >= FRESH:
            self._tried = loop
            await self._try_again()
        space = None
        if self._folder is not None:
            space = await asyncio.to_thread(space_of, self._folder)
        found = now(self._where, self._fault, space)
        if self._said is None or (found.fault, found.low) != (self._said.fault, self._said.low):
            self._since = int(time.time() * 1000)
        found = replace(found, since_ms=self._since)
        self._tell(found)
        return found

    async def said(self) -> Mapping[str, Any]:
        """The same, as a process writes it down."""
        return asdict(await self.look())

    async def _try_again(self) -> None:
        if self._fits is not None:
            fault = await self._fits()
        else:
            fault = await asyncio.to_thread(self.why)
        with self._lock:
            if fault is not None:
                self._fault, self._written = fault, False
            elif self._written:
                self._fault = None

    def _tell(self, found: DiskNow) -> None:
        """In the log, when it changes."""
        before, self._said = self._said, found
        if found.fault and (before is None or before.fault is not found.fault):
            log.error("disk_full", where=found.where, why=str(found.fault), free_mb=found.free_mb)
        elif found.low and not (before and before.low):
            log.warning("disk_low", where=found.where, free_mb=found.free_mb, files=found.files)
        elif before and before.fault and not found.fault:
            log.info("disk_well", where=found.where, free_mb=found.free_mb)


def space_of(folder: Path) -> Space | None:
    """What is left where this folder is; None where that cannot be learnt."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    root = os.geteuid() == 0  # may use what is kept back for it
    return Space(
        free=(found.f_bfree if root else found.f_bavail) * found.f_frsize,
        total=found.f_blocks * found.f_frsize,
        files=found.f_ffree if root else found.f_favail,
        files_total=found.f_files,
        read_only=bool(found.f_flag & os.ST_RDONLY),
    )


def _error(path: Path) -> int | None:
    """The number of the error that writing this file ends with; None if it went well. Either way
    the file is gone."""
    handle = -1
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        left = memoryview(TRIED)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    except OSError as error:
        return error.errno
    finally:
        with contextlib.suppress(OSError):
            if handle >= 0:
                os.close(handle)
            path.unlink()
    return None
