"""Pacing that several processes share: what one limit grants now, and one process's share of it.

`granted` is also the law of the script that counts for all (`hub.bus.ration`). Times are seconds of
any steady clock. Unlike `pacing.reserve` it books nothing ahead: what is not granted now is asked
for again, so that whoever counts may change at any moment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from hub.decide.pacing import Pace
from hub.plans import Ask, Grant

HOLD = 0.25  # seconds routine work waits after an urgent ask that was not met; asked again sooner
LONGEST_HOLD = 10.0  # more of it, while the urgent one waits
COMES_BACK = 1.5  # times its wait: what cannot wait here comes back by a sweep, a second late
_NEARLY = 1e-6  # of a unit: sums of fractions


@dataclass(frozen=True, slots=True)
class Level:
    """What of a limit is used: at `full_at` a whole burst is there again; `urgent_until`: urgent
    sends wait for it, so routine ones get nothing."""

    full_at: float = -math.inf
    urgent_until: float = -math.inf


def emptied(pace: Pace, at: float) -> Level:
    """A limit with nothing left at `at`: nobody knows what others sent just before."""
    return Level(at + pace.burst / pace.rate)


def share_of(pace: Pace, workers: int) -> Pace:
    """What one of so many processes may send without asking the others. One unit at least at a
    time, so that it is never nothing."""
    return Pace(pace.rate / workers, max(1.0, pace.burst / workers))


def granted(level: Level, ask: Ask, *, now: float) -> tuple[Level, Grant]:
    """What the ask gets, and the limit after it. Never more than `rate` a second with `burst` at
    once; a text longer than the burst waits for all of it and is paid for afterwards."""
    used = max(0.0, level.full_at - now)
    if not ask.urgent and now < level.urgent_until:
        return level, Grant(0, level.urgent_until - now, used)
    free = ask.burst - used * ask.rate
    short = min(ask.least, ask.burst) - free
    served = max(ask.least, min(ask.want, math.floor(free + _NEARLY)))
    units = served if short <= _NEARLY else 0
    wait = max(0.0, short / ask.rate)
    debt = used + units / ask.rate
    after = replace(level, full_at=now + debt) if units else level
    if ask.urgent and units < ask.want:
        after = replace(after, urgent_until=now + min(LONGEST_HOLD, COMES_BACK * wait) + HOLD)
    return after, Grant(units, wait, debt)
