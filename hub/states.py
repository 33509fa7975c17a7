"""Delivery and incident states, the moves between them, and the rank that orders late receipts."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class DeliveryState(StrEnum):
    """Where one delivery stands. Accepted, delivered, read and answered are different facts."""

    PLANNED = "planned"  # a durable row, waiting for its turn
    SENDING = "sending"  # leased by a worker; an attempt row exists
    UNSURE = "unsure"  # the provider may or may not have it; resolved within a minute
    ACCEPTED = "accepted"  # the provider took it
    DELIVERED = "delivered"  # the handset, group or screen has it
    READ = "read"  # somebody opened it
    REFUSED = "refused"  # end: the provider said no
    FAILED = "failed"  # end: accepted, then reported as not delivered
    EXPIRED = "expired"  # end: too old to be true, never sent
    CANCELLED = "cancelled"  # end: stopped or superseded before it was sent
    SUPPRESSED = "suppressed"  # end: the person had answered elsewhere
    UNREACHABLE = "unreachable"  # end: no usable address; never counted as failed


class Reason(StrEnum):
    """Why a delivery stands where it does. A closed list: it labels metrics."""

    NONE = ""
    OK = "ok"
    NO_ADDRESS = "no_address"
    OPTED_OUT = "opted_out"
    BAD_ADDRESS = "bad_address"  # number does not exist, token gone
    NO_TEXTS = "no_texts"  # a number that takes calls alone: a landline
    BLOCKED = "blocked"  # carrier or provider filtered it
    HANDSET = "handset"  # switched off or out of reach
    THROTTLED = "throttled"  # 429 or provider queue full
    UNAVAILABLE = "unavailable"  # certainly not sent: connect refused, 503 before accept
    TIMEOUT = "timeout"  # the request may have arrived
    BROKEN = "broken"  # 5xx or nonsense after the request may have arrived
    LOST_WORKER = "lost_worker"  # the process died with the send in flight
    MISCONFIGURED = "misconfigured"  # credentials, region, sender: tell the operators
    TOO_LONG = "too_long"
    TOO_OLD = "too_old"
    STOPPED = "stopped"
    SUPERSEDED = "superseded"
    ANSWERED = "answered"
    NO_RECEIPT = "no_receipt"  # the receipt window passed in silence
    EXHAUSTED = "exhausted"  # every allowed attempt was used
    OFFLINE = "offline"  # the screen was not connected
    BUSY = "busy"  # the line was engaged
    NO_ANSWER = "no_answer"  # it rang and nobody took the call
    VOICEMAIL = "voicemail"  # a machine took the call: nobody has heard it
    NO_ACCOUNT = "no_account"  # no provider account serves this address
    RESTORED = "restored"  # it was under way when the backup was made; never sent again
    UNKNOWN = "unknown"  # a provider word we do not know; counted


_S = DeliveryState

ENDS = frozenset(
    {_S.REFUSED, _S.FAILED, _S.EXPIRED, _S.CANCELLED, _S.SUPPRESSED, _S.UNREACHABLE, _S.READ}
)
"""States nothing leaves, except that proof of delivery overrules `failed` (see `advance`)."""

PENDING = frozenset({_S.PLANNED, _S.SENDING, _S.UNSURE})
"""States that must not last: planned waits for its turn, sending for a lease, unsure a minute."""

MAY_HAVE_GOT = frozenset({_S.SENDING, _S.UNSURE, _S.ACCEPTED, _S.DELIVERED, _S.READ, _S.FAILED})
"""States whose address got or may have got the words: whom a correction or all-clear goes to."""

TOLD = frozenset({_S.ACCEPTED, _S.DELIVERED, _S.READ})
"""States that count a person as told."""

RANK = MappingProxyType(
    {
        _S.PLANNED: 0,
        _S.SENDING: 1,
        _S.UNSURE: 2,
        _S.ACCEPTED: 3,
        _S.FAILED: 4,
        _S.DELIVERED: 5,
        _S.READ: 6,
    }
)
"""Order for receipts: only a higher rank is taken. `delivered` outranks `failed`: proof wins."""

MOVES: MappingProxyType[DeliveryState, frozenset[DeliveryState]] = MappingProxyType(
    {
        _S.PLANNED: frozenset(
            {_S.SENDING, _S.EXPIRED, _S.CANCELLED, _S.SUPPRESSED, _S.UNREACHABLE}
            | {_S.REFUSED, _S.FAILED}  # no account serves it; failed if one call was in doubt
        ),
        _S.SENDING: frozenset(
            {_S.PLANNED, _S.UNSURE, _S.ACCEPTED, _S.DELIVERED, _S.READ, _S.FAILED}
            | {_S.REFUSED, _S.EXPIRED, _S.CANCELLED, _S.SUPPRESSED}
        ),
        _S.UNSURE: frozenset(
            {_S.PLANNED, _S.ACCEPTED, _S.DELIVERED, _S.READ, _S.FAILED, _S.REFUSED}
            | {_S.EXPIRED, _S.CANCELLED, _S.SUPPRESSED}
        ),
        _S.ACCEPTED: frozenset({_S.DELIVERED, _S.READ, _S.FAILED}),
        _S.DELIVERED: frozenset({_S.READ}),
        _S.FAILED: frozenset({_S.DELIVERED, _S.READ}),
        _S.READ: frozenset(),
        _S.REFUSED: frozenset(),
        _S.EXPIRED: frozenset(),
        _S.CANCELLED: frozenset(),
        _S.SUPPRESSED: frozenset(),
        _S.UNREACHABLE: frozenset(),
    }
)


def advance(current: DeliveryState, reported: DeliveryState) -> DeliveryState:
    """Where a delivery stands after a receipt: forward or unchanged, whatever order receipts take.

    Folding any permutation of the same receipts from the same state gives the same end.
    """
    if current not in RANK or reported not in RANK:
        return current
    return reported if RANK[reported] > RANK[current] else current


class Finding(StrEnum):
    """How a provider account answers a question that sends nothing."""

    WELL = "well"
    UNPROVEN = "unproven"  # it answers; whether it takes our credentials only a send would show
    TRIAL = "trial"  # it works, for numbers that were confirmed one by one
    CREDENTIALS = "credentials"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    NO_ACCOUNT = "no_account"  # there is nothing at this address
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"  # its servers fail
    UNREACHABLE = "unreachable"  # no connection
    SILENT = "silent"  # a connection, and no answer in time
    NONSENSE = "nonsense"  # an answer, and not the provider's
    FORBIDDEN = "forbidden"  # its name leads to a private address


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"  # the playbook runs
    STOPPED = "stopped"  # nothing more is sent; update, correction and all-clear still can be
    CLEARED = "cleared"  # the all-clear or correction was said
    CLOSED = "closed"  # the record is final


class WaveState(StrEnum):
    """Where a wave stands."""

    WAITING = "waiting"
    STARTED = "started"
    CANCELLED = "cancelled"
