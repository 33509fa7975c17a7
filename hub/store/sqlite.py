"""SQLite: WAL, synchronous=FULL, BEGIN IMMEDIATE, one writer thread, grouped commits.

Changes that queue up while the last commit runs go into one transaction, each in its savepoint, and
each caller is told after the commit; there is no fixed wait (it made every load slower).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from hub.decide.disk import SAID, Fault
from hub.errors import Damaged, DiskFull, Unready
from hub.store.disk import Disk
from hub.store.opening import damage, refusal
from hub.store.reckoner import Reckoner
from hub.store.seal import Seal

T = TypeVar("T")

log = structlog.get_logger(__name__)

GROUP = 256  # changes in one commit at most, so that no caller waits for an endless group
WAITING = 10_000  # changes queued at most; beyond it callers get Unready at once
READERS = 4

FULL = " Make room on the disk of the data folder (`df -h`)."
_PASSES = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_FULL}
    | {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
)
"""The disk's or the system's fault (https://sqlite.org/rescode.html); a damaged file is not."""


@dataclass(slots=True)
class _Change:
    run: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        with contextlib.suppress(RuntimeError):  # the caller's loop is gone: nobody to tell
            self.loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        if self.done.done():
            return
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(self.result)


def _private(path: str | None) -> None:
    """The file is its owner's alone, and so are those SQLite puts beside it: it holds people."""
    if path and path != ":memory:" and not path.startswith("file:"):
        with contextlib.suppress(OSError):  # SQLite says better than we what is wrong with a path
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            Path(path).chmod(0o600)


def _folder(path: str | None) -> Path | None:
    """Where the database's files are; None for one that has none."""
    plain = path and path != ":memory:" and not path.startswith("file:")
    return Path(path).resolve().parent if path and plain else None


class SqliteDatabase:
    """One file, one process, one writer."""

    dialect = "sqlite"

    def __init__(self, url: str):
        self._url = make_url(url).set(drivername="sqlite+pysqlite")
        self.reckoner = Reckoner()
        self.seal = Seal()
        self.disk = Disk("data", _folder(self._url.database))
        self.damaged = ""
        self._queue: queue.Queue[_Change | None] = queue.Queue(WAITING)
        self._writer: threading.Thread | None = None
        self._engine: Engine | None = None
        self._readers: ThreadPoolExecutor | None = None
        self._questions: Engine | None = None

    @property
    def _options(self) -> dict[str, Any]:
        return {"reckoner": self.reckoner, "seal": self.seal}

    async def open(self) -> None:
        """The writer thread runs and the file answers. Unready says why where it cannot now."""
        _private(self._url.database)
        self._engine = _engine(self._url, self._options, writes=True)
        self._questions = _engine(self._url, self._options, writes=False)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-read")
        try:
            first = await asyncio.to_thread(self._engine.connect)
        except Exception as error:
            said = refusal(self._url.database, error)
            if said is None:
                raise
            full = _said(error, "be opened", self.disk) if isinstance(said, Unready) else said
            raise (full if isinstance(full, DiskFull) else said) from error
        self._writer = threading.Thread(
            target=self._run, args=(first,), name="sqlite-write", daemon=True
        )
        self._writer.start()
        await self.write(lambda conn: conn.exec_driver_sql("SELECT 1").scalar())

    async def close(self) -> None:
        """Every queued change is committed; the threads have ended."""
        writer, self._writer = self._writer, None
        if writer is not None:
            self._queue.put(None)
            await asyncio.to_thread(writer.join)
        readers, self._readers = self._readers, None
        if readers is not None:
            await asyncio.to_thread(readers.shutdown)
        for engine in (self._engine, self._questions):
            if engine is not None:
                await asyncio.to_thread(engine.dispose)

    async def write(self, change: Callable[[Connection], T]) -> T:
        """The change is committed and on disk; or it raised and changed nothing."""
        if self._writer is None:
            raise Unready("The database is closed.")
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[T] = loop.create_future()
        try:
            self._queue.put_nowait(_Change(change, loop, waiting))
        except queue.Full:
            raise Unready("Too many changes wait for the database; try again.") from None
        return await waiting

    async def read(self, question: Callable[[Connection], T]) -> T:
        """The answer of `question` on one consistent snapshot. Unready while it cannot be had."""
        if self._readers is None:
            raise Unready("The database is closed.")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._ask, question)

    def _ask(self, question: Callable[[Connection], T]) -> T:
        if self._questions is None:
            raise Unready("The database is closed.")
        try:
            with self._questions.connect() as conn, conn.begin():
                return question(conn)
        except Exception as error:
            if (said := _said(error, "be read")) is error:
                raise
            self._hear(said)
            raise said from error

    def _run(self, first: Connection) -> None:
        with first as conn:
            while (group := self._next_group()) is not None:
                _commit(conn, group, self.disk)
                for change in group:
                    self._hear(change.error)
                    change.tell()
                if self._ended:
                    return

    def _hear(self, error: BaseException | None) -> None:
        """A file that was once found broken stays so until a backup takes its place."""
        if isinstance(error, Damaged) and not self.damaged:
            self.damaged = str(error)
            log.error("database_damaged")

    _ended = False

    def _next_group(self) -> list[_Change] | None:
        first = self._queue.get()
        if first is None:
            return None
        group = [first]
        while len(group) < GROUP:
            try:
                change = self._queue.get_nowait()
            except queue.Empty:
                break
            if change is None:
                self._ended = True
                break
            group.append(change)
        return group


