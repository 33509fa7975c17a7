"""What became of a call, in Twilio's words and in ours: literal tables.

https://www.twilio.com/docs/voice/api/call-resource and …/voice/answering-machine-detection
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.states import DeliveryState, Reason

_S = DeliveryState

Came = tuple[DeliveryState, Reason]

STATUSES: Final[Mapping[str, Came]] = MappingProxyType(
    {
        "queued": (_S.ACCEPTED, Reason.OK),
        "initiated": (_S.ACCEPTED, Reason.OK),
        "ringing": (_S.ACCEPTED, Reason.OK),
        "in-progress": (_S.ACCEPTED, Reason.OK),  # taken, perhaps by a machine: nothing heard yet
        "busy": (_S.FAILED, Reason.BUSY),
        "no-answer": (_S.FAILED, Reason.NO_ANSWER),
        "failed": (_S.FAILED, Reason.UNKNOWN),  # its code says why
        "canceled": (_S.FAILED, Reason.STOPPED),
    }
)
"""CallStatus -> where its delivery stands; `completed` is settled by who took the call."""

COMPLETED: Final = "completed"

ANSWERED_BY: Final[Mapping[str, Came]] = MappingProxyType(
    {
        "human": (_S.DELIVERED, Reason.OK),
        "unknown": (_S.DELIVERED, Reason.OK),
        "machine_start": (_S.FAILED, Reason.VOICEMAIL),
        "machine_end_beep": (_S.FAILED, Reason.VOICEMAIL),
        "machine_end_silence": (_S.FAILED, Reason.VOICEMAIL),
        "machine_end_other": (_S.FAILED, Reason.VOICEMAIL),
        "fax": (_S.FAILED, Reason.VOICEMAIL),
        # Put down before Twilio knew who it was: our words begin only after that.
        "": (_S.FAILED, Reason.NO_ANSWER),
    }
)
"""AnsweredBy of a completed call -> where its delivery stands. A machine has heard nothing."""

SIP_CODES: Final[Mapping[str, Reason]] = MappingProxyType(
    {
        # https://www.rfc-editor.org/rfc/rfc3261#section-21
        "403": Reason.BLOCKED,
        "404": Reason.BAD_ADDRESS,  # nobody has this number
        "408": Reason.HANDSET,
        "410": Reason.BAD_ADDRESS,  # gone
        "480": Reason.HANDSET,
        "484": Reason.BAD_ADDRESS,  # incomplete
        "486": Reason.BUSY,
        "600": Reason.BUSY,
        "603": Reason.BLOCKED,
        "604": Reason.BAD_ADDRESS,
        "607": Reason.BLOCKED,
        "608": Reason.BLOCKED,
    }
)
"""SipResponseCode of a failed call -> reason, where Twilio gives no code of its own."""
