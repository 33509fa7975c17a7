"""Planning a launch durably, against a bare executemany of the very same rows.

Ours: `Launch.start` from the request to the commit: the estate is read, the audience decided, the
texts written, the deliveries planned. Bare: the rows such a launch wrote, held in memory as tuples,
one executemany a table into the same tables with the same indexes, one transaction, one fsync.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select

from hub.model import LaunchRequest
from hub.store.database import Database, database, insert_rows
from hub.store.schema import (
    audience,
    deliveries,
    delivery_also,
    events,
    incidents,
    notices,
    tasks,
    waves,
    wordings,
)
from tests.bench.child import called, peak_mib
from tests.bench.estate import WHO, channels_to, copied, launcher, people_for
from tests.bench.harness import Bench, Contender, Figures, Limit, Moment, Ratio, cores, measure
from tests.bench.server_cpu import server_cpu

WRITTEN: tuple[Table, ...] = (
    *(incidents, notices, wordings, audience, tasks, deliveries, delivery_also, waves, events),
)
"""What a launch writes, in an order that foreign keys allow."""

NOBODY = "http://127.0.0.1:9"


async def run(*, rounds: int, size: int = 100_000, curve: bool = True) -> dict[str, Any]:
    """The comparison at `size` deliveries, and the cost of one delivery at smaller sizes."""
    report = await _compared("planning", size, rounds=rounds)
    if curve:
        sizes = [one for one in (1_000, 10_000) if one < size]
        points = {str(size): report["contenders"]["ours"]["us_per_delivery"]}
        for one in sizes:
            found = await _compared("planning", one, rounds=rounds)
            points[str(one)] = found["contenders"]["ours"]["us_per_delivery"]
        report["curve_us_per_delivery"] = dict(sorted(points.items(), key=lambda at: int(at[0])))
    return report


async def _compared(name: str, size: int, *, rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        place = Path(folder)
        empty, full = place / "estate.db", place / "launched.db"
        core, _ = cores()
        people = people_for(size)
        for path, launched in ((empty, False), (full, True)):
            given = {"url": f"sqlite:///{path}", "people": people, "launched": launched}
            await called("tests.bench.estate:make_estate", given, core=core)

        async def turn(target: str) -> Figures:
            url = copied(empty, place / "turn.db")
            given = {"url": url, "rows": f"sqlite:///{full}"}
            return await called(f"tests.bench.planning:{target}", given, core=core)

        return await measure(
            _bench(name, turn, size={"deliveries": size, "people": people}), rounds=rounds
        )


def _bench(name: str, turn: Any, *, size: Mapping[str, Any]) -> Bench:
    large = size["deliveries"] >= 100_000
    limits = [
        Limit("ours", "seconds", 1.5),
        Limit("ours", "cpu_seconds", 1.5),
        Limit("ours", "peak_mib", 300),
    ]
    return Bench(
        name,
        [Contender(one, partial(turn, one)) for one in ("ours", "bare")],
        [
            Ratio("ours", "bare", "per_second", at_least=0.5 if large else None),
            Ratio("ours", "bare", "per_cpu_second", at_least=0.5 if large else None),
        ],
        limits if large else [],
        size=size,
        seconds=420,
    )


# ── In the child ───────────────────────────────────────────────────────────────────────────────


async def ours(given: Mapping[str, Any]) -> dict[str, float]:
    """One launch of everybody, from the request to the commit."""
    db = database(str(given["url"]))
    await db.open()
    channels = channels_to(NOBODY)
    before = peak_mib()
    launch = launcher(db, channels)
    began, server = Moment.now(), server_cpu(int(given.get("server", 0)))
    launched = await launch.start(LaunchRequest("fire", "all"), who=WHO, key=None)
    figures = _figures(began, launched.deliveries, given, server)
    await db.close()
    return figures | {"peak_mib": peak_mib(), "peak_mib_before": before}


async def bare(given: Mapping[str, Any]) -> dict[str, float]:
    """The rows of such a launch, written as fast as the driver can."""
    full = database(str(given["rows"]))
    await full.open()
    rows = await full.read(written_rows)
    await full.close()

    db = database(str(given["url"]))
    await db.open()
    began, server = Moment.now(), server_cpu(int(given.get("server", 0)))
    await db.write(partial(write_rows, rows=rows))
    figures = _figures(began, len(rows[deliveries.name]), given, server)
    await _same(db, rows)
    await db.close()
    return figures


def written_rows(conn: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Everything a launch wrote, table by table, as the driver holds it."""
    return {
        table.name: [tuple(map(_plain, row)) for row in conn.exec_driver_sql(str(select(table)))]
        for table in WRITTEN
    }


def _plain(value: Any) -> Any:
    """JSON as text, as `insert_rows` takes it in both databases."""
    return json.dumps(value) if isinstance(value, dict | list) else value


def write_rows(conn: Connection, *, rows: Mapping[str, list[tuple[Any, ...]]]) -> None:
    """The rows stand in the same tables, inside the caller's one transaction."""
    for table in WRITTEN:
        insert_rows(conn, table, [column.name for column in table.columns], rows[table.name])


async def _same(db: Database, rows: Mapping[str, list[tuple[Any, ...]]]) -> None:
    found = await db.read(written_rows)
    if {name: len(each) for name, each in found.items()} != {
        name: len(each) for name, each in rows.items()
    }:
        raise AssertionError("the bare insert did not write the rows of a launch")


def _figures(
    began: Moment, planned: int, given: Mapping[str, Any], server: float
) -> dict[str, float]:
    seconds, cpu = began.passed()
    more: dict[str, float] = {}
    if postmaster := int(given.get("server", 0)):
        served = server_cpu(postmaster) - server
        more = {"server_cpu_seconds": served, "per_cpu_second_of_both": planned / (cpu + served)}
    return more | {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "per_second": planned / seconds,
        "per_cpu_second": planned / cpu,
        "us_per_delivery": cpu / planned * 1e6,
    }
