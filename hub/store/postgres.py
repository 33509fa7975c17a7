"""PostgreSQL through asyncpg: each change its own transaction, durable at commit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from hub.errors import Unready
from hub.store.reckoner import Reckoner

T = TypeVar("T")

DEADLINE = 60.0  # seconds for one change or question: a launch for 100,000 people is one change
TRIES = 4
AGAIN = frozenset({"40001", "40P01"})  # serialization failure, deadlock: safe to run again
# Not the change, but the server is at fault: the connection, resources (disk full, too many
# connections), an operator (restarting, cancelled), its system; a standby that cannot write.
AWAY = ("08", "53", "57", "58", "25006")


class PostgresDatabase:
    """A pool of connections; any number of processes."""

    dialect = "postgresql"

    def __init__(self, url: str, *, pool: int = 10, deadline: float = DEADLINE):
        self._url = make_url(url).set(drivername="postgresql+asyncpg")
        self.reckoner = Reckoner()
        self._pool = pool
        self._deadline = deadline
        self._engine: AsyncEngine | None = None
        self._running: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """The server answers; Unready says why if it does not."""
        self._engine = create_async_engine(
            self._url,
            hide_parameters=True,  # names and numbers stay out of errors, so out of logs
            pool_size=self._pool,
            max_overflow=5,
            pool_timeout=10,
            pool_pre_ping=False,
            execution_options={"reckoner": self.reckoner},
            connect_args={
                "timeout": 5,
                "server_settings": {
                    "application_name": "muster",
                    "synchronous_commit": "on",
                    "idle_in_transaction_session_timeout": "10000",
                    "jit": "off",
                },
            },
        )
        await self.read(lambda conn: conn.exec_driver_sql("SELECT 1").scalar())

    async def close(self) -> None:
        """Changes under way have ended; no connection is left."""
        if self._running:
            await asyncio.wait(self._running, timeout=self._deadline)
        if self._engine is not None:
            await self._engine.dispose()

    async def write(self, change: Callable[[Connection], T]) -> T:
        """The change is committed; or it raised and changed nothing."""
        return await self._shielded(lambda: self._again(change, "READ COMMITTED"))

    async def read(self, question: Callable[[Connection], T]) -> T:
        """The answer of `question` on one consistent snapshot."""
        return await self._shielded(lambda: self._again(question, "REPEATABLE READ"))

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


def _away(error: DBAPIError, code: str) -> bool:
    """Whether the database, not the change, is at fault."""
    lost = error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))
    return lost or code.startswith(AWAY)


def _retrieve(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()
