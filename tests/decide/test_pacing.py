from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.pacing import Bucket, Pace, hold, pace_of, reserve, room, share
from hub.model import Lane
from hub.ports import Traits

RATES = st.floats(0.1, 500)
ASKED = st.lists(st.tuples(st.floats(0, 3), st.integers(1, 8)), min_size=1, max_size=60)


@given(RATES, st.floats(1, 50), ASKED)
def test_no_window_ever_holds_more_than_the_limit(rate, burst, asked):
    bucket, now, sent = Bucket(Pace(rate, burst)), 100.0, []
    for gap, units in asked:
        now += gap
        bucket, at = reserve(bucket, units, now=now)
        assert at >= now
        sent.append((at, units))
    sent.sort()
    for first in range(len(sent)):
        units = 0
        for at, more in sent[first:]:
            units += more
            # An oversize text goes alone at a full bucket and is paid for afterwards.
            allowed = rate * (at - sent[first][0]) + max(burst, more)
            assert units <= allowed * (1 + 1e-6) + 1e-6


@given(RATES, ASKED)
def test_everything_is_sent_as_early_as_the_limit_allows(rate, asked):
    bucket, total = Bucket(Pace(rate)), 0
    for _, units in asked:
        bucket, at = reserve(bucket, units, now=0.0)
        total += units
    assert at <= total / rate + 1e-6


@given(RATES, st.floats(1, 50), st.integers(0, 40), st.floats(0, 5))
def test_room_is_what_reserve_would_grant(rate, burst, used, ahead):
    bucket = Bucket(Pace(rate, burst))
    for _ in range(used):
        bucket, _ = reserve(bucket, 1, now=0.0)
    free = room(bucket, now=0.0, most=100, ahead=ahead)
    for _ in range(free):
        bucket, at = reserve(bucket, 1, now=0.0)
        assert at <= ahead + 1e-6
    if free < 100:
        assert reserve(bucket, 1, now=0.0)[1] > ahead - 1e-6


def test_after_a_429_nothing_goes_before_the_time_asked_for():
    bucket = hold(Bucket(Pace(10, 10)), 105.0)
    _, at = reserve(bucket, 1, now=100.0)
    assert at == pytest.approx(105.0)
    assert room(bucket, now=100.0, most=9, ahead=2) == 0


def test_a_channel_without_a_limit_has_no_bucket():
    assert pace_of(Traits("sms", ("body",), 160)) is None
    assert pace_of(Traits("sms", ("body",), 160, pace=0.3)) == Pace(0.3, 1.0)
    assert pace_of(Traits("sms", ("body",), 160, pace=30)) == Pace(30, 30)
    assert room(None, now=0.0, most=7) == 7


def test_routine_work_waits_while_urgent_work_does():
    assert share(Lane.URGENT, 5, urgent_waits=True) == 5
    assert share(Lane.ROUTINE, 5, urgent_waits=True) == 0
    assert share(Lane.ROUTINE, 5, urgent_waits=False) == 5
