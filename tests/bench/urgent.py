"""An urgent launch while a hub sends routine work, against the same launch on an idle hub.

`ms_to_first` runs from the request to the provider's first acceptance, in a process that has just
started (its templates are compiled on the way). `behind` and `idle`: a fire on a second site of the
same database; `everybody`: one more launch for all those the routine work is for. Both drains share
one process, one database and one account, as in a worker. The provider has the other core.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import text

from hub.flow.deliver import Deliver
from hub.model import Lane, LaunchRequest
from hub.store.database import Database, database
from tests.bench.child import called, standing
from tests.bench.estate import WHO, Listened, channels_to, copied, deliverer, launcher, people_for
from tests.bench.harness import Bench, Contender, Figures, Limit, Moment, Ratio, cores, measure
from tests.bench.planning_postgres import postgres_server

UNDER_WAY = 50  # routine deliveries accepted before the urgent launch begins, at most
LOOK = 0.005
WITHIN = 300.0
MUST_WAIT = 5_000  # a smaller backlog may be sent before the urgent launch is planned
BESIDE = 2_000  # people of the second site

_ROUTINE = text("UPDATE deliveries SET lane = 'routine' WHERE state = 'planned'")
_NOTHING = text("UPDATE deliveries SET state = 'cancelled' WHERE state = 'planned'")
_WAITING = text("SELECT count(*) FROM deliveries WHERE lane = 'routine' AND state = 'planned'")
_TAKEN = text("SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE accepted_at > 0 LIMIT :most) q")

Copy = Callable[[], str]


async def run(*, rounds: int, size: int = 100_000, beside: int = BESIDE) -> dict[str, Any]:
    """Milliseconds from an urgent request to its first acceptance, behind `size` or none."""
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        full, copy = Path(folder) / "launched.db", Path(folder) / "turn.db"
        await _made(f"sqlite:///{full}", size, beside)
        return await _compared("urgent", partial(copied, full, copy), size, beside, rounds=rounds)


async def run_postgres(*, rounds: int, size: int = 100_000, beside: int = BESIDE) -> dict[str, Any]:
    """The same on PostgreSQL."""
    async with postgres_server() as server:
        server.do("create database launched")
        await _made(server.url("launched"), size, beside)

        def copy() -> str:
            server.do("drop database if exists turn with (force)")
            server.do("create database turn template launched strategy file_copy")
            return server.url("turn")

        return await _compared("urgent-postgres", copy, size, beside, rounds=rounds)


async def _made(url: str, size: int, beside: int) -> None:
    given = {"url": url, "people": people_for(size), "launched": True, "beside": beside}
    await called("tests.bench.estate:make_estate", given, core=cores()[0])


async def _compared(
    name: str, copy: Copy, size: int, beside: int, *, rounds: int
) -> dict[str, Any]:
    async with _turns(copy, size) as turn:
        contenders = [
            Contender("behind", partial(turn, backlog=True, place="beside:all")),
            Contender("idle", partial(turn, backlog=False, place="beside:all")),
            Contender("everybody", partial(turn, backlog=True, place="main:all")),
        ]
        ratios = [Ratio("behind", "idle", "ms_to_first", inverse=True)]
        limits = [Limit("behind", "ms_to_first", 2_000)]
        sizes = {"routine": size, "urgent": beside, "everybody": size}
        return await measure(
            Bench(name, contenders, ratios, limits, size=sizes, turn=600), rounds=rounds
        )


@contextlib.asynccontextmanager
async def _turns(copy: Copy, size: int) -> AsyncIterator[Callable[..., Any]]:
    ours, other = cores()
    async with standing("tests.bench.provider:serve", {}, core=other) as provider:
        api_url = (await provider.said())["url"]

        async def turn(*, backlog: bool, place: str) -> Figures:
            given = {"url": copy(), "api_url": api_url, "size": size}
            given |= {"backlog": backlog, "place": place}
            return await called("tests.bench.urgent:launched", given, core=ours)

        yield turn


# ── In the child ───────────────────────────────────────────────────────────────────────────────


async def launched(given: Mapping[str, Any]) -> Mapping[str, float]:
    """One urgent launch, and how long it took to its first acceptance."""
    db = database(str(given["url"]))
    await db.open()
    channels = {name: Listened(one) for name, one in channels_to(given["api_url"]).items()}
    for channel in channels.values():
        await channel.open()
    deliver = deliverer(db, channels)
    before = _ROUTINE if given["backlog"] else _NOTHING
    await db.write(lambda conn: conn.execute(before).rowcount)
    found = await _raced(db, deliver, channels["sms_twilio"], given)
    for channel in channels.values():
        await channel.close()
    await db.close()
    return found


async def _raced(
    db: Database, deliver: Deliver, channel: Listened, given: Mapping[str, Any]
) -> dict[str, float]:
    backlog = bool(given["backlog"])
    launch = launcher(db, channels_to("http://127.0.0.1:9"))
    request = LaunchRequest("fire", str(given["place"]))
    routine = asyncio.create_task(deliver.drain(Lane.ROUTINE))
    async with asyncio.timeout(WITHIN):
        while backlog and not await _count(db, _TAKEN, most=UNDER_WAY):
            await asyncio.sleep(LOOK)
        began = Moment.now()
        fire = await launch.start(request, who=WHO, key=None)
        planned, planned_cpu = began.passed()
        urgent = asyncio.create_task(deliver.drain(Lane.URGENT))
        whole = (await channel.first_of(fire.id) - began.wall) * 1000
        cpu = began.passed()[1]
    waiting = await _count(db, _WAITING)
    await deliver.stop()
    await asyncio.gather(routine, urgent)
    if backlog and int(given["size"]) > MUST_WAIT and not waiting:
        raise AssertionError("the routine work was over before the urgent one was accepted")
    return {
        "ms_to_first": whole,
        "ms_to_plan": planned * 1000,
        "ms_after_plan": max(1.0, whole - planned * 1000),
        "cpu_ms_to_plan": planned_cpu * 1000,
        "cpu_ms_to_first": cpu * 1000,
    }


async def _count(db: Database, question: Any, **about: int) -> int:
    return int(await db.read(lambda conn: conn.execute(question, about).scalar()) or 0)
