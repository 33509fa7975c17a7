"""The secret key of a data folder: made at its first use, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

NAME = "secret.key"
UNLINKED = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
"""What a file system says that has no hard links."""


def kept_key(folder: Path) -> bytes:
    """The key of this folder, readable by its owner alone; OSError where there can be none."""
    path = folder / NAME
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes().strip()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{NAME}.{os.getpid()}.part")
    try:
        _write(part, secrets.token_urlsafe(48).encode())
        _name(part, path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return path.read_bytes().strip()


def _write(path: Path, data: bytes) -> None:
    """The file is on disk for good: half a key would be taken for a whole one."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _name(part: Path, path: Path) -> None:
    """The file has its name, unless another process was first."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        pass
    except OSError as error:
        if error.errno not in UNLINKED:
            raise
        part.rename(path)
