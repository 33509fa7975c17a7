"""Why a number or address wants repairing: what the register, its owner and the providers say."""

from __future__ import annotations

import re
from enum import StrEnum

from hub.states import Reason

REPAIRED = ("sms", "voice", "email")
"""Channels whose addresses a person can correct. A device or a chat is set up anew instead."""

CALLED_AS = {"voice": ("voice", "sms"), "sms": ("sms",), "email": ("email",)}
"""Channel a delivery went by -> channels its address may be on record for."""

_WRITTEN = re.compile(r"\+[1-9][0-9]{6,14}|[^@\s]+@[^@\s]+")


class Why(StrEnum):
    """What is wrong with it. A closed list: people read a sentence for each."""

    UNREADABLE = "unreadable"  # what was written is no number and no address
    GONE = "gone"  # the provider says nobody has it; not used any more
    NO_TEXTS = "no_texts"  # a landline: no text is sent, it is called
    OPTED_OUT = "opted_out"  # its owner wants nothing any more; not used
    BLOCKED = "blocked"  # a carrier or provider lets nothing through; still tried
    NO_CALL = "no_call"  # it takes texts, but a call found nobody there; still tried


def why(value: str, *, bad: bool, reason: str, opted_out: bool, said: str) -> Why | None:
    """What is wrong, the surest first; None: nothing. `reason`: that of the flag `bad`; `said`: the
    one a provider gave last."""
    if bad and reason == Reason.NO_TEXTS:
        return Why.NO_TEXTS
    if bad:
        return Why.GONE if _WRITTEN.fullmatch(value) else Why.UNREADABLE
    if opted_out:
        return Why.OPTED_OUT
    if said == Reason.BLOCKED:
        return Why.BLOCKED
    return Why.NO_CALL if said == Reason.BAD_ADDRESS else None
