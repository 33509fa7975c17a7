"""The topics `screen:ID`: what each connected screen shows, one read a ring for all of them."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog

from hub.events import iso
from hub.flow.screens import ScreenCard, Screens, Show
from hub.ports import Clock
from hub.times import offsets
from hub.zones import zone_of
from web.live_client import Client, Room
from web.wire import Frame, encode

log = structlog.get_logger(__name__)

GATHER = 0.02  # seconds in which screens that come at once are gathered into one read
SPACING = 0.25  # seconds between reads while things keep changing
SHARE = 3.0  # a read that took t seconds is followed by a pause of SHARE x t
POLL = 5.0  # seconds without a ring after which we look all the same
WAYS = 60.0  # seconds between reads of where each screen points
PRESENCE = 1.0  # seconds between writes of who came and went
ALIVE = 30.0  # seconds between writes that the connected are still there: else they are left


class ScreenRooms:
    """The screens connected to this process and what each was last told."""

    def __init__(self, screens: Screens, clock: Clock, timezone: str = "UTC") -> None:
        self.epoch = secrets.token_hex(4)
        self._rung = asyncio.Event()
        self._all = False  # the next look is at every screen, not only at new ones
        self._screens = screens
        self._clock = clock
        self._timezone = timezone
        self._seq = 0
        self._rooms: dict[int, Room] = {}
        self._told: dict[int, tuple[object, Frame]] = {}
        self._fresh: set[int] = set()
        self._changes_at: datetime | None = None
        self._ways: Mapping[int, bytes] = {}
        self._ways_at = -WAYS
        self._cards_due = False  # a site or a screen was told something of itself
        self._present: dict[int, int] = {}
        self._came: set[int] = set()
        self._left: set[int] = set()

    # ── who is here ──

    async def exists(self, screen: int) -> bool:
        """Whether there is such a screen: one that is watched is."""
        return screen in self._rooms or await self._screens.exists(screen)

    def watch(self, client: Client, screen: int) -> None:
        """The client gets what this screen shows: at once if known, else with the next read."""
        room = self._rooms.setdefault(screen, Room(f"screen:{screen}"))
        told = self._told.get(screen)
        room.join(client, *([told[1]] if told else []))
        if told is None:
            self._fresh.add(screen)
            self._rung.set()

    def unwatch(self, client: Client, screen: int) -> None:
        """The client gets no more; a screen nobody watches is forgotten."""
        room = self._rooms.get(screen)
        if room is None:
            return
        room.leave(client)
        if not len(room):
            for known in (self._rooms, self._told):
                known.pop(screen, None)
            self._fresh.discard(screen)

    def came(self, screen: int) -> None:
        """The device of this screen is connected."""
        self._present[screen] = self._present.get(screen, 0) + 1
        self._came.add(screen)
        self._left.discard(screen)

    def went(self, screen: int) -> None:
        """One connection of this screen's device is over."""
        self._present[screen] = self._present.get(screen, 1) - 1
        if self._present[screen] <= 0:
            del self._present[screen]
            self._came.discard(screen)
            self._left.add(screen)

    def __len__(self) -> int:
        return len(self._present)

    # ── what they show ──

    def ring(self, *, cards: bool = False) -> None:
        """Something may have changed: all connected screens are looked at; with `cards`, also what
        they have to know of themselves."""
        self._all = True
        self._cards_due = self._cards_due or cards
        self._rung.set()

    async def run(self) -> None:
        """Reads after each ring, and at least every few seconds; a failing database is retried."""
        while True:
            await self._next_ring()
            await asyncio.sleep(GATHER)
            self._rung.clear()
            everything, self._all = self._all, False
            started = time.monotonic()
            await self._look(everything=everything)
            self._catch_up()
            await asyncio.sleep(max(SPACING, SHARE * (time.monotonic() - started)))

    async def _look(self, *, everything: bool) -> None:
        wanted = list(self._rooms if everything else self._fresh)
        if not wanted:
            return
        self._fresh.difference_update(wanted)
        try:
            await self._renew_cards()
            await self._read_ways()
            found = await self._screens.showing(wanted)
        except Exception as error:  # noqa: BLE001 - told by silence, retried; the beat goes on
            log.warning("live.screens_failed", kind=type(error).__name__)
            self._fresh.update(wanted)
            return
        changes = [show.until for show in found.values() if show and show.until]
        if self._changes_at is not None and not everything:
            changes.append(self._changes_at)
        self._changes_at = min(changes, default=None)
        bodies: dict[object, bytes] = {}
        for screen, show in found.items():
            self._tell(screen, show, bodies)

    async def _renew_cards(self) -> None:
        """Screens whose place, way out or site has changed are told so, wherever they are."""
        if not self._cards_due:
            return
        self._cards_due, self._ways_at = False, -WAYS
        try:
            changed = await self._screens.renewed(list(self._rooms))
        except BaseException:
            self._cards_due = True
            raise
        for card in changed:
            self._seq += 1
            said = {"op": "card", "topic": f"screen:{card.recipient}", "screen": self._card(card)}
            room = self._rooms.get(card.recipient)
            if room is not None:
                frame = {**said, "epoch": self.epoch, "seq": self._seq}
                room.publish(Frame.of(frame, seq=self._seq))

    def _card(self, card: ScreenCard) -> Mapping[str, Any]:
        return card_json(card, self._clock.now(), self._timezone)

    async def _read_ways(self) -> None:
        """The exit hints (arrow, door, metres) of all screens, read again once a minute."""
        if time.monotonic() - self._ways_at < WAYS:
            return
        rows = await self._screens.list()
        self._ways = {int(row["recipient"]): encode(row["way"]) for row in rows}
        self._ways_at = time.monotonic()

    def _tell(self, screen: int, show: Show | None, bodies: dict[object, bytes]) -> None:
        """Only what changed is said; what many screens share is encoded once."""
        own = self._ways.get(screen, b"{}")
        key = None if show is None else (_key(show), own)
        told = self._told.get(screen)
        room = self._rooms.get(screen)
        if room is None or (told is not None and told[0] == key):
            return
        shared = None if show is None else _key(show)
        if shared not in bodies:
            self._seq += 1
            body = {"op": "clear"} if show is None else _said(show)
            bodies[shared] = encode({**body, "epoch": self.epoch, "seq": self._seq})
        # topic and way are all a screen has of its own: spliced in, the rest is encoded once
        way = b'"way":%s,' % own if show else b""
        payload = b'{"topic":"screen:%d",' % screen + way + bodies[shared][1:]
        frame = Frame.raw(payload, seq=self._seq)
        self._told[screen] = (key, frame)
        room.publish(frame)

    def _catch_up(self) -> None:
        now = time.monotonic()
        for screen, room in self._rooms.items():
            if room.lagging and screen in self._told:
                room.catch_up(self._told[screen][1], now)

    async def _next_ring(self) -> None:
        wait = SPACING if self._fresh or self._lagging() else POLL
        if self._changes_at is not None:
            wait = min(wait, max(0.0, (self._changes_at - self._clock.now()).total_seconds()))
        try:
            async with asyncio.timeout(wait):
                await self._rung.wait()
        except TimeoutError:
            self._all = self._all or not self._fresh

    def _lagging(self) -> bool:
        return any(room.lagging for room in self._rooms.values())

    # ── presence ──

    async def keep_presence(self) -> None:
        """Who came and went is written once a second, in one transaction; all of it at the end."""
        written_at = time.monotonic()
        try:
            while True:
                await asyncio.sleep(PRESENCE)
                if time.monotonic() - written_at > ALIVE:
                    self._came.update(self._present)
                    written_at = time.monotonic()
                await self._write_presence()
        finally:
            self._left.update(self._present)
            self._came.clear()
            await asyncio.shield(self._write_presence())

    async def _write_presence(self) -> None:
        came, left = self._came, self._left
        if not came and not left:
            return
        self._came, self._left = set(), set()
        try:
            await self._screens.present(seen=came, gone=left)
        except Exception as error:  # noqa: BLE001 - kept for the next second
            log.warning("live.presence_failed", kind=type(error).__name__)
            self._came |= came & self._present.keys()
            self._left |= left - self._present.keys()


