from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from hub.model import Lane, Outcome, Verdict
from hub.store import database as clocks
from hub.store import schema as t
from hub.store.claims import LEASE
from hub.store.database import Database, database_now
from hub.store.house_time import JUMPED_AT, JUMPED_BY, OFFSET, join, settle
from hub.store.sweeps import SweepLedger
from tests.flow.stage import Provider, Stage, opened
from tests.flow.test_deliver import sender

HOUR = 3_600_000
NEAR = 2_500  # ms: what a slow reading may add
SET = dict(clocks.NOW_SQL)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets the database's own clock so many ms ahead of what it is."""

    def ahead(by: int) -> None:
        for dialect, sql in SET.items():
            monkeypatch.setitem(clocks.NOW_SQL, dialect, f"{sql} + {by}")

    return ahead


@pytest.fixture
async def stage(house_url: str) -> Any:
    db = await opened(house_url)
    yield await Stage(db).set_up(people=6, prefer_double=True)
    await db.close()


async def marks(db: Database) -> dict[str, int]:
    rows = await db.read(lambda conn: conn.execute(t.meta.select()).all())
    return {row.key: int(row.value) for row in rows if row.key.startswith("clock_")}


async def settled(db: Database, by: int) -> None:
    """The jump has been seen and told; a reading that took too long says nothing yet."""
    await settle(db)
    while abs(db.reckoner.offset + by) > NEAR:
        await settle(db)


async def sweep_all(stage: Stage) -> set[tuple[int, ...]]:
    ledger = SweepLedger(stage.db)
    found = [await ledger.leases(), await ledger.doubts(), await ledger.lives()]
    found.append(await ledger.windows(600_000))
    return {(one.lost, one.doubled, one.failed, one.expired, one.silent) for one in found}


async def started_meanwhile(stage: Stage) -> tuple[Provider, Any, asyncio.Event, asyncio.Task[int]]:
    """Two are being sent, the others wait for their turn."""
    go = asyncio.Event()

    async def answer(parcel: Any) -> Outcome:
        await go.wait()
        return Outcome(Verdict.ACCEPTED, provider_ref=f"SM{parcel.attempt}")

    provider = Provider(answer=answer)
    await stage.plan(people=stage.people[:2])
    deliver = sender(stage, provider)
    running = asyncio.create_task(deliver.drain(Lane.URGENT))
    while len(provider.ledger) < 2:
        await asyncio.sleep(0.005)
    await stage.plan(people=stage.people[2:])
    return provider, deliver, go, running


async def alive(stage: Stage) -> int:
    """A process of this hub has just said that it lives; when (ms)."""
    now = await stage.now()
    row = {"id": "p", "role": "serve", "pid": 1, "started_at": now, "seen_at": now, "state": {}}
    await stage.db.write(lambda conn: conn.execute(t.processes.insert().values(row)).rowcount)
    return now


