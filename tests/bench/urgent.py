"""An urgent launch while a hub sends routine work, against the same launch on an idle hub.

`ms_to_first` runs from the request to the first acceptance on record. Both drains share one
process, one database and one account, as in a worker. The provider has the other core.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import text

from hub.flow.deliver import Deliver
from hub.flow.launch import Launched
from hub.model import Lane, LaunchRequest
from hub.store.database import Database, database
from tests.bench.child import called, standing
from tests.bench.estate import (
    WHO,
    channels_to,
    copied,
    deliverer,
    launcher,
    people_for,
)
from tests.bench.harness import Bench, Contender, Figures, Limit, Ratio, cores, measure

UNDER_WAY = 50  # routine deliveries accepted before the urgent launch begins, at most
LOOK = 0.005
WITHIN = 60.0
MUST_WAIT = 5_000  # a smaller backlog may be sent before the urgent launch is planned

_ROUTINE = text("UPDATE deliveries SET lane = 'routine' WHERE state = 'planned'")
_NOTHING = text("UPDATE deliveries SET state = 'cancelled' WHERE state = 'planned'")
_WAITING = text("SELECT count(*) FROM deliveries WHERE lane = 'routine' AND state = 'planned'")
_TAKEN = text("SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE accepted_at > 0 LIMIT :most) q")
_FIRST = text(
    "SELECT min(accepted_at) FROM deliveries WHERE accepted_at IS NOT NULL"
    " AND notice_id IN (SELECT id FROM notices WHERE incident_id = :incident)"
)


async def run(*, rounds: int, size: int = 100_000) -> dict[str, Any]:
    """Milliseconds from an urgent request to its first acceptance, behind `size` or none."""
    ours, other = cores()
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        full, copy = Path(folder) / "launched.db", Path(folder) / "turn.db"
        given = {"url": f"sqlite:///{full}", "people": people_for(size), "launched": True}
        await called("tests.bench.estate:make_estate", given, core=ours)
        async with standing("tests.bench.provider:serve", {}, core=other) as provider:
            turn = partial(_turn, full, copy, (await provider.said())["url"], size)
            contenders = [
                Contender("behind", partial(turn, backlog=True)),
                Contender("idle", partial(turn, backlog=False)),
            ]
            ratios = [Ratio("behind", "idle", "ms_to_first", inverse=True)]
            limits = [Limit("behind", "ms_to_first", 2_000)]
            sizes = {"routine": size}
            return await measure(
                Bench("urgent", contenders, ratios, limits, size=sizes), rounds=rounds
            )


async def _turn(full: Path, copy: Path, api_url: str, size: int, *, backlog: bool) -> Figures:
    given = {"url": copied(full, copy), "api_url": api_url, "backlog": backlog, "size": size}
    return await called("tests.bench.urgent:launched", given, core=cores()[0])


async def launched(given: Mapping[str, Any]) -> Mapping[str, float]:
    """One urgent launch, and how long it took to its first acceptance."""
    db = database(str(given["url"]))
    await db.open()
    channels = channels_to(given["api_url"])
    for channel in channels.values():
        await channel.open()
    deliver = deliverer(db, channels)
    await db.write(lambda conn: conn.execute(_ROUTINE if given["backlog"] else _NOTHING) and None)
    found = await _raced(db, deliver, backlog=bool(given["backlog"]), size=int(given["size"]))
    for channel in channels.values():
        await channel.close()
    await db.close()
    return found


async def _raced(db: Database, deliver: Deliver, *, backlog: bool, size: int) -> dict[str, float]:
    routine = asyncio.create_task(deliver.drain(Lane.ROUTINE))
    async with asyncio.timeout(WITHIN):
        while backlog and not await _count(db, _TAKEN, most=UNDER_WAY):
            await asyncio.sleep(LOOK)
        began, at = time.perf_counter(), time.time() * 1000
        fire = await _fire(db)
        planned = time.perf_counter() - began
        urgent = asyncio.create_task(deliver.drain(Lane.URGENT))
        while not (first := await _count(db, _FIRST, incident=fire.id)):
            await asyncio.sleep(LOOK)
    waiting = await _count(db, _WAITING)
    await deliver.stop()
    await asyncio.gather(routine, urgent)
    if backlog and size > MUST_WAIT and not waiting:
        raise AssertionError("the routine work was over before the urgent one was accepted")
    whole = first - at
    return {
        "ms_to_first": whole,
        "ms_to_plan": planned * 1000,
        "ms_after_plan": max(1.0, whole - planned * 1000),
    }


async def _fire(db: Database) -> Launched:
    """One tower: an urgent launch is not a second one for everybody."""
    launch = launcher(db, channels_to("http://127.0.0.1:9"))
    return await launch.start(LaunchRequest("fire", "1"), who=WHO, key=None)


async def _count(db: Database, question: Any, **about: int) -> int:
    return int(await db.read(lambda conn: conn.execute(question, about).scalar()) or 0)
