"""`/live`: one websocket protocol for consoles, screens, phones and the command line.

Subprotocol `muster.v1`; the Origin is checked before accept; the first frame is a hello within
five seconds; then topics. docs/PROTOCOL.md and docs/asyncapi.yaml describe the frames.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.errors import HubError, NotAllowed, NotKnown, Refused, TooMany, Unready
from hub.events import iso
from web.api.reading import parse_object
from web.house import House
from web.live_client import ROOM, Client
from web.live_devices import Devices
from web.live_feed import incident_feed, me_feed, replies_feed, site_feed
from web.live_hello import Hello, greet_back
from web.live_ops import OPS, Ops
from web.live_poll import Polls
from web.live_queue import QueueWire
from web.live_revoke import Revoking
from web.live_screens import ScreenRooms, card_json
from web.live_topics import Topics, run_topic
from web.security import allowed_origin
from web.wire import EXTENSION, Frame, Wire

log = structlog.get_logger(__name__)

SUBPROTOCOL = "muster.v1"
HELLO_SECONDS = 5.0
BEAT_SECONDS = 15.0
AGAIN_SECONDS = 1.0  # until a pump that ended is started again
CLOSE_SECONDS = 4.0  # until every socket has heard 1012 and gone
MOST_CLIENTS = 20_000
MOST_OF_ONE = {"resident": 32, "screen": 8}
"""Sockets of one link, one device; the oldest makes room for one more."""
NOT_KNOWN, NOT_ALLOWED, RESTARTING, SLOW, POLICY = 4401, 4403, 1012, 1013, 1008


Pump = Callable[[], Coroutine[Any, Any, None]]


class Live:
    """All live sockets of this process. `running()` keeps its pumps going."""

    def __init__(self, hub: House) -> None:
        self._hub = hub
        self.clients: set[Client] = set()
        self._of_one: dict[str, dict[Client, None]] = {}
        self.devices = Devices(hub.screens)
        self.screens = ScreenRooms(hub.screens, hub.clock, hub.settings.timezone)
        self.topics = Topics(
            wake=hub.wake,
            screens=self.screens,
            incident=lambda number: incident_feed(hub, number),
            site=lambda path: site_feed(hub, path),
            me=lambda token: me_feed(hub, token),
            replies=replies_feed(hub),
            start=self._start,
        )
        self.closing = False
        self._group: asyncio.TaskGroup | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._ops = Ops(hub, self.topics)
        self.polls = Polls(self)
        self._pumps: list[Pump] = [
            self.topics.listen,
            self.screens.run,
            self.screens.keep_presence,
            self.devices.run,
            self._beat,
            Revoking(hub, self.clients).run,
            self.polls.run,
        ]

    def also(self, pump: Pump) -> None:
        """One more task that runs while the live pumps do."""
        self._pumps.append(pump)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Topics are fed, screens told, the dead and the revoked closed, inside this block."""
        self.closing = False
        async with asyncio.TaskGroup() as group:
            self._group = group
            for pump in self._pumps:
                self._tasks.add(group.create_task(_kept(pump), name="live-pump"))
            try:
                yield
            finally:
                self._group = None
                for task in list(self._tasks):
                    task.cancel()

    async def close_all(self, code: int = RESTARTING) -> None:
        """Every socket is told to come back and has gone, or is cut."""
        self.closing = True
        for client in list(self.clients):
            client.wire.drop(code, "restarting, come back")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                while self.clients:  # noqa: ASYNC110 - sockets end one by one
                    await asyncio.sleep(0.02)

    async def endpoint(self, socket: WebSocket) -> None:
        """One socket from handshake to close."""
        if not allowed_origin(socket.headers, self._hub.settings.public_url):
            await socket.close()  # before accept: the handshake is refused with 403
            return
        if SUBPROTOCOL not in socket.scope.get("subprotocols", ()):
            await socket.close()
            return
        await socket.accept(subprotocol=SUBPROTOCOL)
        try:
            self.may_enter()
        except Unready:
            await socket.close(RESTARTING if self.closing else SLOW, "come back")
            return
        with contextlib.suppress(WebSocketDisconnect):
            await self._session(socket)

    async def _session(self, socket: WebSocket) -> None:
        try:
            client = await self._hello(socket)
        except (HubError, TimeoutError) as error:
            code, reason = _close_code(error)
            await socket.close(code, reason)
            return
        queue = client.wire if isinstance(client.wire, QueueWire) else None
        if queue is None:
            await self._talk(socket, client)
            return
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(queue.run())
            await self._talk(socket, client)
            writer.cancel()

    async def _hello(self, socket: WebSocket) -> Client:
        async with asyncio.timeout(HELLO_SECONDS):
            frame = parse_object((await _receive(socket)).encode())
        hello = Hello.of(frame)
        wire: Wire | None = socket.scope.get("extensions", {}).get(EXTENSION, {}).get("wire")
        client = await greet_back(
            hello, wire or QueueWire(socket), hub=self._hub, devices=self.devices
        )
        client.wire.greet(known=client.role != "public")
        return client

    @property
    def hub(self) -> House:
        return self._hub

    def may_enter(self) -> None:
        """There is room for one more; else Unready: come back."""
        if self.closing or self._group is None or len(self.clients) >= MOST_CLIENTS:
            raise Unready("The hub is stopping, or as many are connected as it takes; come back.")

    def enter(self, client: Client) -> None:
        """The client is here, and welcome."""
        self._join(client)
        if client.screen:
            self.screens.came(client.screen)
        client.tell(self._welcome(client))

    def leave(self, client: Client) -> None:
        """The client is gone; a second time does nothing."""
        if client not in self.clients:
            return
        self._part(client)
        self.topics.forget(client)
        if client.screen:
            self.screens.went(client.screen)

    async def _talk(self, socket: WebSocket, client: Client) -> None:
        self.enter(client)
        try:
            while True:
                text = await _receive(socket)
                if not client.may_speak(time.monotonic()):
                    client.wire.drop(POLICY, "too many frames")
                    return
                await self.obey(client, text)
        finally:
            self.leave(client)

    def _join(self, client: Client) -> None:
        """The client is among those who are here; of so many of one, the oldest goes."""
        self.clients.add(client)
        if client.identity:
            same = self._of_one.setdefault(client.identity, {})
            same[client] = None
            if len(same) > MOST_OF_ONE[client.identity.partition(":")[0]]:
                oldest = next(iter(same))
                del same[oldest]
                oldest.wire.drop(SLOW, "too many of you, come back")

    def _part(self, client: Client) -> None:
        self.clients.discard(client)
        same = self._of_one.get(client.identity, {})
        same.pop(client, None)
        if not same:
            self._of_one.pop(client.identity, None)

    def _welcome(self, client: Client) -> dict[str, Any]:
        now, zone = self._hub.clock.now(), self._hub.sites.known_zone
        said: dict[str, Any] = {"op": "welcome", "role": client.role, "timezone": zone}
        card = self._hub.screens.card(client.screen) if client.screen else None
        if card is not None:
            said["screen"] = card_json(card, now, zone)
        return {**said, "at": iso(now)}

    async def obey(self, client: Client, text: str) -> None:
        """One frame of a client: done, or refused by word, or the socket is closed."""
        frame: dict[str, Any] = {}
        try:
            frame = parse_object(text.encode())
            op = OPS.get(str(frame.get("op", "")))
            if op is None:
                raise Refused("This op is not known.", code="op")
            await op(self._ops, client, frame)
        except (NotKnown, NotAllowed) as error:
            client.wire.drop(*_close_code(error))
        except (Refused, Unready, TimeoutError) as error:
            client.tell(_refused(frame, error))
        except Exception as error:  # noqa: BLE001 - one frame harms only its sender
            log.error("live.defect", kind=type(error).__name__, op=str(frame.get("op", ""))[:16])
            client.tell(_refused(frame, Unready("The hub made a mistake with this frame.")))

    async def _beat(self) -> None:
        """Browsers do not notice dead sockets: something is heard every 15 s."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            frame = Frame.of({"op": "beat", "at": iso(self._hub.clock.now())})
            for client in self.clients:
                client.wire.push(frame, ROOM)

    def _start(self, topic: Any, key: str) -> None:
        if self._group is None:
            raise Unready("The hub is stopping.")
        running = run_topic(topic, lambda: self.topics.closed(key))
        task = self._group.create_task(running, name="live-topic")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _kept(pump: Pump) -> None:
    """The pump runs for ever: what ends or breaks is started again, and the rest goes on."""
    while True:
        try:
            await pump()
        except Exception as error:  # noqa: BLE001 - told and mended; sockets of others stay open
            log.error("live.pump_broke", kind=type(error).__name__)
        await asyncio.sleep(AGAIN_SECONDS)


async def _receive(socket: WebSocket) -> str:
    event = await socket.receive()
    if event["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(event.get("code", 1005))
    return str(event.get("text") or "")  # the server lets no binary frame in; empty is no JSON


def _close_code(error: Exception) -> tuple[int, str]:
    if isinstance(error, NotAllowed):
        return NOT_ALLOWED, error.what[:100]
    if isinstance(error, TooMany | Unready):
        return SLOW, "come back later"
    if isinstance(error, TimeoutError):
        return NOT_KNOWN, "no hello in time"
    return NOT_KNOWN, str(error)[:100]


def _refused(frame: dict[str, Any], error: Exception) -> dict[str, Any]:
    if isinstance(error, TimeoutError):
        said, code = "The hub does not answer in time; try again.", "timeout"
    else:
        said, code = str(error), getattr(error, "code", "unready")
    asked = {key: frame[key] for key in ("topic", "ref") if isinstance(frame.get(key), str | int)}
    return (
        {"op": "refused", "what": str(frame.get("op", ""))[:32], "code": code}
        | asked
        | {"detail": said}
    )
