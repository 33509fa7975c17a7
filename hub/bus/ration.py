"""`ports.Ration` over Redis: a token bucket per account (or address) that all processes draw on.

One script, by Redis's own clock. The bucket is `hub.decide.shares.granted`; around it:
- `born`: the moment before which nothing is known. A bucket is empty then, not full: after a
  FLUSHALL, or when a process that sent by itself has come back, nobody gets a second burst.
- `here`: the processes that ask before they send. If fewer are here than send (`workers`), the
  missing ones send their shares by themselves, and those here get theirs and no more.
- A clock of Redis that is set back takes the buckets back with it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from hub.bus.scripts import Script, Scripts
from hub.plans import Ask, Grant

GONE = 1.0  # seconds after its last sign a process is taken to send by itself
FORGOTTEN_MS = 3_600_000  # of `born` and `here`
MARGIN_MS = 60_000  # a bucket is kept so long after it is full again

_CLOCK = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
"""

_HERE = """
local born = tonumber(redis.call('GET', KEYS[1]) or '')
if not born or born > now or ARGV[3] == '1' then
  born = now
  redis.call('SET', KEYS[1], string.format('%.6f', born))
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], now + ARGV[2], '+inf')
redis.call('ZADD', KEYS[2], string.format('%.6f', now), ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
"""

# hub.decide.shares.granted, word for word
_GRANTED = """
local function granted(key, empty, rate, burst, want, least, urgent, margin)
  local kept = redis.call('HMGET', key, 'full', 'urgent', 'at')
  local full, held = tonumber(kept[1] or '') or 0, tonumber(kept[2] or '') or 0
  local back = math.max(0, (tonumber(kept[3] or '') or 0) - now)
  full, held = math.max(full - back, empty + burst / rate), held - back
  local used = math.max(0, full - now)
  if not urgent and now < held then
    return 0, held - now, used
  end
  local free = burst - used * rate
  local short = math.min(least, burst) - free
  local units = 0
  if short <= 0.000001 then
    units = math.max(least, math.min(want, math.floor(free + 0.000001)))
  end
  local wait = math.max(0, short / rate)
  local debt = used + units / rate
  if urgent and units < want then held = now + math.min(10.0, 1.5 * wait) + 0.25 end
  redis.call('HSET', key, 'full', string.format('%.6f', now + debt),
    'urgent', string.format('%.6f', held), 'at', string.format('%.6f', now))
  redis.call('PEXPIRE', key, math.ceil(math.max(debt, held - now, 0) * 1000) + margin)
  return units, wait, debt
end
"""

HERE = Script(_CLOCK + _HERE + "return 1")

# KEYS: born, here, bucket. ARGV: me, gone, spent, forgotten, margin,
# rate, burst, want, least, urgent, workers
TAKE = Script(
    _CLOCK
    + _HERE
    + _GRANTED
    + """
local share = math.min(1, redis.call('ZCARD', KEYS[2]) / math.max(1, tonumber(ARGV[11])))
local units, wait, debt = granted(KEYS[3], born, ARGV[6] * share,
  math.max(1, ARGV[7] * share), tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10] == '1', ARGV[5])
return {units, string.format('%.6f', wait), string.format('%.6f', debt)}
"""
)

# KEYS: buckets. ARGV: margin, then rate and burst of each. A bucket nobody knows is full here: the
# tries before a FLUSHALL stand in each process's own count.
SPARE = Script(
    _CLOCK
    + _GRANTED
    + """
local longest = 0
for at, key in ipairs(KEYS) do
  local _, wait = granted(key, 0, tonumber(ARGV[2 * at]), tonumber(ARGV[2 * at + 1]),
    1, 1, true, ARGV[1])
  longest = math.max(longest, wait)
end
return string.format('%.6f', longest)
"""
)


class Ration:
    """What all processes of a house take from their limits. `me` is new at each start."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts
        self._me = secrets.token_hex(8)

    async def take(self, key: str, ask: Ask) -> Grant | None:
        keys = [*self._house(), self._scripts.key("bucket", key)]
        pace = (repr(ask.rate), repr(ask.burst), ask.want, ask.least, int(ask.urgent), ask.workers)
        found = await self._scripts.run(TAKE, keys, [*self._sign(spent=False), MARGIN_MS, *pace])
        if found is None:
            return None
        units, wait, debt = found
        return Grant(int(units), float(wait), float(debt))

    async def here(self, *, spent: bool) -> bool | None:
        found = await self._scripts.run(HERE, self._house(), self._sign(spent=spent))
        return None if found is None else True

    async def spare(self, asks: Sequence[tuple[str, Ask]]) -> float | None:
        keys = [self._scripts.key("limit", key) for key, _ in asks]
        paces = [repr(number) for _, ask in asks for number in (ask.rate, ask.burst)]
        found = await self._scripts.run(SPARE, keys, [MARGIN_MS, *paces])
        return None if found is None else float(found)

    def _house(self) -> list[str]:
        return [self._scripts.key("born"), self._scripts.key("here")]

    def _sign(self, *, spent: bool) -> list[Any]:
        return [self._me, GONE, int(spent), FORGOTTEN_MS]
