"""What a process knows of one provider account while it sends: its pace, its places, its speed,
and whether its provider is thought to work."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

from hub.decide.accounts import DEFAULT, Terms
from hub.decide.breaker import CLOSED, begun, heard, places, stand
from hub.decide.pacing import AHEAD, Bucket, hold, pace_of, reserve, room, share
from hub.flow.shares import Shares
from hub.flow.turns import Line, Turns
from hub.model import Lane, Outcome
from hub.ports import Channel
from hub.states import Reason

ADDRESSES = 10_000  # buckets kept per address (robots); the longest unused one is forgotten first
ROUTINE_AHEAD = 0.5  # seconds routine work may book ahead: so long at most an urgent send waits
BATCH = 200
HELD = 5.0  # seconds an account rests after a 429 without Retry-After
LONGEST_HOLD = 60.0


class Account:
    """One account's pace and places, shared by both lanes of this process. `alone`: its medium has
    no other. `shares`: what counts its pace for all processes that send by it, if there may be
    several; else its bucket is here."""

    def __init__(
        self,
        name: str,
        channel: Channel,
        *,
        terms: Terms = DEFAULT,
        alone: bool = True,
        shares: Shares | None = None,
    ):
        self.channel = channel
        self.name = name
        self.terms = terms
        self._alone = alone
        self._breaker = CLOSED
        self._heard_at: float | None = None
        self.medium = channel.traits.channel
        self.parallel = max(1, channel.traits.parallel)
        self.held_until = 0.0
        self.latency = 0.1  # seconds, a running mean
        self.urgent_waits = False
        # Routine sends leave a quarter of the places to urgent ones: twelve seconds of a hanging
        # provider must not be twelve seconds for a fire.
        spare = max(1, self.parallel // 4) if self.parallel > 1 else 0
        self.slots = {
            Lane.URGENT: asyncio.Semaphore(self.parallel),
            Lane.ROUTINE: asyncio.Semaphore(max(1, self.parallel - spare)),
        }
        pace = pace_of(channel.traits)
        self._pace = pace
        self._per_address = channel.traits.per == "address"
        self.turns = (
            Turns(name, pace, shares, per_address=self._per_address) if pace and shares else None
        )
        self._bucket = Bucket(pace) if pace is not None and not self._per_address else None
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def waits(self, now: float) -> bool:
        """Whether sends have to wait for their turn at all."""
        return self._pace is not None or now < self.held_until

    def open(self, now: float) -> bool:
        """Whether it may be given deliveries: its provider works and has not said "too many"."""
        return now >= self.held_until and places(self._breaker, now=now, most=1) > 0

    def begins(self, now: float) -> bool:
        """Whether a call may begin; it has begun then. A resting account lets one through as its
        probe."""
        if not places(self._breaker, now=now, most=1):
            return False
        self._breaker = begun(self._breaker, now=now)
        return True

    def standing(self, now: float) -> dict[str, Any]:
        """How it stands in this process, as its pulse and the metrics say it. `open_s`: since when
        its breaker is not closed, `heard_s`: since its last call ended, `latency_s`: what calls
        take lately; None where there was none."""
        since = self._breaker.opened_at
        return {
            "channel": self.medium,
            "countries": list(self.terms.countries),
            "state": str(stand(self._breaker, now=now)),
            "failures": self._breaker.failures,
            "open_s": round(now - since, 1) if since <= now else None,
            "heard_s": None if self._heard_at is None else round(now - self._heard_at, 1),
            "latency_s": None if self._heard_at is None else round(self.latency, 3),
            "held_s": round(max(0.0, self.held_until - now), 1),
        }

    def room(self, line: Line, most: int, *, now: float) -> int:
        """How many deliveries its lane may claim now: those that begin within a few seconds."""
        if now < self.held_until:
            return 0
        most = share(line.lane, min(most, BATCH), urgent_waits=self.urgent_waits)
        ahead = AHEAD if line.lane is Lane.URGENT else ROUTINE_AHEAD
        most = places(self._breaker, now=now, most=most)
        if self.turns is not None:
            return self.turns.room(line, most, now=now, ahead=ahead)
        free = room(self._bucket, now=now, most=most, ahead=ahead)
        return max(min(1, free), int(free / line.each)) if self._bucket is not None else free

    def capacity(self, lane: Lane, oldest: float) -> int:
        """How many may be claimed and not yet recorded: the places, and what will follow into them
        within two seconds at the present speed. `oldest`: age of the oldest call in flight."""
        places = self.parallel if lane is Lane.URGENT else max(1, self.parallel * 3 // 4)
        speed = max(self.latency, oldest, 0.001)
        return places + (0 if speed > AHEAD else min(2 * BATCH, int(places * AHEAD / speed)))

    async def turn(self, line: Line, address: str, units: int, *, begin_by: float) -> float:
        """When this send may begin: its units are taken, or it is after `begin_by` and they are
        not: the delivery comes again when its time is near."""
        now = asyncio.get_running_loop().time()
        if self.turns is None:
            line.came(units)
            return self._book(address, units, now=now, begin_by=begin_by)
        if self.held_until > now:
            if self.held_until > begin_by:
                return self.held_until
            await asyncio.sleep(self.held_until - now)
        return await self.turns.wait(line, address, units, begin_by=begin_by)

    def _book(self, address: str, units: int, *, now: float, begin_by: float) -> float:
        if self._pace is None:
            return max(now, self.held_until)
        if self._bucket is not None:
            bucket, at = reserve(self._bucket, units, now=now)
            at = max(at, self.held_until)
            self._bucket = bucket if at <= begin_by else self._bucket
            return at
        before = self._buckets.pop(address, Bucket(self._pace))
        after, at = reserve(before, 1, now=now)
        self._keep(address, after if at <= begin_by else before)
        return at

    def heard(self, outcome: Outcome, address: str, *, seconds: float, now: float) -> None:
        """The account's speed is known better; after a 429 it rests, and after failures in a row
        it is left alone for a while."""
        self.latency += (seconds - self.latency) * 0.1
        self._heard_at = now
        self._breaker = heard(self._breaker, outcome, now=now, alone=self._alone)
        if outcome.reason is not Reason.THROTTLED:
            return
        rest = min(LONGEST_HOLD, outcome.retry_after or HELD)
        if self._per_address and self.turns is not None:
            self.turns.hold(address, now + rest)
        elif self._per_address and self._pace is not None:
            bucket = self._buckets.pop(address, Bucket(self._pace))
            self._keep(address, hold(bucket, now + rest))
        else:
            self.held_until = max(self.held_until, now + rest)

    def _keep(self, address: str, bucket: Bucket) -> None:
        self._buckets[address] = bucket
        if len(self._buckets) > ADDRESSES:
            self._buckets.popitem(last=False)
