"""How much a database grows: bytes for each recipient of an estate and each delivery of a launch.

A launch of everybody is planned for real and then led through its life by SQL: one attempt and two
receipts for each delivery, an answer from seven people in ten, and the events batches leave. What
each table then takes, indexes included, is asked of the database itself.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from hub.store.database import database
from tests.bench.estate import make_estate, people_for
from tests.bench.planning_postgres import postgres_server

OF_RECIPIENTS = ("recipients", "addresses", "places")

_LIFE = (
    """INSERT INTO attempts (delivery_id, fence, account, started_at, ended_at, verdict, reason,
        code, provider_ref)
    SELECT id, 1, 'twilio', planned_at, planned_at + 100, 'accepted', 'ok', '201',
        'SM' || substr('00000000000000000000000000000000' || CAST(id AS text),
            length(CAST(id AS text)) + 1)
    FROM deliveries WHERE channel <> 'none'""",
    """UPDATE deliveries SET state = 'delivered', reason = 'ok', fence = 1, attempts = 1,
        account = 'twilio', sent_at = planned_at, accepted_at = planned_at + 100,
        delivered_at = planned_at + 4000, ended_at = planned_at + 4000,
        provider_ref = (SELECT provider_ref FROM attempts a WHERE a.delivery_id = deliveries.id)
    WHERE channel <> 'none'""",
    """INSERT INTO receipts (attempt_id, state, code, provider_ref, at)
    SELECT id, 'accepted', 'sent', provider_ref, started_at + 900 FROM attempts""",
    """INSERT INTO receipts (attempt_id, state, code, provider_ref, at)
    SELECT id, 'delivered', 'delivered', provider_ref, started_at + 4000 FROM attempts""",
    """INSERT INTO answers (incident_id, recipient_id, answer, via, evidence, actor, at, once)
    SELECT incident_id, recipient_id, 'safe', 'link', '{"nonce": "492000"}',
        'recipient:' || CAST(recipient_id AS text), 1772332860000, NULL
    FROM audience WHERE recipient_id % 10 < 7""",
    """UPDATE audience SET told_at = 1772332800000, delivered_at = 1772332804000,
        answer = CASE WHEN recipient_id % 10 < 7 THEN 'safe' ELSE '' END,
        answered_at = 1772332860000""",
)


async def run(*, rounds: int = 1, size: int = 100_000) -> dict[str, Any]:
    """Bytes by table on both databases; one round, since a size does not vary."""
    people = people_for(size)
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        lite = await _sizes(f"sqlite:///{Path(folder) / 'sizes.db'}", people)
    async with postgres_server() as server:
        server.do("create database sizes")
        large = await _sizes(server.url("sizes"), people)
    return {
        "bench": "sizes",
        "rounds": 1,
        "size": {"deliveries": size, "people": people},
        "sqlite": lite,
        "postgresql": large,
    }


async def _sizes(url: str, people: int) -> Mapping[str, Any]:
    await make_estate({"url": url, "people": people, "launched": True})
    db = database(url)
    await db.open()
    try:
        await db.write(_live)
        return await db.read(_found)
    finally:
        await db.close()


def _live(conn: Connection) -> None:
    for statement in _LIFE:
        conn.exec_driver_sql(statement)


def _found(conn: Connection) -> Mapping[str, Any]:
    sizes = _tables(conn)
    people = _rows(conn, "recipients")
    sends = _rows(conn, "deliveries")
    estate = sum(sizes.get(name, 0) for name in OF_RECIPIENTS)
    return {
        "bytes_per_recipient": round(estate / people),
        "bytes_per_delivery": round((sum(sizes.values()) - estate) / sends),
        "bytes_by_table": dict(sorted(sizes.items(), key=lambda one: -one[1])),
    }


def _rows(conn: Connection, table: str) -> int:
    return int(conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def _tables(conn: Connection) -> dict[str, int]:
    if conn.dialect.name == "sqlite":
        asked = """SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m
            ON m.name = s.name GROUP BY m.tbl_name"""
    else:
        asked = """SELECT relname, pg_total_relation_size(oid) FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""
    return {str(name): int(size) for name, size in conn.exec_driver_sql(asked)}
