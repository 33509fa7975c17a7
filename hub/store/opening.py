"""Why a file of SQLite's cannot be opened, in words: what, where, and what to do."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from hub.errors import Damaged, HubError, Problem, Refused, Unready

_RESTORE = "put a backup in its place (`muster restore`)"
_SAID = {
    sqlite3.SQLITE_READONLY: ("may only be read", "let the hub's user write in its folder"),
    sqlite3.SQLITE_PERM: ("may not be opened", "let the hub's user read and write it"),
    sqlite3.SQLITE_AUTH: ("may not be opened", "let the hub's user read and write it"),
    sqlite3.SQLITE_NOTADB: ("is no database", _RESTORE),
    sqlite3.SQLITE_CORRUPT: ("is damaged", _RESTORE),
    sqlite3.SQLITE_FULL: ("has no room: its disk is full", "make room, then start it again"),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened",
        "look whether its folder belongs to the hub's user, and its disk has room and takes writes",
    ),
    sqlite3.SQLITE_IOERR: (
        "cannot be read or written (input/output error)",
        "look whether the disk is full, works, and has locks (no network share)",
    ),
    sqlite3.SQLITE_BUSY: (
        "is in use by another program",
        "stop what has it open, such as a copy that is being made",
    ),
}
"""By primary code: https://sqlite.org/rescode.html"""


PASSES = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY}
)
"""What the disk or the system may mend: asked again, it may be well."""


BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def damage(error: BaseException) -> Damaged | None:
    """What is said of a file that broke while it was in use; None for any other error. Nothing
    leads to where the file is: strangers may be told this."""
    found: BaseException | None = error
    while found is not None:
        orig = found.orig if isinstance(found, DBAPIError) else found
        if getattr(orig, "sqlite_errorcode", 0) & 0xFF in BROKEN:
            return Damaged(f"The database is damaged ({orig}). To mend it: {_RESTORE}.")
        found = found.__context__
    return None


def refusal(path: str | None, error: BaseException) -> HubError | None:
    """What is said of this file: Refused, or Unready for what may pass; None for an error that is
    no fault of the file's."""
    found: BaseException | None = error
    while found is not None:
        orig = found.orig if isinstance(found, DBAPIError) else found
        code = getattr(orig, "sqlite_errorcode", None)
        if code is not None and code & 0xFF in _SAID:
            what, hint = _SAID[code & 0xFF]
            said = f"The database {path} {what} ({orig}). To mend it: {hint}."
            if code & 0xFF in PASSES:
                return Unready(said)
            problem = Problem("MUSTER_DATA", f"{path} {what}", hint)
            return Refused(said, [problem], code="database")
        found = found.__context__
    return None
