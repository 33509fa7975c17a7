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


async def test_a_stranger_watches_two_topics_at_most(web: House):
    async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
        await socket.send('{"op":"hello"}')
        said = [(await _watch(socket, f"site:x{n}"))["op"] for n in range(3)]
        again = await _watch(socket, "site:x0")
        await socket.send('{"op":"unwatch","topic":"site:x1"}')
        other = await _watch(socket, "site:x4")
    assert said == ["snapshot", "snapshot", "refused"]
    assert (again["op"], other["op"]) == ("snapshot", "snapshot")


async def test_what_strangers_watch_takes_no_room_from_the_duty_desk(
    web: House, monkeypatch: pytest.MonkeyPatch
):
    stage = await Stage(web.hub.db).set_up(people=2)
    monkeypatch.setitem(live_topics.MOST, "site", 2)
    async with contextlib.AsyncExitStack() as stack:
        said = []
        for n in range(3):
            socket = await stack.enter_async_context(connect(web.live, subprotocols=[SUBPROTOCOL]))
            await socket.send('{"op":"hello"}')
            said.append((await _watch(socket, f"site:x{n}"))["op"])
        assert said == ["snapshot", "snapshot", "refused"]
        duty = await stack.enter_async_context(connect(web.live, subprotocols=[SUBPROTOCOL]))
        await duty.send(json.dumps({"op": "hello", "ticket": await web.ticket("duty")}))
        frame = await _watch(duty, f"incident:{stage.incident}")
    assert frame["op"] == "snapshot"


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
