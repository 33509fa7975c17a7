"""What is the matter with a disk: from what the system says to what people must be told.

Low is a warning, given while there is time to make room; spent and failing mean that nothing can
be kept, so nothing can be launched.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MIB = 1 << 20
LOW_BYTES, LOW_SHARE = 512 * MIB, 10  # low: less than half a GB, and than a tenth of a small disk
SPENT_BYTES, SPENT_SHARE = 4 * MIB, 100  # spent: a launch would not fit any more
LOW_FILES, LOW_FILES_SHARE = 2_000, 50


class Fault(StrEnum):
    """Why nothing can be written."""

    FULL = "full"
    FILES = "files"  # there is room, and no more files can be made (inodes)
    QUOTA = "quota"
    LIMIT = "limit"  # this process may not make files any larger
    READ_ONLY = "read_only"
    FAILING = "failing"


_ERRORS = {
    errno.ENOSPC: Fault.FULL,
    errno.EDQUOT: Fault.QUOTA,
    errno.EFBIG: Fault.LIMIT,
    errno.EROFS: Fault.READ_ONLY,
    errno.EACCES: Fault.READ_ONLY,
    errno.EPERM: Fault.READ_ONLY,
    errno.EIO: Fault.FAILING,
}
_STATES = {  # https://www.postgresql.org/docs/current/errcodes-appendix.html
    "53100": Fault.FULL,  # disk_full
    "25006": Fault.READ_ONLY,  # read_only_sql_transaction: managed servers do so when full
    "58030": Fault.FAILING,  # io_error
}


@dataclass(frozen=True, slots=True)
class Space:
    """What a file system has left. `files`: how many more can be made; 0 of 0 is no limit."""

    free: int
    total: int
    files: int = 0
    files_total: int = 0
    read_only: bool = False

    @property
    def low(self) -> bool:
        few = self.files < min(LOW_FILES, self.files_total // LOW_FILES_SHARE)
        return self.free < min(LOW_BYTES, self.total // LOW_SHARE) or few

    @property
    def fault(self) -> Fault | None:
        """What would keep the next launch from being written."""
        if self.read_only:
            return Fault.READ_ONLY
        if self.free < min(SPENT_BYTES, self.total // SPENT_SHARE):
            return Fault.FULL
        return Fault.FILES if self.files_total and self.files <= 0 else None


@dataclass(frozen=True, slots=True)
class DiskNow:
    """How a disk stands. `where`: `data` (the folder of this hub) or `database` (its server's);
    `free_mb` and `files` where this machine can see them; `since_ms`: since when it is no better
    than this, by the machine's clock."""

    where: str
    fault: Fault | None = None
    low: bool = False
    free_mb: int | None = None
    files: int | None = None
    since_ms: int = 0


def of_error(number: int | None, space: Space | None) -> Fault | None:
    """The fault a failed write stands for; None: it was no fault of the disk."""
    fault = _ERRORS.get(number or 0)
    no_files = space is not None and space.files_total > 0 and space.files <= 0
    return Fault.FILES if fault is Fault.FULL and no_files else fault


def of_state(state: str) -> Fault | None:
    """The fault PostgreSQL's SQLSTATE stands for; None: another one."""
    return _STATES.get(state)


def now(where: str, fault: Fault | None, space: Space | None) -> DiskNow:
    """A failed write says more than what the system counts."""
    if space is None:
        return DiskNow(where, fault)
    standing = fault or space.fault
    low = space.low and standing is None
    files = space.files if space.files_total else None
    return DiskNow(where, standing, low=low, free_mb=space.free // MIB, files=files)


def told(said: Iterable[Mapping[str, Any] | None]) -> tuple[DiskNow, ...]:
    """The disks as processes wrote them down, the worst word on each."""
    known = {one.value: one for one in Fault}
    found: dict[str, DiskNow] = {}
    for one in said:
        if one and "where" in one:
            fault, low = known.get(str(one.get("fault"))), bool(one.get("low"))
            where, free = str(one["where"]), one.get("free_mb")
            disk = DiskNow(where, fault, low=low, free_mb=free, files=one.get("files"))
            found[where] = max(disk, found.get(where, disk), key=lambda d: (bool(d.fault), d.low))
    return tuple(found.values())


SAID = {
    Fault.FULL: "Nothing was changed: the disk is full. Make room on it, then try again.",
    Fault.FILES: (
        "Nothing was changed: no more files can be made on the disk. Delete some, then try again."
    ),
    Fault.QUOTA: (
        "Nothing was changed: the disk quota is used up. Make room or raise it, then try again."
    ),
    Fault.LIMIT: (
        "Nothing was changed: the hub may not make its files any larger. Raise its limit"
        " (ulimit -f), then try again."
    ),
    Fault.READ_ONLY: (
        "Nothing was changed: the disk can only be read. Make it writable, then try again."
    ),
    Fault.FAILING: (
        "Nothing was changed: the disk reports errors. Look at it, and have a backup at hand."
    ),
}
"""What whoever asked for something is answered."""
