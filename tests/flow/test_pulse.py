from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from hub.errors import Unready
from hub.flow.pulse import Pulse
from hub.store import schema as t
from hub.store.processes import ProcessLedger
from hub.store.screens import ScreenLedger
from tests.flow.stage import Stage


def pulse(ledger: Any, swept_at: float | None = None) -> Pulse:
    return Pulse(
        ledger=ledger,
        version="1.0",
        swept_at=lambda: swept_at,
        accounts=lambda: {"twilio": {"calls": 1, "mean_s": 0.2}},
        every=0.01,
    )


async def test_a_process_says_that_it_lives_and_that_it_ended(stage: Stage) -> None:
    await stage.set_up(people=1)
    one = pulse(ProcessLedger(stage.db), asyncio.get_running_loop().time())
    one.lanes = lambda: {"urgent": {"alive": True}}
    async with one.beating("worker"), asyncio.timeout(30):
        while not (rows := await stage.rows(t.processes)):
            await asyncio.sleep(0.01)
    (after,) = await stage.rows(t.processes)

    assert (rows[0].id, rows[0].role, rows[0].version) == (one.id, "worker", "1.0")
    assert rows[0].stopped_at is None
    assert rows[0].swept_at <= rows[0].seen_at
    assert rows[0].state["lanes"] == {"urgent": {"alive": True}}
    assert rows[0].state["accounts"]["twilio"]["calls"] == 1
    assert after.stopped_at is not None


async def test_two_starts_are_two_processes(stage: Stage) -> None:
    assert pulse(ProcessLedger(stage.db)).id != pulse(ProcessLedger(stage.db)).id


class Away:
    """A database that is away for the first pulses, and again at the end."""

    def __init__(self) -> None:
        self.beats = 0

    async def beat(self, _process: str, _about: Mapping[str, Any], **_more: Any) -> None:
        self.beats += 1
        if self.beats < 3:
            raise Unready("away")

    async def stopped(self, _process: str) -> None:
        raise Unready("away")


async def test_a_database_that_is_away_ends_no_process() -> None:
    ledger = Away()
    async with pulse(ledger).beating("web"), asyncio.timeout(30):
        while ledger.beats < 4:
            await asyncio.sleep(0.01)

    assert ledger.beats >= 4


async def test_screens_a_dead_process_held_are_gone_until_another_has_them(stage: Stage) -> None:
    await stage.set_up(people=1)
    seen = [await stage.now() - 200_000, await stage.now() - 20_000]
    screens = [
        await stage.db.write(lambda c, n=n: stage.person(c, f"S{n}", None, kind="screen"))
        for n in range(2)
    ]
    for screen, at in zip(screens, seen, strict=True):
        row = {"recipient_id": screen, "device_hash": f"{screen}", "seen_at": at, "way": {}}
        await stage.db.write(lambda c, r=row: c.execute(insert(t.screens).values(r)).rowcount)

    other = pulse(ProcessLedger(stage.db))
    await other.once({"role": "web", "host": "h", "pid": 1, "version": "1"})
    assert [row.gone_at for row in await stage.rows(t.screens)] == [seen[0], None]

    await ScreenLedger(stage.db).present(seen=screens[:1], gone=())
    await other.once({"role": "web", "host": "h", "pid": 1, "version": "1"})
    assert [row.gone_at for row in await stage.rows(t.screens)] == [None, None]
