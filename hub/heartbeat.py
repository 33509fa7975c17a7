"""The outside heartbeat: a watch that is not ours hears from us only while all is well."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import structlog

EVERY_MS = 30_000
DEADLINE = 5.0  # seconds

log = structlog.get_logger(__name__)


class Heartbeat:
    """Asks for one address, which was configured on purpose and so may be a private one. Nothing
    is followed, nothing kept, and its answer is not read beyond its status."""

    def __init__(
        self, url: str, due: Callable[[int], Awaitable[bool]], *, every_ms: int = EVERY_MS
    ):
        self._url, self._due, self._every_ms = url, due, every_ms

    async def beat(self) -> None:
        """Heard outside, if it was time and the way there is open. Raises only what the database
        does, never repeats: silence is what the watch outside is for."""
        try:
            async with asyncio.timeout(DEADLINE):
                if await self._due(self._every_ms):
                    await self._get()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("heartbeat_failed", error=type(error).__name__)

    async def _get(self) -> None:
        async with (
            aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=False
            ) as session,
            session.get(self._url, allow_redirects=False) as answer,
        ):
            if answer.status >= 300:
                log.warning("heartbeat_failed", status=answer.status)
