from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.decide.reports import reported
from hub.model import Receipt
from hub.states import RANK, DeliveryState, Reason

STATES = st.sampled_from(list(DeliveryState))
RECEIPTS = st.lists(STATES.map(lambda state: Receipt(state, Reason.OK, "")), max_size=6)


@given(STATES, RECEIPTS, st.randoms())
def test_receipts_in_any_order_end_alike_and_never_go_back(state, receipts, random):
    found = reported(state, Reason.NONE, receipts)
    shuffled = receipts * 2
    random.shuffle(shuffled)
    assert reported(state, Reason.NONE, shuffled).state is found.state
    assert RANK.get(found.state, 99) >= RANK.get(state, 99)
    assert found.changed is (found.state is not state)
