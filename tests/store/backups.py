"""Hubs to back up and to restore into, on either database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from hub.model import Actor
from hub.store import schema as t
from hub.store.accounts import AccountLedger
from hub.store.archive import LEFT_OUT, Going, Manifest, write_archive
from hub.store.archived import opened
from hub.store.database import Database, database
from hub.store.migrate import migrate
from hub.store.restoring import Restored, restore
from hub.store.snapshot import look, patient
from tests.flow.launched import FIRE, PATHS, PEOPLE
from tests.launch_estate import WHO, House, house, put_estate

BOTH = ("sqlite", "postgres")
SECRET = b"secret of the backups, 32 bytes."


def quiet(_table: str, _rows: int) -> None: ...


@contextmanager
def place(kind: str, folder: Path, request: Any) -> Iterator[str]:
    """The URL of a database that is not there yet (SQLite), or is empty."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'hub.db'}"
        return
    server = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@asynccontextmanager
async def running(url: str) -> AsyncIterator[House]:
    """A hub with a launch under way, and rows in every table a backup takes or leaves."""
    db = database(url)
    await db.open()
    try:
        await migrate(db)
        home = house(db)
        await db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
        await home.launch.start(FIRE, who=WHO, key="launch")
        await _office(db)
        await db.write(_odds)
        yield home
    finally:
        await db.close()


async def _office(db: Database) -> None:
    accounts = AccountLedger(db, secret=SECRET)
    user = await accounts.add_user(
        "li", name='李 O\'Neill "x" \\ \n', role="admin", password_hash="argon", disabled=False
    )
    await accounts.open_session("session", user, life_ms=60_000)
    await accounts.put_ticket("t", purpose="live", subject=Actor("u", "duty"), life_ms=60_000)
    await accounts.add_token("token", name="door", role="duty", by="user:1")
    for number in range(3):
        await accounts.audit("user:1", "looked", "recipient:1", {"n": number, "é": ["东", 1.5]})


def _odds(conn: Any) -> None:
    """Rows that use what the others do not: nulls, large numbers, nested JSON."""
    rows: list[tuple[Any, dict[str, Any]]] = [
        (t.playbooks, {"key": "own", "version": 1, "source": "a: 1\n", "created_by": "user:1"}),
        (t.answers, {"incident_id": 1, "recipient_id": 1, "answer": "safe", "via": "link"}),
        (t.tasks, {"incident_id": 1, "key": "k", "name": {"zh-CN": "敲门"}, "role": "guard"}),
        (t.receipts, {"attempt_id": 1, "state": "delivered"}),
        (t.attempts, {"delivery_id": 1, "fence": 1, "started_at": 2**40}),
        (t.delivery_also, {"delivery_id": 1, "recipient_id": 2}),
        (t.homes, {"recipient_id": 1, "place_id": 2}),
        (t.audience_homes, {"incident_id": 1, "recipient_id": 1, "household": 2, "band": "b"}),
        (t.screens, {"recipient_id": 6, "device_hash": "d", "seen_at": 5, "way": {"metres": 3}}),
        (t.pairings, {"code": "1234", "claim_hash": "c", "expires_at": 1}),
        (t.processes, {"id": "p", "role": "serve", "pid": 1, "started_at": 1, "seen_at": 1}),
        (t.alarms, {"key": "a", "kind": "lane", "raised_at": 1, "seen_at": 1}),
        (
            t.replies,
            {"channel": "sms", "sender": "+1", "words": "救命 \n 'x'", "cry": True, "why": "over"}
            | {"seen": {"user:1": 7}, "settled": {"recipient": 1, "incidents": [1]}, "once": "a"},
        ),
        (
            t.kept_texts,
            {"key": "own", "file": "own.yaml", "hash": "h", "text": "a: 1", "kept_at": 1},
        ),
        (t.text_faults, {"key": "own", "file": "own.yaml", "data": {"line": 1}}),
        (t.requests, {"scope": "s", "key": "k", "hash": "h", "response": {"a": [None, True]}}),
    ]
    filling = {"at": 7, "created_at": 7, "evidence": {"n": 1}, "actor": "", "state": "open"}
    filling |= {"data": {}}
    for table, row in rows:
        missing = {
            column.name: {}
            if column.name == "state" and table is t.processes
            else filling[column.name]
            for column in table.columns
            if column.name in filling and column.name not in row
        }
        conn.execute(insert(table).values(**missing, **row))


async def backed_up(url: str, path: Path) -> Manifest:
    written = partial(write_archive, path=path, version="9.9", secret=SECRET, going=quiet)
    return await look(url, written)


async def restored(
    url: str, path: Path, *, replace: bool = False, going: Going = quiet
) -> Restored:
    db = patient(url)
    try:
        await db.open()
        with opened(path) as archive:
            archive.check(quiet)
            work = partial(restore, archive=archive, secret=SECRET, replace=replace, going=going)
            return await db.write(work)
    finally:
        await db.close()


async def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table a backup takes, as values."""

    def read(conn: Any) -> dict[str, list[tuple[Any, ...]]]:
        return {
            table.name: [
                tuple(row)
                for row in conn.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in t.metadata.tables.values()
            if table.name not in LEFT_OUT
        }

    return await look(url, read)


every_way = pytest.mark.parametrize(
    "urls", [(a, b) for a in BOTH for b in BOTH], indirect=True, ids=lambda p: f"{p[0]}-{p[1]}"
)
both = pytest.mark.parametrize("urls", [(a, a) for a in BOTH], indirect=True, ids=lambda p: p[0])
sqlite = pytest.mark.parametrize("urls", [("sqlite", "sqlite")], indirect=True, ids=["sqlite"])
postgres = pytest.mark.parametrize("urls", [("sqlite", "postgres")], indirect=True, ids=["pg"])
