"""The processor time of a PostgreSQL server: what a client's own seconds leave out."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _SYSTEM, _USER_OF_ENDED, _SYSTEM_OF_ENDED = 1, 11, 12, 13, 14  # proc(5), from state


def server_cpu(postmaster: int) -> float:
    """Seconds of the processor a server and all its processes have had, those that ended
    included; 0.0 without a server."""
    if not postmaster:
        return 0.0
    ticks = 0
    for found in Path("/proc").glob("[0-9]*/stat"):
        fields = _fields(found)
        if fields and found.parent.name == str(postmaster):
            ticks += sum(map(int, fields[_USER : _SYSTEM_OF_ENDED + 1]))
        elif fields and fields[_PARENT] == str(postmaster):
            ticks += int(fields[_USER]) + int(fields[_SYSTEM])
    return ticks / _TICKS


def _fields(stat: Path) -> list[str]:
    """The fields after the name, which may hold spaces; none when the process has ended."""
    with contextlib.suppress(OSError):
        return stat.read_text().rpartition(")")[2].split()
    return []
