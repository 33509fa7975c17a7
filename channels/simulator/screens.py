"""Plays paired screens: watches over the websocket and says what it shows, after a short delay."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from channels.simulator.caller import is_near
from channels.simulator.dice import Dice
from channels.simulator.ledger import Entry, Ledger
from channels.simulator.settings import Settings
from hub.errors import Problem, Refused

PROTOCOL: Final = Subprotocol("muster.v1")
FRAME_LIMIT: Final = 65_536
OPEN_WITHIN: Final = 10.0
SEND_WITHIN: Final = 10.0
SILENCE: Final = 40.0  # the hub beats every 15 s: this long without a word, and the wire is dead
LONGEST_PAUSE: Final = 15.0
DIALS: Final = 200  # handshakes under way at once
NOT_WANTED: Final = frozenset({4401, 4403})  # the token is no good: no use in coming back


class Screens:
    """`async with Screens(hub_url, {id: token}, …)`: each is watching, or coming back with jitter.

    `shown` counts what was said to be shown; every one is a ledger entry of kind `shown`, its `to`
    the screen, and is on disk before the hub is told.
    """

    def __init__(
        self, hub_url: str, tokens: Mapping[int, str], *, ledger: Ledger, settings: Settings
    ) -> None:
        if not is_near(hub_url, allow=settings.allow_hosts):
            problem = Problem("hub_url", "is not this machine", "use loopback, or allow the host")
            raise Refused("Simulated screens connect to this machine only", [problem])
        parts = urlsplit(hub_url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        self._url = urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") + "/live", "", ""))
        self._tokens = dict(tokens)
        self._ledger = ledger
        self._settings = settings
        self._dialing = asyncio.Semaphore(DIALS)
        self._stack = AsyncExitStack()
        self.watching: set[int] = set()
        """Screens whose wire is up."""
        self.showing: dict[int, tuple[int, int]] = {}
        """What each screen shows: notice and revision; absent when calm."""
        self.shown = 0
        self.refused: dict[int, int] = {}
        """Screens the hub did not want, by close code."""

    async def __aenter__(self) -> Self:
        tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        for screen, token in self._tokens.items():
            task = tasks.create_task(self._live(screen, token))
            self._stack.callback(task.cancel)
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._stack.aclose()

    async def _live(self, screen: int, token: str) -> None:
        """Connected, or waiting to be, until the hub does not want it."""
        lost = 0
        while screen not in self.refused:
            before = self.shown
            try:
                await self._connected(screen, token)
            except (OSError, TimeoutError, InvalidHandshake, ConnectionClosed) as error:
                self._lost(screen, error)
            finally:
                self.watching.discard(screen)
            lost = 0 if self.shown > before else lost + 1
            await asyncio.sleep(self._pause(screen, lost))

    async def _connected(self, screen: int, token: str) -> None:
        async with self._dialing:
            wire = await connect(
                self._url,
                subprotocols=[PROTOCOL],
                compression=None,
                max_size=FRAME_LIMIT,
                max_queue=16,  # when full, reading pauses and TCP holds the hub back
                open_timeout=OPEN_WITHIN,
                close_timeout=1,
                proxy=None,
            )
        async with wire:
            await _say(wire, {"op": "hello", "device": token})
            await _say(wire, {"op": "watch", "topic": f"screen:{screen}"})
            self.watching.add(screen)
            while True:
                async with asyncio.timeout(SILENCE):
                    text = await wire.recv()
                await self._hear(wire, screen, text)

    async def _hear(self, wire: ClientConnection, screen: int, text: str | bytes) -> None:
        frame = _object(text)
        if frame.get("op") == "snapshot":
            frame = _order_in(frame)
        if frame.get("op") == "clear":
            self.showing.pop(screen, None)
        order = (frame.get("notice"), frame.get("revision"))
        if frame.get("op") == "show" and isinstance(order[0], int) and isinstance(order[1], int):
            await self._show(wire, screen, order[0], order[1])

    async def _show(self, wire: ClientConnection, screen: int, notice: int, revision: int) -> None:
        """The screen shows it; the ledger has it, then the hub is told."""
        if self.showing.get(screen) != (notice, revision):
            dice = Dice(self._settings.seed, "screen", screen, notice, revision)
            await asyncio.sleep(dice.around("shows", self._settings.shown_after))
        self.showing[screen] = (notice, revision)
        self.shown += 1
        shown = Entry("shown", to=str(screen), accepted=True, notice=notice, revision=revision)
        await self._ledger.write(shown)
        await _say(wire, {"op": "shown", "notice": notice, "revision": revision})

    def _lost(self, screen: int, error: Exception) -> None:
        code = error.rcvd.code if isinstance(error, ConnectionClosed) and error.rcvd else 0
        if code in NOT_WANTED:
            self.refused[screen] = code

    def _pause(self, screen: int, lost: int) -> float:
        """Full jitter, doubling: a hub that comes back is not met by everyone at once."""
        dice = Dice(self._settings.seed, "comes back", screen, lost)
        return dice.roll("pause") * min(LONGEST_PAUSE, 0.5 * 2.0 ** min(lost, 10))


def _order_in(frame: Mapping[str, Any]) -> Mapping[str, Any]:
    """The order a snapshot may carry, as the frame it would have been."""
    for key in ("show", "clear"):
        if isinstance(frame.get(key), dict):
            return {"op": key, **frame[key]}
    return {}


async def _say(wire: ClientConnection, frame: Mapping[str, object]) -> None:
    async with asyncio.timeout(SEND_WITHIN):
        await wire.send(json.dumps(frame, separators=(",", ":")))


def _object(text: str | bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
