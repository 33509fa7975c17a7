"""The doorbell between processes: pub/sub that says who reached what, arq jobs that say "look".

Pub/sub loses: a listener hears EVERYTHING after each (re)connection and reads again what it shows.
Redis may be away for hours: this process hears itself all the same, and the rest waits, coalesced.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import Callable
from typing import Any

import structlog
from arq.connections import ArqRedis

from hub.bus.backoff import Backoff
from hub.bus.lanes import enqueue
from hub.bus.link import closed, commands, subscription
from hub.bus.listeners import EVERYTHING, Listener, Listeners
from hub.bus.outbox import Outbox

log = structlog.get_logger()

QUIET_SECONDS = 2.0  # so long without a word, and we ask whether anybody is there
PONG_SECONDS = 2.0  # so long without an answer, and the connection is taken for dead
FAREWELL_SECONDS = 0.5
HEARD_SECONDS = 2.0  # a cancellation is heard within this (farewell included), or was swallowed
ERRAND_SECONDS = 5.0  # for one delivery of the outbox as a whole, or one subscription


class Doorbell:
    """`ports.Wake` over Redis. Put `run()` into a task group; it ends only when cancelled.

    `on_ring(lane)` is called at once for every ring of this process; it must not block. `ring` and
    `tell` never wait for Redis. `connected` says whether the others can be heard just now.
    """

    def __init__(
        self, url: str, *, house: str = "muster", on_ring: Callable[[str], None] | None = None
    ) -> None:
        self.on_ring = on_ring
        self.connected = False
        self.listeners = Listeners()
        self._url = url
        self._house = house
        self._channel = f"{house}:bell"
        self._self = secrets.token_hex(8)
        self._outbox = Outbox(EVERYTHING)
        self._ending = False
        self._said: set[str] = set()

    async def ring(self, lane: str) -> None:
        if self.on_ring:
            self.on_ring(lane)
        self._outbox.ring(lane)

    async def tell(self, topic: str, seq: int = 0) -> None:
        self.listeners.deliver(topic, seq)
        self._outbox.tell(topic, seq)

    def heard(self, topic: str) -> Listener:
        return self.listeners.listen(topic)

    async def run(self) -> None:
        """For ever. While it connects, redis-py can swallow a cancellation: it is said again until
        it is heard, or a process that is stopped early never ends."""
        self._ending = False
        tasks = [
            asyncio.create_task(self._reading(), name="doorbell-read"),
            asyncio.create_task(self._speaking(), name="doorbell-speak"),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._ending = True
            for task in tasks:
                task.cancel()
            await self._ended(tasks)
            # In a task that nobody has cancelled: see `closed`.
            await self._ended([asyncio.create_task(self._farewell(), name="doorbell-farewell")])
            self.listeners.close()

    async def _ended(self, tasks: list[asyncio.Task[None]]) -> None:
        while left := [task for task in tasks if not task.done()]:
            await asyncio.wait(left, timeout=HEARD_SECONDS)
            for task in left:
                task.cancel()
        for task in tasks:
            if not task.cancelled() and (error := task.exception()):
                raise error

    # ── hearing ──

    async def _reading(self) -> None:
        """For ever: subscribed, or trying to be."""
        backoff = Backoff()
        while True:
            try:
                await self._subscribed()
            except Exception as error:  # noqa: BLE001 whatever ends a connection, we make another
                self._say("doorbell_lost", error)
            self.connected = False
            await asyncio.sleep(backoff.next())

    async def _subscribed(self) -> None:
        """One connection, from its subscription to its death. Raises what killed it."""
        redis = subscription(self._url)
        bell = redis.pubsub()
        try:
            async with asyncio.timeout(ERRAND_SECONDS):
                await bell.subscribe(self._channel)
            while True:
                self._hear(await self._next(bell))
        finally:
            await closed(bell, redis)

    async def _next(self, bell: Any) -> dict[str, Any]:
        """The next word on the line. Raises ConnectionError when nobody is there."""
        word = await bell.get_message(timeout=QUIET_SECONDS)
        if word is None:
            async with asyncio.timeout(PONG_SECONDS):
                await bell.ping()
            word = await bell.get_message(timeout=PONG_SECONDS)
        if word is None:
            raise ConnectionError("no answer to PING")
        return dict(word)

    def _hear(self, word: dict[str, Any]) -> None:
        if word["type"] == "subscribe":
            self.connected = True
            self._said.clear()
            self.listeners.deliver(EVERYTHING, 0)  # who knows what was said before
        elif word["type"] == "message":
            origin, topic, seq = _read(word["data"])
            if topic and origin != self._self:  # what we said ourselves was heard at once
                self.listeners.deliver(topic, seq)

    def _say(self, event: str, error: Exception) -> None:
        """An outage is one line in the log, however long it lasts."""
        say = log.warning if event not in self._said else log.debug
        self._said.add(event)
        say(event, error=type(error).__name__)

    # ── speaking ──

    async def _speaking(self) -> None:
        """For ever: what is in the outbox goes out, as soon as there is somebody to take it."""
        redis = commands(self._url)
        backoff = Backoff()
        try:
            while not self._ending:
                await self._outbox.filled.wait()
                if not await self._sent(redis):
                    await asyncio.sleep(backoff.next())
        finally:
            await closed(redis)

    async def _farewell(self) -> None:
        """What was still to be said goes out, if anybody takes it at once."""
        if not self._outbox.filled.is_set():
            return
        redis = commands(self._url, seconds=FAREWELL_SECONDS)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    await self._sent(redis)
        finally:
            await closed(redis)

    async def _sent(self, redis: ArqRedis) -> bool:
        """Whether all of the outbox went out; otherwise it is back in."""
        lanes, topics = self._outbox.take()
        if not lanes and not topics:
            return True
        try:
            async with asyncio.timeout(ERRAND_SECONDS):
                for lane in sorted(lanes, reverse=True):  # urgent before routine
                    await enqueue(redis, self._house, lane)
                await self._published(redis, topics)
        except Exception as error:  # noqa: BLE001 whatever the driver raises, the words are kept
            self._outbox.give_back(lanes, topics)
            self._say("doorbell_mute", error)
            return False
        except BaseException:
            self._outbox.give_back(lanes, topics)
            raise
        return True

    async def _published(self, redis: ArqRedis, topics: dict[str, int]) -> None:
        pipe = redis.pipeline(transaction=False)
        for topic, seq in topics.items():
            pipe.publish(self._channel, json.dumps([self._self, topic, seq]))
        await pipe.execute()


def _read(data: Any) -> tuple[str, str, int]:
    """Origin, topic and seq of a word; an empty topic for what is not ours."""
    try:
        origin, topic, seq = json.loads(data)
        return str(origin), str(topic), int(seq)
    except (ValueError, TypeError):
        return "", "", 0
