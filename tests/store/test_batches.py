from __future__ import annotations

from sqlalchemy import text

from hub.store.batches import each, run
from tests.flow.stage import opened

COLUMNS = (("id", "bigint"), ("word", "text"), ("at", "bigint"))


async def filled(url):
    db = await opened(url)

    def make(conn):
        conn.execute(text("CREATE TABLE things (id BIGINT PRIMARY KEY, word TEXT, at BIGINT)"))
        run(
            conn,
            "INSERT INTO things (id, word, at) SELECT b.id, b.word, b.at FROM {rows}",
            COLUMNS,
            [(1, "一 'one' {1}", 10**13), (2, None, None), (3, "three", 3)],
        )

    await db.write(make)
    return db


async def all_of(db):
    return await db.read(
        lambda conn: [tuple(r) for r in conn.execute(text("SELECT * FROM things ORDER BY id"))]
    )


async def test_a_batch_carries_text_numbers_and_nothing_as_they_are(database_url):
    db = await filled(database_url)
    assert await all_of(db) == [(1, "一 'one' {1}", 10**13), (2, None, None), (3, "three", 3)]
    await db.close()


async def test_a_batch_returns_rows_and_takes_further_values(database_url):
    db = await filled(database_url)
    sql = (
        "UPDATE things SET at = {2} FROM {rows} WHERE things.id = b.id AND things.id < {1}"
        " RETURNING things.id"
    )
    said = await db.write(lambda conn: run(conn, sql, (("id", "bigint"),), [(1,), (3,)], 3, 7))
    assert [row[0] for row in said] == [1]
    assert [row[2] for row in await all_of(db)] == [7, None, 3]
    await db.close()


async def test_row_by_row_does_the_same_on_both(database_url):
    db = await filled(database_url)
    sql = (
        "UPDATE things SET word = coalesce(b.word, things.word), at = {1}"
        " FROM {rows} WHERE things.id = b.id"
    )
    rows = [(1, "uno", 0), (2, None, 0)]
    await db.write(lambda conn: each(conn, sql, COLUMNS, rows, 5))
    await db.write(lambda conn: each(conn, sql, COLUMNS, [], 6))
    assert await all_of(db) == [(1, "uno", 5), (2, None, 5), (3, "three", 3)]
    await db.close()