@pytest.mark.parametrize("by", [HOUR, -HOUR])
async def test_a_clock_set_in_the_middle_of_a_launch_loses_and_doubles_nothing(stage, clock, by):
    provider, _, go, running = await started_meanwhile(stage)
    clock(by)
    assert await sweep_all(stage) == {(0, 0, 0, 0, 0)}, "no lease lost, nothing expired"
    assert (await SweepLedger(stage.db).due()).lanes == (Lane.URGENT,), "at once, not in an hour"
    go.set()
    await running
    await sender(stage, provider).drain(Lane.URGENT)
    assert {row.state for row in await stage.deliveries()} == {"accepted"}
    assert set(provider.counts().values()) == {1}
    launched = (await stage.rows(t.incidents))[0].launched_at
    rows = await stage.deliveries()
    assert all(-NEAR <= row.accepted_at - launched < HOUR // 2 for row in rows)


async def test_leases_of_the_dead_are_still_retaken_after_a_jump(stage, clock):
    await stage.plan(people=stage.people[:1])
    now = await stage.now()
    await stage.set(t.deliveries, {}, state="sending", fence=1, lease_until=now + LEASE)
    clock(-HOUR)
    assert (await SweepLedger(stage.db).leases()).reached == ()
    await stage.set(t.deliveries, {}, lease_until=await stage.now() - 1)
    await SweepLedger(stage.db).leases()
    assert (await stage.deliveries())[0].state == "planned"


@pytest.mark.parametrize("by", [HOUR, -HOUR])
async def test_a_process_that_starts_after_the_jump_goes_by_the_same_time(
    stage, clock, by, house_url
):
    await stage.plan()
    before = await stage.now()
    clock(by)
    await settled(stage.db, by)
    found = await marks(stage.db)
    assert found[OFFSET] == stage.db.reckoner.offset
    assert abs(found[OFFSET] + by) < NEAR
    assert abs(found[JUMPED_BY] - by) < NEAR
    assert -NEAR <= found[JUMPED_AT] - before < HOUR // 2

    other = await opened(house_url)
    try:
        assert await join(other) == found[OFFSET]
        assert -NEAR <= await other.read(database_now) - before < HOUR // 2
        assert await SweepLedger(other).lives() == await SweepLedger(stage.db).lives()
    finally:
        await other.close()


async def test_processes_that_see_the_same_jump_agree_on_it_to_the_millisecond(
    stage, clock, house_url
):
    other = await opened(house_url)
    try:
        for db in (stage.db, other):
            await join(db)
            await db.read(database_now)
        clock(HOUR)
        await asyncio.gather(settled(stage.db, HOUR), settled(other, HOUR))
        assert stage.db.reckoner.offset == other.reckoner.offset == (await marks(other))[OFFSET]
        clock(2 * HOUR)
        await settled(other, 2 * HOUR)
        await settled(stage.db, 2 * HOUR)
        assert stage.db.reckoner.offset == other.reckoner.offset == (await marks(other))[OFFSET]
        assert abs(other.reckoner.offset + 2 * HOUR) < NEAR
    finally:
        await other.close()


async def test_a_clock_that_is_set_back_leaves_no_offset(stage, clock):
    await stage.now()
    clock(HOUR)
    await settled(stage.db, HOUR)
    clock(0)
    await settled(stage.db, 0)
    assert abs((await marks(stage.db))[OFFSET]) < NEAR


async def test_with_nothing_pending_a_start_believes_the_clock_again(stage, clock, house_url):
    await stage.now()
    clock(HOUR)
    await settled(stage.db, HOUR)

    async def starts() -> int:
        other = await opened(house_url)
        try:
            return await join(other)
        finally:
            await other.close()

    kept = (await marks(stage.db))[OFFSET]
    assert await starts() == kept, "an incident is open"
    await stage.plan(people=stage.people[:1], state="unsure", lease_until=1)
    await stage.set(t.incidents, {}, status="closed")
    assert await starts() == kept, "a delivery is in doubt"
    await stage.set(t.deliveries, {}, state="failed")
    assert await starts() == 0
    assert (await marks(stage.db))[OFFSET] == 0


async def test_while_another_process_runs_nobody_goes_back_to_the_clock(stage, clock, house_url):
    await stage.now()
    clock(HOUR)
    await settled(stage.db, HOUR)
    kept = (await marks(stage.db))[OFFSET]
    await stage.set(t.incidents, {}, status="closed")
    now = await alive(stage)
    other = await opened(house_url)
    assert await join(other) == kept
    await stage.set(t.processes, {}, stopped_at=now)
    assert await join(other) == 0
    await other.close()


async def test_a_clock_set_back_while_nobody_looked_holds_no_lease(stage, clock, house_url):
    await stage.plan(people=stage.people[:1])
    last = await alive(stage)
    await stage.set(t.deliveries, {}, state="sending", fence=1, lease_until=last + LEASE)
    clock(-HOUR)  # and the process that would have seen it is dead
    other = await opened(house_url)
    try:
        assert abs(await join(other) - HOUR) < NEAR
        assert await other.read(database_now) >= last
        await settle(other)
        found = await marks(other)
        assert found[OFFSET] == other.reckoner.offset
        assert abs(found[JUMPED_BY] + HOUR) < NEAR
        assert await join(other) == found[OFFSET], "the next to start goes by it, too"
    finally:
        await other.close()


async def test_time_that_passed_while_nobody_ran_has_passed(stage, clock, house_url):
    await stage.plan(people=stage.people[:1])
    await alive(stage)
    clock(HOUR)
    other = await opened(house_url)
    try:
        assert await join(other) == 0
    finally:
        await other.close()


async def test_a_clock_put_right_while_a_hub_at_rest_was_down_is_believed(stage, clock, house_url):
    now = await alive(stage)
    await stage.set(t.processes, {}, stopped_at=now)
    await stage.set(t.incidents, {}, status="closed")
    clock(-HOUR)
    other = await opened(house_url)
    try:
        assert await join(other) == 0
    finally:
        await other.close()


async def test_what_somebody_wrote_there_by_hand_is_no_offset(stage):
    row = {"key": OFFSET, "value": "an hour"}
    await stage.db.write(lambda conn: conn.execute(t.meta.insert().values(row)).rowcount)
    assert await join(stage.db) == 0
