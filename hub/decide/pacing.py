"""When the next units of an account (or of one address) may be sent: a token bucket as a value.

It delays and never drops; it never grants more than `rate` a second on average with `burst` at
once; an answer is never earlier than `now`. Times are seconds of any steady clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from hub.model import Lane
from hub.ports import Traits

AHEAD = 2.0
"""Seconds of pace a worker claims ahead, so that each claim is begun well inside its lease."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A provider's limit: units a second, and how many at once."""

    rate: float
    burst: float = 1.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """What an account has used: `full_at` is when it may again send a whole burst at once."""

    pace: Pace
    full_at: float = -math.inf


def pace_of(traits: Traits) -> Pace | None:
    """The limit of a channel, None if it has none. A second's worth at once, one unit at least."""
    return None if traits.pace is None else Pace(traits.pace, max(1.0, traits.pace))


def reserve(bucket: Bucket, units: float, *, now: float) -> tuple[Bucket, float]:
    """The bucket with the units taken, and the time from which they may be sent (≥ `now`).

    More units than the bucket holds at once wait for a full bucket and are paid for afterwards: a
    long text is late, never stuck."""
    pace = bucket.pace
    at = max(now, bucket.full_at - max(0.0, pace.burst - units) / pace.rate)
    return replace(bucket, full_at=max(bucket.full_at, at) + units / pace.rate), at


def hold(bucket: Bucket, until: float) -> Bucket:
    """Nothing more is granted before `until`: the provider said "too many"."""
    pace = bucket.pace
    return replace(bucket, full_at=max(bucket.full_at, until + (pace.burst - 1) / pace.rate))


def room(bucket: Bucket | None, *, now: float, most: int, ahead: float = AHEAD) -> int:
    """How many single units may begin within `ahead` seconds: 0 to `most`."""
    if bucket is None:
        return most
    pace = bucket.pace
    free = (now + ahead - max(bucket.full_at, now)) * pace.rate + pace.burst
    return max(0, min(most, math.floor(free + 1e-9)))


def share(lane: Lane, room_left: int, *, urgent_waits: bool) -> int:
    """How many of the places left a lane may take: all, but none for routine while urgent waits.

    Routine work loses seconds by this, urgent work would lose lives."""
    return 0 if lane is Lane.ROUTINE and urgent_waits else room_left
