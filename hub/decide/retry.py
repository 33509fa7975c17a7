"""What becomes of a delivery after one call to a provider.

Certainly not sent (429, connect refused): planned again with backoff, until the tries or its life
are used up. Refused: never again on that address, but on another account if the account was to
blame. Unknown: `unsure`, resolved by `decide.unsure`, and never taken elsewhere: that would double.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.decide.unsure import CALLBACK_WAIT
from hub.model import Outcome, Verdict
from hub.states import RANK, DeliveryState, Reason, advance

TRIES = 40  # calls for one delivery at most: with the longest waits about half an hour
FIRST_WAIT = 1.0  # seconds before the second call; doubles each time
LONGEST_WAIT = 60.0  # seconds; a provider's own Retry-After may be longer

_S = DeliveryState
_IN_FLIGHT = frozenset({_S.SENDING, _S.UNSURE})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a delivery stands when the outcome of its last call comes in.

    `tries` counts calls made, this one included; `unsure` those whose outcome is unknown.
    """

    delivery: int
    state: DeliveryState
    reason: Reason
    tries: int
    unsure: int
    doubled: bool
    expires_at: datetime
    receipts: bool = True  # the channel reports delivery, so `accepted` is not its end


@dataclass(frozen=True, slots=True)
class Next:
    """Where the delivery stands now, and why.

    `due_at`: when it is planned again, or when an unsure one is looked at; `ended` says that
    nothing more is expected; `unsure` is the new count of calls of unknown outcome; `doubled`:
    this call was made while an earlier one was in doubt, and may have arrived as well.
    """

    state: DeliveryState
    reason: Reason
    unsure: int = 0
    due_at: datetime | None = None
    ended: bool = False
    doubled: bool = False


def after(outcome: Outcome, standing: Standing, *, now: datetime, elsewhere: bool = False) -> Next:
    """Where the delivery stands after this outcome; never backwards, and always towards an end.
    `elsewhere`: another account tries next (`decide.accounts`), and needs no wait."""
    if outcome.verdict is Verdict.ACCEPTED:
        return _accepted(standing)
    if outcome.verdict is not Verdict.UNSURE:  # this call has certainly brought no second copy
        standing = replace(standing, doubled=False)
    if standing.state not in _IN_FLIGHT:  # a receipt was quicker than our own call
        return _as_it_was(standing)
    if outcome.verdict is Verdict.UNSURE:
        return _in_doubt(outcome, standing, now=now)
    known = _doubt_ended(standing)
    if outcome.verdict is Verdict.REFUSED and not elsewhere:
        return _ended(known, DeliveryState.REFUSED, outcome.reason)
    return _again(outcome, known, now=now, elsewhere=elsewhere)


def wait(tries: int, *, retry_after: float | None = None, spread: int = 0) -> float:
    """Seconds before the next call: doubling, up to a quarter longer by `spread` so that a
    thousand deliveries do not come back in one instant, never sooner than the provider asks."""
    backoff = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(tries - 1, 30))
    spaced = backoff * (1 + (spread * 2654435761 % 1024) / 4096)
    return max(spaced, _asked(retry_after))


def _accepted(standing: Standing) -> Next:
    known = _doubt_ended(standing)
    state = advance(known.state, _S.ACCEPTED)
    if state is not _S.ACCEPTED:
        return _as_it_was(known)
    settled = not known.receipts
    return Next(state, Reason.OK, known.unsure, ended=settled, doubled=known.doubled)


def _in_doubt(outcome: Outcome, standing: Standing, *, now: datetime) -> Next:
    if standing.state is _S.UNSURE:  # the lease ran out first: it waits for its callback already
        return _as_it_was(standing)
    look = now + CALLBACK_WAIT
    return Next(
        _S.UNSURE, outcome.reason, standing.unsure + 1, due_at=look, doubled=standing.doubled
    )


def _again(outcome: Outcome, standing: Standing, *, now: datetime, elsewhere: bool) -> Next:
    if standing.tries >= TRIES:
        return _ended(standing, _S.REFUSED, Reason.EXHAUSTED)
    spread = standing.delivery + standing.tries
    seconds = wait(standing.tries, retry_after=outcome.retry_after, spread=spread)
    seconds = 0.0 if elsewhere else seconds
    left = (standing.expires_at - now).total_seconds()
    if seconds >= left:
        return _ended(standing, _S.EXPIRED, Reason.TOO_OLD)
    due = now + timedelta(seconds=seconds)
    return Next(_S.PLANNED, outcome.reason, standing.unsure, due_at=due, doubled=standing.doubled)


def _ended(standing: Standing, state: DeliveryState, reason: Reason) -> Next:
    """An end. After a call of unknown outcome the address may have got the words, and an all-clear
    has to go there: then the end is `failed`, whatever this call came to."""
    end = _S.FAILED if standing.unsure else state
    return Next(end, reason, standing.unsure, ended=True, doubled=standing.doubled)


def _doubt_ended(standing: Standing) -> Standing:
    """A definite outcome that comes after its lease ran out ends the doubt about that very call."""
    if standing.state is not _S.UNSURE:
        return standing
    return replace(standing, unsure=max(0, standing.unsure - 1))


def _as_it_was(standing: Standing) -> Next:
    ended = standing.state in RANK and RANK[standing.state] >= RANK[_S.FAILED]
    return Next(
        standing.state, standing.reason, standing.unsure, ended=ended, doubled=standing.doubled
    )


def _asked(retry_after: float | None) -> float:
    """What a provider asks for in seconds; nonsense (negative, not a number) asks for nothing."""
    if retry_after is None or not math.isfinite(retry_after):
        return 0.0
    return max(0.0, retry_after)
