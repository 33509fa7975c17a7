"""A database whose file breaks while it is in use says so, and goes on saying it."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from hub.errors import Damaged
from hub.heartbeat import Heartbeat
from hub.store.alarms import AlarmLedger
from hub.store.database import Database, database
from hub.store.migrate import migrate
from hub.store.schema import meta, sites
from tests.damage import damage

pytestmark = pytest.mark.timeout(120)


async def _broken(file: Path, *tables: str) -> Database:
    """A database that opens well, although the pages of these tables are broken."""
    db = database(f"sqlite:///{file}")
    await db.open()
    await migrate(db)
    await db.close()
    damage(file, *tables)
    db = database(f"sqlite:///{file}")
    await asyncio.wait_for(db.open(), 60)
    return db


async def test_whoever_reads_a_broken_page_is_told_what_to_do(tmp_path: Path) -> None:
    db = await _broken(tmp_path / "hub.db", "sites")
    assert await db.read(lambda conn: conn.execute(select(func.count(meta.c.key))).scalar_one())
    assert db.damaged == ""  # nobody has met it yet
    with pytest.raises(Damaged, match="muster restore") as caught:
        await db.read(lambda conn: conn.execute(select(sites)).all())
    assert str(tmp_path) not in str(caught.value)
    await db.read(lambda conn: conn.execute(select(meta)).all())  # what is whole is still read
    assert "muster restore" in db.damaged
    await db.close()


@pytest.mark.parametrize("beside", [1, 3])
async def test_whoever_writes_there_is_told_it_and_nobody_else(tmp_path: Path, beside: int) -> None:
    db = await _broken(tmp_path / "hub.db", "sites")
    row = {"key": "s", "name": {}, "settings": {}}

    async def site() -> object:
        return await db.write(lambda conn: conn.execute(insert(sites).values(**row)).rowcount)

    async def mark(no: int) -> object:
        value = insert(meta).values(key=f"k{no}", value="v")
        return await db.write(lambda conn: conn.execute(value).rowcount)

    found = await asyncio.gather(
        site(), *(mark(no) for no in range(1, beside)), return_exceptions=True
    )
    assert isinstance(found[0], Damaged)
    assert "muster restore" in db.damaged
    assert await mark(9) == 1
    await db.close()


async def test_no_heartbeat_leaves_a_hub_that_knows_it(tmp_path: Path, free_port: int) -> None:
    db = await _broken(tmp_path / "hub.db", "sites")
    ledger = AlarmLedger(db)
    assert await ledger.beat(0)
    with pytest.raises(Damaged):
        await db.read(lambda conn: conn.execute(select(sites)).all())
    assert not await ledger.beat(0)
    await Heartbeat(f"http://127.0.0.1:{free_port}/", ledger.beat, ledger.beaten).beat()
    await db.close()


def test_the_damage_of_these_tests_is_one(tmp_path: Path) -> None:
    file = tmp_path / "one.db"
    with sqlite3.connect(file) as raw:
        raw.execute("CREATE TABLE a (b)")
    raw.close()
    damage(file, "a")
    raw = sqlite3.connect(file)
    with pytest.raises(sqlite3.DatabaseError, match="malformed"):
        raw.execute("SELECT * FROM a")
    raw.close()
