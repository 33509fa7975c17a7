"""Places for connections on real sockets: idle strangers make room, those who are known stay."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os

from tests.bench.peers import UPGRADE
from tests.web.parts import House, open_hub
from tests.web.raw import Raw, dialled, frame, upgraded
from web import accept, seats
from web.app import create_app
from web.seats import Room
from web.server import Bind, serve

ROOM_ENOUGH = Room(900, 800, 700)


@contextlib.asynccontextmanager
async def small(tmp_path, room: Room, **bind):
    """A hub with so little room."""
    async with open_hub(tmp_path) as hub:
        app = create_app(hub)
        async with serve(app, Bind(port=0, **bind)) as at:
            at.seats.room = room
            yield House(hub, app, at)


async def healthy(web: House, host: str = "127.0.0.2") -> bool:
    async with dialled(web, host) as raw:
        raw.say(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            return (await raw.head()).startswith(b"HTTP/1.1 200")
        return False


async def test_idle_sockets_of_one_address_shut_nobody_out(template, tmp_path, monkeypatch):
    monkeypatch.setattr(seats, "FRESH", 0.2)
    async with small(tmp_path, Room(60, 45, 20)) as web, contextlib.AsyncExitStack() as stack:
        for _ in range(10):  # idle HTTP, and idle live sockets that said hello
            await stack.enter_async_context(dialled(web))
            await stack.enter_async_context(upgraded(web, hello=True))
        assert await healthy(web)
        assert 20 <= web.at.seats.strangers <= 21
        await asyncio.sleep(0.3)
        assert await healthy(web, "127.0.0.1")
        assert web.at.seats.made_room == 1
        async with web.client() as client:
            told = (await client.get("/metrics")).text
        assert "muster_connections_most 60.0" in told
        assert "muster_connections_made_room 2.0" in told


async def test_an_idle_live_socket_that_makes_room_is_told_to_come_back(
    template, tmp_path, monkeypatch
):
    monkeypatch.setattr(seats, "FRESH", 0.0)
    async with (
        small(tmp_path, Room(60, 45, 2)) as web,
        upgraded(web, hello=True) as first,
        upgraded(web, hello=True),
    ):
        assert await healthy(web, "127.0.0.1")
        assert await first.closed() == 1013


async def test_a_screen_and_the_duty_desk_keep_their_places(template, tmp_path, monkeypatch):
    monkeypatch.setattr(seats, "FRESH", 0.0)
    async with small(tmp_path, Room(60, 45, 3)) as web, contextlib.AsyncExitStack() as stack:
        (screen,) = await web.screens(1)
        hellos = [
            {"op": "hello", "device": await web.device(screen)},
            {"op": "hello", "ticket": await web.ticket()},
        ]
        known = []
        for hello in hellos:
            raw = await stack.enter_async_context(upgraded(web))
            raw.say(frame(1, json.dumps(hello).encode()))
            assert b"welcome" in await raw.frame()
            known.append(raw)
        for _ in range(12):
            await stack.enter_async_context(upgraded(web, hello=True))
        for raw in known:
            raw.say(frame(9, b"here"))
            async with asyncio.timeout(10):
                await raw.reader.readuntil(b"\x8a\x04here")
        assert web.at.seats.strangers <= 3
        assert len(web.at.seats) <= 5


async def test_a_slow_body_is_idle_and_a_request_under_way_is_not(template, tmp_path, monkeypatch):
    monkeypatch.setattr(seats, "FRESH", 0.0)
    async with small(tmp_path, Room(60, 45, 1)) as web, dialled(web) as slow:
        slow.say(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\nx")
        await asyncio.sleep(0.2)
        assert await healthy(web, "127.0.0.1")
        assert await slow.status() == 0


async def test_through_a_proxy_each_address_has_its_own_places(template, tmp_path, monkeypatch):
    monkeypatch.setattr(seats, "FRESH", 60.0)
    room = Room(60, 45, 2)
    async with (
        small(tmp_path, room, trusted_proxies=("127.0.0.1",)) as web,
        contextlib.AsyncExitStack() as stack,
    ):

        async def through(host: str) -> bytes:
            raw: Raw = await stack.enter_async_context(dialled(web))
            named = b"\r\nX-Forwarded-For: " + host.encode() + b"\r\n\r\n"
            raw.say((UPGRADE % web.at.port).replace(b"\r\n\r\n", named))
            return (await raw.head())[9:12]

        one = [await through("203.0.113.7") for _ in range(3)]
        other = await through("203.0.113.8")
        plain = await healthy(web, "127.0.0.1")
    assert (one, other, plain) == ([b"101", b"101", b"503"], b"101", True)


async def test_a_named_proxy_that_names_nobody_is_a_stranger_itself(
    template, tmp_path, monkeypatch
):
    monkeypatch.setattr(seats, "FRESH", 60.0)
    room = Room(60, 45, 2)
    async with (
        small(tmp_path, room, trusted_proxies=("127.0.0.1",)) as web,
        upgraded(web, hello=True),
        upgraded(web, hello=True),
    ):
        assert not await healthy(web, "127.0.0.1")
        assert await healthy(web, "127.0.0.2")


async def test_one_link_has_so_many_sockets_and_the_newest_are_kept(web: House, monkeypatch):
    monkeypatch.setattr("web.live.MOST_OF_ONE", {"screen": 2, "resident": 2})
    (screen,) = await web.screens(1)
    hello = frame(1, json.dumps({"op": "hello", "device": await web.device(screen)}).encode())
    async with contextlib.AsyncExitStack() as stack:
        lines = []
        for _ in range(3):
            raw = await stack.enter_async_context(upgraded(web))
            raw.say(hello)
            assert b"welcome" in await raw.frame()
            lines.append(raw)
        assert await lines[0].closed() == 1013
        lines[1].say(frame(9, b"here"))
        async with asyncio.timeout(10):
            await lines[1].reader.readuntil(b"\x8a\x04here")


async def test_a_flood_of_comers_waits_in_its_own_line(template, tmp_path, monkeypatch):
    monkeypatch.setattr(accept, "BURST", 4.0)
    monkeypatch.setattr(accept, "RATE", 20.0)
    async with small(tmp_path, ROOM_ENOUGH) as web, contextlib.AsyncExitStack() as stack:
        for _ in range(40):
            await stack.enter_async_context(dialled(web))
        async with asyncio.timeout(1.5):  # the line of 40 takes two seconds
            assert await healthy(web)


async def test_those_who_show_who_they_are_let_the_next_in_sooner(template, tmp_path, monkeypatch):
    """Ten thousand screens come back at 1,600 a second; who shows nothing comes at 400."""
    monkeypatch.setattr(accept, "BURST", 4.0)
    monkeypatch.setattr(accept, "RATE", 1e-6)  # nobody is let in by waiting
    async with small(tmp_path, ROOM_ENOUGH) as web, contextlib.AsyncExitStack() as stack:
        hellos = [
            json.dumps({"op": "hello", "device": await web.device(screen)}).encode()
            for screen in await web.screens(12)
        ]
        for hello in hellos:  # the fifth would wait for ever, did the first four not give back
            raw = await stack.enter_async_context(upgraded(web))
            raw.say(frame(1, hello))
            assert b"welcome" in await raw.frame()
        begun = 0
        with contextlib.suppress(TimeoutError):
            while begun < 12:
                async with asyncio.timeout(2):
                    await stack.enter_async_context(upgraded(web, hello=True))
                begun += 1
        assert begun <= 2  # what was left; they show nothing and give nothing back


async def test_without_handles_nobody_spins_and_it_goes_on_by_itself(
    template, tmp_path, monkeypatch
):
    async with small(tmp_path, ROOM_ENOUGH) as web, contextlib.AsyncExitStack() as stack:
        tried = []

        class Listening:
            """The listening socket of a process whose handles are used up."""

            def accept(self) -> None:
                tried.append(1)
                raise OSError(24, os.strerror(24))

            def fileno(self) -> int:
                return own.fileno()

        (acceptor,) = (one for one in _acceptors() if one._seats is web.at.seats)
        own = acceptor._listening
        idle = await stack.enter_async_context(dialled(web))
        await asyncio.sleep(0.1)
        acceptor._listening = Listening()
        waiting = await stack.enter_async_context(dialled(web))
        await asyncio.sleep(1.1)
        assert 1 <= len(tried) <= 12
        assert await idle.status() == 0  # it made room
        acceptor._listening = own
        waiting.say(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await waiting.head()).startswith(b"HTTP/1.1 200")
        assert web.at.seats.figures()["short_s"] < 10


def _acceptors() -> list[accept.Acceptor]:
    # By `type`: to ask a weak proxy for its class fails when what it stood for is gone.
    return [one for one in gc.get_objects() if type(one) is accept.Acceptor]
