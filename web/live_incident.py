"""The topic `incident:ID`: a snapshot, then numbered frames, read once a ring for all watchers."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import structlog

from hub.errors import HubError
from web.live_client import Client, Room
from web.wire import Frame

log = structlog.get_logger(__name__)

SPACING = 0.25  # seconds between looks: at most four progress frames a second
POLL = 2.0  # seconds without a ring after which we look all the same (rings get lost)
STALE_AFTER = 5.0  # seconds without a successful look after which watchers are told
KEPT = 512  # frames kept for those who resume
KEPT_BYTES = 2 * 1024 * 1024
LINGER = 30.0  # seconds a topic without watchers stays warm
LOAD_SECONDS = 10.0


class Feed(Protocol):
    """The board of one incident: a state at event N, and what happened since."""

    @property
    def epoch(self) -> str: ...
    @property
    def seq(self) -> int: ...

    async def look(self) -> Sequence[Mapping[str, Any]]:
        """Reads the events after `seq`; the frames that say what changed, in order, each with its
        own `seq` and meaningful by itself. At the first call: reads the state, says nothing."""
        ...

    def snapshot(self) -> Mapping[str, Any]:
        """The state at `seq`, as a frame."""
        ...


class IncidentTopic:
    """Watchers of one incident and the task that feeds them."""

    def __init__(self, topic: str, feed: Feed, *, clock: Callable[[], float] = time.monotonic):
        self.room = Room(topic)
        self.rung = asyncio.Event()
        self.ready = asyncio.Event()
        self.failed: HubError | None = None
        self._feed = feed
        self._clock = clock
        self._kept: deque[Frame] = deque()
        self._kept_bytes = 0
        self._floor = 0  # every frame after this number is kept
        self._whole: Frame | None = None
        self._looked_at = clock()
        self._stale = False
        self._empty_since = clock()

    @property
    def known(self) -> bool:
        """It has been read: there is such a thing."""
        return self.ready.is_set() and self.failed is None

    async def run(self) -> None:
        """Feeds until nobody has watched for a while. A failing database is told, then retried."""
        while self._wanted():
            await self._look()
            if self.failed is not None:
                self.ready.set()
                return
            self.room.catch_up(self.whole(), self._clock())
            await asyncio.sleep(SPACING)
            await self._next_ring()

    async def greet(self, client: Client, *, since: int | None, epoch: str) -> None:
        """The client has what it missed (or a snapshot) and gets every later frame.

        Unknown if there is no such incident. Between choosing the frames and joining there is no
        await, so no frame falls between.
        """
        async with asyncio.timeout(LOAD_SECONDS):
            await self.ready.wait()
        if self.failed is not None:
            raise self.failed
        missed = self._missed(since, epoch)
        self.room.join(client, *([self.whole()] if missed is None else missed))

    def whole(self) -> Frame:
        """The snapshot at the present seq, encoded once."""
        if self._whole is None or self._whole.seq != self._feed.seq:
            self._whole = Frame.of(self._feed.snapshot(), seq=self._feed.seq)
        return self._whole

    def _missed(self, since: int | None, epoch: str) -> list[Frame] | None:
        """The frames after `since` if all of them are kept, else None: take a snapshot.

        Progress at `since` itself is among them: it says absolutely what changed, several may have
        one number, and which of them arrived is not known.
        """
        if since is None or epoch != self._feed.epoch or not self._floor <= since <= self._feed.seq:
            return None
        return [f for f in self._kept if f.seq > since or (f.seq == since and f.op == "progress")]

    async def _look(self) -> None:
        first = not self.ready.is_set()
        try:
            frames = await self._feed.look()
        except HubError as error:
            self._trouble(error, first=first)
            return
        except Exception as error:  # noqa: BLE001 - any database error: told, retried
            log.warning("live.look_failed", topic=self.room.topic, kind=type(error).__name__)
            self._trouble(None, first=False)
            return
        self._looked_at, self._stale = self._clock(), False
        if first:
            self._floor = self._feed.seq
        self._whole = None if frames else self._whole  # presence changes without a new number
        for body in frames:
            self._publish(Frame.of(body, seq=int(body["seq"])))
        self.ready.set()

    def _trouble(self, error: HubError | None, *, first: bool) -> None:
        if first:
            self.failed = error
        elif not self._stale and self._clock() - self._looked_at > STALE_AFTER:
            self._stale = True
            age = round(self._clock() - self._looked_at, 1)
            told = {"op": "stale", "topic": self.room.topic, "epoch": self._feed.epoch}
            seq = self._feed.seq
            self.room.publish(Frame.of({**told, "seq": seq, "seconds": age}, seq=seq))

    def _publish(self, frame: Frame) -> None:
        self._kept.append(frame)
        self._kept_bytes += len(frame.payload)
        while len(self._kept) > KEPT or self._kept_bytes > KEPT_BYTES:
            oldest = self._kept.popleft()
            self._kept_bytes -= len(oldest.payload)
            self._floor = oldest.seq + 1
        self.room.publish(frame)

    async def _next_ring(self) -> None:
        wait = SPACING if self.room.lagging else POLL
        try:
            async with asyncio.timeout(wait):
                await self.rung.wait()
        except TimeoutError:
            return
        finally:
            self.rung.clear()

    def _wanted(self) -> bool:
        now = self._clock()
        if len(self.room):
            self._empty_since = now
        return now - self._empty_since < LINGER
