"""Who holds the sockets of this server: a place for every connection, none for ever.

Whoever has not shown who they are is a stranger. Strangers have a share of the places, and an
address a share of that; a newcomer takes the place of the stranger who has been idle longest, at
its own address first. Staff, screens, residents with their link, and connections that carried a
verified request have places no stranger can take. Handles for databases, files and providers are
never given to sockets.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

log = structlog.get_logger(__name__)

MOST = 24_000  # connections of one process: about half a GiB
MOST_OF_ADDRESS = 4_096  # strangers: an estate of 10,000 that answers in a minute by one gateway
FRESH = 1.0  # seconds an idle stranger keeps its place whatever happens: a hello is on its way
SAID_EVERY = 10.0  # seconds between log lines about places


@dataclass(frozen=True, slots=True)
class Room:
    """How many connections there may be. `most`: in all; `strangers`: of those; `address`: of
    these at one address."""

    most: int
    strangers: int
    address: int

    @classmethod
    def of(cls, handles: int) -> Room:
        """What so many handles leave for sockets: an eighth (64 to 512) is the house's own, and a
        quarter of the rest is for those who are known."""
        house = min(512, max(64, handles // 8))
        most = max(16, min(MOST, handles - house))
        strangers = most - most // 4
        return cls(most, strangers, max(8, min(MOST_OF_ADDRESS, strangers // 2)))


class Seat:
    """The place of one connection. `cut` ends it, at once."""

    __slots__ = ("_seats", "address", "cut", "idle_since", "known")

    def __init__(self, seats: Seats, cut: Callable[[], None]) -> None:
        self._seats = seats
        self.cut = cut
        self.known = True
        self.address = ""  # of a stranger
        self.idle_since: float | None = None  # of a stranger who waits, or is waited for

    def idle(self) -> None:
        """It waits for its peer: if it is a stranger's, its place can be needed for another."""
        self._seats.idle(self)

    def busy(self) -> None:
        """The hub works for it."""
        self._seats.busy(self)

    def prove(self) -> None:
        """Its peer has shown who they are."""
        self._seats.prove(self)

    def behind(self, host: str) -> bool:
        """It is a stranger's behind a proxy; False: that address has all the places it may."""
        return self._seats.behind(self, host)

    def leave(self) -> None:
        """The connection is over."""
        self._seats.leave(self)


@dataclass(slots=True)
class _Address:
    """Strangers at one address. `idle`: the longest idle first."""

    held: int = 0
    idle: OrderedDict[Seat, None] = field(default_factory=OrderedDict)


