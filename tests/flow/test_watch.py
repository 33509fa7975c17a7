from __future__ import annotations

import asyncio
import json

import pytest

from hub.errors import Unknown
from hub.events import EventKind
from hub.flow.watch import Watch
from hub.model import Lane, Outcome, Verdict
from hub.states import DeliveryState, Reason
from hub.store import schema as t
from hub.store.boards import BoardLedger
from hub.store.events import append_event
from hub.store.lists import ListLedger
from tests.flow.stage import Provider, Stage
from tests.flow.test_answer import take
from tests.flow.test_deliver import sender
from tests.flow.test_report import ear
from tests.flow.test_sweep import sweeper


def watcher(stage: Stage) -> Watch:
    return Watch(boards=BoardLedger(stage.db), lists=ListLedger(stage.db))


async def rolled_out(stage: Stage, people: int = 8) -> Stage:
    await stage.set_up(people=people)
    await stage.plan()

    def launched(conn):
        now = conn.execute(t.incidents.select()).first().launched_at
        data = {
            "people": people,
            "households": people // 2,
            "moves": [["sms", "", "planned", people]],
        }
        append_event(conn, stage.incident, EventKind.LAUNCHED, data, actor="user:1", now_ms=now)

    await stage.db.write(launched)
    return stage


def still(frame) -> dict:
    return {key: value for key, value in frame.items() if key != "at"}


async def test_a_board_folded_from_events_equals_a_fresh_one_after_every_action(stage):
    await rolled_out(stage)
    watch, heard = watcher(stage), ear(stage)
    feed = await watch.feed(stage.incident)
    people = stage.people

    async def same() -> None:
        await feed.news()
        fresh = await watch.feed(stage.incident)
        assert still(feed.snapshot()) == still(fresh.snapshot())

    await sender(stage, heard.provider).drain(Lane.URGENT)
    await same()
    for attempt in (1, 2, 3):
        await heard.says(attempt, DeliveryState.DELIVERED)
    await heard.says(1, DeliveryState.READ)
    await heard.says(4, DeliveryState.FAILED, reason=Reason.BLOCKED)
    await same()
    await take(stage, people[0], "safe")
    await take(stage, people[1], "help")
    await same()
    await stage.db.write(lambda conn: stage.plan_in(conn, people[:2], wave=1))
    await stage.db.write(
        lambda conn: append_event(
            conn,
            stage.incident,
            EventKind.WAVE,
            {"wave": 1, "key": "voice", "deliveries": 2, "moves": [["sms", "", "planned", 2]]},
            actor="hub",
            now_ms=1,
        )
    )
    await take(stage, people[1], "evacuated")
    await same()
    await stage.db.write(lambda conn: stage.plan_in(conn, people[2:4], round=3, expires_at=1))
    await stage.db.write(
        lambda conn: append_event(
            conn,
            stage.incident,
            EventKind.PROGRESS,
            {"moves": [["sms", "", "planned", 2]]},
            actor="hub",
            now_ms=1,
        )
    )
    await sweeper(stage).once()
    await same()
    task = (await stage.rows(t.tasks))[0].id
    await stage.set(t.tasks, {"id": task}, state="done", outcome="carried down")
    await stage.db.write(
        lambda conn: append_event(
            conn,
            stage.incident,
            EventKind.TASK,
            {"task": task, "state": "done", "outcome": "carried down"},
            actor="user:1",
            now_ms=1,
        )
    )
    await same()
    tally = feed.snapshot()["tally"]
    assert tally["deliveries"] == {
        "sms": {
            "accepted": 4,
            "delivered": 2,
            "expired": 2,
            "failed": 1,
            "planned": 1,
            "read": 1,
            "suppressed": 1,
        }
    }
    assert (tally["people"], tally["told"], tally["delivered"], tally["read"]) == (8, 8, 3, 1)
    assert (tally["answered"], tally["answers"]["evacuated"]) == (2, 1)


