"""Topics that are a small state as a whole (`site:PATH`, `me`): sent again when it has changed."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from hub.errors import HubError, Unready
from web.live_client import Client, Room
from web.wire import Frame, encode

log = structlog.get_logger(__name__)

StateFeed = Callable[[], Awaitable[Mapping[str, Any]]]
"""Reads the state; Unknown if there is none under this name."""

SPACING = 0.5
POLL = 5.0
LINGER = 15.0
LOAD_SECONDS = 10.0


class StateTopic:
    """Watchers of one small state. Its epoch is a digest of the state, so a resume that has it
    already is sent nothing."""

    def __init__(self, topic: str, read: StateFeed) -> None:
        self.room = Room(topic)
        self.rung = asyncio.Event()
        self.ready = asyncio.Event()
        self.failed: HubError | None = None
        self._read = read
        self._digest = ""
        self._seq = 0
        self._whole: Frame | None = None
        self._empty_since = time.monotonic()

    @property
    def known(self) -> bool:
        """It has been read: there is such a thing."""
        return self.ready.is_set() and self.failed is None

    async def run(self) -> None:
        """Reads after each ring, and every few seconds, until nobody has watched for a while."""
        while self._wanted():
            await self._look()
            if self.failed is not None:
                self.ready.set()
                return
            if self._whole is not None:
                self.room.catch_up(self._whole, time.monotonic())
            await asyncio.sleep(SPACING)
            await self._next_ring()

    async def greet(self, client: Client, *, since: int | None, epoch: str) -> None:
        """The client has the state (unless it has it already) and gets each later one."""
        async with asyncio.timeout(LOAD_SECONDS):
            await self.ready.wait()
        if self.failed is not None or self._whole is None:
            raise self.failed or HubError("no state")
        known = epoch == self._digest and since is not None
        self.room.join(client, *([] if known else [self._whole]))

    async def _look(self) -> None:
        try:
            state = await self._read()
        except Exception as error:  # noqa: BLE001 - any database error: retried
            away = isinstance(error, Unready) and self.ready.is_set()
            if isinstance(error, HubError) and not away:
                self.failed = error
                return
            log.warning("live.look_failed", topic=self._kind(), kind=type(error).__name__)
            return
        digest = hashlib.sha256(encode(state)).hexdigest()[:12]
        if digest == self._digest:
            return
        self._digest, self._seq = digest, self._seq + 1
        head = {"op": "snapshot", "topic": self.room.topic, "epoch": digest, "seq": self._seq}
        self._whole = Frame.of({**head, **state}, seq=self._seq)
        self.ready.set()
        self.room.publish(self._whole)

    async def _next_ring(self) -> None:
        try:
            async with asyncio.timeout(SPACING if self.room.lagging else POLL):
                await self.rung.wait()
        except TimeoutError:
            return
        finally:
            self.rung.clear()

    def _wanted(self) -> bool:
        now = time.monotonic()
        if len(self.room):
            self._empty_since = now
        return now - self._empty_since < LINGER

    def _kind(self) -> str:
        return self.room.topic.partition(":")[0]
