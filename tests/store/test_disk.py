"""A disk that is really full, really read-only, really out of files: what writes are told, what is
kept, and that it goes on by itself."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select, text

from hub.decide.disk import Fault
from hub.errors import DiskFull, Refused
from hub.model import Actor
from hub.settings import load
from hub.store.accounts import AccountLedger
from hub.store.database import Database, database
from hub.store.disk import space_of
from hub.store.schema import meta, metadata
from tests.postgres import Postgres
from tests.small_disks import SmallDisk, remount, small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "small") as found:
        yield found


@pytest.fixture
async def db(disk: SmallDisk) -> AsyncIterator[Database]:
    found = await _opened(disk.folder)
    yield found
    disk.free()
    await found.close()


async def _opened(folder: Path) -> Database:
    found = database(f"sqlite:///{folder / 'hub.db'}")
    await found.open()
    await found.write(metadata.create_all)
    return found


def _put(conn: Connection, key: str, size: int = 100) -> None:
    conn.execute(insert(meta).values(key=key, value="x" * size))


def _count(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).select_from(meta)).scalar_one())


async def _well(db: Database) -> None:
    """It writes again and says so, by itself."""
    async with asyncio.timeout(30):
        while True:
            try:
                await db.write(lambda conn: conn.execute(insert(meta).values(key="t", value="1")))
                await db.write(lambda conn: conn.execute(meta.delete().where(meta.c.key == "t")))
            except DiskFull:
                await asyncio.sleep(0.05)
            if (await db.disk.look()).fault is None:
                return
            await asyncio.sleep(0.05)


async def test_a_full_disk_is_said_and_nothing_is_half_kept(db: Database, disk: SmallDisk) -> None:
    await db.write(lambda conn: _put(conn, "before"))
    disk.fill()
    with pytest.raises(DiskFull) as refused:
        await db.write(lambda conn: _put(conn, "large", 2_000_000))
    assert refused.value.fault == disk.fault
    assert "Nothing was changed" in str(refused.value)
    assert (await db.disk.look()).fault == disk.fault
    assert await db.read(_count) == 1

    disk.free()
    await _well(db)
    await db.write(lambda conn: _put(conn, "large", 2_000_000))
    assert await db.read(_count) == 2


async def test_a_full_disk_is_seen_before_any_write_has_failed(tmp_path: Path) -> None:
    """Small changes still fit into the write-ahead log: a launch would not."""
    with small_disk(tmp_path / "small") as disk:
        if not disk.real:
            assert (await _look(disk.folder)).fault is None
            return
        db = await _opened(disk.folder)
        assert (await db.disk.look()).fault is None
        disk.fill()
        assert (await db.disk.look()).fault is Fault.FULL
        disk.free()
        assert (await db.disk.look()).fault is None
        await db.close()


async def _look(folder: Path):  # type: ignore[no-untyped-def]
    db = await _opened(folder)
    try:
        return await db.disk.look()
    finally:
        await db.close()


async def test_it_stays_full_although_a_small_change_goes_through(
    db: Database, disk: SmallDisk
) -> None:
    disk.fill()
    with pytest.raises(DiskFull):
        await db.write(lambda conn: _put(conn, "large", 2_000_000))
    db.disk.written()  # as a change does that fits
    assert (await db.disk.look()).fault == disk.fault


async def test_low_is_said_while_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", size_mb=24) as disk:
        db = await _opened(disk.folder)
        before = await db.disk.look()
        if disk.real:
            free = space_of(disk.folder).free  # type: ignore[union-attr]
            (disk.folder / "ballast").write_bytes(b"x" * (free - (1 << 20)))
            now = await db.disk.look()
            assert (before.low, now.low, now.fault) == (False, True, None)
            assert now.free_mb in {0, 1}
        await db.close()


async def test_no_more_files_is_a_fault_of_its_own(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", files=60) as disk:
        db = await _opened(disk.folder)
        if disk.real:
            with pytest.raises(OSError, match="No space left"):
                _make_files(disk.folder)
            assert (await db.disk.look()).fault is Fault.FILES
            (disk.folder / "1").unlink()
            assert (await db.disk.look()).fault is None
        await db.close()


def _make_files(folder: Path) -> None:
    for number in range(100):
        (folder / str(number)).touch()


async def test_a_disk_that_can_only_be_read_is_said_and_read(db: Database, disk: SmallDisk) -> None:
    await db.write(lambda conn: _put(conn, "before"))
    if not disk.real:
        return
    try:
        remount(disk.folder, writable=False)
    except OSError:  # busy with a file that is being written: the system does not let us
        return
    try:
        assert (await db.disk.look()).fault is Fault.READ_ONLY
        assert await db.read(_count) == 1
    finally:
        remount(disk.folder, writable=True)
    await _well(db)


async def test_a_read_only_file_system_refuses_writes_in_a_sentence(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small") as disk:
        db = await _opened(disk.folder)
        await db.close()
        if not disk.real:
            return
        remount(disk.folder, writable=False)
        again = database(f"sqlite:///{disk.folder / 'hub.db'}")
        try:
            with pytest.raises(DiskFull, match="can only be read"):
                await again.open()
        finally:
            await again.close()
            remount(disk.folder, writable=True)


async def test_who_looks_at_a_full_disk_stays_logged_in(db: Database, disk: SmallDisk) -> None:
    """That a session was seen is only a note; a ticket for the live socket is kept in memory."""
    ledger = AccountLedger(db, secret=b"s" * 32)
    user = await ledger.add_user("lin", name="", role="duty", password_hash="x", disabled=False)
    await ledger.open_session("session", user, life_ms=3_600_000)
    await ledger.add_token("token", name="", role="duty", by="")
    await db.write(lambda conn: conn.execute(text("UPDATE sessions SET seen_at = seen_at - 99999")))
    disk.fill()
    await _until_full(db)

    assert await ledger.session("session") == Actor(f"user:{user}", "duty", "lin")
    assert await ledger.token("token") is not None
    actor = Actor("user:1", "duty")
    await ledger.put_ticket("ticket", purpose="live", subject=actor, life_ms=30_000)
    assert await ledger.redeem("ticket", purpose="live") == actor
    assert await ledger.redeem("ticket", purpose="live") is None  # used up
    with pytest.raises(DiskFull):
        await ledger.put_ticket("way in", purpose="login", subject=actor, life_ms=30_000)


async def _until_full(db: Database) -> None:
    """Even a change of some bytes fails."""
    for number in range(5_000):
        try:
            await db.write(lambda conn, at=number: _put(conn, f"k{at}", 3_000))  # type: ignore[misc]
        except DiskFull:
            return
    raise AssertionError("it never got full")


async def test_postgresql_says_that_its_disk_is_full(postgres: Postgres, tmp_path: Path) -> None:
    """A tablespace on a small file system of its own; the write-ahead log is elsewhere."""
    with small_disk(tmp_path / "space") as disk:
        name = postgres.create()
        if not disk.real:
            postgres.drop(name)
            return
        owner = postgres.folder.stat()
        for folder in (tmp_path, *list(tmp_path.parents)[:3]):
            _passable(folder)
        os.chown(disk.folder, owner.st_uid, owner.st_gid)
        postgres.do(f"create tablespace small location '{disk.folder}'")
        postgres.do(f"alter database {name} set tablespace small")
        db = database(postgres.url(name))
        await db.open()
        try:
            await db.write(metadata.create_all)
            assert (await db.disk.look()).fault is None
            disk.fill()
            with pytest.raises(DiskFull, match="the disk is full"):
                await db.write(lambda conn: _fill(conn, 200))
            assert (await db.disk.look()).fault is Fault.FULL
            assert await db.read(_count) == 0
            disk.free()
            await _well(db)
            await db.write(lambda conn: _fill(conn, 2))
            assert await db.read(_count) == 2
        finally:
            await db.close()
            postgres.drop(name)
            postgres.do("drop tablespace small")


def _fill(conn: Connection, rows: int) -> None:
    for number in range(rows):
        made = select(func.string_agg(func.md5(func.random().cast(meta.c.value.type)), ""))
        made = made.select_from(func.generate_series(1, 4_000))
        conn.execute(insert(meta).values(key=str(number), value=made.scalar_subquery()))


def _passable(folder: Path) -> None:
    folder.chmod(folder.stat().st_mode | 0o011)


def test_no_half_key_is_left_where_there_is_no_room_for_one(tmp_path: Path) -> None:
    """With an empty one every link could be forged."""
    with small_disk(tmp_path / "small", size_mb=4) as disk:
        if not disk.real:
            return
        disk.fill()
        with pytest.raises(Refused, match="its disk is full"):
            load({}, data=disk.folder)
        assert not (disk.folder / "secret.key").exists()
        disk.free()
        assert len(load({}, data=disk.folder).secret_key) >= 32
        (disk.folder / "secret.key").write_bytes(b"")
        with pytest.raises(Refused, match="holds no whole key"):
            load({}, data=disk.folder)