@pytest.mark.parametrize(
    ("second", "doubled"), [(Verdict.ACCEPTED, 2), (Verdict.UNSURE, 2), (Verdict.REFUSED, 0)]
)
async def test_what_is_in_doubt_and_may_be_doubled_is_counted_when_it_is(stage, second, doubled):
    await stage.set_up(people=2, prefer_double=True)
    await stage.plan()
    watch = watcher(stage)
    feed = await watch.feed(stage.incident)

    async def counted() -> tuple[int, int]:
        await feed.news()
        fresh = (await watch.feed(stage.incident)).snapshot()["tally"]
        tally = feed.snapshot()["tally"]
        assert tally == fresh
        return tally["in_doubt"], tally["doubled"]

    async def sends(verdict: Verdict) -> None:
        async def answer(_parcel):
            return Outcome(verdict, Reason.TIMEOUT)

        await sender(stage, Provider(answer=answer)).drain(Lane.URGENT)

    await sends(Verdict.UNSURE)
    assert await counted() == (2, 0)
    await stage.set(t.deliveries, {"state": "unsure"}, lease_until=1)
    await sweeper(stage).once()
    assert await counted() == (2, 0), "one that waits to be sent again has not come twice"
    await sends(second)
    assert await counted() == (0 if second is Verdict.ACCEPTED else 2, doubled)
    assert {bool(row.doubled) for row in await stage.deliveries()} == {bool(doubled)}
    await ear(stage).says(1, DeliveryState.DELIVERED)
    assert await counted() == (0 if second is Verdict.ACCEPTED else 1, doubled)


async def test_the_sum_of_a_tallys_deliveries_is_that_of_the_rows_even_while_sending(stage):
    await rolled_out(stage)
    begun, free = asyncio.Event(), asyncio.Event()

    async def answer(_parcel):
        begun.set()
        await free.wait()

    drain = asyncio.create_task(sender(stage, Provider(answer=answer)).drain(Lane.URGENT))
    await begun.wait()
    tally = (await watcher(stage).incident(stage.incident))["tally"]
    assert tally["deliveries"] == {"sms": {"planned": 8}}
    free.set()
    await drain


async def test_news_are_events_at_once_and_one_frame_of_sums(stage):
    await rolled_out(stage)
    feed = await watcher(stage).feed(stage.incident)
    assert await feed.news() == []
    await take(stage, stage.people[0], "help")
    await sender(stage, Provider()).drain(Lane.URGENT)
    frames = await feed.news()
    assert [frame["op"] for frame in frames] == ["event", "event", "progress"]
    assert [frame["seq"] for frame in frames][:2] == [2, 3]
    event, last = frames[0]["event"], frames[-1]
    assert event["text"] == {
        "zh-CN": "3栋1200室 回复“需要帮助”（链接）",
        "en": "Tower 3, flat 1200 answered “need help” by link",
    }
    flat = str(stage.units[0])
    assert last["cells"][flat] == "help"
    assert last["cell_people"][flat] == [2, 1]
    assert [row["place"] for row in last["help"]] == ["3/12/1200"]
    assert last["help"][0]["people"] == 2
    assert last["seq"] == feed.seq
    assert json.dumps(frames)  # plain JSON


async def test_a_snapshot_has_everything_a_board_shows(stage):
    await rolled_out(stage)
    await take(stage, stage.people[0], "help")
    said = (await watcher(stage).board(stage.incident)).to_json()
    assert set(said) == {
        "op", "topic", "epoch", "seq", "at", "incident", "tally", "queue", "cells", "cell_people",
        "help", "tasks", "waves", "screens", "curve", "timeline", "notices", "calls", "source",
        "zones",
    }  # fmt: skip
    assert [one["kind"] for one in said["timeline"]] == ["help", "answered", "launched"]
    assert said["incident"]["place_spoken"]["en"] == "Tower 3, floor 12"
    assert said["incident"]["playbook_name"] == {"en": "Fire", "zh-CN": "火灾"}
    assert json.dumps(said)


