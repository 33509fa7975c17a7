"""What becomes of a delivery whose last call may or may not have reached the provider.

It waits for the provider's callback, which proves acceptance, and meanwhile the provider is asked
where it can be. After that: one more copy where the provider says it has none, or where the
playbook prefers two to none (life safety), if none was sent in doubt before; else a named end.

A copy sent because the provider has none still counts as the one sent in doubt, and is flagged: its
lists lag behind what it has taken, and a request may be on its way to it when it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hub.model import Outcome, Receipt, Verdict
from hub.states import DeliveryState, Reason

CALLBACK_WAIT = timedelta(seconds=30)
ASK_AFTER = timedelta(seconds=10)
"""How old a doubt is before the provider is asked: by then its lists hold what it has taken."""


class Found(StrEnum):
    """What the provider said became of a call, as `attempts.found` keeps it."""

    UNASKED = ""  # or it has not answered
    ACCEPTED = "accepted"  # it took it, whatever became of it then
    ABSENT = "absent"  # it says it has none
    UNKNOWN = "unknown"


def found_by(outcome: Outcome, *, taken: bool = False) -> Found:
    """What a provider's answer means. `taken`: all it found is known as other sends', the same
    words to the same address; so of this one it has none."""
    if outcome.verdict is Verdict.ACCEPTED or (_failed(outcome) and outcome.provider_ref):
        return Found.ABSENT if taken else Found.ACCEPTED
    return Found.ABSENT if outcome.verdict is Verdict.RETRY else Found.UNKNOWN


def receipt_of(outcome: Outcome) -> Receipt:
    """What a provider was found to have of a send, as if it had reported it."""
    if _failed(outcome):
        code = outcome.code or "found"
        return Receipt(DeliveryState.FAILED, outcome.reason, outcome.provider_ref, code)
    return Receipt(DeliveryState.ACCEPTED, Reason.OK, outcome.provider_ref, "found")


def _failed(outcome: Outcome) -> bool:
    return outcome.verdict is Verdict.REFUSED


class Resolved(StrEnum):
    """How the doubt ended, or that it has not."""

    WAIT = "wait"  # the callback may still come
    DOUBLE = "double"  # sent once more, flagged
    END = "end"  # nobody will know; the address may have got it


@dataclass(frozen=True, slots=True)
class Doubt:
    """A delivery in doubt. `look_at`: when its wait is over; `wanted`: nothing has stopped,
    superseded or answered the notice meanwhile; `found`: what its provider said of the call."""

    look_at: datetime
    expires_at: datetime
    reason: Reason
    doubled: bool
    prefer_double: bool
    wanted: bool = True
    found: Found = Found.UNASKED


@dataclass(frozen=True, slots=True)
class Resolution:
    how: Resolved
    state: DeliveryState
    reason: Reason


def resolve(doubt: Doubt, *, now: datetime) -> Resolution:
    """The delivery waits, is planned once more (flagged as doubled) or has failed by name."""
    if now < doubt.look_at:
        return Resolution(Resolved.WAIT, DeliveryState.UNSURE, doubt.reason)
    again = doubt.prefer_double or doubt.found is Found.ABSENT
    if again and not doubt.doubled and doubt.wanted and now < doubt.expires_at:
        return Resolution(Resolved.DOUBLE, DeliveryState.PLANNED, doubt.reason)
    reason = doubt.reason if doubt.reason is not Reason.NONE else Reason.UNKNOWN
    return Resolution(Resolved.END, DeliveryState.FAILED, reason)
