from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.decide.unsure import Doubt, Resolved, resolve
from hub.states import DeliveryState, Reason

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOUBT = Doubt(NOW, NOW + timedelta(minutes=5), Reason.TIMEOUT, doubled=False, prefer_double=True)


def test_it_waits_for_the_callback_first():
    found = resolve(DOUBT, now=NOW - timedelta(milliseconds=1))
    assert (found.how, found.state) == (Resolved.WAIT, DeliveryState.UNSURE)


def test_one_copy_is_sent_where_two_are_better_than_none():
    assert resolve(DOUBT, now=NOW).how is Resolved.DOUBLE
    assert resolve(DOUBT, now=NOW).state is DeliveryState.PLANNED


def test_never_a_second_copy_never_unasked_never_too_late_never_unwanted():
    for other in (
        replace(DOUBT, doubled=True),
        replace(DOUBT, prefer_double=False),
        replace(DOUBT, expires_at=NOW),
        replace(DOUBT, wanted=False),
    ):
        found = resolve(other, now=NOW)
        assert (found.how, found.state, found.reason) == (
            Resolved.END,
            DeliveryState.FAILED,
            Reason.TIMEOUT,
        )


def test_an_end_always_has_a_reason():
    nameless = replace(DOUBT, reason=Reason.NONE, doubled=True)
    assert resolve(nameless, now=NOW).reason is Reason.UNKNOWN


@given(st.booleans(), st.booleans(), st.booleans(), st.integers(-100, 400))
def test_after_its_wait_a_doubt_is_over(doubled, prefers, wanted, seconds):
    doubt = replace(DOUBT, doubled=doubled, prefer_double=prefers, wanted=wanted)
    found = resolve(doubt, now=NOW + timedelta(seconds=seconds))
    assert (found.how is Resolved.WAIT) is (seconds < 0)
