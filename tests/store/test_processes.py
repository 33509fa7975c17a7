from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from hub.store import schema as t
from hub.store.database import database_now
from hub.store.processes import SURELY_GONE_MS, ProcessLedger
from tests.flow.stage import Stage, opened

ABOUT = {"host": "h", "pid": 1, "version": "1"}


@pytest.fixture
async def stage(house_url: str) -> AsyncIterator[Stage]:
    db = await opened(house_url)
    yield await Stage(db).set_up(people=1)
    await db.close()


async def test_those_that_send_are_counted_until_they_are_surely_gone(stage: Stage) -> None:
    ledger = ProcessLedger(stage.db)

    async def beat(name: str, role: str) -> int:
        return await ledger.beat(name, {**ABOUT, "role": role}, swept_s=None, state={})

    async def silent(name: str, ms: int) -> None:
        await stage.db.write(
            lambda conn: (
                conn.execute(
                    update(t.processes)
                    .where(t.processes.c.id == name)
                    .values(seen_at=database_now(conn) - ms)
                ).rowcount
            )
        )

    assert [await beat("a", "worker"), await beat("b", "web"), await beat("c", "worker")] == [
        1,
        1,
        2,
    ]
    await silent("a", SURELY_GONE_MS - 15_000)  # three pulses of it are missing
    assert await beat("c", "worker") == 2
    await silent("a", SURELY_GONE_MS + 1)
    assert await beat("c", "worker") == 1
    assert await beat("a", "worker") == 2
    await ledger.stopped("a")
    assert await beat("c", "worker") == 1
