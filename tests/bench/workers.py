"""Two workers against one, on PostgreSQL: what they send a second, and what a delivery costs each.

A provider that answers after `LATENCY` binds a worker by its places (50 calls in flight), not by
the processor, so that two can be faster than one on a machine whose cores they share with the
server and the provider. `per_second` counts from the word to begin until the last worker is done;
`cpu_us_each` is the processor time of all workers and of the server for one delivery: what two lose
by standing in each other's way shows there, whatever else the machine does. `one_free` and
`two_free` are the same without latency: there the processor is what binds.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

from hub.model import Lane
from hub.store.database import database
from tests.bench.child import Child, Desk, called, standing
from tests.bench.estate import channels_to, deliverer, people_for
from tests.bench.harness import Bench, Contender, Figures, Ratio, cores, measure
from tests.bench.planning_postgres import postgres_server
from tests.bench.server_cpu import server_cpu

LATENCY = 0.25  # seconds: a text to a provider across a continent
PLANNED = "SELECT count(*) FROM deliveries WHERE state IN ('planned', 'sending')"


async def run(*, rounds: int, size: int = 3_000, free: bool = True) -> dict[str, Any]:
    """Deliveries a second by one worker and by two; with `free`, without latency too."""
    ours, other = cores()
    async with postgres_server() as server, contextlib.AsyncExitStack() as stack:
        server.do("create database launched")
        given = {"url": server.url("launched"), "people": people_for(size), "launched": True}
        await called("tests.bench.estate:make_estate", given, core=ours)
        providers = [
            await stack.enter_async_context(
                standing("tests.bench.provider:serve", {"latency": latency}, core=other)
            )
            for latency in (LATENCY, 0.0)
        ]
        urls = [(await one.said())["url"] for one in providers]

        async def turn(workers: int, provider: int) -> Figures:
            server.do("drop database if exists turn with (force)")
            server.do("create database turn template launched strategy file_copy")
            before = (await providers[provider].ask())["taken"]
            asked = {"url": server.url("turn"), "api_url": urls[provider]}
            figures = await _sent(asked, workers, server.pid)
            taken = (await providers[provider].ask())["taken"] - before
            if taken != size:
                raise AssertionError(f"{size} were planned, {taken} have arrived")
            return figures

        named = {"one": (1, 0), "two": (2, 0)}
        named |= {"one_free": (1, 1), "two_free": (2, 1)} if free else {}
        contenders = [Contender(name, partial(turn, *how)) for name, how in named.items()]
        ratios = [
            Ratio("two", "one", "per_second", at_least=1.7),
            Ratio("two", "one", "cpu_us_each", inverse=True),
        ]
        if free:
            ratios += [
                Ratio("two_free", "one_free", "per_second"),
                Ratio("two_free", "one_free", "cpu_us_each", inverse=True),
            ]
        sizes = {"deliveries": size, "latency_ms": LATENCY * 1000}
        return await measure(Bench("workers", contenders, ratios, size=sizes), rounds=rounds)


async def _sent(given: Mapping[str, Any], workers: int, postmaster: int) -> Figures:
    """Everything is sent by so many workers, each on a core of its own."""
    async with _standing(given, workers) as children:
        began, served = time.monotonic(), server_cpu(postmaster)
        ended = await asyncio.gather(*(one.ask(op="begin") for one in children))
        cpu = sum(one["cpu"] for one in ended) + server_cpu(postmaster) - served
        sent = sum(one["sent"] for one in ended)
        seconds = max(one["at"] for one in ended) - began
        most = max(one["sent"] for one in ended)
    return {
        "per_second": sent / seconds,
        "seconds": seconds,
        "cpu_us_each": cpu / sent * 1e6,
        "worker_us_each": sum(one["cpu"] for one in ended) / sent * 1e6,
        "larger_share": most / sent,
    }


@contextlib.asynccontextmanager
async def _standing(given: Mapping[str, Any], workers: int) -> AsyncIterator[list[Child]]:
    async with contextlib.AsyncExitStack() as stack:
        children = [
            await stack.enter_async_context(
                standing("tests.bench.workers:worker", given, core=cores()[number % 2])
            )
            for number in range(workers)
        ]
        for one in children:
            await one.said()
        yield children


# ── In the child ───────────────────────────────────────────────────────────────────────────────


async def worker(given: Mapping[str, Any], *, desk: Desk) -> None:
    """Stands ready; at the first command it sends until nothing of the launch is left."""
    db = database(str(given["url"]))
    await db.open()
    channels = channels_to(given["api_url"])
    for channel in channels.values():
        await channel.open()
    deliver = deliverer(db, channels)
    desk.say(ready=True)
    async for _ in desk.commands():
        cpu, sent = time.process_time(), 0
        while True:
            sent += await deliver.drain(Lane.URGENT)
            at = time.monotonic()
            if not await db.read(lambda conn: conn.exec_driver_sql(PLANNED).scalar_one()):
                break
            await asyncio.sleep(0.02)  # the other worker has what is left
        desk.say(sent=sent, at=at, cpu=time.process_time() - cpu)
    await deliver.stop()
    for channel in channels.values():
        await channel.close()
    await db.close()
