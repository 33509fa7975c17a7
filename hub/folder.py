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
from hub.unusable import unusable

LOCK = "muster.lock"
PAGE = 4096  # bytes
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
    try:
        short = spare() / f"muster-{os.getuid()}-{mark}"
        short.mkdir(mode=0o700, exist_ok=True)
        if short.stat().st_uid != os.getuid():
            raise Refused(f"{short} belongs to somebody else; remove it.", code="socket")
        short.chmod(0o700)
    except OSError as error:  # no folder for temporary files, or a full or foreign one
        where = Path(error.filename or "/tmp")  # noqa: S108 named in a sentence, nothing is put there
        raise unusable(where, error, named="TMPDIR") from error
    return short / "hub.sock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """The folder is this process's alone inside the block; Refused when another one has it.

    The lock is the kernel's (flock): it is gone with the process, however that ended.
    """
    made(folder)
    handle = _opened(folder)
    try:
        try:
            _take(handle, folder)
            _probe(folder)
        except OSError as error:
            raise unusable(folder, error) from error
        yield folder
    finally:
        os.close(handle)


def made(folder: Path) -> Path:
    """The folder is there, its owner's alone; Refused says why it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise unusable(folder, error) from error
    return folder


def writable(folder: Path) -> Path:
    """The folder is there and takes what is written to it; Refused says why it does not."""
    made(folder)
    try:
        _probe(folder)
    except OSError as error:
        raise unusable(folder, error) from error
    return folder


def spare() -> Path:
    """Where files may be put that nobody keeps; Refused where there is no such place."""
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        hint = "make room in /tmp, or name a folder in TMPDIR that this user may write to"
        where = Problem("TMPDIR", "no folder for temporary files can be written to", hint)
        raise Refused(f"There is no place for temporary files: {hint}.", [where]) from error


def there(path: Path) -> bool:
    """Whether there is such a file, as far as this user can see."""
    return os.path.exists(path)  # noqa: PTH110 - Path.exists raises where a folder may not be read


def _opened(folder: Path) -> int:
    try:
        return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise unusable(folder, error) from error


def _probe(folder: Path) -> None:
    """A page can be written here: files that are there may be writable where no new ones are."""
    probe = folder / f".muster.probe.{os.getpid()}"
    handle = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, bytes(PAGE))
    finally:
        os.close(handle)
        probe.unlink()


def taken(folder: Path) -> bool:
    """Whether a running process has this folder."""
    try:
        handle = os.open(folder / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise unusable(folder, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError as error:
        raise unusable(folder, error) from error
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
    with contextlib.suppress(OSError):  # a full disk: the lock holds all the same
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
