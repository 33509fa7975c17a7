"""One live connection: who it is, what it watches, how fast it may talk."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.model import Actor
from web.wire import Frame, Wire

KIB = 1024
ROOM = 64 * KIB  # a peer with more than this unread gets no more progress, a snapshot later
EASY = 16 * KIB  # below this it has caught up
DEAD = 1024 * KIB  # above this (or one snapshot, if that is more) it is closed as slow
STALLED_SECONDS = 10.0  # without taking a byte: closed as slow
BEHIND_SECONDS = 40.0  # behind for so long, though it takes something: closed as slow
SLOW = 1013  # close code: come back later
TALK = 10.0  # frames a second a client may send …
BURST = 40.0  # … after a burst of so many
TOPICS = 16  # of one client

STAFF = frozenset({"admin", "duty", "viewer"})


@dataclass(slots=True, eq=False)
class Client:
    """A connected socket after its hello. Exactly one of actor, screen and resident is set, or
    none: then it may watch public topics only."""

    wire: Wire
    actor: Actor | None = None
    device: str = ""
    screen: int = 0
    token: str = ""
    topics: dict[str, Room] = field(default_factory=dict)
    allowance: float = BURST
    spoke_at: float = field(default_factory=time.monotonic)

    @property
    def role(self) -> str:
        """What the welcome says: a staff role, `screen`, `resident` or `public`."""
        if self.actor is not None:
            return self.actor.role
        return "screen" if self.screen else "resident" if self.token else "public"

    @property
    def identity(self) -> str:
        """Whose socket it is, where only so many are kept; "" for staff and the public."""
        if self.screen:
            return f"screen:{self.screen}"
        return f"resident:{self.token}" if self.token else ""

    def tell(self, body: Mapping[str, Any]) -> None:
        """A small frame for this client alone. One that does not read misses it, then is closed."""
        self.wire.push(Frame.of(body), ROOM)

    def may_speak(self, now: float) -> bool:
        """Whether one more inbound frame is within its rate; counts it."""
        self.allowance = min(BURST, self.allowance + (now - self.spoke_at) * TALK)
        self.spoke_at = now
        self.allowance -= 1
        return self.allowance >= 0


@dataclass(slots=True)
class _Lag:
    since: float
    least: int  # the fewest bytes seen waiting
    moved_at: float  # when that number last fell


class Room:
    """The watchers of one topic. Frames go to all at once; who lags is given the newest state."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.clients: set[Client] = set()
        self.lagging: dict[Client, _Lag] = {}

    def __len__(self) -> int:
        return len(self.clients) + len(self.lagging)

    def join(self, client: Client, *frames: Frame) -> None:
        """The client has these frames and gets every later one."""
        client.topics[self.topic] = self
        self.clients.add(client)
        for frame in frames:
            waiting = client.wire.push(frame, ROOM)
            if waiting > 0:
                self._lag(client, waiting)
                return

    def leave(self, client: Client) -> None:
        """The client gets nothing more of this topic."""
        client.topics.pop(self.topic, None)
        self.clients.discard(client)
        self.lagging.pop(client, None)

    def publish(self, frame: Frame) -> None:
        """The same bytes are on their way to every watcher that keeps up. No await in here: nobody
        joins or leaves half-way."""
        slow: list[tuple[Client, int]] = []
        for client in self.clients:
            waiting = client.wire.push(frame, ROOM)
            if waiting > 0:
                slow.append((client, waiting))
        for client, waiting in slow:
            self._lag(client, waiting)

    def catch_up(self, newest: Frame, now: float) -> None:
        """Those who lagged and have read enough get the newest state; the hopeless are closed."""
        for client, lag in list(self.lagging.items()):
            waiting = client.wire.buffered()
            if waiting < lag.least:
                lag.least, lag.moved_at = waiting, now
            if waiting <= EASY:
                del self.lagging[client]
                self.join(client, newest)
            elif _hopeless(lag, waiting, now, most=max(DEAD, ROOM + len(newest.framed))):
                client.wire.drop(SLOW, "too slow, come back")
                self.leave(client)

    def _lag(self, client: Client, waiting: int) -> None:
        now = time.monotonic()
        self.clients.discard(client)
        self.lagging[client] = _Lag(now, waiting, now)


def _hopeless(lag: _Lag, waiting: int, now: float, *, most: int) -> bool:
    stalled = now - lag.moved_at > STALLED_SECONDS
    return waiting > most or stalled or now - lag.since > BEHIND_SECONDS
