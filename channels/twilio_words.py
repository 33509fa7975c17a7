"""Twilio's words in ours, as literal tables. What is not here maps to UNKNOWN and is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.states import DeliveryState, Reason

_S = DeliveryState
_CODE = re.compile(r"[0-9]{1,6}")

STATUSES: Final[Mapping[str, DeliveryState]] = MappingProxyType(
    {
        # https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
        "accepted": _S.ACCEPTED,
        "scheduled": _S.ACCEPTED,
        "queued": _S.ACCEPTED,
        "sending": _S.ACCEPTED,
        "sent": _S.ACCEPTED,  # the carrier has it; the handset may not
        "delivered": _S.DELIVERED,
        "partially_delivered": _S.ACCEPTED,  # a part of the words is not the words
        "read": _S.READ,
        "undelivered": _S.FAILED,
        "failed": _S.FAILED,
        "canceled": _S.FAILED,
    }
)
"""Status of a message -> where its delivery stands."""

CODES: Final[Mapping[int, Reason]] = MappingProxyType(
    {
        # https://www.twilio.com/docs/api/errors; each code has its page below /errors/CODE
        10001: Reason.MISCONFIGURED,  # account not active
        10004: Reason.THROTTLED,  # too many calls at once
        12100: Reason.MISCONFIGURED,  # TwiML cannot be parsed
        12200: Reason.MISCONFIGURED,  # TwiML is not valid
        13223: Reason.BAD_ADDRESS,  # invalid number
        13224: Reason.BAD_ADDRESS,  # no such number, or no way to call it
        13225: Reason.BLOCKED,  # forbidden number
        13227: Reason.MISCONFIGURED,  # region not enabled for calls
        14107: Reason.THROTTLED,  # rate limit exceeded
        20003: Reason.MISCONFIGURED,  # authentication failed
        20005: Reason.MISCONFIGURED,  # account not active
        20008: Reason.MISCONFIGURED,  # test credentials
        20404: Reason.MISCONFIGURED,  # no such account or resource
        20429: Reason.THROTTLED,
        21201: Reason.BAD_ADDRESS,  # no number to call
        21205: Reason.MISCONFIGURED,  # bad callback URL
        21210: Reason.MISCONFIGURED,  # caller id not verified
        21211: Reason.BAD_ADDRESS,  # invalid number
        21212: Reason.MISCONFIGURED,  # invalid sender
        21213: Reason.MISCONFIGURED,  # no caller id
        21214: Reason.BAD_ADDRESS,  # number cannot be reached
        21215: Reason.MISCONFIGURED,  # region not enabled for calls
        21216: Reason.BLOCKED,  # Twilio does not call this number
        21217: Reason.BAD_ADDRESS,  # number looks wrong
        21219: Reason.MISCONFIGURED,  # trial account, number not verified
        21265: Reason.BAD_ADDRESS,  # a short code
        21408: Reason.MISCONFIGURED,  # region not enabled
        21601: Reason.MISCONFIGURED,  # sender cannot send SMS
        21602: Reason.MISCONFIGURED,  # no body
        21603: Reason.MISCONFIGURED,  # no sender
        21604: Reason.BAD_ADDRESS,  # no number
        21606: Reason.MISCONFIGURED,  # sender is not ours
        21608: Reason.MISCONFIGURED,  # trial account, number not verified
        21609: Reason.MISCONFIGURED,  # bad status callback
        21610: Reason.OPTED_OUT,  # replied STOP
        21611: Reason.THROTTLED,  # the sender's queue is full
        21612: Reason.BLOCKED,  # this sender does not reach this number
        21614: Reason.NO_TEXTS,  # not a mobile
        21617: Reason.TOO_LONG,
        21635: Reason.NO_TEXTS,  # a landline
        21659: Reason.MISCONFIGURED,  # sender is no number of this account
        21660: Reason.MISCONFIGURED,  # sender belongs to another account
        21701: Reason.MISCONFIGURED,  # no such messaging service
        21703: Reason.MISCONFIGURED,  # messaging service without sender
        21704: Reason.MISCONFIGURED,  # messaging service without number
        30001: Reason.THROTTLED,  # queue overflow
        30002: Reason.MISCONFIGURED,  # account suspended
        30003: Reason.HANDSET,  # unreachable, may come back
        30004: Reason.BLOCKED,
        30005: Reason.BAD_ADDRESS,  # unknown handset
        30006: Reason.NO_TEXTS,  # landline or unreachable carrier
        30007: Reason.BLOCKED,  # filtered
        30008: Reason.UNKNOWN,  # the carrier gave no reason
        30010: Reason.MISCONFIGURED,  # price above the configured maximum
        30022: Reason.THROTTLED,  # carrier rate limit
        30023: Reason.THROTTLED,  # daily cap
        30024: Reason.BLOCKED,  # number not provisioned for A2P
        30032: Reason.MISCONFIGURED,  # toll-free number not verified
        30034: Reason.MISCONFIGURED,  # number not registered for A2P
        30036: Reason.TOO_OLD,  # validity period expired
        30045: Reason.MISCONFIGURED,  # validity period out of range
        30410: Reason.HANDSET,  # carrier timed out
        90007: Reason.MISCONFIGURED,  # validity period out of range
    }
)
"""Error code -> reason, for refusals at once and for receipts alike (DOMAIN §2.8)."""


WORDS_KEPT: Final = 100  # different unknown words counted; further ones count as "other"


def count_unknown(unknown: Counter[str], word: str) -> None:
    """A word of the provider we do not know was counted; the counter stays bounded."""
    kept = word in unknown or len(unknown) < WORDS_KEPT
    unknown[word[:40] if kept else "other"] += 1


def is_known(code: object) -> bool:
    """Whether an error code is in the table."""
    return _number(code) in CODES


def reason_of(code: object) -> Reason:
    """The reason an error code stands for; UNKNOWN for words we do not know."""
    return CODES.get(_number(code), Reason.UNKNOWN)


def _number(code: object) -> int:
    text = str(code)
    return int(text) if _CODE.fullmatch(text) else 0