def _commit(conn: Connection, group: list[_Change], disk: Disk) -> None:
    """Every change of the group is durable or carries its error."""
    raw: Any = conn.connection.driver_connection
    before = raw.total_changes
    try:
        with conn.begin():
            for change in group:
                _apply(conn, change, disk, alone=len(group) == 1)
    except BaseException as error:  # noqa: BLE001 - told to every caller; the thread must not die
        said = _said(error, "write", disk)
        for change in group:
            change.error = change.error or said
    else:
        if raw.total_changes != before:
            disk.written()


def _apply(conn: Connection, change: _Change, disk: Disk, *, alone: bool) -> None:
    try:
        if alone:
            change.result = change.run(conn)
        else:
            with conn.begin_nested():
                change.result = change.run(conn)
    except BaseException as error:
        change.error = _said(error, "write", disk)
        if alone or not _whole(conn):
            raise change.error from error


def _whole(conn: Connection) -> bool:
    """Whether the group's transaction is still there. On a full or failing disk SQLite takes all of
    it back by itself (https://sqlite.org/lang_transaction.html), what others did before, too."""
    raw: Any = conn.connection.driver_connection
    return bool(raw.in_transaction)


def _said(error: BaseException, what: str, disk: Disk | None = None) -> BaseException:
    """The error as callers are told it; Unready where the disk or the file, not the change, is at
    fault. It may be hidden below a later one: the savepoint, too, is gone then. `disk`: of a write;
    it hears."""
    found: BaseException | None = error
    while found is not None:
        orig = found.orig if isinstance(found, DBAPIError) else found
        if isinstance(orig, sqlite3.OperationalError) and _passes(orig, writes=what != "be read"):
            if disk is not None and (fault := _fault(orig, disk)) is not None:
                disk.failed(fault)
                return DiskFull(SAID[fault], fault=str(fault))
            return Unready(f"The database cannot {what} now: {orig}.")
        found = found.__context__
    return damage(error) or error


def _fault(error: sqlite3.OperationalError, disk: Disk) -> Fault | None:
    """What the disk has against a write. SQLite knows only that it is full, or an I/O error, which
    is as well what a quota, a limit or a read-only file system comes to."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    known = {sqlite3.SQLITE_FULL: Fault.FULL, sqlite3.SQLITE_READONLY: Fault.READ_ONLY}
    if code in known or code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}:
        return disk.why(otherwise=known.get(code))
    return None


def _passes(error: sqlite3.OperationalError, *, writes: bool) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    if code & 0xFF == sqlite3.SQLITE_READONLY:
        # Plainly so by a question: that is a mistake in it, and no disk's.
        return writes or code != sqlite3.SQLITE_READONLY
    return code & 0xFF in _PASSES


def _engine(url: Any, options: dict[str, Any], *, writes: bool) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # names and numbers stay out of errors, so out of logs
        poolclass=QueuePool,
        pool_size=1 if writes else READERS,
        max_overflow=0,
        execution_options=options,
        connect_args={"check_same_thread": False, "timeout": 5.0, "cached_statements": 512},
    )

    @event.listens_for(engine, "connect")
    def _settings(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None  # BEGIN is ours, below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=5000",
            "temp_store=MEMORY",
            f"cache_size=-{65536 if writes else 16384}",
            "wal_autocheckpoint=4000" if writes else "query_only=ON",
        ):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