async def test_screens_show_wait_or_are_offline(stage):
    await rolled_out(stage, people=4)
    shows, waits, gone, _ = stage.people

    def screens(conn):
        for one, row in (
            (shows, {"seen_at": 1, "showing_notice": stage.notice, "shown_at": 5}),
            (waits, {"seen_at": 1}),
            (gone, {"seen_at": 1, "gone_at": 9}),
        ):
            stage._one(conn)(t.screens, recipient_id=one, way={}, **row)
            for table, key in ((t.audience, "recipient_id"), (t.recipients, "id")):
                mine = table.update().where(table.c[key] == one)
                conn.execute(mine.values(kind="screen"))

    await stage.db.write(screens)
    said = (await watcher(stage).board(stage.incident)).to_json()
    assert {one: row["state"] for one, row in said["screens"].items()} == {
        str(shows): "shown",
        str(waits): "waiting",
        str(gone): "offline",
    }
    assert said["tally"]["screens"] == {"total": 3, "shown": 1}
    assert said["tally"]["people"] == 1


async def test_lists_go_page_by_page_and_mask_addresses(stage):
    await rolled_out(stage, people=5)
    watch = watcher(stage)
    await sender(stage, Provider()).drain(Lane.URGENT)
    found, after = [], 0
    while after is not None:
        page = await watch.deliveries(stage.incident, state="accepted", after=after, limit=2)
        found += page["items"]
        after = page["next"]
    assert [one["id"] for one in found] == [row.id for row in await stage.deliveries()]
    assert found[0]["to"] == "+44 ··· 00"
    assert (await watch.deliveries(stage.incident, channel="voice", limit=9))["items"] == []
    events = await watch.events(stage.incident, since=1, limit=10)
    assert [one["seq"] for one in events["items"]] == [2]
    listed = (await watch.incidents("open", limit=5))["items"]
    assert [(one["id"], one["tally"]["told"]) for one in listed] == [(stage.incident, 5)]
    assert (await watch.incidents("closed", limit=5)) == {"items": [], "next": None}


async def test_a_flat_shows_its_people_with_what_reached_them(stage):
    await rolled_out(stage, people=4)
    await sender(stage, Provider()).drain(Lane.URGENT)
    await take(stage, stage.people[1], "help")
    said = await watcher(stage).flat(stage.incident, stage.units[0])
    assert said["place"] == "3/12/1200"
    assert [one["name"] for one in said["people"]] == ["P0", "P1"]
    assert said["people"][0]["deliveries"][0]["state"] == "accepted"
    assert said["people"][1]["help"]["state"] == "open"
    with pytest.raises(Unknown):
        await watcher(stage).flat(stage.incident, 999)


async def test_what_does_not_exist_is_unknown(stage):
    await rolled_out(stage, people=1)
    watch = watcher(stage)
    for ask in (watch.incident, watch.board, watch.feed):
        with pytest.raises(Unknown):
            await ask(99)
    with pytest.raises(Unknown):
        await watch.deliveries(99, limit=1)
    with pytest.raises(Unknown):
        await watch.events(99, limit=1)


async def test_the_public_hears_of_open_incidents_and_of_no_people(stage):
    await rolled_out(stage, people=2)
    watch = watcher(stage)
    for name in ("", "home", "home:3/12"):
        (one,) = (await watch.public(name))["open"]
        assert set(one) == {"code", "kind", "level", "place_spoken", "headline"}
    assert one["headline"] == {"en": "Fire"}
    for name in ("elsewhere", "home:9/99", ":", "home:3/12/", "HOME", "home:3/12:3", "x" * 64):
        with pytest.raises(Unknown):
            await watch.public(name)
    await stage.set(t.incidents, {}, status="closed")
    assert (await watch.public())["open"] == []


async def test_figures_for_operators(stage):
    await rolled_out(stage, people=3)
    figures = await watcher(stage).figures()
    assert figures["deliveries"] == {"sms": {"planned": 3}}
    assert figures["lanes"]["urgent"]["depth"] == 3
    await stage.set(t.incidents, {}, kind="drill")
    assert list(await watcher(stage).last_drills()) == ["fire"]
