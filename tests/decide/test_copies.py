from __future__ import annotations

from hub.decide.copies import Standing
from hub.states import DeliveryState

STATES = [str(state) for state in DeliveryState]


def test_it_is_not_known_whether_it_arrived_while_a_call_is_in_doubt_and_none_is_proven():
    assert not any(Standing(state).in_doubt for state in STATES)
    sure = {state for state in STATES if not Standing(state, unsure=1).in_doubt}
    assert sure == {"accepted", "delivered", "read"}


def test_it_may_have_come_twice_once_the_second_call_was_made():
    assert not any(Standing(state, unsure=2).maybe_twice for state in STATES)
    twice = {state for state in STATES if Standing(state, doubled=True).maybe_twice}
    assert twice == {"unsure", "accepted", "delivered", "read", "failed"}
