"""What an audit finds in the database, on both databases; and how alarms are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import insert, update

from hub.decide.alarm_facts import Crowd, Facts, Stuck
from hub.decide.alarms import Alarm, AlarmKind
from hub.store import schema as t
from hub.store.alarms import AlarmLedger
from hub.store.audits import AuditLedger, look
from hub.store.migrate import migrate
from hub.store.processes import ProcessLedger
from tests.flow.stage import Stage, opened

ABOUT = {"role": "worker", "host": "h", "pid": 1, "version": "1"}


@pytest.fixture
async def stage(house_url: str) -> AsyncIterator[Stage]:
    db = await opened(house_url)
    yield await Stage(db).set_up(people=4)
    await db.close()


async def facts(stage: Stage) -> Facts:
    return await stage.db.read(lambda conn: look(conn, 100.0))


async def ago(stage: Stage, seconds: float) -> int:
    return await stage.now() - int(seconds * 1000)


async def tried(stage: Stage, deliveries: list[int], started_at: int, **more) -> None:
    known = {"fence": 1, "account": "twilio", "started_at": started_at, "ended_at": started_at}
    rows = [{**known, "verdict": "accepted", "delivery_id": one, **more} for one in deliveries]
    await stage.db.write(lambda conn: conn.execute(insert(t.attempts), rows).rowcount)


async def test_a_hub_at_rest_shows_nothing(stage: Stage) -> None:
    found = await facts(stage)

    assert found == Facts(watched_s=100.0)


async def test_what_a_process_says_of_its_sockets_is_found_while_it_lives(stage: Stage) -> None:
    said = {"open": 9, "most": 10, "turned_away": 2, "short_s": 1.5, "strangers": 4, "later": 1}
    full = {"address": "203.0.113.7", "address_most": 5, "full_s": 0.5}
    ledger = ProcessLedger(stage.db)
    for name, sockets in (("a", said), ("b", said | full), ("c", {}), ("d", said)):
        await ledger.beat(name, ABOUT, swept_s=None, state={"sockets": sockets})
    await ledger.beat("older release", ABOUT, swept_s=None, state={})
    await ledger.stopped("d")

    found = sorted((await facts(stage)).crowds, key=lambda one: one.process)

    assert found == [
        Crowd("a", 9, 10, 2, 1.5),
        Crowd("b", 9, 10, 2, 1.5, "203.0.113.7", 5, 0.5),
    ]


async def test_a_database_of_another_schema_is_looked_at_no_further(database_url: str) -> None:
    db = await opened(database_url)
    ledger = AuditLedger(db)
    assert not (await ledger.facts(100.0)).current

    await migrate(db)
    assert (await ledger.facts(100.0)).current
    await db.close()


@pytest.mark.parametrize(
    ("late", "state", "status", "count"),
    [(90, "waiting", "open", 1), (30, "waiting", "open", 0), (90, "started", "open", 0),
     (90, "waiting", "stopped", 0)],
)  # fmt: skip
async def test_waves_that_wait_beyond_their_time_are_found(
    stage: Stage, late: int, state: str, status: str, count: int
) -> None:
    due = await ago(stage, late)
    wave = {"incident_id": stage.incident, "notice_id": stage.notice, "no": 1, "key": "call"}
    row = {**wave, "spec": {}, "due_at": due, "state": state}
    await stage.db.write(lambda conn: conn.execute(insert(t.waves).values(row)).rowcount)
    await stage.set(t.incidents, {}, status=status)

    found = (await facts(stage)).waves

    assert len(found) == count
    assert all(one.key == "call" and 89 < one.late_s < 120 for one in found)


async def test_due_deliveries_are_counted_beside_the_calls_of_the_last_minute(stage: Stage) -> None:
    due = await ago(stage, 90)
    ids = await stage.plan(due_at=due)
    await tried(stage, ids[:3], await ago(stage, 120))
    await tried(stage, ids[:2], await ago(stage, 10))

    (backlog,) = (await facts(stage)).backlogs

    assert (backlog.lane, backlog.channel, backlog.due, backlog.tried) == ("urgent", "sms", 4, 2)
    assert 89 < backlog.oldest_s < 120


async def test_what_is_due_later_is_no_backlog_but_a_lane_with_due_work_is_named(
    stage: Stage,
) -> None:
    await stage.plan(due_at=await ago(stage, 1))

    found = await facts(stage)

    assert found.backlogs == ()
    assert found.due_lanes == ("urgent",)


async def test_leases_and_doubts_that_are_long_over_are_counted(stage: Stage) -> None:
    await stage.plan(people=stage.people[:1], state="sending", lease_until=await ago(stage, 40))
    await stage.plan(people=stage.people[1:2], state="sending", lease_until=await ago(stage, 20))
    await stage.plan(people=stage.people[2:], state="unsure", lease_until=await ago(stage, 70))

    found = await facts(stage)

    assert (found.leases.count, found.doubts.count) == (1, 2)
    assert 39 < found.leases.over_s < 60


async def test_processes_are_read_as_they_said(stage: Stage) -> None:
    ledger = ProcessLedger(stage.db)
    await ledger.beat("a", ABOUT, swept_s=2.0, state={})
    await ledger.beat("b", {**ABOUT, "role": "web"}, swept_s=None, state={})
    await ledger.stopped("b")

    one, two = sorted((await facts(stage)).processes, key=lambda process: process.id)

    assert one.live
    assert one.swept_s is not None
    assert 2 <= one.swept_s < 20
    assert (two.role, two.swept_s, two.stopped, two.live) == ("web", None, True, False)


async def test_a_process_silent_for_a_day_is_forgotten(stage: Stage) -> None:
    ledger = ProcessLedger(stage.db)
    await ledger.beat("old", ABOUT, swept_s=None, state={})
    await stage.set(t.processes, {"id": "old"}, seen_at=await ago(stage, 86_500))

    await ledger.beat("new", ABOUT, swept_s=None, state={"accounts": {}})

    assert [row.id for row in await stage.rows(t.processes)] == ["new"]


async def test_receipts_are_compared_with_what_was_accepted_some_minutes_ago(stage: Stage) -> None:
    old = await ago(stage, 600)
    ids = await stage.plan(state="accepted", accepted_at=old)
    await stage.set(t.deliveries, {"id": ids[0]}, state="delivered")
    await tried(stage, ids[3:], await ago(stage, 3600))  # too long ago
    await tried(stage, ids[:3], old)
    await tried(stage, ids[:1], await ago(stage, 60))  # its receipt may still come

    (found,) = (await facts(stage)).receipts

    assert (found.account, found.accepted, found.reported) == ("twilio", 3, 1)


async def test_failures_by_the_provider_are_told_from_those_of_an_address(stage: Stage) -> None:
    ids = await stage.plan()
    now = await ago(stage, 5)
    await tried(stage, ids[:1], now)
    await tried(stage, ids[1:2], now, verdict="refused", reason="bad_address")
    await tried(stage, ids[2:3], now, verdict="refused", reason="misconfigured")
    await tried(stage, ids[3:], now, verdict="retry", reason="throttled")
    await tried(stage, ids[3:], now, verdict="", ended_at=None)

    (found,) = (await facts(stage)).tries

    assert (found.ended, found.failed, found.accepted) == (4, 1, 1)


async def test_paired_screens_that_are_away_count_while_an_incident_is_open(stage: Stage) -> None:
    gone = [await ago(stage, 200), await ago(stage, 20), None]
    screens = [
        await stage.db.write(lambda c, n=n: stage.person(c, f"S{n}", None, kind="screen"))
        for n in range(3)
    ]
    for screen, at in zip(screens, gone, strict=True):
        row = {"recipient_id": screen, "device_hash": f"{screen}", "gone_at": at, "way": {}}
        await stage.db.write(lambda c, r=row: c.execute(insert(t.screens).values(r)).rowcount)

    (found,) = (await facts(stage)).screens
    await stage.set(t.incidents, {}, status="closed")

    assert (found.key, found.paired, found.gone) == ("home", 3, 1)
    assert 199 < found.longest_s < 220
    assert (await facts(stage)).screens == ()


@pytest.mark.parametrize(
    ("seqs", "last", "gap"),
    [([1, 2, 3], 3, False), ([1, 3], 3, True), ([1, 2], 3, True), ([], 0, False),
     (list(range(1, 301)), 300, False), ([*range(1, 250), *range(251, 301)], 300, True)],
)  # fmt: skip
async def test_a_gap_in_the_newest_events_is_found(
    stage: Stage, seqs: list[int], last: int, gap: bool
) -> None:
    rows = [
        {"incident_id": stage.incident, "seq": n, "at": 0, "kind": "progress", "data": {}}
        for n in seqs
    ]
    if rows:
        await stage.db.write(lambda conn: conn.execute(insert(t.events), rows).rowcount)
    await stage.set(t.incidents, {}, last_seq=last)

    assert bool((await facts(stage)).gaps) is gap


@pytest.mark.parametrize(
    ("age", "by", "found"),
    [(60, "-3600000", (60, -3600)), (7200, "-3600000", None), (60, "nonsense", None)],
)
async def test_a_jump_of_the_clock_is_told_for_an_hour(stage: Stage, age, by, found) -> None:
    marks = [("clock_jumped_at", str(await ago(stage, age))), ("clock_jumped_by", by)]
    rows = [{"key": key, "value": value} for key, value in marks]
    await stage.db.write(lambda conn: conn.execute(insert(t.meta), rows).rowcount)

    said = await facts(stage)

    if found is None:
        assert said.clock_jumped_s is None
    else:
        assert said.clock_jumped_s is not None
        assert found[0] <= said.clock_jumped_s < found[0] + 20
        assert said.clock_jumped_by_s == found[1]


# ── Alarms ─────────────────────────────────────────────────────────────────────────────────────

ONE = Alarm("overdue_wave/1", AlarmKind.OVERDUE_WAVE, {"late_s": 61}, incident=1)
TWO = Alarm("no_worker", AlarmKind.NO_WORKER, {"lanes": []})


async def test_an_alarm_is_raised_once_kept_while_it_is_so_and_cleared(stage: Stage) -> None:
    ledger = AlarmLedger(stage.db)

    assert (await ledger.settle([ONE, TWO])).raised == (ONE.key, TWO.key)
    assert (await ledger.settle([ONE, ONE])).cleared == (TWO.key,)
    assert (await ledger.settle([TWO])).raised == (TWO.key,)  # again: a new one

    rows = await stage.rows(t.alarms)
    assert [(row.key, row.cleared_at is None) for row in rows] == [
        (ONE.key, False),
        (TWO.key, False),
        (TWO.key, True),
    ]
    assert all(row.raised_at <= row.seen_at for row in rows)


async def test_what_an_alarm_says_is_kept_up_to_date(stage: Stage) -> None:
    ledger = AlarmLedger(stage.db)
    await ledger.settle([ONE])
    await ledger.settle([Alarm(ONE.key, ONE.kind, {"late_s": 99}, incident=1)])

    (row,), age = await ledger.listed(10)

    assert row["data"] == {"late_s": 99}
    assert age is not None
    assert age < 60_000


async def test_open_alarms_stand_before_those_that_are_over(stage: Stage) -> None:
    ledger = AlarmLedger(stage.db)
    await ledger.settle([ONE])
    await ledger.settle([TWO])
    await ledger.settle([])
    await ledger.settle([ONE])
    await ledger.settle([ONE, TWO])
    await ledger.settle([ONE])

    rows, _ = await ledger.listed(10)

    assert [row["cleared_at"] is None for row in rows] == [True, False, False, False]
    assert (await ledger.listed(1))[0] == rows[:1]


async def test_the_first_who_acknowledges_stays(stage: Stage) -> None:
    ledger = AlarmLedger(stage.db)
    await ledger.settle([ONE])
    (row,) = await stage.rows(t.alarms)

    await ledger.acknowledge(row.id, "user:1")
    found = await ledger.acknowledge(row.id, "user:2")

    assert found is not None
    assert found["acknowledged_by"] == "user:1"
    assert await ledger.acknowledge(row.id + 1, "user:1") is None


async def test_long_cleared_alarms_are_gone(stage: Stage) -> None:
    ledger = AlarmLedger(stage.db)
    await ledger.settle([ONE])
    await stage.set(t.alarms, {}, cleared_at=await ago(stage, 91 * 86_400))

    await ledger.settle([])

    assert await stage.rows(t.alarms) == []


async def test_only_one_of_all_has_the_turn_and_nobody_before_its_time(stage: Stage) -> None:
    one, two = AlarmLedger(stage.db), AlarmLedger(stage.db)

    assert await one.turn(60_000)
    assert not await two.turn(60_000)
    assert not await one.turn(60_000)
    assert await two.turn(0)
    assert await one.beat(60_000)  # the heartbeat has a turn of its own


async def test_a_clock_that_was_set_back_does_not_end_the_audits(stage: Stage) -> None:
    ledger = AlarmLedger(stage.db)
    await ledger.turn(5000)
    ahead = str(await ago(stage, -3600))
    await stage.db.write(
        lambda conn: (
            conn.execute(
                update(t.meta).where(t.meta.c.key == "audit_began_at").values(value=ahead)
            ).rowcount
        )
    )

    assert await ledger.turn(5000)


async def test_figures_count_open_alarms_and_say_how_old_each_process_is(stage: Stage) -> None:
    await AlarmLedger(stage.db).settle([ONE, TWO])
    await ProcessLedger(stage.db).beat("a", ABOUT, swept_s=1.0, state={})
    await ProcessLedger(stage.db).beat("b", ABOUT, swept_s=None, state={})

    found = await AlarmLedger(stage.db).figures()

    assert found["alarms"] == {"overdue_wave": 1, "no_worker": 1}
    by_id = {one["id"]: one for one in found["processes"]}
    assert by_id["a"]["swept_s"] >= 1
    assert by_id["b"]["swept_s"] is None


async def test_stuck_is_nothing_without_rows(stage: Stage) -> None:
    assert (await facts(stage)).leases == Stuck(0, 0.0)
