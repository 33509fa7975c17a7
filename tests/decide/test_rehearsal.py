"""The comparison of a rehearsal with the provider's ledger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.decide.rehearsal import Record, compare, ended, seconds_to
from hub.states import DeliveryState, Reason

SMS = Record(1, "sms", DeliveryState.DELIVERED, Reason.OK)
GROUP = Record(2, "wecom", DeliveryState.ACCEPTED, Reason.OK, proof="key", receipts=False)
SCREEN = Record(3, "screen", DeliveryState.DELIVERED, Reason.OK, proof="7")


def test_a_clean_run_loses_and_doubles_nothing() -> None:
    found = compare(
        [SMS, GROUP, SCREEN], by_delivery={1: 1}, by_proof={"wecom:key": 1, "screen:7": 1}
    )
    assert (found.deliveries, found.accepted, found.delivered) == (3, 3, 2)
    assert (found.lost, found.doubled, found.faults) == (0, 0, ())


def test_an_acceptance_the_ledger_does_not_know_is_lost() -> None:
    assert compare([SMS], by_delivery={}, by_proof={}).lost == 1


def test_two_acceptances_of_one_delivery_are_a_double() -> None:
    found = compare([SMS], by_delivery={1: 2}, by_proof={})
    assert (found.lost, found.doubled) == (0, 1)


def test_a_group_that_heard_it_twice_is_a_double_and_never_a_loss() -> None:
    found = compare([GROUP], by_delivery={}, by_proof={"wecom:key": 2})
    assert (found.lost, found.doubled) == (0, 1)
    assert compare([GROUP], by_delivery={}, by_proof={}).lost == 1


def test_a_ledger_entry_for_a_refused_delivery_is_a_double() -> None:
    refused = replace(GROUP, state=DeliveryState.REFUSED)
    assert compare([refused], by_delivery={}, by_proof={"wecom:key": 1}).doubled == 1


def test_a_screen_that_never_showed_is_no_loss_once_its_window_has_passed() -> None:
    silent = replace(SCREEN, state=DeliveryState.ACCEPTED, reason=Reason.NO_RECEIPT)
    assert compare([silent], by_delivery={}, by_proof={}).lost == 0


@pytest.mark.parametrize(
    ("state", "reason", "receipts", "end"),
    [
        (DeliveryState.PLANNED, Reason.NONE, True, False),
        (DeliveryState.UNSURE, Reason.TIMEOUT, True, False),
        (DeliveryState.ACCEPTED, Reason.OK, True, False),
        (DeliveryState.ACCEPTED, Reason.OK, False, True),
        (DeliveryState.ACCEPTED, Reason.NO_RECEIPT, True, True),
        (DeliveryState.UNREACHABLE, Reason.NO_ADDRESS, True, True),
    ],
)
def test_only_named_ends_are_ends(
    state: DeliveryState,
    reason: Reason,
    receipts: bool,
    end: bool,
) -> None:
    assert ended(Record(1, "sms", state, reason, receipts=receipts)) is end


def test_seconds_to_a_share_are_those_of_the_last_person_needed() -> None:
    told = [1000, 2000, 3000, 4000]
    assert seconds_to([50, 90, 99], told, people=4) == [2.0, 4.0, 4.0]
    assert seconds_to([50, 90], told, people=5) == [3.0, None]
    assert seconds_to([50], [], people=0) == [None]


def test_a_delivery_without_an_end_is_lost_and_named() -> None:
    found = compare([replace(SMS, state=DeliveryState.PLANNED)], by_delivery={}, by_proof={})
    assert (found.lost, len(found.faults)) == (1, 1)
    assert "has no end: planned" in found.faults[0]
