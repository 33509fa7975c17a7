"""Why a folder of the hub's cannot be used: what happened, where, and what to do."""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
from collections.abc import Mapping
from pathlib import Path

from hub.errors import Problem, Refused

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FORBIDDEN = frozenset({errno.EACCES, errno.EPERM})
LOCKLESS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL})
IN_THE_WAY = frozenset({errno.ENOTDIR, errno.EEXIST})

_WORDS: Mapping[int, tuple[str, str]] = {
    errno.EROFS: ("its file system can only be read", "mount it for writing, or name another"),
    errno.EIO: ("its disk does not work (input/output error)", "look after the disk at once"),
    errno.ENAMETOOLONG: ("its name is too long", "name a shorter one"),
    errno.ELOOP: ("its links lead in a circle", "name a folder that is no such link"),
    errno.EMFILE: ("too many files are open", "raise `ulimit -n`"),
    errno.ENFILE: ("too many files are open on this machine", "close some, or restart it"),
    errno.ESTALE: ("the network share it is on has gone", "mount it again; better: a local disk"),
}


def unusable(folder: Path, error: OSError, *, named: str = "MUSTER_DATA") -> Refused:
    """The refusal of a folder, by what the system said of it. `named`: what names the folder."""
    what, hint = reason(folder, error)
    said = f"The data folder {folder} cannot be used: {what}. To mend it: {hint}."
    return Refused(said, [Problem(named, f"{folder}: {what}", hint)], code="folder")


def reason(folder: Path, error: OSError) -> tuple[str, str]:
    """What is wrong, and what to do."""
    where = Path(os.fsdecode(error.filename)) if error.filename else folder
    code = error.errno or 0
    if code in FORBIDDEN:
        return _forbidden(where)
    if code in FULL:
        return "its disk is full", f"make room (`df -h {_there(folder)}`), then start it again"
    if code in IN_THE_WAY:
        return _in_the_way(where)
    if code in LOCKLESS:
        what = "its file system has no locks, as some network shares"
        return what, "name a folder on a disk of this machine"
    if code in {errno.ENOENT, errno.EISDIR}:
        lacks = "is missing and cannot be made" if code == errno.ENOENT else "is no file"
        return f"{where} {lacks}", "make it what it should be, or name another folder"
    return _WORDS.get(code, (error.strerror or str(error), "name another folder"))


def look(folder: Path) -> Refused | None:
    """Why nothing could be written there, judged without making anything; None if it could."""
    try:
        there = _there(folder)
        if not there.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "", str(there))
        if os.statvfs(there).f_flag & os.ST_RDONLY:
            raise OSError(errno.EROFS, "", str(there))
        if not os.access(there, os.R_OK | os.W_OK | os.X_OK, effective_ids=True):
            raise PermissionError(errno.EACCES, "", str(there))
        if os.statvfs(there).f_bavail == 0:
            raise OSError(errno.ENOSPC, "", str(there))
    except OSError as error:
        return unusable(folder, error)
    return None


def _there(path: Path) -> Path:
    """The path itself, or what there is of it."""
    while not os.path.lexists(path) and path != path.parent:
        path = path.parent
    return path


def _forbidden(where: Path) -> tuple[str, str]:
    """Whom it belongs to, and who we are."""
    us = _name(os.geteuid())
    there = _there(where)
    while not _seen(there) and there != there.parent:
        there = there.parent
    owner = there.lstat().st_uid if _seen(there) else -1
    what = f"the user {us} may not write in {where}"
    if owner not in {-1, os.geteuid()}:
        what += f", which belongs to {_name(owner)}" if there == where else ""
        hint = f"run the hub as {_name(owner)}, or give the folder to {us} (`chown -R {us}`)"
        return what, hint
    return what, f"allow it (`chmod u+rwX {there}`), or name a folder of this user"


def _seen(path: Path) -> bool:
    with contextlib.suppress(OSError):
        path.lstat()
        return True
    return False


def _in_the_way(where: Path) -> tuple[str, str]:
    """A file, or a link that leads nowhere, has the name of the folder or of one above it."""
    there = _there(where)
    while there.is_dir() and there != there.parent:
        there = there.parent
    if there.is_symlink() and not there.exists():
        return f"the link {there} leads nowhere", "make what it leads to, or remove the link"
    if there == there.parent:
        return f"{where} cannot be a folder", "name another folder"
    return f"{there} is a file, no folder", "move the file away, or name another folder"


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


__all__ = ["look", "reason", "unusable"]
