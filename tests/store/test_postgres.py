from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.exc import DBAPIError

from hub.errors import Unready
from hub.store.database import database
from hub.store.postgres import PostgresDatabase
from tests.postgres import Postgres

END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)'"
AWAY = ("53100", "53300", "57014", "57P03", "58030", "08006", "25006")


@pytest.mark.parametrize("method", ["read", "write"])
async def test_a_server_that_cannot_work_is_away_whatever_the_reason(
    postgres_url: str, method: str
) -> None:
    """Disk full, too many connections, starting up, cancelled, a standby: come back later."""
    db = database(postgres_url)
    await db.open()
    try:
        for code in AWAY:
            failing = f"DO $$ BEGIN RAISE 'no' USING ERRCODE = '{code}'; END $$"
            with pytest.raises(Unready, match=f"{code}|Nothing was changed"):
                await getattr(db, method)(lambda conn, sql=failing: conn.exec_driver_sql(sql))
        again = "DO $$ BEGIN RAISE 'no' USING ERRCODE = '40P01'; END $$"
        with pytest.raises(Unready, match="too busy"):
            await getattr(db, method)(lambda conn: conn.exec_driver_sql(again))
        with pytest.raises(DBAPIError):  # the change itself is wrong
            await getattr(db, method)(lambda conn: conn.exec_driver_sql("SELECT 1 / 0"))
    finally:
        await db.close()


async def test_where_every_connection_is_taken_it_says_that_it_is_busy(
    postgres: Postgres, postgres_url: str
) -> None:
    db = PostgresDatabase(postgres_url, pool=1)
    await db.open()
    assert db._engine is not None
    db._engine.sync_engine.pool._timeout = 0.1  # type: ignore[attr-defined]
    taken = [
        asyncio.create_task(db.read(lambda conn: conn.exec_driver_sql("SELECT pg_sleep(600)")))
        for _ in range(6)
    ]
    try:
        await asyncio.sleep(0)
        with pytest.raises(Unready, match="too busy"):
            await db.read(lambda conn: conn.exec_driver_sql("SELECT 1"))
    finally:
        while not all(task.done() for task in taken):
            await asyncio.to_thread(postgres.do, END)
        assert all(isinstance(task.exception(), Unready) for task in taken)
        await db.close()
