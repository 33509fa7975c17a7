"""Whether a clock has jumped: what it reads now, against what it read before and how long that was.

The time between is measured by a clock that nothing sets. House time is the database's clock as it
was when the hub began, going on evenly: leases and schedules go by it, whatever the clock does.
"""

from __future__ import annotations

from dataclasses import dataclass

JUMP_MS = 2_000
"""A clock further off than this has been set; less is drift, or the way to the database."""

EXACT_MS = 1_000
"""A reading that took longer says too little about when it was made to be a measure for others."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clock said, in ms since 1970, between two moments of the even clock, in ms of its
    own. A process that was stopped, or a slow database, makes the moments lie far apart."""

    said: int
    began: int
    ended: int


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Where house time stands. `offset`: ms to add to what the clock says; `last`: the reading the
    next one is measured by; `house`: the time of the newest reading; `jumped`: by how many ms the
    clock was set since (0: it was not)."""

    last: Reading
    offset: int
    house: int
    jumped: int = 0


def begin(reading: Reading, *, offset: int = 0) -> Reckoned:
    """The first reading is believed, with the offset other processes found."""
    return Reckoned(reading, offset, reading.said + offset)


def reckon(before: Reckoned, reading: Reading) -> Reckoned:
    """House time at this reading: what the clock says, or as reckoned if it was set since."""
    last = before.last
    base = last.said + before.offset
    earliest, latest = base + reading.began - last.ended, base + reading.ended - last.began
    seen = reading.said + before.offset
    exact = reading.ended - reading.began <= EXACT_MS
    if earliest - JUMP_MS <= seen <= latest + JUMP_MS:
        return Reckoned(reading if exact else last, before.offset, seen)
    if not exact:  # between its two moments anything may have happened: the next reading says
        return Reckoned(last, before.offset, min(max(seen, earliest), latest))
    house = (earliest + latest) // 2
    return Reckoned(reading, house - reading.said, house, jumped=seen - house)


def adopt(before: Reckoned, offset: int) -> Reckoned:
    """House time as other processes have reckoned it."""
    return Reckoned(before.last, offset, before.house + offset - before.offset)
