"""The data folder of an embedded hub: one process at a time, private to its owner."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hub.errors import Problem, Refused

LOCK = "muster.lock"
LONGEST = 100  # bytes of a unix socket's path; systems take 104 to 108


def socket_path(folder: Path) -> Path:
    """Where the hub of this folder listens for its owner's commands.

    In the folder itself; for a long path in a private folder of the system's temporary one, which
    stands ready afterwards.
    """
    usual = folder.resolve() / "hub.sock"
    if len(os.fsencode(usual)) <= LONGEST:
        return usual
    mark = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"muster-{os.getuid()}-{mark}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != os.getuid():
        raise Refused(f"{short} belongs to somebody else; remove it.", code="socket")
    short.chmod(0o700)
    return short / "hub.sock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """The folder is this process's alone inside the block; Refused when another one has it.

    The lock is the kernel's (flock): it is gone with the process, however that ended.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, folder)
        yield folder
    finally:
        os.close(handle)


def taken(folder: Path) -> bool:
    """Whether a running process has this folder."""
    path = folder / LOCK
    if not path.exists():
        return False
    handle = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _take(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"
        where = Problem(
            "MUSTER_DATA", f"is in use by process {holder}", "stop it, or choose another"
        )
        said = f"Another Muster process ({holder}) uses the folder {folder}."
        raise Refused(
            f"{said} SQLite means one process; stop it first.", [where], code="in_use"
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
