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
        self,
        url: str,
        due: Callable[[int], Awaitable[bool]],
        said: Callable[[str], Awaitable[None]],
        *,
        every_ms: int = EVERY_MS,
    ):
        self._url, self._due, self._said, self._every_ms = url, due, said, every_ms

    async def beat(self) -> None:
        """Heard outside, if it was time and the way there is open. Raises only what the database
        does, never repeats: silence is what the watch outside is for. What became of it is said
        to the doctor."""
        if not await self._due(self._every_ms):
            return
        try:
            async with asyncio.timeout(DEADLINE):
                wrong = await self._get()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            wrong = type(error).__name__
        if wrong:
            log.warning("heartbeat_failed", why=wrong)
        await self._said(wrong)

    async def _get(self) -> str:
        """What the answer has against it; "" where it was heard."""
        async with (
            aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=False
            ) as session,
            session.get(self._url, allow_redirects=False) as answer,
        ):
            return "" if answer.status < 300 else f"HTTP {answer.status}"
