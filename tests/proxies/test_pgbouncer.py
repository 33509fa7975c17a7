"""PgBouncer before PostgreSQL: transaction pooling works, and what cannot work is a sentence."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from hub.errors import Refused
from hub.store.migrate import migrate
from hub.store.postgres import PostgresDatabase
from tests.postgres import Postgres
from tests.processes import muster
from tests.proxies.pgbouncer import PASSED_OVER, pgbouncer

ROUNDS = 200


def put(conn: Connection, key: str) -> None:
    conn.exec_driver_sql("INSERT INTO meta (key, value) VALUES ($1, $2)", (key, "x"))


def count(conn: Connection) -> int:
    asked = "SELECT count(*) FROM meta WHERE key LIKE $1"
    return int(conn.exec_driver_sql(asked, ("k%",)).scalar_one())


async def written(db: PostgresDatabase) -> int:
    """Many changes and questions at once, over fewer connections than clients; how many stand."""

    async def one(number: int) -> None:
        await db.write(lambda conn: put(conn, f"k{number}"))
        await db.read(count)

    await asyncio.gather(*map(one, range(ROUNDS)))
    return await db.read(count)


@pytest.mark.parametrize("more", ["", PASSED_OVER], ids=["refuses", "passes-over"])
async def test_transaction_pooling_works(postgres_url: str, tmp_path: Path, more: str):
    with pgbouncer(postgres_url, tmp_path / "pgb", more=more) as url:
        db = PostgresDatabase(url)
        await db.open()
        try:
            await migrate(db)
            assert db.pooled
            assert await written(db) == ROUNDS
        finally:
            await db.close()


async def test_without_a_pooler_statements_are_kept(postgres_url: str):
    db = PostgresDatabase(postgres_url)
    await db.open()
    try:
        assert not db.pooled
    finally:
        await db.close()


async def test_a_pooler_that_shows_only_by_its_effects_is_noticed(
    postgres_url: str, tmp_path: Path
):
    """It passes our settings on, and still swaps connections under our prepared statements."""
    with pgbouncer(postgres_url, tmp_path / "pgb", more=PASSED_OVER) as url:
        db = PostgresDatabase(url)
        db._engine = db._made()  # as after an open() that found everything in order
        try:
            await migrate(db)
            assert await written(db) == ROUNDS
            assert db.pooled
        finally:
            await db.close()


async def test_statement_pooling_is_refused_in_a_sentence(postgres_url: str, tmp_path: Path):
    with pgbouncer(postgres_url, tmp_path / "pgb", mode="statement") as url:
        db = PostgresDatabase(url)
        with pytest.raises(Refused, match="set its pool_mode to transaction"):
            await db.open()
        await db.close()


async def test_commits_that_are_not_durable_are_refused(
    postgres: Postgres, postgres_url: str, tmp_path: Path
):
    name = postgres_url.partition("?")[0].rpartition("/")[2]
    postgres.do(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    with pgbouncer(postgres_url, tmp_path / "pgb") as url:
        db = PostgresDatabase(url)
        with pytest.raises(Refused, match="synchronous_commit = on"):
            await db.open()
        await db.close()
    direct = PostgresDatabase(postgres_url)
    await direct.open()  # it asks for durable commits itself, and gets them
    await direct.close()


def test_doctor_names_the_pooler(postgres_url: str, tmp_path: Path, valkey: str):
    with pgbouncer(postgres_url, tmp_path / "pgb") as url:
        env = {
            "MUSTER_DATABASE_URL": url,
            "MUSTER_REDIS_URL": valkey,
            "MUSTER_SECRET_KEY": "x" * 32,
            "MUSTER_DATA": str(tmp_path / "data"),
        }
        assert muster("migrate", env=env).returncode == 0
        said: Any = json.loads(muster("doctor", "--json", env=env).stdout)
    (entry,) = [one for one in said["checks"] if one["check"] == "postgresql"]
    assert entry["ok"]
    assert "pooler" in entry["what"]
