"""Whose turn it is at an account whose pace several processes share."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable

from hub.decide.pacing import Bucket, Pace, room
from hub.flow.shares import Shares
from hub.model import Lane
from hub.plans import Ask, Grant

AHEAD = 0.1  # seconds of pace taken in one trip at most, and never more than waits to be sent
KEPT = 0.25  # seconds what was taken stays good; what is left then is lost to all
LATER = 1.0  # seconds after which what had to be given back is looked at again, at most
STRIDE = 0.025  # seconds between trips at least while more than one waits
ADDRESSES = 10_000  # held addresses (robots); the longest unused one is forgotten first


class Line:
    """Those of one lane who wait for their turn at one account, first come first served, and the
    units in hand for them. `claimed`: how many deliveries have not begun."""

    def __init__(self, lane: Lane, claimed: Callable[[], int]):
        self.lane = lane
        self.claimed = claimed
        self.first = asyncio.Lock()
        self.each = 1.0  # units of a delivery, a running mean
        self._units = 0
        self._filled = -math.inf

    @property
    def waiting(self) -> int:
        """Units that will be asked for."""
        return math.ceil(self.claimed() * self.each)

    def came(self, units: int) -> None:
        """A delivery of so many units waits."""
        self.each += (units - self.each) * 0.1

    def fill(self, units: int, now: float) -> None:
        """So many more are in hand."""
        self._units = self.left(now) + units
        self._filled = now

    def left(self, now: float) -> int:
        """Units in hand: old ones are not, so that nobody saves them up for a burst."""
        return self._units if now - self._filled <= KEPT else 0

    def spend(self, units: int) -> None:
        """So many have gone."""
        self._units -= units


class Turns:
    """An account's turns in this process. `per_address`: the pace binds each address."""

    def __init__(self, name: str, pace: Pace, shares: Shares, *, per_address: bool):
        self._name = name
        self._pace = pace
        self._shares = shares
        self._per_address = per_address
        self._seen = Bucket(pace)  # the limit as it was last found
        self._held: OrderedDict[str, float] = OrderedDict()

    def room(self, line: Line, most: int, *, now: float, ahead: float) -> int:
        """How many more deliveries to claim: this process's part of what begins within `ahead`
        seconds. A guess; what comes too early is given back unsent."""
        if not self._shares.ready(now):
            return 0  # others may send it meanwhile
        if self._per_address:
            return most
        free = room(self._seen, now=now, most=1_000_000, ahead=ahead)
        mine = max(free // self._shares.workers, min(1, free))
        return max(0, min(most, math.ceil((mine - line.waiting) / line.each)))

    def hold(self, address: str, until: float) -> None:
        """This address said "too many"."""
        self._held[address] = max(until, self._held.pop(address, until))
        if len(self._held) > ADDRESSES:
            self._held.popitem(last=False)

    async def wait(self, line: Line, address: str, units: int, *, begin_by: float) -> float:
        """The units are taken and it is now: the time. Or nothing is taken, and a time after
        `begin_by` from which it is worth trying again."""
        if self._per_address:
            return await self._of_address(line.lane, address, begin_by)
        line.came(units)
        try:
            async with asyncio.timeout_at(begin_by):
                await line.first.acquire()
        except TimeoutError:
            return begin_by + STRIDE
        try:
            return await self._of_account(line, units, begin_by)
        finally:
            line.first.release()

    async def _of_account(self, line: Line, units: int, begin_by: float) -> float:
        loop = asyncio.get_running_loop()
        while line.left(loop.time()) < units:
            grant = await self._taken(line, units - line.left(loop.time()))
            now = loop.time()
            if grant.units:
                line.fill(grant.units, now)
            elif now + grant.wait > begin_by:
                return max(begin_by + STRIDE, min(now + grant.wait, begin_by + LATER))
            else:
                await asyncio.sleep(max(grant.wait, STRIDE if line.claimed() > 1 else 0.0))
        line.spend(units)
        return loop.time()

    async def _taken(self, line: Line, least: int) -> Grant:
        pace = self._pace
        want = max(least, min(line.waiting, math.ceil(pace.rate * AHEAD)))
        urgent = line.lane is Lane.URGENT
        ask = Ask(pace.rate, pace.burst, want, least, urgent=urgent)
        grant = await self._shares.take(self._name, ask)
        self._seen = Bucket(pace, asyncio.get_running_loop().time() + grant.debt)
        return grant

    async def _of_address(self, lane: Lane, address: str, begin_by: float) -> float:
        loop, pace = asyncio.get_running_loop(), self._pace
        ask = Ask(pace.rate, pace.burst, urgent=lane is Lane.URGENT)
        while True:
            at = self._held.get(address, 0.0)
            if at <= loop.time():
                grant = await self._shares.take(f"{self._name}/{address}", ask)
                if grant.units:
                    return loop.time()
                at = loop.time() + grant.wait
            if at > begin_by:
                return at
            await asyncio.sleep(at - loop.time())
