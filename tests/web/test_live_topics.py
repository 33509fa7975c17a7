"""Strangers on `/live` may look at what is public, and take no room from the duty desk."""

from __future__ import annotations

import asyncio
import contextlib
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from hub.errors import Unready
from tests.flow.stage import Stage
from tests.web.parts import House, read
from web import live_topics
from web.live import SUBPROTOCOL


async def _watch(socket, topic: str) -> dict:
    await socket.send(json.dumps({"op": "watch", "topic": topic}))
    while (frame := read(await socket.recv()))["op"] not in {"snapshot", "refused"}:
        pass
    return frame


SITE, PLACE, ALL = "site:home", "site:home:3/12", "site:"  # as the stage has them


async def test_a_stranger_watches_two_topics_at_most(web: House):
    await Stage(web.hub.db).set_up(people=2)
    async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
        await socket.send('{"op":"hello"}')
        said = [await _watch(socket, topic) for topic in (SITE, PLACE, ALL)]
        again = await _watch(socket, SITE)
        await socket.send(json.dumps({"op": "unwatch", "topic": PLACE}))
        other = await _watch(socket, ALL)
    assert [frame["op"] for frame in said] == ["snapshot", "snapshot", "refused"]
    assert said[2]["code"] == "topics"
    assert (again["op"], other["op"]) == ("snapshot", "snapshot")


async def test_what_strangers_watch_takes_no_room_from_the_duty_desk_nor_places_from_sites(
    web: House, monkeypatch: pytest.MonkeyPatch
):
    stage = await Stage(web.hub.db).set_up(people=2)
    monkeypatch.setitem(live_topics.MOST, "place", 1)
    async with contextlib.AsyncExitStack() as stack:
        said = []
        for topic in (PLACE, "site:home:3", SITE):
            socket = await stack.enter_async_context(connect(web.live, subprotocols=[SUBPROTOCOL]))
            await socket.send('{"op":"hello"}')
            said.append((await _watch(socket, topic))["op"])
        assert said == ["snapshot", "refused", "snapshot"]
        duty = await stack.enter_async_context(connect(web.live, subprotocols=[SUBPROTOCOL]))
        await duty.send(json.dumps({"op": "hello", "ticket": await web.ticket("duty")}))
        frame = await _watch(duty, f"incident:{stage.incident}")
    assert frame["op"] == "snapshot"


UNKNOWN = (
    *("site:elsewhere", "site:home:9/99", "site::", "site:HOME", "site:" + "x" * 64),
    *("site:" + "x" * 65, "site:ho me", "site:%s", "site:home:3/12:1", "site:../home", "site"),
    *("incident:999999", "incident:" + "9" * 18, "incident:" + "9" * 19, "incident:-1"),
    *("screen:999999", "screen:" + "9" * 18, "screen:0", "SITE:home", "me:x"),
)


async def test_what_does_not_exist_is_refused_by_word_and_takes_no_place(
    web: House, monkeypatch: pytest.MonkeyPatch
):
    await Stage(web.hub.db).set_up(people=2)
    for kind in ("site", "place", "incident"):
        monkeypatch.setitem(live_topics.MOST, kind, 1)
    live = web.app.state.live
    async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
        await socket.send(json.dumps({"op": "hello", "ticket": await web.ticket("duty")}))
        for topic in UNKNOWN:
            frame = await _watch(socket, topic)
            assert (frame["op"], frame["what"], frame["topic"]) == ("refused", "watch", topic)
        assert [client.topics for client in live.clients] == [{}]
        assert (await _watch(socket, SITE))["op"] == "snapshot"
        assert set(live.topics._open) == {SITE}
        assert list(live.screens._rooms) == []


async def test_a_stranger_learns_of_no_site_that_is_none(web: House):
    await Stage(web.hub.db).set_up(people=2)
    async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
        await socket.send('{"op":"hello"}')
        said = [(await _watch(socket, f"site:x{n}"))["op"] for n in range(5)]
        known = [(await _watch(socket, topic))["op"] for topic in (SITE, ALL)]
    assert said == ["refused"] * 5
    assert known == ["snapshot"] * 2


@pytest.mark.parametrize("topic", ["incident:1", "site:"])
async def test_who_comes_while_the_database_is_away_is_told_to_come_back(
    web: House, monkeypatch: pytest.MonkeyPatch, topic: str
):
    await Stage(web.hub.db).set_up(people=2)

    async def away(*_: object) -> None:
        raise Unready("The database is away.")

    ticket = await web.ticket("duty")
    async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
        await socket.send(json.dumps({"op": "hello", "ticket": ticket}))
        assert read(await socket.recv())["op"] == "welcome"
        with monkeypatch.context() as patched:
            patched.setattr(web.hub.watch, "feed", away)
            patched.setattr(web.hub.watch, "public", away)
            await socket.send(json.dumps({"op": "watch", "topic": topic}))
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 30)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013
    async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
        await socket.send(json.dumps({"op": "hello", "ticket": await web.ticket("duty")}))
        assert (await _watch(socket, topic))["op"] == "snapshot"
