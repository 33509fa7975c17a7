"""One way to the database for SQLite and PostgreSQL: `write(change)` and `read(question)`.

Changes and questions are plain functions of a synchronous SQLAlchemy `Connection`, so the same
query code runs in SQLite's writer thread and, through SQLAlchemy's greenlet bridge, on asyncpg.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.util import await_only

from hub.errors import Refused
from hub.store.disk import Disk
from hub.store.reckoner import Reckoner
from hub.store.seal import Seal
from hub.store.sqlite import SqliteDatabase

T = TypeVar("T")


class Database(Protocol):
    """Where the truth is kept.

    `write` returns after the change is committed and fsynced, or raises and has changed nothing.
    `read` sees one consistent snapshot and cannot write. A caller that is cancelled while waiting
    leaves a change that is either wholly committed or wholly absent.
    """

    dialect: str  # "sqlite" or "postgresql"
    reckoner: Reckoner  # the time of everything that goes by this database's clock
    disk: Disk  # what its files stand on
    seal: Seal  # the key of what is recorded in it
    damaged: str  # that its file was found broken while in use, and what to do; "" while it is well

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def write(self, change: Callable[[Connection], T]) -> T: ...

    async def read(self, question: Callable[[Connection], T]) -> T: ...


def database(url: str) -> Database:
    """The database behind a URL: `sqlite:///path` or `postgresql://…`; Refused for others."""
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme == "sqlite":
        return SqliteDatabase(url)
    if scheme in {"postgresql", "postgres"}:
        # late: SQLAlchemy's asyncio brings its ORM along, which a hub on SQLite never needs
        from hub.store.postgres import PostgresDatabase

        return PostgresDatabase(url)
    raise Refused(f"MUSTER_DATABASE_URL: {scheme!r} is not known; use sqlite:/// or postgresql://")


def insert_rows(
    conn: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """The rows are in the table: COPY on PostgreSQL, one driver-level executemany on SQLite.

    Values as the driver takes them: JSON columns as text, times as integer milliseconds.
    """
    if not rows:
        return
    if conn.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        names = ", ".join(f'"{name}"' for name in columns)
        conn.exec_driver_sql(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', list(rows))
        return
    raw: Any = conn.connection.driver_connection
    await_only(raw.copy_records_to_table(table.name, records=rows, columns=list(columns)))


NOW_SQL = {
    "sqlite": "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
}


def database_now(conn: Connection) -> int:
    """House time in milliseconds, the one time leases and schedules go by: the database's clock,
    going on evenly where that was set by more than 2 s."""
    sql = NOW_SQL[conn.dialect.name]

    def ask() -> int:
        return int(conn.exec_driver_sql(sql).scalar_one())

    reckoner: Reckoner | None = conn.get_execution_options().get("reckoner")
    return ask() if reckoner is None else reckoner.read(ask)


__all__ = ["Database", "database", "database_now", "insert_rows"]
