"""A file of SQLite's whose pages break, as a failing disk breaks them."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def damage(file: Path, *tables: str) -> None:
    """The first page of each of these tables holds rubbish; nobody has the file open."""
    raw = sqlite3.connect(file)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (size,) = raw.execute("PRAGMA page_size").fetchone()
    roots = dict(raw.execute("SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0"))
    raw.close()
    with file.open("r+b") as pages:
        for table in tables:
            pages.seek((roots[table] - 1) * size)
            pages.write(b"\xa5" * size)
