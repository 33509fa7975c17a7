"""The tables of what became of a call: nothing a machine took counts as told."""

from __future__ import annotations

from channels.twilio_calls import ANSWERED_BY, SIP_CODES, STATUSES
from hub.states import DeliveryState, Reason

FINAL = {"busy", "no-answer", "failed", "canceled"}


def test_every_way_a_call_ends_without_an_answer_is_a_failure() -> None:
    assert {word for word, (state, _) in STATUSES.items() if state is DeliveryState.FAILED} == FINAL
    assert {state for state, _ in STATUSES.values()} == {
        DeliveryState.ACCEPTED,
        DeliveryState.FAILED,
    }


def test_only_a_person_or_nobody_known_counts_as_told() -> None:
    told = {by for by, (state, _) in ANSWERED_BY.items() if state is DeliveryState.DELIVERED}
    assert told == {"human", "unknown"}


def test_machines_are_voicemail() -> None:
    machines = [came for by, came in ANSWERED_BY.items() if by.startswith("machine") or by == "fax"]
    assert set(machines) == {(DeliveryState.FAILED, Reason.VOICEMAIL)}
    assert len(machines) == 5


def test_an_engaged_line_is_busy_whoever_says_so() -> None:
    assert SIP_CODES["486"] is STATUSES["busy"][1] is Reason.BUSY
