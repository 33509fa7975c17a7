"""What this process may send of the paces it shares with others: counted by Redis for all; without
Redis its share, by itself."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

import structlog

from hub.decide.pacing import Pace
from hub.decide.shares import Level, emptied, granted, share_of
from hub.plans import Ask, Grant
from hub.ports import Ration

EVERY = 0.25  # seconds between signs; the others take a process for away after four
UNKNOWN = 0.1  # seconds until it is asked again how many send
JOINING = 6.0  # seconds until the others have counted one that comes without Redis: a pulse is 5 s
KNOWN = 10_000  # limits counted here; the longest unused one is forgotten

log = structlog.get_logger(__name__)


class Shares:
    """One for a process. `count`: how many processes send, as the database has it (None: not known
    yet); one that died is counted until it is surely gone.

    The sum of all stays inside a limit whoever of them reaches Redis: those that do not send one
    share each, and the script keeps it back for them. Changing sides begins with nothing in hand.
    """

    def __init__(self, ration: Ration):
        self.count: Callable[[], int | None] = lambda: None
        self._ration = ration
        self._levels: OrderedDict[str, Level] = OrderedDict()
        self._looked = -math.inf
        self._began = math.inf  # since when it has looked without a gap
        self._left = 0.0  # when it began to count by itself
        self._spent = False
        self._stopping = False
        self.here = False

    @property
    def workers(self) -> int:
        """How many draw on a limit, this one included."""
        return max(1, self.count() or 1)

    def ready(self, now: float) -> bool:
        """Whether it may send anything just now."""
        return self.here or self._unready(now) <= 0

    async def run(self) -> None:
        """Until `stop`: the others are told that this process asks before it sends."""
        while not self._stopping:
            await self.look()
            await asyncio.sleep(EVERY)

    def stop(self) -> None:
        """`run` ends soon, even where a connection has swallowed its cancellation."""
        self._stopping = True

    async def look(self) -> None:
        """Whether Redis counts is known anew."""
        now = asyncio.get_running_loop().time()
        # It starts, was stopped for so long, or stands nowhere yet where the others would count it.
        if now - self._looked > JOINING or self.count() is None:
            self._began = self._left = now
        self._looked = now
        found = await self._ration.here(spent=self._spent)
        if found is None and self.here:  # once more: a busy process hears an answer too late
            found = await self._ration.here(spent=False)
        if found is None:
            self._leave()
        elif not self.here:
            log.info("pace_shared")
            self.here, self._spent = True, False

    async def take(self, key: str, ask: Ask) -> Grant:
        """Units of one limit, now or never: nothing is booked ahead."""
        if self.here:
            found = await self._ration.take(key, replace(ask, workers=self.workers))
            if found is not None:
                return found
            await self.look()  # what was lost on the way is lost to all, no more
            if self.here:
                return Grant(0)
        return self._own(key, ask, now=asyncio.get_running_loop().time())

    def _leave(self) -> None:
        if self.here:
            log.warning("pace_by_share", workers=self.count())
            self.here = False
            self._left = asyncio.get_running_loop().time()
            self._levels.clear()

    def _own(self, key: str, ask: Ask, *, now: float) -> Grant:
        """This process's share, from nothing at the moment it was left alone."""
        wait = self._unready(now)
        if wait > 0:
            return Grant(0, wait)
        pace = share_of(Pace(ask.rate, ask.burst), self.workers)
        level = self._levels.pop(key, None) or emptied(pace, self._left)
        mine = replace(ask, rate=pace.rate, burst=pace.burst)
        self._levels[key], grant = granted(level, mine, now=now)
        if len(self._levels) > KNOWN:
            self._levels.popitem(last=False)
        self._spent = self._spent or grant.units > 0
        return grant

    def _unready(self, now: float) -> float:
        """Seconds until it may send by itself: it knows how many do, and they know of it."""
        workers = self.count()
        if workers is None:
            return UNKNOWN
        if workers == 1:
            return 0.0
        gap = now - self._looked > JOINING
        return JOINING if gap else self._began + JOINING - now
