"""The migrations produce exactly the schema, on both databases."""

from __future__ import annotations

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select

from hub.store.database import database
from hub.store.migrate import head, is_current, migrate
from hub.store.schema import meta, metadata


def _differences(conn: Connection) -> list[object]:
    context = MigrationContext.configure(conn, opts={"compare_type": True})
    return [
        found
        for found in compare_metadata(context, metadata)
        if "alembic_version" not in str(found)
    ]


async def test_the_migrations_produce_exactly_the_schema(database_url: str) -> None:
    db = database(database_url)
    await db.open()
    try:
        assert not await is_current(db)
        assert await migrate(db) == head()
        assert await is_current(db)
        assert await db.read(_differences) == []
    finally:
        await db.close()


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    db = database(database_url)
    await db.open()
    try:
        await migrate(db)
        first = await db.read(lambda c: c.execute(select(meta)).all())
        await asyncio.gather(migrate(db), migrate(db))
        assert await db.read(lambda c: c.execute(select(meta)).all()) == first
        assert sorted(row.key for row in first) == ["audit_unsealed", "epoch"]
    finally:
        await db.close()
