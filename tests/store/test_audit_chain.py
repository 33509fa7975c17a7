"""The audit chain notices a row changed, put in, taken out, and its end cut off; on both
databases."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from sqlalchemy import delete, insert, select, text, update

from hub.decide.alarm_facts import Chain
from hub.decide.chain import Broken
from hub.store.audit_chain import (
    END,
    LOST,
    PAGE,
    UNSEALED,
    Checked,
    add_audit,
    check,
    check_page,
    record,
)
from hub.store.chain_watch import ChainWatch
from hub.store.database import Database
from hub.store.schema import audit, meta

KEY = b"k" * 32


async def _add(db: Database, rows: int, *, key: bytes = KEY) -> None:
    for number in range(rows):
        data = {"n": number, "é": ["东", None, True]}
        made = partial(add_audit, secret=key, actor="user:1", action="deed", obj="", data=data)
        await db.write(made)


async def _check(db: Database, noted: str = "", *, key: bytes = KEY) -> Checked:
    return await db.read(partial(check, secret=key, noted=noted))


async def _do(db: Database, statement: object) -> None:
    await db.write(lambda conn: conn.execute(statement))  # type: ignore[call-overload]


async def test_a_chain_that_nobody_touched_is_whole(db: Database) -> None:
    assert (await _check(db)).broken is None
    await _add(db, 5)
    found = await _check(db)
    assert (found.broken, found.rows, found.row) == (None, 5, 5)
    assert (await _check(db, found.end)).broken is None


async def test_writers_at_the_same_time_make_one_chain(db: Database) -> None:
    await asyncio.gather(*(_add(db, 3) for _ in range(8)))
    found = await _check(db)
    assert (found.broken, found.rows) == (None, 24)


@pytest.mark.parametrize(
    ("change", "why", "at"),
    [
        (update(audit).where(audit.c.id == 3).values(object="user:9"), Broken.ROW, 3),
        (update(audit).where(audit.c.id == 3).values(data={"n": 7}), Broken.ROW, 3),
        (update(audit).where(audit.c.id == 1).values(actor="user:2"), Broken.KEY, 1),
        (delete(audit).where(audit.c.id == 3), Broken.ROW, 4),
        (delete(audit).where(audit.c.id == 1), Broken.KEY, 2),
        (delete(audit).where(audit.c.id > 3), Broken.END, 3),
        (delete(audit), Broken.END, 0),
        (delete(meta).where(meta.c.key == END), Broken.END, 5),
        (update(meta).where(meta.c.key == END).values(value="[3, 3, 'x', 'y']"), Broken.END, 5),
        (update(meta).where(meta.c.key == END).values(value="[3]"), Broken.END, 5),
    ],
)
async def test_whatever_is_done_to_it_is_noticed(
    db: Database, change: object, why: Broken, at: int
) -> None:
    await _add(db, 5)
    await _do(db, change)
    found = await _check(db)
    assert (found.broken, found.at) == (why, at)


async def test_a_row_put_in_at_the_end_is_noticed(db: Database) -> None:
    await _add(db, 2)
    row = {"at": 1, "actor": "user:1", "action": "deed", "object": "", "data": {}}
    await _do(db, insert(audit).values(id=3, chain="0" * 64, **row))
    assert (await _check(db)).broken is Broken.ROW


@pytest.mark.parametrize("also", ["rows", "seal"])
async def test_what_was_cut_off_never_looks_whole_again(db: Database, also: str) -> None:
    """Rows that come afterwards take the numbers of those that are gone (SQLite)."""
    await _add(db, 5)
    await _do(db, delete(audit).where(audit.c.id > 3))
    if also == "seal":
        await _do(db, delete(meta).where(meta.c.key == END))
    await _add(db, 4)
    assert (await _check(db)).broken is Broken.END
    await _add(db, 30)
    assert (await _check(db)).broken is Broken.END


async def test_who_set_the_seal_back_as_well_is_noticed_by_an_end_noted_down(db: Database) -> None:
    await _add(db, 3)
    old = await db.read(
        lambda conn: conn.execute(select(meta.c.value).where(meta.c.key == END)).scalar_one()
    )
    await _add(db, 2)
    noted = (await _check(db)).end
    await _do(db, delete(audit).where(audit.c.id > 3))
    await _do(db, update(meta).where(meta.c.key == END).values(value=old))

    assert (await _check(db)).broken is None  # nothing inside tells
    found = await _check(db, noted)
    assert (found.broken, found.at) == (Broken.NOTED, 5)
    await _add(db, 2)
    assert (await _check(db, noted)).broken is Broken.NOTED


async def test_another_key_is_said_to_be_one(db: Database) -> None:
    await _add(db, 3)
    assert (await _check(db, key=b"x" * 32)).broken is Broken.KEY


async def test_rows_from_before_ends_were_sealed_are_whole(db: Database) -> None:
    """As the migration leaves them; the process of an earlier release adds to them without."""
    await _add(db, 3)
    await _do(db, delete(meta).where(meta.c.key == END))
    await _do(db, insert(meta).values(key=UNSEALED, value="3"))
    assert (await _check(db)).broken is None
    await _add(db, 1)
    assert (await _check(db)).broken is None
    old = await db.read(
        lambda conn: conn.execute(select(meta.c.value).where(meta.c.key == END)).scalar_one()
    )
    await _add(db, 1)
    await _do(db, update(meta).where(meta.c.key == END).values(value=old))  # it knows of no seal
    assert (await _check(db)).broken is None
    await _add(db, 2)
    assert (await _check(db)).broken is None


async def test_a_long_chain_is_checked_page_by_page(db: Database) -> None:
    await _add(db, 7)
    so_far, pages = Checked(), 0
    while not so_far.over:
        so_far = await db.read(partial(check_page, secret=KEY, so_far=so_far, most=3))
        pages += 1
    assert (so_far.rows, pages) == (7, 3)
    assert PAGE > 3
    assert LOST < -PAGE


async def test_what_is_recorded_stands_or_falls_with_what_was_done(db: Database) -> None:
    db.seal.key = KEY

    def deed(conn: object, *, fails: bool) -> None:
        record(conn, actor="user:1", action="deed", obj="", data={})  # type: ignore[arg-type]
        if fails:
            raise ValueError("no")

    await db.write(partial(deed, fails=False))
    with pytest.raises(ValueError, match="no"):
        await db.write(partial(deed, fails=True))
    assert (await _check(db)).rows == 1


async def test_a_database_of_no_hub_records_nothing(db: Database) -> None:
    await db.write(lambda conn: record(conn, actor="user:1", action="deed", obj="", data={}))
    assert (
        await db.read(lambda conn: conn.execute(text("SELECT count(*) FROM audit")).scalar())
    ) == 0


async def test_a_process_that_has_seen_more_notices_a_record_that_was_set_back(
    db: Database,
) -> None:
    watch = ChainWatch(db, KEY)
    assert await watch.look() is None
    await _add(db, 3)
    old = await db.read(
        lambda conn: conn.execute(select(meta.c.value).where(meta.c.key == END)).scalar_one()
    )
    await _add(db, 2)
    assert await watch.look() is None
    await _do(db, delete(audit).where(audit.c.id > 3))
    await _do(db, update(meta).where(meta.c.key == END).values(value=old))
    assert (await _check(db)).broken is None
    assert await watch.look() == Chain(Broken.NOTED, 5)
    await _add(db, 2)  # numbered as those that are gone, on SQLite
    assert await watch.look() == Chain(Broken.NOTED, 5)


async def test_a_process_checks_a_long_chain_bit_by_bit(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.chain_watch.PAGES", 1)
    await _add(db, 4)
    await _do(db, update(audit).where(audit.c.id == 3).values(actor="user:2"))
    assert await ChainWatch(db, KEY).look() == Chain(Broken.ROW, 3)
    found = await db.read(partial(check_page, secret=KEY, so_far=Checked(), most=2))
    assert (found.row, found.over, found.broken) == (2, False, None)
