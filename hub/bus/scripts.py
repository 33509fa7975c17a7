"""Small programs that run inside Redis, in one step for all processes."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from redis.exceptions import NoScriptError

from hub.bus.link import closed, commands

ANSWER_SECONDS = 0.1  # a send waits no longer for a count that is only to be shared
AT_ONCE = 4  # connections; the next caller waits for one of them

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Script:
    """Lua, known to Redis by its SHA-1."""

    text: str

    @property
    def sha(self) -> str:
        return hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


class Scripts:
    """Runs scripts on a connection of their own. Names of keys are hashed with the hub's secret:
    neither a phone number nor a login stands in Redis."""

    def __init__(
        self, url: str, *, house: str, secret: bytes, seconds: float = ANSWER_SECONDS
    ) -> None:
        self._redis: Any = commands(url, seconds=seconds)
        self._house = house
        self._secret = secret[:64]  # all that blake2b takes
        self._places = asyncio.Semaphore(AT_ONCE)
        self._failures = 0
        self._in_a_row = 0

    async def close(self) -> None:
        """No connection is held."""
        await closed(self._redis)

    def key(self, kind: str, name: str = "") -> str:
        """Where something is kept. One slot for all keys of a house, as a script needs them."""
        if not name:
            return f"{{{self._house}:share}}:{kind}"
        hidden = hashlib.blake2b(name.encode(), key=self._secret, digest_size=16).hexdigest()
        return f"{{{self._house}:share}}:{kind}:{hidden}"

    async def run(self, script: Script, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """What the script returned; None when nobody answers. Never raises."""
        before = self._failures
        async with self._places:
            if self._failures != before:
                return None  # it went away while this one waited: one time-out is enough
            try:
                found = await self._evaluated(script, keys, args)
            except Exception as error:  # noqa: BLE001 whatever the driver raises, we do without
                self._failures += 1
                self._say(error)
                return None
        self._in_a_row = 0
        return found

    async def _evaluated(self, script: Script, keys: Sequence[str], args: Sequence[Any]) -> Any:
        given = (len(keys), *keys, *args)
        try:
            return await self._redis.execute_command("EVALSHA", script.sha, *given)
        except NoScriptError:  # the first time, and after a restart or SCRIPT FLUSH
            return await self._redis.execute_command("EVAL", script.text, *given)

    def _say(self, error: Exception) -> None:
        """An outage is one line in the log, however long it lasts; one late answer is none."""
        self._in_a_row += 1
        say = log.warning if self._in_a_row == 2 else log.debug
        say("share_not_counted", error=type(error).__name__)
