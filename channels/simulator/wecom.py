"""Plays WeCom group robots: 20 posts a minute each, judged by `errcode`, HTTP always 200."""

from __future__ import annotations

import json
import time
from collections import OrderedDict, deque
from dataclasses import replace
from typing import Any

from aiohttp import web

from channels.simulator.faults import misbehave
from channels.simulator.ledger import ARRIVED, Entry
from channels.simulator.settings import NOT_ACCEPTED, Fault
from channels.simulator.world import World, digest

LIMITS = {"text": 2048, "markdown": 4096}
WINDOW = 60.0
ROBOTS = 10_000
_PROPER = {Fault.THROTTLE, Fault.UNAVAILABLE, Fault.CRASH}


class WecomPlay:
    """Every robot whose key is known; with no keys set, every key is a robot."""

    def __init__(self, world: World) -> None:
        self._world = world
        # Times of the last posts by key. Full: the robot silent for longest is forgotten.
        self._posts: OrderedDict[str, deque[float]] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/cgi-bin/webhook/send", self.send)]

    async def send(self, request: web.Request) -> web.StreamResponse:
        """Takes a post, or does what limit or seed say; in the ledger before the answer."""
        key = request.query.get("key", "")
        if not key:
            return self._nobody()
        words, wrong = _words(await request.read())
        entry = Entry(
            "wecom",
            callback=request.headers.get("X-Request-Id", ""),
            to=key,
            body_sha256=digest(words),
            arrived=ARRIVED.get(),
        )
        dice = self._world.dice("wecom", key, entry.body_sha256)
        await self._world.ponder(dice)
        wrong = self._stranger(key) or wrong or self._too_fast(key)
        if wrong:
            return self._say(entry, *wrong)
        fault = self._world.fault(dice)
        if fault in NOT_ACCEPTED:
            return await self._fail(request, entry, fault)

        status = 200 if fault is None else 500 if fault is Fault.CRASH else 0
        taken = replace(entry, accepted=True, status=status, detail=fault or "")
        await self._world.ledger.write(taken)
        if fault is not None:
            return await self._act(request, fault)
        return _json(0, "ok")

    def _nobody(self) -> web.Response:
        """Asked about no robot: there is nothing that could be posted."""
        settings = self._world.settings
        if settings.account_answer:
            return web.Response(status=settings.account_answer)
        if settings.account_says:
            return web.Response(text=settings.account_says, content_type="text/html")
        return _json(93000, "invalid webhook url")

    def _stranger(self, key: str) -> tuple[int, str] | None:
        known = self._world.settings.wecom_keys
        if not key or (known and key not in known):
            return 93000, "invalid webhook url"
        return None

    def _too_fast(self, key: str) -> tuple[int, str] | None:
        """The robot's own window; a post that is turned away does not count."""
        now = time.monotonic()
        posts = self._posts.pop(key, None) or deque()
        self._posts[key] = posts
        if len(self._posts) > ROBOTS:
            self._posts.popitem(last=False)
        while posts and now - posts[0] >= WINDOW:
            posts.popleft()
        if len(posts) >= self._world.settings.wecom_per_minute:
            return 45009, "api freq out of limit"
        posts.append(now)
        return None

    async def _fail(
        self, request: web.Request, entry: Entry, fault: Fault | None
    ) -> web.StreamResponse:
        if fault is Fault.THROTTLE:
            return self._say(entry, 45009, "api freq out of limit")
        assert fault is not None  # noqa: S101 - the caller looked it up in NOT_ACCEPTED
        status = 503 if fault is Fault.UNAVAILABLE else 0
        self._world.ledger.note(replace(entry, status=status, detail=fault))
        return await self._act(request, fault)

    async def _act(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault in _PROPER:
            return web.Response(status=500 if fault is Fault.CRASH else 503)
        world = self._world
        return await misbehave(request, fault, hang=world.settings.hang, wait=world.wait)

    def _say(self, entry: Entry, code: int, words: str) -> web.Response:
        self._world.ledger.note(replace(entry, status=200, detail=str(code)))
        return _json(code, words)


def _words(body: bytes) -> tuple[str, tuple[int, str] | None]:
    """The content of a post, and what is wrong with it."""
    try:
        said: Any = json.loads(body)
        form = str(said["msgtype"])
        content = said[form]["content"]
    except (ValueError, KeyError, TypeError):
        return "", (40035, "invalid parameter")
    if form not in LIMITS:
        return "", (40008, "invalid message type")
    if not isinstance(content, str) or not content:
        return "", (44004, "empty content")
    if len(content.encode("utf-8", "surrogatepass")) > LIMITS[form]:
        return content, (40058, f"{form}.content exceed max length {LIMITS[form]}")
    return content, None


def _json(code: int, words: str) -> web.Response:
    body = json.dumps({"errcode": code, "errmsg": words}).encode()
    return web.Response(body=body, content_type="application/json")
