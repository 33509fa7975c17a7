"""A backup holds a hub whole, for either database; one wrong byte and none of it is taken."""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
import zipfile
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, text, update

from hub.errors import Conflict, Refused, Unready
from hub.store import schema as t
from hub.store.archive import LEFT_OUT, SEAL, _seal, fingerprint
from hub.store.archived import opened
from hub.store.audit_chain import check
from hub.store.database import database
from hub.store.ids import GAPS, numbered
from hub.store.migrate import head, migrate, revision, upgrade
from hub.store.snapshot import look
from tests.launch_estate import Who, put_person
from tests.store.backups import (
    SECRET,
    backed_up,
    both,
    contents,
    every_way,
    postgres,
    quiet,
    restored,
    running,
)

# ── There and back ─────────────────────────────────────────────────────────────────────────────


@every_way
async def test_what_was_backed_up_is_what_is_restored(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    async with running(old) as home:
        await home.run("UPDATE attempts SET verdict = 'accepted'")
        await home.run("UPDATE deliveries SET state = 'accepted'")
        await home.run("UPDATE waves SET state = 'started'")
        await home.run("UPDATE incidents SET status = 'closed'")
        before = await contents(old)
        manifest = await backed_up(old, tmp_path / "backup.zip")
        assert manifest.rows == {name: len(rows) for name, rows in before.items()}
        assert all(manifest.rows.values()), "every table has a row to lose"
    found = await restored(new, tmp_path / "backup.zip")

    after = await contents(new)
    assert found.cuts == ()
    after["attempts"] = [row for row in after["attempts"] if row[1]]  # one leaves a gap of ids
    marks, was = dict(after.pop("meta")), dict(before.pop("meta"))
    assert marks["epoch"] == found.epoch != was["epoch"]
    kept = {"audit_end", "audit_unsealed", "epoch"}
    assert set(marks) - kept == {f"ids_after/{name}" for name in GAPS}
    assert after["audit"].pop()[3] == "hub_restore"
    assert after["screens"][0][4] == 5, "a screen was last here when it was last seen"
    after.pop("screens"), before.pop("screens")
    assert after == before
    assert await look(new, revision) == head()
    db = database(new)
    await db.open()
    assert (await db.read(partial(check, secret=SECRET))).broken is None
    await db.close()


@both
async def test_who_is_logged_in_and_what_processes_said_is_left_behind(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    async with running(old):
        manifest = await backed_up(old, tmp_path / "backup.zip")
        assert not LEFT_OUT & manifest.rows.keys()
    await restored(new, tmp_path / "backup.zip")

    for name in LEFT_OUT:
        count = text(f"SELECT count(*) FROM {name}")
        assert await look(new, lambda c, asked=count: c.execute(asked).scalar()) == 0


@every_way
async def test_new_rows_get_numbers_of_their_own(urls: tuple[str, str], tmp_path: Path) -> None:
    old, new = urls
    async with running(old):
        await backed_up(old, tmp_path / "backup.zip")
    await restored(new, tmp_path / "backup.zip")

    db = database(new)
    await db.open()
    last = (await contents(new))["incidents"][-1]
    person = await db.write(lambda conn: put_person(conn, 1, None, Who()))
    names = [column.name for column in t.incidents.columns]
    row = dict(zip(names, last, strict=True)) | {"code": "other"}
    del row["id"]
    made = insert(t.incidents).returning(t.incidents.c.id)
    incident = await db.write(
        lambda conn: conn.execute(made.values(row | numbered(conn, "incidents"))).scalar_one()
    )
    await db.close()
    assert person == len((await contents(old))["recipients"]) + 1
    assert incident == last[0] + 1 + GAPS["incidents"]


@both
async def test_a_place_may_stand_before_the_one_it_lies_in(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    async with running(old) as home:
        await home.run(
            "UPDATE places SET parent_id = (SELECT max(id) FROM places)"
            " WHERE id = (SELECT min(id) FROM places)"
        )
        before = (await contents(old))["places"]
        await backed_up(old, tmp_path / "backup.zip")
    await restored(new, tmp_path / "backup.zip")

    assert (await contents(new))["places"] == before
    db = database(new)
    await db.open()
    with pytest.raises(Exception, match=r"(?i)foreign key"):  # it is checked again afterwards
        await db.write(lambda c: c.execute(update(t.places).values(parent_id=10**6)))
    await db.close()


@both
async def test_a_backup_of_an_older_schema_is_brought_in_and_migrated(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    db = database(old)
    await db.open()
    await db.write(lambda conn: upgrade(conn, "0001"))
    await db.write(
        lambda c: c.execute(
            text("INSERT INTO sites (key, name, settings) VALUES ('a', '{}', '{}')")
        )
    )
    await db.close()
    manifest = await backed_up(old, tmp_path / "backup.zip")
    assert manifest.revision == "0001"
    assert "onward_at" not in {name for part in manifest.parts for name, _ in part.columns}, (
        "a column of the next schema"
    )
    await restored(new, tmp_path / "backup.zip")

    assert await look(new, revision) == head()
    assert [row[1] for row in (await contents(new))["sites"]] == ["a"]


# ── Refused whole ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup, as bytes."""
    folder = tmp_path_factory.mktemp("whole")

    async def made() -> bytes:
        url = f"sqlite:///{folder / 'hub.db'}"
        async with running(url):
            await backed_up(url, folder / "backup.zip")
        return (folder / "backup.zip").read_bytes()

    return asyncio.run(made())


@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_backup_with_one_bit_changed_is_refused(whole: bytes, at: float, bit: int) -> None:
    changed = bytearray(whole)
    changed[int(at * len(whole))] ^= 1 << bit
    _refused(bytes(changed))


@given(length=st.floats(0, 1, exclude_max=True))
def test_a_backup_cut_anywhere_is_refused(whole: bytes, length: float) -> None:
    _refused(whole[: int(length * len(whole))])


def _refused(content: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(content)
        file.flush()
        with pytest.raises(Refused) as refusal, opened(Path(file.name)) as archive:
            archive.check(quiet)
    assert refusal.value.code == "torn"
    assert refusal.value.problems[0].hint


@pytest.mark.parametrize("change", ["row", "count", "revision", "format", "table", "column"])
async def test_a_backup_somebody_made_over_is_refused_and_nothing_is_changed(
    whole: bytes, change: str, tmp_path: Path
) -> None:
    """With a good seal: what the seal does not tell, the manifest does."""
    path, new = tmp_path / "backup.zip", f"sqlite:///{tmp_path / 'new.db'}"
    path.write_bytes(whole)
    _make_over(path, change)
    async with running(new):
        before = await contents(new)
        with pytest.raises(Refused) as refusal:
            await restored(new, path, replace=True)
        assert refusal.value.code == ("newer" if change in {"revision", "format"} else "torn")
        assert await contents(new) == before


def _make_over(path: Path, change: str) -> None:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    said = json.loads(files["manifest.json"])
    recipients = next(p for p in said["parts"] if p["table"] == "recipients")
    if change == "row":
        files["recipients.jsonl"] = files["recipients.jsonl"].replace(b'"N"', b'"M"', 1)
    elif change == "count":
        recipients["rows"] += 1
    elif change == "revision":
        said["revision"] = "9999"
    elif change == "format":
        said["format"] = 2
    elif change == "table":
        recipients["table"] = "x; DROP TABLE users"
    elif change == "column":
        recipients["columns"][1][0] = "no_such_column"
    files["manifest.json"] = json.dumps(said).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.comment = SEAL + b"0" * 64
    _seal(made)
    path.write_bytes(made.getvalue())


@both
async def test_a_hub_that_is_not_fresh_is_left_alone_unless_it_is_to_be_replaced(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    async with running(old):
        await backed_up(old, tmp_path / "backup.zip")
    async with running(new) as home:
        await home.run("UPDATE recipients SET name = 'of the new hub'")
    before = await contents(new)
    with pytest.raises(Conflict) as refusal:
        await restored(new, tmp_path / "backup.zip")
    assert refusal.value.code == "not_fresh"
    assert await contents(new) == before

    await restored(new, tmp_path / "backup.zip", replace=True)
    after = await contents(new)
    assert after["recipients"] == (await contents(old))["recipients"]


@both
async def test_a_restore_that_is_stopped_halfway_changes_nothing(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    def stop(table: str, _rows: int) -> None:
        if table == "attempts":
            raise Unready("stopped")

    old, new = urls
    async with running(old):
        await backed_up(old, tmp_path / "backup.zip")
    async with running(new) as home:
        await home.run("UPDATE recipients SET name = 'of the new hub'")
    before = await contents(new)
    with pytest.raises(Unready):
        await restored(new, tmp_path / "backup.zip", replace=True, going=stop)
    assert await contents(new) == before
    assert await look(new, revision) == head()


@postgres
async def test_a_database_a_hub_works_with_is_left_alone(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    async with running(old):
        await backed_up(old, tmp_path / "backup.zip")
    db = database(new)
    await db.open()  # connected: a hub of any release
    await migrate(db)
    with pytest.raises(Conflict) as refusal:
        await restored(new, tmp_path / "backup.zip")
    assert refusal.value.code == "in_use"
    lives = text(
        "INSERT INTO processes (id, role, host, pid, started_at, seen_at, state) VALUES"
        " ('a', 'worker', 'far', 9, 1, extract(epoch FROM clock_timestamp()) * 1000 - :ago, '{}')"
    )
    await db.write(lambda c: c.execute(lives, {"ago": 20_000}))
    await db.close()
    with pytest.raises(Conflict) as refusal:  # said so just now, behind a pool that shares names
        await restored(new, tmp_path / "backup.zip")
    assert "worker 9 on far" in refusal.value.problems[0].what

    await _run(new, "UPDATE processes SET seen_at = seen_at - 60000")
    assert await restored(new, tmp_path / "backup.zip")


async def _run(url: str, sql: str) -> None:
    db = database(url)
    await db.open()
    await db.write(lambda c: c.execute(text(sql)) and None)
    await db.close()


async def test_there_is_nothing_to_back_up_where_there_is_no_hub(tmp_path: Path) -> None:
    for name in ("none.db", "empty.db"):
        if name == "empty.db":
            await _run(f"sqlite:///{tmp_path / name}", "SELECT 1")
        with pytest.raises(Refused) as refusal:
            await backed_up(f"sqlite:///{tmp_path / name}", tmp_path / "backup.zip")
        assert refusal.value.code == "empty"
    assert not (tmp_path / "none.db").exists()


def test_a_key_is_told_from_another_without_giving_it_away() -> None:
    assert fingerprint(SECRET) == fingerprint(SECRET) != fingerprint(SECRET + b".")
    assert SECRET.decode() not in fingerprint(SECRET)
