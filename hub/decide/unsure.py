"""What becomes of a delivery whose last call may or may not have reached the provider.

It waits for the provider's callback, which proves acceptance, and meanwhile the provider is asked
where it can be. One that says twice that it has nothing has nothing: the delivery is sent again,
as often as that happens, and no copy counts. While it has not said, the doubt stays open and is
asked about again, until it expires. Where it cannot say, or where the playbook prefers two to
none (life safety), one copy is sent in doubt, flagged, or the doubt ends by name; whoever it was
for goes on to the next channel, or to people's list.
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

ARRIVES_WITHIN = timedelta(minutes=5)
"""What a provider was given longer after a call was begun is not this call."""

ONWARD_AFTER = timedelta(minutes=2)
"""How long after its call a doubt is left to the provider alone: then the next channel, or people,
tell whom it is for as well."""


_UNANSWERED = frozenset(
    {Reason.TIMEOUT, Reason.BROKEN, Reason.THROTTLED, Reason.UNAVAILABLE, Reason.MISCONFIGURED}
)
"""Why a question has no answer: it is asked again. With any other reason the provider has spoken,
and cannot say."""


class Found(StrEnum):
    """What the provider said became of a call, as `attempts.found` keeps it."""

    UNASKED = ""  # or it has not answered
    ACCEPTED = "accepted"  # it took it, whatever became of it then
    ABSENT = "absent"  # it says it has none; its lists lag behind, so it is asked once more
    GONE = "gone"  # it has said so twice
    UNKNOWN = "unknown"  # it has answered, and cannot say


def found_by(outcome: Outcome, *, taken: bool = False, before: Found = Found.UNASKED) -> Found:
    """What a provider's answer means. `taken`: all it found is known as other sends', the same
    words to the same address; so of this one it has none. `before`: what it had said when it was
    asked this time."""
    if outcome.verdict is Verdict.ACCEPTED or (_failed(outcome) and outcome.provider_ref):
        return _absent(before) if taken else Found.ACCEPTED
    if outcome.verdict is Verdict.RETRY:
        return _absent(before)
    if _failed(outcome):
        return Found.UNKNOWN
    return Found.UNASKED if outcome.reason in _UNANSWERED else Found.UNKNOWN


def _absent(before: Found) -> Found:
    return Found.GONE if before is Found.ABSENT else Found.ABSENT


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

    WAIT = "wait"  # the callback, or what the provider says, may still come
    AGAIN = "again"  # the provider has none: sent again, and no copy
    DOUBLE = "double"  # sent once more, flagged
    END = "end"  # nobody will know, or nobody needs it any more


@dataclass(frozen=True, slots=True)
class Doubt:
    """A delivery in doubt. `look_at`: when its wait is over; `unwanted`: why the notice is not sent
    any more, if anything has stopped, superseded or answered it; `found`: what its provider said;
    `asked`: its provider can be asked; `left`: calls of unknown outcome but for those it says it
    has not got."""

    look_at: datetime
    expires_at: datetime
    reason: Reason
    doubled: bool
    prefer_double: bool
    unwanted: Reason = Reason.NONE
    found: Found = Found.UNASKED
    asked: bool = False
    left: int = 1


@dataclass(frozen=True, slots=True)
class Resolution:
    how: Resolved
    state: DeliveryState
    reason: Reason


def resolve(doubt: Doubt, *, now: datetime) -> Resolution:
    """The delivery waits, is planned once more or has come to an end by name."""
    reason = doubt.reason if doubt.reason is not Reason.NONE else Reason.UNKNOWN
    if now < doubt.look_at:
        return Resolution(Resolved.WAIT, DeliveryState.UNSURE, doubt.reason)
    if doubt.unwanted is not Reason.NONE:
        return _ended(doubt, DeliveryState.CANCELLED, doubt.unwanted)
    if now >= doubt.expires_at:
        return _ended(doubt, DeliveryState.EXPIRED, Reason.TOO_OLD)
    how = _goes_on(doubt)
    if how is Resolved.WAIT:
        return Resolution(how, DeliveryState.UNSURE, doubt.reason)
    if how is Resolved.END:
        return Resolution(how, DeliveryState.FAILED, reason)
    why = Reason.UNAVAILABLE if how is Resolved.AGAIN else reason
    return Resolution(how, DeliveryState.PLANNED, why)


def _goes_on(doubt: Doubt) -> Resolved:
    if doubt.found is Found.GONE:
        return Resolved.AGAIN
    if _copied(doubt):
        return Resolved.DOUBLE
    waits = doubt.asked and doubt.found is not Found.UNKNOWN
    return Resolved.WAIT if waits else Resolved.END


def _copied(doubt: Doubt) -> bool:
    """Whether the one copy in doubt is sent: where the playbook prefers it, or where a provider
    said once that it has none, and cannot be asked again."""
    said = doubt.found is Found.ABSENT and not doubt.asked
    return (doubt.prefer_double or said) and not doubt.doubled


def _ended(doubt: Doubt, state: DeliveryState, reason: Reason) -> Resolution:
    """Where the address may have got the words, an all-clear has to go there: that is `failed`."""
    sure = doubt.found is Found.GONE and not doubt.left
    return Resolution(Resolved.END, state if sure else DeliveryState.FAILED, reason)
