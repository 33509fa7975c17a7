"""Screens over the real socket: take over, report, go back, come back in a storm."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, Self

import pytest
from sqlalchemy import insert, update
from websockets.asyncio.client import connect

from hub.store import schema as t
from hub.store.database import database_now
from tests.flow.stage import Stage
from tests.web.parts import House, read
from web.live import SUBPROTOCOL

WORDS = {"headline": "Fire on floor 12", "action": "Leave the building now"}


async def order(web: House, stage: Stage, screens: list[int], **changes: Any) -> int:
    """The alert is ordered onto these screens; the notice's id."""

    def change(conn: Any) -> None:
        now = database_now(conn)
        words = {"notice_id": stage.notice, "band": "evacuate", "channel": "screen", "segments": 0}
        for language in ("zh-CN", "en"):
            wording = conn.execute(
                insert(t.wordings).values(**words, language=language, parts=WORDS)
            ).inserted_primary_key[0]
        for screen in screens:
            row = {
                "incident_id": stage.incident,
                "notice_id": stage.notice,
                "recipient_id": screen,
                "wording_id": wording,
                "channel": "screen",
                "address": str(screen),
                "wave": 0,
                "round": 0,
                "lane": "urgent",
                "rank": 0,
                "state": "accepted",
                "due_at": now,
                "expires_at": now + 1_800_000,
                "planned_at": now,
            }
            conn.execute(insert(t.deliveries).values(row | changes))
            listed = {"incident_id": stage.incident, "recipient_id": screen, "kind": "screen"}
            fixed = {"band": "evacuate", "rank": 0, "language": "zh-CN", "household": -screen}
            rest = {"roles": [], "vulnerable": False, "unreachable": False}
            conn.execute(insert(t.audience).values(listed | fixed | rest))

    await web.hub.db.write(change)
    await web.hub.wake.tell(f"incident:{stage.incident}", 1)
    return stage.notice


class Display:
    """A screen as its page behaves."""

    def __init__(self, web: House, screen: int, device: str) -> None:
        self.web, self.screen, self.device = web, screen, device

    async def __aenter__(self) -> Self:
        self.socket = await connect(
            self.web.live, subprotocols=[SUBPROTOCOL], compression=None, open_timeout=60
        )
        await self.say(op="hello", device=self.device)
        await self.say(op="watch", topic=f"screen:{self.screen}")
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.socket.close()

    async def say(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def hears(self, *ops: str) -> dict[str, Any]:
        async with asyncio.timeout(30):
            while True:
                frame = read(await self.socket.recv())
                if frame["op"] in ops:
                    return frame


@pytest.fixture
async def stage(web: House) -> Stage:
    return await Stage(web.hub.db).set_up(people=2)


async def test_a_screen_takes_over_and_its_word_is_the_receipt(web: House, stage: Stage):
    (screen,) = await web.screens(1)
    async with Display(web, screen, await web.device(screen)) as display:
        assert (await display.hears("clear", "show"))["op"] == "clear"
        notice = await order(web, stage, [screen])
        shown = await display.hears("show")
        assert shown["topic"] == f"screen:{screen}"
        assert (shown["notice"], shown["revision"], shown["level"]) == (notice, 1, "P1")
        assert shown["parts"]["en"]["headline"] == "Fire on floor 12"
        assert shown["parts"]["zh-CN"]
        await display.say(op="shown", notice=notice, revision=1)
        async with asyncio.timeout(30):
            while await state_of(web, screen) != "delivered":
                await asyncio.sleep(0.05)
    assert (await web.hub.screens.list())[0]["showing"] == {"notice": notice, "revision": 1}


async def test_a_screen_that_shows_another_revision_has_not_shown_this_one(web, stage):
    (screen,) = await web.screens(1)
    notice = await order(web, stage, [screen])
    async with Display(web, screen, await web.device(screen)) as display:
        await display.hears("show")
        await display.say(op="shown", notice=notice, revision=2)
        await display.say(op="ping")
        await display.hears("pong")
    assert await state_of(web, screen) == "accepted"


async def test_a_screen_goes_back_when_the_incident_is_closed(web: House, stage: Stage):
    (screen,) = await web.screens(1)
    await order(web, stage, [screen])
    async with Display(web, screen, await web.device(screen)) as display:
        await display.hears("show")
        await web.hub.db.write(lambda c: c.execute(update(t.incidents).values(status="closed")))
        await web.hub.wake.tell(f"incident:{stage.incident}", 2)
        await display.hears("clear")


async def test_a_screen_points_its_own_way(web: House, stage: Stage):
    first, second = await web.screens(2)
    devices = [await web.device(first), await web.device(second)]
    way = {"arrow": "left", "metres": 20}
    own = update(t.screens).where(t.screens.c.recipient_id == first).values(way=way)
    await web.hub.db.write(lambda c: c.execute(own))
    await order(web, stage, [first, second])
    async with (
        Display(web, first, devices[0]) as one,
        Display(web, second, devices[1]) as other,
    ):
        assert (await one.hears("show"))["way"] == way
        assert (await other.hears("show"))["way"] == {}


async def test_staff_may_look_at_what_a_screen_shows(web: House, stage: Stage):
    (screen,) = await web.screens(1)
    await order(web, stage, [screen])
    async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
        await socket.send(json.dumps({"op": "hello", "ticket": await web.ticket("viewer")}))
        await socket.send(json.dumps({"op": "watch", "topic": f"screen:{screen}"}))
        await socket.recv()
        assert read(await asyncio.wait_for(socket.recv(), 30))["op"] == "show"
    assert (await web.hub.screens.list())[0]["connected"] is False


class Counted:
    """A database that counts its questions."""

    def __init__(self, db: Any) -> None:
        self._db, self.reads = db, 0

    async def read(self, question: Any) -> Any:
        self.reads += 1
        return await self._db.read(question)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)


async def test_screens_that_come_back_at_once_cost_no_query_each(web: House, stage: Stage):
    number = 150
    screens = await web.screens(number)
    devices = await asyncio.gather(*(web.device(screen) for screen in screens))
    await order(web, stage, screens)
    counted = Counted(web.hub.db)
    web.hub.screens.ledger._db = counted
    displays = [Display(web, s, d) for s, d in zip(screens, devices, strict=True)]
    try:
        started = time.monotonic()
        await asyncio.gather(*(display.__aenter__() for display in displays))
        shown = await asyncio.gather(*(display.hears("show") for display in displays))
        seconds = time.monotonic() - started
    finally:
        await asyncio.gather(*(display.socket.close() for display in displays))
    assert len(shown) == number
    assert counted.reads < 20 + 20 * seconds < number + 20 * seconds


async def state_of(web: House, screen: int) -> str:
    own = t.deliveries.select().where(t.deliveries.c.recipient_id == screen)
    return (await web.hub.db.read(lambda c: c.execute(own).one())).state
