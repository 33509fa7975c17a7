"""How the simulated world behaves: frozen, seeded, calm or nasty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from hub.errors import Problem, Refused


class Fault(StrEnum):
    """What a provider can do instead of answering well."""

    THROTTLE = "throttle"  # 429 with Retry-After; not accepted
    UNAVAILABLE = "unavailable"  # 503; not accepted
    HANG_BEFORE = "hang_before"  # no answer; not accepted
    RESET_BEFORE = "reset_before"  # connection reset; not accepted
    CRASH = "crash"  # 500; accepted all the same
    HANG_AFTER = "hang_after"  # no answer; accepted all the same
    RESET_AFTER = "reset_after"  # connection reset; accepted all the same
    GARBAGE = "garbage"  # a success that is no JSON; accepted
    HUGE = "huge"  # a success of 10 MB; accepted
    SLOW = "slow"  # a success, one byte at a time; accepted


NOT_ACCEPTED = frozenset({Fault.THROTTLE, Fault.UNAVAILABLE, Fault.HANG_BEFORE, Fault.RESET_BEFORE})


@dataclass(frozen=True, slots=True)
class Settings:
    """Shares are of 1, delays in seconds (medians), and every choice follows from the seed.

    `speed` makes residents think faster; providers keep their pace. `hub_url`: where callbacks and
    residents go instead of the host in the URL they were given (signatures still cover that URL).
    """

    seed: int = 1
    account_sid: str = "AC00000000000000000000000000000001"
    auth_token: str = field(default="simulator", repr=False)
    hub_url: str = ""
    allow_hosts: tuple[str, ...] = ()  # further hosts it may call; loopback always
    speed: float = 1.0

    latency: float = 0.02
    latency_spread: float = 0.5  # sigma of the logarithm
    faults: Mapping[str, float] = field(default_factory=dict)
    hang: float = 30.0
    throttle_wait: int = 1  # seconds in Retry-After
    listed_after: float = 0.0  # seconds until lists hold what was taken
    lists_take: float = 0.0  # seconds
    lists_answer: int = 0  # the status lists answer with; 0: they are told
    account_status: str = "active"  # suspended, closed: it takes nothing
    account_type: str = "Full"  # Trial
    account_answer: int = 0  # the status questions about the account are answered with; 0: well
    account_says: str = ""  # a body instead of the account
    mute: bool = False  # hears every request, takes none and says nothing until this is over

    opted_out: float = 0.0
    landline: float = 0.0
    handset_off: float = 0.01  # undelivered, 30003
    filtered: float = 0.0  # undelivered, 30007
    sent_after: float = 0.3
    delivered_after: float = 1.5
    receipt_lost: float = 0.0
    receipt_doubled: float = 0.0
    receipt_late: float = 0.0
    receipt_disordered: float = 0.0
    late_by: float = 40.0  # how much later a late receipt comes

    call_busy: float = 0.04
    call_rings: float = 0.15  # nobody takes it
    call_mailbox: float = 0.08
    call_dead: float = 0.0  # no such number
    call_unsure: float = 0.05  # the provider cannot tell who took it
    picks_up: float = 8.0
    listens: float = 20.0  # until a key is pressed
    key_again: float = 0.1  # # first, to hear it again
    key_slip: float = 0.05  # a key that means nothing

    wecom_per_minute: int = 20
    wecom_keys: tuple[str, ...] = ()  # none: every key is a robot

    by_link: float = 0.62
    by_digit: float = 0.14
    by_key: float = 0.6  # of those who take a call
    asks_help: float = 0.02
    thinks: float = 40.0
    shown_after: float = 0.15  # until a screen says it shows

    texts_kept: int = 200_000  # the oldest are forgotten; the ledger keeps all
    remembers: bool = False  # what it took in earlier lives, with words, by its ledger
    pending: int = 400_000  # things still to happen; when full, a provider answers 429


def calm(**changes: Any) -> Settings:
    """A good day: everything works, most people answer."""
    return replace(Settings(), **changes)


def nasty(**changes: Any) -> Settings:
    """A bad day: each fault now and then, receipts late, doubled, disordered or lost."""
    faults = {
        Fault.THROTTLE: 0.05,
        Fault.UNAVAILABLE: 0.03,
        Fault.HANG_BEFORE: 0.005,
        Fault.RESET_BEFORE: 0.01,
        Fault.CRASH: 0.02,
        Fault.HANG_AFTER: 0.005,
        Fault.RESET_AFTER: 0.01,
        Fault.GARBAGE: 0.005,
        Fault.HUGE: 0.002,
        Fault.SLOW: 0.003,
    }
    bad = Settings(
        latency=0.06,
        latency_spread=0.9,
        faults=MappingProxyType({str(fault): share for fault, share in faults.items()}),
        opted_out=0.01,
        landline=0.01,
        handset_off=0.04,
        filtered=0.01,
        call_busy=0.12,
        call_rings=0.25,
        call_mailbox=0.15,
        call_dead=0.02,
        call_unsure=0.15,
        key_slip=0.15,
        receipt_lost=0.03,
        receipt_doubled=0.2,
        receipt_late=0.05,
        receipt_disordered=0.2,
    )
    return replace(bad, **changes)


PROFILES = MappingProxyType({"calm": calm, "nasty": nasty})


def change(settings: Settings, patch: Mapping[str, Any]) -> Settings:
    """The settings with some replaced; `Refused` names each unknown key or wrong type."""
    known = {one.name: getattr(settings, one.name) for one in fields(settings)}
    problems = [
        Problem(key, "is no setting of this type", f"known settings: {', '.join(known)}")
        for key, value in patch.items()
        if key not in known or not _fits(known[key], value)
    ]
    if problems:
        raise Refused("The simulator was given settings it does not have", problems)
    return replace(settings, **{key: _as(known[key], value) for key, value in patch.items()})


def _fits(old: object, new: object) -> bool:
    if isinstance(old, float):
        return isinstance(new, int | float) and not isinstance(new, bool) and new >= 0
    if isinstance(old, tuple):
        return isinstance(new, list | tuple)
    if isinstance(old, Mapping):
        return isinstance(new, Mapping) and set(new) <= set(Fault)
    return type(new) is type(old)


def _as(old: object, new: Any) -> Any:
    if isinstance(old, tuple):
        return tuple(new)
    if isinstance(old, Mapping):
        return MappingProxyType(dict(new))
    return float(new) if isinstance(old, float) else new