def card_json(card: ScreenCard, now: datetime, timezone: str) -> Mapping[str, Any]:
    """The card with the hours of its zone; `timezone` where the site says none."""
    own = zone_of(card.timezone, timezone).key
    return {**card.to_json(), "offsets": offsets(own, now)}


def _key(show: Show) -> object:
    order = show.order
    return show.key, order.candidate.wording, order.place, order.next_update_at


def _said(show: Show) -> Mapping[str, Any]:
    """The `show` frame without its topic."""
    order, chosen = show.order, show.order.candidate
    return {
        "op": "show",
        "notice": chosen.notice,
        "revision": chosen.revision,
        "incident": chosen.incident,
        "code": order.code,
        "playbook": order.playbook,
        "kind": str(chosen.kind),
        "real": chosen.ended,
        "stage": str(chosen.stage),
        "level": str(chosen.level),
        "place": order.place,
        "parts": order.words,
        "base": None if show.base is None else show.base.words,
        "issued": _iso_ms(order.issued_at),
        "updated": iso(chosen.issued_at),
        "next_update": _iso_ms(order.next_update_at),
        "until": None if show.until is None else iso(show.until),
    }


def _iso_ms(ms: int | None) -> str | None:
    return None if ms is None else iso(datetime.fromtimestamp(ms / 1000, UTC))
