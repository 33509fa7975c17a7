"""Twilio's words in ours: every status and the classes of the error codes."""

from __future__ import annotations

import pytest

from channels.twilio_words import CODES, STATUSES, is_known, reason_of
from hub.states import DeliveryState, Reason


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ((21211, 30005), Reason.BAD_ADDRESS),
        ((21614, 21635, 30006), Reason.NO_TEXTS),
        ((21610,), Reason.OPTED_OUT),
        ((30004, 30007), Reason.BLOCKED),
        ((30003,), Reason.HANDSET),
        ((20429, 21611, 30001, 30022), Reason.THROTTLED),
        ((30036,), Reason.TOO_OLD),
        ((20003, 21408, 21608, 30002), Reason.MISCONFIGURED),
    ],
)
def test_codes_fall_into_their_class(codes: tuple[int, ...], reason: Reason) -> None:
    assert {reason_of(code) for code in codes} == {reason}


@pytest.mark.parametrize("code", [29999, "x", None, "", "９", 10**30, "1" * 5000, -1])
def test_words_nobody_knows_are_unknown_and_never_raise(code: object) -> None:
    assert reason_of(code) is Reason.UNKNOWN
    assert not is_known(code)


def test_no_status_before_the_handset_counts_as_delivered() -> None:
    before = {"accepted", "scheduled", "queued", "sending", "sent"}
    assert {STATUSES[word] for word in before} == {DeliveryState.ACCEPTED}


def test_no_code_is_mapped_to_success() -> None:
    assert not set(CODES.values()) & {Reason.OK, Reason.NONE}
