"""`ports.Guesses` over Redis: tries of all processes in a sliding window, by Redis's own clock."""

from __future__ import annotations

from collections.abc import Sequence

from hub.bus.scripts import Script, Scripts

# KEYS: what is counted. ARGV: window, name of the try, then how many of each are too many
COUNT = Script("""
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local window = tonumber(ARGV[1])
for at, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  redis.call('ZREMRANGEBYSCORE', key, now + window, '+inf')
  if redis.call('ZCARD', key) >= tonumber(ARGV[at + 2]) then
    local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    return string.format('%.3f', math.max(0.001, tonumber(first[2]) + window - now))
  end
end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, string.format('%.6f', now), ARGV[2])
  redis.call('PEXPIRE', key, math.ceil(window * 1000))
end
return '0'
""")

FORGIVE = Script("for _, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[1]) end return '0'")


class Guesses:
    """What all processes of a house have seen tried."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    async def count(
        self, guess: str, limits: Sequence[tuple[str, int]], *, window: float
    ) -> float | None:
        keys = [self._scripts.key("tries", key) for key, _ in limits]
        most = [most for _, most in limits]
        found = await self._scripts.run(COUNT, keys, [window, guess, *most])
        return None if found is None else float(found)

    async def forgive(self, guess: str, keys: Sequence[str]) -> None:
        hidden = [self._scripts.key("tries", key) for key in keys]
        await self._scripts.run(FORGIVE, hidden, [guess])
