"""Whether an account's provider is thought to work: closed, open for a while, or on one probe.

A value of one process; times are seconds of any steady clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from hub.model import Outcome, Verdict
from hub.states import Reason

FAILURES = 5  # in a row, before nothing more is given to the account
FIRST_REST = 2.0  # seconds before the first probe; doubles with each probe that fails
LONGEST_REST = 30.0
PROBE = 20.0  # seconds after which a probe nobody heard of is forgotten: a call ends within 12

_PROVIDER = frozenset({Reason.UNAVAILABLE, Reason.TIMEOUT, Reason.BROKEN})
_NOT_ASKED = frozenset({Reason.TOO_OLD, Reason.TOO_LONG, Reason.OFFLINE})


@dataclass(frozen=True, slots=True)
class Breaker:
    """`failures` in a row; open since `opened_at` and until `rests_until`, then half-open until a
    probe has ended well. `probed_at`: when the probe under way began."""

    failures: int = 0
    rest: float = 0.0
    rests_until: float = -math.inf
    probed_at: float = -math.inf
    opened_at: float = math.inf


class Stand(StrEnum):
    """A breaker in one word."""

    CLOSED = "closed"  # the account works
    OPEN = "open"  # nothing is given to it
    HALF_OPEN = "half_open"  # its rest is over: one call tries it


CLOSED = Breaker()


def places(breaker: Breaker, *, now: float, most: int) -> int:
    """How many calls may begin: all when closed, none when open, one as the probe."""
    if breaker.rest == 0.0:
        return most
    if now < breaker.rests_until or now < breaker.probed_at + PROBE:
        return 0
    return min(1, most)


def stand(breaker: Breaker, *, now: float) -> Stand:
    """How it stands now."""
    if breaker.rest == 0.0:
        return Stand.CLOSED
    return Stand.OPEN if now < breaker.rests_until else Stand.HALF_OPEN


def begun(breaker: Breaker, *, now: float) -> Breaker:
    """A call begins: the probe, unless the breaker is closed."""
    return breaker if breaker.rest == 0.0 else replace(breaker, probed_at=now)


def heard(breaker: Breaker, outcome: Outcome, *, now: float, alone: bool) -> Breaker:
    """What the breaker is after an outcome. Too many requests and bad numbers are answers of a
    provider that works. `alone`: no other account could do better, so credentials that are refused
    stay an end that the next channel follows, not a wait."""
    if outcome.reason in _NOT_ASKED:
        return breaker
    if not _failed(outcome, alone=alone):
        return CLOSED
    if breaker.rest > 0.0:
        # A call that began before it opened says nothing new; only the probe does.
        return _opened(breaker, now) if breaker.probed_at > -math.inf else breaker
    counted = replace(breaker, failures=breaker.failures + 1)
    return _opened(counted, now) if counted.failures >= FAILURES else counted


def _failed(outcome: Outcome, *, alone: bool) -> bool:
    if outcome.verdict is Verdict.ACCEPTED:
        return False
    misconfigured = outcome.reason is Reason.MISCONFIGURED
    return outcome.reason in _PROVIDER or (misconfigured and not alone)


def _opened(breaker: Breaker, now: float) -> Breaker:
    rest = min(LONGEST_REST, breaker.rest * 2 or FIRST_REST)
    since = min(breaker.opened_at, now)
    return Breaker(breaker.failures, rest, now + rest, opened_at=since)
