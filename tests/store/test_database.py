"""The database: durable writes, consistent reads, groups that keep their members apart."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from hub.errors import Refused, Unready
from hub.store.database import Database, database, database_now, insert_rows
from hub.store.schema import meta, metadata, sites


def _put(key: str, value: str = "1") -> object:
    return lambda conn: conn.execute(insert(meta).values(key=key, value=value))


def _count(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).select_from(meta)).scalar_one())


async def test_a_failed_change_leaves_its_neighbours_alone(db: Database) -> None:
    changes = [db.write(_put(str(i % 50))) for i in range(100)]  # type: ignore[arg-type]
    done = await asyncio.gather(*changes, return_exceptions=True)
    assert sum(isinstance(d, IntegrityError) for d in done) == 50
    assert await db.read(_count) == 50


async def test_a_change_that_raises_half_way_changes_nothing(db: Database) -> None:
    def half(conn: Connection) -> None:
        conn.execute(insert(meta).values(key="half", value="1"))
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await db.write(half)
    assert await db.read(_count) == 0


async def test_a_question_cannot_write(db: Database) -> None:
    with pytest.raises((DBAPIError, Unready)):
        await db.read(_put("x"))  # type: ignore[arg-type]
    assert await db.read(_count) == 0


async def test_a_commit_waits_for_the_disk(db: Database) -> None:
    """Promise 1: what was answered with 2xx survives the loss of power."""
    if db.dialect == "sqlite":
        asked, durable = "PRAGMA synchronous", 2  # FULL
    else:
        asked, durable = "SHOW synchronous_commit", "on"
    assert await db.write(lambda conn: conn.exec_driver_sql(asked).scalar()) == durable


async def test_a_change_that_only_looks_at_first_lets_no_other_process_write(
    tmp_path: Path,
) -> None:
    """Else its own write would fail, for what it looked at is no longer so."""
    file = tmp_path / "muster.db"
    found = database(f"sqlite:///{file}")
    await found.open()
    await found.write(metadata.create_all)

    def looks_then_writes(conn: Connection) -> int:
        seen = _count(conn)
        with (
            contextlib.closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")
        conn.execute(insert(meta).values(key="mine", value="1"))
        return seen

    assert await found.write(looks_then_writes) == 0
    assert await found.read(_count) == 1
    await found.close()


async def test_a_question_sees_one_moment(db: Database) -> None:
    await db.write(_put("a"))  # type: ignore[arg-type]

    def twice(conn: Connection) -> tuple[int, int]:
        return _count(conn), _count(conn)

    answers = await asyncio.gather(
        *(db.read(twice) for _ in range(20)),
        *(db.write(_put(f"b{i}")) for i in range(20)),  # type: ignore[arg-type]
    )
    assert all(first == second for first, second in answers[:20])


async def test_a_cancelled_caller_leaves_a_whole_change_or_none(db: Database) -> None:
    def two(conn: Connection) -> None:
        conn.execute(insert(meta).values(key="one", value="1"))
        conn.execute(insert(meta).values(key="two", value="1"))

    task = asyncio.ensure_future(db.write(two))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await db.write(_put("after"))  # type: ignore[arg-type]
    assert await db.read(_count) in {1, 3}


async def test_rows_go_in_in_bulk(db: Database) -> None:
    rows = [(f"k{i}", '{"en": "x"}', "{}") for i in range(3000)]
    await db.write(lambda conn: insert_rows(conn, sites, ["key", "name", "settings"], rows))
    found = await db.read(lambda conn: conn.execute(select(sites.c.name).limit(1)).scalar_one())
    assert found == {"en": "x"}
    assert (
        await db.read(lambda c: c.execute(select(func.count()).select_from(sites)).scalar()) == 3000
    )


async def test_the_database_has_a_clock(db: Database) -> None:
    first = await db.read(database_now)
    second = await db.read(database_now)
    assert 1_700_000_000_000 < first <= second


async def test_a_closed_database_says_so(database_url: str) -> None:
    found = database(database_url)
    with pytest.raises(Unready):
        await found.write(_put("x"))  # type: ignore[arg-type]


async def test_a_server_that_is_away_is_unready() -> None:
    away = database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unready):
        await away.open()
    await away.close()


def test_an_unknown_database_is_refused() -> None:
    with pytest.raises(Refused, match="mysql"):
        database("mysql://x")


async def test_on_a_full_disk_nobody_is_told_what_was_not_kept(tmp_path: Path) -> None:
    """SQLite takes the whole group back then; before, those ahead of the big one were told "done"
    and lost, those after it were kept and told nothing."""
    db = database(f"sqlite:///{tmp_path / 'full.db'}")
    await db.open()
    await db.write(metadata.create_all)
    pages = await db.write(lambda conn: conn.exec_driver_sql("PRAGMA page_count").scalar())
    room = f"PRAGMA max_page_count = {pages + 20}"
    await db.write(lambda conn: conn.exec_driver_sql(room).scalar())
    busy = db.write(lambda _: time.sleep(0.1))  # the others queue up into one group meanwhile
    sizes = [100, 100, 900_000, 100, 100]
    changes = [db.write(_put(str(at), "x" * size)) for at, size in enumerate(sizes)]  # type: ignore[arg-type]
    _, *done = await asyncio.gather(busy, *changes, return_exceptions=True)

    assert isinstance(done[2], Unready)
    assert "full" in str(done[2])
    for at, said in enumerate(done):
        kept = await db.read(_has(str(at)))  # type: ignore[arg-type]
        assert kept is not isinstance(said, Unready)
    await db.write(_put("after"))  # type: ignore[arg-type]
    assert await db.read(_has("after"))  # type: ignore[arg-type]
    await db.close()


async def test_what_cannot_be_read_now_is_unready_and_read_again_when_it_can(
    tmp_path: Path,
) -> None:
    """The write-ahead log is cut off below an open hub, as a failing disk would do it."""
    db = database(f"sqlite:///{tmp_path / 'hub.db'}")
    await db.open()
    await db.write(metadata.create_all)
    await db.write(_put("a"))  # type: ignore[arg-type]
    log = tmp_path / "hub.db-wal"
    kept = log.read_bytes()
    os.truncate(log, 32)
    with pytest.raises(Unready, match="disk I/O error"):
        await db.read(_count)
    log.write_bytes(kept)
    assert await db.read(_count) == 1
    await db.close()


async def test_with_no_file_handle_left_a_question_is_unready_and_answered_later(
    tmp_path: Path,
) -> None:
    db = database(f"sqlite:///{tmp_path / 'hub.db'}")
    await db.open()
    await db.write(metadata.create_all)
    with _no_handle_left(), pytest.raises(Unready, match="unable to open database file"):
        await db.read(_count)
    assert await db.read(_count) == 0
    await db.close()


@contextlib.contextmanager
def _no_handle_left() -> Iterator[None]:
    """This process can open nothing more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    held = [os.open(os.devnull, os.O_RDONLY)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (held[0] + 1, hard))
    try:
        with contextlib.suppress(OSError):
            while True:
                held.append(os.open(os.devnull, os.O_RDONLY))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for handle in held:
            os.close(handle)


async def test_a_file_that_cannot_be_opened_is_said_at_once(tmp_path: Path) -> None:
    db = database(f"sqlite:///{tmp_path / 'gone' / 'hub.db'}")
    with pytest.raises(Unready, match="unable to open database file"):
        await asyncio.wait_for(db.open(), 30)
    await db.close()


async def test_a_damaged_file_is_no_passing_trouble(tmp_path: Path) -> None:
    file = tmp_path / "hub.db"
    file.write_bytes(b"no database" * 1000)
    db = database(f"sqlite:///{file}")
    with pytest.raises(Refused, match="is no database"):
        await asyncio.wait_for(db.open(), 30)
    await db.close()


def _has(key: str) -> object:
    return lambda conn: conn.execute(select(meta).where(meta.c.key == key)).first() is not None
