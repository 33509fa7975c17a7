"""PostgreSQL through asyncpg: each change its own transaction, durable at commit.

A pooler in between (PgBouncer) that gives each transaction another server connection is noticed:
it refuses or drops the settings of a connection, or loses its prepared statements. Then nothing is
kept beyond a transaction: no settings, no named statements.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from hub.decide.disk import SAID, Fault, of_state
from hub.errors import DiskFull, HubError, Refused, Unready
from hub.store.disk import TRIED, Disk
from hub.store.reckoner import Reckoner
from hub.store.schema import meta
from hub.store.seal import Seal

T = TypeVar("T")

DEADLINE = 60.0  # seconds for one change or question: a launch for 100,000 people is one change
TRIES = 4
AGAIN = frozenset({"40001", "40P01"})  # serialization failure, deadlock: safe to run again
# Not the change, but the server is at fault: the connection, resources (disk full, too many
# connections), an operator (restarting, cancelled), its system; a standby that cannot write.
WRITES = "READ COMMITTED"
AWAY = ("08", "53", "57", "58", "25006")
# A prepared statement is gone, or there already: another server connection than the one it was for.
SWAPPED = frozenset({"26000", "42P05"})
UNSUPPORTED = "unsupported startup parameter"  # what PgBouncer says to a setting
STATEMENTS = "statement pooling mode"  # … and where it takes no transactions
IDLE = "idle_in_transaction_session_timeout"
SETTINGS = {
    "application_name": "muster",
    "synchronous_commit": "on",
    IDLE: "10000",
    "jit": "off",
}
UNSAFE = (
    "The database commits without waiting for its disk (synchronous_commit is off), and the pooler"
    " before it passes no settings on: ALTER DATABASE … SET synchronous_commit = on, or connect"
    " without the pooler."
)

NO_TRANSACTIONS = (
    "The pooler before the database takes no transactions (statement pooling): set its pool_mode to"
    " transaction, or connect without it."
)


class PostgresDatabase:
    """A pool of connections; any number of processes."""

    dialect = "postgresql"

    def __init__(self, url: str, *, pool: int = 10, deadline: float = DEADLINE):
        self._url = make_url(url).set(drivername="postgresql+asyncpg")
        self.reckoner = Reckoner()
        self.seal = Seal()
        self.disk = Disk("database", fits=self._fits)
        self.damaged = ""  # the server says itself what has become of its files
        self._pool = pool
        self._deadline = deadline
        self.pooled = False
        """Whether something stands between that keeps nothing beyond a transaction."""
        self._engine: AsyncEngine | None = None
        self._past: list[AsyncEngine] = []
        self._running: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """The server answers; Unready says why if it does not. Refused: a commit would not be
        durable, and nothing here can change it."""
        self._engine = self._made()
        try:
            idle, _ = await self.read(_shown)
        except Unready as error:
            if not _said(error, UNSUPPORTED, STATEMENTS):
                raise
            idle = ""
        if idle != "10s":
            self._behind_pooler()
            await self._fit_pooler()

    async def _fit_pooler(self) -> None:
        """What stands between takes transactions, and they are durable; Refused otherwise."""
        try:
            _, durable = await self.read(_shown)
        except Unready as error:
            if _said(error, STATEMENTS):
                raise Refused(NO_TRANSACTIONS, code="statement_pooling") from error
            raise
        if durable == "off":
            raise Refused(UNSAFE, code="not_durable")

    def _made(self) -> AsyncEngine:
        options: dict[str, Any] = {"server_settings": SETTINGS}
        if self.pooled:
            # the statement without a name is the only one that nobody finds again
            options = {"statement_cache_size": 0, "prepared_statement_name_func": str}
        url = self._url.update_query_dict({"prepared_statement_cache_size": "0"})
        return create_async_engine(
            url if self.pooled else self._url,
            hide_parameters=True,  # names and numbers stay out of errors, so out of logs
            pool_size=self._pool,
            max_overflow=5,
            pool_timeout=10,
            pool_pre_ping=False,
            execution_options={"reckoner": self.reckoner, "seal": self.seal},
            connect_args={"timeout": 5, **options},
        )

    def _behind_pooler(self) -> None:
        """From now on nothing is kept beyond a transaction; what is under way ends as it can."""
        self.pooled = True
        if self._engine is not None:
            self._past.append(self._engine)
        self._engine = self._made()

    async def close(self) -> None:
        """Changes under way have ended; no connection is left."""
        if self._running:
            await asyncio.wait(self._running, timeout=self._deadline)
        for engine in (*self._past, self._engine):
            if engine is not None:
                await engine.dispose()

    async def write(self, change: Callable[[Connection], T]) -> T:
        """The change is committed; or it raised and changed nothing."""
        done = await self._shielded(lambda: self._again(change, WRITES))
        self.disk.written()
        return done

    async def read(self, question: Callable[[Connection], T]) -> T:
        """The answer of `question` on one consistent snapshot."""
        return await self._shielded(lambda: self._again(question, "REPEATABLE READ"))

    async def _fits(self) -> Fault | None:
        """Whether a row of half a megabyte would fit; it is not kept."""
        try:
            await self._shielded(lambda: self._again(_try_room, WRITES))
        except DiskFull as error:
            return Fault(error.fault)
        except (_Fits, HubError, DBAPIError):  # away is another trouble, and said so
            return None
        return None

    async def _shielded(self, work: Callable[[], Awaitable[T]]) -> T:
        """Runs `work` to its end even if the caller is cancelled: a half-used connection is never
        given back to the pool (SQLAlchemy 6652, 8145, 12099)."""

        async def run() -> T:
            async with asyncio.timeout(self._deadline):
                return await work()

        task = asyncio.ensure_future(run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_retrieve)
            raise
        except TimeoutError:
            raise Unready("The database did not answer in time.") from None

    async def _again(self, work: Callable[[Connection], T], isolation: str) -> T:
        for tried in range(1, TRIES + 1):
            try:
                return await self._once(work, isolation)
            except DBAPIError as error:
                code = getattr(error.orig, "sqlstate", None) or ""
                if code in AGAIN:
                    await asyncio.sleep(0.01 * 2**tried)
                    continue
                if code in SWAPPED and not self.pooled:
                    self._behind_pooler()
                if code in SWAPPED:
                    continue
                if isolation == WRITES and (fault := of_state(code)) is not None:
                    self.disk.failed(fault)
                    raise DiskFull(SAID[fault], fault=str(fault)) from error
                if _away(error, code):
                    why = f" (PostgreSQL says {code}: see its log)" if code else ""
                    raise Unready(f"The database is away{why}.") from error
                raise
            except (OSError, ConnectionError) as error:
                raise Unready("The database is away.") from error
            except NoConnectionFree:
                break
        raise Unready("The database is too busy.")

    async def _once(self, work: Callable[[Connection], T], isolation: str) -> T:
        if self._engine is None:
            raise Unready("The database is closed.")
        async with self._engine.connect() as conn:
            await conn.execution_options(
                isolation_level=isolation, postgresql_readonly=isolation == "REPEATABLE READ"
            )
            async with conn.begin():
                return await conn.run_sync(work)


class _Fits(Exception):
    """There is room, and what took it is taken back."""


def _try_room(conn: Connection) -> None:
    conn.execute(insert(meta).values(key=f"room/{secrets.token_hex(8)}", value=TRIED.hex()))
    raise _Fits


def _shown(conn: Connection) -> tuple[str, str]:
    """How long a transaction may idle, and whether a commit waits for the disk."""
    shown = (conn.exec_driver_sql(f"SHOW {name}") for name in (IDLE, "synchronous_commit"))
    idle, durable = (str(one.scalar_one()) for one in shown)
    return idle, durable


def _said(error: Unready, *words: str) -> bool:
    """Whether the other end named one of these as its reason."""
    return any(word in str(error.__cause__) for word in words)


def _away(error: DBAPIError, code: str) -> bool:
    """Whether the database, not the change, is at fault."""
    lost = error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))
    return lost or code.startswith(AWAY)


def _retrieve(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()
