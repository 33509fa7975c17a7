"""How long until the last of a channel's sends is handed over, by the accounts that take them.

From what accounts are allowed (pace, places, lines) and from what is so now: how long a call of
them takes, which of them are left alone, how many processes send.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from hub.decide.accounts import DEFAULT, Offer, Terms, first_choices
from hub.decide.resting import Stood, resting
from hub.model import Lane
from hub.ports import Traits

ROUND_TRIP = 0.25
"""Seconds one send takes at a provider nobody has asked yet: what we saw, rounded up."""
CALL = 45.0
"""Seconds a phone call holds its line, ringing included, where nobody has measured it."""
_UNWATCHED = frozenset({"screen", "none"})  # a screen takes its words once it is connected


@dataclass(frozen=True, slots=True)
class Sender:
    """A provider account as it serves. `latency_s`: what a send takes; `call_s`: how long a call
    holds a line; `resting`: it is left alone because it does not work."""

    name: str
    traits: Traits
    terms: Terms = DEFAULT
    latency_s: float = ROUND_TRIP
    call_s: float = CALL
    resting: bool = False


@dataclass(frozen=True, slots=True)
class Depth:
    """What waits in one lane of one channel. `units`: segments of one send on the average;
    `last_s`: until the last of a few is due (it failed before and waits for its next try)."""

    count: int
    units: float = 1.0
    last_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Look:
    """How all queues stand. `workers`: processes that send; `depths`: by lane and channel."""

    senders: tuple[Sender, ...]
    workers: int
    depths: Mapping[tuple[str, str], Depth]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is on record: processes that send, accounts as they find them, what waits by lane and
    channel, and how many seconds the last calls of an account held its lines."""

    workers: int
    stood: Sequence[Stood]
    depths: Mapping[tuple[str, str], Depth]
    calls: Mapping[str, float]


def looked(senders: Sequence[Sender], seen: Seen) -> Look:
    """The accounts as they are set up, with what is so now."""
    rests = resting(seen.stood)
    took: dict[str, list[float]] = {}
    for one in seen.stood:
        if one.latency_s is not None:
            took.setdefault(one.account, []).append(one.latency_s)
    now = tuple(
        replace(
            one,
            resting=one.name in rests,
            latency_s=max(took.get(one.name, [one.latency_s])),
            call_s=seen.calls.get(one.name, one.call_s),
        )
        for one in senders
    )
    return Look(now, seen.workers, seen.depths)


class Why(StrEnum):
    """Why nothing can be sent."""

    NONE = ""
    NO_WORKER = "no_worker"  # no process sends
    NO_ACCOUNT = "no_account"
    RESTING = "resting"  # no account of the channel works


@dataclass(frozen=True, slots=True)
class Queue:
    """One incident's queue of one channel. `seconds` is None while nothing can be sent."""

    channel: str
    waiting: int
    seconds: int | None
    why: Why = Why.NONE
    accounts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The queue as a board says it."""
        said = {"waiting": self.waiting, "seconds": self.seconds}
        return {**said, "why": str(self.why), "accounts": list(self.accounts)}


def queues(mine: Mapping[str, int], lane: Lane, look: Look) -> tuple[Queue, ...]:
    """How long an incident's sends wait. `mine`: how many wait, by channel; those of others in its
    lane, and all urgent ones, are taken to go first."""
    return tuple(
        _queue(channel, count, lane, look)
        for channel, count in sorted(mine.items())
        if count > 0 and channel not in _UNWATCHED
    )


def _queue(channel: str, waiting: int, lane: Lane, look: Look) -> Queue:
    senders = [one for one in look.senders if one.traits.channel == channel]
    why = _why(senders, look.workers)
    if why is not Why.NONE:
        return Queue(channel, waiting, None, why, tuple(one.name for one in senders))
    own = look.depths.get((lane, channel), Depth(waiting))
    ahead = look.depths.get((Lane.URGENT, channel), Depth(0))
    before = 0 if lane is Lane.URGENT else ahead.count
    sends = max(waiting, own.count) + before
    units = max(waiting, own.count) * own.units + before * ahead.units
    left = seconds(sends, units, senders, workers=look.workers, begun=True)
    return Queue(channel, waiting, max(left, math.ceil(own.last_s)))


def _why(senders: Sequence[Sender], workers: int) -> Why:
    if not senders:
        return Why.NO_ACCOUNT
    if not workers:
        return Why.NO_WORKER
    return Why.RESTING if all(one.resting for one in senders) else Why.NONE


def seconds(
    sends: int,
    units: float,
    senders: Iterable[Sender],
    *,
    workers: int = 1,
    begun: bool = False,
) -> int:
    """Whole seconds until the last of the sends is handed over by the accounts that are first
    choice. `units`: of them all (segments, calls). `begun`: lines are taken already.

    A pace that binds each address alone (chat robots) never queues one group behind another.
    """
    ready = _ready(senders)
    if not sends or not ready:
        return 0
    each = max(1.0, units / sends)
    speed = sum(_speed(one, each, workers) for one in ready)
    free = 0 if begun else sum(one.traits.lines or 0 for one in ready)
    flight = min(one.latency_s for one in ready)
    return math.ceil(max(flight, max(0, sends - free) / speed))


def _ready(senders: Iterable[Sender]) -> list[Sender]:
    """Those that get the sends: a later account is used when no earlier one works."""
    by_name = {one.name: one for one in senders}
    offers = [Offer(one.name, one.terms, open=not one.resting) for one in by_name.values()]
    return [by_name[offer.name] for offer in first_choices(offers)]


def _speed(sender: Sender, units: float, workers: int) -> float:
    """Sends a second by one account: the tightest of its limits."""
    traits = sender.traits
    limits = [traits.parallel * max(1, workers) / max(sender.latency_s, 0.001)]
    if traits.pace is not None and traits.per == "account":
        limits.append(traits.pace / units)
    if traits.lines is not None:
        limits.append(traits.lines / max(1.0, sender.call_s))
    return max(min(limits), 1e-6)