class Seats:
    """The places of one server."""

    def __init__(self, room: Room, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.room = room
        self.turned_away = 0
        self.made_room = 0
        self.proved: Callable[[], None] | None = None  # told of each stranger who is none any more
        self._clock = clock
        self._all: set[Seat] = set()
        self._idle: OrderedDict[Seat, None] = OrderedDict()
        self._addresses: dict[str, _Address] = {}
        self._strangers = 0
        self._short_at: float | None = None
        self._full: tuple[str, float] | None = None
        self._said_at: float | None = None

    def __len__(self) -> int:
        return len(self._all)

    @property
    def strangers(self) -> int:
        """Connections of those who have not shown who they are."""
        return self._strangers

    # ── coming and going ──

    def take(self, host: str, cut: Callable[[], None], *, trusted: bool = False) -> Seat | None:
        """A place for a newcomer, who is idle until they ask something; None: there is none.
        `trusted`: it comes by our own socket."""
        address = address_of(host)
        # its own address first: whoever has much makes room for more of it
        if not (trusted or self._room_at(address)) or not self._room_in_all():
            self.turned_away += 1
            return None
        seat = Seat(self, cut)
        self._all.add(seat)
        if not trusted:
            self._join(seat, address)
        return seat

    def behind(self, seat: Seat, host: str) -> bool:
        address = address_of(host)
        if seat not in self._all or not self._room_at(address):
            self.turned_away += 1
            return False
        if seat.known:
            self._join(seat, address)
        return True

    def idle(self, seat: Seat) -> None:
        if seat.known or seat not in self._all:
            return
        for line in (self._idle, self._addresses[seat.address].idle):
            line[seat] = None
            line.move_to_end(seat)
        seat.idle_since = self._clock()

    def busy(self, seat: Seat) -> None:
        if seat.idle_since is not None:
            seat.idle_since = None
            self._idle.pop(seat, None)
            self._addresses[seat.address].idle.pop(seat, None)

    def prove(self, seat: Seat) -> None:
        if not seat.known and seat in self._all:
            self._part(seat)
            if self.proved is not None:
                self.proved()

    def leave(self, seat: Seat) -> None:
        if seat in self._all:
            self._all.discard(seat)
            if not seat.known:
                self._part(seat)

    def make_room(self, number: int) -> None:
        """Handles have run out, whatever the count says: so many idle strangers go."""
        self._short_at = self._clock()
        for seat in list(self._idle)[:number]:
            self._cut(seat)
        self._tell("seats.out_of_handles")

    # ── what operators are told ──

    def figures(self) -> Mapping[str, Any]:
        """How full it is. `short_s`: since somebody was turned away, or an idle one cut, because
        there was no place in all; `address` filled its own share `full_s` ago."""
        now = self._clock()
        told: dict[str, Any] = {
            "open": len(self._all),
            "strangers": self._strangers,
            "most": self.room.most,
            "turned_away": self.turned_away,
            "made_room": self.made_room,
        }
        if self._short_at is not None:
            told["short_s"] = round(now - self._short_at, 1)
        if self._full is not None:
            told |= {"address": self._full[0], "full_s": round(now - self._full[1], 1)}
            told["address_most"] = self.room.address
        return told

    # ── inside ──

    def _room_in_all(self) -> bool:
        if len(self._all) < self.room.most and self._strangers < self.room.strangers:
            return True
        self._short_at = self._clock()
        self._tell("seats.full")
        return self._cut_idlest(self._idle)

    def _room_at(self, address: str) -> bool:
        here = self._addresses.get(address)
        if here is None or here.held < self.room.address:
            return True
        self._full = (address, self._clock())
        self._tell("seats.address_full")
        return self._cut_idlest(here.idle)

    def _cut_idlest(self, line: OrderedDict[Seat, None]) -> bool:
        seat = next(iter(line), None)
        if seat is None or self._clock() - (seat.idle_since or 0.0) < FRESH:
            return False
        self._cut(seat)
        return True

    def _cut(self, seat: Seat) -> None:
        self.made_room += 1
        self.leave(seat)
        seat.cut()

    def _join(self, seat: Seat, address: str) -> None:
        seat.known, seat.address = False, address
        self._addresses.setdefault(address, _Address()).held += 1
        self._strangers += 1
        self.idle(seat)

    def _part(self, seat: Seat) -> None:
        self.busy(seat)
        here = self._addresses[seat.address]
        here.held -= 1
        if not here.held:
            del self._addresses[seat.address]
        self._strangers -= 1
        seat.known = True

    def _tell(self, event: str) -> None:
        """One line in ten seconds; addresses stand in the alarm, not in the log."""
        now = self._clock()
        if self._said_at is None or now - self._said_at >= SAID_EVERY:
            self._said_at = now
            figures = {"open": len(self._all), "strangers": self._strangers}
            figures |= {"turned_away": self.turned_away, "made_room": self.made_room}
            log.warning(event, most=self.room.most, of_address=self.room.address, **figures)


def address_of(host: str) -> str:
    """What counts as one address: an IPv4 address, an IPv6 network of 64 bits, else the text."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        if mapped is not None:
            return str(mapped)
        return f"{ipaddress.ip_network((found, 64), strict=False)}"
    return str(found)
