"""Keep-alive connections that post forms and time the answers: the load of `answers`.

Closed: each connection sends its next request when the last is answered. Open: requests begin at a
fixed rate, whatever the answers do; a request waits for a free connection, and that wait counts.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from tests.bench.child import Desk
from tests.bench.harness import percentile

WORDS = ("safe", "evacuated", "away")
WITHIN = 30.0


class Post(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._answer: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("the server closed"))

    def data_received(self, data: bytes) -> None:
        self._rest += data
        head = self._rest.find(b"\r\n\r\n")
        if head < 0 or self._answer is None:
            return
        lower = self._rest[:head].lower()
        at = lower.find(b"content-length:")
        size = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._rest) < head + 4 + size:
            return
        status = int(self._rest[9:12])
        self._rest = b""
        self._answer.set_result(status)

    async def send(self, request: bytes) -> int:
        """The status of the answer."""
        if self._transport is None:
            raise ConnectionError("not connected")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class _Record:
    """How long each answer took, and what was answered."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self.statuses: Counter[int] = Counter()

    async def send(self, post: Post, request: bytes, began: float) -> None:
        status = await post.send(request)
        self.took.append(time.perf_counter() - began)
        self.statuses[status] += 1

    def figures(self, seconds: float) -> dict[str, Any]:
        return {
            "count": len(self.took),
            "per_second": len(self.took) / seconds,
            "p50_ms": percentile(self.took, 0.5) * 1e3,
            "p99_ms": percentile(self.took, 0.99) * 1e3,
            "statuses": {str(status): count for status, count in self.statuses.items()},
        }


async def crowd(given: Mapping[str, Any], *, desk: Desk) -> None:
    """Each command is one run: {port, path, connections, seconds, rate: requests a second or 0}."""
    links = json.loads(Path(given["links"]).read_text())
    streams: dict[str, Iterator[bytes]] = {}
    async for command in desk.commands():
        path = command["path"]
        requests = streams.setdefault(path, _requests(path, links))
        posts = await _connected(command["port"], command["connections"])
        try:
            async with asyncio.timeout(command["seconds"] + WITHIN):
                work = _open if command["rate"] else _closed
                desk.say(**await work(posts, requests, command))
        finally:
            for post in posts:
                post.close()


async def _connected(port: int, count: int) -> list[Post]:
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(Post, "127.0.0.1", port) for _ in range(count)]
    return [post for _, post in made]


async def _closed(
    posts: Sequence[Post], requests: Iterator[bytes], command: Mapping[str, Any]
) -> dict[str, Any]:
    record, began = _Record(), time.perf_counter()
    until = began + command["seconds"]

    async def work(post: Post) -> None:
        while (now := time.perf_counter()) < until:
            await record.send(post, next(requests), now)

    async with asyncio.TaskGroup() as group:
        for post in posts:
            group.create_task(work(post))
    return record.figures(time.perf_counter() - began)


async def _open(
    posts: Sequence[Post], requests: Iterator[bytes], command: Mapping[str, Any]
) -> dict[str, Any]:
    record, began = _Record(), time.perf_counter()
    pause, until = 1 / command["rate"], began + command["seconds"]
    due: deque[float] = deque()
    ready = asyncio.Semaphore(0)

    async def work(post: Post) -> None:
        while True:
            await ready.acquire()
            if not due:
                return
            await record.send(post, next(requests), due.popleft())

    async with asyncio.TaskGroup() as group:
        for post in posts:
            group.create_task(work(post))
        at = began
        while at < until:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            while at <= time.perf_counter() and at < until:
                due.append(at)
                ready.release()
                at += pause
        for _ in posts:
            ready.release()
    return record.figures(time.perf_counter() - began)


def _requests(path: str, links: Sequence[Sequence[str]]) -> Iterator[bytes]:
    """Everybody's form in turn, from an address of their own; the next time another answer."""
    for turn in itertools.count():
        for number, (token, nonce) in enumerate(links):
            word = WORDS[(turn + number) % len(WORDS)]
            form = urlencode({"answer": word, "nonce": nonce, "lang": "en"})
            sender = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            yield (
                f"POST {path}/{token} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {sender}\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nAccept: text/html\r\n"
                f"Content-Length: {len(form)}\r\n\r\n{form}"
            ).encode()
