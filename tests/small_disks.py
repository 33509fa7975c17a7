"""A disk that can be filled and made free again, by anybody: a small file system of its own where
this process may mount one, else a limit on the size of its files, which writes fail of as well."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MB = 1 << 20


@dataclass
class SmallDisk:
    """`real`: a file system of its own. `pid`: the process whose files are limited otherwise."""

    folder: Path
    real: bool
    pid: int = 0

    @property
    def fault(self) -> str:
        return "full" if self.real else "limit"

    def fill(self) -> None:
        """Not a byte more goes on it."""
        if not self.real:
            # in one's own process more, for what pytest writes down meanwhile
            self._limit(1 if self.pid else 1 << 16)
            return
        with (self.folder / "ballast").open("ab", buffering=0) as file:
            for size in (MB, 4096, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"x" * size) == size:
                        pass

    def free(self) -> None:
        """There is room again."""
        if self.real:
            (self.folder / "ballast").unlink(missing_ok=True)
        else:
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size, hard))


def _mounted(folder: Path, options: str) -> bool:
    words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    with contextlib.suppress(OSError):
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    return False


@contextlib.contextmanager
def small_disk(folder: Path, *, size_mb: int = 24, files: int = 0) -> Iterator[SmallDisk]:
    """A disk of this size at `folder`; `files`: how many it takes."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={size_mb}m,mode=700" + (f",nr_inodes={files}" if files else "")
    real = sys.platform == "linux" and os.geteuid() == 0 and _mounted(folder, options)
    disk = SmallDisk(folder, real)
    try:
        yield disk
    finally:
        with contextlib.suppress(ProcessLookupError):
            disk.free()
        if real:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, *, writable: bool) -> None:
    """The file system can be written, or only read; OSError where that may not be done."""
    how = "remount,rw" if writable else "remount,ro"
    if subprocess.run(["mount", "-o", how, str(folder)], check=False).returncode:
        raise OSError(errno.EPERM, "may not be mounted anew")
