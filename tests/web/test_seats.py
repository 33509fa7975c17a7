"""Places for connections: who is cut for whom, and who never is."""

from __future__ import annotations

import pytest

from web.proxies import Proxies
from web.seats import FRESH, Room, Seat, Seats, address_of

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
