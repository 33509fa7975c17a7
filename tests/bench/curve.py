"""What one delivery costs at 1,000, 10,000, 100,000 and more: planned, sent, and the memory of it.

Each size has a database of its own and four turns in fresh processes. `plan` launches a fire for
everybody. `first` sends `most` of them, with all the others waiting behind; `last` sends the last
`most`, with all the others accepted: what matters is whether a delivery costs more because of those
around it. `accept` is one more launch, until its first acceptance is on record, in a process that
has seen the playbook before, as a hub has.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from hub.bus.local import LocalWake
from hub.flow.deliver import Deliver
from hub.model import Lane, LaunchRequest, Outcome
from hub.providers import SystemClock
from hub.store.database import Database, database
from hub.store.deliveries import DeliveryLedger
from tests.bench.child import called, peak_mib, standing
from tests.bench.estate import (
    PUBLIC_URL,
    SECRET,
    WHO,
    Listened,
    channels_to,
    copied,
    deliverer,
    launcher,
    people_for,
)
from tests.bench.harness import Bench, Contender, Figures, Moment, cores, measure
from tests.bench.planning_postgres import postgres_server
from tests.bench.server_cpu import server_cpu

SIZES = (1_000, 10_000, 100_000)
MOST = 3_000  # deliveries sent in one turn

_COUNTS = "SELECT count(*) FROM deliveries WHERE state = 'planned'"
_MIDDLE = """
UPDATE deliveries SET state = 'accepted', fence = 1, attempts = 1, accepted_at = planned_at
WHERE state = 'planned' AND id NOT IN (
  SELECT id FROM deliveries WHERE state = 'planned' ORDER BY rank DESC, id DESC LIMIT {most})"""
_CALLED = """
INSERT INTO attempts (delivery_id, fence, account, started_at, ended_at, verdict)
SELECT d.id, 1, 'bench', d.planned_at, d.planned_at, 'accepted' FROM deliveries d
WHERE d.state = 'accepted' AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.delivery_id = d.id)"""


async def run(
    *, rounds: int, size: int = SIZES[-1], smaller: Sequence[int] = SIZES
) -> dict[str, Any]:
    """The cost of one delivery at `size` and those smaller ones, on SQLite."""
    async with _stage() as (folder, api_url):
        full, turn = folder / "estate.db", folder / "turn.db"

        async def made(people: int) -> Callable[[], str]:
            given = {"url": copied(Path("/dev/null"), full), "people": people}
            await called("tests.bench.estate:make_estate", given, core=cores()[0])
            return partial(copied, full, turn)

        return await _curve("curve", made, api_url, _sizes(size, smaller), rounds=rounds)


async def run_postgres(
    *, rounds: int, size: int = SIZES[-1], smaller: Sequence[int] = SIZES
) -> dict[str, Any]:
    """The same on PostgreSQL; processor time is the process's and the server's together."""
    async with postgres_server() as server, _stage() as (_, api_url):

        async def made(people: int) -> Callable[[], str]:
            server.do("drop database if exists estate with (force)")
            server.do("create database estate")
            given = {"url": server.url("estate"), "people": people}
            await called("tests.bench.estate:make_estate", given, core=cores()[0])

            def copy() -> str:
                server.do("drop database if exists turn with (force)")
                server.do("create database turn template estate strategy file_copy")
                return server.url("turn")

            return copy

        return await _curve(
            "curve-postgres",
            made,
            api_url,
            _sizes(size, smaller),
            rounds=rounds,
            server=server.pid,
        )


@contextlib.asynccontextmanager
async def _stage() -> AsyncIterator[tuple[Path, str]]:
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        async with standing("tests.bench.provider:serve", {}, core=cores()[1]) as provider:
            yield Path(folder), (await provider.said())["url"]


async def _curve(
    name: str, made: Any, api_url: str, sizes: Sequence[int], *, rounds: int, server: int = 0
) -> dict[str, Any]:
    contenders: dict[str, Any] = {}
    load: list[float] = []
    for one in sizes:
        copy = await made(people_for(one))
        given = {"api_url": api_url, "most": min(MOST, one), "server": server}
        bench = Bench(
            name,
            [Contender(str(one), partial(_turn, copy, given))],
            seconds=120,
            turn=3_600,
        )
        found = await measure(bench, rounds=rounds)
        contenders |= found["contenders"]
        load += found["load_average"]
    return {
        "bench": name,
        "size": {"deliveries": list(sizes), "sent_a_turn": MOST},
        "rounds": rounds,
        "ratios": _ratios(contenders, sizes),
        "limits": {},
        "contenders": contenders,
        "load_average": [min(load), max(load)],
    }


def _sizes(size: int, smaller: Sequence[int]) -> list[int]:
    return sorted({one for one in smaller if one < size} | {size})


def _ratios(contenders: Mapping[str, Any], sizes: Sequence[int]) -> dict[str, Any]:
    """How much dearer a delivery is at the largest size than at each smaller one, by medians."""
    largest = contenders[str(sizes[-1])]
    found = {}
    for one in sizes[:-1]:
        for figure in ("plan_us", "first_us", "last_us"):
            value = float(
                f"{largest[figure]['median'] / contenders[str(one)][figure]['median']:.4g}"
            )
            found[f"{sizes[-1]} / {one} by {figure}"] = dict.fromkeys(
                ("min", "median", "max"), value
            )
    return found


async def _turn(copy: Callable[[], str], given: Mapping[str, Any]) -> Figures:
    asked = {**given, "url": copy()}
    figures: dict[str, float] = {}
    for step in ("plan", "first", "last", "accept"):
        found = await called(f"tests.bench.curve:{step}", asked, core=cores()[0])
        print(f"  {step}: {found}", file=sys.stderr, flush=True)  # a large size takes its time
        figures |= found
    return figures


# ── In the child ───────────────────────────────────────────────────────────────────────────────


async def plan(given: Mapping[str, Any]) -> Mapping[str, float]:
    """A launch for everybody: processor time for each delivery, and the memory it took."""
    async with _open(given) as db:
        before = peak_mib()
        launch = launcher(db, channels_to(given["api_url"]))
        began, served = Moment.now(), server_cpu(int(given["server"]))
        told = await launch.start(LaunchRequest("fire", "all"), who=WHO, key=None)
        cpu = began.passed()[1] + server_cpu(int(given["server"])) - served
        return {
            "plan_us": cpu / told.deliveries * 1e6,
            "plan_cpu_ms": cpu * 1000,
            "plan_mib": max(0.1, peak_mib() - before),
        }


async def first(given: Mapping[str, Any]) -> Mapping[str, float]:
    """The first of them are sent, all others wait."""
    async with _open(given) as db:
        figures = await _sent(db, given)
    return {"first_us": figures["us"], "worker_mib": figures["mib"]}


async def last(given: Mapping[str, Any]) -> Mapping[str, float]:
    """The last of them are sent, all others have been accepted."""
    async with _open(given) as db:
        await db.write(partial(_accepted, most=int(given["most"])))
        figures = await _sent(db, given)
    return {"last_us": figures["us"]}


def _accepted(conn: Connection, *, most: int) -> None:
    waiting = int(conn.exec_driver_sql(_COUNTS).scalar_one())
    if waiting < most:  # so small a size has been sent wholly: the same once more
        conn.exec_driver_sql(
            "UPDATE deliveries SET state = 'planned', fence = 0, attempts = 0 WHERE id IN"
            f" (SELECT id FROM deliveries WHERE channel <> 'none' LIMIT {most})"
        )
    conn.exec_driver_sql(_MIDDLE.format(most=most))
    conn.exec_driver_sql(_CALLED)


async def _sent(db: Database, given: Mapping[str, Any]) -> dict[str, float]:
    """`most` deliveries are sent and on record; what each took."""
    calls, most, enough = 0, int(given["most"]), asyncio.Event()

    def observe(_account: str, _outcome: Outcome, _seconds: float) -> None:
        nonlocal calls
        calls += 1
        if calls >= most:
            enough.set()

    channels = channels_to(given["api_url"])
    for channel in channels.values():
        await channel.open()
    deliver = Deliver(
        ledger=DeliveryLedger(db),
        channels=channels,
        wake=LocalWake(),
        clock=SystemClock(),
        secret=SECRET,
        public_url=PUBLIC_URL,
        observe=observe,
    )
    began, served = Moment.now(), server_cpu(int(given["server"]))
    drain = asyncio.create_task(deliver.drain(Lane.URGENT))
    await asyncio.wait({drain, asyncio.create_task(enough.wait())}, return_when="FIRST_COMPLETED")
    await deliver.stop()
    await drain
    cpu = began.passed()[1] + server_cpu(int(given["server"])) - served
    for channel in channels.values():
        await channel.close()
    return {"us": cpu / calls * 1e6, "mib": peak_mib()}


async def accept(given: Mapping[str, Any]) -> Mapping[str, float]:
    """A launch by a process that has launched before, until its first acceptance."""
    async with _open(given) as db:
        channel = Listened(channels_to(given["api_url"])["sms_twilio"])
        await channel.open()
        channels = {"sms_twilio": channel}
        launch = launcher(db, channels)
        await launch.preview(LaunchRequest("fire", "all"))
        await db.write(
            lambda conn: (
                conn.exec_driver_sql(
                    "UPDATE deliveries SET state = 'cancelled' WHERE state = 'planned'"
                ).rowcount
            )
        )
        began = Moment.now()
        told = await launch.start(LaunchRequest("fire", "all"), who=WHO, key=None)
        planned = began.passed()[0]
        deliver = deliverer(db, channels)
        drain = asyncio.create_task(deliver.drain(Lane.URGENT))
        first = await channel.first_of(told.id) - began.wall
        cpu = began.passed()[1]
        await deliver.stop()
        await drain
        await channel.close()
        return {
            "ms_to_first": first * 1000,
            "ms_to_plan": planned * 1000,
            "cpu_ms_to_first": cpu * 1000,
        }


@contextlib.asynccontextmanager
async def _open(given: Mapping[str, Any]) -> AsyncIterator[Database]:
    db = database(str(given["url"]))
    await db.open()
    try:
        yield db
    finally:
        await db.close()
