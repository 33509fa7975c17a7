from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Unknown
from hub.events import EventKind
from hub.store.events import append_event, at_ms, from_ms, last_seq, latest_events, read_events
from tests.flow.stage import Stage, opened


@given(st.integers(0, 4 * 10**12))
def test_times_go_to_the_database_and_back_without_loss(ms):
    assert at_ms(from_ms(ms)) == ms


def test_milliseconds_are_cut_never_rounded_up():
    assert at_ms(datetime(1970, 1, 1, 0, 0, 0, 1999, tzinfo=UTC)) == 1


async def test_numbers_have_no_gaps_whoever_writes_at_once(house_url):
    db = await opened(house_url)
    stage = await Stage(db).set_up(people=1)

    def one(conn):
        return append_event(
            conn, stage.incident, EventKind.ALARM, {"what": "x"}, actor="hub", now_ms=1_000
        )

    seqs = await asyncio.gather(*(db.write(one) for _ in range(40)))
    assert sorted(seqs) == list(range(1, 41))
    events = await db.read(lambda conn: read_events(conn, stage.incident, since=10, limit=5))
    assert [event.seq for event in events] == [11, 12, 13, 14, 15]
    assert events[0].to_json() == {
        "seq": 11,
        "at": "1970-01-01T00:00:01.000Z",
        "kind": "alarm",
        "actor": "hub",
        "data": {"what": "x"},
    }
    assert await db.read(lambda conn: last_seq(conn, stage.incident)) == 40
    await db.close()


async def test_a_change_that_fails_takes_its_event_with_it(house_url):
    db = await opened(house_url)
    stage = await Stage(db).set_up(people=1)

    def broken(conn):
        append_event(conn, stage.incident, EventKind.ALARM, {}, actor="hub", now_ms=1)
        raise Unknown("no")

    def fine(conn):
        return append_event(conn, stage.incident, EventKind.ALARM, {}, actor="hub", now_ms=1)

    with pytest.raises(Unknown):
        await db.write(broken)
    assert await db.write(fine) == 1
    await db.close()


async def test_the_timeline_leaves_out_progress_and_is_newest_first(house_url):
    db = await opened(house_url)
    stage = await Stage(db).set_up(people=1)

    def write(conn):
        for kind in (EventKind.LAUNCHED, EventKind.PROGRESS, EventKind.HELP, EventKind.CLOSED):
            append_event(conn, stage.incident, kind, {}, actor="hub", now_ms=1)

    await db.write(write)
    found = await db.read(lambda conn: latest_events(conn, stage.incident, until=3, limit=9))
    assert [event.kind for event in found] == ["help", "launched"]
    assert await db.read(lambda conn: last_seq(conn, 99)) is None
    with pytest.raises(Unknown):
        await db.write(
            lambda conn: append_event(conn, 99, EventKind.HELP, {}, actor="hub", now_ms=1)
        )
    await db.close()
