"""One consistent look at a whole database, however long it takes, beside a hub that works.

SQLite: a second process's read-only connection in one read transaction. It neither writes nor
checkpoints, so it keeps clear of the WAL-reset bug (SQLite < 3.51.3 needs two that do); while it
looks, the write-ahead log only grows. PostgreSQL: REPEATABLE READ READ ONLY.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from hub.errors import Problem, Refused, Unready
from hub.store.database import Database, database
from hub.store.opening import refusal

T = TypeVar("T")

PATIENCE = 24 * 3600.0  # seconds one look, or one restore, may take


async def look(url: str, question: Callable[[Connection], T]) -> T:
    """The answer of `question` on one snapshot of the database at `url`."""
    if url.startswith("sqlite"):
        return await asyncio.to_thread(_look_at_file, url, question)
    db = patient(url)
    try:
        await db.open()
        return await db.read(question)
    finally:
        await db.close()


def patient(url: str) -> Database:
    """The database behind a URL, for work that may take hours; one connection at a time."""
    if url.startswith("sqlite"):
        return database(url)
    from hub.store.postgres import PostgresDatabase  # late: as in `database`

    return PostgresDatabase(url, pool=1, deadline=PATIENCE)


def _look_at_file(url: str, question: Callable[[Connection], T]) -> T:
    path = Path(make_url(url).database or "")
    if not os.path.isfile(path):  # noqa: PTH113 - never raises; SQLite says why it may not be read
        where = Problem("MUSTER_DATA", f"has no database: {path}", "name the hub's data folder")
        raise Refused("There is no hub here.", [where], code="empty")
    engine = create_engine("sqlite+pysqlite://", creator=lambda: _reader(path), poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN")

    try:
        with engine.connect() as conn, conn.begin():
            return question(conn)
    except DBAPIError as error:
        raise refusal(str(path), error) or Unready(
            f"The database {path} cannot be read now: {error.orig}."
        ) from error
    finally:
        engine.dispose()


def _reader(path: Path) -> sqlite3.Connection:
    raw = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10.0, check_same_thread=False
    )
    raw.isolation_level = None  # BEGIN is ours
    raw.execute("PRAGMA query_only = ON")
    return raw
