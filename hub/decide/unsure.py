"""What becomes of a delivery whose last call may or may not have reached the provider.

It waits for the provider's callback, which proves acceptance. After that: one more copy where the
playbook prefers two to none (life safety) and none was sent in doubt before, else a named end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hub.states import DeliveryState, Reason

CALLBACK_WAIT = timedelta(seconds=30)


class Resolved(StrEnum):
    """How the doubt ended, or that it has not."""

    WAIT = "wait"  # the callback may still come
    DOUBLE = "double"  # sent once more, flagged
    END = "end"  # nobody will know; the address may have got it


@dataclass(frozen=True, slots=True)
class Doubt:
    """A delivery in doubt. `look_at`: when its wait is over; `wanted`: nothing has stopped,
    superseded or answered the notice meanwhile; `tries`: calls made."""

    look_at: datetime
    expires_at: datetime
    reason: Reason
    doubled: bool
    prefer_double: bool
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Resolution:
    how: Resolved
    state: DeliveryState
    reason: Reason


def resolve(doubt: Doubt, *, now: datetime) -> Resolution:
    """The delivery waits, is planned once more (flagged as doubled) or has failed by name."""
    if now < doubt.look_at:
        return Resolution(Resolved.WAIT, DeliveryState.UNSURE, doubt.reason)
    if doubt.prefer_double and not doubt.doubled and doubt.wanted and now < doubt.expires_at:
        return Resolution(Resolved.DOUBLE, DeliveryState.PLANNED, doubt.reason)
    reason = doubt.reason if doubt.reason is not Reason.NONE else Reason.UNKNOWN
    return Resolution(Resolved.END, DeliveryState.FAILED, reason)
