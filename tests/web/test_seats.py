"""Places for connections: who is cut for whom, and who never is."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os

import pytest

from tests.bench.peers import UPGRADE
from tests.web.parts import House, open_hub
from tests.web.raw import Raw, dialled, frame, upgraded
from web import accept, seats
from web.app import create_app
from web.proxies import Proxies
from web.seats import FRESH, Room, Seat, Seats, address_of
from web.server import Bind, serve

ROOM = Room(most=10, strangers=8, address=4)
BEYOND = FRESH + 1


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Stand:
    """Seats, and who was cut."""

    def __init__(self, room: Room = ROOM) -> None:
        self.clock, self.cut = Clock(), []
        self.seats = Seats(room, clock=self.clock)

    def take(self, host: str, name: str = "", *, trusted: bool = False) -> Seat | None:
        self.clock.now += 0.001
        return self.seats.take(host, lambda: self.cut.append(name), trusted=trusted)

    def wait(self) -> None:
        self.clock.now += BEYOND


@pytest.mark.parametrize(
    ("handles", "room"),
    [
        (256, Room(192, 144, 72)),
        (1_024, Room(896, 672, 336)),
        (20_000, Room(19_488, 14_616, 4_096)),
        (65_536, Room(24_000, 18_000, 4_096)),
    ],
)
def test_handles_are_kept_for_the_house_and_places_for_those_who_are_known(handles, room):
    assert Room.of(handles) == room
    assert room.most <= handles - 64


def test_the_longest_idle_of_an_address_makes_room_for_the_next_of_it():
    stand = Stand()
    first, second = stand.take("1.1.1.1", "first"), stand.take("1.1.1.1", "second")
    for _ in range(2):
        assert stand.take("1.1.1.1")
    stand.wait()
    assert first is not None
    first.busy()
    first.idle()
    assert second is not None
    assert stand.take("1.1.1.1") is not None
    assert stand.cut == ["second"]
    assert stand.seats.figures()["address"] == "1.1.1.1"


def test_an_address_that_is_full_makes_room_of_its_own_when_all_is_full_too():
    stand = Stand(Room(most=10, strangers=4, address=2))
    for host in ("1.1.1.1", "2.2.2.2"):
        for _ in range(2):
            stand.take(host, host)
    stand.wait()
    assert stand.take("2.2.2.2") is not None
    assert stand.cut == ["2.2.2.2"]


def test_one_address_shuts_nobody_else_out():
    stand = Stand()
    assert [stand.take("1.1.1.1") is not None for _ in range(20)].count(True) == 4
    assert stand.take("2.2.2.2") is not None
    assert "short_s" not in stand.seats.figures()


def test_who_has_just_come_is_not_cut():
    stand = Stand()
    for _ in range(4):
        stand.take("1.1.1.1", "fresh")
    assert stand.take("1.1.1.1") is None
    assert stand.cut == []
    assert stand.seats.turned_away == 1


def test_a_crowd_of_many_addresses_leaves_places_to_those_who_are_known():
    stand = Stand()
    crowd = [stand.take(f"1.1.1.{n}", f"{n}") for n in range(8)]
    assert stand.take("2.2.2.2") is None
    assert crowd[0] is not None
    crowd[0].prove()
    assert stand.take("2.2.2.2") is not None
    stand.wait()
    assert stand.take("3.3.3.3") is not None
    assert stand.cut == ["1"]
    assert stand.seats.figures()["short_s"] == 0.0


def test_who_is_known_is_never_cut():
    stand = Stand(Room(4, 4, 4))
    for n in range(4):
        seat = stand.take(f"1.1.1.{n}", "known")
        assert seat is not None
        seat.prove()
        seat.idle()
    stand.wait()
    assert stand.take("2.2.2.2") is None
    stand.seats.make_room(9)
    assert stand.cut == []


def test_whoever_leaves_gives_the_place_back_once():
    stand = Stand()
    held = [stand.take("1.1.1.1") for _ in range(4)]
    for seat in held:
        assert seat is not None
        seat.leave()
        seat.leave()
        seat.idle()
        seat.prove()
        seat.busy()
    assert (len(stand.seats), stand.seats.strangers) == (0, 0)
    assert stand.take("1.1.1.1") is not None


def test_behind_a_proxy_the_address_it_names_counts():
    stand = Stand()
    through = [stand.take("10.0.0.1", trusted=True) for _ in range(6)]
    said = [seat is not None and seat.behind("5.5.5.5") for seat in through]
    assert said == [True] * 4 + [False] * 2
    assert stand.seats.strangers == 4
    assert stand.take("10.0.0.1", trusted=True) is not None


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("no address", "no address"),
        ("x" * 500, "x" * 64),
    ],
)
def test_an_address_is_one_of_ipv4_or_a_network_of_ipv6(host, address):
    assert address_of(host) == address


@pytest.mark.parametrize(
    ("lines", "host"),
    [
        (["1.2.3.4"], "1.2.3.4"),
        (["9.9.9.9, 1.2.3.4, 10.0.0.7"], "1.2.3.4"),
        (["9.9.9.9", "1.2.3.4:5678"], "1.2.3.4"),
        (["[2001:db8::1]:443"], "2001:db8::1"),
        (["10.0.0.7"], ""),
        ([], ""),
        ([" , "], ""),
    ],
)
def test_the_last_address_that_is_no_proxys_is_whom_it_names(lines, host):
    assert Proxies(["10.0.0.0/8", "127.0.0.1"]).behind(lines) == host


def test_a_proxy_is_known_by_address_network_or_name():
    proxies = Proxies(["10.0.0.0/8", "::1", "front"])
    assert all(host in proxies for host in ("10.9.9.9", "::ffff:10.1.1.1", "::1", "front"))
    assert [host in proxies for host in ("11.0.0.1", "", "other")] == [False] * 3
    assert "anything" in Proxies(["*"])
    assert Proxies(["*"]).behind(["9.9.9.9, 1.1.1.1"]) == "9.9.9.9"


# ── on real sockets ──


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


async def test_one_link_has_so_many_sockets_and_the_newest_are_kept(web: House, monkeypatch):
    monkeypatch.setattr("web.live.MOST_OF_ONE", {"screen": 2, "resident": 2, "staff": 2})
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


ROOM_ENOUGH = Room(900, 800, 700)


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
    import gc

    return [one for one in gc.get_objects() if isinstance(one, accept.Acceptor)]
