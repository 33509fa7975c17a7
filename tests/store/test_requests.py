from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import Connection

from hub.errors import Conflict
from hub.plans import Keyed
from hub.store.database import Database, database
from hub.store.requests import answered, claim_key, keep_answer
from hub.store.schema import metadata

ASKED = Keyed("launch", "k", "hash")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    db = database(url)
    await db.open()
    try:
        await db.write(metadata.create_all)
        yield db
    finally:
        await db.close()


def once(conn: Connection, number: int) -> Any:
    said = claim_key(conn, ASKED, now=1)
    if said is not None:
        return said
    keep_answer(conn, ASKED, {"id": number})
    return {"id": number}


async def test_of_many_at_once_the_first_answer_is_everybodys(house_url: str) -> None:
    async with opened(house_url) as db:
        got = await asyncio.gather(*(db.write(lambda conn, n=n: once(conn, n)) for n in range(12)))

        assert len({one["id"] for one in got}) == 1


async def test_a_change_that_fails_leaves_the_key_free(house_url: str) -> None:
    def fail(conn: Connection) -> None:
        claim_key(conn, ASKED, now=1)
        raise ValueError

    async with opened(house_url) as db:
        with pytest.raises(ValueError):
            await db.write(fail)

        assert await db.read(lambda conn: answered(conn, keyed=ASKED)) is None
        assert await db.write(lambda conn: once(conn, 7)) == {"id": 7}


async def test_another_hash_is_a_conflict(house_url: str) -> None:
    other = Keyed("launch", "k", "another")
    async with opened(house_url) as db:
        await db.write(lambda conn: once(conn, 1))

        with pytest.raises(Conflict):
            await db.read(lambda conn: answered(conn, keyed=other))
        with pytest.raises(Conflict):
            await db.write(lambda conn: claim_key(conn, other, now=2))


async def test_another_scope_is_another_key(house_url: str) -> None:
    async with opened(house_url) as db:
        await db.write(lambda conn: once(conn, 1))

        free = Keyed("notice:1", "k", "another")
        assert await db.write(lambda conn: claim_key(conn, free, now=2)) is None
